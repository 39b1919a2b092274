from collections.abc import Callable

import pytest

from updategate.actors.back_office import BackOffice
from updategate.actors.erp_office import ErpOffice
from updategate.actors.erp_shop import ErpShop
from updategate.actors.erp_sync import ErpSync, Trouble
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.domain.erp import OrderLine
from updategate.domain.money import eur

ORDER_PAGES = r"/search/order$"
ORDER = r"/api/order/"


@pytest.mark.process("ERP-006")
def test_orders_are_exported_once_while_others_arrive(
    office: ErpOffice,
    sync: ErpSync,
    erp_shop: ErpShop,
    back_office: BackOffice,
    new_shopper: Callable[[], Shopper],
    delivery: Delivery,
    invoice: Payment,
) -> None:
    cup = office.lists("cup", net=eur("10.00"))
    office.counts(cup, 100)
    sync.runs("articles", "stock")
    product = erp_shop.sees(cup)
    parcel = delivery.ships("parcel", [product.offer], Rate(gross=eur("0.00"), net=eur("0.00")))

    def order() -> Shopper:
        shopper = new_shopper()
        shopper.puts_in_cart(product)
        return shopper

    orders = [order().checks_out_as_guest(shipping=parcel, payment=invoice) for _ in range(7)]
    with sync.paused_between_pages("orders", ORDER_PAGES):
        # an order that is worked on leaves the open ones, and another customer orders
        back_office.moves_order(orders[0], "process")
        orders.append(order().checks_out_as_guest(shipping=parcel, payment=invoice))
    sync.runs("orders")

    assert {placed.number: office.has_orders(placed) for placed in orders} == {placed.number: 1 for placed in orders}


@pytest.mark.process("ERP-007")
@pytest.mark.parametrize(
    "trouble",
    [
        Trouble("drop", ORDER),
        Trouble("truncated", ORDER_PAGES),
        Trouble("error", ORDER),
        Trouble("deadlock", ORDER),
        Trouble("duplicate", ORDER),
        Trouble("token_expired", ORDER_PAGES),
        Trouble("too_many_requests", ORDER_PAGES, times=2),
        Trouble("maintenance", ORDER_PAGES),
    ],
    ids=str,
)
def test_an_order_is_in_the_erp_once_whatever_happens_on_the_way(
    trouble: Trouble,
    office: ErpOffice,
    sync: ErpSync,
    erp_shop: ErpShop,
    shopper: Shopper,
    delivery: Delivery,
    invoice: Payment,
) -> None:
    book = office.lists("book", net=eur("30.00"), tax_rate=7)
    office.counts(book, 10)
    sync.runs("articles", "stock")
    product = erp_shop.sees(book)
    parcel = delivery.ships("parcel", [product.offer], Rate(gross=eur("5.35"), net=eur("5.00")))

    shopper.puts_in_cart(product, quantity=2)
    placed = shopper.checks_out_as_guest(shipping=parcel, payment=invoice)
    report, disturbed = sync.runs_disturbed(trouble, "orders")
    sync.runs("orders")

    assert disturbed == trouble.times
    assert report.about(placed.number) == []
    order = office.finds(placed)
    # 2 × 30.00 + 5.00 net; 7 % of 65.00 = 4.55
    assert order.lines == (OrderLine(book.number, 2, eur("30.0000")), OrderLine("", 1, eur("5.0000")))
    assert (order.net, order.tax, order.total) == (eur("65.00"), eur("4.55"), eur("69.55"))
    assert placed.view.total == eur("69.55")


@pytest.mark.process("ERP-013")
def test_custom_fields_of_an_order_reach_the_erp(
    office: ErpOffice, sync: ErpSync, erp_shop: ErpShop, shopper: Shopper, delivery: Delivery, invoice: Payment
) -> None:
    shelf = office.lists("shelf", net=eur("50.00"))
    office.counts(shelf, 10)
    sync.runs("articles", "stock")
    product = erp_shop.sees(shelf)
    parcel = delivery.ships("parcel", [product.offer], Rate(gross=eur("0.00"), net=eur("0.00")))

    shopper.puts_in_cart(product)
    placed = shopper.checks_out_as_guest(shipping=parcel, payment=invoice)
    erp_shop.notes_on_order(placed, {"customer_order_number": "Bestellung 4711/Ä"})
    sync.runs("orders")

    assert "Bestellung 4711/Ä" in office.finds(placed).remark
