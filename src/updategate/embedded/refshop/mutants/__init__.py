"""Mutants: the same shop with one seeded defect each, to prove that the suites catch it."""

from .registry import MUTANTS, Mutant, UnknownMutantError, mutated

__all__ = ["MUTANTS", "Mutant", "UnknownMutantError", "mutated"]
