from collections.abc import Callable

import pytest

from updategate.actors.back_office import BackOffice
from updategate.actors.purchase import PlacedOrder
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.actors.test_data.products import Catalogue
from updategate.domain.money import eur

ILLEGAL = "SYSTEM__ILLEGAL_STATE_TRANSITION"


@pytest.fixture
def order(shopper: Shopper, catalogue: Catalogue, delivery: Delivery, invoice: Payment) -> PlacedOrder:
    mug = catalogue.offers("mug", gross=eur("11.90"), tax_rate=19)
    parcel = delivery.ships("parcel", [mug], Rate(gross=eur("0.00"), net=eur("0.00")))
    shopper.puts_in_cart(mug, quantity=3)
    return shopper.checks_out_as_guest(shipping=parcel, payment=invoice)


@pytest.mark.process("ORD-001")
def test_order_goes_from_open_to_completed_and_only_so(order: PlacedOrder, back_office: BackOffice) -> None:
    assert back_office.cannot_move_order(order, "complete") == ILLEGAL
    assert back_office.moves_order(order, "process") == "in_progress"
    assert back_office.moves_order(order, "complete") == "completed"
    assert back_office.cannot_move_order(order, "process") == ILLEGAL
    assert back_office.moves_order(order, "reopen") == "open"

    assert back_office.state_history(order) == [
        ("open", "in_progress"),
        ("in_progress", "completed"),
        ("completed", "open"),
    ]


@pytest.mark.process("ORD-001")
def test_payment_goes_from_open_to_refunded_and_only_so(order: PlacedOrder, back_office: BackOffice) -> None:
    assert back_office.cannot_move_payment(order, "refund") == ILLEGAL
    assert back_office.moves_payment(order, "remind") == "reminded"
    assert back_office.moves_payment(order, "pay_partially") == "paid_partially"
    assert back_office.moves_payment(order, "pay") == "paid"
    assert back_office.cannot_move_payment(order, "remind") == ILLEGAL
    assert back_office.moves_payment(order, "refund") == "refunded"
    assert back_office.cannot_move_payment(order, "remind") == ILLEGAL

    assert back_office.payment_history(order) == [
        ("open", "reminded"),
        ("reminded", "paid_partially"),
        ("paid_partially", "paid"),
        ("paid", "refunded"),
    ]


@pytest.mark.process("ORD-001")
def test_cancelled_payment_is_reopened(order: PlacedOrder, back_office: BackOffice) -> None:
    assert back_office.moves_payment(order, "cancel") == "cancelled"
    assert back_office.cannot_move_payment(order, "remind") == ILLEGAL
    assert back_office.moves_payment(order, "reopen") == "open"
    assert back_office.moves_payment(order, "paid") == "paid"


@pytest.mark.process("ORD-001")
def test_delivery_goes_from_open_to_returned_and_only_so(order: PlacedOrder, back_office: BackOffice) -> None:
    assert back_office.cannot_move_delivery(order, "retour") == ILLEGAL
    assert back_office.moves_delivery(order, "ship_partially") == "shipped_partially"
    assert back_office.moves_delivery(order, "ship") == "shipped"
    assert back_office.cannot_move_delivery(order, "ship_partially") == ILLEGAL
    assert back_office.moves_delivery(order, "retour_partially") == "returned_partially"
    assert back_office.moves_delivery(order, "retour") == "returned"
    assert back_office.cannot_move_delivery(order, "ship") == ILLEGAL

    assert back_office.delivery_history(order) == [
        ("open", "shipped_partially"),
        ("shipped_partially", "shipped"),
        ("shipped", "returned_partially"),
        ("returned_partially", "returned"),
    ]


@pytest.mark.process("ORD-002")
def test_partial_refund_is_shown_to_the_customer(order: PlacedOrder, shopper: Shopper, back_office: BackOffice) -> None:
    back_office.moves_payment(order, "paid")
    assert back_office.moves_payment(order, "refund_partially") == "refunded_partially"

    seen = back_office.sees(order)
    assert (seen.payment_state, seen.state, seen.total) == ("refunded_partially", "open", eur("35.70"))
    assert shopper.sees_order(order).payment_state == "refunded_partially"
    assert back_office.cannot_move_payment(order, "paid") == ILLEGAL
    assert back_office.moves_payment(order, "refund") == "refunded"


@pytest.mark.process("ORD-003")
def test_completed_order_has_left_the_warehouse(
    shopper: Shopper, catalogue: Catalogue, delivery: Delivery, invoice: Payment, back_office: BackOffice
) -> None:
    lamp = catalogue.offers("lamp", gross=eur("25.00"), stock=10)
    parcel = delivery.ships("parcel", [lamp], Rate(gross=eur("0.00"), net=eur("0.00")))
    shopper.puts_in_cart(lamp, quantity=3)
    order = shopper.checks_out_as_guest(shipping=parcel, payment=invoice)
    assert back_office.stock_of(lamp).available == 7

    back_office.moves_order(order, "process")
    back_office.moves_order(order, "complete")

    # before 6.6 the stock follows here, since then it has gone down with the order: now both are the same
    assert (back_office.stock_of(lamp).stock, back_office.stock_of(lamp).available) == (7, 7)


@pytest.mark.process("ORD-003")
def test_cancelled_order_gives_the_stock_back(
    new_shopper: Callable[[], Shopper],
    catalogue: Catalogue,
    delivery: Delivery,
    invoice: Payment,
    back_office: BackOffice,
) -> None:
    lamp = catalogue.offers_closeout("lamp", gross=eur("25.00"), stock=5)
    parcel = delivery.ships("parcel", [lamp], Rate(gross=eur("0.00"), net=eur("0.00")))
    by_customer, by_merchant = new_shopper(), new_shopper()

    by_customer.puts_in_cart(lamp, quantity=2)
    first = by_customer.checks_out_as_guest(shipping=parcel, payment=invoice)
    by_merchant.puts_in_cart(lamp, quantity=3)
    second = by_merchant.checks_out_as_guest(shipping=parcel, payment=invoice)
    assert (back_office.stock_of(lamp).available, back_office.stock_of(lamp).sellable) == (0, False)

    assert by_customer.cancels(first) == "cancelled"
    assert (back_office.stock_of(lamp).available, back_office.stock_of(lamp).sellable) == (2, True)
    assert back_office.moves_order(second, "cancel") == "cancelled"
    assert back_office.stock_of(lamp).available == 5

    assert back_office.moves_order(second, "reopen") == "open"
    assert back_office.stock_of(lamp).available == 2
