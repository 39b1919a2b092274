from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from updategate.actors.back_office import BackOffice
from updategate.actors.costs import Costs
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.customers import Customers
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.actors.test_data.products import Catalogue, Tier
from updategate.actors.test_data.rules import Rules, between_dates, customer_in, customer_number
from updategate.domain.money import eur
from updategate.domain.views import TaxState


@pytest.mark.process("B2B-002")
def test_group_pays_its_own_price_and_nobody_else_does(
    new_shopper: Callable[[], Shopper],
    catalogue: Catalogue,
    customers: Customers,
    rules: Rules,
    delivery: Delivery,
    invoice: Payment,
    back_office: BackOffice,
) -> None:
    trade = customers.group("trade", gross=False)
    valve = catalogue.offers("valve", net=eur("10.00"), gross=eur("11.90"))
    catalogue.prices(valve, rules.all_of("trade", customer_in([trade])), [Tier(1, eur("8.01"), eur("9.53"))])
    parcel = delivery.ships("parcel", [valve], Rate(gross=eur("0.00"), net=eur("0.00")))
    member, stranger = new_shopper(), new_shopper()

    assert stranger.sees_price(valve) == eur("11.90")
    member.logs_in(customers.registered("member", group_id=trade))
    assert member.sees_price(valve) == eur("8.01")

    member.puts_in_cart(valve, 7)
    cart = member.chooses(shipping=parcel, payment=invoice)
    order = member.places_order()
    # 7 × 8.01 = 56.07, tax 10.65 of the whole line (10.6533), not 7 × 1.52
    expected = Costs.of(positions="56.07", total="66.72", net="56.07", tax={"19": "10.65"})
    expected.must_be_shown_by(cart=cart, order=order.view, back_office=back_office.sees(order))
    assert stranger.puts_in_cart(valve, 5).position_total == eur("59.50")


@pytest.mark.process("B2B-003")
def test_customer_pays_the_price_agreed_with_them_alone(
    new_shopper: Callable[[], Shopper],
    catalogue: Catalogue,
    customers: Customers,
    rules: Rules,
    delivery: Delivery,
    invoice: Payment,
    back_office: BackOffice,
) -> None:
    ada, grace = customers.registered("ada"), customers.registered("grace")
    valve = catalogue.offers("valve", gross=eur("11.90"))
    agreed = rules.all_of("ada", customer_number([ada.number]))
    catalogue.prices(valve, agreed, [Tier(1, eur("7.50"), eur("8.93"))])
    parcel = delivery.ships("parcel", [valve], Rate(gross=eur("0.00"), net=eur("0.00")))
    charged = {
        ada: (eur("8.93"), Costs.of(positions="8.93", total="8.93", net="7.50", tax={"19": "1.43"})),
        grace: (eur("11.90"), Costs.of(positions="11.90", total="11.90", net="10.00", tax={"19": "1.90"})),
    }

    for person, (price, expected) in charged.items():
        shopper = new_shopper()
        shopper.logs_in(person)
        assert shopper.sees_price(valve) == price
        shopper.puts_in_cart(valve)
        cart = shopper.chooses(shipping=parcel, payment=invoice)
        order = shopper.places_order()
        expected.must_be_shown_by(cart=cart, order=order.view, back_office=back_office.sees(order))


@pytest.mark.process("B2B-004")
@pytest.mark.parametrize(
    ("cheap_priority", "dear_priority", "unit", "expected"),
    [
        (1, 10, "9.00", Costs.of(positions="9.00", total="10.71", net="9.00", tax={"19": "1.71"})),
        (10, 1, "8.00", Costs.of(positions="8.00", total="9.52", net="8.00", tax={"19": "1.52"})),
    ],
    ids=["the dearer wins", "the cheaper wins"],
)
def test_highest_priority_wins_whatever_the_price(
    cheap_priority: int,
    dear_priority: int,
    unit: str,
    expected: Costs,
    shopper: Shopper,
    catalogue: Catalogue,
    customers: Customers,
    rules: Rules,
    delivery: Delivery,
    invoice: Payment,
    back_office: BackOffice,
) -> None:
    trade = customers.group("trade", gross=False)
    valve = catalogue.offers("valve", net=eur("10.00"))
    cheap = rules.all_of("cheap", customer_in([trade]), priority=cheap_priority)
    dear = rules.all_of("dear", customer_in([trade]), priority=dear_priority)
    catalogue.prices(valve, cheap, [Tier(1, eur("8.00"), eur("9.52"))])
    catalogue.prices(valve, dear, [Tier(1, eur("9.00"), eur("10.71"))])
    parcel = delivery.ships("parcel", [valve], Rate(gross=eur("0.00"), net=eur("0.00")))

    shopper.logs_in(customers.registered("buyer", group_id=trade))

    assert shopper.sees_price(valve) == eur(unit)
    assert shopper.puts_in_cart(valve).line(valve.number).unit_price == eur(unit)
    cart = shopper.chooses(shipping=parcel, payment=invoice)
    order = shopper.places_order()
    expected.must_be_shown_by(cart=cart, order=order.view, back_office=back_office.sees(order))


