import pytest

from updategate.actors.clerk import Clerk
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.actors.test_data.products import Catalogue
from updategate.domain.money import eur


@pytest.mark.process("ADM-001")
def test_clerk_finds_todays_product_order_and_customer_in_the_administration(
    clerk: Clerk, shopper: Shopper, catalogue: Catalogue, delivery: Delivery, invoice: Payment
) -> None:
    mug = catalogue.offers("mug", gross=eur("11.90"), tax_rate=19, stock=17)
    parcel = delivery.ships("parcel", [mug], Rate(gross=eur("4.90"), net=eur("4.12")))
    shopper.puts_in_cart(mug, quantity=2)
    order = shopper.checks_out_as_guest(shipping=parcel, payment=invoice)

    assert not clerk.mistypes_the_password()
    assert clerk.logs_in()

    product = clerk.finds_product(mug)
    assert (product.number, product.price) == (mug.number, eur("11.90"))
    assert clerk.finds_order(order) == eur("28.70")
    sheet = clerk.opens_order(order)
    assert order.number in sheet.headline
    # goods, shipping, net, 19 % and total: see CHK-001
    assert [str(amount.amount) for amount in sheet.amounts] == ["23.80", "4.90", "24.12", "4.58", "28.70"]
    assert "Lovelace" in clerk.finds_customer(order.email)
    assert clerk.complaints() == []
