"""The trend page: each process and each indicator over the runs of an environment, across updates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from markupsafe import Markup

from updategate.history.store import History, IndicatorPoint, ProcessPoint, ProcessSeries, StoredRun
from updategate.history.trends import Wavering, typical_seconds, updates, wavering
from updategate.reports import formats
from updategate.reports.charts import MOST_DOTS, Point, series_chart
from updategate.reports.html import page_words, templates
from updategate.reports.words import LANGUAGES, Language, states, words

MOODS = {"passed": "good", "failed": "bad", "broken": "doubt", "skipped": "doubt"}


@dataclass(frozen=True, slots=True)
class ProcessTrend:
    """A process over time. ``strip`` draws its last results, ``chart`` its durations."""

    process: str
    title: str
    translated: bool
    last: str
    typical: float | None
    newest: float
    wavers: Wavering
    chart: Markup
    strip: Markup

    @property
    def restless(self) -> bool:
        """Whether it should be looked at: it wavers, or did not pass the last time."""
        return bool(self.wavers.flips) or self.last not in ("passed", "not_applicable")


@dataclass(frozen=True, slots=True)
class IndicatorTrend:
    """An indicator over time."""

    name: str
    unit: str
    newest: float
    count: int
    chart: Markup


def trend_name(language: Language) -> str:
    """File name of the trend page: ``trend.html`` and ``trend.de.html``."""
    return "trend.html" if language == "en" else f"trend.{language}.html"


def write_trend_pages(
    history: History, folder: Path, environment: str, *, subject: str | None = None, last: int = 200
) -> list[Path]:
    """Write the trend page in all languages and return their paths.

    Without ``subject`` all processes and indicators over the newest ``last`` runs; with one (a process's id or an
    indicator's name) this one over all of its runs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = _collect(history, environment, subject, last)
    written = []
    for language in LANGUAGES:
        path = folder / trend_name(language)
        path.write_text(_page(found, environment, subject, language), encoding="utf-8")
        written.append(path)
    return written


@dataclass(frozen=True)
class _Found:
    runs: Sequence[StoredRun]
    processes: dict[str, ProcessSeries]
    indicators: dict[str, list[IndicatorPoint]]


def _collect(history: History, environment: str, subject: str | None, last: int) -> _Found:
    if subject is None:
        runs = history.runs(environment=environment, last=last)
        return _Found(runs, history.processes(runs), history.indicators(runs))
    points = history.of_process(subject, environment)
    values = history.of_indicator(subject, environment)
    runs = [point.run for point in points] or [value.run for value in values]
    processes = history.processes([points[-1].run]) if points else {}
    if points:
        processes = {subject: replace(processes[subject], points=points)}
    return _Found(runs, processes, {subject: values} if values else {})


def _page(found: _Found, environment: str, subject: str | None, language: Language) -> str:
    places = {run.id: place for place, run in enumerate(found.runs)}
    marks = updates(found.runs)
    other = next(one for one in LANGUAGES if one != language)
    processes = [_process(name, series, places, marks, language) for name, series in found.processes.items()]
    processes.sort(key=lambda trend: (not trend.restless, -(trend.wavers.share or 0), trend.process))
    indicators = [
        _indicator(name, points, places, marks, language) for name, points in sorted(found.indicators.items())
    ]
    return (
        templates()
        .get_template("trend.html.j2")
        .render(
            **page_words(language),
            environment=environment,
            subject=subject,
            other=other,
            other_page=trend_name(other),
            processes=processes,
            indicators=indicators,
            runs=list(reversed(found.runs))[:30],
            number_of_runs=len(found.runs),
            builds=len({run.build for run in found.runs if run.build}),
        )
    )


def _process(
    name: str,
    series: ProcessSeries,
    places: dict[int, int],
    marks: list[tuple[int, str]],
    language: Language,
) -> ProcessTrend:
    points = series.points
    status = states("status", language)
    few = len(points) <= MOST_DOTS  # of many, only what is wrong is dotted and needs a note
    drawn = [
        Point(
            places[point.run.id],
            point.seconds,
            MOODS.get(point.status, "plain"),
            f"{formats.moment(point.run.at, language)}, Shopware {point.run.core or '?'}: {status[point.status]}, "
            f"{formats.duration(point.seconds, language)}"
            if few or point.status != "passed"
            else "",
        )
        for point in points
        if point.run.id in places
    ]
    chart_title = words(language)["trend_chart"].format(subject=name)
    return ProcessTrend(
        process=name,
        title=(series.title_de if language == "de" else "") or series.title,
        translated=language == "en" or bool(series.title_de),
        last=points[-1].status,
        typical=typical_seconds(points),
        newest=points[-1].seconds,
        wavers=wavering(points),
        chart=series_chart(drawn, len(places), title=chart_title, unit="s", marks=marks),
        strip=_strip(points[-30:]),
    )


def _indicator(
    name: str,
    points: Sequence[IndicatorPoint],
    places: dict[int, int],
    marks: list[tuple[int, str]],
    language: Language,
) -> IndicatorTrend:
    unit = points[-1].unit
    few = len(points) <= MOST_DOTS
    drawn = [
        Point(
            places[point.run.id],
            point.value,
            "good",
            f"{formats.moment(point.run.at, language)}, Shopware {point.run.core or '?'}: "
            f"{formats.shortest(point.value, language)} {unit}"
            if few
            else "",
        )
        for point in points
        if point.run.id in places
    ]
    chart_title = words(language)["trend_chart"].format(subject=name)
    return IndicatorTrend(
        name=name,
        unit="" if unit == "1" else unit,
        newest=points[-1].value,
        count=len(points),
        chart=series_chart(drawn, len(places), title=chart_title, unit="" if unit == "1" else unit, marks=marks),
    )


def _strip(points: Sequence[ProcessPoint]) -> Markup:
    """The last results as a row of marks; a table beside it says the same in words, so it is decoration."""
    marks = ""
    for place, point in enumerate(points):
        top = 0 if point.status == "passed" else 3
        mood = MOODS.get(point.status, "plain")
        marks += f'<rect class="estimate {mood}" x="{4 * place}" y="{top}" width="3" height="{12 - top}"/>'
    return Markup(  # noqa: S704 - numbers and fixed words only
        f'<svg class="strip" viewBox="0 0 {4 * max(len(points), 1)} 12" width="{4 * len(points)}" height="12" '
        f'aria-hidden="true">{marks}</svg>'
    )
