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
from updategate.evidence.reader import LEDGER_FOLDER, RunEvidence, read_run
from updategate.evidence.records import Build, Provenance, RunStarted, UpdateStep
from updategate.evidence.writer import FILE_NAME, EvidenceWriter
from updategate.operations.doctor import examine
from updategate.operations.fingerprint import read_build
from updategate.operations.preflight import obstacle
from updategate.operations.run_suites import SuiteRun, SuiteRunRefused
from updategate.operations.update.commands import CommandResult, run_command
from updategate.operations.update.journal import UpdateJournal
from updategate.operations.update.settling import (
    Check,
    lost_plugins,
    queue_size,
    target_reached,
    wait_until_settled,
)

GIGABYTE = 10**9


class UpdateStoppedError(Exception):
    """The update cannot go on; ``code`` says how the verb ends, the message what to do."""

    def __init__(self, message: str, code: ExitCode = ExitCode.INCONCLUSIVE) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Update:
    """One update of one environment. ``run_phase`` carries the suites out; ``tell`` shows progress to a person."""

    plan: UpdatePlan
    environment: Environment
    folder: Path
    variables: dict[str, str]
    run_phase: Callable[[str, Path], SuiteRun]
    tell: Callable[[str], None]
    redo: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()
    checks: list[Check] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.journal = UpdateJournal(self.folder)

    # -- the way through

    def play(self) -> None:
        """Everything up to the after run; UpdateStoppedError where it cannot go on."""
        self._step("preflight", self._preflight)
        self._step("before", lambda: self._suites("before"))
        self._optional("snapshot", self.plan.snapshot)
        maintenance = self.plan.maintenance
        self._optional("maintenance-on", maintenance.on if maintenance else None)
        if self._commands_succeed():
            self._step("migrations", self._migrations)
            self._step("settling", self._settle)
            self._optional("maintenance-off", maintenance.off if maintenance else None)
            self._step("after", lambda: self._suites("after"))
        self._collect()

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
        """Run the commands of the way back, and look whether the old state is there again."""
        before = self._build_before()
        for command in self.plan.rollback:
            result = self._run(f"rollback-{command.name}", command)
            if not result.ok:
                return [Check("rollback", ok=False, expected="exit code 0", actual=result.told(command))]
        now = self._build()
        same = before is not None and now == before
        told = f"Shopware {before.core}" if before else "the build from before"
        return [Check("rollback", same, told, f"Shopware {now.core}" if now else "the shop does not tell its version")]

    # -- steps

    def _step(self, name: str, work: Callable[[], dict[str, Any]]) -> None:
        """A step of ours: it may be repeated, so one that was under way is done again."""
        last = self.journal.last(name)
        if last is not None and last.event == "finished":
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
            raise UpdateStoppedError(f"{name}: {result.told(command)}. See {self._log(name)}.")

    def _commands_succeed(self) -> bool:
        """Run the update commands; the first that fails ends the update, and the verdict will be fail."""
        for command in self.plan.commands:
            name = f"command-{command.name}"
            result = self._once(name, command)
            if result is not None and not result.ok:
                return False
        return True

    def _once(self, name: str, command: Command) -> CommandResult | None:
        """Run a command that must never run twice unasked; None where it is done already."""
        last = self.journal.last(name)
        if last is not None and name not in self.redo:
            if last.event in ("finished", "failed"):
                self.tell(f"{name}: {last.event} at {last.at[:19]}")
                return None if last.event == "finished" else CommandResult(int(last.detail.get("code") or 1), 0.0, ())
            if name not in self.done:
                raise UpdateStoppedError(
                    f"The update was interrupted while '{command.name}' was running; did it end?\n"
                    f"  Look at the shop and at {self._log(name)}, then resume with --done {name} if it did its work,\n"
                    f"  or with --redo {name} if it must run again."
                )
            self.journal.note(name, "finished", by="--done")
            return None
        return self._run(name, command)

    def _run(self, name: str, command: Command) -> CommandResult:
        self.tell(f"{name} … {command.run[:100]}")
        self.journal.note(name, "started")
        result = run_command(command, self._log(name), self.variables, self._secrets(), self.tell)
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
        admin = admin_api(self.environment)
        return {"build": build.model_dump(), "queue": queue_size(admin) if admin else None}

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

    def _migrations(self) -> dict[str, Any]:
        command = self.plan.pending_migrations
        if command is None:
            return {"pending": None}
        result = run_command(command, self._log("migrations"), self.variables, self._secrets())
        if not result.ok:
            raise UpdateStoppedError(f"Whether migrations are pending cannot be read: {result.told(command)}.")
        return {"pending": [line for line in result.tail if line.strip()]}

    def _settle(self) -> dict[str, Any]:
        admin = admin_api(self.environment)
        if admin is None:
            return {"checks": []}
        preflight = self.journal.last("preflight")
        queue = preflight.detail.get("queue") if preflight else None
        checks = wait_until_settled(admin, self.plan.settling, queue)
        return {"checks": [[check.step, check.ok, check.expected, check.actual] for check in checks]}

    # -- what it comes to

    def _collect(self) -> None:
        """Turn the journal into checks for the gate; also of a resumed update, whose steps ran in another process."""
        for command in self.plan.commands:
            last = self.journal.last(f"command-{command.name}")
            ok = last is not None and last.event == "finished"
            told = str(last.detail.get("told", "")) if last else "it was not run"
            self.checks.append(Check(f"command-{command.name}", ok, "exit code 0", "exit code 0" if ok else told))
        migrations = self.journal.last("migrations")
        pending = migrations.detail.get("pending") if migrations else None
        if pending is not None:
            actual = f"{len(pending)} pending: {', '.join(pending[:3])}" if pending else "none pending"
            self.checks.append(Check("migrations", not pending, "none pending", actual))
        settling = self.journal.last("settling")
        for step, ok, expected, actual in settling.detail.get("checks", []) if settling else []:
            self.checks.append(Check(step, ok, expected, actual))
        build, before = self._build(), self._build_before()
        if build is None:
            self.checks.append(Check("target", ok=False, expected="a version", actual="the shop does not tell it"))
        else:
            self.checks += target_reached(self.plan, build)
            self.checks += lost_plugins(before, build) if before else []

    def _build_before(self) -> Build | None:
        preflight = self.journal.last("preflight")
        found = preflight.detail.get("build") if preflight else None
        return Build.model_validate(found) if found else None

    def _build(self) -> Build | None:
        try:
            return read_build(self.environment)
        except ShopError:
            return None

    def _log(self, name: str) -> Path:
        return self.folder / "logs" / f"{name}.log"

    def _secrets(self) -> Iterable[str]:
        named = ("SECRET", "PASSWORD", "TOKEN", "KEY", "DSN", "DATABASE_URL")
        return [
            *secrets_of(self.environment),
            *(value for name, value in self.variables.items() if any(part in name.upper() for part in named)),
        ]


def runs_of(folder: Path, phase: str) -> list[RunEvidence]:
    """The process run of a phase and its price ledger, as far as they are there."""
    run = folder / phase
    there = any((place / FILE_NAME).is_file() for place in (run, run / LEDGER_FOLDER))
    return read_run(run) if there else []
