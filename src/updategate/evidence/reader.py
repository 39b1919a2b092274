"""Read a run's evidence back, and say everything that is wrong with it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from updategate.config.errors import ConfigError
from updategate.evidence.records import (
    RECORD,
    VERSION,
    AnyRecord,
    Created,
    ProcessFinished,
    ProcessStarted,
    Removed,
    RunFinished,
    RunStarted,
)
from updategate.evidence.writer import FILE_NAME

Kind = TypeVar("Kind", bound=AnyRecord)


@dataclass(frozen=True, slots=True)
class Defect:
    """Something that makes evidence doubtful; ``code`` is stable, ``line`` counts from 1 (0: the whole file)."""

    code: str
    message: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class RunEvidence:
    """A run as its evidence tells it. ``defects`` lists all that is missing or doubtful in the file itself."""

    folder: Path
    started: RunStarted | None
    finished: RunFinished | None
    records: tuple[AnyRecord, ...]
    defects: tuple[Defect, ...]
    processes: dict[str, tuple[ProcessFinished, ...]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The run's id, or the folder's name where the evidence does not say."""
        return self.started.run if self.started else self.folder.name

    def of_type(self, kind: type[Kind]) -> list[Kind]:
        """All records of one type, in the order written."""
        return [record for record in self.records if isinstance(record, kind)]

    def leftovers(self) -> list[Created]:
        """What was created and never reported removed."""
        gone = {(record.entity, record.id) for record in self.of_type(Removed)}
        return [record for record in self.of_type(Created) if (record.entity, record.id) not in gone]


def evidence_file(run: Path) -> Path:
    """The evidence file of a run given as its folder or as the file itself."""
    path = run if run.suffix == ".jsonl" else run / FILE_NAME
    if not path.is_file():
        raise ConfigError.single(
            str(run), "", "There is no evidence here.", f"Name the folder of a run, which holds {FILE_NAME}."
        )
    return path


def read_evidence(run: Path) -> RunEvidence:
    """Read ``<run>/evidence.jsonl``; raises ConfigError only when there is no such file.

    Everything else (a torn line, a hole in the numbering, a missing last line, two runs in one file) becomes a
    defect, because the gate must judge it, not crash on it.
    """
    path = evidence_file(run)
    records, defects = _parse(path)
    starts = [record for record in records if isinstance(record, RunStarted)]
    ends = [record for record in records if isinstance(record, RunFinished)]
    defects += _structure(records, starts, ends)
    processes: dict[str, tuple[ProcessFinished, ...]] = {}
    for record in records:
        if isinstance(record, ProcessFinished):
            processes[record.process] = (*processes.get(record.process, ()), record)
    defects += _counts(processes, ends, records)
    return RunEvidence(
        folder=path.parent,
        started=starts[0] if starts and records[0] is starts[0] else None,
        finished=ends[0] if ends else None,
        records=tuple(records),
        defects=tuple(defects),
        processes=processes,
    )


LEDGER_FOLDER = "ledger"


def read_run(run: Path) -> list[RunEvidence]:
    """Read a run and the price ledger that was recorded with it, if there is one (``<run>/ledger``).

    Raises ConfigError where there is no evidence at all. A ledger that was interrupted before the suites began stands
    alone.
    """
    beside = run / LEDGER_FOLDER
    if run.suffix == ".jsonl" or not (beside / FILE_NAME).is_file():
        return [read_evidence(run)]
    ledger = read_evidence(beside)
    return [read_evidence(run), ledger] if (run / FILE_NAME).is_file() else [ledger]


def ledger_of(run: Path) -> RunEvidence:
    """The price ledger of a run, given as the run's folder or as the ledger's own; ConfigError where there is none."""
    for evidence in read_run(run):
        if evidence.started and evidence.started.kind == "ledger":
            return evidence
    raise ConfigError.single(
        str(run), "", "This run has no price ledger.", "Record the run before the update with --ledger."
    )


def _parse(path: Path) -> tuple[list[AnyRecord], list[Defect]]:
    records: list[AnyRecord] = []
    defects: list[Defect] = []
    with path.open("rb") as lines:
        for number, raw in enumerate(lines, start=1):
            if not raw.endswith(b"\n"):
                defects.append(Defect("truncated", "the last line is cut off", number))
                break
            try:
                record = RECORD.validate_json(raw)
            except ValidationError as error:
                reason = error.errors()[0]["msg"]
                defects.append(Defect("unreadable", f"line {number} is not a record: {reason}", number))
                continue
            if record.v > VERSION:
                defects.append(
                    Defect("newer", f"line {number} has format {record.v}; this version reads up to {VERSION}", number)
                )
            records.append(record)
    return records, defects


def _structure(records: list[AnyRecord], starts: list[RunStarted], ends: list[RunFinished]) -> list[Defect]:
    defects = []
    if not records:
        return [Defect("empty", "the evidence is empty")]
    if not isinstance(records[0], RunStarted):
        defects.append(Defect("no_start", "the first line is not run_started"))
    if len(starts) > 1 or len({record.run for record in records}) > 1:
        defects.append(Defect("mixed", "the evidence holds more than one run"))
    if not ends or not isinstance(records[-1], RunFinished):
        defects.append(Defect("no_end", "the last line is not run_finished: the run was killed or is not over"))
    if len(ends) > 1:
        defects.append(Defect("two_ends", "the run was finished twice"))
    for position, record in enumerate(records):
        if record.seq != position:
            defects.append(
                Defect("hole", f"record {position} is missing; found {record.seq} in its place", position + 1)
            )
            break
    return defects


def _counts(
    processes: dict[str, tuple[ProcessFinished, ...]], ends: list[RunFinished], records: list[AnyRecord]
) -> list[Defect]:
    defects = []
    if ends:
        found = Counter(record.status for results in processes.values() for record in results)
        if dict(found) != ends[-1].counts:
            defects.append(
                Defect("counts", f"run_finished counts {ends[-1].counts}, but the records are {dict(found)}")
            )
        if ends[-1].interrupted:
            defects.append(Defect("interrupted", ends[-1].reason or "the run was interrupted"))
    started = {record.process for record in records if isinstance(record, ProcessStarted)}
    for process, results in processes.items():
        if process not in started:
            defects.append(Defect("not_started", f"{process} is finished but was never started"))
        if len(results) > 1:
            defects.append(Defect("twice", f"{process} has {len(results)} results"))
    return defects
