"""The processes that a sweep has started, so that none outlives it."""

from __future__ import annotations

import subprocess
import threading
from typing import Any

GRACE_SECONDS = 5.0
Child = subprocess.Popen[Any]


class Children:
    """Every process that runs now, from whichever thread it was started. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: list[Child] = []
        self.stopping = threading.Event()

    def add(self, child: Child) -> None:
        """Know a process that has just been started; one that comes too late is ended at once."""
        with self._lock:
            self._running = [*(one for one in self._running if one.poll() is None), child]
        if self.stopping.is_set():
            child.terminate()

    def end_all(self) -> None:
        """End everything, and let nothing begin any more."""
        self.stopping.set()
        with self._lock:
            running = list(self._running)
        for child in running:
            if child.poll() is None:
                child.terminate()
        for child in running:
            end(child)


def end(child: Child) -> None:
    """End a process, by force where it does not go by itself."""
    if child.poll() is None:
        child.terminate()
    try:
        child.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
