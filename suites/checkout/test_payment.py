import pytest

from updategate.actors.back_office import BackOffice
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.actors.test_data.products import Catalogue
from updategate.actors.test_data.rules import goods_worth
from updategate.domain.money import eur


@pytest.mark.process("CHK-016")
def test_payment_method_is_offered_where_its_rule_matches(
    shopper: Shopper, catalogue: Catalogue, delivery: Delivery, back_office: BackOffice
) -> None:
    saw = catalogue.offers("saw", gross=eur("60.00"), tax_rate=19)
    parcel = delivery.ships("parcel", [saw], Rate(gross=eur("0.00"), net=eur("0.00")))
    on_account = delivery.takes_payment("on account", [saw], only_if=[goods_worth(">=", 100)])

    shopper.puts_in_cart(saw)
    assert not shopper.is_offered_payment(on_account)

    shopper.puts_in_cart(saw)
    assert shopper.is_offered_payment(on_account)

    order = shopper.checks_out_as_guest(shipping=parcel, payment=on_account)
    assert back_office.sees(order).payment_method == on_account.name
    assert back_office.sees_transaction(order).total == eur("120.00")


@pytest.mark.process("CHK-022")
def test_failed_payment_is_replaced_by_another(
    shopper: Shopper, catalogue: Catalogue, delivery: Delivery, invoice: Payment, back_office: BackOffice
) -> None:
    desk = catalogue.offers("desk", gross=eur("119.00"), tax_rate=19)
    parcel = delivery.ships("parcel", [desk], Rate(gross=eur("11.90"), net=eur("10.00")))
    in_instalments = delivery.takes_payment("in instalments", [desk])

    shopper.puts_in_cart(desk)
    order = shopper.checks_out_as_guest(shipping=parcel, payment=invoice)
    assert back_office.moves_payment(order, "fail") == "failed"

    shopper.changes_payment(order, in_instalments)

    seen = back_office.sees(order)
    assert (seen.payment_method, seen.payment_state) == (in_instalments.name, "open")
    assert seen.total == eur("130.90")
    assert back_office.sees_transaction(order).total == eur("130.90")
    assert back_office.payments_of(order) == [(invoice.name, "failed"), (in_instalments.name, "open")]
