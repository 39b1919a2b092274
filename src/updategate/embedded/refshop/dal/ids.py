"""Time and ids: both injectable, so that a test can repeat a run exactly."""

from __future__ import annotations

import hashlib
import random
import re
import threading
from datetime import UTC, datetime, timedelta
from typing import Protocol

LIVE_VERSION = "0fa91ce3e96a4bc2be4bd9ce752c3425"
SYSTEM_LANGUAGE = "2fbb5fe2e29a4d70aa5854ce7ce3e20b"
SYSTEM_CURRENCY = "b7d2554b0ce847cd82f3ac9bd1c0dfca"

_HEX_ID = re.compile(r"^[0-9a-f]{32}$")


class Clock(Protocol):
    """Tells the shop's time."""

    def now(self) -> datetime:
        """Return the current time with its zone (UTC)."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the current time in UTC."""
        return datetime.now(UTC)


class SettableClock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """Return the time it was last set to."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move forward by ``by``."""
        self._now += by


class IdSource:
    """Makes ids as Shopware does: UUID version 7 without dashes, 32 lower-case hex digits, sorted by time."""

    def __init__(self, clock: Clock, seed: int | None = None) -> None:
        self._clock = clock
        # a seed is for tests that repeat a run; a shop itself has none
        self._random = random.Random(seed) if seed is not None else random.SystemRandom()  # noqa: S311
        self._lock = threading.Lock()
        self._last = 0

    def new(self) -> str:
        """Return an id that sorts after every id made before it."""
        with self._lock:
            # 48 bits of milliseconds and a 12 bit counter: two ids of one millisecond keep their order
            ticks = max(self._last + 1, int(self._clock.now().timestamp() * 1000) << 12)
            self._last = ticks
            return f"{ticks >> 12:012x}7{ticks & 0xFFF:03x}{self._random.getrandbits(62) | 1 << 63:016x}"

    def token(self, length: int = 32) -> str:
        """Return a random alphanumeric token such as a context token."""
        alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
        with self._lock:
            return "".join(self._random.choice(alphabet) for _ in range(length))


def derived_id(*parts: str) -> str:
    """Return the id that these words always give: seeds and mapping rows have repeatable ids."""
    return hashlib.md5("/".join(parts).encode(), usedforsecurity=False).hexdigest()


def is_id(value: object) -> bool:
    """Tell whether ``value`` has the form of an id."""
    return isinstance(value, str) and _HEX_ID.match(value) is not None


def api_time(moment: datetime) -> str:
    """Write a time as the API does: ``2026-11-24T20:26:52.816+00:00``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")
