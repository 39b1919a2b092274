"""Customers, carts and orders from before the update: nobody is shut out, nothing is lost, everything goes on."""

import pytest

from updategate.actors.back_office import BackOffice
from updategate.actors.costs import Costs
from updategate.actors.keepsake import Keepsake, read_login, write_login
from updategate.actors.order_desk import OrderDesk
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.customers import Customers
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.actors.test_data.products import Catalogue
from updategate.domain.money import eur
from updategate.plugin.recording import HandoverDesk

# mugs 2 × 11.90 = 23.80 hold 3.80; book 21.40 holds 1.40; goods 45.20
# shipping 4.52 is a tenth: 2.38 at 19 % hold 0.38, 2.14 at 7 % hold 0.14
COSTS = Costs.of(positions="45.20", shipping="4.52", total="49.72", net="44.00", tax={"7": "1.54", "19": "4.18"})


@pytest.fixture
def filled(shopper: Shopper, catalogue: Catalogue, delivery: Delivery) -> Keepsake:
    """A cart with two mugs and a book, and the parcel that they go in."""
    mug = catalogue.offers("mug", gross=eur("11.90"), tax_rate=19)
    book = catalogue.offers("book", gross=eur("21.40"), tax_rate=7)
    parcel = delivery.ships("parcel", [mug, book], Rate(gross=eur("4.52"), net=eur("3.90")))
    shopper.puts_in_cart(mug, quantity=2)
    cart = shopper.puts_in_cart(book)
    assert cart.position_total == eur("45.20")
    return Keepsake(parcel.id, name=parcel.name)


@pytest.mark.process("UPD-010")
@pytest.mark.before_update(copies=3)
def test_session_with_a_filled_cart_is_left(shopper: Shopper, filled: Keepsake, handover: HandoverDesk) -> None:
    handover.leaves("cart", session=shopper.bookmarks(), parcel=Keepsake.of(filled))


@pytest.mark.process("UPD-010")
@pytest.mark.after_update
def test_session_and_cart_from_before_are_ordered(shopper: Shopper, invoice: Payment, handover: HandoverDesk) -> None:
    left = handover.takes("cart")
    shopper.comes_back(left["session"])

    assert shopper.sees_cart().position_total == eur("45.20")

    order = shopper.checks_out_as_guest(shipping=Keepsake.read(left["parcel"]), payment=invoice)
    COSTS.must_be_shown_by(order=order.view)


@pytest.mark.process("UPD-011")
@pytest.mark.before_update(copies=3)
def test_order_is_left_open(shopper: Shopper, filled: Keepsake, invoice: Payment, handover: HandoverDesk) -> None:
    order = shopper.checks_out_as_guest(shipping=filled, payment=invoice)
    COSTS.must_be_shown_by(order=order.view)
    handover.leaves("order", order=Keepsake.of(order))


@pytest.mark.process("UPD-011")
@pytest.mark.after_update
def test_open_order_from_before_is_processed_to_the_end(
    back_office: BackOffice, order_desk: OrderDesk, handover: HandoverDesk
) -> None:
    order = Keepsake.read(handover.takes("order")["order"])
    COSTS.must_be_shown_by(order=back_office.sees(order))

    assert back_office.moves_order(order, "process") == "in_progress"
    assert back_office.moves_payment(order, "paid") == "paid"
    assert back_office.moves_delivery(order, "ship") == "shipped"

    invoice = order_desk.issues(order, "invoice")
    assert invoice.view.figures is not None
    COSTS.must_be_shown_by(invoice=invoice.view.figures)
    assert order.number in invoice.view.text

    # 4.52 is a tenth of the goods: 2.38 at 19 % hold 0.38, 2.14 at 7 % hold 0.14
    order_desk.gives_credit(order, "For your trouble", eur("4.52"))
    note = order_desk.issues(order, "credit_note", of=invoice).view
    assert note.figures is not None
    given_back = Costs.of(positions="4.52", total="4.52", net="4.00", tax={"7": "0.14", "19": "0.38"})
    given_back.must_be_shown_by(credit_note=note.figures)
    assert back_office.moves_order(order, "complete") == "completed"


@pytest.mark.process("UPD-012")
@pytest.mark.before_update(copies=3)
def test_customer_is_left(
    shopper: Shopper, customers: Customers, filled: Keepsake, invoice: Payment, handover: HandoverDesk
) -> None:
    created = customers.registered("ada")
    registered = shopper.registers()
    shopper.chooses(shipping=filled, payment=invoice)
    order = shopper.places_order()
    handover.leaves(
        "customers", created=write_login(created), registered=write_login(registered), order=Keepsake.of(order)
    )


@pytest.mark.process("UPD-012")
@pytest.mark.after_update
def test_customers_from_before_log_in_and_find_their_orders(shopper: Shopper, handover: HandoverDesk) -> None:
    left = handover.takes("customers")
    created, registered = read_login(left["created"]), read_login(left["registered"])

    shopper.logs_in(created)
    assert shopper.account.sees_profile().number == created.number
    assert shopper.account.cities() == {"Berlin"}
    assert shopper.sees_orders() == []
    shopper.logs_out()

    shopper.logs_in(registered)
    assert [order.number for order in shopper.sees_orders()] == [left["order"]["number"]]
    assert [order.total for order in shopper.sees_orders()] == [eur("49.72")]


@pytest.mark.process("UPD-014")
@pytest.mark.before_update
def test_witness_of_the_rollback_is_left(catalogue: Catalogue, handover: HandoverDesk) -> None:
    witness = catalogue.offers("witness", gross=eur("11.90"), tax_rate=19)
    handover.leaves("witness", product=Keepsake.of(witness))


@pytest.mark.process("UPD-014")
@pytest.mark.after_update
def test_rollback_was_rehearsed_and_brought_everything_back(handover: HandoverDesk) -> None:
    rehearsal = handover.knows("rehearsal", lacking="the rollback was not rehearsed")
    assert rehearsal["actual"] == rehearsal["expected"]
