from collections.abc import Callable

import pytest

from updategate.actors.back_office import BackOffice
from updategate.actors.browser_shopper import BrowserShopper
from updategate.actors.costs import Costs
from updategate.actors.membership import Membership
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.customers import Customers
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.actors.test_data.products import Catalogue, Offer, Tier
from updategate.actors.test_data.rules import Rules, customer_in
from updategate.domain.money import eur
from updategate.domain.views import TaxState


@pytest.fixture
def trade(customers: Customers) -> str:
    return customers.group("trade", gross=False, applicants=True)


@pytest.fixture
def valve(catalogue: Catalogue, rules: Rules, trade: str) -> Offer:
    valve = catalogue.offers("valve", net=eur("10.00"), gross=eur("11.90"))
    catalogue.prices(valve, rules.all_of("trade", customer_in([trade])), [Tier(1, eur("8.01"), eur("9.53"))])
    return valve


@pytest.mark.process("B2B-015")
def test_applicant_pays_the_public_price_until_approved(
    shopper: Shopper,
    membership: Membership,
    trade: str,
    valve: Offer,
    delivery: Delivery,
    invoice: Payment,
    back_office: BackOffice,
) -> None:
    # only members are served
    parcel = delivery.ships("parcel", [valve], Rate(eur("0.00"), eur("0.00")), only_if=[customer_in([trade])])
    ada = shopper.registers(company="Bolt & Sons", asks_for_group=trade)

    assert membership.sees_applicants(trade) == [ada.email]
    assert shopper.sees_price(valve) == eur("11.90")
    cart = shopper.puts_in_cart(valve, 5)
    assert (cart.tax_state, cart.position_total) == (TaxState.GROSS, eur("59.50"))
    assert not shopper.is_offered_shipping(parcel)

    membership.accepts(ada.email)
    assert membership.sees_group_of(ada.email) == (trade, None)
    assert shopper.sees_price(valve) == eur("8.01")
    cart = shopper.chooses(shipping=parcel, payment=invoice)
    order = shopper.places_order()

    # 5 × 8.01 = 40.05, tax 7.61 (7.6095)
    assert cart.tax_state is TaxState.NET
    expected = Costs.of(positions="40.05", total="47.66", net="40.05", tax={"19": "7.61"})
    expected.must_be_shown_by(cart=cart, order=order.view, back_office=back_office.sees(order))


@pytest.mark.process("B2B-015")
def test_who_is_declined_goes_on_as_everybody(
    shopper: Shopper, membership: Membership, trade: str, valve: Offer
) -> None:
    ada = shopper.registers(asks_for_group=trade)
    group, requested = membership.sees_group_of(ada.email)
    assert (group != trade, requested) == (True, trade)

    membership.declines(ada.email)

    assert membership.sees_group_of(ada.email) == (group, None)
    assert membership.sees_applicants(trade) == []
    assert membership.cannot_accept(ada.email) == "CHECKOUT__CUSTOMER_GROUP_REQUEST_NOT_FOUND"
    assert shopper.sees_price(valve) == eur("11.90")
    assert shopper.puts_in_cart(valve).line(valve.number).unit_price == eur("11.90")


@pytest.mark.process("B2B-015")
def test_group_is_asked_for_on_its_page_and_its_price_shown_to_members_alone(
    new_browser_shopper: Callable[[], BrowserShopper],
    membership: Membership,
    customers: Customers,
    trade: str,
    valve: Offer,
) -> None:
    applicant, stranger = new_browser_shopper(), new_browser_shopper()
    closed = customers.group("closed", gross=False)
    assert stranger.sees_group_page(closed) is None
    assert "trade" in (stranger.sees_group_page(trade) or "")

    ada = applicant.asks_for_group(trade, company="Bolt & Sons")
    assert membership.sees_applicants(trade) == [ada.email]
    assert applicant.sees_price(valve) == eur("11.90")

    membership.accepts(ada.email)
    for _ in range(2):  # the second time from a cache that is warm with both prices
        assert applicant.sees_price(valve) == eur("8.01")
        assert stranger.sees_price(valve) == eur("11.90")


@pytest.mark.process("B2B-027")
def test_product_for_members_is_hidden_from_who_is_not_logged_in(
    new_shopper: Callable[[], Shopper],
    browser_shopper: BrowserShopper,
    catalogue: Catalogue,
    customers: Customers,
    rules: Rules,
    trade: str,
    valve: Offer,
    delivery: Delivery,
    invoice: Payment,
    back_office: BackOffice,
) -> None:
    parcel = delivery.ships("parcel", [valve], Rate(eur("0.00"), eur("0.00")))
    catalogue.shows_only_where(valve, rules.all_of("members", customer_in([trade])))
    member, stranger, visitor = new_shopper(), new_shopper(), new_shopper()
    member.logs_in(customers.registered("member", group_id=trade))
    stranger.logs_in(customers.registered("stranger"))

    assert not browser_shopper.is_shown(valve)
    for other in (visitor, stranger):
        assert not other.is_shown(valve)
        assert other.puts_in_cart(valve).lines == ()

    assert member.sees_price(valve) == eur("8.01")
    member.puts_in_cart(valve, 5)
    cart = member.chooses(shipping=parcel, payment=invoice)
    order = member.places_order()
    # 5 × 8.01 = 40.05, tax 7.61 (7.6095)
    expected = Costs.of(positions="40.05", total="47.66", net="40.05", tax={"19": "7.61"})
    expected.must_be_shown_by(cart=cart, order=order.view, back_office=back_office.sees(order))
