"""Discounts that are wrong."""

# ruff: noqa: D102, FBT001 - described and signed where they are overridden, in Behaviour

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from updategate.embedded.refshop.behaviour import Behaviour

from .registry import Group

PROMOTIONS = Group("promotions")
_T = TypeVar("_T")


@PROMOTIONS.mutant("promotion-percentage-of-net", "class: net taken for gross", "promotion cart tax")
class PercentageOfNet(Behaviour):
    """A percentage promotion is taken from the net amount."""

    def percentage_discount(self, price: Decimal, net: Decimal, percentage: Decimal) -> Decimal:
        del price
        return net * percentage / 100


@PROMOTIONS.mutant("discount-taxed-at-one-rate", "class: discount not spread over tax rates", "promotion tax cart")
class DiscountTaxedAtOneRate(Behaviour):
    """A discount on goods of two rates lowers the tax of the first rate only; its amount is right."""

    def discount_rates(self, rates: tuple[_T, ...]) -> tuple[_T, ...]:
        first: Any = rates[:1]
        return tuple(dataclasses.replace(rate, percentage=Decimal(100)) for rate in first)


@PROMOTIONS.mutant("pound-discount-converted", "class: price of a currency is lost", "promotion currency cart")
class PoundDiscountConverted(Behaviour):
    """A discount that was entered in pounds is ignored for the one in euro, converted."""

    def entered_discount_counts(self, iso: str) -> bool:
        return iso != "GBP" and super().entered_discount_counts(iso)


@PROMOTIONS.mutant("ended-promotion-runs-on", "class: UTC compared with local time", "promotion cart")
class EndedPromotionRunsOn(Behaviour):
    """A promotion runs two hours longer than it should, and begins two hours later."""

    def promotion_runs(self, now: datetime, start: datetime | None, end: datetime | None) -> bool:
        return super().promotion_runs(now - timedelta(hours=2), start, end)


@PROMOTIONS.mutant("redeemed-once-too-often", "class: limit per customer ignored", "promotion account cart")
class RedeemedOnceTooOften(Behaviour):
    """How often one customer may use a promotion is not limited; its limit for all holds."""

    def customer_usages_left(self, used: int, allowed: int | None) -> bool:
        del used, allowed
        return True


@PROMOTIONS.mutant("redemption-not-counted", "shopware/shopware#18510", "promotion order")
class RedemptionNotCounted(Behaviour):
    """An order does not raise the count of its promotion: no limit is ever reached."""

    def redemption_counts(self) -> bool:
        return False


@PROMOTIONS.mutant("code-redeemed-again", "class: individual code not spent", "promotion order cart")
class CodeRedeemedAgain(Behaviour):
    """An individual code can be used for any number of orders."""

    def individual_code_is_free(self, redeemed: bool) -> bool:
        del redeemed
        return True


@PROMOTIONS.mutant("promotions-combine", "class: preventCombination ignored", "promotion cart")
class PromotionsCombine(Behaviour):
    """A promotion that tolerates no other is granted beside others."""

    def prevents_combination(self, prevented: bool) -> bool:
        del prevented
        return False


@PROMOTIONS.mutant("shipping-discount-untaxed", "class: tax of a discount forgotten", "promotion shipping tax cart")
class ShippingDiscountUntaxed(Behaviour):
    """A discount on shipping does not lower the tax of the cart."""

    def shipping_discount_rates(self, rates: tuple[_T, ...]) -> tuple[_T, ...]:
        del rates
        return ()


@PROMOTIONS.mutant("discount-cap-ignored", "class: maxValue ignored", "promotion cart")
class DiscountCapIgnored(Behaviour):
    """A percentage discount has no greatest amount."""

    def caps_discount(self) -> bool:
        return False
