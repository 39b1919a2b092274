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
