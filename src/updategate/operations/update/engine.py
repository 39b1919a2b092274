"""Play an update plan: each step is journaled before it begins, so that a killed update is taken up where it was."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from updategate.clients.connection import admin_api
from updategate.clients.errors import ShopError
from updategate.config.environment import Environment, secrets_of
from updategate.config.exit_codes import ExitCode
from updategate.config.update_plan import Command, UpdatePlan
from updategate.evidence.handover import FILE_NAME as HANDOVER
from updategate.evidence.handover import Handover
from updategate.evidence.reader import LEDGER_FOLDER, RunEvidence, read_evidence, read_run
from updategate.evidence.records import Build, Provenance, RunStarted, UpdateStep
from updategate.evidence.writer import FILE_NAME, EvidenceWriter
from updategate.operations.cleaning import clean_carried, clean_run
from updategate.operations.doctor import examine
from updategate.operations.fingerprint import read_build
from updategate.operations.preflight import obstacle
from updategate.operations.run_suites import SuiteRun, SuiteRunRefused
from updategate.operations.update.commands import (
    CommandResult,
    ended_as,
    ended_within,
    run_command,
    secrets_in,
    still_works,
)
from updategate.operations.update.conclusion import build_in, checks_of
from updategate.operations.update.doors import closed_for_customers, still_closed
from updategate.operations.update.journal import UpdateJournal
from updategate.operations.update.rehearsal import STEP, rehearse
from updategate.operations.update.settling import Check, queue_size, wait_until_settled
from updategate.operations.update.stopping import UpdateStoppedError

GIGABYTE = 10**9


@dataclass
class Update:
    """One update of one environment.

    ``run_phase`` carries the suites out and ``compare_speed`` compares the shop's speed with that of the reference
    copy (None where none is named), each into a folder; ``tell`` shows progress to a person. Commands are run in
    ``root``, the project's folder, so that a plan may name its files.
    """

    plan: UpdatePlan
    environment: Environment
    folder: Path
    variables: dict[str, str]
    run_phase: Callable[[str, Path], SuiteRun]
    tell: Callable[[str], None]
    root: Path | None = None
    compare_speed: Callable[[Path], None] | None = None
    redo: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()
    checks: list[Check] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.journal = UpdateJournal(self.folder)

    # -- the way through

    def play(self) -> None:
        """Everything up to the verdict; UpdateStoppedError where it cannot go on."""
        self._step("preflight", self._preflight)
        self._step("before", lambda: self._suites("before"))
        self._optional("snapshot", self.plan.snapshot)
        if self.plan.rehearse_rollback:
            self._step(STEP, self._rehearse)
        maintenance = self.plan.maintenance
        if maintenance:
            self._optional("maintenance-on", maintenance.on)
            self._step("maintenance-check", lambda: _kept(closed_for_customers(self.environment)))
        if self._commands_succeed():
            self._step("migrations", self._migrations)
            self._step("settling", self._settle)
            self._step("target", lambda: {"build": (found := self._build()) and found.model_dump()})
            if maintenance:
                # one that fails is told in the verdict: a half-updated shop is often the reason
                self._once("maintenance-off", maintenance.off)
            self._step("opening", self._look_whether_open)
            if self._is_open():
                self._step("after", lambda: self._suites("after"))
                if self.compare_speed is not None:
                    self._step("performance", self._speed)
        self.checks = checks_of(self.plan, self.journal)

    def evidence(self, provenance: Provenance) -> Path:
        """The facts of the update itself as evidence of their own, for the gate."""
        folder = self.folder / "update"
        shutil.rmtree(folder, ignore_errors=True)
        writer = EvidenceWriter(folder, self.folder.name, secrets=secrets_of(self.environment))
        writer.write(RunStarted(kind="update", scope=self.plan.scope, phase="after", provenance=provenance))
        for check in self.checks:
            writer.write(
                UpdateStep(
                    step=check.step, ok=check.ok, message=check.message, expected=check.expected, actual=check.actual
                )
            )
        writer.finish(None)
        return folder

    def roll_back(self) -> list[Check]:
        """Run the commands of the way back, and look whether the old state is there again; once."""
        self._step("rollback", lambda: _kept([self._back_where_it_was()]))
        last = self.journal.last("rollback")
        return [Check(*found) for found in (last.detail["checks"] if last else [])]

    def _back_where_it_was(self) -> Check:
        before = build_in(self.journal, "preflight")
        told = f"Shopware {before.core}, open" if before else "the build from before"
        failed = self._go_back("rollback")
        if failed is not None:
            return failed
        now = self._build()
        found = f"Shopware {now.core}" if now else "the shop does not tell its version"
        if before is None or now != before:
            return Check("rollback", ok=False, expected=told, actual=found)
        closed = still_closed(self.environment)
        return Check("rollback", not closed, told, f"{found}, {closed or 'open'}")

    def _go_back(self, why: str) -> Check | None:
        """Run the commands of the way back; what failed, or None."""
        for command in self.plan.rollback:
            result = self._run(f"{why}-{command.name}", command)
            if not result.ok:
                return Check("rollback", ok=False, expected="exit code 0", actual=result.told(command))
        return None

    # -- steps

    def _step(self, name: str, work: Callable[[], dict[str, Any]]) -> None:
        """A step of ours: it may be repeated, so one that was under way is done again."""
        last = self.journal.last(name)
        if last is not None and last.event == "finished" and name not in self.redo:
            self.tell(f"{name}: done at {last.at[:19]}")
            return
        self.tell(f"{name} …")
        self.journal.note(name, "started")
        begun = perf_counter()
        detail = work()
        self.journal.note(name, "finished", seconds=round(perf_counter() - begun, 1), **detail)

    def _optional(self, name: str, command: Command | None) -> None:
        if command is None:
            return
        result = self._once(name, command)
        if result is not None and not result.ok:
            again = f"Mend what it says, then resume with --redo {name}."
            raise UpdateStoppedError(f"{name}: {result.told(command)}. See {self._log(name)}.\n  {again}")

    def _commands_succeed(self) -> bool:
        """Run the update commands; the first that fails ends the update, and the verdict will be fail."""
        for command in self.plan.changing_commands():
            name = f"command-{command.name}"
            result = self._once(name, command)
            if result is not None and not result.ok:
                return False
        return True

    def _once(self, name: str, command: Command) -> CommandResult | None:
        """Run a command that must never run twice unasked; None where it is done already."""
        self._learn_its_end(name, command)
        last = self.journal.last(name)
        if last is not None and name not in self.redo:
            if last.event in ("finished", "failed"):
                self.tell(f"{name}: {last.event} at {last.at[:19]}")
                return None if last.event == "finished" else CommandResult(int(last.detail.get("code") or 1), 0.0, ())
            working = still_works(str(last.detail.get("process")))
            if name not in self.done or working:
                state = "it is still working" if working else "did it end?"
                raise UpdateStoppedError(
                    f"The update was interrupted while '{command.name}' was running; {state}\n"
                    f"  Look at the shop and at {self._log(name)}, then resume with --done {name} if it did its work,\n"
                    f"  or with --redo {name} if it must run again."
                )
            self.journal.note(name, "finished", by="--done")
            return None
        return self._run(name, command)

    def _waited_for(self, name: str, command: Command, process: str) -> bool:
        """Wait for a command that went on when updategate was killed: it has its own time limit; whether it ended."""
        if still_works(process):
            told = f"it went on while updategate did not; its end is waited for, at most {command.timeout:g} s"
            self.tell(f"{name}: {told} ({self._log(name)})")
        return ended_within(process, command.timeout)

    def _learn_its_end(self, name: str, command: Command) -> None:
        """A command that went on when updategate was killed has left how it ended."""
        last = self.journal.last(name)
        if last is None or last.event != "running":
            return
        process = str(last.detail.get("process"))
        code = ended_as(self._log(name), process) if self._waited_for(name, command, process) else None
        if code is not None:
            told = "" if code == 0 else f"'{command.name}' ended with exit code {code} after updategate was killed"
            self.journal.note(name, "failed" if code else "finished", code=code, told=told, by="its own end")

    def _run(self, name: str, command: Command) -> CommandResult:
        last = self.journal.last(name)
        process = str(last.detail.get("process")) if last is not None and last.event == "running" else ""
        if process and not self._waited_for(name, command, process):
            raise UpdateStoppedError(
                f"'{command.name}' of the interrupted update is still working (process {process}).\n"
                f"  Wait until it has ended; what it says stands in {self._log(name)}."
            )
        self.tell(f"{name} … {command.run[:100]}")
        self.journal.note(name, "started")
        result = run_command(
            command,
            self._log(name),
            self.variables,
            self._secrets(),
            self.tell,
            lambda process: self.journal.note(name, "running", process=process),
            self.root,
        )
        self.journal.note(
            name,
            "finished" if result.ok else "failed",
            code=result.code,
            seconds=result.seconds,
            told="" if result.ok else result.told(command),
        )
        return result

    def _preflight(self) -> dict[str, Any]:
        found = obstacle(self.environment)
        if found is not None:
            code = ExitCode.USAGE if found.kind == "configuration" else ExitCode.INCONCLUSIVE
            raise UpdateStoppedError(str(found), code)
        if not self.environment.permits.update:
            message = (
                "The environment file does not permit updates: write 'permits: {update: true}' if it may be updated."
            )
            raise UpdateStoppedError(message, ExitCode.USAGE)
        mend = [finding for finding in examine(self.environment) if finding.level == "mend"]
        if mend:
            told = "\n".join(f"  {finding.subject}: {finding.message}\n    → {finding.cure}" for finding in mend)
            raise UpdateStoppedError(f"The environment is not fit to be updated:\n{told}")
        self._enough_disk()
        backup = self.plan.preflight.backup
        if backup is not None:
            result = self._run("backup", backup)
            if not result.ok:
                raise UpdateStoppedError(f"There is no backup that can be restored: {result.told(backup)}.")
        build = self._build()
        if build is None:
            raise UpdateStoppedError(
                "The shop does not tell its version: give admin credentials in the environment file."
            )
        # also, so that a command which cannot work stops the update now and not half-way
        pending = self._migrations()["pending"]
        if pending:
            self.tell(f"already before the update, {len(pending)} migrations are pending: {', '.join(pending[:3])}")
        admin = admin_api(self.environment)
        return {"build": build.model_dump(), "queue": queue_size(admin) if admin else None, "pending_before": pending}

    def _enough_disk(self) -> None:
        wanted = self.plan.preflight.free_disk
        if wanted is None:
            return
        free = shutil.disk_usage(wanted.path).free / GIGABYTE
        if free < wanted.gigabytes:
            message = f"{wanted.path} has {free:.1f} GB free; the plan wants {wanted.gigabytes:g} GB."
            raise UpdateStoppedError(message)

    def _suites(self, phase: str) -> dict[str, Any]:
        folder = self.folder / phase
        # a run that was killed is begun anew: evidence is never continued
        if phase == "before":
            self._forget_earlier_before()
        self._clean_killed(folder)
        shutil.rmtree(folder, ignore_errors=True)
        try:
            done = self.run_phase(phase, folder)
        except SuiteRunRefused as refused:
            raise UpdateStoppedError(refused.text, refused.exit_code) from None
        if phase == "before" and done.exit_code == ExitCode.INCONCLUSIVE:
            message = (
                "The run before the update is incomplete; nothing was changed. Mend what it names, then begin anew."
            )
            raise UpdateStoppedError(message)
        return {"exit_code": int(done.exit_code)}

    def _forget_earlier_before(self) -> None:
        """What a killed run before the update has left is of no use: it goes, so that the shop holds it once."""
        if self.handover.path.is_file():
            cleaning = clean_carried(self.environment, self.handover, self.folder.name)
            if cleaning.problems:
                raise UpdateStoppedError(f"What a killed run has left cannot be removed: {cleaning.problems[0]}")
            self.handover.path.unlink()

    def _clean_killed(self, folder: Path) -> None:
        if (folder / FILE_NAME).is_file():
            clean_run(self.environment, read_evidence(folder))

    def remove_carried(self) -> tuple[str, ...]:
        """Remove what was carried over the update, once the verdict is there; what could not be removed."""
        if not self.handover.path.is_file() or self.handover.closed:
            return ()
        return clean_carried(self.environment, self.handover, self.folder.name).problems

    @property
    def handover(self) -> Handover:
        """What the run before the update leaves for the run after it."""
        return Handover(self.folder / HANDOVER)

    def _migrations(self) -> dict[str, Any]:
        command = self.plan.pending_migrations
        if command is None:
            return {"pending": None}
        log = self._log("migrations")
        result = run_command(command, log, self.variables, self._secrets(), folder=self.root)
        if not result.ok:
            message = f"Whether migrations are pending cannot be read: {result.told(command)}. See {log}."
            raise UpdateStoppedError(message)
        return {"pending": [line for line in result.tail if line.strip()]}

    def _settle(self) -> dict[str, Any]:
        admin = admin_api(self.environment)
        if admin is None:
            return {"checks": []}
        preflight = self.journal.last("preflight")
        queue = preflight.detail.get("queue") if preflight else None
        checks = wait_until_settled(admin, self.plan.settling, queue)
        return _kept(checks)

    def _rehearse(self) -> dict[str, Any]:
        begun = perf_counter()
        check = rehearse(
            admin_api(self.environment),
            lambda: self._go_back("rehearsal"),
            self._build,
            build_in(self.journal, "preflight"),
        )
        seconds = round(perf_counter() - begun, 1)
        if self.handover.path.is_file():
            told = {"expected": check.expected, "actual": check.actual, "seconds": seconds}
            self.handover.leave("UPD-014", "rehearsal", 1, told)
        if not check.ok:
            raise UpdateStoppedError(
                f"The way back does not lead back: {check.actual} (expected: {check.expected}). Nothing was updated.\n"
                f"  Mend the commands under 'rollback', or look at {self._log('rehearsal-*')}."
            )
        return _kept([check])

    def _look_whether_open(self) -> dict[str, Any]:
        closed = still_closed(self.environment)
        return _kept([Check("open", not closed, "the shop is open again", closed or "the shop is open again")])

    def _is_open(self) -> bool:
        last = self.journal.last("opening")
        return last is not None and all(check[1] for check in last.detail["checks"])

    def _speed(self) -> dict[str, Any]:
        folder = self.folder / "performance"
        shutil.rmtree(folder, ignore_errors=True)
        if self.compare_speed is not None:
            self.compare_speed(folder)
        return {}

    def _build(self) -> Build | None:
        try:
            return read_build(self.environment)
        except ShopError:
            return None

    def _log(self, name: str) -> Path:
        return self.folder / "logs" / f"{name}.log"

    def _secrets(self) -> Iterable[str]:
        return [*secrets_of(self.environment), *secrets_in(self.variables)]


def _kept(checks: Iterable[Check]) -> dict[str, Any]:
    """Checks as the journal keeps them."""
    return {"checks": [[check.step, check.ok, check.expected, check.actual, check.message] for check in checks]}


def runs_of(folder: Path, phase: str) -> list[RunEvidence]:
    """The process run of a phase and its price ledger, as far as they are there."""
    run = folder / phase
    there = any((place / FILE_NAME).is_file() for place in (run, run / LEDGER_FOLDER))
    return read_run(run) if there else []
