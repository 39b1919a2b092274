import pytest

from updategate.actors.back_office import BackOffice
from updategate.actors.browser_shopper import BrowserShopper
from updategate.actors.costs import Costs
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.customers import Customers, Login
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.actors.test_data.products import Catalogue, Offer, Tier
from updategate.actors.test_data.promotions import Promotions
from updategate.actors.test_data.rules import Rules, customer_in
from updategate.domain.money import Money, eur

# 1 to 9 pieces 9.00, 10 to 49 pieces 8.00, from 50 on 7.00, all net
TIERS = (
    Tier(1, eur("9.00"), eur("10.71"), to_quantity=9),
    Tier(10, eur("8.00"), eur("9.52"), to_quantity=49),
    Tier(50, eur("7.00"), eur("8.33")),
)


@pytest.fixture
def trade(customers: Customers) -> str:
    return customers.group("trade", gross=False)


@pytest.fixture
def buyer(customers: Customers, trade: str) -> Login:
    return customers.registered("buyer", group_id=trade, company="Bolt & Sons")


@pytest.fixture
def pump(catalogue: Catalogue, rules: Rules, trade: str) -> Offer:
    pump = catalogue.offers("pump", net=eur("10.00"), stock=1000)
    catalogue.prices(pump, rules.all_of("trade", customer_in([trade])), TIERS)
    return pump


@pytest.mark.process("B2B-001")
@pytest.mark.parametrize(
    ("quantity", "unit", "total"),
    [
        (1, "9.00", "9.00"),
        (9, "9.00", "81.00"),
        (10, "8.00", "80.00"),
        (11, "8.00", "88.00"),
        (49, "8.00", "392.00"),
        (50, "7.00", "350.00"),
        (51, "7.00", "357.00"),
    ],
)
def test_price_changes_exactly_at_the_boundary(
    quantity: int, unit: str, total: str, shopper: Shopper, buyer: Login, pump: Offer
) -> None:
    shopper.logs_in(buyer)
    line = shopper.puts_in_cart(pump, quantity).line(pump.number)
    assert (line.unit_price, line.total) == (eur(unit), eur(total))


@pytest.mark.process("B2B-001")
def test_price_follows_a_quantity_that_is_changed_in_the_cart(shopper: Shopper, buyer: Login, pump: Offer) -> None:
    shopper.logs_in(buyer)
    shopper.puts_in_cart(pump)
    for quantity, unit, total in ((10, "8.00", "80.00"), (50, "7.00", "350.00"), (9, "9.00", "81.00")):
        line = shopper.changes_quantity(pump, quantity).line(pump.number)
        assert (line.unit_price, line.total) == (eur(unit), eur(total))


@pytest.mark.process("B2B-001")
def test_price_table_is_the_same_in_the_api_and_on_the_page(
    shopper: Shopper, browser_shopper: BrowserShopper, buyer: Login, pump: Offer
) -> None:
    table = [(9, eur("9.00")), (49, eur("8.00")), (50, eur("7.00"))]
    shopper.logs_in(buyer)
    assert shopper.sees_tiers(pump) == table
    browser_shopper.logs_in(buyer)
    assert browser_shopper.sees_tiers(pump) == table


@pytest.mark.process("B2B-001")
@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        (9, Costs.of(positions="81.00", total="96.39", net="81.00", tax={"19": "15.39"})),
        (10, Costs.of(positions="80.00", total="95.20", net="80.00", tax={"19": "15.20"})),
    ],
)
def test_order_is_charged_at_the_boundary(
    quantity: int,
    expected: Costs,
    shopper: Shopper,
    buyer: Login,
    pump: Offer,
    delivery: Delivery,
    invoice: Payment,
    back_office: BackOffice,
) -> None:
    parcel = delivery.ships("parcel", [pump], Rate(gross=eur("0.00"), net=eur("0.00")))
    shopper.logs_in(buyer)
    shopper.puts_in_cart(pump, quantity)
    cart = shopper.chooses(shipping=parcel, payment=invoice)
    order = shopper.places_order()
    expected.must_be_shown_by(cart=cart, order=order.view, back_office=back_office.sees(order))


