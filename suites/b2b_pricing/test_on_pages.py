"""What a business customer is told on the storefront's pages, in the cart and in the order is one price."""

from datetime import UTC, datetime, timedelta

import pytest

from updategate.actors.back_office import BackOffice
from updategate.actors.browser_shopper import BrowserShopper
from updategate.actors.costs import Costs
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.customers import Customers
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.actors.test_data.products import Catalogue, Tier
from updategate.actors.test_data.promotions import Promotions
from updategate.actors.test_data.rules import Rules, between_dates, customer_in, customer_number
from updategate.domain.money import Money, eur

TIERS = (Tier(1, eur("9.00"), eur("10.71"), to_quantity=9), Tier(10, eur("8.00"), eur("9.52")))


@pytest.mark.process("B2B-017")
def test_every_kind_of_price_is_the_same_on_pages_and_in_the_order(
    shopper: Shopper,
    browser_shopper: BrowserShopper,
    catalogue: Catalogue,
    customers: Customers,
    rules: Rules,
    promotions: Promotions,
    delivery: Delivery,
    invoice: Payment,
    back_office: BackOffice,
) -> None:
    trade = customers.group("trade", gross=False)
    ada = customers.registered("ada", group_id=trade, company="Bolt & Sons")
    for_trade = rules.all_of("trade", customer_in([trade]))
    pump = catalogue.offers("pump", net=eur("10.00"))
    catalogue.prices(pump, for_trade, TIERS)
    agreed = catalogue.offers("agreed", gross=eur("11.90"))
    catalogue.prices(agreed, rules.all_of("ada", customer_number([ada.number])), [Tier(1, eur("7.50"), eur("8.93"))])
    disputed = catalogue.offers("disputed", net=eur("10.00"))
    catalogue.prices(disputed, for_trade, [Tier(1, eur("8.00"), eur("9.52"))])
    first = rules.all_of("first", customer_in([trade]), priority=10)
    catalogue.prices(disputed, first, [Tier(1, eur("9.10"), eur("10.83"))])
    hose, sizes = catalogue.offers_variants("hose", {"short": None, "long": None}, gross=eur("11.90"))
    catalogue.prices(hose, for_trade, TIERS)
    catalogue.prices(sizes["long"], for_trade, [Tier(1, eur("6.00"), eur("7.14"))])
    bolts = catalogue.offers_in_steps("bolts", gross=eur("11.90"), least=5, most=20, step=5)
    catalogue.prices(bolts, for_trade, TIERS)
    off = promotions.gives("off", [pump], percent="7.5")
    bought = [pump, agreed, disputed, *sizes.values(), bolts]
    parcel = delivery.ships("parcel", bought, Rate(gross=eur("5.95"), net=eur("5.00")))
    coin = customers.currency("coin", iso="XUB", factor="1.0837")

    browser_shopper.logs_in(ada)
    tiers = [(9, eur("9.00")), (10, eur("8.00"))]
    assert [browser_shopper.sees_tiers(one) for one in (pump, sizes["short"], bolts)] == [tiers] * 3
    prices = [browser_shopper.sees_price(one) for one in (agreed, disputed, sizes["long"])]
    assert prices == [eur("7.50"), eur("9.10"), eur("6.00")]

    # a customer's cart is the same wherever they are logged in
    shopper.logs_in(ada)
    for product, quantity in ((pump, 10), (agreed, 2), (disputed, 1), (sizes["short"], 1), (sizes["long"], 2)):
        shopper.puts_in_cart(product, quantity)
    shopper.puts_in_cart(bolts, 7)
    shopper.enters_code(off.code)
    cart = shopper.chooses(shipping=parcel, payment=invoice)
    page = browser_shopper.sees_confirmation()
    order = browser_shopper.places_order()

    # 80.00, 15.00, 9.10, 9.00, 12.00 and, in steps of five, 5 × 9.00 are 170.10; 7.5 % off: 12.76 (12.7575)
    # tax 15.20 + 2.85 + 1.73 (1.729) + 1.71 + 2.28 + 8.55, less 2.42 (2.4244), and 0.95 of the shipping costs
    expected = Costs.of(positions="157.34", shipping="5.00", total="193.19", net="162.34", tax={"19": "30.85"})
    expected.must_be_shown_by(
        cart=cart, confirmation_page=page, finish_page=order.page, back_office=back_office.sees(order)
    )

    shopper.switches_currency(coin)
    assert shopper.sees_tiers(pump) == [(9, Money.of("9.75", "XUB")), (10, Money.of("8.67", "XUB"))]


@pytest.mark.process("B2B-017")
def test_visitors_are_shown_what_they_are_charged(
    browser_shopper: BrowserShopper, catalogue: Catalogue, rules: Rules
) -> None:
    now, days = datetime.now(UTC), timedelta(days=1)
    offers = {}
    for season, begins, ends in (("now", -1, 1), ("over", -3, -1), ("not yet", 1, 3)):
        offers[season] = catalogue.offers(season, net=eur("10.00"), gross=eur("11.90"))
        rule_id = rules.all_of(season, between_dates(now + begins * days, now + ends * days))
        catalogue.prices(offers[season], rule_id, [Tier(1, eur("8.00"), eur("9.52"))])
    reduced = catalogue.offers("reduced", gross=eur("6.00"), list_price=(eur("8.00"), eur("6.72")))

    prices = {season: browser_shopper.sees_price(offer) for season, offer in offers.items()}
    assert prices == {"now": eur("9.52"), "over": eur("11.90"), "not yet": eur("11.90")}
    assert browser_shopper.sees_price(reduced) == eur("6.00")

    browser_shopper.puts_in_cart(reduced)
    browser_shopper.orders_by_number(offers["now"].number)
    assert browser_shopper.orders_by_number("UG-NO-SUCH-NUMBER")
    cart = browser_shopper.sees_cart()
    charged = {line.number: line.unit_price for line in cart.lines}
    assert charged == {reduced.number: eur("6.00"), offers["now"].number: eur("9.52")}
    assert cart.position_total == eur("15.52")
