"""Which price a product has: currency, tiers, rules; and how many pieces may be bought."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.refshop.cart.paper import (
    DOLLAR,
    EURO,
    PaperShop,
    amount,
    condition,
    context,
    customer,
    net_context,
    product,
    rule,
    tier,
)
from updategate.embedded.refshop.cart.context import Currency
from updategate.embedded.refshop.cart.items import Cart
from updategate.embedded.refshop.cart.prices import ReferencePriceDefinition

DOLLARS = Currency(DOLLAR, "USD", Decimal("1.1"), False)
ALWAYS = rule("always", condition("alwaysValid"), priority=1)
BUSINESS = rule("business", condition("customerCustomerGroup", operator="=", customerGroupIds=["business"]), priority=9)


def _unit(shop: PaperShop, quantity: int = 1, **where: object) -> Decimal:
    cart = shop.cart({"lamp": quantity}, where=context(**where))
    price = cart.items["lamp"].price
    assert price is not None
    return price.unit


def test_price_of_the_own_currency_comes_first() -> None:
    lamp = product("lamp", "10", "8.40", prices=(amount("10", "8.40"), amount("12.5", "10.5", DOLLAR)))
    assert _unit(PaperShop([lamp]), currency=DOLLARS) == Decimal("12.5")


def test_other_currencies_are_converted_by_their_factor() -> None:
    assert _unit(PaperShop([product("lamp", "9.99", "8.39")]), currency=DOLLARS) == Decimal("10.99")


def test_groups_see_net_or_gross() -> None:
    cart = PaperShop([product("lamp", "10", "8.40")]).cart({"lamp": 1}, where=net_context())
    assert (cart.price.position, cart.price.total) == (Decimal("8.4"), Decimal(10))


@pytest.mark.parametrize(("quantity", "expected"), [(1, "10"), (9, "10"), (10, "9"), (49, "9"), (50, "8"), (99, "8")])
def test_tiers_begin_and_end_with_their_quantities(quantity: int, expected: str) -> None:
    tiers = (
        tier("always", 1, 9, "10", "8.40"),
        tier("always", 10, 49, "9", "7.56"),
        tier("always", 50, None, "8", "6.72"),
    )
    shop = PaperShop([product("lamp", "11", "9.24", advanced=tiers)], [ALWAYS])
    assert _unit(shop, quantity) == Decimal(expected)


def test_tiers_of_the_most_important_rule_win_even_if_dearer() -> None:
    tiers = (tier("always", 1, None, "5", "4.20"), tier("business", 1, None, "7", "5.88"))
    shop = PaperShop([product("lamp", "11", "9.24", advanced=tiers)], [ALWAYS, BUSINESS])
    assert _unit(shop) == Decimal(5)
    assert _unit(shop, customer_group_id="business", customer=customer("business")) == Decimal(7)


def test_tiers_of_a_rule_that_does_not_hold_are_none() -> None:
    shop = PaperShop([product("lamp", "11", "9.24", advanced=(tier("business", 1, None, "7", "5.88"),))], [BUSINESS])
    assert _unit(shop) == Decimal(11)


def test_price_by_measure() -> None:
    wine = product("lamp", "6", "5.04", reference=ReferencePriceDefinition(Decimal("0.75"), Decimal(1), "litre"))
    reference = PaperShop([wine]).cart({"lamp": 2}).items["lamp"].price.reference  # type: ignore[union-attr]
    assert reference is not None
    assert reference.price == Decimal(8)


def _bought(quantity: int, **limits: object) -> tuple[int, list[str], Cart]:
    cart = PaperShop([product("lamp", "10", "8.40", **limits)]).cart({"lamp": quantity})
    line = cart.items.get("lamp")
    return (line.quantity if line else 0), [error.message_key for error in cart.errors.values()], cart


@pytest.mark.parametrize(
    ("limits", "quantity", "bought", "errors"),
    [
        ({}, 3, 3, []),
        ({"min_purchase": 5, "purchase_steps": 5}, 3, 5, ["min-order-quantity"]),
        ({"min_purchase": 5, "purchase_steps": 5}, 7, 5, ["purchase-steps-quantity"]),
        ({"min_purchase": 5, "purchase_steps": 5}, 10, 10, []),
        ({"max_purchase": 4}, 6, 4, ["product-stock-reached"]),
        ({"min_purchase": 2, "purchase_steps": 3, "max_purchase": 7}, 7, 5, ["product-stock-reached"]),
        ({"is_closeout": True, "available_stock": 3}, 3, 3, []),
        ({"is_closeout": True, "available_stock": 3}, 4, 3, ["product-stock-reached"]),
        ({"is_closeout": True, "available_stock": 0}, 1, 0, ["product-out-of-stock"]),
        ({"is_closeout": True, "available_stock": 4, "min_purchase": 5}, 5, 0, ["product-out-of-stock"]),
        ({"is_closeout": False, "available_stock": 0}, 12, 12, []),
        ({}, 101, 100, ["product-stock-reached"]),
    ],
)
def test_quantities_are_corrected(limits: dict[str, object], quantity: int, bought: int, errors: list[str]) -> None:
    assert _bought(quantity, **limits)[:2] == (bought, errors)


@settings(deadline=None)
@given(st.integers(1, 200), st.integers(1, 9), st.integers(1, 9), st.integers(0, 60))
def test_corrected_quantities_satisfy_every_limit(wanted: int, least: int, steps: int, stock: int) -> None:
    bought, _, _ = _bought(wanted, min_purchase=least, purchase_steps=steps, is_closeout=True, available_stock=stock)
    assert bought == 0 or (least <= bought <= stock and (bought - least) % steps == 0)


def test_unknown_product_is_thrown_out_with_an_error() -> None:
    shop = PaperShop([product("lamp", "10", "8.40")])
    cart = shop.cart({"lamp": 1, "ghost": 1})
    assert list(cart.items) == ["lamp"]
    assert list(cart.errors) == ["product-not-foundghost"]


def test_parent_of_variants_cannot_be_bought() -> None:
    parent = replace(product("lamp", "10", "8.40"), has_variants=True)
    assert PaperShop([parent]).cart({"lamp": 1}).items == {}


def test_currency_of_the_system_needs_no_factor() -> None:
    euros = Currency(EURO, "EUR", Decimal(1), True)
    assert _unit(PaperShop([product("lamp", "9.99", "8.39")]), currency=euros) == Decimal("9.99")
