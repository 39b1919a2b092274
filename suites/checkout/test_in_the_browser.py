import pytest

from updategate.actors.back_office import BackOffice
from updategate.actors.browser_shopper import BrowserShopper
from updategate.actors.costs import Costs
from updategate.actors.test_data.customers import Customers
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.actors.test_data.products import Catalogue
from updategate.domain.money import eur


@pytest.mark.process("CHK-021")
def test_double_click_on_the_order_button_places_one_order(
    browser_shopper: BrowserShopper, catalogue: Catalogue, delivery: Delivery, invoice: Payment, back_office: BackOffice
) -> None:
    scarf = catalogue.offers("scarf", gross=eur("35.70"), tax_rate=19, stock=10)
    parcel = delivery.ships("parcel", [scarf], Rate(gross=eur("4.90"), net=eur("4.12")))

    browser_shopper.puts_in_cart(scarf)
    browser_shopper.goes_to_checkout()
    email = browser_shopper.goes_on_as_guest()
    browser_shopper.chooses(shipping=parcel, payment=invoice)
    order = browser_shopper.places_order_with_a_double_click()

    assert back_office.counts_orders_of(email) == 1
    assert browser_shopper.has_an_empty_cart()
    assert back_office.stock_of(scarf).available == 9
    assert back_office.sees(order).total == eur("40.60")


@pytest.mark.process("CHK-025")
def test_guest_buys_in_the_browser(
    browser_shopper: BrowserShopper, catalogue: Catalogue, delivery: Delivery, invoice: Payment, back_office: BackOffice
) -> None:
    mug = catalogue.offers("mug", gross=eur("11.90"), tax_rate=19)
    book = catalogue.offers("book", gross=eur("21.40"), tax_rate=7)
    parcel = delivery.ships("parcel", [mug, book], Rate(gross=eur("0.00"), net=eur("0.00")))

    assert browser_shopper.sees_price(mug) == eur("11.90")
    browser_shopper.puts_in_cart(mug, quantity=3)
    browser_shopper.puts_in_cart(book)
    browser_shopper.goes_to_checkout()
    browser_shopper.goes_on_as_guest()
    page = browser_shopper.chooses(shipping=parcel, payment=invoice)
    order = browser_shopper.places_order()

    # 3 × 11.90 = 35.70 hold 3 × 1.90 = 5.70; 21.40 holds 1.40
    expected = Costs.of(positions="57.10", total="57.10", net="50.00", tax={"7": "1.40", "19": "5.70"})
    expected.must_be_shown_by(
        confirmation_page=page,
        back_office=back_office.sees(order),
        transaction=back_office.sees_transaction(order),
    )
    assert {line.number: line.total for line in order.lines} == {mug.number: eur("35.70"), book.number: eur("21.40")}
    assert browser_shopper.has_an_empty_cart()
    assert browser_shopper.complaints() == []


@pytest.mark.process("CHK-026")
def test_customer_logs_in_and_buys_in_the_browser(
    browser_shopper: BrowserShopper,
    catalogue: Catalogue,
    customers: Customers,
    delivery: Delivery,
    invoice: Payment,
    back_office: BackOffice,
) -> None:
    lamp = catalogue.offers("lamp", gross=eur("59.95"), tax_rate=19)
    parcel = delivery.ships("parcel", [lamp], Rate(gross=eur("5.95"), net=eur("5.00")))
    ada = customers.registered("ada")

    browser_shopper.logs_in(ada)
    browser_shopper.puts_in_cart(lamp, quantity=2)
    browser_shopper.goes_to_checkout()
    page = browser_shopper.chooses(shipping=parcel, payment=invoice)
    order = browser_shopper.places_order()

    # 59.95 × 19/119 = 9.5718, twice 19.14; 5.95 × 19/119 = 0.95
    expected = Costs.of(positions="119.90", shipping="5.95", total="125.85", net="105.76", tax={"19": "20.09"})
    expected.must_be_shown_by(
        confirmation_page=page,
        back_office=back_office.sees(order),
        transaction=back_office.sees_transaction(order),
    )
    assert back_office.sees(order).email == ada.email
    assert browser_shopper.complaints() == []
