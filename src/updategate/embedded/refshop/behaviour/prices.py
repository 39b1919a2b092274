"""Decisions about which price a customer gets."""

from __future__ import annotations

from decimal import Decimal


class PriceDecisions:
    """See ``Behaviour``."""

    def tier_applies(self, quantity: int, start: int, end: int | None) -> bool:
        """Tell whether an advanced price covers the quantity (both ends included)."""
        return start <= quantity and (end is None or quantity <= end)

    def price_rule_order(self, rule_ids: tuple[str, ...]) -> tuple[str, ...]:
        """Return the rules that hold in the order in which advanced prices are looked for (most important first)."""
        return rule_ids

    def condition_holds(self, condition_type: str, result: bool) -> bool:  # noqa: FBT001 - called by position everywhere
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
