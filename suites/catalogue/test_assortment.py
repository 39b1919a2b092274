from collections.abc import Mapping
from decimal import Decimal

import pytest

from updategate.actors.browser_shopper import BrowserShopper
from updategate.actors.test_data.products import BY_LINK_ONLY, EVERYWHERE, Catalogue
from updategate.actors.window_shopper import WindowShopper
from updategate.domain.money import eur


@pytest.mark.process("CAT-001")
def test_navigation_leads_to_a_listing_with_every_product(window_shopper: WindowShopper, catalogue: Catalogue) -> None:
    shelf = catalogue.category("shelf")
    drawer = catalogue.category("drawer", parent=shelf)
    pens = [
        catalogue.offers(f"pen {number}", gross=eur("2.00"), category=drawer, visibility=EVERYWHERE)
        for number in (1, 2, 3)
    ]

    names = window_shopper.sees_category_names()
    assert shelf.name in names
    assert drawer.name in names

    listing = window_shopper.sees_listing(drawer.id)
    assert (listing.total, sorted(listing.numbers)) == (3, sorted(pen.number for pen in pens))
    # a category also shows what lies in the categories below it
    assert window_shopper.sees_listing(shelf.id).total == 3


@pytest.mark.process("CAT-002")
def test_listing_is_sorted_and_filtered(window_shopper: WindowShopper, catalogue: Catalogue) -> None:
    shelf = catalogue.category("shelf")
    acme, apex = catalogue.manufacturer("acme"), catalogue.manufacturer("apex")
    cheap = catalogue.offers("cheap", gross=eur("9.00"), category=shelf, visibility=EVERYWHERE, manufacturer=acme)
    middle = catalogue.offers("middle", gross=eur("50.00"), category=shelf, visibility=EVERYWHERE, manufacturer=apex)
    dear = catalogue.offers("dear", gross=eur("500.00"), category=shelf, visibility=EVERYWHERE, manufacturer=apex)

    def numbers(**wishes: object) -> list[str]:
        return window_shopper.sees_listing(shelf.id, **wishes).numbers

    assert numbers(order="price-asc") == [cheap.number, middle.number, dear.number]
    assert numbers(order="price-desc") == [dear.number, middle.number, cheap.number]
    assert numbers(order="price-asc", min_price=9, max_price=50) == [cheap.number, middle.number]
    assert numbers(order="price-asc", min_price=51) == [dear.number]
    assert numbers(order="price-asc", manufacturer=apex) == [middle.number, dear.number]
    pages = [window_shopper.sees_listing(shelf.id, limit=1, p=page, order="price-asc").numbers for page in (1, 2, 3)]
    assert pages == [[cheap.number], [middle.number], [dear.number]]


@pytest.mark.process("CAT-002")
def test_filters_of_two_properties_must_both_fit(window_shopper: WindowShopper, catalogue: Catalogue) -> None:
    shelf = catalogue.category("shelf")
    colour = catalogue.properties("colour", ["red", "blue"])
    size = catalogue.properties("size", ["small", "large"])

    def offered(one: str, other: str) -> str:
        properties = [{"id": colour[one]}, {"id": size[other]}]
        return catalogue.offers(
            f"{one} {other}",
            gross=eur("5.00"),
            category=shelf,
            visibility=EVERYWHERE,
            extra={"properties": properties},
        ).number

    red_small, red_large = offered("red", "small"), offered("red", "large")
    blue_small, blue_large = offered("blue", "small"), offered("blue", "large")

    def found(*options: str) -> list[str]:
        return sorted(window_shopper.sees_listing(shelf.id, properties="|".join(options)).numbers)

    assert found(colour["red"]) == sorted([red_small, red_large])
    assert found(colour["red"], size["large"]) == [red_large]
    # several of one property are as good as each other
    assert found(colour["red"], colour["blue"], size["small"]) == sorted([red_small, blue_small])
    assert found(colour["blue"], size["small"], size["large"]) == sorted([blue_small, blue_large])


