"""Mutants that are right in all they answer, and slower or hungrier than they were.

No business process fails because of them: a comparison of speed, of exact counts or of the server's figures has
to find them. So they stand apart from the mutants that the suites are proven with.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from updategate.embedded.refshop.behaviour import Behaviour

from . import registry
from .registry import Mutant


def _listing_a_fifth_slower(kind: str, usual: float, recent: int) -> float:
    del recent
    return 0.2 * usual if kind == "listing" else 0.0


def _slower_only_under_load(kind: str, usual: float, recent: int) -> float:
    del kind
    return 0.6 * usual if recent >= 40 else 0.0


def _one_read_per_product(kind: str) -> int:
    return 24 if kind == "listing" else 0


def _page_is_not_kept(kind: str) -> bool:
    del kind
    return False


def _a_quarter_of_a_megabyte_stays(kind: str) -> int:
    del kind
    return 256 * 1024


def _forty_kilobytes_more(kind: str) -> int:
    return 40 * 1024 if kind in {"listing", "detail", "search", "home"} else 0


PERFORMANCE_MUTANTS: Mapping[str, Mutant] = {
    mutant.name: mutant
    for mutant in (
        Mutant(
            "slow-listing",
            "A listing takes a fifth more CPU",
            "performance",
            "extra_cpu",
            _listing_a_fifth_slower,
        ),
        Mutant(
            "n-plus-one",
            "A listing reads each of its products once more",
            "performance",
            "extra_reads",
            _one_read_per_product,
        ),
        Mutant("cache-misses", "No page is kept in the HTTP cache", "performance", "page_is_kept", _page_is_not_kept),
        Mutant(
            "memory-growth",
            "Each request leaves a quarter of a megabyte behind",
            "performance",
            "bytes_left_behind",
            _a_quarter_of_a_megabyte_stays,
        ),
        Mutant(
            "slow-under-load",
            "From 40 requests a second on, each takes more than half as long again",
            "performance",
            "extra_cpu",
            _slower_only_under_load,
        ),
        Mutant("larger-responses", "Pages are 40 KB larger", "performance", "padding_bytes", _forty_kilobytes_more),
    )
}


def mutated(names: Iterable[str], base: Behaviour | None = None) -> Behaviour:
    """Return the behaviour with these mutants of either kind applied; an unknown name is an UnknownMutantError."""
    result = base or Behaviour()
    for name in names:
        mutant = PERFORMANCE_MUTANTS.get(name)
        if mutant is None:
            result = registry.mutated([name], result)
        else:
            result = dataclasses.replace(result, **{mutant.replaces: mutant.by})
    return result
