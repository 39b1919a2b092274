"""Mutants: the same shop with one seeded defect each, to prove that the suites catch it."""

from .performance import PERFORMANCE_MUTANTS, mutated
from .registry import MUTANTS, Mutant, UnknownMutantError

__all__ = ["MUTANTS", "PERFORMANCE_MUTANTS", "Mutant", "UnknownMutantError", "mutated"]
