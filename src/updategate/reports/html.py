"""The verdict page: one file that a stakeholder can open from a mail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from updategate.evidence.reader import RunEvidence
from updategate.gate.verdict import Verdict
from updategate.reports import formats
from updategate.reports.proofs import ProofBook
from updategate.reports.sections.builds import build_view, update_steps
from updategate.reports.sections.gaps import gaps
from updategate.reports.sections.origin import Checked, checked, run_rows
from updategate.reports.sections.prices import PriceView, price_view
from updategate.reports.sections.processes import ProcessView, pieces_of, process_view
from updategate.reports.sections.reasons import all_reasons, top_reasons
from updategate.reports.sections.sheet import Sheet
from updategate.reports.sections.speed import compared_speeds, measurements, server_figures
from updategate.reports.words import LANGUAGES, Language, headline, states, step_of, words

MOST_FINDINGS = 200


def page_name(language: Language) -> str:
    """File name of the page in a language: ``verdict.html`` and ``verdict.de.html``."""
    return "verdict.html" if language == "en" else f"verdict.{language}.html"


def write_verdict_page(
    verdict: Verdict,
    folder: Path,
    language: Language,
    *,
    before: Sequence[RunEvidence] = (),
    after: Sequence[RunEvidence] = (),
) -> Path:
    """Render the page in one language into ``folder``; nothing from the shop is read as HTML.

    ``before`` and ``after`` are the runs that were judged: every claim of the page leads to their lines.
    """
    path = folder / page_name(language)
    path.write_text(verdict_page(verdict, language, before=before, after=after, folder=folder), encoding="utf-8")
    return path


def verdict_page(
    verdict: Verdict,
    language: Language,
    *,
    before: Sequence[RunEvidence] = (),
    after: Sequence[RunEvidence] = (),
    folder: Path | None = None,
) -> str:
    """The page's HTML; ``folder`` is where it will lie, so that files of the runs can be linked."""
    sheet = Sheet(verdict, before, after, language, ProofBook((*after, *before), folder))
    other = next(one for one in LANGUAGES if one != language)
    processes, prices = process_view(sheet), price_view(sheet)
    return (
        templates()
        .get_template("verdict.html.j2")
        .render(
            **page_words(language),
            v=verdict,
            book=sheet.book,
            other=other,
            other_page=page_name(other),
            headline=headline(verdict, language),
            step=step_of(verdict, language),
            top=top_reasons(sheet),
            reasons=all_reasons(sheet),
            pieces_of=pieces_of,
            tiles=_tiles(sheet, processes, prices),
            builds=build_view(sheet),
            steps=update_steps(sheet),
            processes=processes,
            prices=prices,
            speeds=compared_speeds(sheet),
            measurements=measurements(sheet),
            server=server_figures(sheet),
            findings=_findings(sheet),
            parity=checked(sheet, "parity"),
            rollout=checked(sheet, "rollout"),
            gaps=gaps(sheet),
            runs=run_rows(sheet),
            fingerprint=getattr(verdict, "fingerprint", None),
        )
    )


@cache
def templates() -> Environment:
    """The templates of all pages: everything is escaped, and a missing value is an error."""
    return Environment(
        loader=PackageLoader("updategate.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page_words(language: Language) -> dict[str, Any]:
    """Words and formats of a language, for a template."""
    formatted: dict[str, Callable[..., str]] = {
        "number": lambda value, digits=1: formats.number(value, language, digits),
        "count": lambda value: formats.number(value, language, 0),
        "percent": lambda value, digits=1: formats.percent(value, language, digits),
        "shortest": partial(formats.shortest, language=language),
        "moment": partial(formats.moment, language=language),
        "duration": partial(formats.duration, language=language),
    }
    return {
        "language": language,
        "t": words(language),
        "status": states("status", language),
        "change": states("change", language),
        "pace": states("pace", language),
        **formatted,
    }


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure at the top, which leads to its section."""

    value: str
    label: str
    mood: str
    section: str


def _tiles(sheet: Sheet, processes: ProcessView, prices: PriceView) -> list[Tile]:
    counts, label = processes.counts, states("tile", sheet.language)
    worse = counts["regressed"]
    failed = counts["failed"] + counts["new"]
    tiles = []
    if sheet.verdict.build.before:
        tiles.append(Tile(str(worse), label["regressed"], "bad" if worse else "good", "processes"))
    for key, number, mood in (
        ("failed", failed, "bad"),
        ("pre_existing", counts["pre_existing"], "doubt"),
        ("changed", counts["fixed"] + counts["intended"], "good"),
    ):
        if number:
            tiles.append(Tile(str(number), label[key], mood, "processes"))
    tiles.append(
        Tile(str(counts["unchanged"]), label["working"], "good" if counts["unchanged"] else "doubt", "processes")
    )
    if counts["not_tested"]:
        tiles.append(Tile(str(counts["not_tested"]), label["not_tested"], "doubt", "not_tested"))
    if prices.shown:
        tiles.append(Tile(str(prices.differing), label["prices"], "bad" if prices.differing else "good", "prices"))
    pace = sheet.verdict.performance
    mood = {"slower": "bad", "not_slower": "good"}.get(pace, "doubt")
    tiles.append(Tile(states("pace", sheet.language)[pace], label["speed"], mood, "speed"))
    needed = sum(1 for finding in sheet.verdict.findings if finding.level == "blocked")
    if sheet.verdict.findings:
        tiles.append(Tile(str(needed), label["adjustments"], "bad" if needed else "good", "adjustments"))
    return tiles


def _findings(sheet: Sheet) -> list[Checked]:
    """Findings of compat, what must be adjusted first."""
    order = ("blocked", "review", "info")
    ranked = sorted(sheet.verdict.findings, key=lambda finding: order.index(finding.level))
    return [Checked(finding, sheet.book.cite_record(finding)) for finding in ranked[:MOST_FINDINGS]]
