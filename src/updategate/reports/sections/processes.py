"""The processes before and after: what changed first, what works in a short list."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from updategate.evidence.records import ProcessFinished
from updategate.gate.verdict import ProcessResult
from updategate.reports.formats import differing, plain_message
from updategate.reports.proofs import Proof
from updategate.reports.sections.sheet import Sheet
from updategate.reports.words import title_of

ORDER = ("regressed", "failed", "new", "pre_existing", "not_tested", "waived", "intended", "fixed", "unchanged")
WEIGHTS = ("fail", "inconclusive", "note")
MOODS = {
    "regressed": "bad",
    "failed": "bad",
    "new": "bad",
    "pre_existing": "doubt",
    "not_tested": "doubt",
    "waived": "doubt",
    "intended": "good",
    "fixed": "good",
    "unchanged": "good",
}


@dataclass(frozen=True, slots=True)
class Pieces:
    """Expected and actual in pieces, each with whether it differs."""

    expected: list[tuple[str, bool]]
    actual: list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class ProcessRow:
    """A process of the scope. ``before`` and ``after`` are statuses, ``missing`` where there is no record."""

    result: ProcessResult
    title: str
    translated: bool
    before: str
    after: str
    mood: str
    message: str
    pieces: Pieces | None
    cases: tuple[int, int] | None
    before_anchor: str | None
    after_anchor: str | None
    proof: Proof | None


@dataclass(frozen=True, slots=True)
class ProcessView:
    """Rows to look at, rows that simply work, and how many of each kind."""

    changed: tuple[ProcessRow, ...]
    working: tuple[ProcessRow, ...]
    counts: Counter[str]


def pieces_of(expected: str | None, actual: str | None) -> Pieces | None:
    """Both sides of a failed comparison, with what differs between them; None where there is nothing to compare."""
    if expected is None and actual is None:
        return None
    if expected is None or actual is None:
        return Pieces([(expected or "–", False)], [(actual or "–", False)])
    return Pieces(*differing(expected, actual))


def process_view(sheet: Sheet) -> ProcessView:
    """All processes of the scope: what decides the verdict first, critical ones first within each kind of change."""
    weights: dict[str | None, int] = {}
    for reason in sheet.verdict.reasons:
        weight = WEIGHTS.index(reason.weight)
        weights[reason.process] = min(weight, weights.get(reason.process, weight))
    results = sorted(
        sheet.verdict.comparison.processes,
        key=lambda result: (
            weights.get(result.process, len(WEIGHTS)),
            ORDER.index(result.change),
            not result.critical,
            result.process,
        ),
    )
    rows = [_row(sheet, result) for result in results]
    doubtful = {reason.process for reason in sheet.verdict.reasons if reason.weight == "inconclusive"}
    changed = [row for row in rows if row.result.change != "unchanged" or row.result.process in doubtful]
    return ProcessView(
        changed=tuple(changed),
        working=tuple(row for row in rows if row not in changed),
        counts=Counter(str(row.result.change) for row in rows),
    )


def _row(sheet: Sheet, result: ProcessResult) -> ProcessRow:
    # looked up first: the lines after the update matter more, and pictures are given to the first that are cited
    after_anchor = sheet.book.cite(result.evidence_after)
    before_anchor = sheet.book.cite(result.evidence_before)
    proof = sheet.book.of(result.evidence_after)
    cases = None
    if proof is not None and isinstance(proof.record, ProcessFinished) and len(proof.record.cases) > 1:
        failed = sum(1 for case in proof.record.cases if case.status in ("failed", "broken"))
        cases = (failed, len(proof.record.cases)) if failed else None
    return ProcessRow(
        result=result,
        title=title_of(result, sheet.language),
        translated=sheet.language == "en" or bool(result.title_de),
        before=result.before or "missing",
        after=result.after or "missing",
        mood=MOODS[result.change],
        message=_message(result),
        pieces=pieces_of(result.expected, result.actual),
        cases=cases,
        before_anchor=before_anchor,
        after_anchor=after_anchor,
        proof=proof,
    )


def _message(result: ProcessResult) -> str:
    """What happened; where both sides of a comparison are shown, only where it was made."""
    text = plain_message(result.message)
    if result.expected is not None and result.actual is not None and "expected " in text:
        return text.partition(": ")[0] if ": " in text else ""
    return text
