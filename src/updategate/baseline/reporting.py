"""A comparison as records of evidence."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from updategate.baseline.comparison import Comparison
from updategate.baseline.decision import Judgement, Rule
from updategate.baseline.pairing import Arm
from updategate.baseline.quantiles import GroupSummary
from updategate.baseline.server import ServerFinding
from updategate.evidence.records import CostFinding, Indicator, Performance, SpeedGroup, SpeedMetric


def performance_record(
    found: Comparison,
    rule: Rule,
    profile: str,
    mode: Literal["side_by_side", "stored"] = "side_by_side",
    costs: Sequence[ServerFinding] = (),
) -> Performance:
    """The verdict on speed, as one record."""
    judgement = found.judgement
    return Performance(
        mode=mode,
        profile=profile,
        pace=found.pace.value,
        units=found.units,
        final=judgement.final if judgement else False,
        tolerance=rule.tolerance,
        margin=rule.margin,
        metrics=_metrics(judgement),
        groups=tuple(_groups("before", found.before)) + tuple(_groups("after", found.after)),
        costs=tuple(CostFinding(indicator=cost.indicator, worse=cost.worse, text=cost.text) for cost in costs),
        reasons=found.reasons,
    )


def indicators_of(groups: Mapping[str, GroupSummary]) -> Iterator[Indicator]:
    """Indicators of one shop: ``listing.p95`` in ms, ``listing.error_ratio``, ``listing.throughput``.

    A group without answers has no times, and an error ratio of 1.
    """
    for name, group in groups.items():
        for quantile in ("p50", "p95", "p99"):
            seconds = getattr(group, quantile)
            if seconds is not None:
                value = seconds * 1000
                yield Indicator(name=f"{name}.{quantile}", value=value, unit="ms", samples=group.answered)
        yield Indicator(name=f"{name}.error_ratio", value=group.error_ratio, unit="1", samples=group.due)
        yield Indicator(name=f"{name}.throughput", value=group.throughput, unit="1/s", samples=group.answered)


def _metrics(judgement: Judgement | None) -> tuple[SpeedMetric, ...]:
    if judgement is None:
        return ()
    return tuple(
        SpeedMetric(
            metric=metric.metric,
            change=metric.change,
            lower=_finite(metric.lower),
            upper=_finite(metric.upper),
            detectable=_finite(metric.detectable),
            slower=metric.slower,
            not_slower=metric.not_slower,
        )
        for metric in judgement.metrics
    )


def _groups(arm: Arm, groups: Mapping[str, GroupSummary]) -> Iterator[SpeedGroup]:
    for name, group in groups.items():
        yield SpeedGroup(
            group=name,
            arm=arm,
            due=group.due,
            answered=group.answered,
            p50=_milliseconds(group.p50),
            p95=_milliseconds(group.p95),
            p99=_milliseconds(group.p99),
            error_ratio=group.error_ratio,
            throughput=group.throughput,
        )


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * 1000


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
