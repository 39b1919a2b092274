import pytest

from updategate.actors.back_office import BackOffice
from updategate.actors.costs import Costs
from updategate.actors.order_desk import OrderDesk
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.actors.test_data.products import Catalogue
from updategate.domain.money import eur


@pytest.mark.process("ORD-004")
def test_order_is_repeated_at_todays_price(
    shopper: Shopper, catalogue: Catalogue, delivery: Delivery, invoice: Payment, back_office: BackOffice
) -> None:
    mug = catalogue.offers("mug", gross=eur("11.90"), tax_rate=19)
    book = catalogue.offers("book", gross=eur("21.40"), tax_rate=7)
    parcel = delivery.ships("parcel", [mug, book], Rate(gross=eur("0.00"), net=eur("0.00")))
    shopper.puts_in_cart(mug, quantity=2)
    shopper.puts_in_cart(book)
    first = shopper.checks_out_as_guest(shipping=parcel, payment=invoice)
    assert first.view.total == eur("45.20")

    catalogue.reprices(mug, eur("23.80"))
    shopper.repeats(first)
    shopper.chooses(shipping=parcel, payment=invoice)
    second = shopper.places_order()

    assert back_office.sees(second).total == eur("69.00")
    assert back_office.sees(first).total == eur("45.20")
    assert second.number != first.number


@pytest.mark.process("ORD-005")
def test_edited_order_is_calculated_anew(
    shopper: Shopper,
    catalogue: Catalogue,
    delivery: Delivery,
    invoice: Payment,
    back_office: BackOffice,
    order_desk: OrderDesk,
) -> None:
    mug = catalogue.offers("mug", gross=eur("11.90"), tax_rate=19)
    book = catalogue.offers("book", gross=eur("21.40"), tax_rate=7)
    parcel = delivery.ships("parcel", [mug, book], Rate(gross=eur("0.00"), net=eur("0.00")))
    shopper.puts_in_cart(mug, quantity=2)
    order = shopper.checks_out_as_guest(shipping=parcel, payment=invoice)

    order_desk.adds_product(order, book, quantity=2)

    # mugs 23.80 hold 3.80; books 42.80 hold 2.80
    expected = Costs.of(positions="66.60", total="66.60", net="60.00", tax={"7": "2.80", "19": "3.80"})
    expected.must_be_shown_by(back_office=back_office.sees(order), account=shopper.sees_order(order))
    assert (back_office.stock_of(mug).available, back_office.stock_of(book).available) == (98, 98)
