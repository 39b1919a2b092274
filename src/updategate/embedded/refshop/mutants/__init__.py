"""Mutants: the same shop with one seeded defect each, to prove that the suites catch it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from updategate.embedded.refshop.behaviour import Behaviour

from .accounts import ACCOUNTS
from .api import API
from .back_office import BACK_OFFICE
from .catalogue import CATALOGUE
from .money import MONEY
from .orders import ORDERS
from .papers import PAPERS
from .performance import PERFORMANCE
from .prices import PRICES
from .promotions import PROMOTIONS
from .registry import Group, Mutant, UnknownMutantError, behaviour_with
from .sources import SOURCES
from .stock import STOCK
from .updates import UPDATES

__all__ = ["GROUPS", "MUTANTS", "PERFORMANCE_MUTANTS", "Mutant", "UnknownMutantError", "mutated"]

#: the groups of functional mutants
GROUPS: tuple[Group, ...] = (
    MONEY,
    PROMOTIONS,
    STOCK,
    PRICES,
    ORDERS,
    PAPERS,
    ACCOUNTS,
    CATALOGUE,
    API,
    UPDATES,
    BACK_OFFICE,
    SOURCES,
)
MUTANTS: Mapping[str, Mutant] = {name: mutant for group in GROUPS for name, mutant in group.mutants.items()}
PERFORMANCE_MUTANTS: Mapping[str, Mutant] = PERFORMANCE.mutants


def mutated(names: Iterable[str]) -> Behaviour:
    """Return the behaviour with these mutants of either kind; an unknown name is an UnknownMutantError."""
    return behaviour_with(names, {**MUTANTS, **PERFORMANCE_MUTANTS})
