from collections.abc import Callable

import pytest

from updategate.actors.back_office import BackOffice
from updategate.actors.costs import Costs
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.customers import Customers
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.actors.test_data.own_channel import OwnChannel
from updategate.actors.test_data.products import Catalogue
from updategate.domain.money import eur


@pytest.mark.process("CHK-004")
def test_cart_with_seven_and_nineteen_percent(
    shopper: Shopper, catalogue: Catalogue, delivery: Delivery, invoice: Payment, back_office: BackOffice
) -> None:
    pen = catalogue.offers("pen", gross=eur("119.00"), tax_rate=19)
    book = catalogue.offers("book", gross=eur("21.40"), tax_rate=7)
    parcel = delivery.ships("parcel", [pen, book], Rate(gross=eur("8.56"), net=eur("7.30")))

    shopper.puts_in_cart(pen)
    shopper.puts_in_cart(book, quantity=3)
    shopper.goes_on_as_guest()
    cart = shopper.chooses(shipping=parcel, payment=invoice)
    order = shopper.places_order()

    # pen 119.00 holds 19.00; books 3 × 21.40 = 64.20 hold 3 × 1.40 = 4.20; goods 183.20
    # shipping 8.56 is shared by value: 8.56 × 119.00/183.20 = 5.5603, of which 19/119 = 0.89;
    # the rest, 2.9997, of which 7/107 = 0.20
    expected = Costs.of(
        positions="183.20", shipping="8.56", total="191.76", net="167.47", tax={"7": "4.40", "19": "19.89"}
    )
    expected.must_be_shown_by(
        cart=cart,
        order=order.view,
        back_office=back_office.sees(order),
        transaction=back_office.sees_transaction(order),
    )


@pytest.mark.process("CHK-004")
def test_tax_of_each_line_is_rounded_before_the_lines_are_added(
    shopper: Shopper, catalogue: Catalogue, delivery: Delivery, invoice: Payment, back_office: BackOffice
) -> None:
    sweets = [catalogue.offers(f"sweet {number}", gross=eur("0.99"), tax_rate=19) for number in (1, 2, 3)]
    parcel = delivery.ships("parcel", sweets, Rate(gross=eur("0.00"), net=eur("0.00")))

    cart = shopper.puts_all_in_cart(sweets)
    order = shopper.checks_out_as_guest(shipping=parcel, payment=invoice)

    # 0.99 holds 0.16 (0.1581), three times 0.48; 2.97 at once would hold 0.47 (0.4742), which only shops want that
    # add up before they calculate taxes
    vertical = not back_office.taxes_each_line()
    tax, net = ("0.47", "2.50") if vertical else ("0.48", "2.49")
    expected = Costs.of(positions="2.97", total="2.97", net=net, tax={"19": tax}, vertical_taxes=vertical)
    assert cart.position_total == eur("2.97")
    expected.must_be_shown_by(order=order.view, back_office=back_office.sees(order))


@pytest.mark.process("CHK-005")
def test_fractional_tax_rates(
    shopper: Shopper, catalogue: Catalogue, delivery: Delivery, invoice: Payment, back_office: BackOffice
) -> None:
    watch = catalogue.offers("watch", gross=eur("9.99"), tax_rate="8.1")
    bread = catalogue.offers("bread", gross=eur("4.95"), tax_rate="5.5")
    parcel = delivery.ships("parcel", [watch, bread], Rate(gross=eur("0.00"), net=eur("0.00")))

    shopper.puts_in_cart(watch, quantity=2)
    shopper.puts_in_cart(bread, quantity=3)
    shopper.goes_on_as_guest()
    cart = shopper.chooses(shipping=parcel, payment=invoice)
    order = shopper.places_order()

    # 2 × 9.99 = 19.98 hold 2 × 0.748557 = 1.50; 3 × 4.95 = 14.85 hold 3 × 0.258057 = 0.77
    expected = Costs.of(positions="34.83", total="34.83", net="32.56", tax={"5.5": "0.77", "8.1": "1.50"})
    expected.must_be_shown_by(
        cart=cart,
        order=order.view,
        back_office=back_office.sees(order),
        transaction=back_office.sees_transaction(order),
    )


