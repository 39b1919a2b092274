"""Mode B: one run after the update against the stored runs from before it.

The unit is one run a day: runs of one day share that day's state of machine and neighbours, and are not
independent. A new run is held against the prediction interval of the stored ones, per request group and for
their geometric mean. Stored runs that differ among themselves by more than 3 % cannot show a change of 10 %, so
nothing is decided then; a calibration probe (a fixed old shop measured beside each run) takes the machine's
part out of that.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from updategate.baseline.decision import GEOMETRIC_MEAN, MetricJudgement, Pace, Rule

LEAST_RUNS = 10
MOST_SPREAD = 0.03
LEAST_ANSWERS = 100


@dataclass(frozen=True)
class StoredComparison:
    """What a comparison with stored runs found; ``spread`` is the run-to-run standard deviation of log p95."""

    pace: Pace
    metrics: tuple[MetricJudgement, ...]
    spread: Mapping[str, float]
    runs: int
    reasons: tuple[str, ...]


Run = Mapping[str, float]
"""p95 in seconds per group: of the shop, or of the calibration probe."""


def compare_stored(
    stored: Sequence[Run],
    after: Sequence[Run],
    rule: Rule,
    *,
    stored_probe: Sequence[Run] | None = None,
    after_probe: Sequence[Run] | None = None,
) -> StoredComparison:
    """Hold runs after the update (one a day) against stored ones (one a day).

    With probes, every run is divided by what the probe did beside it; both kinds of run need one then.

    Raises:
        ValueError: no run after the update, a time that is not positive, or a probe missing for some run.

    """
    if not after:
        raise ValueError("there is no run after the update to compare")
    everything = [*stored, *after, *(stored_probe or ()), *(after_probe or ())]
    groups = sorted(set.intersection(*(set(run) for run in everything)))
    missing = sorted(set.union(*(set(run) for run in [*stored, *after])) - set(groups))
    reasons = [f"{group}: not in every run, so it cannot be compared" for group in missing]
    if not groups:
        return StoredComparison(Pace.INCONCLUSIVE, (), {}, len(stored), (*reasons, "no group is in every run"))
    old = _logs(stored, stored_probe, groups)
    new = _logs(after, after_probe, groups)
    names = list(groups)
    if len(groups) > 1:
        names.append(GEOMETRIC_MEAN)
        old = np.vstack([old, old.mean(axis=0)])
        new = np.vstack([new, new.mean(axis=0)])
    if len(stored) < LEAST_RUNS:
        reasons.append(f"only {len(stored)} stored runs; at least {LEAST_RUNS} days are needed")
    if len(stored) < 2:
        return StoredComparison(Pace.INCONCLUSIVE, (), {}, len(stored), tuple(reasons))
    spread = old.std(axis=1, ddof=1)
    for name, sd in zip(names, spread, strict=True):
        if sd > MOST_SPREAD:
            reasons.append(
                f"{name}: the stored runs differ by {sd:.1%} from run to run (limit {MOST_SPREAD:.0%}); "
                "use a quieter machine, a calibration probe, or a side-by-side comparison"
            )
        elif sd <= 1e-9:
            reasons.append(f"{name}: all stored runs are equal, which measured runs never are")
    metrics = _metrics(names, old, new, spread, rule)
    pace = _pace(metrics, reasons)
    if pace is Pace.INCONCLUSIVE and not reasons:
        worst = max(metrics, key=lambda metric: metric.upper)
        reasons.append(
            f"{worst.metric}: {worst.change:+.1%}, between {worst.lower:+.1%} and {worst.upper:+.1%}; "
            f"with these runs, {worst.detectable:+.1%} would have been found"
        )
    return StoredComparison(pace, metrics, dict(zip(names, spread.tolist(), strict=True)), len(stored), tuple(reasons))


def _pace(metrics: Sequence[MetricJudgement], reasons: Sequence[str]) -> Pace:
    if reasons:
        return Pace.INCONCLUSIVE
    if any(metric.slower for metric in metrics):
        return Pace.SLOWER
    return Pace.NOT_SLOWER if all(metric.not_slower for metric in metrics) else Pace.INCONCLUSIVE


def _logs(runs: Sequence[Run], probes: Sequence[Run] | None, groups: Sequence[str]) -> np.ndarray:
    times = np.asarray([[run[group] for run in runs] for group in groups], dtype=np.float64)
    if times.size and not (np.isfinite(times).all() and (times > 0).all()):
        raise ValueError("p95 must be a positive time in every run")
    logs = np.log(times)
    if probes is None:
        return np.asarray(logs)
    if len(probes) != len(runs):
        msg = f"{len(runs)} runs but {len(probes)} runs of the calibration probe"
        raise ValueError(msg)
    beside = np.asarray([[probe[group] for probe in probes] for group in groups], dtype=np.float64)
    return np.asarray(logs - np.log(beside))


def _metrics(
    names: Sequence[str], old: np.ndarray, new: np.ndarray, spread: np.ndarray, rule: Rule
) -> tuple[MetricJudgement, ...]:
    runs, days = old.shape[1], new.shape[1]
    degrees = runs - 1
    tolerance, margin = math.log1p(rule.tolerance), math.log1p(rule.margin)
    shift = new.mean(axis=1) - old.mean(axis=1)
    error = np.maximum(spread, 1e-12) * math.sqrt(1.0 / days + 1.0 / runs)
    evidence = (shift - tolerance) / error
    upper_reach = float(-stdtrit(degrees, rule.beta))
    found: dict[int, MetricJudgement] = {}
    stepping = True
    for rank, index in enumerate(np.argsort(-evidence, kind="stable")):
        i = int(index)
        level = rule.alpha / (len(names) - rank)
        stepping = stepping and float(stdtr(degrees, -evidence[i])) <= level
        reach = float(-stdtrit(degrees, level))
        top = float(shift[i]) + upper_reach * float(error[i])
        power_reach = float(-stdtrit(degrees, 1.0 - rule.power))
        found[i] = MetricJudgement(
            metric=names[i],
            units=runs,
            change=math.expm1(float(shift[i])),
            lower=math.expm1(float(shift[i]) - reach * float(error[i])),
            upper=math.expm1(min(top, 50.0)),
            detectable=math.expm1(min(tolerance + (reach + power_reach) * float(error[i]), 50.0)),
            slower=stepping,
            not_slower=top < margin,
        )
    return tuple(found[i] for i in range(len(names)))
