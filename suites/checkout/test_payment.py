import pytest

from updategate.actors.back_office import BackOffice
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.actors.test_data.products import Catalogue
from updategate.actors.test_data.rules import goods_worth
from updategate.domain.money import eur


@pytest.mark.process("CHK-016")
def test_payment_method_is_offered_where_its_rule_matches(
    shopper: Shopper, catalogue: Catalogue, delivery: Delivery
) -> None:
    saw = catalogue.offers("saw", gross=eur("60.00"), tax_rate=19)
    on_account = delivery.offers_payment("on account", [saw], only_if=[goods_worth(">=", 100)])

    shopper.puts_in_cart(saw)
    assert not shopper.is_offered_payment(on_account)

    shopper.puts_in_cart(saw)
    assert shopper.is_offered_payment(on_account)

    shopper.changes_quantity(saw, 1)
    assert not shopper.is_offered_payment(on_account)


@pytest.mark.process("CHK-022")
def test_failed_payment_is_replaced_by_another(
    shopper: Shopper,
    catalogue: Catalogue,
    delivery: Delivery,
    invoice: Payment,
    other_payment: Payment,
    back_office: BackOffice,
) -> None:
    desk = catalogue.offers("desk", gross=eur("119.00"), tax_rate=19)
    parcel = delivery.ships("parcel", [desk], Rate(gross=eur("11.90"), net=eur("10.00")))

    shopper.puts_in_cart(desk)
    order = shopper.checks_out_as_guest(shipping=parcel, payment=invoice)
    assert back_office.moves_payment(order, "fail") == "failed"

    shopper.changes_payment(order, other_payment)

    seen = back_office.sees(order)
    assert (seen.payment_method, seen.payment_state) == (other_payment.name, "open")
    assert seen.total == eur("130.90")
    assert back_office.sees_transaction(order).total == eur("130.90")
    assert back_office.payments_of(order) == [(invoice.name, "failed"), (other_payment.name, "open")]
