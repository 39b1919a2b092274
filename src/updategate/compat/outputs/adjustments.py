"""The adjustment document: what has to be done before the update, for the people who order and do it.

It lives in a folder under version control. `adjustments.json` holds the state; the documents (Markdown and HTML,
English and German) are written from it. A second run compares with the state: what is new, still open, done or waived.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined

from updategate.compat.model import CompatError, Finding, Level, Report

SCHEMA = 1
STATE_FILE = "adjustments.json"
LANGUAGES = ("en", "de")


@dataclass(slots=True)
class Adjustment:
    """One thing to do: a symbol of one check in one plugin, with every place."""

    key: str
    plugin: str
    check: str
    symbol: str
    level: str
    owner: str
    effort: str
    message: str
    replacement: str
    places: list[str]
    status: str  # new | open | done | waived
    since: str  # date it was found first
    done: str = ""  # date it was found gone
    waived: str = ""
    link: str = ""

    def data(self) -> dict[str, Any]:
        """As kept in the state file."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "status" or self.status != "new"}


@dataclass(slots=True)
class AdjustmentDocument:
    """The document's content."""

    report: Report
    today: date
    items: list[Adjustment] = field(default_factory=list)

    def of(self, plugin: str, *levels: str) -> list[Adjustment]:
        """A plugin's living adjustments of these levels."""
        return [item for item in self.items if item.plugin == plugin and item.level in levels and item.status != "done"]

    def done(self, plugin: str) -> list[Adjustment]:
        """What is gone since it was found."""
        return [item for item in self.items if item.plugin == plugin and item.status == "done"]

    def count(self, status: str, level: str = "blocked") -> int:
        """Adjustments of a status."""
        return sum(1 for item in self.items if item.status == status and item.level == level)


def _key(finding: Finding) -> str:
    return f"{finding.plugin}/{finding.check}/{finding.symbol}"


def build_document(report: Report, previous: dict[str, Any] | None, today: date) -> AdjustmentDocument:
    """Group findings to adjustments, and compare them with the state of an earlier run."""
    known = {item["key"]: item for item in (previous or {}).get("items", ())}
    document = AdjustmentDocument(report, today)
    groups: dict[str, list[Finding]] = {}
    for finding in (*report.findings, *report.suppressed):
        if finding.level is not Level.INFO:
            groups.setdefault(_key(finding), []).append(finding)
    for key, findings in groups.items():
        document.items.append(_adjustment(key, findings, known.get(key), today))
    checked = {plugin.name for plugin in report.plugins}
    for key, item in known.items():
        if key in groups:
            continue
        gone = Adjustment(**{**item, "status": "done"})
        if item.get("plugin") in checked or item.get("done"):
            gone.done = item.get("done") or today.isoformat()
        else:
            gone.status = "open"  # its plugin was not checked this time: nothing is known to be done
        document.items.append(gone)
    document.items.sort(key=lambda item: (item.plugin, item.level, item.status, item.check, item.symbol))
    return document


def _adjustment(key: str, findings: list[Finding], known: dict[str, Any] | None, today: date) -> Adjustment:
    first = min(findings, key=lambda finding: (bool(finding.waived), finding.level.rank))
    waived = "" if any(not finding.waived for finding in findings) else first.waived
    status = "waived" if waived else "open" if known is not None and not known.get("done") else "new"
    return Adjustment(
        key,
        first.plugin,
        first.check,
        first.symbol,
        first.level.value,
        first.owner,
        max((finding.effort.value for finding in findings), key="SML".index),
        first.message,
        first.replacement,
        sorted({f"{finding.file}:{line}" for finding in findings for line in finding.lines or (finding.line,)}),
        status,
        known["since"] if known is not None and not known.get("done") else today.isoformat(),
        waived=waived,
        link=first.evidence,
    )


def read_state(folder: Path) -> dict[str, Any] | None:
    """The state of an earlier run; None where there is none.

    Raises:
        CompatError: the file is damaged: overwriting it would lose what was done.

    """
    path = folder / STATE_FILE
    if not path.is_file():
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        names = set(Adjustment.__slots__)
        if data["schema"] != SCHEMA or any(set(item) - names or "key" not in item for item in data["items"]):
            raise CompatError(f"{path} was written by another version of updategate. Move it away to start anew.")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CompatError(f"{path} cannot be read ({error}). Restore it from version control.") from error
    return {**data, "items": [{"status": "open", **item} for item in data["items"]]}


def write_documents(report: Report, folder: Path, today: date) -> list[Path]:
    """Write the state and the four documents; returns their paths."""
    document = build_document(report, read_state(folder), today)
    state = {
        "schema": SCHEMA,
        "from": report.version_from,
        "to": report.version_to,
        "items": [item.data() for item in document.items],
    }
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / STATE_FILE]
    paths[0].write_text(json.dumps(state, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    for language in LANGUAGES:
        for suffix in ("md", "html"):
            path = folder / f"adjustments.{language}.{suffix}"
            path.write_text(render(document, language, suffix), encoding="utf-8")
            paths.append(path)
    return paths


@cache
def words() -> dict[str, Any]:
    """Texts of the document: by language for the frame, by check for what and why."""
    text = files("updategate.compat.outputs").joinpath("words.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data


def check_words(check: str, language: str) -> dict[str, str]:
    """`what` and `why` of a check, for readers without technical knowledge."""
    table = words()["checks"]
    found: dict[str, str] = table.get(check, table["other"] if not check.startswith("rule:") else table["rule"])[
        language
    ]
    return found


def _cell(text: str) -> str:
    """Text for a Markdown table."""
    escaped = (
        text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")
    )
    return " ".join(escaped.split())


@cache
def _environment(suffix: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("updategate.compat.outputs", "templates"),
        autoescape=suffix == "html",  # noqa: S701 - Markdown is no HTML; a filter escapes its cells
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["cell"] = _cell
    return environment


def render(document: AdjustmentDocument, language: str, suffix: str) -> str:
    """The document in `md` or `html`."""
    template = _environment(suffix).get_template(f"adjustments.{suffix}.j2")
    return template.render(
        document=document, report=document.report, today=document.today, language=language,
        t=words()["frame"][language], check_words=check_words,
    )  # fmt: skip
