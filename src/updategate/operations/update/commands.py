"""Run the commands of an update plan: streamed, time-limited, secrets masked."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from updategate.config.update_plan import Command
from updategate.operations.update.pump import LATE

NAMED_SECRETS = ("SECRET", "PASSWORD", "PASSWD", "TOKEN", "KEY", "DSN", "DATABASE_URL", "CREDENTIAL")
PUMP = "updategate.operations.update.pump"
KEPT_LINES = 200
GRACE_SECONDS = 10
SHORTEST_SECRET = 6
LOOK_AGAIN = 0.2


@dataclass(frozen=True, slots=True)
class CommandResult:
    """How a command ended. ``code`` is None where it was ended because its time was over."""

    code: int | None
    seconds: float
    tail: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether it ended by itself with 0."""
        return self.code == 0

    def told(self, command: Command) -> str:
        """The end in words."""
        if self.code is None:
            return f"'{command.name}' was ended after {command.timeout:g} s"
        last = next((line for line in reversed(self.tail) if line.strip()), "")
        return f"'{command.name}' ended with exit code {self.code}{f': {last.strip()[:300]}' if last else ''}"


def run_command(
    command: Command,
    log: Path,
    variables: dict[str, str],
    secrets: Iterable[str] = (),
    tell: Callable[[str], None] = lambda line: None,  # noqa: ARG005 - the default tells nobody
    begun_as: Callable[[str], None] = lambda process: None,  # noqa: ARG005 - the default tells nobody
    folder: Path | None = None,
) -> CommandResult:
    """Run one command in the shell; each line goes to ``log`` and to ``tell``, with secrets masked.

    The command's whole process group is ended when its time is over or when this is interrupted. Where this is killed,
    the command goes on to its own end, and ``ended_as`` tells how it ended. ``begun_as`` is told which process it is.
    It works in ``folder``, or where this does.
    """
    begun = perf_counter()
    tail: deque[str] = deque(maxlen=KEPT_LINES)
    log.parent.mkdir(parents=True, exist_ok=True)
    _exit_file(log).unlink(missing_ok=True)
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", PUMP],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=variables,
        start_new_session=True,
    )
    this = _identity_of(process.pid)
    begun_as(this)
    order = {
        "run": command.run,
        "log": str(log.absolute()),
        "exit": str(_exit_file(log).absolute()),
        "hidden": _spellings(secrets),
        "timeout": command.timeout,
        "process": this,
        "folder": str(folder) if folder else None,
    }
    try:
        if process.stdin:
            process.stdin.write(json.dumps(order).encode())
            process.stdin.close()
        for raw in process.stdout or ():
            line = raw.decode("utf-8", errors="replace").rstrip("\n")
            tail.append(line)
            tell(line)
        code: int | None = process.wait()
    except KeyboardInterrupt:
        _end(process)
        raise
    finally:
        if process.stdout:
            process.stdout.close()
    if code == LATE and _end_of(log, this).get("late"):
        code = None
    return CommandResult(code, round(perf_counter() - begun, 1), tuple(tail))


def ended_as(log: Path, process: str) -> int | None:
    """How the command of a killed updategate ended: its exit code; None where it did not end, or that is not known."""
    found = _end_of(log, process)
    return int(found["code"]) if found else None


def _end_of(log: Path, process: str) -> dict[str, Any]:
    try:
        found = json.loads(_exit_file(log).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return dict(found) if found.get("process") == process else {}


def _exit_file(log: Path) -> Path:
    return log.with_name(f"{log.name}.exit")


def still_works(process: str) -> bool:
    """Whether the process that ``begun_as`` was told of is alive on this machine: it outlives a killed updategate."""
    number = process.partition("@")[0]
    return number.isdigit() and _identity_of(int(number)) == process


def ended_within(process: str, seconds: float) -> bool:
    """Wait for the end of a process that outlived a killed updategate; whether it came in time."""
    deadline = time.monotonic() + seconds
    while still_works(process):
        if time.monotonic() >= deadline:
            return False
        time.sleep(LOOK_AGAIN)
    return True


def _identity_of(number: int) -> str:
    """A process id with the time of its start, because ids are used again; empty for one that is dead."""
    try:
        # the name stands in parentheses and may hold anything
        fields = Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except (OSError, UnicodeDecodeError):
        return ""
    return "" if fields[0] == "Z" else f"{number}@{fields[19]}"


def secrets_in(variables: Mapping[str, str]) -> list[str]:
    """The values of variables whose names say that they are secret, and the passwords in addresses among all values."""
    named = [value for name, value in variables.items() if any(part in name.upper() for part in NAMED_SECRETS)]
    return [*named, *(found for value in variables.values() if (found := _password_in(value)))]


def _password_in(value: str) -> str:
    if "://" not in value or "@" not in value:
        return ""
    with suppress(ValueError):
        return urlsplit(value).password or ""
    return ""


def _spellings(secrets: Iterable[str]) -> list[str]:
    """Secrets as commands print them: plain, as part of an address, and in JSON; the longest first."""
    plain = {secret for secret in secrets if len(secret) >= SHORTEST_SECRET}
    plain |= {unquote(secret) for secret in plain}
    spelt = {form for secret in plain for form in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1])}
    return sorted(spelt, key=len, reverse=True)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the command and what runs it: both are in the session of the latter, in groups of their own."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        for group in _groups_of(process.pid):
            with suppress(ProcessLookupError):
                os.killpg(group, number)
        try:
            process.wait(timeout=GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        return


def _groups_of(session: int) -> list[int]:
    """The process groups of a session, that of its leader last."""
    groups = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError, IndexError, ValueError):
                fields = (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
                if int(fields[3]) == session:
                    groups.add(int(fields[2]))
    return [*sorted(groups - {session}), session]
