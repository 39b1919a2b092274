"""Decisions about discounts."""

# ruff: noqa: FBT001 - decisions are asked for with positional facts

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TypeVar

_T = TypeVar("_T")


class PromotionDecisions:
    """See ``Behaviour``."""

    def percentage_discount(self, price: Decimal, net: Decimal, percentage: Decimal) -> Decimal:
        """Return the positive discount on a line: ``price`` is what the customer sees, ``net`` the same without tax."""
        del net
        return price * percentage / 100

    def discount_limit(self, discount: Decimal, limit: Decimal) -> Decimal:
        """Return how much of a discount is allowed: never more than the cart costs."""
        return min(discount, limit)

    def caps_discount(self) -> bool:
        """Tell whether the greatest amount of a percentage discount counts."""
        return True

    def discount_rates(self, rates: tuple[_T, ...]) -> tuple[_T, ...]:
        """Return the tax rates of a discount with the share of each: those of what it is a discount on."""
        return rates

    def shipping_discount_rates(self, rates: tuple[_T, ...]) -> tuple[_T, ...]:
        """Return the tax rates of a discount on shipping: those of the shipping costs."""
        return rates

    def entered_discount_counts(self, iso: str) -> bool:
        """Tell whether a discount that was entered for a currency goes before the converted one."""
        del iso
        return True

    def promotion_runs(self, now: datetime, start: datetime | None, end: datetime | None) -> bool:
        """Tell whether a promotion runs: from its start (included) to its end (excluded)."""
        return (start is None or start <= now) and (end is None or now < end)

    def usages_left(self, used: int, allowed: int | None) -> bool:
        """Tell whether a promotion may be used once more."""
        return allowed is None or used < allowed

    def customer_usages_left(self, used: int, allowed: int | None) -> bool:
        """Tell whether one customer may use a promotion once more."""
        return self.usages_left(used, allowed)

    def redemption_counts(self) -> bool:
        """Tell whether an order raises the count of its promotions."""
        return True

    def individual_code_is_free(self, redeemed: bool) -> bool:
        """Tell whether an individual code may be used, given whether an order has used it."""
        return not redeemed

    def prevents_combination(self, prevented: bool) -> bool:
        """Tell whether a promotion tolerates no other; ``prevented`` is its setting."""
        return prevented
