from collections.abc import Callable

import pytest

from updategate.actors.back_office import BackOffice
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.actors.test_data.products import Catalogue
from updategate.domain.money import eur


@pytest.mark.process("CHK-027")
def test_last_piece_is_sold_once(
    new_shopper: Callable[[], Shopper],
    catalogue: Catalogue,
    delivery: Delivery,
    invoice: Payment,
    back_office: BackOffice,
) -> None:
    radio = catalogue.offers_closeout("radio", gross=eur("89.00"), stock=1)
    parcel = delivery.ships("parcel", [radio], Rate(gross=eur("4.90"), net=eur("4.12")))

    fast, late, too_late = new_shopper(), new_shopper(), new_shopper()
    for shopper in (fast, late):
        shopper.puts_in_cart(radio)
        shopper.goes_on_as_guest()
        shopper.chooses(shipping=parcel, payment=invoice)

    fast.places_order()
    assert back_office.stock_of(radio).available == 0
    assert not back_office.stock_of(radio).sellable

    assert late.cannot_order() == "CHECKOUT__CART_INVALID"
    assert [error.key for error in too_late.puts_in_cart(radio).errors] == ["product-out-of-stock"]
    assert back_office.stock_of(radio).available == 0


@pytest.mark.process("CHK-027")
def test_what_an_order_took_is_not_sold_to_the_next(
    new_shopper: Callable[[], Shopper], catalogue: Catalogue, delivery: Delivery, invoice: Payment
) -> None:
    radio = catalogue.offers_closeout("radio", gross=eur("89.00"), stock=3)
    parcel = delivery.ships("parcel", [radio], Rate(gross=eur("0.00"), net=eur("0.00")))
    early, buyer, later = new_shopper(), new_shopper(), new_shopper()

    # whoever looked before the order has made the shop remember the stock of then
    assert early.puts_in_cart(radio, 3).line(radio.number).quantity == 3
    buyer.puts_in_cart(radio)
    buyer.checks_out_as_guest(shipping=parcel, payment=invoice)

    cart = later.puts_in_cart(radio, 3)
    assert (cart.line(radio.number).quantity, cart.position_total) == (2, eur("178.00"))
    assert [error.key for error in cart.errors] == ["product-stock-reached"]
