from collections.abc import Callable
from decimal import Decimal

import pytest

from updategate.actors.back_office import BackOffice
from updategate.actors.browser_shopper import BrowserShopper
from updategate.actors.costs import Costs
from updategate.actors.purchase import PriceDetails
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.customers import Customers
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.actors.test_data.products import Catalogue, Tier
from updategate.actors.test_data.rules import Rules, customer_in
from updategate.domain.money import eur
from updategate.domain.views import TaxState


@pytest.mark.process("B2B-008")
def test_no_price_leaks_through_the_cache(
    new_browser_shopper: Callable[[], BrowserShopper],
    new_shopper: Callable[[], Shopper],
    catalogue: Catalogue,
    customers: Customers,
    rules: Rules,
    delivery: Delivery,
    invoice: Payment,
    back_office: BackOffice,
) -> None:
    trade, club = customers.group("trade", gross=False), customers.group("club", gross=False)
    valve = catalogue.offers("valve", net=eur("10.00"), gross=eur("11.90"))
    catalogue.prices(valve, rules.all_of("trade", customer_in([trade])), [Tier(1, eur("8.00"), eur("9.52"))])
    catalogue.prices(valve, rules.all_of("club", customer_in([club])), [Tier(1, eur("9.00"), eur("10.71"))])
    parcel = delivery.ships("parcel", [valve], Rate(gross=eur("0.00"), net=eur("0.00")))
    login = customers.registered("member", group_id=trade)
    member, rival, stranger = new_browser_shopper(), new_browser_shopper(), new_browser_shopper()

    for _ in range(2):  # the second time from the cache
        assert stranger.sees_price(valve) == eur("11.90")
    member.logs_in(login)
    for _ in range(2):
        assert member.sees_price(valve) == eur("8.00")
    # logged in and net as well: only the price's rule tells their pages apart
    rival.logs_in(customers.registered("rival", group_id=club))
    for _ in range(2):
        assert rival.sees_price(valve) == eur("9.00")
    assert member.sees_price(valve) == eur("8.00")
    assert stranger.sees_price(valve) == eur("11.90")

    member.logs_out()
    assert member.sees_price(valve) == eur("11.90")

    # what the pages said is what is charged, by the API too
    buyer, visitor = new_shopper(), new_shopper()
    buyer.logs_in(login)
    assert (buyer.sees_price(valve), visitor.sees_price(valve)) == (eur("8.00"), eur("11.90"))
    buyer.puts_in_cart(valve)
    cart = buyer.chooses(shipping=parcel, payment=invoice)
    order = buyer.places_order()
    expected = Costs.of(positions="8.00", total="9.52", net="8.00", tax={"19": "1.52"})
    expected.must_be_shown_by(cart=cart, order=order.view, back_office=back_office.sees(order))


@pytest.mark.process("B2B-011")
def test_what_stands_beside_a_price_is_not_charged(
    shopper: Shopper, catalogue: Catalogue, delivery: Delivery, invoice: Payment, back_office: BackOffice
) -> None:
    litre = catalogue.unit("litre")
    oil = catalogue.offers(
        "oil",
        gross=eur("6.00"),
        net=eur("5.04"),
        list_price=(eur("8.00"), eur("6.72")),
        regulation_price=(eur("5.50"), eur("4.62")),
        extra={"purchaseUnit": Decimal("0.75"), "referenceUnit": 1, "unitId": litre},
    )

    details = shopper.sees_price_details(oil)

    # 8.00 undercut by 2.00; 6.00 for 0.75 litres
    assert details == PriceDetails(
        unit=eur("6.00"),
        list_price=eur("8.00"),
        discount=Decimal(25),
        regulation_price=eur("5.50"),
        reference_price=eur("8.00"),
        reference_unit=details.reference_unit,
    )
    assert "litre" in (details.reference_unit or "")

    parcel = delivery.ships("parcel", [oil], Rate(gross=eur("0.00"), net=eur("0.00")))
    assert shopper.puts_in_cart(oil, 2).line(oil.number).unit_price == eur("6.00")
    order = shopper.checks_out_as_guest(shipping=parcel, payment=invoice)
    # 12.00 hold 1.92 (1.9160)
    expected = Costs.of(positions="12.00", total="12.00", net="10.08", tax={"19": "1.92"})
    expected.must_be_shown_by(order=order.view, back_office=back_office.sees(order))


@pytest.mark.process("B2B-011")
def test_what_stands_beside_a_price_is_net_where_the_price_is_net(
    shopper: Shopper, catalogue: Catalogue, customers: Customers
) -> None:
    litre = catalogue.unit("litre")
    oil = catalogue.offers(
        "oil",
        gross=eur("6.00"),
        net=eur("5.04"),
        # no figure of these can be taken for another
        list_price=(eur("8.00"), eur("6.30")),
        regulation_price=(eur("5.50"), eur("4.62")),
        extra={"purchaseUnit": Decimal("0.75"), "referenceUnit": 1, "unitId": litre},
    )

    shopper.logs_in(customers.registered("buyer", group_id=customers.group("trade", gross=False)))
    details = shopper.sees_price_details(oil)

    # 6.30 undercut by 1.26, a fifth; 5.04 for 0.75 litres
    assert details == PriceDetails(
        unit=eur("5.04"),
        list_price=eur("6.30"),
        discount=Decimal(20),
        regulation_price=eur("4.62"),
        reference_price=eur("6.72"),
        reference_unit=details.reference_unit,
    )


