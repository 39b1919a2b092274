"""The load client watches itself: a client that is too busy measures itself and not the shop."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import psutil

PROBE_SECONDS = 0.010
"""How often the loop is probed: it shows a neighbour on the client's core, as the own CPU share does not."""


@dataclass(frozen=True)
class ClientState:
    """The client during a slice: ``cpu`` in cores, ``lag_p99`` in seconds, ``late_share`` of started visits."""

    cpu: float
    lag_p50: float
    lag_p99: float
    probes: int
    late_share: float
    dropped: int
    busy_users: int
    worker: str = ""

    def to_json(self) -> dict[str, float | int | str]:
        """As numbers for the evidence."""
        return asdict(self)

    def troubles(self, *, cpu: float, lag_p99: float, late_share: float) -> tuple[str, ...]:
        """Why this slice says more about the client than about the shop; ``lag_p99`` in seconds."""
        found = []
        if self.probes < 1:
            found.append("the load client did not watch itself")
        if self.cpu > cpu:
            found.append(f"the load client used {self.cpu:.0%} of a core (limit {cpu:.0%})")
        if self.lag_p99 > lag_p99:
            found.append(f"its event loop lagged {self.lag_p99 * 1000:.1f} ms (p99, limit {lag_p99 * 1000:.1f} ms)")
        if self.late_share > late_share:
            found.append(
                f"{self.late_share:.1%} of the visits began late for want of free users (limit {late_share:.1%})"
            )
        return tuple(found)


def worst_of(states: Sequence[ClientState]) -> ClientState:
    """One state for several workers: the busiest one's figures, dropped and probes added."""
    return ClientState(
        cpu=max(s.cpu for s in states),
        lag_p50=max(s.lag_p50 for s in states),
        lag_p99=max(s.lag_p99 for s in states),
        probes=min(s.probes for s in states),
        late_share=max(s.late_share for s in states),
        dropped=sum(s.dropped for s in states),
        busy_users=sum(s.busy_users for s in states),
    )


class LoopProbe:
    """Sleeps 10 ms again and again, and keeps how much later it woke. ``sleep`` yields to the loop."""

    def __init__(self, sleep: Callable[[float], None], clock: Callable[[], float] = time.perf_counter) -> None:
        self._sleep, self._clock = sleep, clock
        self._lags: list[float] = []
        self._process = psutil.Process()
        self._cpu = 0.0
        self._since = 0.0
        self._on = True

    def run(self) -> None:
        """Probe until stopped; to be run in a greenlet of its own."""
        while self._on:
            before = self._clock()
            self._sleep(PROBE_SECONDS)
            self._lags.append(max(0.0, self._clock() - before - PROBE_SECONDS))

    def stop(self) -> None:
        """End the probe."""
        self._on = False

    def begin(self) -> None:
        """A slice begins."""
        self._lags.clear()
        self._cpu, self._since = self._cpu_seconds(), self._clock()

    def end(self, *, late_share: float, dropped: int, busy_users: int) -> ClientState:
        """State since the beginning of the slice."""
        lags = np.asarray(self._lags) if self._lags else np.zeros(1)
        wall = max(self._clock() - self._since, 1e-9)
        return ClientState(
            cpu=(self._cpu_seconds() - self._cpu) / wall,
            lag_p50=float(np.quantile(lags, 0.5)),
            lag_p99=float(np.quantile(lags, 0.99)),
            probes=len(self._lags),
            late_share=late_share,
            dropped=dropped,
            busy_users=busy_users,
        )

    def _cpu_seconds(self) -> float:
        used = self._process.cpu_times()
        return float(used.user + used.system)
