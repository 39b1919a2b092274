"""Exact indicators: counts that are the same every time, so that one more is found in one pass.

Times are noisy and need a campaign; how many statements a page runs is not. Each page is asked for several
times, one request at a time. A count that is not the same in all passes of one shop is no exact count: its
least value is compared, which neither a background job nor a cold cache can lower, and a difference is only
called more when the ranges do not touch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

LEAST_PASSES = 2


class Change(StrEnum):
    """How a count changed."""

    SAME = "same"
    MORE = "more"
    FEWER = "fewer"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class ExactChange:
    """One indicator of one page; ``before`` and ``after`` are what each pass counted."""

    page: str
    indicator: str
    before: tuple[float, ...]
    after: tuple[float, ...]
    change: Change
    reason: str = ""

    @property
    def difference(self) -> float:
        """How much more the least count is."""
        return min(self.after) - min(self.before) if self.before and self.after else 0.0


Counts = Mapping[str, Mapping[str, Sequence[float]]]
"""Page → indicator → what each pass counted."""

# more of these is worse; of the others (cache hits) less is
WORSE_IF_FEWER = frozenset({"cache_hits"})

# every version's pages differ by some bytes; so much more is what a visitor pays for
BYTES = "response_bytes"
TOLERATED_BYTES = 0.01


def compare_counts(before: Counts, after: Counts) -> tuple[ExactChange, ...]:
    """Compare every indicator of every page; one that was counted on one side only is unclear."""
    found: list[ExactChange] = []
    for page in sorted(set(before) | set(after)):
        old, new = before.get(page, {}), after.get(page, {})
        found += [
            _compare(page, indicator, tuple(old.get(indicator, ())), tuple(new.get(indicator, ())))
            for indicator in sorted(set(old) | set(new))
        ]
    return tuple(found)


def _compare(page: str, indicator: str, old: tuple[float, ...], new: tuple[float, ...]) -> ExactChange:
    if len(old) < LEAST_PASSES or len(new) < LEAST_PASSES:
        reason = f"counted {len(old)} times before and {len(new)} times after; at least {LEAST_PASSES} are needed"
        return ExactChange(page, indicator, old, new, Change.UNCLEAR, reason)
    if min(new) > max(old):
        return ExactChange(page, indicator, old, new, Change.MORE)
    if max(new) < min(old):
        return ExactChange(page, indicator, old, new, Change.FEWER)
    if min(old) == min(new) and (min(old) == max(old) or min(new) == max(new) or sorted(old) == sorted(new)):
        return ExactChange(page, indicator, old, new, Change.SAME)
    reason = f"varies from pass to pass ({min(old):g} to {max(old):g} before, {min(new):g} to {max(new):g} after)"
    return ExactChange(page, indicator, old, new, Change.UNCLEAR, reason)


def worse(change: ExactChange) -> bool:
    """Whether a change costs more than before; of bytes, more than 1 % more."""
    if change.indicator == BYTES and change.change is Change.MORE:
        return change.difference > TOLERATED_BYTES * min(change.before)
    return change.change is (Change.FEWER if change.indicator in WORSE_IF_FEWER else Change.MORE)
