"""The points where a mutant may make the shop wrong.

``Behaviour`` has one small method for each decision that the shop asks for. They are right; a mutant (see ``mutants``)
is a class that overrides one or two of them. Amounts are ``Decimal``, rates are percentages (``Decimal("19")``).
"""

from __future__ import annotations

from .accounts import AccountDecisions
from .api import ApiDecisions
from .back_office import BackOfficeDecisions
from .catalogue import CatalogueDecisions
from .money import MoneyDecisions
from .orders import OrderDecisions
from .performance import PerformanceDecisions
from .prices import PriceDecisions
from .promotions import PromotionDecisions
from .sources import SourceDecisions
from .started import Started
from .stock import StockDecisions
from .updates import UpdateDecisions, UpdatedStore

__all__ = ["Behaviour", "Started", "UpdatedStore"]


class Behaviour(
    MoneyDecisions,
    PriceDecisions,
    PromotionDecisions,
    StockDecisions,
    OrderDecisions,
    AccountDecisions,
    CatalogueDecisions,
    ApiDecisions,
    UpdateDecisions,
    BackOfficeDecisions,
    SourceDecisions,
    PerformanceDecisions,
):
    """Every decision that a mutant may override; one object lives as long as its shop."""
