"""The reasons of a verdict: the three that a reader should know first, and all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from updategate.gate.verdict import Reason
from updategate.reports.formats import plain_message
from updategate.reports.sections.prices import price_text
from updategate.reports.sections.sheet import Sheet
from updategate.reports.words import reason_codes, reason_text

MOST = 3
# reasons of one kind say the same thing many times; the first of each kind is told before a second of any
_KINDS = {
    "ledger": "prices",
    "price": "prices",
    "performance": "speed",
    "indicator": "speed",
    "adjustment": "adjustments",
    "update": "steps",
    "parity": "parity",
    "rollout": "rollout",
    "evidence": "provenance",
    "build": "provenance",
    "builds": "provenance",
    "environment": "provenance",
    "environments": "provenance",
    "shards": "provenance",
}


@dataclass(frozen=True, slots=True)
class Told:
    """A reason as a reader sees it.

    ``more`` counts further ones of its kind, ``section`` is where they stand, ``detail`` is what the test said.
    """

    reason: Reason
    text: str
    expected: str | None
    actual: str | None
    anchor: str | None
    section: str
    more: int = 0
    detail: str = ""


def kind_of(reason: Reason) -> str:
    """The section of the page that a reason belongs to."""
    return _KINDS.get(reason.code.partition("_")[0], "processes")


def told(sheet: Sheet, reason: Reason, more: int = 0) -> Told:
    """One reason in the reader's language, with the way to its evidence."""
    finding = next((one for one in sheet.verdict.findings if f"{one.file}:{one.line}" == reason.evidence), None)
    adjustment = reason.code == "adjustment"
    return Told(
        reason=reason,
        text=plain_message(reason_text(reason, sheet.language)),
        # a symbol and its replacement are no two sides of a comparison; they stand in the section of adjustments
        expected=None if adjustment else _side(sheet, reason, reason.expected),
        actual=None if adjustment else _side(sheet, reason, reason.actual),
        anchor=sheet.book.cite_record(finding) if adjustment and finding else sheet.book.cite(reason.evidence),
        section=kind_of(reason),
        more=more,
        detail=_detail(sheet, reason),
    )


def _side(sheet: Sheet, reason: Reason, text: str | None) -> str | None:
    """One side of a comparison; prices in the reader's words, what a test said as it is."""
    return price_text(text, sheet) if text is not None and kind_of(reason) == "prices" else text


def _detail(sheet: Sheet, reason: Reason) -> str:
    """What the test itself said, where the sentence does not repeat it and no amounts are compared."""
    if reason.code not in reason_codes(sheet.language) or reason.expected is not None or reason.actual is not None:
        return ""
    result = next((one for one in sheet.verdict.comparison.processes if one.process == reason.process), None)
    return plain_message(result.message) if result and result.after != "passed" else ""


def top_reasons(sheet: Sheet) -> list[Told]:
    """The three most important reasons, of as many kinds as there are; what only notes comes if nothing else does."""
    reasons = list(sheet.verdict.reasons)
    weighty = [reason for reason in reasons if reason.weight != "note"] or reasons
    decisive = [reason for reason in weighty if reason.weight == weighty[0].weight] if weighty else []
    groups: dict[str, list[Reason]] = {}
    for reason in sorted(decisive, key=_critical_first(sheet)):
        groups.setdefault(kind_of(reason), []).append(reason)
    chosen: list[Reason] = []
    depth = 0
    while len(chosen) < MOST and any(len(group) > depth for group in groups.values()):
        chosen += [group[depth] for group in groups.values() if len(group) > depth]
        depth += 1
    chosen = chosen[:MOST]
    last_of_kind = {kind_of(reason): reason for reason in chosen}
    found = []
    for reason in chosen:
        kind = kind_of(reason)
        left = len(groups[kind]) - sum(1 for one in chosen if kind_of(one) == kind)
        found.append(told(sheet, reason, more=left if last_of_kind[kind] is reason else 0))
    return found


def _critical_first(sheet: Sheet) -> Callable[[Reason], tuple[int, int]]:
    critical = {result.process for result in sheet.verdict.comparison.processes if result.critical}
    kinds = ["processes", "prices", "steps", "adjustments", "speed", "rollout", "parity", "provenance"]

    def rank(reason: Reason) -> tuple[int, int]:
        return kinds.index(kind_of(reason)), 0 if reason.process in critical else 1

    return rank


def all_reasons(sheet: Sheet) -> list[Told]:
    """Every reason."""
    return [told(sheet, reason) for reason in sheet.verdict.reasons]
