import pytest

from updategate.actors.costs import Costs
from updategate.actors.order_desk import OrderDesk
from updategate.actors.purchase import PlacedOrder
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.actors.test_data.products import Catalogue
from updategate.domain.money import eur

# mugs 2 × 11.90 = 23.80 hold 3.80; book 21.40 holds 1.40; goods 45.20
# shipping 4.52 is a tenth: 2.38 at 19 % hold 0.38, 2.14 at 7 % hold 0.14
COSTS = Costs.of(positions="45.20", shipping="4.52", total="49.72", net="44.00", tax={"7": "1.54", "19": "4.18"})


@pytest.fixture
def order(shopper: Shopper, catalogue: Catalogue, delivery: Delivery, invoice: Payment) -> PlacedOrder:
    mug = catalogue.offers("mug", gross=eur("11.90"), tax_rate=19)
    book = catalogue.offers("book", gross=eur("21.40"), tax_rate=7)
    parcel = delivery.ships("parcel", [mug, book], Rate(gross=eur("4.52"), net=eur("3.90")))
    shopper.puts_in_cart(mug, quantity=2)
    shopper.puts_in_cart(book)
    order = shopper.checks_out_as_guest(shipping=parcel, payment=invoice)
    COSTS.must_be_shown_by(order=order.view)
    return order


@pytest.mark.process("ORD-006")
def test_invoice_shows_number_lines_taxes_and_total(order: PlacedOrder, order_desk: OrderDesk) -> None:
    invoice = order_desk.issues(order, "invoice").view

    assert invoice.figures is not None
    COSTS.must_be_shown_by(invoice=invoice.figures)
    assert order.number in invoice.text
    assert "Ada Lovelace" in invoice.text
    assert order_desk.sender_of("invoice") in invoice.text
    for ordered in order.view.lines or ():
        (line,) = [line for line in invoice.lines if line.label.startswith(ordered.number)]
        assert (line.quantity, line.unit_price, line.total) == (ordered.quantity, ordered.unit_price, ordered.total)
    assert eur("4.52") in [line.total for line in invoice.lines]


@pytest.mark.process("ORD-006")
def test_invoice_numbers_are_unique(order: PlacedOrder, order_desk: OrderDesk) -> None:
    first, second = order_desk.issues(order, "invoice"), order_desk.issues(order, "invoice")
    assert first.view.number == first.number
    assert second.view.number == second.number
    assert first.number != second.number


@pytest.mark.process("ORD-007")
def test_credit_note_shows_what_was_given_back(order: PlacedOrder, order_desk: OrderDesk) -> None:
    invoice = order_desk.issues(order, "invoice")
    # 4.52 is a tenth of the goods: 2.38 at 19 % hold 0.38, 2.14 at 7 % hold 0.14
    order_desk.gives_credit(order, "For your trouble", eur("4.52"))

    note = order_desk.issues(order, "credit_note", of=invoice).view

    assert note.figures is not None
    expected = Costs.of(positions="4.52", total="4.52", net="4.00", tax={"7": "0.14", "19": "0.38"})
    expected.must_be_shown_by(credit_note=note.figures)
    assert invoice.number in note.text
    assert order.number in note.text


@pytest.mark.process("ORD-008")
def test_cancellation_invoice_takes_everything_back(order: PlacedOrder, order_desk: OrderDesk) -> None:
    invoice = order_desk.issues(order, "invoice")

    cancellation = order_desk.issues(order, "storno", of=invoice).view

    assert cancellation.figures is not None
    expected = Costs.of(positions="-45.20", total="-49.72", net="-44.00", tax={"7": "-1.54", "19": "-4.18"})
    expected.must_be_shown_by(cancellation=cancellation.figures)
    assert invoice.number in cancellation.text
    assert order.number in cancellation.text


@pytest.mark.process("ORD-009")
def test_delivery_note_shows_the_goods_and_no_prices(order: PlacedOrder, order_desk: OrderDesk) -> None:
    note = order_desk.issues(order, "delivery_note").view

    assert note.figures is None
    assert order.number in note.text
    for ordered in order.view.lines or ():
        assert any(
            row.startswith(ordered.number) and row.endswith(f" {ordered.quantity}") for row in note.text.splitlines()
        )
    assert "11.90" not in note.text
    assert "11,90" not in note.text
