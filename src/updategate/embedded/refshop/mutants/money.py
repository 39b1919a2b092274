"""Rounding, taxes, currencies and shipping costs that are wrong."""

# ruff: noqa: D102 - described and signed where they are overridden, in Behaviour

from __future__ import annotations

from decimal import Decimal

from updategate.embedded.refshop.behaviour import Behaviour

from .registry import Group

MONEY = Group("money")


@MONEY.mutant("tax-one-cent", "class: rounding of tax per line (real-shop.md 16)", "tax cart checkout order")
class TaxOneCent(Behaviour):
    """Tax of a line is one cent too high."""

    def round_tax(self, tax: Decimal, decimals: int, interval: Decimal) -> Decimal:
        rounded = super().round_tax(tax, decimals, interval)
        return rounded + Decimal(1).scaleb(-decimals) if rounded > 0 else rounded


@MONEY.mutant("shipping-threshold-inverted", "class: comparison with the wrong sign", "shipping cart checkout")
class ShippingThresholdInverted(Behaviour):
    """The shipping threshold compares with the wrong sign."""

    def shipping_price_applies(self, value: Decimal, start: Decimal, end: Decimal | None) -> bool:
        return value <= start or (end is not None and value > end)
