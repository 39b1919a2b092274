"""Measures how long something takes."""

from __future__ import annotations

import time


class Stopwatch:
    """Runs from its creation on."""

    def __init__(self) -> None:
        self._begun = time.monotonic()

    def seconds(self) -> float:
        """Seconds since the beginning; never zero."""
        return max(time.monotonic() - self._begun, 1e-6)
