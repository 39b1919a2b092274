"""The verdict of one look: slower, not slower, or inconclusive, from paired log ratios.

Per request group and unit there is one number, the log of (p95 after / p95 before). Their geometric mean over
the groups is judged beside them. With tolerance +2 % and margin +15 %:

* SLOWER when Holm's step-down over all metrics finds one whose lower bound lies above the tolerance;
* NOT SLOWER when every metric's upper bound lies below the margin (an intersection-union test, so without correction);
* inconclusive otherwise, with the change that this many units would have found.

Each Holm step uses the group-sequential bounds of its own share of the error, which keeps the error over
metrics and looks together (Ye, Li, Liu and Yao, Statistics in Medicine 2013).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from updategate.baseline.boundaries import spending_levels

LogRatios = NDArray[np.float64]
"""Natural log of (after / before), shape ``(units,)``."""

GEOMETRIC_MEAN = "geometric mean"
DEFAULT_LOOKS = (6, 10, 15, 20, 25, 30)


class Pace(StrEnum):
    """What a comparison says about speed."""

    SLOWER = "slower"
    NOT_SLOWER = "not_slower"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True)
class Rule:
    """The rule of a comparison, fixed before the first unit is measured.

    ``tolerance`` and ``margin`` are ratios above 1 (0.02 is +2 %), ``looks`` counts of units (or of
    deployments, where both shops are redeployed during the campaign); ``alpha`` and ``beta`` are the one-sided
    errors of SLOWER and NOT SLOWER.
    """

    tolerance: float = 0.02
    margin: float = 0.15
    looks: tuple[int, ...] = DEFAULT_LOOKS
    alpha: float = 0.03
    beta: float = 0.03
    power: float = 0.8

    def __post_init__(self) -> None:
        if not 0.0 <= self.tolerance < self.margin:
            msg = f"need 0 <= tolerance < margin, got {self.tolerance} and {self.margin}"
            raise ValueError(msg)
        if not self.looks or list(self.looks) != sorted(set(self.looks)) or self.looks[0] < 3:
            msg = f"looks must rise and start at 3 units or more, got {list(self.looks)}"
            raise ValueError(msg)
        for name in ("alpha", "beta"):
            if not 0.0 < getattr(self, name) <= 0.25:
                msg = f"{name} lies in (0, 0.25], got {getattr(self, name)}"
                raise ValueError(msg)
        if not 0.5 <= self.power < 1.0:
            msg = f"power lies in [0.5, 1), got {self.power}"
            raise ValueError(msg)


@dataclass(frozen=True)
class MetricJudgement:
    """One metric at one look; ``change``, ``lower``, ``upper`` and ``detectable`` are relative (0.1 is +10 %).

    ``lower`` is the bound at this metric's own Holm step, ``upper`` the uncorrected one that NOT SLOWER needs, and
    ``detectable`` the smallest true change that this many units would have called SLOWER with the rule's power.
    """

    metric: str
    units: int
    change: float
    lower: float
    upper: float
    detectable: float
    slower: bool
    not_slower: bool


@dataclass(frozen=True)
class Judgement:
    """Verdict at one look, with the reasons where it is inconclusive. ``final`` says that no further look follows."""

    pace: Pace
    look: int
    units: int
    final: bool
    metrics: tuple[MetricJudgement, ...]
    reasons: tuple[str, ...] = field(default=())

    @property
    def decided(self) -> bool:
        """Whether the campaign may stop here."""
        return self.pace is not Pace.INCONCLUSIVE

    @property
    def slower_metrics(self) -> tuple[str, ...]:
        """Names of the metrics that became slower."""
        return tuple(m.metric for m in self.metrics if m.slower)


def geometric_mean(groups: Mapping[str, LogRatios]) -> LogRatios:
    """Mean of the groups' log ratios per unit, each group with the same weight."""
    return np.asarray(np.mean(np.stack([np.asarray(g, dtype=np.float64) for g in groups.values()]), axis=0))


def _matrix(groups: Mapping[str, LogRatios]) -> tuple[tuple[str, ...], LogRatios]:
    if not groups:
        raise ValueError("a comparison needs at least one request group")
    if GEOMETRIC_MEAN in groups:
        msg = f"{GEOMETRIC_MEAN!r} is computed here and cannot be the name of a group"
        raise ValueError(msg)
    names = tuple(groups)
    rows = [np.asarray(groups[name], dtype=np.float64) for name in names]
    if len({row.shape for row in rows}) != 1 or rows[0].ndim != 1:
        raise ValueError("every group needs the same units, as one-dimensional arrays")
    if not all(np.isfinite(row).all() for row in rows):
        raise ValueError("a log ratio is not finite: a unit without times must be left out before judging")
    if len(names) > 1:
        names, rows = (*names, GEOMETRIC_MEAN), [*rows, geometric_mean(groups)]
    return names, np.stack(rows)


