import pytest

from updategate.actors.back_office import BackOffice
from updategate.actors.browser_shopper import BrowserShopper
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.actors.test_data.products import Catalogue
from updategate.actors.test_data.rules import goods_worth
from updategate.domain.money import eur


@pytest.mark.process("CHK-020")
def test_order_with_a_blocked_shipping_method_is_refused(
    shopper: Shopper, catalogue: Catalogue, delivery: Delivery, invoice: Payment
) -> None:
    box = catalogue.offers("box", gross=eur("30.00"), tax_rate=19)
    letter = delivery.ships("letter", [box], Rate(gross=eur("2.00"), net=eur("1.68")), only_if=[goods_worth("<", 50)])

    shopper.puts_in_cart(box)
    shopper.goes_on_as_guest()
    assert shopper.chooses(shipping=letter, payment=invoice).shipping_total == eur("2.00")

    cart = shopper.puts_in_cart(box)

    assert [error.key for error in cart.errors] == ["shipping-method-blocked"]
    assert not shopper.is_offered_shipping(letter)
    assert shopper.cannot_order() == "CHECKOUT__CART_INVALID"


@pytest.mark.process("CHK-020")
def test_blocked_shipping_method_is_switched_away_in_the_browser(
    browser_shopper: BrowserShopper,
    catalogue: Catalogue,
    delivery: Delivery,
    invoice: Payment,
    back_office: BackOffice,
) -> None:
    box = catalogue.offers("box", gross=eur("30.00"), tax_rate=19)
    letter = delivery.ships("letter", [box], Rate(gross=eur("2.00"), net=eur("1.68")), only_if=[goods_worth("<", 50)])

    browser_shopper.puts_in_cart(box)
    browser_shopper.goes_to_checkout()
    browser_shopper.goes_on_as_guest()
    browser_shopper.chooses(shipping=letter, payment=invoice)
    browser_shopper.puts_in_cart(box)
    told = browser_shopper.messages()
    page = browser_shopper.sees_confirmation()
    told += browser_shopper.messages()

    assert letter.name not in browser_shopper.offered_shipping()
    assert any(letter.name in message for message in told)

    order = browser_shopper.places_order()
    seen = back_office.sees(order)
    assert seen.shipping_method != letter.name
    assert (seen.position_total, seen.total) == (eur("60.00"), page.total)
