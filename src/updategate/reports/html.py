"""The verdict page: one file that a stakeholder can open from a mail."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from updategate.gate.verdict import Verdict
from updategate.reports.words import CHANGES, TEXTS, headline, reason_text

TOP_REASONS = 3


def page_name(language: str) -> str:
    """File name of the page in a language: ``verdict.html`` and ``verdict.de.html``."""
    return "verdict.html" if language == "en" else f"verdict.{language}.html"


def write_verdict_page(verdict: Verdict, folder: Path, language: str) -> Path:
    """Render the page in one language into ``folder``; nothing from the shop is read as HTML."""
    path = folder / page_name(language)
    path.write_text(verdict_page(verdict, language), encoding="utf-8")
    return path


def verdict_page(verdict: Verdict, language: str) -> str:
    """The page's HTML."""
    environment = Environment(
        loader=PackageLoader("updategate.reports", "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    deciding = [reason for reason in verdict.reasons if reason.weight != "note"] or list(verdict.reasons)
    return environment.get_template("verdict.html").render(
        v=verdict,
        t=TEXTS[language],
        changes=CHANGES[language],
        language=language,
        other_page=page_name("de" if language == "en" else "en"),
        headline=headline(verdict, language),
        top=deciding[:TOP_REASONS],
        reason_text=lambda reason: reason_text(reason, language),
        build_rows=build_rows(verdict, TEXTS[language]),
    )


def build_rows(verdict: Verdict, words: dict[str, str]) -> list[tuple[str, str, str]]:
    """Rows (what, before, after) of everything that differs between the builds, and the core always."""
    before, after = verdict.build.before, verdict.build.after
    unknown = words["unknown"]
    rows = [(words["core"], before.core if before else unknown, after.core if after else unknown)]
    old = {plugin.name: plugin for plugin in before.plugins} if before else {}
    new = {plugin.name: plugin for plugin in after.plugins} if after else {}
    for name in sorted(old.keys() | new.keys()):
        was, now = old.get(name), new.get(name)
        if was != now:
            rows.append((f"{words['plugin']} {name}", was.version if was else "–", now.version if now else "–"))
    return rows
