import pytest

from updategate.actors.back_office import BackOffice
from updategate.actors.costs import Costs
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.actors.test_data.products import Catalogue
from updategate.domain.money import eur


@pytest.mark.process("CHK-002")
def test_somebody_opens_an_account_and_orders(
    shopper: Shopper, catalogue: Catalogue, delivery: Delivery, invoice: Payment, back_office: BackOffice
) -> None:
    lamp = catalogue.offers("lamp", gross=eur("59.95"), tax_rate=19)
    parcel = delivery.ships("parcel", [lamp], Rate(gross=eur("5.95"), net=eur("5.00")))

    account = shopper.registers()
    shopper.puts_in_cart(lamp)
    cart = shopper.chooses(shipping=parcel, payment=invoice)
    order = shopper.places_order()

    # 59.95 × 19/119 = 9.57; 5.95 × 19/119 = 0.95
    expected = Costs.of(positions="59.95", shipping="5.95", total="65.90", net="55.38", tax={"19": "10.52"})
    expected.must_be_shown_by(
        cart=cart,
        order=order.view,
        account=shopper.sees_order(order),
        back_office=back_office.sees(order),
        transaction=back_office.sees_transaction(order),
    )
    assert order.view.email == account.email
    assert [seen.number for seen in shopper.sees_orders()] == [order.number]


@pytest.mark.process("CHK-002")
def test_guest_who_has_ordered_opens_an_account_in_the_same_session(
    shopper: Shopper, catalogue: Catalogue, delivery: Delivery, invoice: Payment, back_office: BackOffice
) -> None:
    lamp = catalogue.offers("lamp", gross=eur("59.95"), tax_rate=19)
    parcel = delivery.ships("parcel", [lamp], Rate(gross=eur("0.00"), net=eur("0.00")))
    shopper.puts_in_cart(lamp)
    as_guest = shopper.checks_out_as_guest(shipping=parcel, payment=invoice)

    account = shopper.registers()
    assert back_office.is_guest(account.email) is False
    shopper.logs_out()
    shopper.logs_in(account)
    assert shopper.account.sees_profile().number == account.number
    # the order of before belongs to the guest, who has another address
    assert shopper.sees_orders() == []
    assert back_office.sees(as_guest).total == eur("59.95")
