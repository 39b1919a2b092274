"""Pairs of slices and units: the seeded plan of a campaign, and the log ratios of what was measured.

A unit is four pairs of slices. In each pair one slice loads the shop before and one the shop after, in the
order that a coin says, with the same seeded journeys. A unit's log ratio is the mean over its pairs of log(p95
after / p95 before): a burst of a neighbour that hits one slice then weighs as one slice, where pooled times
would let it make the whole tail (the standard error of the campaign is a quarter smaller on a typical machine,
see ``ci/bench-campaign``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from updategate.baseline.quantiles import Times, quantiles

Arm = Literal["before", "after"]
ARMS: tuple[Arm, Arm] = ("before", "after")
LEAST_PER_SLICE = 10
LEAST_PER_UNIT = 20


@dataclass(frozen=True)
class PlannedSlice:
    """One slice to be measured. Both slices of a pair share ``seed``, so both shops see the same journeys."""

    unit: int
    pair: int
    attempt: int
    arm: Arm
    seed: int

    @property
    def name(self) -> str:
        """Name of its samples file within the arm's folder."""
        again = f"-{self.attempt}" if self.attempt else ""
        return f"u{self.unit:03d}p{self.pair}{again}"


def plan_pair(seed: int, unit: int, pair: int, attempt: int = 0) -> tuple[PlannedSlice, PlannedSlice]:
    """The two slices of a pair, in the order that a coin says; ``attempt`` counts repetitions of an invalid pair.

    Depends on its arguments only, so that a resumed campaign goes on as it would have gone.
    """
    rng = np.random.default_rng([seed, unit, pair, attempt])
    journeys = int(rng.integers(2**31))
    order = ARMS if rng.random() < 0.5 else ARMS[::-1]
    first, second = (PlannedSlice(unit, pair, attempt, arm, journeys) for arm in order)
    return first, second


@dataclass(frozen=True)
class MeasuredPair:
    """Right answers' times in seconds per group, of the two slices of one pair."""

    before: Mapping[str, Times]
    after: Mapping[str, Times]


@dataclass(frozen=True)
class GroupRatios:
    """Log ratios of one group, one per unit, or the reason why there are none."""

    group: str
    log_ratios: tuple[float, ...]
    problem: str = ""


def group_ratios(units: Sequence[Sequence[MeasuredPair]], group: str, probability: float = 0.95) -> GroupRatios:
    """Log ratios of a quantile of one group, for whole units.

    A group with fewer than 10 answers in some slice is judged by the quantiles of its units' pooled times; with
    fewer than 20 in a unit and arm it cannot be judged.
    """
    empty = np.empty(0)
    counts = [
        (pair.before.get(group, empty).size, pair.after.get(group, empty).size) for pairs in units for pair in pairs
    ]
    if counts and min(min(pair) for pair in counts) >= LEAST_PER_SLICE:
        return GroupRatios(
            group,
            tuple(
                float(np.mean([_ratio(pair.before[group], pair.after[group], probability) for pair in pairs]))
                for pairs in units
            ),
        )
    ratios = []
    for number, pairs in enumerate(units):
        before = np.concatenate([pair.before.get(group, empty) for pair in pairs] or [empty])
        after = np.concatenate([pair.after.get(group, empty) for pair in pairs] or [empty])
        least = min(before.size, after.size)
        if least < LEAST_PER_UNIT:
            problem = (
                f"{group}: only {least} right answers in unit {number}, at least {LEAST_PER_UNIT} are needed an arm; "
                "raise the rate or this group's weight in the profile"
            )
            return GroupRatios(group, (), problem)
        ratios.append(_ratio(before, after, probability))
    return GroupRatios(group, tuple(ratios))


def _ratio(before: Times, after: Times, probability: float) -> float:
    (old,) = quantiles(before, (probability,))
    (new,) = quantiles(after, (probability,))
    if old <= 0.0 or new <= 0.0:
        raise ValueError("a response time of zero was not measured")
    return math.log(new / old)
