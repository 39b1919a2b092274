"""A shop that runs on this machine: CPU and memory of its processes, and what its neighbours take."""

from __future__ import annotations

from dataclasses import dataclass

import psutil

from updategate.clients.metrics import FiguresError


@dataclass(frozen=True, slots=True)
class MachineState:
    """Cumulated seconds of CPU of the shop's processes and of the whole machine; ``memory`` is the shop's, in bytes."""

    shop: float
    memory: float
    busy: float
    steal: float
    total: float


class LocalProcess:
    """One process with its children, by id."""

    def __init__(self, process_id: int) -> None:
        try:
            self._process = psutil.Process(process_id)
        except psutil.NoSuchProcess:
            message = f"there is no process {process_id} on this machine"
            raise FiguresError(message) from None

    def read(self) -> MachineState:
        """The state now."""
        shop = memory = 0.0
        try:
            for process in (self._process, *self._process.children(recursive=True)):
                try:
                    with process.oneshot():
                        used = process.cpu_times()
                        shop += used.user + used.system
                        memory += process.memory_info().rss
                except (psutil.NoSuchProcess, psutil.ZombieProcess):
                    continue  # a child that has ended; what it used is its parent's from now on
            shop += self._process.cpu_times().children_user + self._process.cpu_times().children_system
        except psutil.NoSuchProcess:
            message = f"the shop's process {self._process.pid} has ended"
            raise FiguresError(message) from None
        times = psutil.cpu_times()
        total = float(sum(times)) - float(getattr(times, "guest", 0.0)) - float(getattr(times, "guest_nice", 0.0))
        idle = times.idle + getattr(times, "iowait", 0.0)
        steal = float(getattr(times, "steal", 0.0))
        return MachineState(shop, memory, total - idle - steal, steal, total)
