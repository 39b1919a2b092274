from collections.abc import Callable

import pytest

from updategate.actors.back_office import BackOffice
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.actors.test_data.own_channel import OwnChannel
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


@pytest.mark.process("CHK-016")
def test_order_is_placed_with_the_payment_method_of_the_rule_and_only_so(
    new_shopper: Callable[..., Shopper],
    catalogue: Catalogue,
    delivery: Delivery,
    invoice: Payment,
    own_channel: OwnChannel,
    back_office: BackOffice,
) -> None:
    saw = catalogue.offers("saw", gross=eur("60.00"), tax_rate=19)
    parcel = delivery.ships("parcel", [saw], Rate(gross=eur("0.00"), net=eur("0.00")))
    on_account = delivery.offers_payment("on account", [saw], only_if=[goods_worth(">=", 100)])
    shopper = new_shopper(own_channel.opens([saw], shipping=parcel, payments=[invoice, on_account]))

    shopper.puts_in_cart(saw, quantity=2)
    shopper.goes_on_as_guest()
    cart = shopper.chooses(shipping=parcel, payment=on_account)
    assert [error.key for error in cart.errors] == []

    # the rule stops matching after the method was chosen
    cart = shopper.changes_quantity(saw, 1)
    assert [error.key for error in cart.errors] == ["payment-method-blocked"]
    assert shopper.cannot_order() == "CHECKOUT__CART_INVALID"

    shopper.changes_quantity(saw, 2)
    order = shopper.places_order()

    seen = back_office.sees(order)
    assert (seen.payment_method, seen.payment_state, seen.total) == (on_account.name, "open", eur("120.00"))
    assert back_office.sees_transaction(order).total == eur("120.00")


@pytest.mark.process("CHK-022")
def test_failed_payment_is_replaced_by_another(
    new_shopper: Callable[..., Shopper],
    catalogue: Catalogue,
    delivery: Delivery,
    invoice: Payment,
    own_channel: OwnChannel,
    back_office: BackOffice,
) -> None:
    desk = catalogue.offers("desk", gross=eur("119.00"), tax_rate=19)
    parcel = delivery.ships("parcel", [desk], Rate(gross=eur("11.90"), net=eur("10.00")))
    another = delivery.offers_payment("another way", [desk])
    shopper = new_shopper(own_channel.opens([desk], shipping=parcel, payments=[invoice, another]))

    shopper.puts_in_cart(desk)
    order = shopper.checks_out_as_guest(shipping=parcel, payment=invoice)
    assert back_office.moves_payment(order, "fail") == "failed"

    shopper.changes_payment(order, another)

    seen = back_office.sees(order)
    assert (seen.payment_method, seen.payment_state) == (another.name, "open")
    assert seen.total == eur("130.90")
    assert back_office.sees_transaction(order).total == eur("130.90")
    assert back_office.payments_of(order) == [(invoice.name, "failed"), (another.name, "open")]
