"""Run the commands of an update plan: streamed, time-limited, secrets masked."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from urllib.parse import quote, unquote, urlsplit

from updategate.config.update_plan import Command

NAMED_SECRETS = ("SECRET", "PASSWORD", "PASSWD", "TOKEN", "KEY", "DSN", "DATABASE_URL", "CREDENTIAL")
KEPT_LINES = 200
GRACE_SECONDS = 10
SHORTEST_SECRET = 6


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
) -> CommandResult:
    """Run one command in the shell; each line goes to ``log`` and to ``tell``, with secrets masked.

    The command's whole process group is ended when its time is over or when this is interrupted. A log that cannot be
    written any more ends nothing: a half-done update is worse than a short log.
    """
    hidden = _spellings(secrets)
    begun = perf_counter()
    tail: deque[str] = deque(maxlen=KEPT_LINES)
    log.parent.mkdir(parents=True, exist_ok=True)
    with _Log(log) as kept:
        process = subprocess.Popen(  # noqa: S602 - the operator's own commands, from the operator's own file
            command.run,
            shell=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=variables,
            start_new_session=True,
        )
        late = threading.Event()
        timer = threading.Timer(command.timeout, _end, (process, late))
        timer.start()
        try:
            for raw in process.stdout or ():
                line = _masked(raw.decode("utf-8", errors="replace").rstrip("\n"), hidden)
                kept.write(line)
                tail.append(line)
                tell(line)
            code = process.wait()
        except KeyboardInterrupt:
            _end(process, late)
            raise
        finally:
            timer.cancel()
            if process.stdout:
                process.stdout.close()
    return CommandResult(None if late.is_set() else code, round(perf_counter() - begun, 1), tuple(tail))


class _Log:
    """The log of a command; a full disk is told once, in what people see, and spoils nothing else."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)
        self._full = False

    def __enter__(self) -> _Log:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._file.close()

    def write(self, line: str) -> None:
        """Append a line."""
        if not self._full:
            try:
                self._file.write(f"{line}\n".encode())
            except OSError:
                self._full = True


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


def _end(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(timeout=GRACE_SECONDS)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
        return


def _masked(line: str, secrets: list[str]) -> str:
    for secret in secrets:
        line = line.replace(secret, "***")
    return line
