"""Decisions about discounts."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal


class PromotionDecisions:
    """See ``Behaviour``."""

    def percentage_discount(self, price: Decimal, net: Decimal, percentage: Decimal) -> Decimal:
        """Return the positive discount on a line: ``price`` is what the customer sees, ``net`` the same without tax."""
        del net
        return price * percentage / 100

    def discount_limit(self, discount: Decimal, limit: Decimal) -> Decimal:
        """Return how much of a discount is allowed: never more than the cart costs."""
        return min(discount, limit)

    def promotion_runs(self, now: datetime, start: datetime | None, end: datetime | None) -> bool:
        """Tell whether a promotion runs: from its start (included) to its end (excluded)."""
        return (start is None or start <= now) and (end is None or now < end)

    def usages_left(self, used: int, allowed: int | None) -> bool:
        """Tell whether a promotion may be used once more."""
        return allowed is None or used < allowed
