"""Run the commands of an update plan: streamed, time-limited, secrets masked."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from updategate.config.update_plan import Command

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

    The command's whole process group is ended when its time is over or when this is interrupted.
    """
    hidden = sorted({secret for secret in secrets if len(secret) >= SHORTEST_SECRET}, key=len, reverse=True)
    begun = perf_counter()
    tail: deque[str] = deque(maxlen=KEPT_LINES)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as kept:
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
                kept.write(line + "\n")
                kept.flush()
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
