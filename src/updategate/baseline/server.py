"""The server's figures during a side-by-side comparison: the same pairs, units and bounds as the times.

What a request costs (CPU, statements, any counter of the monitoring file) is compared as a ratio, like a time.
Memory is compared by its growth: what each right answer leaves behind, after the update minus before it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtr, stdtrit

from updategate.baseline.decision import MetricJudgement, Rule, judge
from updategate.evidence.records import Slice

GROWTH_OF = "shop_memory"
LEAST_GROWTH = 1024.0
"""Bytes a request that count as growth: less than this is allocation by chance."""
_NO_COUNTERS = frozenset({"machine_busy", "machine_steal", "machine_neighbours", "database_threads", GROWTH_OF})


@dataclass(frozen=True)
class ServerFinding:
    """One figure compared. ``worse`` is beyond chance; ``text`` is for people."""

    indicator: str
    worse: bool
    text: str
    judgement: MetricJudgement | None = None


def compare_server(slices: Iterable[Slice], rule: Rule, pairs_per_unit: int) -> tuple[ServerFinding, ...]:
    """Compare all figures that both shops have, over whole units of valid pairs.

    Each figure gets an equal share of the rule's error. A figure without enough units is left out, with the reason.
    """
    units = _units(slices, pairs_per_unit)
    names = sorted({name for pairs in units for pair in pairs for record in pair for name in record.server})
    counters = [name for name in names if name not in _NO_COUNTERS]
    growing = [GROWTH_OF] if GROWTH_OF in names else []
    if not counters and not growing:
        return ()
    looks = [look for look in rule.looks if look <= len(units)]
    if not looks:
        return (ServerFinding("server", worse=False, text=f"only {len(units)} whole units have figures of the server"),)
    shared = replace(rule, alpha=rule.alpha / (len(counters) + len(growing)))
    found = [_compare_cost(name, units[: looks[-1]], shared) for name in counters]
    found += [_compare_growth(units[: looks[-1]], shared.alpha) for _ in growing]
    return tuple(found)


Pair = tuple[Slice, Slice]


def _units(slices: Iterable[Slice], pairs_per_unit: int) -> list[list[Pair]]:
    by_pair: dict[tuple[int, int, int], dict[str, Slice]] = defaultdict(dict)
    for record in slices:
        by_pair[record.unit, record.pair, record.attempt][record.arm] = record
    by_unit: dict[int, list[Pair]] = defaultdict(list)
    for (unit, _, _), arms in sorted(by_pair.items()):
        if len(arms) == 2 and all(record.valid and record.answered and record.server for record in arms.values()):
            by_unit[unit].append((arms["before"], arms["after"]))
    return [pairs for _, pairs in sorted(by_unit.items()) if len(pairs) == pairs_per_unit]


def _compare_cost(name: str, units: Sequence[Sequence[Pair]], rule: Rule) -> ServerFinding:
    ratios = []
    for pairs in units:
        old = sum(pair[0].server.get(name, math.nan) for pair in pairs) / sum(pair[0].answered for pair in pairs)
        new = sum(pair[1].server.get(name, math.nan) for pair in pairs) / sum(pair[1].answered for pair in pairs)
        if not (old > 0 and new > 0):
            if old == new == 0:
                return ServerFinding(name, worse=False, text=f"{name}: none before and none after")
            return ServerFinding(name, worse=False, text=f"{name}: not measured, or none, in some unit of one shop")
        ratios.append(math.log(new / old))
    values = np.asarray(ratios)
    if values.std(ddof=1) <= 1e-12:
        # the same count every time is exact, and needs no statistics
        change = math.expm1(float(values[0]))
        worse = change > 1e-9
        return ServerFinding(name, worse, f"{name} per answer: {change:+.2%} in every unit")
    (metric,) = judge({name: values}, rule).metrics
    text = f"{name} per answer: {metric.change:+.1%}, at least {metric.lower:+.1%}, at most {metric.upper:+.1%}"
    return ServerFinding(name, metric.slower, text, metric)


def _compare_growth(units: Sequence[Sequence[Pair]], alpha: float) -> ServerFinding:
    growth: dict[int, list[float]] = {0: [], 1: []}
    for arm in (0, 1):
        last: float | None = None
        for pairs in units:
            memory = pairs[-1][arm].server.get(GROWTH_OF, math.nan)
            answered = sum(pair[arm].answered for pair in pairs)
            if last is not None:
                growth[arm].append((memory - last) / answered)
            last = memory
    differences = np.asarray(growth[1]) - np.asarray(growth[0])
    if differences.size < 3 or not np.isfinite(differences).all():
        return ServerFinding(GROWTH_OF, worse=False, text=f"{GROWTH_OF}: too few units to see growth")
    mean, error = float(differences.mean()), float(differences.std(ddof=1) / math.sqrt(differences.size))
    degrees = differences.size - 1
    if error <= 1e-9:
        worse, lower = mean > LEAST_GROWTH, mean
    else:
        worse = float(stdtr(degrees, -(mean - LEAST_GROWTH) / error)) <= alpha
        lower = mean + float(stdtrit(degrees, alpha)) * error
    text = (
        f"{GROWTH_OF}: each answer leaves {mean / 1024:+.1f} KB more behind than before the update "
        f"(at least {lower / 1024:+.1f} KB)"
    )
    return ServerFinding(GROWTH_OF, worse, text)
