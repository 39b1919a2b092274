"""Promotions: what they take off, from what, whether they may, and which of several."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.refshop.cart.paper import (
    DOLLAR,
    NOW,
    REDUCED,
    PaperShop,
    condition,
    context,
    customer,
    discount,
    net_context,
    product,
    promotion,
    row,
    set_group,
    shipping,
)
from updategate.embedded.refshop.cart.context import Currency
from updategate.embedded.refshop.cart.items import PROMOTION, Cart
from updategate.embedded.refshop.cart.process import Features
from updategate.embedded.refshop.cart.promotion import Promotion
from updategate.embedded.refshop.cart.promotion_reader import both_ways

LAMP = product("lamp", "10", "8.40")
BOOK = product("book", "30", "28.04", tax_id=REDUCED)
PEN = product("pen", "2", "1.68")
CODE = "CODE"


def _shop(*promotions: Promotion, **more: Any) -> PaperShop:
    return PaperShop([LAMP, BOOK, PEN], promotions=promotions, **more)


def _saved(cart: Cart) -> Decimal:
    return -sum((item.price.total for item in cart.of_type(PROMOTION) if item.price), Decimal(0))


def _keys(cart: Cart) -> list[str]:
    return [error.message_key for error in cart.errors.values()]


@pytest.mark.parametrize(
    ("kind", "value", "more", "saved"),
    [
        ("percentage", "10", {}, "5"),
        ("percentage", "33.33", {}, "16.67"),
        ("percentage", "50", {"max_value": Decimal(12)}, "12"),
        ("percentage", "10", {"max_value": Decimal(12)}, "5"),
        ("absolute", "7.77", {}, "7.77"),
        ("absolute", "500", {}, "50"),
        # 2 lamps and 1 book for 20 together
        ("fixed", "20", {}, "30"),
        # each piece for 5: 2 * 5 + 25
        ("fixed_unit", "5", {}, "35"),
    ],
)
def test_discount_on_the_cart(kind: str, value: str, more: dict[str, Any], saved: str) -> None:
    shop = _shop(promotion(CODE, discount("cart", kind, value, **more)))
    cart = shop.cart({"lamp": 2, "book": 1}, CODE)
    assert _saved(cart) == Decimal(saved)
    assert cart.price.total == 50 - Decimal(saved)
    assert _keys(cart) == ["promotion-discount-added"]


def test_discount_is_taxed_as_what_it_is_taken_from() -> None:
    cart = _shop(promotion(CODE, discount("cart", "absolute", "10"))).cart({"lamp": 2, "book": 1}, CODE)
    line = cart.of_type(PROMOTION)[0]
    assert line.price is not None
    # 20 of 50 are taxed with 19 %, 30 with 7 %
    assert [(tax.rate, tax.price, tax.tax) for tax in line.price.taxes] == [
        (Decimal(19), Decimal(-4), Decimal("-0.64")),
        (Decimal(7), Decimal(-6), Decimal("-0.39")),
    ]


def test_percentage_of_net_prices() -> None:
    cart = _shop(promotion(CODE, discount("cart", "percentage", "10"))).cart({"lamp": 10}, CODE, where=net_context())
    assert (cart.price.net, cart.price.total) == (Decimal("75.6"), Decimal("89.96"))


def test_absolute_discount_in_another_currency() -> None:
    dollars = Currency(DOLLAR, "USD", Decimal("1.1"), False)
    entered = discount("cart", "absolute", "5", prices={DOLLAR: Decimal("6.5")})
    converted = discount("cart", "absolute", "5")
    where = context(currency=dollars)
    assert _saved(_shop(promotion(CODE, entered)).cart({"lamp": 2}, CODE, where=where)) == Decimal("6.5")
    assert _saved(_shop(promotion(CODE, converted)).cart({"lamp": 2}, CODE, where=where)) == Decimal("5.5")


def test_only_products_that_fit_the_rules_of_the_discount() -> None:
    cheap = condition("cartLineItemUnitPrice", operator="<=", amount=10)
    shop = _shop(promotion(CODE, discount("cart", "percentage", "50", consider_advanced_rules=True, rules=(cheap,))))
    assert _saved(shop.cart({"lamp": 2, "book": 1}, CODE)) == Decimal(10)
    assert _saved(shop.cart({"book": 1}, CODE)) == 0


@pytest.mark.parametrize(
    ("settings", "saved"),
    [
        # every second piece, cheapest first: pen pen lamp lamp book -> pen, lamp
        ({"sorter": "PRICE_ASC", "applier": "2", "usage": "ALL", "picker": "VERTICAL"}, "2"),
        ({"sorter": "PRICE_DESC", "applier": "ALL", "usage": "1", "picker": "VERTICAL"}, "30"),
        ({"sorter": "PRICE_ASC", "applier": "1", "usage": "2", "picker": "VERTICAL"}, "4"),
    ],
)
def test_pieces_picked_from_the_cart(settings: dict[str, str], saved: str) -> None:
    shop = _shop(promotion(CODE, discount("cart", "percentage", "100", consider_advanced_rules=True, **settings)))
    assert _saved(shop.cart({"pen": 2, "lamp": 2, "book": 1}, CODE)) == Decimal(saved)


@pytest.mark.parametrize(
    ("group", "kind", "value", "lines", "saved"),
    [
        # sets of 3, cheapest first: one set pen pen lamp
        (set_group("COUNT", "3"), "percentage", "50", {"pen": 2, "lamp": 3}, "7"),
        (set_group("COUNT", "3", "PRICE_DESC"), "percentage", "50", {"pen": 2, "lamp": 3}, "15"),
        (set_group("COUNT", "3"), "percentage", "50", {"pen": 2}, "0"),
        # two sets of 2 lamps, each for 15
        (set_group("COUNT", "2"), "fixed", "15", {"lamp": 5}, "10"),
        # pieces worth at least 15 with tax: two lamps
        (set_group("PRICE_UNIT_GROSS", "15"), "absolute", "6", {"lamp": 3}, "6"),
        # without tax two lamps are worth 16.80
        (set_group("PRICE_UNIT_NET", "17"), "percentage", "10", {"lamp": 2}, "0"),
        (set_group("PRICE_UNIT_NET", "16"), "percentage", "10", {"lamp": 2}, "2"),
    ],
)
def test_discount_on_sets(group: Any, kind: str, value: str, lines: dict[str, int], saved: str) -> None:
    shop = _shop(promotion(CODE, discount("set", kind, value), set_groups=(group,)))
    assert _saved(shop.cart(lines, CODE)) == Decimal(saved)


@pytest.mark.parametrize(
    ("kind", "value", "shipping_total"),
    [
        ("percentage", "50", "3"),
        ("percentage", "100", "0"),
        ("absolute", "2", "4"),
        ("absolute", "9", "0"),
        ("fixed_unit", "1", "1"),
        ("fixed_unit", "8", "6"),
    ],
)
def test_discount_on_shipping(kind: str, value: str, shipping_total: str) -> None:
    shop = _shop(promotion(CODE, discount("delivery", kind, value)), method=shipping(row("6", "5.04")))
    cart = shop.cart({"lamp": 1}, CODE)
    assert sum(price.total for price in cart.shipping_prices()) == Decimal(shipping_total)
    assert cart.price.total == 10 + Decimal(shipping_total)


def test_nothing_to_take_off_free_shipping() -> None:
    shop = _shop(promotion(CODE, discount("delivery", "percentage", "50")))
    assert len(shop.cart({"lamp": 1}, CODE).deliveries) == 1


def test_unknown_code_is_told_and_forgotten() -> None:
    cart = _shop().cart({"lamp": 1}, "NONSENSE")
    assert (_keys(cart), cart.codes, cart.of_type(PROMOTION)) == (["promotion-not-found"], [], [])


@pytest.mark.parametrize(
    ("changes", "usable"),
    [
        ({"active": False}, False),
        ({"sales_channel_ids": frozenset({"other"})}, False),
        ({"valid_from": NOW}, True),
        ({"valid_from": NOW + timedelta(seconds=1)}, False),
        ({"valid_until": NOW + timedelta(seconds=1)}, True),
        ({"valid_until": NOW}, False),
        ({"max_redemptions": 3, "order_count": 2}, True),
        ({"max_redemptions": 3, "order_count": 3}, False),
        ({"max_redemptions_per_customer": 1, "orders_per_customer": {"ada": 1}}, False),
        ({"max_redemptions_per_customer": 2, "orders_per_customer": {"ada": 1}}, True),
        ({"max_redemptions_per_customer": 1, "orders_per_customer": {"bob": 1}}, True),
        ({"discounts": ()}, False),
    ],
)
def test_whether_a_promotion_runs(changes: dict[str, Any], usable: bool) -> None:
    offered = replace(promotion(CODE, discount("cart", "percentage", "10")), **changes)
    cart = _shop(offered).cart({"lamp": 1}, CODE, where=context(customer=customer()))
    assert _keys(cart) == ["promotion-discount-added" if usable else "promotion-not-found"]


def test_condition_that_does_not_hold_yet() -> None:
    dear = condition("cartCartAmount", operator=">=", amount=20)
    shop = _shop(promotion(CODE, discount("cart", "percentage", "10"), condition=dear))
    assert _keys(shop.cart({"lamp": 1}, CODE)) == ["promotion-not-eligible"]
    assert _saved(shop.cart({"lamp": 2}, CODE)) == Decimal(2)


def test_automatic_promotion_comes_and_goes_silently() -> None:
    dear = condition("cartCartAmount", operator=">=", amount=20)
    shop = _shop(promotion("", discount("cart", "percentage", "10"), condition=dear))
    assert shop.cart({"lamp": 1}).errors == {}
    assert _saved(shop.cart({"lamp": 2})) == Decimal(2)


def test_higher_priority_comes_first() -> None:
    first = promotion("FIRST", discount("cart", "absolute", "10"), priority=9)
    second = promotion("SECOND", discount("cart", "percentage", "50"), priority=1)
    cart = _shop(first, second).cart({"lamp": 2}, "SECOND", "FIRST")
    assert [line.referenced_id for line in cart.of_type(PROMOTION)] == ["FIRST", "SECOND"]


def test_promotion_that_prevents_combination_drives_out_the_others() -> None:
    alone = promotion("ALONE", discount("cart", "percentage", "10"), prevent_combination=True, priority=5)
    other = promotion("OTHER", discount("cart", "absolute", "3"))
    cart = _shop(alone, other).cart({"lamp": 2}, "OTHER", "ALONE")
    assert [line.referenced_id for line in cart.of_type(PROMOTION)] == ["ALONE"]
    assert "promotion-excluded" in _keys(cart)


def test_promotion_excludes_those_that_it_names() -> None:
    other = promotion("OTHER", discount("cart", "absolute", "3"))
    third = promotion("THIRD", discount("cart", "absolute", "2"))
    picky = promotion("PICKY", discount("cart", "percentage", "10"), exclusion_ids=(other.id,), priority=5)
    cart = _shop(picky, other, third).cart({"lamp": 2}, "OTHER", "THIRD", "PICKY")
    assert [line.referenced_id for line in cart.of_type(PROMOTION)] == ["PICKY", "THIRD"]


def test_discounts_never_cost_more_than_the_cart() -> None:
    one = promotion("ONE", discount("cart", "absolute", "15"))
    two = promotion("TWO", discount("cart", "percentage", "80"))
    cart = _shop(one, two).cart({"lamp": 2}, "ONE", "TWO")
    assert (cart.price.total, _saved(cart)) == (Decimal(0), Decimal(20))


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from(["lamp", "book", "pen"]), st.integers(1, 20), min_size=1),
    st.lists(
        st.tuples(st.sampled_from(["percentage", "absolute", "fixed", "fixed_unit"]), st.integers(1, 60)),
        min_size=1,
        max_size=3,
    ),
)
def test_carts_add_up_whatever_is_taken_off(lines: dict[str, int], wanted: list[tuple[str, int]]) -> None:
    promotions = [
        promotion(f"P{number}", discount("cart", kind, str(value))) for number, (kind, value) in enumerate(wanted)
    ]
    cart = _shop(*promotions).cart(lines, *(f"P{number}" for number in range(len(promotions))))
    positions = sum((item.price.total for item in cart.items.values() if item.price), Decimal(0))
    assert cart.price.position == positions
    assert cart.price.total >= 0
    assert all(item.price.total <= 0 for item in cart.of_type(PROMOTION) if item.price)


def test_exclusions_count_both_ways() -> None:
    picky = promotion("PICKY", discount("cart", "percentage", "10"), exclusion_ids=("promotion-FIRST",), priority=1)
    first = promotion("FIRST", discount("cart", "absolute", "3"), priority=9)
    cart = _shop(*both_ways([picky, first])).cart({"lamp": 2}, "PICKY", "FIRST")
    assert [line.referenced_id for line in cart.of_type(PROMOTION)] == ["FIRST"]


@pytest.mark.parametrize(("keeps_prices", "saved"), [(True, "4"), (False, "2")])
def test_pieces_of_a_line_make_one_set_by_price_before_66(keeps_prices: bool, saved: str) -> None:
    group = set_group("PRICE_UNIT_GROSS", "15")
    shop = _shop(
        promotion(CODE, discount("set", "percentage", "10"), set_groups=(group,)),
        features=Features(keeps_piece_prices=keeps_prices),
    )
    assert _saved(shop.cart({"lamp": 4}, CODE)) == Decimal(saved)


def test_promotions_come_as_they_were_entered_before_66() -> None:
    first = promotion("FIRST", discount("cart", "absolute", "10"), priority=9)
    second = promotion("SECOND", discount("cart", "percentage", "50"), priority=1)
    shop = _shop(first, second, features=Features(discounts_by_priority=False))
    cart = shop.cart({"lamp": 2}, "SECOND", "FIRST")
    assert [line.referenced_id for line in cart.of_type(PROMOTION)] == ["SECOND", "FIRST"]
