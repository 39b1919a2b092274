"""Conditions of rules, on the context, the cart and its lines."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.domain import shop
from tests.domain.shop import BOOK, GROSS, NET, SCREW, STANDARD, product
from updategate.domain.catalogue import Currency
from updategate.domain.context import PricingContext
from updategate.domain.prices import LinePrice, cart_price
from updategate.domain.rules import (
    AllOf,
    Always,
    AnyOf,
    BillingCountry,
    CartAmount,
    Condition,
    CustomerNumber,
    DayOfWeek,
    GoodsPrice,
    InCurrency,
    InCustomerGroup,
    IsCompany,
    LineItemInCategory,
    LineItemNumber,
    LineItemTotalPrice,
    LineItemUnitPrice,
    Not,
    PositionPrice,
    PricedLine,
    Rule,
    RuleScope,
    ShippingCountry,
    TaxDisplay,
    compare,
    in_order,
)
from updategate.domain.views import TaxState

D = Decimal
LINES = (
    PricedLine("1", "Screw", 2, LinePrice(D("11.90"), D("23.80"), 2), SCREW),
    PricedLine("2", "Book", 1, LinePrice(D("10.70"), D("10.70")), BOOK),
    PricedLine("3", "Off", 1, LinePrice(D("-4.50"), D("-4.50"))),
)
SHIPPING = [LinePrice(D("5"), D("5"))]
CART = RuleScope(GROSS, LINES, cart_price([line.price for line in LINES], SHIPPING, GROSS.terms()))


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (Always(), True),
        (AllOf(()), True),
        (AllOf((Always(), Not(Always()))), False),
        (AnyOf(()), False),
        (AnyOf((Not(Always()), Always())), True),
        (CartAmount("=", D("35.00")), True),
        (CartAmount("<", D("35.00")), False),
        (PositionPrice("=", D("30.00")), True),
        (GoodsPrice("=", D("34.50")), True),
        (LineItemNumber(frozenset({"BOOK", "X"})), True),
        (LineItemNumber(frozenset({"X"})), False),
        (LineItemUnitPrice(">", D("11")), True),
        (LineItemUnitPrice("<", D("0")), False),
        (LineItemTotalPrice(">=", D("23.80")), True),
        (LineItemTotalPrice(">", D("23.80")), False),
        (TaxDisplay(TaxState.GROSS), True),
        (TaxDisplay(TaxState.NET), False),
        (InCurrency(frozenset({"EUR"})), True),
        (ShippingCountry(frozenset({"AT"})), False),
        (ShippingCountry(frozenset({"DE"})), True),
    ],
)
def test_of_a_cart(condition: Condition, holds: bool) -> None:
    assert condition.matches(CART) is holds
    assert Rule("r", condition).matches(CART) is holds
    assert Not(condition).matches(CART) is not holds


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (LineItemNumber(frozenset({"SCREW"})), True),
        (LineItemNumber(frozenset({"BOOK"})), False),
        (GoodsPrice("=", D("23.80")), True),
        (LineItemUnitPrice("=", D("11.90")), True),
        (LineItemTotalPrice("=", D("23.80")), True),
        (CartAmount(">=", D(0)), False),
        (PositionPrice(">=", D(0)), False),
        (TaxDisplay(TaxState.GROSS), False),
    ],
)
def test_of_one_line_there_is_no_cart(condition: Condition, holds: bool) -> None:
    assert condition.matches(CART.of_line(LINES[0])) is holds


def test_a_variant_is_known_by_its_parent_and_a_product_by_its_categories() -> None:
    variant = product("RED-M", "1", parent="SHIRT", categories=frozenset({"Shirts"}))
    scope = RuleScope(GROSS, (PricedLine("1", "", 1, LinePrice(D(1), D(1)), variant),))
    assert LineItemNumber(frozenset({"SHIRT"})).matches(scope)
    assert LineItemNumber(frozenset({"RED-M"})).matches(scope)
    assert LineItemInCategory(frozenset({"Shirts", "Other"})).matches(scope)
    assert not LineItemInCategory(frozenset({"Other"})).matches(scope)


def test_a_discount_is_in_no_category_and_has_no_number() -> None:
    scope = CART.of_line(LINES[2])
    assert not LineItemNumber(frozenset({""})).matches(scope)
    assert not LineItemInCategory(frozenset({""})).matches(scope)
    assert GoodsPrice("=", D(0)).matches(scope)


def test_of_the_customer() -> None:
    company = PricingContext(customer=shop.customer(number="B-1", company="Muster GmbH"))
    person = PricingContext(customer=shop.customer(number="B-2"))
    for condition in (CustomerNumber(frozenset({"b-1"})), IsCompany()):
        assert condition.matches(RuleScope(company))
        assert not condition.matches(RuleScope(person))
        assert not condition.matches(RuleScope(GROSS))
    assert not CustomerNumber(frozenset({"b-1"})).matches(RuleScope(PricingContext(customer=shop.customer())))
    assert BillingCountry(frozenset({"DE"})).matches(RuleScope(company))
    assert not BillingCountry(frozenset({"AT"})).matches(RuleScope(company))
    assert not BillingCountry(frozenset({"DE"})).matches(RuleScope(GROSS))
    assert InCustomerGroup(frozenset({"B2B"})).matches(RuleScope(NET))
    assert not InCustomerGroup(frozenset({"B2B"})).matches(RuleScope(GROSS))


def test_of_the_currency() -> None:
    dollars = RuleScope(PricingContext(currency=Currency("USD", D(2))))
    assert InCurrency(frozenset({"USD"})).matches(dollars)
    assert not InCurrency(frozenset({"EUR"})).matches(dollars)


def test_of_the_day() -> None:
    sunday = RuleScope(PricingContext(now=datetime(2026, 11, 22, tzinfo=UTC)))
    assert DayOfWeek(7).matches(sunday)
    assert not DayOfWeek(1).matches(sunday)
    with pytest.raises(ValueError, match="a rule depends on the day of the week: give the pricing context a now"):
        DayOfWeek(7).matches(RuleScope(GROSS))


@pytest.mark.parametrize(
    ("value", "operator", "holds"),
    [
        ("99.99", ">=", False),
        ("100", ">=", True),
        ("99.999999999", ">=", True),
        ("100", "<=", True),
        ("100.01", "<=", False),
        ("100", ">", False),
        ("100.01", ">", True),
        ("100", "<", False),
        ("99.99", "<", True),
        ("100.000000001", "=", True),
        ("100.01", "=", False),
        ("100.01", "!=", True),
        ("100", "!=", False),
    ],
)
def test_comparisons(value: str, operator: str, holds: bool) -> None:
    assert compare(D(value), operator, D(100)) is holds


def test_an_unknown_comparison_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"a rule compares with one of >= <= > < = !=, not with '=>'"):
        compare(D(1), "=>", D(1))


def test_rules_go_by_priority_then_id_each_once() -> None:
    rules = [Rule("b", Always(), 1), Rule("a", Always(), 1), Rule("c", Always(), 5), Rule("a", Always(), 1)]
    assert [rule.id for rule in in_order(rules)] == ["c", "a", "b"]
    assert STANDARD.rate == 19


def test_containers_ask_about_the_same_thing() -> None:
    line = CART.of_line(LINES[0])
    screw = LineItemNumber(frozenset({"SCREW"}))
    assert AllOf((screw, InCurrency(frozenset({"EUR"})))).matches(line)
    assert AnyOf((screw, CartAmount(">=", D(0)))).matches(line)
    assert not AllOf((screw, CartAmount(">=", D(0)))).matches(line)
