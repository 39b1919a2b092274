"""Waiting for a condition, with an end."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def wait_for(
    look: Callable[[], Found | None], seconds: float, pause: float = 0.05, at_most: float = 0.5
) -> Found | None:
    """Look until something is found; None after ``seconds``. Looks less and less often, every ``at_most`` seconds."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found is not None or time.monotonic() >= end:
            return found
        time.sleep(min(pause, max(0.0, end - time.monotonic())))
        pause = min(pause * 1.3, max(pause, at_most))
