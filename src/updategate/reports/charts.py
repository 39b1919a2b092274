"""Charts as SVG inside the page: colours come from the page, so that they follow light, dark and print."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import NDArray

WIDTH = 640
LABELS = 150
"""Width of the column of row labels, in the chart's own units (it scales with the page)."""
RIGHT = 16
BINS = 56
MOST_DOTS = 60
"""Above so many points only those are dotted that something is wrong with; the line shows the others."""


@dataclass(frozen=True, slots=True)
class Interval:
    """One row of an interval chart, as relative changes; None where so few units leave a side open."""

    label: str
    change: float
    lower: float | None
    upper: float | None
    mood: str
    """``good``, ``bad`` or ``doubt``: which colour it is drawn in."""


def interval_chart(
    rows: Sequence[Interval], *, tolerance: float, margin: float, title: str, percent: Sequence[str]
) -> Markup:
    """Best estimates with their ranges over a common axis of relative change.

    ``percent`` holds the texts of the rows' estimates. The band up to ``tolerance`` is shaded, ``margin`` is a line.
    """
    ends = [row.change for row in rows] + [x for row in rows for x in (row.lower, row.upper) if x is not None]
    low = min(-0.05, -tolerance, *ends) * 1.1
    high = max(margin, 0.05, *ends) * 1.1
    plot = WIDTH - LABELS - RIGHT - 64
    height = 34 + 26 * len(rows)

    def x(change: float) -> float:
        return round(LABELS + (change - low) / (high - low) * plot, 1)

    band = round(x(tolerance) - x(-tolerance), 1)
    parts = [
        f'<rect class="band" x="{x(-tolerance)}" y="4" width="{band}" height="{height - 30}"/>',
        f'<line class="zero" x1="{x(0)}" x2="{x(0)}" y1="4" y2="{height - 26}"/>',
        f'<line class="margin" x1="{x(margin)}" x2="{x(margin)}" y1="4" y2="{height - 26}"/>',
    ]
    parts += [
        f'<text class="axis" x="{x(tick)}" y="{height - 8}" text-anchor="middle">{_signed(tick)}</text>'
        for tick in _ticks(low, high)
    ]
    for index, (row, told) in enumerate(zip(rows, percent, strict=True)):
        y = 18 + 26 * index
        left = x(row.lower) if row.lower is not None else LABELS
        right = x(row.upper) if row.upper is not None else LABELS + plot
        parts.append(
            f'<text class="label" x="{LABELS - 10}" y="{y + 4}" text-anchor="end">{escape(row.label)}</text>'
            f'<line class="range {row.mood}" x1="{left}" x2="{right}" y1="{y}" y2="{y}"/>'
            + "".join(_cap(at, y, row.mood) for at, end in ((left, row.lower), (right, row.upper)) if end is not None)
            + f'<circle class="estimate {row.mood}" cx="{x(row.change)}" cy="{y}" r="5"/>'
            f'<text class="value" x="{WIDTH - RIGHT}" y="{y + 4}" text-anchor="end">{escape(told)}</text>'
        )
    return _svg(height, title, parts)


def _cap(at: float, y: int, mood: str) -> str:
    return f'<line class="range {mood}" x1="{at}" x2="{at}" y1="{y - 5}" y2="{y + 5}"/>'


@dataclass(frozen=True, slots=True)
class Arm:
    """Response times of one shop, in milliseconds: single times where they are at hand, and quantiles."""

    name: str
    times: NDArray[np.float64] | None
    p50: float | None
    p95: float | None


def distribution_chart(before: Arm, after: Arm, *, title: str) -> Markup:
    """Two outlines over a logarithmic axis of milliseconds, with their p50 and p95 below.

    Without single times only the quantiles are drawn: a curve through two of them would be made up.
    """
    arms = (before, after)
    known = [arm.times for arm in arms if arm.times is not None and arm.times.size]
    marks = [value for arm in arms for value in (arm.p50, arm.p95) if value is not None and value > 0]
    if not marks and not known:
        return Markup("")
    edges = [float(np.quantile(times, q)) for times in known for q in (0.002, 0.998)]
    low = max(min([*edges, *marks]) / 1.15, 1e-3)
    high = max([*edges, *marks]) * 1.15
    span = math.log(high / low) or 1.0
    plot, top, base = WIDTH - 2 * RIGHT, 8, 118
    curves = bool(known)
    if not curves:
        base = 12
    height = base + 66

    def x(milliseconds: float) -> float:
        return round(RIGHT + math.log(max(milliseconds, low) / low) / span * plot, 1)

    parts = [f'<line class="zero" x1="{RIGHT}" x2="{WIDTH - RIGHT}" y1="{base}" y2="{base}"/>']
    if curves:
        densities = [_density(arm.times, low, high) for arm in arms]
        peak = max((float(d.max()) for d in densities if d is not None), default=1.0) or 1.0
        for arm, density in zip(arms, densities, strict=True):
            if density is not None:
                parts.append(_outline(density / peak, arm.name, plot, top, base))
    parts += [
        f'<text class="axis" x="{x(tick)}" y="{base + 16}" text-anchor="middle">{tick:g} ms</text>'
        for tick in _decades(low, high)
    ]
    for row, arm in enumerate(arms):
        y = base + 32 + 22 * row
        if arm.p50 is None or arm.p95 is None:
            continue
        parts.append(
            f'<line class="quantiles {arm.name}" x1="{x(arm.p50)}" x2="{x(arm.p95)}" y1="{y}" y2="{y}"/>'
            f'<circle class="mark {arm.name}" cx="{x(arm.p50)}" cy="{y}" r="4"/>'
            f'<rect class="mark {arm.name}" x="{x(arm.p95) - 4:.1f}" y="{y - 4}" width="8" height="8"/>'
        )
    return _svg(height, title, parts)


