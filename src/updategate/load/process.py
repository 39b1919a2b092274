"""The load process from outside: started, asked for slices, and ended with the run that asked."""

from __future__ import annotations

import contextlib
import json
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from updategate.config.errors import ConfigError
from updategate.config.profile import Profile
from updategate.load.guard import LoadStoppedError
from updategate.load.orders import SliceOrder, SliceResult
from updategate.load.pools import Pools

START_SECONDS = 90.0


class LoadProcess:
    """One load process, with ``workers`` worker processes on this machine or waiting for them from elsewhere.

    A context manager: leaving it ends the process. ``remote`` means that the workers are started by others, who need
    to know ``bind`` and ``port``.
    """

    def __init__(
        self,
        *,
        environment_file: Path,
        scenarios: Path,
        profile: Profile,
        addresses: Mapping[str, str],
        pools: Mapping[str, Pools],
        run: str,
        users: int,
        variables: Mapping[str, str],
        workers: int = 0,
        remote: bool = False,
        bind: str = "127.0.0.1",
        port: int = 0,
        log: Path | None = None,
    ) -> None:
        self._environment_file, self._scenarios = environment_file, scenarios
        self._plan = {
            "profile": profile.model_dump(mode="json"),
            "arms": dict(addresses),
            "pools": {arm: found.to_json() for arm, found in pools.items()},
            "run": run,
            "users": users,
        }
        self._variables, self._workers, self._remote, self._bind = dict(variables), workers, remote, bind
        self._port = port or _free_port()
        self._log_path = log
        self._process: subprocess.Popen[str] | None = None
        self._helpers: list[subprocess.Popen[str]] = []
        self._answers: queue.Queue[str] = queue.Queue()
        self.groups: tuple[str, ...] = ()

    def __enter__(self) -> Self:
        command = [*_command(self._environment_file, self._scenarios)]
        if self._workers:
            command += ["--workers", str(self._workers), "--bind", self._bind, "--master-port", str(self._port)]
        self._process = self._start(command)
        threading.Thread(target=self._read, daemon=True).start()
        if self._workers and not self._remote:
            worker = [*_command(self._environment_file, self._scenarios), "--worker", "--master-port", str(self._port)]
            self._helpers = [self._start(worker) for _ in range(self._workers)]
        try:
            self._say(self._plan)
            self.groups = tuple(self._hear(START_SECONDS)["groups"])
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def play(self, order: SliceOrder) -> SliceResult:
        """Play one slice and wait for its end.

        Raises:
            LoadStoppedError: load was stopped (kill switch, error storm, signal, lost worker), or the process died.

        """
        self._say({"slice": order.to_json()})
        return SliceResult.from_json(self._hear(order.seconds + 120.0)["result"])

    def close(self) -> None:
        """End the process and its workers; load ends at once."""
        for process in (self._process, *self._helpers):
            if process is None:
                continue
            if process.stdin is not None and not process.stdin.closed:
                with contextlib.suppress(BrokenPipeError):
                    process.stdin.close()
            try:
                process.wait(5.0)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(5.0)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
            for stream in (process.stdout, process.stderr):
                if stream is not None:
                    stream.close()
        self._helpers = []

    def _start(self, command: Sequence[str]) -> subprocess.Popen[str]:
        log = self._log_path.open("a") if self._log_path else subprocess.DEVNULL
        try:
            return subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=self._variables,
                start_new_session=True,
            )
        finally:
            if not isinstance(log, int):
                log.close()

    def _read(self) -> None:
        process = self._process
        if process is None or process.stdout is None:
            return
        try:
            for line in process.stdout:
                self._answers.put(line)
        except ValueError:
            pass  # closed while reading
        self._answers.put("")

    def _say(self, body: Mapping[str, Any]) -> None:
        if self._process is None or self._process.stdin is None:
            message = "the load process is not running"
            raise LoadStoppedError(message)
        try:
            self._process.stdin.write(json.dumps(body) + "\n")
            self._process.stdin.flush()
        except (BrokenPipeError, ValueError):
            pass  # what it had to say stands in its answers

    def _hear(self, timeout: float) -> dict[str, Any]:
        try:
            line = self._answers.get(timeout=timeout)
        except queue.Empty:
            message = f"the load process did not answer within {timeout:g} s"
            raise LoadStoppedError(message) from None
        if not line:
            code = self._process.wait(5.0) if self._process else None
            where = f"; see {self._log_path}" if self._log_path else ""
            message = f"the load process ended (exit code {code}) without an answer{where}"
            raise LoadStoppedError(message)
        body: dict[str, Any] = json.loads(line)
        if body.get("kind") == "config":
            raise ConfigError.single(str(self._environment_file), "", str(body["error"]))
        if "error" in body:
            raise LoadStoppedError(str(body["error"]))
        return body


def _command(environment_file: Path, scenarios: Path) -> list[str]:
    return [
        sys.executable,
        "-m",
        "updategate.load",
        "--environment",
        str(environment_file),
        "--scenarios",
        str(scenarios),
    ]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
