r"""Rounding as Shopware does it: ``Shopware\Core\Checkout\Cart\Price\CashRounding`` on top of PHP's ``round``."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

# Far more digits than any amount needs, and independent of the decimal context of whoever calls.
ARITHMETIC = Context(prec=50, rounding=ROUND_HALF_UP)

_ROUND_DIGITS = 15
_CAST_DIGITS = 14
_MONEY_DECIMALS = 2
_EPSILON = Decimal("0.00000001")


def php_round(value: Decimal, decimals: int) -> Decimal:
    """Round half away from zero to ``decimals`` places, as PHP's ``round`` does.

    PHP first rounds to 15 significant digits, so that 1.0049999999999999 (which is 1.005 after arithmetic that
    does not come out even) becomes 1.01. We do the same: our divisions do not come out even either.
    """
    if value.is_zero():
        return Decimal(0)
    return ARITHMETIC.quantize(_significant(value, _ROUND_DIGITS), Decimal(1).scaleb(-decimals)) + 0


def cast(value: Decimal) -> Decimal:
    """Keep 14 significant digits: ``FloatComparator::cast``, which sends a number through PHP's text form.

    Shopware does so to every figure that it stores in a price, and it shows: a tax of 1.18833333333333… a piece makes
    60.60 for 51 pieces, not 60.61, because 51 times its first 14 digits stays below 60.605.
    """
    return _significant(value, _CAST_DIGITS)


def at_least(value: Decimal, limit: Decimal) -> bool:
    r"""Whether ``value >= limit`` by ``Shopware\Core\Framework\Util\FloatComparator`` (within 1e-8)."""
    return limit - value < _EPSILON


def equal(value: Decimal, other: Decimal) -> bool:
    """Whether both are the same by ``FloatComparator::equals`` (within 1e-8)."""
    return abs(value - other) < _EPSILON


@dataclass(frozen=True, slots=True)
class CashRounding:
    """How a currency rounds: Shopware's ``CashRoundingConfig``.

    ``decimals`` is the number of decimal places, ``interval`` the smallest coin (``0.05`` in Switzerland), and
    ``round_for_net`` whether net and tax-free prices are rounded to the coin as well.
    """

    decimals: int = 2
    interval: Decimal = Decimal("0.01")
    round_for_net: bool = True

    def __post_init__(self) -> None:
        if self.interval <= 0:
            message = f"the interval of a rounding is greater than zero, e.g. 0.01 or 0.05, not {self.interval}"
            raise ValueError(message)

    def to_decimals(self, value: Decimal) -> Decimal:
        """Round to the decimal places only: ``CashRounding::mathRound``."""
        return php_round(value, self.decimals)

    def to_coin(self, value: Decimal) -> Decimal:
        """Round to the decimal places, then to the coin: ``CashRounding::cashRound``.

        With more than two decimal places Shopware ignores the coin.
        """
        rounded = self.to_decimals(value)
        if self.decimals > _MONEY_DECIMALS:
            return rounded
        return php_round(rounded / self.interval, 0) * self.interval + 0


def _significant(value: Decimal, digits: int) -> Decimal:
    if len(value.as_tuple().digits) <= digits:
        return value
    return ARITHMETIC.quantize(value, Decimal(1).scaleb(value.adjusted() + 1 - digits))


CENTS = CashRounding()
