"""Discounts that are wrong."""

# ruff: noqa: D102 - described and signed where they are overridden, in Behaviour

from __future__ import annotations

from decimal import Decimal

from updategate.embedded.refshop.behaviour import Behaviour

from .registry import Group

PROMOTIONS = Group("promotions")


@PROMOTIONS.mutant("promotion-percentage-of-net", "class: net taken for gross", "promotion cart tax")
class PercentageOfNet(Behaviour):
    """A percentage promotion is taken from the net amount."""

    def percentage_discount(self, price: Decimal, net: Decimal, percentage: Decimal) -> Decimal:
        del price
        return net * percentage / 100
