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
    new_browser_shopper: Callable[[], BrowserShopper], catalogue: Catalogue, customers: Customers, rules: Rules
) -> None:
    trade, club = customers.group("trade", gross=False), customers.group("club", gross=False)
    valve = catalogue.offers("valve", net=eur("10.00"), gross=eur("11.90"))
    catalogue.prices(valve, rules.all_of("trade", customer_in([trade])), [Tier(1, eur("8.00"), eur("9.52"))])
    catalogue.prices(valve, rules.all_of("club", customer_in([club])), [Tier(1, eur("9.00"), eur("10.71"))])
    member, rival, stranger = new_browser_shopper(), new_browser_shopper(), new_browser_shopper()

    for _ in range(2):  # the second time from the cache
        assert stranger.sees_price(valve) == eur("11.90")
    member.logs_in(customers.registered("member", group_id=trade))
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


@pytest.mark.process("B2B-011")
def test_what_stands_beside_a_price(shopper: Shopper, catalogue: Catalogue) -> None:
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
    ("asked", "given", "unit"),
    [(3, 5, "9.00"), (7, 5, "9.00"), (12, 10, "8.00"), (20, 20, "8.00"), (31, 20, "8.00")],
)
def test_steps_and_limits_meet_the_tiers(
    asked: int,
    given: int,
    unit: str,
    shopper: Shopper,
    catalogue: Catalogue,
    customers: Customers,
    rules: Rules,
) -> None:
    trade = customers.group("trade", gross=False)
    bolts = catalogue.offers_in_steps("bolts", gross=eur("11.90"), least=5, most=20, step=5)
    tiers = [Tier(1, eur("9.00"), eur("10.71"), to_quantity=9), Tier(10, eur("8.00"), eur("9.52"))]
    catalogue.prices(bolts, rules.all_of("trade", customer_in([trade])), tiers)

    shopper.logs_in(customers.registered("buyer", group_id=trade))
    line = shopper.puts_in_cart(bolts, asked).line(bolts.number)

    assert (line.quantity, line.unit_price) == (given, eur(unit))


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
    shopper.puts_in_cart(valve, 4)
    cart = shopper.chooses(shipping=parcel, payment=invoice)
    order = shopper.places_order()

    # goods 40.12, shipping 5.00, tax 7.62 (7.6228) + 0.95
    if tax_state is TaxState.TAX_FREE:
        expected = Costs.of(positions="40.12", shipping="5.00", total="45.12", net="45.12", tax={})
    else:
        expected = Costs.of(positions="40.12", shipping="5.00", total="53.69", net="45.12", tax={"19": "8.57"})
    assert cart.tax_state is tax_state
    expected.must_be_shown_by(cart=cart, order=order.view, back_office=back_office.sees(order))


@pytest.mark.process("B2B-016")
def test_fifty_products_are_ordered_by_number_and_wrong_ones_are_told(shopper: Shopper, catalogue: Catalogue) -> None:
    bolts = catalogue.offers_many("bolt", 45, gross=eur("1.19"))
    wrong = [f"UG-NO-SUCH-NUMBER-{position}" for position in range(5)]

    cart, unknown = shopper.orders_by_number({**{bolt.number: 2 for bolt in bolts}, **dict.fromkeys(wrong, 1)})

    assert unknown == wrong
    assert {line.number for line in cart.lines} == {bolt.number for bolt in bolts}
    # 45 × 2 × 1.19
    assert cart.position_total == eur("107.10")
