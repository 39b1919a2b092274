"""Gives a connector up that was stuck again and again: the processes that follow need not wait for it as long."""

from __future__ import annotations

from pathlib import Path

from updategate.clients.connector.errors import ConnectorError, ConnectorStuckError
from updategate.clients.connector.port import Connector, Report, Run

_TRIES = 2


class GivingUp:
    """A connector that is not started any more once it was stuck twice in a row; all workers share ``memory``."""

    def __init__(self, connector: Connector, memory: Path) -> None:
        self._connector = connector
        self._memory = memory

    def check(self) -> None:
        """See that it answers."""
        self._connector.check()

    def start(self, *flows: str) -> Run:
        """Start flows, unless the connector was given up."""
        times = self._times()
        if len(times) >= _TRIES:
            message = f"{times[-1]} It was stuck {len(times)} times in a row before, so it was not started again."
            raise ConnectorError(message)
        try:
            return _Watched(self._connector.start(*flows), self)
        except ConnectorStuckError as stuck:
            self.was_stuck(stuck)
            raise

    def close(self) -> None:
        """End all connections."""
        self._connector.close()

    def was_stuck(self, stuck: ConnectorStuckError) -> None:
        """Remember what it said."""
        with self._memory.open("a", encoding="utf-8") as file:
            file.write(" ".join(str(stuck).split()) + "\n")

    def was_idle(self) -> None:
        """Forget."""
        self._memory.unlink(missing_ok=True)

    def _times(self) -> list[str]:
        try:
            return self._memory.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []


class _Watched:
    def __init__(self, run: Run, connector: GivingUp) -> None:
        self._run = run
        self._connector = connector

    def until_idle(self) -> Report:
        """Wait until the connector is idle."""
        try:
            report = self._run.until_idle()
        except ConnectorStuckError as stuck:
            self._connector.was_stuck(stuck)
            raise
        self._connector.was_idle()
        return report
