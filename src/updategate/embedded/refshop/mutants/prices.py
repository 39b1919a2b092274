"""Prices of businesses that are wrong: tiers, rules, customer groups."""

# ruff: noqa: D102 - described and signed where they are overridden, in Behaviour

from __future__ import annotations

from updategate.embedded.refshop.behaviour import Behaviour

from .registry import Group

PRICES = Group("b2b-prices")


@PRICES.mutant("tier-off-by-one", "shopware/shopware#13489", "price cart")
class TierOffByOne(Behaviour):
    """A tier price starts one piece too late."""

    def tier_applies(self, quantity: int, start: int, end: int | None) -> bool:
        late = 1 if start > 1 else 0
        return start + late <= quantity and (end is None or quantity <= end + 1)
