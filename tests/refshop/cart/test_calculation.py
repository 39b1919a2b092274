"""Rounding and tax: what Shopware calculates, number by number, and what must hold for any amount."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from updategate.embedded.refshop.behaviour import Behaviour
from updategate.embedded.refshop.cart.calculation import Calculator
from updategate.embedded.refshop.cart.money import Rounding, plain
from updategate.embedded.refshop.cart.prices import QuantityPriceDefinition, TaxRule, TaxState

BEHAVIOUR = Behaviour()
CENTS = Rounding()


def _calculator(
    state: TaxState = TaxState.GROSS, items: Rounding = CENTS, totals: Rounding = CENTS, **more: bool
) -> Calculator:
    return Calculator(BEHAVIOUR, items, totals, state, **more)


def _price(amount: str, rate: str = "19", quantity: int = 1) -> QuantityPriceDefinition:
    return QuantityPriceDefinition(Decimal(amount), (TaxRule(Decimal(rate)),), quantity)


amounts = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(100000), places=4)
rates = st.sampled_from([Decimal(0), Decimal(7), Decimal(19), Decimal("33.33")])
quantities = st.integers(min_value=1, max_value=500)


@pytest.mark.parametrize(
    ("amount", "decimals", "interval", "expected"),
    [
        ("1.005", 2, "0.01", "1.01"),
        ("-1.005", 2, "0.01", "-1.01"),
        ("1.0049", 2, "0.01", "1"),
        ("19.98", 2, "0.05", "20"),
        ("19.97", 2, "0.05", "19.95"),
        ("19.974", 2, "0.05", "19.95"),
        ("10.25", 2, "0.5", "10.5"),
        ("10.24", 2, "0.5", "10"),
        ("1.49", 0, "1", "1"),
        ("1.5", 0, "1", "2"),
        # with more than two digits Shopware does not look at the interval
        ("1.0036", 3, "0.05", "1.004"),
    ],
)
def test_rounds_to_what_can_be_paid(amount: str, decimals: int, interval: str, expected: str) -> None:
    rounding = Rounding(decimals, Decimal(interval))
    assert rounding.cash(Decimal(amount), BEHAVIOUR) == Decimal(expected)


def test_half_cents_that_binary_numbers_blur() -> None:
    # 30 / 90 * 100 in binary is a little below; PHP rounds to 15 digits before it decides
    assert CENTS.math(Decimal("2.67499999999999999"), BEHAVIOUR) == Decimal("2.68")


@settings(deadline=None)
@given(amounts, st.sampled_from(["0.01", "0.05", "0.1", "0.5", "1"]))
def test_rounded_amounts_are_payable_and_near(amount: Decimal, interval: str) -> None:
    step = Decimal(interval)
    rounded = Rounding(2, step).cash(amount, BEHAVIOUR)
    assert rounded % step == 0
    assert abs(rounded - amount) <= step / 2 + Decimal("0.005")
    assert Rounding(2, step).cash(rounded, BEHAVIOUR) == rounded


def test_gross_line_contains_its_tax() -> None:
    price = _calculator().quantity(_price("19.99", quantity=3))
    assert (price.unit, price.total) == (Decimal("19.99"), Decimal("59.97"))
    assert [(tax.rate, tax.tax, tax.price) for tax in price.taxes] == [(Decimal(19), Decimal("9.58"), Decimal("59.97"))]


def test_tax_of_a_line_is_rounded_once_not_by_piece() -> None:
    # one piece at 0.05 holds 0.00798 of tax: rounded by piece that would be 0.01 a piece, 1.00 in all
    price = _calculator().quantity(_price("0.05", quantity=100))
    assert price.taxes[0].tax == Decimal("0.8")


def test_net_line_gets_its_tax_on_top() -> None:
    price = _calculator(TaxState.NET).quantity(_price("10.55", quantity=2))
    cart = _calculator(TaxState.NET).amount([price], [])
    assert price.taxes[0].tax == Decimal("4.01")
    assert (cart.net, cart.total, cart.position) == (Decimal("21.1"), Decimal("25.11"), Decimal("21.1"))


def test_tax_free_line_knows_no_tax() -> None:
    price = _calculator(TaxState.FREE).quantity(_price("10.55", quantity=2))
    cart = _calculator(TaxState.FREE).amount([price], [])
    assert price.taxes == ()
    assert cart.net == cart.total == Decimal("21.1")


def test_price_entered_net_is_shown_gross() -> None:
    definition = QuantityPriceDefinition(Decimal("8.4034"), (TaxRule(Decimal(19)),), 1, calculated=False)
    assert _calculator().quantity(definition).unit == Decimal(10)


def test_taxes_are_added_up_by_rate() -> None:
    calculator = _calculator()
    lines = [calculator.quantity(_price(*each)) for each in (("9.99",), ("9.99",), ("5", "7"))]
    cart = calculator.amount(lines, [calculator.quantity(_price("4.99"))])
    assert [(tax.rate, tax.tax, tax.price) for tax in cart.taxes] == [
        (Decimal(19), Decimal(4), Decimal("24.97")),
        (Decimal(7), Decimal("0.33"), Decimal(5)),
    ]
    assert (cart.position, cart.total, cart.net) == (Decimal("24.98"), Decimal("29.97"), Decimal("25.64"))


def test_vertical_taxes_come_from_the_sums() -> None:
    lines = [_price("0.09")] * 5
    horizontal, vertical = _calculator(), _calculator(vertical=True)
    added = horizontal.amount([horizontal.quantity(each) for each in lines], [])
    of_sum = vertical.amount([vertical.quantity(each) for each in lines], [])
    assert (added.taxes[0].tax, of_sum.taxes[0].tax) == (Decimal("0.05"), Decimal("0.07"))


def test_total_is_rounded_as_the_currency_says_and_the_raw_total_is_kept() -> None:
    calculator = _calculator(totals=Rounding(2, Decimal("0.05")))
    cart = calculator.amount([calculator.quantity(_price("19.98"))], [])
    assert (cart.total, cart.raw_total) == (Decimal(20), Decimal("19.98"))


def test_net_prices_are_not_rounded_to_coins_if_the_currency_says_so() -> None:
    coins = Rounding(2, Decimal("0.05"), round_for_net=False)
    assert _calculator(TaxState.NET, items=coins).quantity(_price("9.98")).unit == Decimal("9.98")
    assert _calculator(TaxState.GROSS, items=coins).quantity(_price("9.98")).unit == Decimal(10)


def test_list_price_tells_how_much_is_saved() -> None:
    definition = QuantityPriceDefinition(Decimal(15), (TaxRule(Decimal(19)),), 2, list_price=Decimal(20))
    before = _calculator().quantity(definition).list_price
    assert before is not None
    assert (before.price, before.discount, before.percentage) == (Decimal(20), Decimal(-5), Decimal(25))


@settings(deadline=None)
@given(amounts, rates, quantities)
def test_gross_price_is_net_and_tax(amount: Decimal, rate: Decimal, quantity: int) -> None:
    calculator = _calculator()
    price = calculator.quantity(QuantityPriceDefinition(amount, (TaxRule(rate),), quantity))
    cart = calculator.amount([price], [])
    assert price.total == CENTS.cash(price.unit * quantity, BEHAVIOUR)
    assert cart.net + price.tax_amount == cart.total
    exact = price.total * rate / (100 + rate)
    assert abs(price.tax_amount - exact) <= Decimal("0.0051")


@settings(deadline=None)
@given(st.lists(st.tuples(amounts, rates, st.integers(1, 20)), min_size=1, max_size=8))
def test_positions_sum_up(lines: list[tuple[Decimal, Decimal, int]]) -> None:
    for state in (TaxState.GROSS, TaxState.NET):
        calculator = _calculator(state)
        prices = [
            calculator.quantity(QuantityPriceDefinition(price, (TaxRule(rate),), quantity))
            for price, rate, quantity in lines
        ]
        cart = calculator.amount(prices, [])
        assert cart.position == sum(price.total for price in prices)
        assert sum(tax.tax for tax in cart.taxes) == sum(price.tax_amount for price in prices)
        paid = cart.total if state is TaxState.GROSS else cart.position + sum(tax.tax for tax in cart.taxes)
        assert cart.total == paid


@settings(deadline=None)
@given(st.lists(st.tuples(amounts, rates), min_size=1, max_size=6), st.integers(1, 100))
def test_percentage_falls_on_the_rates_by_their_share(lines: list[tuple[Decimal, Decimal]], percent: int) -> None:
    calculator = _calculator()
    prices = [calculator.quantity(QuantityPriceDefinition(price, (TaxRule(rate),))) for price, rate in lines]
    total = sum((price.total for price in prices), Decimal(0))
    price = calculator.percentage(Decimal(-percent), prices)
    assert price.total == -CENTS.cash(total * percent / 100, BEHAVIOUR)
    assert {tax.rate for tax in price.taxes} == {rate for _, rate in lines}


def test_json_numbers_are_php_numbers() -> None:
    assert (plain(Decimal("20.00")), plain(Decimal("19.9"))) == (20, 19.9)
    assert isinstance(plain(Decimal("20.00")), int)