def _density(times: NDArray[np.float64] | None, low: float, high: float) -> NDArray[np.float64] | None:
    """Share of the times in each of equal steps of the logarithmic axis, a little smoothed."""
    if times is None or times.size < 2:
        return None
    counts, _ = np.histogram(np.log(np.clip(times, low, high)), bins=BINS, range=(math.log(low), math.log(high)))
    padded = np.pad(counts.astype(np.float64), 1, mode="edge")
    smooth: NDArray[np.float64] = (padded[:-2] + 2 * padded[1:-1] + padded[2:]) / 4 / times.size
    return smooth


def _outline(shares: NDArray[np.float64], name: str, plot: float, top: float, base: float) -> str:
    step = plot / len(shares)
    points = " ".join(
        f"{RIGHT + (index + 0.5) * step:.1f},{base - share * (base - top):.1f}" for index, share in enumerate(shares)
    )
    return f'<polyline class="curve {name}" points="{RIGHT},{base} {points} {WIDTH - RIGHT},{base}"/>'


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a series: ``at`` counts runs from the left, ``mood`` colours it, ``note`` is told to a reader."""

    at: int
    value: float
    mood: str
    note: str


def series_chart(
    points: Sequence[Point], runs: int, *, title: str, unit: str, marks: Iterable[tuple[int, str]]
) -> Markup:
    """Values over runs; ``marks`` are the runs at which the shop was updated, with what came."""
    top, base, left = 14, 150, 56
    plot = WIDTH - left - RIGHT
    peak = max((point.value for point in points), default=1.0) or 1.0
    scale = _nice(peak)

    def x(at: int) -> float:
        return round(left + (at + 0.5) / max(runs, 1) * plot, 1)

    def y(value: float) -> float:
        return round(base - value / scale * (base - top), 1)

    parts = [f'<line class="zero" x1="{left}" x2="{WIDTH - RIGHT}" y1="{base}" y2="{base}"/>']
    for share in (0.5, 1.0):
        at = y(scale * share)
        parts.append(f'<line class="grid" x1="{left}" x2="{WIDTH - RIGHT}" y1="{at}" y2="{at}"/>')
        parts.append(
            f'<text class="axis" x="{left - 6}" y="{at + 4}" text-anchor="end">{scale * share:g} {escape(unit)}</text>'
        )
    last = -math.inf
    for at, name in marks:
        place = x(at)
        parts.append(f'<line class="margin" x1="{place}" x2="{place}" y1="{top}" y2="{base}"/>')
        if place - last > 74:
            parts.append(f'<text class="axis" x="{place + 3}" y="{base + 16}">{escape(name)}</text>')
            last = place
    # as x() and y() do, written out: this line holds every run, and pages hold a hundred of them
    across, up = plot / max(runs, 1), (base - top) / scale
    drawn = " ".join(f"{left + (point.at + 0.5) * across:.1f},{base - point.value * up:.1f}" for point in points)
    parts.append(f'<polyline class="line" points="{drawn}"/>')
    parts += [
        f'<circle class="estimate {point.mood}" cx="{x(point.at)}" cy="{y(point.value)}" r="3">'
        f"<title>{escape(point.note)}</title></circle>"
        for point in points
        if point.mood != "good" or len(points) <= MOST_DOTS
    ]
    return _svg(base + 26, title, parts)


def _svg(height: float, title: str, parts: Iterable[str]) -> Markup:
    inside = "".join(parts)
    return Markup(  # noqa: S704 - every text inside was escaped where it was put in
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height:g}" role="img" aria-label="{escape(title)}">{inside}</svg>'
    )


def _ticks(low: float, high: float) -> list[float]:
    """At most seven round relative changes between two ends, zero among them."""
    step = _nice((high - low) / 6)
    first = math.ceil(low / step)
    return [index * step for index in range(first, math.floor(high / step) + 1)]


def _nice(value: float) -> float:
    """The next of 1, 2, 2.5, 5, 10, … that is not below a value."""
    power: float = 10.0 ** math.floor(math.log10(value)) if value > 0 else 1.0
    return next((factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= value * (1 - 1e-9)), 10 * power)


def _decades(low: float, high: float) -> list[float]:
    """Round values of a logarithmic axis: 1, 2, 5, 10, …; fewer where it spans much."""
    factors = (1, 2, 5) if high / low < 200 else (1,)
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    return [f * 10.0**p for p in range(first, last + 1) for f in factors if low <= f * 10.0**p <= high]


def _signed(change: float) -> str:
    percent = round(change * 100, 2)
    return f"{percent:+g} %".replace("-", "−") if percent else "0 %"
