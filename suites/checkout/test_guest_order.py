import pytest

from updategate.actors.back_office import BackOffice
from updategate.actors.costs import Costs
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.actors.test_data.products import Catalogue
from updategate.domain.money import eur


@pytest.mark.process("CHK-001")
def test_guest_pays_the_displayed_gross_total(
    shopper: Shopper, catalogue: Catalogue, delivery: Delivery, invoice: Payment, back_office: BackOffice
) -> None:
    mug = catalogue.offers("mug", gross=eur("11.90"), tax_rate=19)
    parcel = delivery.ships("parcel", [mug], Rate(gross=eur("4.90"), net=eur("4.12")))

    shopper.puts_in_cart(mug, quantity=2)
    shopper.goes_on_as_guest()
    cart = shopper.chooses(shipping=parcel, payment=invoice)
    order = shopper.places_order()

    # 2 × 11.90 = 23.80; the unit's tax 11.90 × 19/119 = 1.90, twice 3.80; shipping 4.90 × 19/119 = 0.78
    expected = Costs.of(positions="23.80", shipping="4.90", total="28.70", net="24.12", tax={"19": "4.58"})
    expected.must_be_shown_by(
        cart=cart,
        order=order.view,
        back_office=back_office.sees(order),
        transaction=back_office.sees_transaction(order),
    )
    assert order.line(mug.number).unit_price == eur("11.90")
    assert back_office.sees(order).state == "open"
    # shoppers write the mark of their test with every order
    assert back_office.sees_comment(order).startswith("updategate ")
    assert order.comment == back_office.sees_comment(order)
    assert back_office.stock_of(mug).available == 98
    assert shopper.sees_cart().lines == ()
