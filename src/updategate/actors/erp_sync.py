"""Whoever runs the connector: starts an exchange, disturbs it, and reads what it says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from updategate.actors.recorder import Recorder
from updategate.clients.connector import Connector, Fault, FaultControl, Report
from updategate.clients.connector.fault_control import FaultName

# how long a connector may take to come to the place where it is held
_REACHED_WITHIN_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Trouble:
    """A disturbance in the words of a test's table; ``path`` says whom it meets."""

    fault: FaultName
    path: str
    times: int = 1

    def __str__(self) -> str:
        return self.fault


class ErpSync:
    """Somebody at the connector."""

    def __init__(self, connector: Connector, faults: FaultControl | None, recorder: Recorder) -> None:
        self._connector = connector
        self._faults = faults
        self._recorder = recorder

    def runs(self, *flows: str) -> Report:
        """Exchange something, and wait until the connector is idle."""
        with self._recorder.step(f"exchanges {', '.join(flows)}"):
            return self._connector.start(*flows).until_idle()

    def runs_disturbed(self, trouble: Trouble, *flows: str) -> tuple[Report, int]:
        """Exchange something while the connection to the shop is disturbed; also returns how often it was."""
        title = f"exchanges {', '.join(flows)}, disturbed by {trouble.fault.replace('_', ' ')}"
        with self._recorder.step(title, path=trouble.path), self._disturbed(trouble) as number:
            report = self._connector.start(*flows).until_idle()
            return report, self._proxy.hits(number)

    @contextmanager
    def paused_between_pages(self, flow: str, path: str) -> Iterator[None]:
        """Exchange a flow, hold its second request to ``path`` while the block runs, and wait until it is idle.

        Without a proxy, or where the connector needs no second request, the block runs while the exchange does.
        """
        with self._recorder.step(f"exchanges {flow}; meanwhile:"):
            if self._faults is None:
                run = self._connector.start(flow)
                yield
                run.until_idle()
                return
            number = self._faults.arm(Fault("hold", path=path, skip=1))
            try:
                run = self._connector.start(flow)
                self._faults.reached(number, _REACHED_WITHIN_SECONDS)
                yield
                self._faults.release(number)
                run.until_idle()
            finally:
                self._faults.clear()

    @contextmanager
    def _disturbed(self, trouble: Trouble) -> Iterator[int]:
        number = self._proxy.arm(Fault(trouble.fault, path=trouble.path, times=trouble.times))
        try:
            yield number
        finally:
            self._proxy.clear()

    @property
    def _proxy(self) -> FaultControl:
        if self._faults is None:
            message = "this needs a proxy before the shop: write 'connector: {through: fault_proxy}'"
            raise LookupError(message)
        return self._faults
