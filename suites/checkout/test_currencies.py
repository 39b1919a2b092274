from decimal import Decimal

import pytest

from updategate.actors.back_office import BackOffice
from updategate.actors.costs import Costs
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.customers import Customers
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.actors.test_data.products import Catalogue
from updategate.domain.money import Money, eur
from updategate.domain.rounding import CashRounding


@pytest.mark.process("CHK-017")
def test_second_currency_has_a_factor_and_its_own_rounding(
    shopper: Shopper,
    catalogue: Catalogue,
    customers: Customers,
    delivery: Delivery,
    invoice: Payment,
    back_office: BackOffice,
) -> None:
    whole = CashRounding(decimals=0, interval=Decimal(1))
    crown = customers.currency("crown", iso="XUG", factor="5", item_rounding=whole, total_rounding=whole)
    chair = catalogue.offers("chair", gross=eur("9.99"), tax_rate=19)
    parcel = delivery.ships("parcel", [chair], Rate(gross=eur("4.90"), net=eur("4.12")))

    shopper.puts_in_cart(chair, quantity=3)
    shopper.switches_currency(crown)
    shopper.goes_on_as_guest()
    cart = shopper.chooses(shipping=parcel, payment=invoice)
    order = shopper.places_order()

    # 9.99 × 5 = 49.95 → 50; 3 × 50 = 150 hold 3 × 7.9832 = 24; shipping 4.90 × 5 = 24.5 → 25 holds 4
    expected = Costs.of(
        positions="150",
        shipping="25",
        total="175",
        net="147",
        tax={"19": "28"},
        currency="XUG",
        item_rounding=whole,
        total_rounding=whole,
    )
    expected.must_be_shown_by(
        cart=cart,
        order=order.view,
        back_office=back_office.sees(order),
        transaction=back_office.sees_transaction(order),
    )
    assert order.line(chair.number).unit_price == Money.of("50", "XUG")


@pytest.mark.process("CHK-018")
@pytest.mark.parametrize(
    ("price", "net", "tax", "total"),
    [
        # 9.97 holds 1.59 and is paid with 9.95; 9.98 holds 1.59 and is paid with 10.00
        ("9.97", "8.38", "1.59", "9.95"),
        ("9.98", "8.39", "1.59", "10.00"),
    ],
    ids=["down", "up"],
)
def test_total_is_rounded_to_the_smallest_coin(
    price: str,
    net: str,
    tax: str,
    total: str,
    shopper: Shopper,
    catalogue: Catalogue,
    customers: Customers,
    delivery: Delivery,
    invoice: Payment,
    back_office: BackOffice,
) -> None:
    five_rappen = CashRounding(decimals=2, interval=Decimal("0.05"))
    franc = customers.currency("franc", iso="XUF", factor="1", total_rounding=five_rappen)
    cheese = catalogue.offers("cheese", gross=eur(price), tax_rate=19)
    parcel = delivery.ships("parcel", [cheese], Rate(gross=eur("0.00"), net=eur("0.00")))

    shopper.puts_in_cart(cheese)
    shopper.switches_currency(franc)
    shopper.goes_on_as_guest()
    cart = shopper.chooses(shipping=parcel, payment=invoice)
    order = shopper.places_order()

    expected = Costs.of(
        positions=price, total=total, net=net, tax={"19": tax}, currency="XUF", total_rounding=five_rappen
    )
    expected.must_be_shown_by(
        cart=cart,
        order=order.view,
        back_office=back_office.sees(order),
        transaction=back_office.sees_transaction(order),
    )
    assert (cart.raw_total, order.view.raw_total) == (Money.of(price, "XUF"), Money.of(price, "XUF"))
