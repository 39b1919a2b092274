"""The mutants of lists, searches and pages, one by one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.refshop.mutants.world import Case, World, show
from tests.refshop.store_api.visitor import Visitor
from updategate.embedded.refshop.mutants.catalogue import CATALOGUE
from updategate.embedded.refshop.seed.notation import id_of


def _numbers(reply: Any) -> list[str]:
    return [product["productNumber"] for product in reply.body["elements"]]


def _pages(world: World) -> dict[str, Any]:
    """Four screws a page, by number of the name's order."""
    screws = f"/product-listing/{id_of('category', 'screws')}"
    person = world.visitor()
    first, second = (_numbers(person.post(screws, {"limit": 4, "p": page, "order": "name-asc"})) for page in (1, 2))
    return {"first": first, "second": second, "twice": sorted({*first} & {*second})}


def _by_price(world: World) -> dict[str, Any]:
    listing = f"/product-listing/{id_of('category', 'measuring')}"
    person = world.visitor()
    found = person.post(listing, {"order": "price-asc"})
    return {"by price": _numbers(found), "by name": _numbers(person.post(listing, {"order": "name-asc"}))}


def _filtered(world: World) -> dict[str, Any]:
    """Jackets and trousers, navy and XL: there are trousers in navy and no trousers in XL."""
    options = {name: id_of("property_group_option", name) for name in ("navy", "XL")}
    person, clothing = world.visitor(), f"/product-listing/{id_of('category', 'clothing')}"
    return {
        name: person.post(clothing, {"properties": "|".join(options[each] for each in names)}).body["total"]
        for name, names in (("navy", ["navy"]), ("XL", ["XL"]), ("navy and XL", ["navy", "XL"]))
    }


def _search(person: Visitor, term: str) -> list[str]:
    return sorted(_numbers(person.post("/search", {"search": term})))


def _searches(world: World) -> dict[str, Any]:
    german, english = world.visitor(language="de"), world.visitor()
    by_link = {"productId": world.product("WS-9901")["id"], "salesChannelId": english.channel["id"], "visibility": 10}
    world.sync("product_visibility", by_link)
    return {
        "hidden": _search(english, "Spare part"),
        "by number": len(_search(english, "WS-1001")),
        "by name": _search(english, "claw hammer"),
        "Dübel": _search(german, "Dübel"),
        "Hammer": _search(german, "Zimmermannshammer"),
        "listed": "WS-9901" in _numbers(english.post(f"/product-listing/{id_of('category', 'tools')}", {"limit": 100})),
    }


def _switched(world: World) -> dict[str, Any]:
    """From navy in S to black in S, and to navy in XL."""
    parent, person = world.product("WS-6001")["id"], world.visitor()
    groups = {name: id_of("property_group", name) for name in ("colour", "size")}

    def switched(group: str, **names: str) -> list[str]:
        options = {groups[name]: id_of("property_group_option", option) for name, option in names.items()}
        body = {"options": options, "switchedGroup": groups[group] if group else None}
        found = person.post(f"/product/{parent}/find-variant", body).body["variantId"]
        rows = world.shop.store.where("product_option", productId=found)
        return sorted(
            name
            for name in ("navy", "black", "S", "M", "L", "XL")
            if id_of("property_group_option", name) in {row["optionId"] for row in rows}
        )

    return {
        "colour": "black" in switched("colour", colour="black", size="S"),
        "size": "XL" in switched("size", size="XL", colour="navy"),
        "nothing switched": switched("", colour="navy", size="S"),
    }


def _links(world: World) -> dict[str, Any]:
    page = world.browser().get(f"/navigation/{id_of('category', 'measuring')}")
    plain = f"/detail/{world.product('WS-3001')['id']}"
    link = page.found(r'href="http://shop.test([^"]+)" title="Tape measure 5 m" class="product-image-link')
    return {
        "product": "plain" if link == plain else link,
        "category": page.found(r'href="http://shop.test([^"]*)" title="Measuring"'),
    }


