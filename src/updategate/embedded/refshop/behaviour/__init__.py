"""The points where a mutant may make the shop wrong.

``Behaviour`` has one small method for each decision that the shop asks for. They are right; a mutant (see ``mutants``)
is a class that overrides one or two of them. Amounts are ``Decimal``, rates are percentages (``Decimal("19")``).
"""

from __future__ import annotations

from .api import ApiDecisions
from .money import MoneyDecisions
from .orders import OrderDecisions
from .performance import PerformanceDecisions
from .prices import PriceDecisions
from .promotions import PromotionDecisions
from .stock import StockDecisions

__all__ = ["Behaviour"]


class Behaviour(
    MoneyDecisions,
    PriceDecisions,
    PromotionDecisions,
    StockDecisions,
    OrderDecisions,
    ApiDecisions,
    PerformanceDecisions,
):
    """Every decision that a mutant may override; one object lives as long as its shop."""
