"""Rounding as Shopware does it, in decimal arithmetic.

A currency has two roundings, one for items and one for totals: digits after the point and the smallest coin
(``interval``, 0.05 in Switzerland). Shopware counts in binary floating point and PHP pre-rounds to 15 significant
digits before it rounds; ``settle`` does the same, so that a share such as 30 / 90 * 100 falls on the same side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from updategate.embedded.refshop.behaviour import Behaviour

ZERO = Decimal(0)
HUNDRED = Decimal(100)
ONE_CENT = Decimal("0.01")
#: two amounts closer than this are the same amount to a rule
EPSILON = Decimal("0.00000001")

_SETTLED = Context(prec=15, rounding=ROUND_HALF_UP)
_CAST = Context(prec=14, rounding=ROUND_HALF_UP)


def decimal(value: Any, default: Decimal = ZERO) -> Decimal:
    """Return a stored number (int, float or text of JSON) as exact decimal; ``default`` for nothing."""
    if value is None or value == "":
        return default
    return value if isinstance(value, Decimal) else Decimal(str(value))


def settle(amount: Decimal) -> Decimal:
    """Cut the noise beyond 15 significant digits before a rounding decides on a half."""
    return _SETTLED.plus(amount)


def cast(amount: Decimal) -> Decimal:
    """Keep 14 significant digits, as a PHP float does that went through a string."""
    return _CAST.plus(amount)


def plain(amount: Decimal) -> int | float:
    """Return the number as PHP writes it into JSON: an int where nothing stands after the point."""
    number = float(amount)
    return int(number) if number.is_integer() else number


@dataclass(frozen=True, slots=True)
class Rounding:
    """How a currency rounds: ``decimals`` digits, then to ``interval``; for net prices only if ``round_for_net``."""

    decimals: int = 2
    interval: Decimal = ONE_CENT
    round_for_net: bool = True

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> Rounding:
        """Read the stored form ``{"decimals": 2, "interval": 0.01, "roundForNet": true}``."""
        if not stored:
            return cls()
        return cls(
            int(stored.get("decimals", 2)),
            decimal(stored.get("interval"), ONE_CENT),
            bool(stored.get("roundForNet", True)),
        )

    def math(self, amount: Decimal, behaviour: Behaviour) -> Decimal:
        """Round to the digits only: net amounts, sums of taxes."""
        return behaviour.round_money(settle(amount), self.decimals, ZERO)

    def cash(self, amount: Decimal, behaviour: Behaviour) -> Decimal:
        """Round to what can be paid: the digits, then the interval (which Shopware ignores beyond two digits)."""
        interval = ZERO if self.decimals > 2 else self.interval
        return behaviour.round_money(settle(amount), self.decimals, interval)
