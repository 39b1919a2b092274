"""Decisions about which price a customer gets."""

# ruff: noqa: FBT001 - decisions are asked for with positional facts

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

_T = TypeVar("_T")


class PriceDecisions:
    """See ``Behaviour``."""

    def tier_applies(self, quantity: int, start: int, end: int | None) -> bool:
        """Tell whether an advanced price covers the quantity (both ends included)."""
        return start <= quantity and (end is None or quantity <= end)

    def tiers(self, tiers: list[_T]) -> list[_T]:
        """Return the advanced prices of a product for one rule, smallest quantity first."""
        return tiers

    def priced_quantity(self, line: str, quantity: int) -> int:
        """Return the quantity that the price of a line of a cart goes by."""
        del line
        return quantity

    def price_rule_order(self, rule_ids: tuple[str, ...]) -> tuple[str, ...]:
        """Return the rules that hold in the order in which advanced prices are looked for (most important first)."""
        return rule_ids

    def listing_uses_advanced_prices(self) -> bool:
        """Tell whether lists show the prices of rules too."""
        return True

    def inherited_fields(self, missing: Sequence[str]) -> Sequence[str]:
        """Return which fields a variant takes from its parent, given those that it does not have itself."""
        return missing

    def shows_gross(self, display_gross: bool, iso: str) -> bool:
        """Tell whether a customer group sees gross prices in a currency; ``display_gross`` is its setting."""
        del iso
        return display_gross

    def condition_holds(self, condition_type: str, result: bool) -> bool:
        """Return whether a condition of a rule holds, given what its comparison says."""
        del condition_type
        return result

    def threshold_reached(self, value: Decimal, operator: str, expected: Decimal) -> bool:
        """Compare numbers in rules; amounts closer than 0.00000001 are equal."""
        difference = value - expected
        near = Decimal("0.00000001")
        results = {
            "=": abs(difference) < near,
            "!=": abs(difference) >= near,
            ">=": difference > -near,
            "<=": difference < near,
            ">": difference >= near,
            "<": difference <= -near,
        }
        return results.get(operator, False)

    def page_key(self, address: str, visitor: str) -> str:
        """Return what a cached page is found by: its address, and the kind of visitor (currency, rules)."""
        return f"{address}#{visitor}"