@pytest.mark.process("CAT-003")
def test_search_finds_by_number_name_and_long_term(window_shopper: WindowShopper, catalogue: Catalogue) -> None:
    gauge = catalogue.offers(
        "gauge", gross=eur("80.00"), visibility=EVERYWHERE, name="Quorvex Hochdruckreinigungsschlauchanschlussadapter"
    )
    hoses = {
        # the numbers do not hold the words: they are searched too
        name: catalogue.offers(f"hose {position}", gross=eur("80.00"), visibility=EVERYWHERE, name=name).number
        for position, name in enumerate(("Zyblon Gartenschlauch", "Zyblon Feuerwehrschlauch", "Kraxum Gartenschlauch"))
    }
    brush = catalogue.offers("brush", gross=eur("8.00"), visibility=EVERYWHERE, name="Grünquast Bürste")

    assert window_shopper.searches(gauge.number).numbers[0] == gauge.number
    assert window_shopper.searches("Quorvex").numbers == [gauge.number]
    assert gauge.number in window_shopper.searches("Hochdruckreinigungsschlauchanschlussadapter").numbers
    assert window_shopper.searches("quorvex").numbers == [gauge.number]
    # every word counts: what has both is found, and what has one of them for either word or for neither, as is set
    for name, both in hoses.items():
        found = set(window_shopper.searches(name).numbers)
        assert found == (_with_a_word_of(name, hoses) if len(found) > 1 else {both})
    assert window_shopper.searches("Grünquast").numbers == [brush.number]
    assert window_shopper.searches("quorvexxxinexistent").numbers == []


def _with_a_word_of(words: str, products: Mapping[str, str]) -> set[str]:
    return {number for name, number in products.items() if set(name.split()) & set(words.split())}


@pytest.mark.process("CAT-004")
def test_choosing_a_variant_changes_number_and_price(browser_shopper: BrowserShopper, catalogue: Catalogue) -> None:
    _, sizes = catalogue.offers_variants("shirt", {"Small": None, "Large": eur("23.80")}, gross=eur("19.99"))

    assert browser_shopper.sees_product(sizes["Small"]) == (sizes["Small"].number, eur("19.99"))
    assert browser_shopper.chooses_option("Large") == (sizes["Large"].number, eur("23.80"))
    assert browser_shopper.chooses_option("Small") == (sizes["Small"].number, eur("19.99"))
    assert browser_shopper.complaints() == []


@pytest.mark.process("CAT-005")
def test_hidden_products_stay_hidden(window_shopper: WindowShopper, catalogue: Catalogue) -> None:
    shelf = catalogue.category("shelf")
    shown = catalogue.offers("shown", gross=eur("5.00"), category=shelf, visibility=EVERYWHERE, name="Quilvarn one")
    secret = catalogue.offers("secret", gross=eur("5.00"), category=shelf, visibility=BY_LINK_ONLY, name="Quilvarn two")
    gone = catalogue.offers(
        "gone",
        gross=eur("5.00"),
        category=shelf,
        visibility=EVERYWHERE,
        name="Quilvarn three",
        extra={"active": False},
    )

    assert window_shopper.sees_listing(shelf.id).numbers == [shown.number]
    assert window_shopper.searches("Quilvarn").numbers == [shown.number]
    assert window_shopper.sees_product(secret).price == eur("5.00")
    assert window_shopper.cannot_see(gone)


@pytest.mark.process("CAT-006")
def test_readable_address_is_the_canonical_one(window_shopper: WindowShopper, catalogue: Catalogue) -> None:
    vase = catalogue.offers("vase", gross=eur("30.00"), visibility=EVERYWHERE, name="Blue vase")

    by_id = window_shopper.opens_page(vase)
    assert by_id.redirected
    assert by_id.canonical == by_id.address
    assert by_id.address.endswith(f"/{vase.number}")

    readable = window_shopper.opens_address(by_id.address)
    assert (readable.redirected, readable.price) == (False, Decimal("30.0"))


@pytest.mark.process("CAT-007")
def test_language_and_currency_can_be_switched(browser_shopper: BrowserShopper) -> None:
    languages, currencies = browser_shopper.other_languages(), browser_shopper.other_currencies()
    if not languages and not currencies:
        pytest.skip("the sales channel has one language and one currency")

    for locale, name in languages[:1]:
        assert browser_shopper.switches_language(name) == locale
    for iso, name in currencies[:1]:
        assert browser_shopper.switches_currency(iso, name).currency == iso
    assert browser_shopper.complaints() == []


@pytest.mark.process("CAT-008")
def test_new_price_is_shown_everywhere_in_time(window_shopper: WindowShopper, catalogue: Catalogue) -> None:
    kettle = catalogue.offers("kettle", gross=eur("40.00"), visibility=EVERYWHERE)
    for _ in range(2):  # the second time the page comes from the cache
        assert window_shopper.opens_page(kettle).price == Decimal(40)

    catalogue.reprices(kettle, eur("44.44"))

    assert window_shopper.sees_product(kettle).price == eur("44.44")
    window_shopper.waits_for_page_price(kettle, Decimal("44.44"), within=30)
