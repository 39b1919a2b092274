from collections.abc import Callable

import pytest

from updategate.actors.back_office import BackOffice
from updategate.actors.commercial import Commercial
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.customers import Customers
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.actors.test_data.products import Catalogue, Tier
from updategate.actors.test_data.rules import Rules, customer_in
from updategate.domain.money import eur


@pytest.mark.process("B2B-021")
def test_quote_keeps_its_price_until_it_is_ordered(
    new_shopper: Callable[[], Shopper],
    catalogue: Catalogue,
    customers: Customers,
    rules: Rules,
    delivery: Delivery,
    invoice: Payment,
    commercial: Commercial,
    back_office: BackOffice,
) -> None:
    trade = customers.group("trade", gross=False)
    pump = catalogue.offers("pump", net=eur("10.00"), gross=eur("11.90"))
    rule_id = rules.all_of("trade", customer_in([trade]))
    catalogue.prices(pump, rule_id, [Tier(1, eur("8.01"), eur("9.53"))])
    parcel = delivery.ships("parcel", [pump], Rate(gross=eur("5.95"), net=eur("5.00")))
    ada = customers.registered("ada", group_id=trade, company="Bolt & Sons")
    buyer, stranger = new_shopper(), new_shopper()
    buyer.logs_in(ada)
    stranger.logs_in(customers.registered("grace", group_id=trade))
    buyer.puts_in_cart(pump, 10)
    cart = buyer.chooses(shipping=parcel, payment=invoice)

    quote = commercial.asks_for_quote(buyer, "for ten pumps")

    # 10 × 8.01 = 80.10, shipping 5.00, tax 15.22 + 0.95
    assert (quote.state, quote.figures.total, quote.figures.net_total) == ("open", eur("101.27"), eur("85.10"))
    (line,) = quote.figures.lines or ()
    assert (line.number, line.quantity, line.unit_price, line.total) == (pump.number, 10, eur("8.01"), eur("80.10"))
    assert quote.figures.total == cart.total
    assert commercial.sees_quotes(buyer) == [quote.number]
    assert commercial.sees_quotes(stranger) == []
    assert commercial.cannot_see_quote(stranger, quote.id) in (403, 404)
    assert commercial.cannot_order(buyer, quote) in (400, 403, 409, 412)

    catalogue.prices(pump, rule_id, [Tier(1, eur("9.00"), eur("10.71"))])
    assert buyer.sees_price(pump) == eur("9.00")
    commercial.replies(quote)
    order = commercial.orders(buyer, commercial.sees_quote(buyer, quote.id))

    assert order.view.total == eur("101.27")
    assert back_office.sees(order).total == eur("101.27")


@pytest.mark.process("B2B-021")
def test_declined_quote_cannot_be_ordered(
    shopper: Shopper, catalogue: Catalogue, customers: Customers, commercial: Commercial
) -> None:
    shopper.logs_in(customers.registered("ada"))
    shopper.puts_in_cart(catalogue.offers("pump", gross=eur("11.90")), 2)
    quote = commercial.asks_for_quote(shopper, "cheaper?")
    commercial.replies(quote)

    commercial.declines(shopper, quote, "too dear")

    declined = commercial.sees_quote(shopper, quote.id)
    assert (declined.state, declined.order_id) == ("declined", None)
    assert commercial.cannot_order(shopper, declined) in (400, 403, 409, 412)


@pytest.mark.process("B2B-022")
def test_agreed_price_is_charged_to_its_customer_alone(
    new_shopper: Callable[[], Shopper],
    catalogue: Catalogue,
    customers: Customers,
    rules: Rules,
    commercial: Commercial,
) -> None:
    trade = customers.group("trade", gross=False)
    pump = catalogue.offers("pump", net=eur("10.00"), gross=eur("11.90"))
    catalogue.prices(pump, rules.all_of("trade", customer_in([trade])), [Tier(1, eur("8.00"), eur("9.52"))])
    ada, grace = customers.registered("ada", group_id=trade), customers.registered("grace", group_id=trade)
    agreed = [Tier(1, eur("7.49"), eur("8.91"), to_quantity=9), Tier(10, eur("6.98"), eur("8.31"))]
    commercial.agrees_on(ada, pump, agreed)
    buyer, other = new_shopper(), new_shopper()
    buyer.logs_in(ada)
    other.logs_in(grace)

    assert buyer.sees_price(pump) == eur("7.49")
    assert buyer.puts_in_cart(pump, 9).position_total == eur("67.41")
    # the tenth piece makes all of them cheaper
    assert buyer.puts_in_cart(pump, 1).position_total == eur("69.80")
    assert other.puts_in_cart(pump, 10).position_total == eur("80.00")

    commercial.ends_agreement(ada, pump)
    assert buyer.sees_cart().position_total == eur("80.00")


@pytest.mark.parametrize(
    "feature",
    [
        pytest.param("employees", marks=pytest.mark.process("B2B-023")),
        pytest.param("roles", marks=pytest.mark.process("B2B-023")),
        pytest.param("approval rules", marks=pytest.mark.process("B2B-024")),
        pytest.param("budgets", marks=pytest.mark.process("B2B-025")),
        pytest.param("shopping lists", marks=pytest.mark.process("B2B-026")),
    ],
)
def test_lists_of_business_partners_keep_to_their_schema(
    feature: str, new_shopper: Callable[[], Shopper], customers: Customers, commercial: Commercial
) -> None:
    stranger, buyer = new_shopper(), new_shopper()
    assert commercial.is_closed_to_strangers(stranger, feature)

    buyer.logs_in(customers.registered("buyer", company="Bolt & Sons"))

    # a new customer has none of them, or is not entitled to them yet
    assert commercial.sees(buyer, feature) in (0, None)