def _epoch_means(matrix: LogRatios, epochs: Sequence[int]) -> LogRatios:
    """Means per deployment, in the order of first appearance: after a restart the deployment is the unit."""
    order = list(dict.fromkeys(epochs))
    labels = np.asarray(epochs)
    return np.stack([matrix[:, labels == epoch].mean(axis=1) for epoch in order], axis=1)


def judge(groups: Mapping[str, LogRatios], rule: Rule, *, epochs: Sequence[int] | None = None) -> Judgement:
    """Judge all units measured so far.

    Args:
        groups: log ratios per group, every one of shape ``(units,)`` in the order of measuring.
        rule: the rule of the campaign.
        epochs: deployment of each unit; then the deployments' means are judged, and ``rule.looks`` counts deployments.

    Raises:
        ValueError: the number of units is not one of the rule's looks (peeking between looks would cost error), or
            the log ratios are not finite or not of the same length.

    """
    names, matrix = _matrix(groups)
    if epochs is not None:
        if len(epochs) != matrix.shape[1]:
            msg = f"{matrix.shape[1]} units but {len(epochs)} epochs"
            raise ValueError(msg)
        matrix = _epoch_means(matrix, epochs)
    units = matrix.shape[1]
    if units not in rule.looks:
        msg = f"{units} units is no look of the rule, which looks at {list(rule.looks)}"
        raise ValueError(msg)
    look = rule.looks.index(units)
    final = look == len(rule.looks) - 1
    spread = matrix.std(axis=1, ddof=1)
    reasons = [
        f"{name}: all {units} units give the same ratio, which measured times never do"
        for name, sd in zip(names, spread, strict=True)
        if sd <= 1e-12
    ]
    error = np.maximum(spread, 1e-12) / math.sqrt(units)
    mean = matrix.mean(axis=1)
    metrics = _metrics(names, mean, error, units, look, rule)
    if reasons:
        pace = Pace.INCONCLUSIVE
    elif any(m.slower for m in metrics):
        pace = Pace.SLOWER
    elif all(m.not_slower for m in metrics):
        pace = Pace.NOT_SLOWER
    else:
        pace = Pace.INCONCLUSIVE
        reasons.append(_undecided(metrics, rule, final=final))
    return Judgement(pace, look, units, final, metrics, tuple(reasons))


def _metrics(
    names: tuple[str, ...], mean: LogRatios, error: LogRatios, units: int, look: int, rule: Rule
) -> tuple[MetricJudgement, ...]:
    tolerance, margin, degrees = math.log1p(rule.tolerance), math.log1p(rule.margin), units - 1
    upper_level = spending_levels(rule.beta, rule.looks)[look]
    evidence = (mean - tolerance) / error
    found: dict[int, MetricJudgement] = {}
    stepping = True
    for rank, index in enumerate(np.argsort(-evidence, kind="stable")):
        i = int(index)
        share = rule.alpha / (len(names) - rank)
        level = spending_levels(share, rule.looks)[look]
        stepping = stepping and float(stdtr(degrees, -evidence[i])) <= level
        reach = _reach(degrees, level)
        top = float(mean[i]) + _reach(degrees, upper_level) * float(error[i])
        found[i] = MetricJudgement(
            metric=names[i],
            units=units,
            change=math.expm1(float(mean[i])),
            lower=math.expm1(float(mean[i]) - reach * float(error[i])),
            upper=_relative(top),
            detectable=_relative(tolerance + (reach + _reach(degrees, 1.0 - rule.power)) * float(error[i])),
            slower=stepping,
            not_slower=top < margin,
        )
    return tuple(found[i] for i in range(len(names)))


def _reach(degrees: int, level: float) -> float:
    """Distance of a one-sided bound from the mean, in standard errors."""
    return float(-stdtrit(degrees, level))


def _relative(log_ratio: float) -> float:
    """Relative change, infinite where so few units say nothing about the size."""
    return math.expm1(log_ratio) if log_ratio < 50.0 else math.inf


def _undecided(metrics: tuple[MetricJudgement, ...], rule: Rule, *, final: bool) -> str:
    open_ones = [m for m in metrics if not m.not_slower]
    worst = max(open_ones, key=lambda m: m.upper)
    text = (
        f"{worst.metric}: {worst.change:+.1%} after {worst.units} units, between {worst.lower:+.1%} and "
        f"{worst.upper:+.1%}: neither above {rule.tolerance:+.0%} nor below {rule.margin:+.0%} with certainty"
    )
    if final:
        text += f"; the smallest change that this campaign would have found is {worst.detectable:+.1%}"
    return text