@pytest.mark.process("B2B-013")
@pytest.mark.parametrize(
    ("asked", "given", "unit", "expected"),
    [
        (3, 5, "9.00", Costs.of(positions="45.00", total="53.55", net="45.00", tax={"19": "8.55"})),
        (7, 5, "9.00", Costs.of(positions="45.00", total="53.55", net="45.00", tax={"19": "8.55"})),
        (12, 10, "8.00", Costs.of(positions="80.00", total="95.20", net="80.00", tax={"19": "15.20"})),
        (20, 20, "8.00", Costs.of(positions="160.00", total="190.40", net="160.00", tax={"19": "30.40"})),
        (31, 20, "8.00", Costs.of(positions="160.00", total="190.40", net="160.00", tax={"19": "30.40"})),
    ],
)
def test_steps_and_limits_meet_the_tiers(
    asked: int,
    given: int,
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
    bolts = catalogue.offers_in_steps("bolts", gross=eur("11.90"), least=5, most=20, step=5)
    tiers = [Tier(1, eur("9.00"), eur("10.71"), to_quantity=9), Tier(10, eur("8.00"), eur("9.52"))]
    catalogue.prices(bolts, rules.all_of("trade", customer_in([trade])), tiers)
    parcel = delivery.ships("parcel", [bolts], Rate(gross=eur("0.00"), net=eur("0.00")))

    shopper.logs_in(customers.registered("buyer", group_id=trade))
    assert shopper.sees_tiers(bolts) == [(9, eur("9.00")), (10, eur("8.00"))]
    line = shopper.puts_in_cart(bolts, asked).line(bolts.number)

    assert (line.quantity, line.unit_price) == (given, eur(unit))
    cart = shopper.chooses(shipping=parcel, payment=invoice)
    order = shopper.places_order()
    expected.must_be_shown_by(cart=cart, order=order.view, back_office=back_office.sees(order))


@pytest.mark.process("B2B-014")
@pytest.mark.parametrize(
    ("company", "vat_ids", "tax_state"),
    [
        ("Bolt & Sons", ("XC1234",), TaxState.TAX_FREE),
        ("Bolt & Sons", (), TaxState.NET),
        (None, ("XC1234",), TaxState.NET),
    ],
    ids=["company with id", "company without id", "private person"],
)
def test_exemption_of_companies_in_a_net_group(
    company: str | None,
    vat_ids: tuple[str, ...],
    tax_state: TaxState,
    shopper: Shopper,
    catalogue: Catalogue,
    customers: Customers,
    delivery: Delivery,
    invoice: Payment,
    back_office: BackOffice,
) -> None:
    abroad = customers.country("abroad", iso="XC", tax_free_for_companies=True)
    valve = catalogue.offers("valve", net=eur("10.03"), gross=eur("11.94"))
    parcel = delivery.ships("parcel", [valve], Rate(gross=eur("5.95"), net=eur("5.00")))
    buyer = customers.registered(
        "buyer", group_id=customers.group("net", gross=False), company=company, vat_ids=vat_ids, country_id=abroad
    )

    shopper.logs_in(buyer)
    assert shopper.sees_price(valve) == eur("10.03")
    shopper.puts_in_cart(valve, 4)
    cart = shopper.chooses(shipping=parcel, payment=invoice)
    order = shopper.places_order()

    # goods 40.12, shipping 5.00, tax 7.62 (7.6228) + 0.95
    if tax_state is TaxState.TAX_FREE:
        expected = Costs.of(positions="40.12", shipping="5.00", total="45.12", net="45.12", tax={})
    else:
        expected = Costs.of(positions="40.12", shipping="5.00", total="53.69", net="45.12", tax={"19": "8.57"})
    assert cart.tax_state == tax_state
    expected.must_be_shown_by(cart=cart, order=order.view, back_office=back_office.sees(order))


@pytest.mark.process("B2B-016")
def test_fifty_products_are_ordered_by_number_and_wrong_ones_are_told(
    shopper: Shopper, catalogue: Catalogue, delivery: Delivery, invoice: Payment, back_office: BackOffice
) -> None:
    bolts = catalogue.offers_many("bolt", 45, gross=eur("1.19"))
    wrong = [f"UG-NO-SUCH-NUMBER-{position}" for position in range(5)]

    cart, unknown = shopper.orders_by_number({**{bolt.number: 2 for bolt in bolts}, **dict.fromkeys(wrong, 1)})

    assert unknown == wrong
    assert {line.number for line in cart.lines} == {bolt.number for bolt in bolts}
    # 45 × 2 × 1.19
    assert cart.position_total == eur("107.10")

    parcel = delivery.ships("parcel", bolts, Rate(gross=eur("0.00"), net=eur("0.00")))
    order = shopper.checks_out_as_guest(shipping=parcel, payment=invoice)
    # 45 × 0.38
    expected = Costs.of(positions="107.10", total="107.10", net="90.00", tax={"19": "17.10"})
    expected.must_be_shown_by(order=order.view, back_office=back_office.sees(order))
