"""Carry the processes of a scope out and collect evidence; judges nothing."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from updategate.config.exit_codes import ExitCode
from updategate.evidence.reader import RunEvidence, read_evidence

Progress = Callable[[dict[str, Any]], None]
PYTEST_USAGE_ERROR = 4
MEGABYTE = 10**6
# pictures and traces of failures are the most of it
NEEDED = 50 * MEGABYTE
TOO_FULL = MEGABYTE


@dataclass(frozen=True, slots=True)
class SuiteRun:
    """What a run left: its evidence, and the code that says whether it is complete and green."""

    evidence: RunEvidence
    exit_code: ExitCode
    log: Path


@dataclass(frozen=True, slots=True)
class SuiteRunRefused(Exception):  # noqa: N818 - it is an answer, not a fault
    """pytest could not begin; ``text`` says why, for people."""

    text: str
    exit_code: ExitCode


def run_suites(
    *,
    root: Path,
    environment: str,
    suites: tuple[str, ...],
    folder: Path,
    scope: str,
    policy: str,
    phase: str | None,
    workers: int,
    repeat_each: int = 1,
    extra: tuple[str, ...] = (),
    variables: dict[str, str],
    progress: Progress,
    began: Callable[[subprocess.Popen[bytes]], None] = lambda _: None,
    result_files: bool = True,
) -> SuiteRun:
    """Run pytest in a process of its own and follow it. Raises SuiteRunRefused when nothing could be tested.

    ``variables`` is the process environment for pytest. A Ctrl-C reaches pytest too; this waits until it has ended
    its evidence. ``began`` is told of the process, for who has to end it. ``result_files`` are Allure's and JUnit's.
    """
    _make_room(folder)
    reading, writing = os.pipe()
    command = [
        sys.executable, "-m", "pytest", "suites", *suites,
        "--shop-env", environment, "--scope", scope, "--policy", policy,
        "--run-folder", str(folder), "--progress-fd", str(writing),
        "-p", "no:cacheprovider", "--no-header", "-q", *extra,
    ]  # fmt: skip
    if result_files:
        command += ["--alluredir", str(folder / "allure-results"), "--junitxml", str(folder / "junit.xml")]
    if phase:
        command += ["--phase", phase]
    if repeat_each > 1:
        command += ["--repeat-each", str(repeat_each)]
    if workers > 0:
        command += ["-n", str(workers), "--dist", "loadgroup"]
    log = folder / "pytest.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
            command, cwd=root, env=variables, stdout=output, stderr=subprocess.STDOUT, pass_fds=(writing,)
        )
        os.close(writing)
        began(process)
        code = _follow(process, reading, progress)
    if code == PYTEST_USAGE_ERROR:
        raise SuiteRunRefused(_usage_error(log), ExitCode.USAGE)
    if _free(folder) < TOO_FULL:
        raise SuiteRunRefused(
            f"The disk that holds {folder} is full, and the evidence is not complete.\n"
            "  Make room or name another --run-folder, remove what the run has left with `updategate clean`, and begin "
            "anew.",
            ExitCode.INCONCLUSIVE,
        )
    try:
        evidence = read_evidence(folder)
    except Exception as error:  # noqa: BLE001 - whatever it is, there is no evidence
        raise SuiteRunRefused(f"{_tail(log)}\n{error}", ExitCode.INCONCLUSIVE) from None
    return SuiteRun(evidence, exit_code_of(evidence), log)


def _make_room(folder: Path) -> None:
    """Make the folder of a run; refuse where its evidence would not fit."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = _free(folder)
    except OSError as error:
        raise SuiteRunRefused(
            f"{folder} cannot be made: {error.strerror}.\n  Name another --run-folder.", ExitCode.USAGE
        ) from None
    if free < NEEDED:
        raise SuiteRunRefused(
            f"{folder} has {free / MEGABYTE:.0f} MB free, and the evidence of a run may need {NEEDED / MEGABYTE:.0f}.\n"
            "  Make room, or name another --run-folder.",
            ExitCode.INCONCLUSIVE,
        )


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def carry_arguments(carry: Path | None) -> tuple[str, ...]:
    """What pytest is told of the hand-over between the runs before and after an update."""
    return ("--carry", str(carry.absolute())) if carry else ()


def _follow(process: subprocess.Popen[bytes], reading: int, progress: Progress) -> int:
    """Tell the progress until pytest has ended; an interrupt is pytest's to handle."""
    stopped = False
    with os.fdopen(reading, encoding="utf-8") as lines:
        while True:
            try:
                for line in lines:
                    progress(json.loads(line))
                return process.wait()
            except KeyboardInterrupt:
                if stopped:
                    process.send_signal(signal.SIGTERM)
                stopped = True


def exit_code_of(evidence: RunEvidence) -> ExitCode:
    """0: complete and green; 1: something failed; 3: incomplete or doubtful."""
    statuses = [record.status for results in evidence.processes.values() for record in results]
    planned = set(evidence.started.processes) if evidence.started else set()
    if "failed" in statuses:
        return ExitCode.FAIL
    if evidence.defects or planned - evidence.processes.keys() or "passed" not in statuses:
        return ExitCode.INCONCLUSIVE
    if any(status in ("broken", "skipped") for status in statuses):
        return ExitCode.INCONCLUSIVE
    return ExitCode.PASS


def nothing_open(evidence: RunEvidence) -> bool:
    """Whether nobody will want to repeat this run: nothing failed, and every critical process was carried out."""
    registry = {entry.id: entry for entry in evidence.started.registry} if evidence.started else {}
    planned = evidence.started.processes if evidence.started else ()
    statuses = {process: [record.status for record in evidence.processes.get(process, ())] for process in planned}
    undone = [
        process
        for process, found in statuses.items()
        if not found or any(status not in ("passed", "not_applicable") for status in found)
    ]
    failed = any("failed" in found for found in statuses.values())
    return not evidence.defects and not failed and not any(registry[process].critical for process in undone)


def _usage_error(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    errors = [line.removeprefix("ERROR: ") for line in lines if line.strip()]
    return "\n".join(errors[-20:])


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
