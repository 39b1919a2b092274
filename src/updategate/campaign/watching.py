"""Watches the shops' machines while slices are played, and tells when a neighbour starved the shop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from updategate.baseline.pairing import ARMS, Arm
from updategate.clients.metrics import FiguresError
from updategate.clients.metrics.database import DatabaseCounters
from updategate.clients.metrics.exposition import TextMetrics
from updategate.clients.metrics.machine import LocalProcess, MachineState
from updategate.clients.metrics.prometheus import PrometheusServer
from updategate.config.monitoring import Monitoring, Sources, StarvationLimits

# counters of the text format that are kept, under the names of the indicators
KEPT_COUNTERS: Mapping[str, str] = {
    "process_cpu_seconds_total": "shop_cpu",
    "refshop_store_reads_total": "statements",
    "refshop_cache_hits_total": "cache_hits",
    "refshop_cache_misses_total": "cache_misses",
}
KEPT_GAUGES: Mapping[str, str] = {"process_resident_memory_bytes": "shop_memory"}
DATABASE_STATUS: Mapping[str, str] = {
    "Threads_running": "database_threads",
    "Slow_queries": "database_slow_queries",
    "Innodb_row_lock_time": "database_lock_ms",
}


@dataclass
class _Reading:
    """Counters and gauges at one moment."""

    counters: dict[str, float] = field(default_factory=dict)
    gauges: dict[str, float] = field(default_factory=dict)
    machine: MachineState | None = None


class _Shop:
    """All sources of one shop."""

    def __init__(self, sources: Sources) -> None:
        self._metrics = TextMetrics(sources.metrics) if sources.metrics else None
        self._database = DatabaseCounters(sources.database.get_secret_value()) if sources.database else None
        self._process = LocalProcess(sources.process) if sources.process else None
        self._prometheus = PrometheusServer(sources.prometheus) if sources.prometheus else None

    def read(self) -> _Reading:
        """Everything, now."""
        found = _Reading()
        if self._metrics is not None:
            raw = self._metrics.read()
            found.counters |= {name: raw[key] for key, name in KEPT_COUNTERS.items() if key in raw}
            found.gauges |= {name: raw[key] for key, name in KEPT_GAUGES.items() if key in raw}
        if self._database is not None:
            status = self._database.status(*DATABASE_STATUS)
            found.counters |= self._database.read()
            found.gauges["database_threads"] = status.pop("Threads_running", 0.0)
            found.counters |= {DATABASE_STATUS[key]: value for key, value in status.items()}
        if self._prometheus is not None:
            for name, value in self._prometheus.read().items():
                (found.counters if name in self._prometheus.counters else found.gauges)[name] = value
        if self._process is not None:
            found.machine = self._process.read()
            found.counters["shop_cpu"] = found.machine.shop
            found.gauges["shop_memory"] = found.machine.memory
        return found


class ServerWatcher:
    """The watcher of a campaign. Raises FiguresError at once where a source cannot be read at all."""

    def __init__(self, monitoring: Monitoring) -> None:
        self._shops = {arm: _Shop(getattr(monitoring, arm)) for arm in ARMS}
        self._limits = monitoring.starvation
        self._before: _Reading | None = None
        self.faults: list[str] = []
        for shop in self._shops.values():
            shop.read()

    def begin(self, arm: Arm) -> None:
        """A slice on this arm begins."""
        self._before = self._read(arm)

    def end(self, arm: Arm) -> tuple[dict[str, float], tuple[str, ...]]:
        """It has ended: growth of counters, values of gauges, and whether the shop was starved."""
        before, after = self._before, self._read(arm)
        self._before = None
        if before is None or after is None:
            return {}, ()
        figures = {
            name: after.counters[name] - value for name, value in before.counters.items() if name in after.counters
        }
        figures |= after.gauges
        if before.machine is None or after.machine is None:
            return figures, ()
        shares = machine_shares(before.machine, after.machine)
        return figures | shares, starvation(shares, self._limits)

    def _read(self, arm: Arm) -> _Reading | None:
        try:
            return self._shops[arm].read()
        except FiguresError as error:
            # a figure that is missing once leaves a hole in the figures, and does not end the measurement
            self.faults.append(str(error))
            return None


def machine_shares(before: MachineState, after: MachineState) -> dict[str, float]:
    """Shares of the machine's CPU time: all that was used, stolen by other machines, and used by neighbours."""
    total = max(after.total - before.total, 1e-9)
    busy = (after.busy - before.busy) / total
    shop = (after.shop - before.shop) / total
    return {
        "machine_busy": busy,
        "machine_steal": (after.steal - before.steal) / total,
        "machine_neighbours": max(0.0, busy - shop),
    }


def starvation(shares: Mapping[str, float], limits: StarvationLimits) -> tuple[str, ...]:
    """Why a slice says more about the machine's neighbours than about the shop."""
    found = []
    if shares["machine_steal"] > limits.steal:
        found.append(f"other machines took {shares['machine_steal']:.0%} of the shop's CPU (limit {limits.steal:.0%})")
    if shares["machine_busy"] > limits.busy and shares["machine_neighbours"] > limits.neighbours:
        found.append(
            f"the shop's machine was full, {shares['machine_neighbours']:.0%} of it by others "
            f"(limit {limits.neighbours:.0%})"
        )
    return tuple(found)
