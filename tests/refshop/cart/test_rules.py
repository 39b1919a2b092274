"""Rules: trees of conditions, operators, missing values; and what this shop cannot judge."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.refshop.cart.paper import (
    ALWAYS,
    CHANNEL,
    EURO,
    GERMANY,
    REDUCED,
    STANDARD,
    PaperShop,
    condition,
    context,
    customer,
    product,
)
from updategate.embedded.refshop.behaviour import Behaviour
from updategate.embedded.refshop.cart.rules import Condition, Scope, all_of, any_of, holds, is_known

LAMP = product("lamp", "10", "8.40")
BOOK = product("book", "30", "28.04", tax_id=REDUCED, payload={"taxId": REDUCED, "productNumber": "B-1"})
NEVER = Condition("orContainer")


def _holds(tested: Condition, lines: dict[str, int] | None = None, **where: Any) -> bool:
    here = context(**where)
    cart = PaperShop([LAMP, BOOK]).cart(lines or {}, where=here)
    return holds(tested, Scope(here, Behaviour(), cart))


@pytest.mark.parametrize(
    ("tested", "expected"),
    [
        (all_of([ALWAYS, ALWAYS]), True),
        (all_of([ALWAYS, NEVER]), False),
        (all_of([]), True),
        (any_of([NEVER, ALWAYS]), True),
        (any_of([]), False),
        (any_of([all_of([ALWAYS, NEVER]), all_of([ALWAYS])]), True),
        (Condition("notContainer", children=(NEVER,)), True),
        (Condition("xorContainer", children=(ALWAYS, ALWAYS)), False),
        (Condition("xorContainer", children=(ALWAYS, NEVER)), True),
    ],
)
def test_containers(tested: Condition, expected: bool) -> None:
    assert _holds(tested) is expected


@pytest.mark.parametrize(
    ("operator", "amount", "expected"),
    [
        (">=", 50, True),
        (">=", 50.01, False),
        (">", 50, False),
        (">", 49.99, True),
        ("<=", 50, True),
        ("<=", 49.99, False),
        ("<", 50, False),
        ("<", 50.01, True),
        ("=", 50, True),
        ("=", 50.01, False),
        ("!=", 50, False),
        ("!=", 50.01, True),
    ],
)
def test_amounts_at_their_limits(operator: str, amount: float, expected: bool) -> None:
    tested = condition("cartCartAmount", operator=operator, amount=amount)
    assert _holds(tested, {"lamp": 2, "book": 1}) is expected


@settings(deadline=None)
@given(st.integers(1, 60), st.decimals(Decimal(0), Decimal(700), places=2))
def test_at_least_and_less_are_opposites(quantity: int, amount: Decimal) -> None:
    lines = {"lamp": quantity}
    at_least = _holds(condition("cartCartAmount", operator=">=", amount=str(amount)), lines)
    less = _holds(condition("cartCartAmount", operator="<", amount=str(amount)), lines)
    assert at_least is not less
    assert at_least is (quantity * 10 >= amount)


@pytest.mark.parametrize(
    ("tested", "expected"),
    [
        (condition("cartLineItem", operator="=", identifiers=["lamp"]), True),
        (condition("cartLineItem", operator="=", identifiers=["ghost"]), False),
        (condition("cartLineItem", operator="!=", identifiers=["lamp"]), True),
        (condition("cartLineItemTaxation", operator="=", taxIds=[REDUCED]), True),
        (condition("cartLineItemTaxation", operator="=", taxIds=[STANDARD]), False),
        (condition("cartLineItemsInCartCount", operator="=", count=2), True),
        (condition("cartWeight", operator=">=", weight=3), True),
        (condition("cartWeight", operator=">", weight=3), False),
        (condition("currency", operator="=", currencyIds=[EURO]), True),
        (condition("salesChannel", operator="=", salesChannelIds=[CHANNEL]), True),
        (condition("customerLoggedIn", isLoggedIn=True), False),
        (condition("customerLoggedIn", isLoggedIn=False), True),
    ],
)
def test_conditions_of_the_cart(tested: Condition, expected: bool) -> None:
    assert _holds(tested, {"lamp": 2, "book": 1}) is expected


@pytest.mark.parametrize(
    ("tested", "expected"),
    [
        (condition("customerCustomerGroup", operator="=", customerGroupIds=["consumers"]), True),
        (condition("customerBillingCountry", operator="=", countryIds=[GERMANY.id]), True),
        (condition("customerShippingCountry", operator="!=", countryIds=[GERMANY.id]), False),
        (condition("customerBillingZipCode", operator="=", zipCodes=["10*"]), True),
        (condition("customerBillingZipCode", operator="=", zipCodes=["11*"]), False),
        (condition("customerCustomerNumber", operator="=", numbers=["1000"]), True),
        (condition("customerLastName", operator="=", lastName="BYRON"), True),
        (condition("customerIsGuest", isGuest=True), False),
    ],
)
def test_conditions_of_the_customer(tested: Condition, expected: bool) -> None:
    buyer = customer(facts={"lastName": "Byron", "firstName": "Ada"})
    assert _holds(tested, customer=buyer) is expected


@pytest.mark.parametrize(
    ("tested", "expected"),
    [
        (condition("dayOfWeek", operator="=", dayOfWeek=3), True),
        (condition("dayOfWeek", operator="=", dayOfWeek=4), False),
        (condition("dateRange", fromDate="2026-03-01T00:00:00", toDate="2026-04-01T00:00:00", useTime=True), True),
        (condition("dateRange", fromDate="2026-03-05T00:00:00", toDate=None, useTime=True), False),
        (condition("timeRange", fromTime="11:00", toTime="13:00"), True),
        (condition("timeRange", fromTime="13:00", toTime="14:00"), False),
    ],
)
def test_conditions_of_time(tested: Condition, expected: bool) -> None:
    # a Wednesday, 4 March 2026, 12:00
    assert _holds(tested) is expected


def test_unknown_condition_never_holds_and_spoils_its_rule() -> None:
    unknown = condition("pluginCondition", operator="=")
    assert not _holds(unknown)
    assert not is_known(any_of([ALWAYS, unknown]))
    assert is_known(any_of([ALWAYS]))


def test_unknown_operator_never_holds() -> None:
    assert not _holds(condition("currency", operator="~", currencyIds=[EURO]))


def test_rules_hold_for_the_cart_with_its_own_consequences() -> None:
    """A tier that a rule grants changes the amount that the rule looks at: the calculation settles."""
    lines = {"lamp": 5}
    cart = PaperShop([LAMP]).cart(lines)
    assert cart.price.total == 50
