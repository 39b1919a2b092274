"""Process by process: what passed before, what passes after, and what that means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from updategate.config.policy import IntendedChange, Policy, Waiver
from updategate.evidence.reader import RunEvidence
from updategate.evidence.records import Build, ProcessEntry, ProcessFinished, worst
from updategate.gate.criticality import Touched, why_critical
from updategate.gate.verdict import Change, NotTested, ProcessResult, Reason, Weight


@dataclass(frozen=True, slots=True)
class Judged:
    """A process's result, the reasons it gives, and what it leaves untested."""

    result: ProcessResult
    reasons: tuple[Reason, ...] = ()
    not_tested: NotTested | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """All process records of one phase. ``exists`` is false where no run was given."""

    exists: bool
    registry: Mapping[str, ProcessEntry]
    results: Mapping[str, tuple[str, ProcessFinished]]
    build: Build | None
    planned: frozenset[str] = frozenset()

    @classmethod
    def of(cls, runs: Sequence[RunEvidence]) -> Side:
        """Merge the process runs of a phase; where two runs hold a process, the worse result counts."""
        process_runs = [run for run in runs if run.started and run.started.kind == "processes"]
        registry: dict[str, ProcessEntry] = {}
        results: dict[str, tuple[str, ProcessFinished]] = {}
        for run in process_runs:
            registry |= {entry.id: entry for entry in (run.started.registry if run.started else ())}
            for process, found in run.processes.items():
                for record in found:
                    held = results.get(process)
                    if held is None or worst((held[1].status, record.status)) == record.status:
                        results[process] = (f"{run.name}:{record.seq + 1}", record)
        builds = [run.started.build for run in process_runs if run.started and run.started.build]
        planned = frozenset(process for run in process_runs if run.started for process in run.started.processes)
        return cls(bool(process_runs), registry, results, builds[0] if builds else None, planned)


def waiver_for(process: str, waivers: Sequence[Waiver], today: date) -> tuple[Waiver | None, Waiver | None]:
    """The waiver that holds today for a process, and one that has expired."""
    own = [waiver for waiver in waivers if waiver.process == process]
    valid = next((waiver for waiver in own if waiver.expires >= today), None)
    expired = next((waiver for waiver in own if waiver.expires < today), None)
    return valid, expired


def intended_for(
    process: str, changes: Sequence[IntendedChange], before: Build | None, after: Build | None
) -> IntendedChange | None:
    """The intended change that covers a process for exactly this step between versions."""
    if before is None or after is None:
        return None
    return next(
        (
            change
            for change in changes
            if change.process == process
            and within(before.core, change.from_version)
            and within(after.core, change.to_version)
        ),
        None,
    )


def within(version: str, line: str) -> bool:
    """Whether ``6.6.7.1`` belongs to the line ``6.6``."""
    try:
        release, wanted = Version(version).release, Version(line).release
    except InvalidVersion:
        return version == line
    return release[: len(wanted)] == wanted


