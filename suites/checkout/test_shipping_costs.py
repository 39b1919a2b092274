from decimal import Decimal

import pytest

from updategate.actors.back_office import BackOffice
from updategate.actors.costs import Costs
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.actors.test_data.products import Catalogue
from updategate.domain.money import eur


@pytest.mark.process("CHK-015")
@pytest.mark.parametrize(
    ("price", "expected"),
    [
        # 4 × 24.99 = 99.96 hold 4 × 3.99 = 15.96; shipping 4.99 holds 0.80
        ("24.99", Costs.of(positions="99.96", shipping="4.99", total="104.95", net="88.19", tax={"19": "16.76"})),
        # 4 × 25.00 = 100.00 hold 4 × 3.9916 = 15.97; at 100.00 to the cent, shipping is free
        ("25.00", Costs.of(positions="100.00", shipping="0.00", total="100.00", net="84.03", tax={"19": "15.97"})),
    ],
    ids=["below the threshold", "at the threshold"],
)
def test_shipping_is_free_from_a_hundred_euro_on(
    price: str,
    expected: Costs,
    shopper: Shopper,
    catalogue: Catalogue,
    delivery: Delivery,
    invoice: Payment,
    back_office: BackOffice,
) -> None:
    towel = catalogue.offers("towel", gross=eur(price), tax_rate=19)
    parcel = delivery.ships(
        "parcel",
        [towel],
        Rate(gross=eur("4.99"), net=eur("4.19"), to_value="99.99"),
        Rate(gross=eur("0.00"), net=eur("0.00"), from_value="100"),
    )

    shopper.puts_in_cart(towel, 4)
    shopper.goes_on_as_guest()
    cart = shopper.chooses(shipping=parcel, payment=invoice)
    order = shopper.places_order()

    expected.must_be_shown_by(
        cart=cart,
        order=order.view,
        back_office=back_office.sees(order),
        transaction=back_office.sees_transaction(order),
    )


@pytest.mark.process("CHK-015")
def test_every_piece_counts_for_the_weight(
    shopper: Shopper, catalogue: Catalogue, delivery: Delivery, invoice: Payment, back_office: BackOffice
) -> None:
    anvil = catalogue.offers("anvil", gross=eur("11.90"), tax_rate=19, extra={"weight": Decimal("1.5")})
    carrier = delivery.ships(
        "carrier",
        [anvil],
        Rate(gross=eur("4.90"), net=eur("4.12"), to_value="2.999"),
        Rate(gross=eur("11.90"), net=eur("10.00"), from_value="3"),
        by="weight",
    )

    shopper.puts_in_cart(anvil)
    shopper.goes_on_as_guest()
    assert shopper.chooses(shipping=carrier, payment=invoice).shipping_total == eur("4.90")
    cart = shopper.puts_in_cart(anvil)
    order = shopper.places_order()

    # 2 × 1.5 kg are 3 kg; 23.80 hold 3.80; shipping 11.90 holds 1.90
    expected = Costs.of(positions="23.80", shipping="11.90", total="35.70", net="30.00", tax={"19": "5.70"})
    expected.must_be_shown_by(cart=cart, order=order.view, back_office=back_office.sees(order))


@pytest.mark.process("CHK-015")
def test_only_goods_without_shipping_costs_are_sent_for_nothing(
    shopper: Shopper, catalogue: Catalogue, delivery: Delivery, invoice: Payment, back_office: BackOffice
) -> None:
    leaflet = catalogue.offers("leaflet", gross=eur("11.90"), tax_rate=19, extra={"shippingFree": True})
    towel = catalogue.offers("towel", gross=eur("23.80"), tax_rate=19)
    parcel = delivery.ships("parcel", [leaflet, towel], Rate(gross=eur("5.95"), net=eur("5.00")))

    shopper.puts_in_cart(leaflet)
    shopper.goes_on_as_guest()
    assert shopper.chooses(shipping=parcel, payment=invoice).shipping_total == eur("0.00")
    cart = shopper.puts_in_cart(towel)
    order = shopper.places_order()

    # 35.70 hold 1.90 + 3.80; shipping 5.95 holds 0.95
    expected = Costs.of(positions="35.70", shipping="5.95", total="41.65", net="35.00", tax={"19": "6.65"})
    expected.must_be_shown_by(cart=cart, order=order.view, back_office=back_office.sees(order))