def _marked(world: World) -> dict[str, Any]:
    pattern = r"nav-link main-navigation-link nav-item-(\w+)(?: home-link)? active"
    names = {id_of("category", name): name for name in ("home", "tools", "fasteners", "workwear")}
    browser = world.browser()
    found = {
        name: names.get(browser.get(f"/navigation/{id_of('category', name)}").found(pattern), "")
        for name in ("tools", "fasteners")
    }
    headline = browser.get(f"/navigation/{id_of('category', 'fasteners')}").found("<title>([^<]+)")
    return found | {"title": headline}


def _changed_price(world: World) -> dict[str, Any]:
    """A page is in the cache when the price of its product goes from 24.90 to 25.90."""
    product, pattern = world.product("WS-1001"), r'class="product-detail-price[^"]*">\s*([^<\s]+)'
    page = f"/detail/{product['id']}"
    before = world.browser().get(page).found(pattern)
    price = {"currencyId": id_of("currency", "EUR"), "net": 21.76, "gross": 25.9, "linked": False}
    world.sync("product", {"id": product["id"], "price": [price]})
    cart = world.visitor().add("WS-1001").body
    return {"before": before, "after": world.browser().get(page).found(pattern), "cart": cart["price"]["positionPrice"]}


def _printed(world: World) -> dict[str, Any]:
    pattern, address = r'class="product-detail-price[^"]*">\s*([^<]+?)\s*<', f"/detail/{world.product('WS-1001')['id']}"
    return {
        "en": world.browser().get(address).found(pattern),
        "de": world.browser().get(f"/de{address}").found(pattern).replace("\u00a0", " "),
    }


_SEARCHES: dict[str, Any] = {
    "hidden": [],
    "by number": 1,
    "by name": ["WS-1001"],
    "Dübel": ["WS-5001", "WS-5003"],
    "Hammer": ["WS-1001"],
    "listed": False,
}

CASES = {
    "second-page-overlaps": Case(
        _pages,
        {
            "first": ["WS-4008", "WS-4005", "WS-4004", "WS-4003"],
            "second": ["WS-4007", "WS-4006", "WS-4001", "WS-4002"],
            "twice": [],
        },
        {"second": ["WS-4003", "WS-4007", "WS-4006", "WS-4001"], "twice": ["WS-4003"]},
    ),
    "prices-sorted-as-text": Case(
        _by_price,
        {
            "by price": ["WS-3001", "WS-3006", "WS-3002", "WS-3003", "WS-3004", "WS-3005"],
            "by name": ["WS-3006", "WS-3005", "WS-3004", "WS-3002", "WS-3001", "WS-3003"],
        },
        {"by price": ["WS-3006", "WS-3005", "WS-3002", "WS-3003", "WS-3001", "WS-3004"]},
    ),
    "property-filter-any": Case(_filtered, {"navy": 2, "XL": 1, "navy and XL": 1}, {"navy and XL": 2}),
    "hidden-product-found": Case(_searches, _SEARCHES, {"hidden": ["WS-9901"]}),
    "number-cut-at-hyphen": Case(_searches, _SEARCHES, {"by number": 24}),
    "umlauts-not-found": Case(_searches, _SEARCHES, {"Dübel": []}),
    "variant-switch-ignored": Case(
        _switched, {"colour": True, "size": True, "nothing switched": ["S", "navy"]}, {"colour": False}
    ),
    "plain-product-addresses": Case(
        _links, {"product": "/Tape-measure-5-m/WS-3001", "category": "/Tools/Measuring/"}, {"product": "plain"}
    ),
    "menu-marks-first-visit": Case(
        _marked, {"tools": "tools", "fasteners": "fasteners", "title": "Fasteners"}, {"fasteners": "tools"}
    ),
    "changed-product-stays-cached": Case(
        _changed_price, {"before": "€24.90*", "after": "€25.90*", "cart": 25.9}, {"after": "€24.90*"}
    ),
    "word-beside-german-price": Case(_printed, {"en": "€24.90*", "de": "24,90 €*"}, {"de": "24,90 € AI-Copilot*"}),
}


@pytest.mark.parametrize("name", CASES)
def test_the_mutant_is_wrong_where_it_says_and_nowhere_else(name: str) -> None:
    show(name, CASES[name])


def test_every_mutant_of_the_group_is_looked_at() -> None:
    assert set(CASES) == set(CATALOGUE.mutants)
