"""Interleaved pairs of single measurements, such as page loads in a browser: few, heavy-tailed, one at a time.

Wilcoxon's signed-rank test with its exact distribution, and the confidence bounds of Hodges and Lehmann that
belong to it (Walsh averages). Pairs of times are compared by ratio; figures that may be zero (layout shift,
long tasks) by difference.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from updategate.baseline.decision import Pace

LEAST_PAIRS = 21
Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Metric:
    """How one metric is compared. ``tolerance`` does not matter, ``margin`` must be excluded.

    ``ratio``: relative changes (0.05 is +5 %); ``difference``: in the metric's own unit.
    """

    name: str
    by: Literal["ratio", "difference"]
    tolerance: float
    margin: float


@dataclass(frozen=True)
class PairedResult:
    """One metric compared: the median change and its bounds, relative or in the metric's unit."""

    metric: str
    pairs: int
    change: float
    lower: float
    upper: float
    slower: bool
    not_slower: bool


@dataclass(frozen=True)
class PairedJudgement:
    """All metrics together."""

    pace: Pace
    results: tuple[PairedResult, ...]
    reasons: tuple[str, ...]


@lru_cache(maxsize=128)
def signed_rank_cdf(pairs: int) -> tuple[float, ...]:
    """Exact P(T <= t) of the signed-rank statistic under no effect, for t = 0 … pairs * (pairs + 1) / 2."""
    counts = np.zeros(pairs * (pairs + 1) // 2 + 1)
    counts[0] = 1.0
    for rank in range(1, pairs + 1):
        shifted = np.zeros_like(counts)
        shifted[rank:] = counts[: counts.size - rank]
        counts = (counts + shifted) / 2.0
    return tuple(np.minimum(np.cumsum(counts), 1.0).tolist())


def walsh_averages(values: Vector) -> Vector:
    """All means of two values (each also with itself), sorted."""
    i, j = np.triu_indices(values.size)
    return np.sort((values[i] + values[j]) / 2.0)


def lower_bound(values: Vector, level: float) -> float:
    """Lower confidence bound of the centre at one-sided error ``level``; minus infinity where so few have none."""
    cdf = signed_rank_cdf(values.size)
    # the bound is the (k+1)-th Walsh average for the greatest k with P(T <= k) <= level
    below = sum(1 for p in cdf if p <= level)
    return float(walsh_averages(values)[below - 1]) if below else -math.inf


def p_value(values: Vector, threshold: float) -> float:
    """One-sided p value of "the centre is not above ``threshold``": P(T >= what was seen)."""
    averages = walsh_averages(values)
    # T+ is the number of Walsh averages above the threshold; those on it count half, rounded against significance
    above = int((averages > threshold).sum()) + int((averages == threshold).sum()) // 2
    cdf = signed_rank_cdf(values.size)
    return 1.0 - cdf[above - 1] if above else 1.0


def judge_pairs(
    before: Mapping[str, Sequence[float]],
    after: Mapping[str, Sequence[float]],
    metrics: Sequence[Metric],
    *,
    alpha: float = 0.03,
    beta: float = 0.03,
) -> PairedJudgement:
    """Judge pairs ``(before[m][i], after[m][i])``; Holm over all metrics.

    Raises:
        ValueError: numbers of pairs differ, or a value is not finite, or not positive where a ratio is asked for.

    """
    if not metrics:
        raise ValueError("there is no metric to judge")
    changes = {metric.name: _changes(metric, before, after) for metric in metrics}
    least = min(values.size for values in changes.values())
    reasons: list[str] = []
    if least < LEAST_PAIRS:
        reasons.append(f"only {least} pairs; at least {LEAST_PAIRS} are needed")
    if not least:
        return PairedJudgement(Pace.INCONCLUSIVE, (), tuple(reasons))
    p_values = {metric.name: p_value(changes[metric.name], _log(metric, metric.tolerance)) for metric in metrics}
    results: dict[str, PairedResult] = {}
    stepping = True
    for rank, metric in enumerate(sorted(metrics, key=lambda metric: p_values[metric.name])):
        values = changes[metric.name]
        level = alpha / (len(metrics) - rank)
        stepping = stepping and p_values[metric.name] <= level
        upper = -lower_bound(-values, beta)
        centre = float(np.median(walsh_averages(values)))
        results[metric.name] = PairedResult(
            metric.name,
            int(values.size),
            _natural(metric, centre),
            _natural(metric, lower_bound(values, level)),
            _natural(metric, upper),
            slower=stepping,
            not_slower=upper < _log(metric, metric.margin),
        )
    ordered = tuple(results[metric.name] for metric in metrics)
    if reasons:
        return PairedJudgement(Pace.INCONCLUSIVE, ordered, tuple(reasons))
    if any(result.slower for result in ordered):
        return PairedJudgement(Pace.SLOWER, ordered, ())
    if all(result.not_slower for result in ordered):
        return PairedJudgement(Pace.NOT_SLOWER, ordered, ())
    open_ones = ", ".join(result.metric for result in ordered if not result.not_slower)
    return PairedJudgement(Pace.INCONCLUSIVE, ordered, (f"not decided: {open_ones}",))


def _changes(metric: Metric, before: Mapping[str, Sequence[float]], after: Mapping[str, Sequence[float]]) -> Vector:
    old, new = np.asarray(before[metric.name], dtype=float), np.asarray(after[metric.name], dtype=float)
    if old.shape != new.shape or old.ndim != 1:
        msg = f"{metric.name}: {old.size} values before but {new.size} after; they must be pairs"
        raise ValueError(msg)
    if not (np.isfinite(old).all() and np.isfinite(new).all()):
        msg = f"{metric.name}: a value is not finite"
        raise ValueError(msg)
    if metric.by == "difference":
        return np.asarray(new - old)
    if not ((old > 0).all() and (new > 0).all()):
        msg = f"{metric.name}: a ratio needs values above zero"
        raise ValueError(msg)
    return np.asarray(np.log(new / old))


def _log(metric: Metric, limit: float) -> float:
    return math.log1p(limit) if metric.by == "ratio" else limit


def _natural(metric: Metric, value: float) -> float:
    if metric.by == "difference" or not math.isfinite(value):
        return value if value > 0 or metric.by == "difference" else -1.0
    return math.expm1(value)
