"""A flow that is a command."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from typing import IO

from updategate.clients.connector.errors import ConnectorStuckError, ConnectorUnreachableError

_ENDS_WITHIN_SECONDS = 5.0


def run_command(flow: str, command: tuple[str, ...], seconds: float, variables: Mapping[str, str]) -> None:
    """Run a command to its end; one that fails is told with its last line, one that takes longer is ended.

    It gets a process group of its own: what it has started in turn ends with it. Its output goes to a file, because a
    grandchild that kept a pipe open would keep us waiting.
    """
    name = f"command '{command[0]}'"
    with tempfile.TemporaryFile() as output:
        try:
            process = subprocess.Popen(  # noqa: S603 - the environment file's own command
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(variables) or None,
                start_new_session=True,
            )
        except OSError as fault:
            raise ConnectorUnreachableError(name, str(fault.strerror)) from None
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise ConnectorStuckError(flow, seconds, f"'{command[0]}' did not end") from None
        finally:
            if process.poll() is None:
                _end(process)
        if code:
            raise ConnectorUnreachableError(name, f"it ended with {code}: {_last_line(output)}")


def _end(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_ENDS_WITHIN_SECONDS)
            return


def _last_line(output: IO[bytes]) -> str:
    output.seek(0, os.SEEK_END)
    output.seek(max(0, output.tell() - 2000))
    lines = output.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "nothing"
