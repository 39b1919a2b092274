"""What is kept of a failed test: exchanges, a table of amounts, mails and documents; in Allure and beside evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import allure

from updategate.actors.recorder import KeepsDocuments, Kept

MOST_DOCUMENTS = 20
_SUFFIXES = {"application/pdf": ".pdf", "text/plain": ".txt", "text/html": ".html", "application/json": ".json"}
_FIGURE = re.compile(r"^(?P<name>[a-z][a-z ]*?) (?P<value>[-\d(].*|none|not shown)$")


def keep_proof(fixtures: Mapping[str, object], error: BaseException | None, folder: Path, test: str) -> None:
    """Attach what tells why a test failed; ``fixtures`` are those of the test, ``folder`` its process's artefacts."""
    log = fixtures.get("http_log")
    if log is not None and hasattr(log, "as_text"):
        allure.attach(log.as_text(), "last HTTP exchanges", allure.attachment_type.TEXT)
    table = money_table(getattr(error, "expected", None), getattr(error, "actual", None))
    if table:
        allure.attach(table, "expected and actual amounts", allure.attachment_type.CSV)
    kept = [one for actor in _actors(fixtures.values()) for one in actor.documents()]
    for number, document in enumerate(kept[:MOST_DOCUMENTS], start=1):
        path = folder / f"{_safe(test)}-{number}-{_safe(Path(document.name).stem)[:60]}{_suffix(document)}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(document.content)
        allure.attach.file(str(path), document.name, document.type, _suffix(document).removeprefix("."))


def money_table(expected: object, actual: object) -> str:
    """Figures as CSV, one a row: name, expected, actual, a mark where they differ; empty where these are no figures.

    It reads what a comparison of costs writes: ``positions 23.80 EUR, total 28.70 EUR``.
    """
    if not isinstance(expected, str) or not isinstance(actual, str):
        return ""
    sides = [_figures(expected), _figures(actual)]
    names = list(dict.fromkeys((*sides[0], *sides[1])))
    if not names:
        return ""
    rows = ["figure;expected;actual;differs"]
    for name in names:
        one, other = (side.get(name, "not shown") for side in sides)
        rows.append(f"{name};{one};{other};{'yes' if one != other else ''}")
    return "\n".join(rows) + "\n"


def _figures(text: str) -> dict[str, str]:
    found = {}
    for part in text.split(", "):
        match = _FIGURE.match(part)
        if match is None:
            return {}
        found[match["name"]] = match["value"]
    return found


def _actors(values: Iterable[object]) -> list[KeepsDocuments]:
    return [value for value in values if isinstance(value, KeepsDocuments)]


def _suffix(document: Kept) -> str:
    return _SUFFIXES.get(document.type, Path(document.name).suffix or ".bin")


def _safe(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "_", text).strip("_") or "document"
