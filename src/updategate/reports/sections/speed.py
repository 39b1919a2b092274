"""Performance before and after: distributions and intervals drawn from what was measured, and the numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from updategate.evidence.reader import RunEvidence
from updategate.evidence.records import Performance, Slice, SpeedGroup, SpeedMetric
from updategate.evidence.samples import SamplesError, read_samples
from updategate.gate.verdict import IndicatorResult
from updategate.reports.charts import Arm, Interval, distribution_chart, interval_chart
from updategate.reports.formats import percent
from updategate.reports.sections.sheet import Sheet

Times = dict[tuple[str, str], NDArray[np.float64]]
"""Milliseconds of right answers by (arm, group)."""


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One judged metric."""

    label: str
    metric: SpeedMetric
    mood: str
    decided: str


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group of requests in both shops, with its distributions drawn."""

    group: str
    before: SpeedGroup | None
    after: SpeedGroup | None
    chart: Markup


@dataclass(frozen=True, slots=True)
class Compared:
    """One comparison of speed. ``unread`` says why single times cannot be shown."""

    record: Performance
    anchor: str | None
    mood: str
    metrics: tuple[MetricRow, ...]
    intervals: Markup
    groups: tuple[GroupRow, ...]
    unread: str


def compared_speeds(sheet: Sheet) -> list[Compared]:
    """All comparisons that the verdict rests on."""
    runs = {run.name: run for run in sheet.after}
    return [_compared(sheet, record, runs.get(record.run)) for record in sheet.verdict.speed]


def _compared(sheet: Sheet, record: Performance, run: RunEvidence | None) -> Compared:
    times, unread = _times(run) if run else ({}, "")
    metrics = tuple(_metric(sheet, metric) for metric in record.metrics)
    return Compared(
        record=record,
        anchor=sheet.book.cite_record(record),
        mood={"slower": "bad", "not_slower": "good", "inconclusive": "doubt"}[record.pace],
        metrics=metrics,
        intervals=_intervals(sheet, record, metrics),
        groups=tuple(_groups(sheet, record, times)),
        unread=unread,
    )


def _metric(sheet: Sheet, metric: SpeedMetric) -> MetricRow:
    mood, word = (
        ("bad", "slower") if metric.slower else ("good", "not_slower") if metric.not_slower else ("doubt", "open")
    )
    label = sheet.words["geometric_mean"] if metric.metric == "geometric mean" else metric.metric
    return MetricRow(label, metric, mood, sheet.words[f"decided_{word}"])


def _intervals(sheet: Sheet, record: Performance, metrics: tuple[MetricRow, ...]) -> Markup:
    if not metrics:
        return Markup("")
    return interval_chart(
        [Interval(row.label, row.metric.change, row.metric.lower, row.metric.upper, row.mood) for row in metrics],
        tolerance=record.tolerance,
        margin=record.margin,
        title=sheet.words["interval_chart"],
        percent=[percent(row.metric.change, sheet.language) for row in metrics],
    )


def _times(run: RunEvidence) -> tuple[Times, str]:
    """Response times of all slices that count; none of them, with the reason, where one cannot be trusted."""
    found: dict[tuple[str, str], list[NDArray[np.float64]]] = {}
    for record in run.of_type(Slice):
        if not record.valid:
            continue
        try:
            samples = read_samples(run.folder / record.path, record.sha256)
        except SamplesError as error:
            return {}, str(error).replace(f"{run.folder}/", "")
        for start, end in samples.facts.get("windows", ()) or ((0.0, float("inf")),):
            for group, seconds in samples.kept(float(start), float(end)).times().items():
                found.setdefault((record.arm, group), []).append(seconds * 1000)
    return {key: np.concatenate(parts) for key, parts in found.items()}, ""


def _groups(sheet: Sheet, record: Performance, times: Times) -> Iterable[GroupRow]:
    by_arm = {(group.arm, group.group): group for group in record.groups}
    for name in dict.fromkeys(group.group for group in record.groups):
        before, after = by_arm.get(("before", name)), by_arm.get(("after", name))
        chart = distribution_chart(
            _arm("before", before, times.get(("before", name))),
            _arm("after", after, times.get(("after", name))),
            title=sheet.words["distribution_chart"].format(group=name),
        )
        yield GroupRow(name, before, after, chart)


def _arm(name: str, group: SpeedGroup | None, times: NDArray[np.float64] | None) -> Arm:
    return Arm(name, times, group.p50 if group else None, group.p95 if group else None)


@dataclass(frozen=True, slots=True)
class Measured:
    """An indicator of the verdict, with its evidence."""

    result: IndicatorResult
    mood: str
    anchor: str | None


def measurements(sheet: Sheet) -> list[Measured]:
    """Indicators: missed ones first, then undecided, met, and those that nobody set a limit for."""
    moods = {"missed": "bad", "undecided": "doubt", "met": "good", "informative": "plain"}
    results = sorted(sheet.verdict.indicators, key=lambda one: list(moods).index(one.result))
    return [Measured(one, moods[one.result], sheet.book.cite(one.evidence)) for one in results]


@dataclass(frozen=True, slots=True)
class ServerRow:
    """A figure of the shops' machines: medians over the slices of both shops."""

    name: str
    before: float | None
    after: float | None


def server_figures(sheet: Sheet) -> list[ServerRow]:
    """What was seen of the server while the slices that count were measured."""
    seen: dict[str, dict[str, list[float]]] = {}
    for record in sheet.records(Slice, sheet.after):
        if record.valid:
            for name, value in record.server.items():
                seen.setdefault(name, {}).setdefault(record.arm, []).append(value)
    return [
        ServerRow(name, *(median(arms[arm]) if arm in arms else None for arm in ("before", "after")))
        for name, arms in sorted(seen.items())
    ]
