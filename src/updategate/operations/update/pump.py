"""Runs one command of an update in a process of its own, so that the command outlives an updategate that is killed.

Started by ``run_command``, which hands it one JSON object over standard input. It masks and writes the log, repeats
each line on standard output as long as somebody listens, ends the command when its time is over, and leaves how it
ended in a file beside the log, from which a resumed update learns it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

LATE = 124
# a daemon that the command has started may keep the pipe open for ever
DRAIN_SECONDS = 2
GRACE_SECONDS = 10


def main() -> int:
    """Run what standard input describes; the command's exit code, ``LATE`` where it was ended."""
    order: dict[str, Any] = json.loads(sys.stdin.read())
    log = Path(order["log"])
    process = subprocess.Popen(  # noqa: S602 - the operator's own commands, from the operator's own file
        order["run"],
        shell=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        cwd=order.get("folder"),
        # a group of its own within the session: it can be ended without ending this
        process_group=0,
    )
    reader = threading.Thread(target=_pass_on, args=(process.stdout, log, order["hidden"]), daemon=True)
    reader.start()
    late = False
    try:
        code = process.wait(timeout=order["timeout"])
    except subprocess.TimeoutExpired:
        _end(process)
        code, late = LATE, True
    code = code if code >= 0 else 128 - code
    reader.join(DRAIN_SECONDS)
    with suppress(OSError):
        told = json.dumps({"process": order["process"], "code": code, "late": late})
        Path(order["exit"]).write_text(told, encoding="utf-8")
    return code


def _pass_on(lines: IO[bytes] | None, log: Path, hidden: list[str]) -> None:
    kept: int | None = None
    with suppress(OSError):
        kept = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    heard = True
    for raw in lines or ():
        line = raw.decode("utf-8", errors="replace").rstrip("\n")
        for secret in hidden:
            line = line.replace(secret, "***")
        data = f"{line}\n".encode()
        if kept is not None:
            try:
                os.write(kept, data)
            except OSError:
                # a full disk: a half-done update is worse than a short log
                kept = None
        if heard:
            try:
                os.write(1, data)
            except OSError:
                heard = False


def _end(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(timeout=GRACE_SECONDS)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
        return


if __name__ == "__main__":
    sys.exit(main())
