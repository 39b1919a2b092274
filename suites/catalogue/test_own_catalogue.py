"""Read-only: what a shop shows of its own catalogue must agree with itself, whatever the catalogue is."""

import pytest

from updategate.actors.onlooker import Onlooker


@pytest.mark.process("CAT-009")
def test_navigation_listing_and_product_agree_on_the_price(onlooker: Onlooker) -> None:
    listings = {category.name: onlooker.sees_listing(category) for category in onlooker.sees_categories()[:8]}
    shown = {product.id: product for products in listings.values() for product in products}
    assert shown, f"no product in any of the categories {sorted(listings)}"

    # a page of tier prices states no single price
    untiered = [product for product in shown.values() if not product.tiered]
    assert untiered, "every product has tier prices"
    for product in untiered[:5]:
        alone = onlooker.sees_product(product.id)
        assert (alone.number, alone.price) == (product.number, product.price)
        stated = onlooker.sees_page_price(product.id)
        assert stated == product.price.amount, f"the page of {product.number} states another price"


@pytest.mark.process("CAT-010")
def test_search_finds_a_product_by_its_number_and_its_name(onlooker: Onlooker) -> None:
    listings = [onlooker.sees_listing(category) for category in onlooker.sees_categories()[:8]]
    products = [product for listing in listings for product in listing]
    assert products, "no product in any category"

    for product in products[:3]:
        found = onlooker.finds(product.number)
        assert product.number in [hit.number for hit in found]
        by_name = onlooker.finds(product.name)
        assert by_name, f"nothing is found for the name {product.name!r}"


@pytest.mark.process("CAT-011")
def test_home_page_answers(onlooker: Onlooker) -> None:
    assert onlooker.opens_home_page() > 1_000