class Judge:
    """Judges the processes of a scope under one policy at one date."""

    def __init__(self, policy: Policy, before: Side, after: Side, today: date, touched: Touched | None = None) -> None:
        self.policy = policy
        self.before = before
        self.after = after
        self.today = today
        self.touched = touched or {}

    def process(self, entry: ProcessEntry) -> Judged:
        """The result of one process of the scope, and what it means."""
        found = self.after.results.get(entry.id)
        earlier = self.before.results.get(entry.id)
        if found is None:
            missing: Weight = self.policy.missing_evidence
            why = why_critical(entry, self.touched) if entry.id not in self.after.planned else ""
            return self._judged(
                entry,
                "not_tested",
                [self._reason(entry, "no_record", missing, f"has no finished record in the after run{why}", None)],
                untested="it has no finished record",
            )
        registries = self._registry_gap(entry)
        status = found[1].status
        if status == "failed":
            judged = self._failed(entry, earlier)
        elif status == "passed":
            judged = self._passed(entry, earlier)
        elif status == "not_applicable":
            judged = self._not_applicable(entry, earlier)
        else:
            judged = self._undecided(entry, found[1])
        if registries is None:
            return judged
        return Judged(judged.result, (*judged.reasons, registries), judged.not_tested)

    def _registry_gap(self, entry: ProcessEntry) -> Reason | None:
        if not self.before.exists:
            return None
        for side, which in ((self.before, "before"), (self.after, "after")):
            if entry.id not in side.registry:
                return self._reason(entry, "one_registry", "inconclusive", f"is not in the registry of the {which} run")
        if entry.id not in self.before.results:
            return self._reason(
                entry, "no_record_before", "inconclusive", "has no finished record in the before run", None
            )
        return None

    def _failed(self, entry: ProcessEntry, earlier: tuple[str, ProcessFinished] | None) -> Judged:
        valid, expired = waiver_for(entry.id, self.policy.waivers, self.today)
        notes = []
        if expired is not None:
            notes.append(
                self._reason(
                    entry,
                    "waiver_expired",
                    "note",
                    f"had a waiver until {expired.expires}; it is ignored",
                    until=str(expired.expires),
                )
            )
        change, weight, text = self._failure(entry, earlier)
        told = self.after.results[entry.id][1].message.rstrip(".")
        text = f"{text}: {told}" if told else text
        if valid is not None:
            waived = f"failed; waived until {valid.expires}: {valid.reason}"
            return self._judged(
                entry,
                "waived",
                [self._reason(entry, "waived", "note", waived, until=str(valid.expires), why=valid.reason), *notes],
            )
        intended = intended_for(entry.id, self.policy.intended, self.before.build, self.after.build)
        if change == "regressed" and intended is not None:
            meant = f"changed as intended: {intended.reason} ({intended.source})"
            return self._judged(
                entry,
                "intended",
                [self._reason(entry, "intended", "note", meant, why=intended.reason, source=intended.source), *notes],
            )
        return self._judged(entry, change, [self._reason(entry, change, weight, text), *notes])

    def _failure(self, entry: ProcessEntry, earlier: tuple[str, ProcessFinished] | None) -> tuple[Change, Weight, str]:
        """Kind of a failure, its weight before the allowance for others is counted, and its text."""
        against: Weight = "fail" if entry.critical else "note"
        if not self.before.exists:
            return "failed", against, "failed; there is no run from before the update"
        before = earlier[1].status if earlier else None
        if before == "passed":
            return "regressed", against, "failed, and passed before the update"
        if before == "failed":
            rules = self.policy.processes
            stance = rules.pre_existing_critical if entry.critical else rules.pre_existing_other
            weight: Weight = "note" if stance == "report" else stance
            return "pre_existing", weight, "failed before the update too"
        if before == "not_applicable":
            return "new", against, "failed; it did not apply before the update"
        doubtful: Weight = "inconclusive" if entry.critical else "note"
        return "failed", doubtful, f"failed, and it is not known whether it worked before ({before or 'no record'})"

    def _passed(self, entry: ProcessEntry, earlier: tuple[str, ProcessFinished] | None) -> Judged:
        record = self.after.results[entry.id][1]
        if record.attempts > 1:
            weight: Weight = "inconclusive" if entry.critical else "note"
            return self._judged(
                entry,
                "unchanged",
                [
                    self._reason(
                        entry,
                        "passed_on_retry",
                        weight,
                        f"passed only on attempt {record.attempts}",
                        attempts=str(record.attempts),
                    )
                ],
            )
        if earlier and earlier[1].status == "failed":
            return self._judged(entry, "fixed", [])
        return self._judged(entry, "unchanged", [])

    def _not_applicable(self, entry: ProcessEntry, earlier: tuple[str, ProcessFinished] | None) -> Judged:
        record = self.after.results[entry.id][1]
        version = self.after.build.core if self.after.build else None
        other_version = bool(version and entry.versions and not _applies(entry.versions, version))
        if earlier and earlier[1].status in ("passed", "failed") and not other_version:
            against: Weight = "fail" if entry.critical else "note"
            text = f"applied before the update and does not any more: {record.message or 'its capability is gone'}"
            return self._judged(entry, "regressed", [self._reason(entry, "capability_gone", against, text)])
        reason = record.message or "the shop does not have what it needs"
        return self._judged(entry, "not_tested", [], untested=reason)

    def _undecided(self, entry: ProcessEntry, record: ProcessFinished) -> Judged:
        weight: Weight = "inconclusive" if entry.critical else "note"
        verb = "was skipped" if record.status == "skipped" else "could not be carried out"
        detail = f": {record.message}" if record.message else ""
        return self._judged(
            entry,
            "not_tested",
            [self._reason(entry, record.status, weight, f"{verb}{detail}")],
            untested=record.message or verb,
        )

    def _judged(
        self, entry: ProcessEntry, change: Change, reasons: list[Reason], untested: str | None = None
    ) -> Judged:
        after = self.after.results.get(entry.id)
        before = self.before.results.get(entry.id)
        result = ProcessResult(
            process=entry.id,
            title=entry.title,
            critical=entry.critical,
            owner=entry.owner,
            before=before[1].status if before else None,
            after=after[1].status if after else None,
            change=change,
            seconds_before=before[1].seconds if before else None,
            seconds_after=after[1].seconds if after else None,
            message=after[1].message if after else "",
            expected=after[1].expected if after else None,
            actual=after[1].actual if after else None,
            evidence_before=before[0] if before else None,
            evidence_after=after[0] if after else None,
            title_de=entry.title_de,
        )
        gap = None
        if untested is not None:
            gap = NotTested(what=f"{entry.id} {entry.title}", reason=untested, critical=entry.critical)
        return Judged(result, tuple(reasons), gap)

    def _reason(
        self, entry: ProcessEntry, code: str, weight: Weight, text: str, evidence: str | None = "", **facts: str
    ) -> Reason:
        found = self.after.results.get(entry.id)
        record = found[1] if found and found[1].status == "failed" else None
        return Reason(
            code=code,
            weight=weight,
            message=f"{entry.id} {entry.title} {text}.",
            process=entry.id,
            title=entry.title,
            expected=record.expected if record else None,
            actual=record.actual if record else None,
            evidence=(found[0] if found else None) if evidence == "" else evidence,
            facts={**facts, "title_de": entry.title_de} if entry.title_de else facts,
        )


def _applies(versions: str, version: str) -> bool:
    try:
        return SpecifierSet(versions).contains(version, prereleases=True)
    except ValueError:
        return True
