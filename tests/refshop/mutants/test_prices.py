"""The mutants of prices for businesses, one by one.

A tape measure (WS-3001) costs 8.90, from 10 on 7.90, from 50 on 6.90. Wood screws (WS-4001) cost 9.99, from 10 on
8.49, from 50 on 6.99, from 100 on 5.79.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.refshop.mutants.world import Case, World, show
from updategate.embedded.refshop.mutants.prices import PRICES
from updategate.embedded.refshop.seed.notation import id_of

EUR = id_of("currency", "EUR")


def _unit(cart: Any) -> float:
    return float(cart["lineItems"][0]["price"]["unitPrice"])


def _tiers(world: World) -> dict[str, Any]:
    found = {str(count): _unit(world.visitor().add("WS-3001", count).body) for count in (9, 10, 11, 50, 60)}
    return found | {"hammer": _unit(world.visitor().add("WS-1001", 50).body)}


def _changed_quantity(world: World) -> dict[str, Any]:
    """One piece becomes ten in the cart; another customer puts ten in at once."""
    person = world.visitor()
    cart = person.add("WS-3001").body
    line = {"id": cart["lineItems"][0]["id"], "quantity": 10}
    changed = person.patch("/checkout/cart/line-item", {"items": [line]}).body
    return {
        "one": _unit(cart),
        "ten": _unit(changed),
        "pieces": changed["lineItems"][0]["quantity"],
        "ten at once": _unit(world.visitor().add("WS-3001", 10).body),
    }


def _two_rules(world: World) -> dict[str, Any]:
    """A spirit level costs trade customers 20, and companies 15: of two rules that hold, the more important counts."""
    rule = {
        "name": "Companies",
        "priority": 5,
        "conditions": [{"type": "customerIsCompany", "value": {"isCompany": True}}],
    }
    world.sync("rule", {"id": id_of("rule", "companies"), **rule})
    for name, net in (("trade", 20), ("companies", 15)):
        price = {"currencyId": EUR, "net": net, "gross": net * 1.19, "linked": False}
        row = {"ruleId": id_of("rule", name), "productId": world.product("WS-3002")["id"], "quantityStart": 1}
        world.sync("product_price", {**row, "price": [price]})
    return {
        "trade": _unit(world.visitor("berta@example.com").add("WS-3002").body),
        "consumer": _unit(world.visitor("karl@example.com").add("WS-3002").body),
    }


def _lists(world: World) -> dict[str, Any]:
    """Stainless screws cost 16.90, trade customers 14.90 with tax, 12.52 without."""
    person = world.visitor("berta@example.com")
    found = person.post("/search", {"search": "WS-4003"}).body["elements"][0]
    plain = world.visitor("karl@example.com").post("/search", {"search": "WS-4003"}).body["elements"][0]
    return {
        "list": found["calculatedCheapestPrice"]["unitPrice"],
        "consumer's list": plain["calculatedCheapestPrice"]["unitPrice"],
        "cart": _unit(person.add("WS-4003").body),
    }


def _surcharge(world: World) -> dict[str, Any]:
    """A jacket costs 79.90, in XL five euro more."""
    found = {}
    for size in ("L", "XL"):
        option = id_of("property_group_option", size)
        row = next(
            row
            for row in world.shop.store.all("product")
            if row.get("parentId") == world.product("WS-6001")["id"]
            and world.shop.store.where("product_option", productId=row["id"], optionId=option)
        )
        item = {"type": "product", "referencedId": row["id"], "quantity": 1}
        found[size] = _unit(world.visitor().post("/checkout/cart/line-item", {"items": [item]}).body)
    return found


def _pounds(world: World) -> dict[str, Any]:
    found = {}
    for iso in ("EUR", "GBP"):
        cart = world.visitor("berta@example.com", currency=iso).add("WS-1009").body
        found[iso] = (cart["price"]["taxStatus"], _unit(cart))
    return found | {
        "consumer": world.visitor("karl@example.com", currency="GBP").add("WS-1009").body["price"]["taxStatus"]
    }


def _tagged(world: World) -> dict[str, Any]:
    """A spirit level costs customers with a tag 19.90."""
    tag, karl = id_of("tag", "craftsmen"), id_of("customer", "consumer")
    world.sync("tag", {"id": tag, "name": "craftsmen"})
    world.write("PATCH", f"/customer/{karl}", {"tags": [{"id": tag}]})
    value = {"operator": "=", "identifiers": [tag]}
    world.sync(
        "rule",
        {
            "id": id_of("rule", "tag"),
            "name": "tag",
            "priority": 200,
            "conditions": [{"type": "customerTag", "value": value}],
        },
    )
    price = {"currencyId": EUR, "net": 16.72, "gross": 19.9, "linked": False}
    row = {"ruleId": id_of("rule", "tag"), "productId": world.product("WS-3002")["id"], "quantityStart": 1}
    world.sync("product_price", {**row, "price": [price]})
    return {
        "tagged": _unit(world.visitor("karl@example.com").add("WS-3002").body),
        "not tagged": _unit(world.visitor("anna@example.com").add("WS-3002").body),
        "trade": _unit(world.visitor("berta@example.com").add("WS-4003").body),
    }


def _exactly_250(world: World) -> dict[str, Any]:
    """Three per cent from 250 on: five vouchers of 50 are exactly that."""
    found = {}
    for count in (4, 5, 6):
        cart = world.visitor().add("WS-9005", count).body
        found[str(50 * count)] = sum(line["price"]["totalPrice"] for line in cart["lineItems"])
    return found


def _cached_pages(world: World) -> dict[str, Any]:
    """The same page, for a visitor with euro and one with pounds."""
    page, price = f"/detail/{world.product('WS-1009')['id']}", r'class="product-detail-price[^"]*">\s*([^<\s]+)'
    euro = world.browser().get(page).found(price)
    pounds = world.browser()
    pounds.get("/")
    pounds.post("/checkout/configure", currencyId=id_of("currency", "GBP"))
    shown = pounds.get(page).found(price)
    return {"euro": euro, "pounds": shown, "cart in pounds": _unit(world.visitor(currency="GBP").add("WS-1009").body)}


_TIERS = {"9": 8.9, "10": 7.9, "11": 7.9, "50": 6.9, "60": 6.9, "hammer": 24.9}

CASES = {
    "tier-off-by-one": Case(_tiers, _TIERS, {"10": 8.9, "50": 7.9}),
    "last-tier-lost": Case(_tiers, _TIERS, {"50": 7.9, "60": 7.9}),
    "price-of-first-quantity": Case(
        _changed_quantity, {"one": 8.9, "ten": 7.9, "pieces": 10, "ten at once": 7.9}, {"ten": 8.9}
    ),
    "rule-priority-reversed": Case(_two_rules, {"trade": 20.0, "consumer": 26.5}, {"trade": 15.0}),
    "listing-without-group-prices": Case(
        _lists, {"list": 12.52, "consumer's list": 16.9, "cart": 12.52}, {"list": 14.2}
    ),
    "variant-costs-like-parent": Case(_surcharge, {"L": 79.9, "XL": 84.9}, {"XL": 79.9}),
    "net-group-gross-in-pounds": Case(
        _pounds, {"EUR": ("net", 54.54), "GBP": ("net", 49.5), "consumer": "gross"}, {"GBP": ("gross", 58.9)}
    ),
    "tag-rule-never-holds": Case(_tagged, {"tagged": 19.9, "not tagged": 26.5, "trade": 12.52}, {"tagged": 26.5}),
    "rule-threshold-excluded": Case(_exactly_250, {"200": 200, "250": 242.5, "300": 291}, {"250": 250}),
    "cached-page-of-another-currency": Case(
        _cached_pages,
        {"euro": "€64.90*", "pounds": "£58.90*", "cart in pounds": 58.9},
        {"pounds": "€64.90*"},
    ),
    "plugin-update-loses-tiers": Case(_tiers, _TIERS, {"10": 8.9, "11": 8.9, "50": 8.9, "60": 8.9}),
}


@pytest.mark.parametrize("name", CASES)
def test_the_mutant_is_wrong_where_it_says_and_nowhere_else(name: str) -> None:
    show(name, CASES[name])


def test_every_mutant_of_the_group_is_looked_at() -> None:
    assert set(CASES) == set(PRICES.mutants)
