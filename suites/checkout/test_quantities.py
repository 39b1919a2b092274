import pytest

from updategate.actors.shopper import Shopper
from updategate.actors.test_data.products import Catalogue
from updategate.domain.money import eur


@pytest.mark.process("CHK-019")
@pytest.mark.parametrize(
    ("asked", "given", "messages"),
    [
        (3, 5, ["min-order-quantity"]),
        (5, 5, []),
        (7, 5, ["purchase-steps-quantity"]),
        (20, 20, []),
        (25, 20, ["product-stock-reached"]),
    ],
    ids=["below the minimum", "the minimum", "between two steps", "the maximum", "above the maximum"],
)
def test_quantity_is_brought_into_its_limits(
    asked: int, given: int, messages: list[str], shopper: Shopper, catalogue: Catalogue
) -> None:
    pens = catalogue.offers_in_steps("pens", gross=eur("1.19"), least=5, most=20, step=5)

    cart = shopper.puts_in_cart(pens, asked)

    assert cart.line(pens.number).quantity == given
    assert [error.key for error in cart.errors] == messages


@pytest.mark.process("CHK-019")
def test_closeout_product_is_limited_by_its_stock(shopper: Shopper, catalogue: Catalogue) -> None:
    lamp = catalogue.offers_closeout("lamp", gross=eur("25.00"), stock=3)

    cart = shopper.puts_in_cart(lamp, 5)

    assert (cart.line(lamp.number).quantity, cart.position_total) == (3, eur("75.00"))
    assert [error.key for error in cart.errors] == ["product-stock-reached"]
