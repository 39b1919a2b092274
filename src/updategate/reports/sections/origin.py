"""Where the verdict comes from: runs, commits, machines, hashes of the evidence."""

from __future__ import annotations

from dataclasses import dataclass

from updategate.evidence.provenance import file_hash
from updategate.evidence.reader import RunEvidence
from updategate.evidence.records import AnyRecord
from updategate.evidence.writer import FILE_NAME
from updategate.gate.verdict import RunReference
from updategate.reports.sections.sheet import Sheet


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run that the verdict rests on; ``sha256`` is None where its evidence was not at hand."""

    reference: RunReference
    anchor: str
    sha256: str | None
    machine: str
    dirty: bool
    tool: str


def run_rows(sheet: Sheet) -> list[RunRow]:
    """The runs of the verdict."""
    at_hand = {run.name: run for run in sheet.runs}
    rows = []
    for number, reference in enumerate(sheet.verdict.provenance.runs):
        run = at_hand.get(reference.run)
        origin = run.started.provenance if run and run.started else None
        rows.append(
            RunRow(
                reference=reference,
                anchor=sheet.book.cite(reference.run) or f"reference-{number}",
                sha256=_hash(run),
                machine=origin.machine if origin else "",
                dirty=bool(origin and origin.dirty),
                tool=f"updategate {origin.tool_version}, Python {origin.python}" if origin else "",
            )
        )
    return rows


def _hash(run: RunEvidence | None) -> str | None:
    path = run.folder / FILE_NAME if run else None
    return file_hash(path) if path and path.is_file() else None


@dataclass(frozen=True, slots=True)
class Checked:
    """A record that some kinds of runs write, with its evidence."""

    record: AnyRecord
    anchor: str | None


def checked(sheet: Sheet, kind: str) -> list[Checked]:
    """All records of a type by its name, such as ``parity``."""
    return [Checked(record, sheet.book.cite_record(record)) for record in sheet.named(kind)]
