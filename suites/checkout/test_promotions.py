import pytest

from updategate.actors.back_office import BackOffice
from updategate.actors.costs import Costs
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.actors.test_data.products import Catalogue
from updategate.actors.test_data.promotions import Promotions
from updategate.domain.money import eur


@pytest.mark.process("CHK-009")
def test_code_takes_ten_percent_off(
    shopper: Shopper,
    catalogue: Catalogue,
    delivery: Delivery,
    invoice: Payment,
    promotions: Promotions,
    back_office: BackOffice,
) -> None:
    kettle = catalogue.offers("kettle", gross=eur("39.99"), tax_rate=19)
    parcel = delivery.ships("parcel", [kettle], Rate(gross=eur("4.90"), net=eur("4.12")))
    tenth = promotions.gives("tenth", [kettle], percent="10")

    shopper.puts_in_cart(kettle, quantity=2)
    shopper.enters_code(tenth.code)
    shopper.goes_on_as_guest()
    cart = shopper.chooses(shipping=parcel, payment=invoice)
    order = shopper.places_order()

    # 2 × 39.99 = 79.98 hold 2 × 6.3850 = 12.77; 10 % of 79.98 = 8.00 hold 1.28; shipping 4.90 holds 0.78
    expected = Costs.of(positions="71.98", shipping="4.90", total="76.88", net="64.61", tax={"19": "12.27"})
    expected.must_be_shown_by(
        cart=cart,
        order=order.view,
        back_office=back_office.sees(order),
        transaction=back_office.sees_transaction(order),
    )
    assert order.line(tenth.code).total == eur("-8.00")
