from collections.abc import Callable

import pytest

from updategate.actors.back_office import BackOffice
from updategate.actors.crowd import Crowd, numbers_of
from updategate.actors.shop_access import ShopAccess
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.actors.test_data.own_channel import OwnChannel
from updategate.actors.test_data.products import Catalogue
from updategate.domain.money import eur


@pytest.mark.process("ORD-012")
def test_four_buyers_at_once_get_numbers_of_their_own(
    crowd: Crowd, catalogue: Catalogue, delivery: Delivery, invoice: Payment, back_office: BackOffice
) -> None:
    mug = catalogue.offers("mug", gross=eur("11.90"), tax_rate=19, stock=50)
    parcel = delivery.ships("parcel", [mug], Rate(gross=eur("0.00"), net=eur("0.00")))

    orders = []
    for _ in range(3):
        crowd.gets_ready(mug, shipping=parcel, payment=invoice)
        orders += crowd.orders_at_once()

    assert len(orders) == 12
    assert len(set(numbers_of(orders))) == 12
    assert {back_office.sees(order).number for order in orders} == set(numbers_of(orders))
    # every single one of them is to be paid
    assert [back_office.sees_transaction(order).total for order in orders] == [eur("11.90")] * 12
    assert back_office.stock_of(mug).available == 38


@pytest.mark.process("ORD-012")
def test_numbers_of_a_number_range_have_no_gap_when_every_order_succeeds(
    new_crowd: Callable[[ShopAccess], Crowd],
    catalogue: Catalogue,
    delivery: Delivery,
    invoice: Payment,
    own_channel: OwnChannel,
    back_office: BackOffice,
) -> None:
    mug = catalogue.offers("mug", gross=eur("11.90"), tax_rate=19, stock=50)
    parcel = delivery.ships("parcel", [mug], Rate(gross=eur("0.00"), net=eur("0.00")))
    # a number range that nobody else draws from
    channel = own_channel.opens([mug], shipping=parcel, payments=[invoice], order_numbers=("UGN{n}", 700))
    crowd = new_crowd(channel)

    orders = []
    for _ in range(2):
        crowd.gets_ready(mug, shipping=parcel, payment=invoice)
        orders += crowd.orders_at_once()

    # the shop goes on where an earlier run ended: it keeps the last number of a range that was removed
    first = min(int(number.removeprefix("UGN")) for number in numbers_of(orders))
    wanted = [f"UGN{number}" for number in range(first, first + 8)]
    assert first >= 700
    assert sorted(numbers_of(orders)) == wanted
    assert sorted(str(back_office.sees(order).number) for order in orders) == wanted
    assert back_office.stock_of(mug).available == 42
