"""Shipping costs: which row of the matrix, how taxed, when free; and when it arrives."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.refshop.cart.paper import REDUCED, STANDARD, PaperShop, condition, context, product, row, rule, shipping
from updategate.embedded.refshop.cart.delivery import date_after
from updategate.embedded.refshop.cart.items import DeliveryTime

LAMP = product("lamp", "10", "8.40")
BOOK = product("book", "30", "28.04", tax_id=REDUCED)
QUANTITY, PRICE, WEIGHT, VOLUME = 1, 2, 3, 4


def _costs(shop: PaperShop, lines: dict[str, int], **where: Any) -> Decimal:
    cart = shop.cart(lines, where=context(**where))
    return sum((price.total for price in cart.shipping_prices()), Decimal(0))


@pytest.mark.parametrize(
    ("calculation", "lines", "expected"),
    [
        (QUANTITY, {"lamp": 3}, "5"),
        (QUANTITY, {"lamp": 4}, "7"),
        (PRICE, {"lamp": 1}, "7"),
        (WEIGHT, {"lamp": 3}, "5"),
        (WEIGHT, {"lamp": 3, "book": 1}, "7"),
    ],
)
def test_rows_from_and_to_are_included(calculation: int, lines: dict[str, int], expected: str) -> None:
    method = shipping(
        row("5", "4.2", end="3", calculation=calculation), row("7", "5.88", start="3.01", calculation=calculation)
    )
    assert _costs(PaperShop([LAMP, BOOK], method=method), lines) == Decimal(expected)


def test_volume_is_counted_by_piece() -> None:
    box = replace(LAMP, delivery=replace(LAMP.delivery, length=Decimal(2), width=Decimal(3), height=Decimal(4)))
    method = shipping(row("5", "4.2", end="24", calculation=VOLUME), row("7", "5.88", "24.1", calculation=VOLUME))
    shop = PaperShop([box], method=method)
    assert (_costs(shop, {"lamp": 1}), _costs(shop, {"lamp": 2})) == (Decimal(5), Decimal(7))


def test_rows_of_a_rule_come_before_those_without() -> None:
    rich = rule("rich", condition("cartCartAmount", operator=">=", amount=50))
    shop = PaperShop([LAMP], [rich], method=shipping(row("5", "4.2"), row("9", "7.56", rule_id="rich")))
    assert (_costs(shop, {"lamp": 1}), _costs(shop, {"lamp": 5})) == (Decimal(5), Decimal(9))


def test_cheapest_of_several_rows_that_apply() -> None:
    shop = PaperShop([LAMP], method=shipping(row("5", "4.2"), row("3", "2.52", end="100")))
    assert _costs(shop, {"lamp": 1}) == Decimal(3)


def test_no_row_blocks_the_method() -> None:
    cart = PaperShop([LAMP], method=shipping(row("5", "4.2", start="50"))).cart({"lamp": 1})
    assert list(cart.errors) == ["shipping-method-blocked-Standard"]


def test_free_only_if_everything_ships_free() -> None:
    free = replace(BOOK, delivery=replace(BOOK.delivery, free_delivery=True))
    shop = PaperShop([LAMP, free], method=shipping(row("5", "4.2")))
    assert (_costs(shop, {"book": 1}), _costs(shop, {"book": 1, "lamp": 1})) == (Decimal(0), Decimal(5))


def test_what_ships_free_does_not_count() -> None:
    free = replace(BOOK, delivery=replace(BOOK.delivery, free_delivery=True))
    method = shipping(row("5", "4.2", end="20"), row("0", "0", start="20.01"))
    assert _costs(PaperShop([LAMP, free], method=method), {"book": 3, "lamp": 1}) == Decimal(5)


@pytest.mark.parametrize(
    ("tax_type", "tax_id", "expected"),
    [
        # 10 of 40 are taxed with 19 %, 30 with 7 %
        ("auto", None, [("19", "2"), ("7", "6")]),
        ("highest", None, [("19", "8")]),
        ("fixed", REDUCED, [("7", "8")]),
        ("fixed", STANDARD, [("19", "8")]),
    ],
)
def test_tax_of_the_costs(tax_type: str, tax_id: str | None, expected: list[tuple[str, str]]) -> None:
    method = shipping(row("8", "6.72"), tax_type=tax_type, tax_id=tax_id)
    cart = PaperShop([LAMP, BOOK], method=method).cart({"lamp": 1, "book": 1})
    taxes = cart.shipping_prices()[0].taxes
    assert [(tax.rate, tax.price) for tax in taxes] == [(Decimal(rate), Decimal(part)) for rate, part in expected]


def test_empty_cart_has_no_delivery() -> None:
    assert PaperShop([LAMP]).cart({}).deliveries == []


@pytest.mark.parametrize(
    ("time", "earliest", "latest"),
    [
        (DeliveryTime("", 1, 3, "day"), "2026-01-31", "2026-02-02"),
        (DeliveryTime("", 1, 2, "week"), "2026-02-06", "2026-02-13"),
        # like PHP: 30 January plus one month overflows into March
        (DeliveryTime("", 1, 2, "month"), "2026-03-02", "2026-03-30"),
        (DeliveryTime("", 1, 1, "year"), "2027-01-30", "2027-01-30"),
    ],
)
def test_dates(time: DeliveryTime, earliest: str, latest: str) -> None:
    date = date_after(time, datetime(2026, 1, 30, 9, 30, tzinfo=UTC))
    assert (f"{date.earliest:%Y-%m-%d}", f"{date.latest:%Y-%m-%d}") == (earliest, latest)
    assert date.earliest.hour == 16
