from collections.abc import Callable

import pytest

from updategate.actors.back_office import BackOffice
from updategate.actors.costs import Costs
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.customers import Customers
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.actors.test_data.products import Catalogue
from updategate.domain.money import eur


@pytest.mark.process("CHK-023")
def test_cart_of_yesterday_and_cart_of_today_are_merged_at_login(
    new_shopper: Callable[[], Shopper], catalogue: Catalogue, customers: Customers
) -> None:
    mug = catalogue.offers("mug", gross=eur("11.90"), tax_rate=19)
    lamp = catalogue.offers("lamp", gross=eur("59.95"), tax_rate=19)
    ada = customers.registered("ada")

    yesterday, today = new_shopper(), new_shopper()
    yesterday.logs_in(ada)
    yesterday.puts_in_cart(lamp)
    today.puts_in_cart(mug, quantity=2)
    today.puts_in_cart(lamp)
    today.logs_in(ada)
    cart = today.sees_cart()

    assert {line.number: line.quantity for line in cart.lines} == {mug.number: 2, lamp.number: 2}
    # 2 × 11.90 + 2 × 59.95
    assert cart.position_total == eur("143.70")


@pytest.mark.process("CHK-024")
def test_variants_have_numbers_prices_and_stock_of_their_own(
    shopper: Shopper, catalogue: Catalogue, delivery: Delivery, invoice: Payment, back_office: BackOffice
) -> None:
    shirt, sizes = catalogue.offers_variants("shirt", {"S": None, "XL": eur("23.80")}, gross=eur("19.99"))
    parcel = delivery.ships("parcel", [sizes["S"], sizes["XL"]], Rate(gross=eur("0.00"), net=eur("0.00")))

    shopper.puts_in_cart(sizes["S"], quantity=2)
    shopper.puts_in_cart(sizes["XL"])
    shopper.goes_on_as_guest()
    cart = shopper.chooses(shipping=parcel, payment=invoice)
    order = shopper.places_order()

    # 2 × 19.99 = 39.98 hold 2 × 3.191681 = 6.38; 23.80 hold 3.80
    expected = Costs.of(positions="63.78", total="63.78", net="53.60", tax={"19": "10.18"})
    expected.must_be_shown_by(cart=cart, order=order.view, back_office=back_office.sees(order))
    assert {line.number: line.unit_price for line in cart.lines} == {
        sizes["S"].number: eur("19.99"),
        sizes["XL"].number: eur("23.80"),
    }
    assert (back_office.stock_of(sizes["S"]).available, back_office.stock_of(sizes["XL"]).available) == (98, 99)
    assert shirt.number not in {line.number for line in cart.lines}