@pytest.mark.process("B2B-006")
def test_tier_price_in_another_currency_by_factor_and_of_its_own(
    shopper: Shopper,
    catalogue: Catalogue,
    customers: Customers,
    rules: Rules,
    trade: str,
    buyer: Login,
    delivery: Delivery,
    invoice: Payment,
    back_office: BackOffice,
) -> None:
    coin = customers.currency("coin", iso="XUB", factor="1.0837")
    rule_id = rules.all_of("trade", customer_in([trade]))
    by_factor = catalogue.offers("by factor", net=eur("10.00"))
    catalogue.prices(by_factor, rule_id, TIERS)
    of_its_own = catalogue.offers("of its own", net=eur("10.00"))
    catalogue.prices(of_its_own, rule_id, [Tier(1, eur("9.00"), eur("10.71"), own=(coin, "15.00", "17.85"))])

    shopper.logs_in(buyer)
    shopper.puts_in_cart(by_factor, 9)
    shopper.puts_in_cart(of_its_own)
    cart = shopper.switches_currency(coin)

    # 9.00 × 1.0837 = 9.7533 a piece; the other price is no 9.00 × 1.0837
    assert cart.line(by_factor.number).unit_price == Money.of("9.75", "XUB")
    assert cart.line(of_its_own.number).unit_price == Money.of("15.00", "XUB")
    # 8.00 × 1.0837 = 8.6696 and 7.00 × 1.0837 = 7.5859: rounded for one piece, then multiplied
    for more, unit, total in ((1, "8.67", "86.70"), (39, "8.67", "424.83"), (1, "7.59", "379.50")):
        line = shopper.puts_in_cart(by_factor, more).line(by_factor.number)
        assert (line.unit_price, line.total) == (Money.of(unit, "XUB"), Money.of(total, "XUB"))

    in_coins = [(upto, Money.of(unit, "XUB")) for upto, unit in ((9, "9.75"), (49, "8.67"), (50, "7.59"))]
    assert shopper.sees_tiers(by_factor) == in_coins
    parcel = delivery.ships("parcel", [by_factor, of_its_own], Rate(gross=eur("0.00"), net=eur("0.00")))
    shopper.changes_quantity(by_factor, 11)
    cart = shopper.chooses(shipping=parcel, payment=invoice)
    order = shopper.places_order()
    # 11 × 8.67 = 95.37, tax 18.12 (18.1203); 15.00, tax 2.85
    expected = Costs.of(positions="110.37", total="131.34", net="110.37", tax={"19": "20.97"}, currency="XUB")
    expected.must_be_shown_by(cart=cart, order=order.view, back_office=back_office.sees(order))


@pytest.mark.process("B2B-007")
def test_promotion_is_taken_off_the_tier_price(
    shopper: Shopper,
    delivery: Delivery,
    invoice: Payment,
    promotions: Promotions,
    buyer: Login,
    pump: Offer,
    back_office: BackOffice,
) -> None:
    parcel = delivery.ships("parcel", [pump], Rate(gross=eur("0.00"), net=eur("0.00")))
    off = promotions.gives("off", [pump], percent="7.5")

    shopper.logs_in(buyer)
    assert shopper.sees_tiers(pump)[1] == (49, eur("8.00"))
    shopper.puts_in_cart(pump, 11)
    shopper.enters_code(off.code)
    cart = shopper.chooses(shipping=parcel, payment=invoice)
    order = shopper.places_order()

    # 11 × 8.00 = 88.00, tax 16.72; 7.5 % off: 6.60, tax 1.25 (1.254)
    expected = Costs.of(positions="81.40", total="96.87", net="81.40", tax={"19": "15.47"})
    expected.must_be_shown_by(cart=cart, order=order.view, back_office=back_office.sees(order))


@pytest.mark.process("B2B-012")
def test_variant_inherits_or_overrides_the_tiers(
    shopper: Shopper,
    catalogue: Catalogue,
    rules: Rules,
    trade: str,
    buyer: Login,
    delivery: Delivery,
    invoice: Payment,
    back_office: BackOffice,
) -> None:
    rule_id = rules.all_of("trade", customer_in([trade]))
    parent, sizes = catalogue.offers_variants("hose", {"short": None, "long": None}, gross=eur("11.90"))
    catalogue.prices(parent, rule_id, TIERS)
    catalogue.prices(sizes["long"], rule_id, [Tier(1, eur("6.00"), eur("7.14"))])
    parcel = delivery.ships("parcel", list(sizes.values()), Rate(gross=eur("0.00"), net=eur("0.00")))

    shopper.logs_in(buyer)
    assert shopper.sees_tiers(sizes["short"]) == [(9, eur("9.00")), (49, eur("8.00")), (50, eur("7.00"))]
    assert shopper.sees_tiers(sizes["long"]) == [(1, eur("6.00"))]
    cart = shopper.puts_in_cart(sizes["short"], 9)
    assert cart.line(sizes["short"].number).unit_price == eur("9.00")
    cart = shopper.puts_in_cart(sizes["short"], 1)
    assert cart.line(sizes["short"].number).unit_price == eur("8.00")
    cart = shopper.puts_in_cart(sizes["long"], 10)
    assert cart.line(sizes["long"].number).unit_price == eur("6.00")

    cart = shopper.chooses(shipping=parcel, payment=invoice)
    order = shopper.places_order()
    # 10 × 8.00 and 10 × 6.00, tax 15.20 + 11.40
    expected = Costs.of(positions="140.00", total="166.60", net="140.00", tax={"19": "26.60"})
    expected.must_be_shown_by(cart=cart, order=order.view, back_office=back_office.sees(order))