@pytest.mark.process("B2B-005")
def test_net_and_gross_groups_see_different_prices_and_pay_the_same(
    new_shopper: Callable[[], Shopper],
    catalogue: Catalogue,
    customers: Customers,
    delivery: Delivery,
    invoice: Payment,
    back_office: BackOffice,
) -> None:
    valve = catalogue.offers("valve", net=eur("10.00"), gross=eur("11.90"))
    parcel = delivery.ships("parcel", [valve], Rate(gross=eur("0.00"), net=eur("0.00")))
    net, gross = new_shopper(), new_shopper()
    net.logs_in(customers.registered("net", group_id=customers.group("net", gross=False)))
    gross.logs_in(customers.registered("gross", group_id=customers.group("gross", gross=True)))

    assert (net.sees_price(valve), gross.sees_price(valve)) == (eur("10.00"), eur("11.90"))
    net_cart, gross_cart = net.puts_in_cart(valve, 3), gross.puts_in_cart(valve, 3)
    assert (net_cart.tax_state, gross_cart.tax_state) == (TaxState.NET, TaxState.GROSS)
    assert (net_cart.position_total, gross_cart.position_total) == (eur("30.00"), eur("35.70"))
    # 3 × 1.90 on top, or 3 × 1.90 within
    assert [tax.tax for tax in net_cart.line(valve.number).taxes or ()] == [eur("5.70")]
    assert [tax.tax for tax in gross_cart.line(valve.number).taxes or ()] == [eur("5.70")]

    for buyer, positions in ((net, "30.00"), (gross, "35.70")):
        cart = buyer.chooses(shipping=parcel, payment=invoice)
        order = buyer.places_order()
        expected = Costs.of(positions=positions, total="35.70", net="30.00", tax={"19": "5.70"})
        expected.must_be_shown_by(cart=cart, order=order.view, back_office=back_office.sees(order))


@pytest.mark.process("B2B-009")
def test_customer_moved_to_another_group_pays_its_price_at_once(
    shopper: Shopper,
    catalogue: Catalogue,
    customers: Customers,
    rules: Rules,
    delivery: Delivery,
    invoice: Payment,
    back_office: BackOffice,
) -> None:
    retail, trade = customers.group("retail", gross=True), customers.group("trade", gross=False)
    valve = catalogue.offers("valve", net=eur("10.00"), gross=eur("11.90"))
    catalogue.prices(valve, rules.all_of("trade", customer_in([trade])), [Tier(1, eur("8.01"), eur("9.53"))])
    parcel = delivery.ships("parcel", [valve], Rate(gross=eur("0.00"), net=eur("0.00")))
    ada = customers.registered("ada", group_id=retail)

    shopper.logs_in(ada)
    assert shopper.puts_in_cart(valve, 2).position_total == eur("23.80")
    back_office.moves_customer(ada, trade)

    assert shopper.sees_price(valve) == eur("8.01")
    cart = shopper.sees_cart()
    assert (cart.tax_state, cart.position_total) == (TaxState.NET, eur("16.02"))

    back_office.moves_customer(ada, retail)
    cart = shopper.sees_cart()
    assert (cart.tax_state, cart.position_total) == (TaxState.GROSS, eur("23.80"))

    back_office.moves_customer(ada, trade)
    cart = shopper.chooses(shipping=parcel, payment=invoice)
    order = shopper.places_order()
    # 2 × 8.01 = 16.02, tax 3.04 (3.0438)
    expected = Costs.of(positions="16.02", total="19.06", net="16.02", tax={"19": "3.04"})
    expected.must_be_shown_by(cart=cart, order=order.view, back_office=back_office.sees(order))


@pytest.mark.process("B2B-010")
@pytest.mark.parametrize(
    ("begins", "ends", "unit", "net", "tax"),
    [(-1, 1, "9.52", "8.00", "1.52"), (-3, -1, "11.90", "10.00", "1.90"), (1, 3, "11.90", "10.00", "1.90")],
    ids=["now", "over", "not yet"],
)
def test_price_is_valid_from_a_date_until_another(
    begins: int,
    ends: int,
    unit: str,
    net: str,
    tax: str,
    shopper: Shopper,
    catalogue: Catalogue,
    rules: Rules,
    delivery: Delivery,
    invoice: Payment,
    back_office: BackOffice,
) -> None:
    now = datetime.now(UTC)
    valve = catalogue.offers("valve", net=eur("10.00"), gross=eur("11.90"))
    season = rules.all_of("season", between_dates(now + timedelta(days=begins), now + timedelta(days=ends)))
    catalogue.prices(valve, season, [Tier(1, eur("8.00"), eur("9.52"))])
    parcel = delivery.ships("parcel", [valve], Rate(gross=eur("0.00"), net=eur("0.00")))

    assert shopper.sees_price(valve) == eur(unit)
    assert shopper.puts_in_cart(valve).line(valve.number).unit_price == eur(unit)
    order = shopper.checks_out_as_guest(shipping=parcel, payment=invoice)
    expected = Costs.of(positions=unit, total=unit, net=net, tax={"19": tax})
    expected.must_be_shown_by(order=order.view, back_office=back_office.sees(order))