@pytest.mark.process("CHK-006")
def test_zero_rate_beside_the_standard_rate(
    shopper: Shopper, catalogue: Catalogue, delivery: Delivery, invoice: Payment, back_office: BackOffice
) -> None:
    panel = catalogue.offers("solar panel", gross=eur("20.00"), tax_rate=0)
    cable = catalogue.offers("cable", gross=eur("20.00"), tax_rate=19)
    parcel = delivery.ships("parcel", [panel, cable], Rate(gross=eur("5.00"), net=eur("4.20")))

    shopper.puts_in_cart(panel)
    shopper.puts_in_cart(cable)
    shopper.goes_on_as_guest()
    cart = shopper.chooses(shipping=parcel, payment=invoice)
    order = shopper.places_order()

    # cable 20.00 holds 3.19; half of the shipping, 2.50, holds 0.40; the other half goes with the panel, at 0 %
    expected = Costs.of(positions="40.00", shipping="5.00", total="45.00", net="41.41", tax={"0": "0.00", "19": "3.59"})
    expected.must_be_shown_by(
        cart=cart,
        order=order.view,
        back_office=back_office.sees(order),
        transaction=back_office.sees_transaction(order),
    )


@pytest.mark.process("CHK-028")
def test_rate_of_the_country_of_delivery_is_charged(
    new_shopper: Callable[[], Shopper],
    catalogue: Catalogue,
    customers: Customers,
    delivery: Delivery,
    invoice: Payment,
    back_office: BackOffice,
) -> None:
    abroad = customers.country("abroad", iso="XA")
    lamp = catalogue.offers("lamp", gross=eur("119.00"), tax_rate=19)
    book = catalogue.offers("book", gross=eur("21.40"), tax_rate=7)
    catalogue.taxed_abroad(lamp, abroad, 25)
    catalogue.taxed_abroad(book, abroad, 10)
    parcel = delivery.ships("parcel", [lamp, book], Rate(gross=eur("14.04"), net=eur("11.80")))
    # shipping 14.04 is a tenth of the goods: 11.90 goes with the lamp, 2.14 with the book; the gross prices stay
    # 119.00 × 25/125 = 23.80 and 2.38; 21.40 × 10/110 = 1.95 (1.9454) and 0.19 (0.1945)
    foreign = Costs.of(
        positions="140.40", shipping="14.04", total="154.44", net="126.12", tax={"10": "2.14", "25": "26.18"}
    )
    # 119.00 × 19/119 = 19.00 and 1.90; 21.40 × 7/107 = 1.40 and 0.14
    domestic = Costs.of(
        positions="140.40", shipping="14.04", total="154.44", net="132.00", tax={"7": "1.54", "19": "20.90"}
    )

    for key, bill_goes, goods_go, expected in (
        ("foreigner", abroad, None, foreign),
        ("giver", None, abroad, foreign),
        ("neighbour", None, None, domestic),
    ):
        shopper = new_shopper()
        shopper.logs_in(customers.registered(key, country_id=bill_goes, ships_to_country=goods_go))
        shopper.puts_all_in_cart([lamp, book])
        cart = shopper.chooses(shipping=parcel, payment=invoice)
        order = shopper.places_order()
        expected.must_be_shown_by(
            cart=cart,
            order=order.view,
            back_office=back_office.sees(order),
            transaction=back_office.sees_transaction(order),
        )


@pytest.mark.process("CHK-029")
def test_sales_channel_may_tax_the_sum_instead_of_each_line(
    new_shopper: Callable[..., Shopper],
    catalogue: Catalogue,
    delivery: Delivery,
    invoice: Payment,
    own_channel: OwnChannel,
    back_office: BackOffice,
) -> None:
    sweets = [catalogue.offers(f"sweet {number}", gross=eur("0.99"), tax_rate=19) for number in (1, 2, 3)]
    parcel = delivery.ships("parcel", sweets, Rate(gross=eur("1.00"), net=eur("0.84")))
    shopper = new_shopper(own_channel.opens(sweets, shipping=parcel, payments=[invoice], taxes="vertical"))

    shopper.puts_all_in_cart(sweets)
    order = shopper.checks_out_as_guest(shipping=parcel, payment=invoice)

    # 2.97 and shipping hold 0.63 (0.6339) together; one by one it would be 3 × 0.16 and 0.16
    expected = Costs.of(
        positions="2.97", shipping="1.00", total="3.97", net="3.34", tax={"19": "0.63"}, vertical_taxes=True
    )
    expected.must_be_shown_by(order=order.view, back_office=back_office.sees(order))
