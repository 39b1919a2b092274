"""What the verdict says nothing about."""

from __future__ import annotations

from dataclasses import dataclass

from updategate.reports.formats import plain_message
from updategate.reports.sections.sheet import Sheet
from updategate.reports.words import title_of

MOST_NAMES = 12
# what the gate itself names, in English
KINDS = {"Performance": "performance", "Price ledger": "prices"}


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that was not tested, and why."""

    what: str
    reason: str
    critical: bool
    anchor: str | None = None


def gaps(sheet: Sheet) -> list[Gap]:
    """Processes without a result, kinds of evidence that nobody collected, and processes outside of the scope."""
    text = sheet.words
    results = {f"{result.process} {result.title}": result for result in sheet.verdict.comparison.processes}
    found = []
    for gap in sheet.verdict.not_tested:
        if gap.what in KINDS:
            key = KINDS[gap.what]
            found.append(Gap(text[f"gap_{key}"], text[f"gap_{key}_why"], gap.critical))
        else:
            result = results.get(gap.what)
            what = f"{result.process} {title_of(result, sheet.language)}" if result else gap.what
            anchor = sheet.book.cite(result.evidence_after) if result else None
            found.append(Gap(what, plain_message(gap.reason), gap.critical, anchor))
    found.sort(key=lambda gap: not gap.critical)
    if sheet.runs:
        kinds = {run.started.kind for run in sheet.runs if run.started}
        found += [
            Gap(text[f"gap_{kind}"], text[f"gap_{kind}_why"], critical=False)
            for kind in ("compat", "parity")
            if kind not in kinds
        ]
        found += _outside(sheet)
    return found


def _outside(sheet: Sheet) -> list[Gap]:
    """Registered processes that the scope leaves out."""
    judged = {result.process for result in sheet.verdict.comparison.processes}
    registered = {entry.id for run in sheet.after if run.started for entry in run.started.registry}
    left = sorted(registered - judged)
    if not left:
        return []
    names = ", ".join(left[:MOST_NAMES]) + (" …" if len(left) > MOST_NAMES else "")
    why = sheet.words["gap_outside_why"].format(count=len(left), scope=sheet.verdict.scope, names=names)
    return [Gap(sheet.words["gap_outside"], why, critical=False)]
