"""The one object that every route gets: the shop.

How a part of the shop adds its routes: a package has ``routes(shop: Shop) -> list[BaseRoute]``, listed in
``app.create_app``. Endpoints are plain ``def`` functions (Starlette runs them in its thread pool) or ``async`` ones
that read the request and hand the work to a thread. State lives in ``shop.store`` only; money decisions go through
``shop.behaviour``; time and random tokens come from ``shop.clock`` and ``shop.ids``.

Events have Shopware's names: ``checkout.order.placed``, ``checkout.customer.register``,
``customer.recovery.request``, ``state_enter.order_transaction.state.paid``. ``shop.events.emit(name, **facts)``
calls every listener after the running transaction is kept. Facts are ids: ``order_id``, ``customer_id``, ….
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Protocol

from .behaviour import Behaviour
from .dal.ids import Clock, IdSource, SystemClock
from .dal.store import EntityStore
from .versions import VERSIONS, ShopwareVersion

Listener = Callable[..., None]


class Mailer(Protocol):
    """Where mails go."""

    def send(self, message: EmailMessage) -> None:
        """Take the message for delivery; must not block the request."""
        ...


class NoMailer:
    """No mail server is configured: mails are dropped, as a shop with the null transport does."""

    def send(self, message: EmailMessage) -> None:
        """Drop the message."""


class HttpCache:
    """Rendered pages by key, dropped by tag (``product-<id>``, ``category-<id>``, ``theme``)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: dict[str, tuple[Any, frozenset[str]]] = {}
        self._by_tag: dict[str, set[str]] = defaultdict(set)
        #: pages answered from here, and pages rendered because they were not here; for ``/metrics``
        self.hits = self.misses = 0

    def get(self, key: str) -> Any | None:
        """Return what was stored under the key, or None."""
        with self._lock:
            entry = self._entries.get(key)
        return entry[0] if entry else None

    def put(self, key: str, value: Any, tags: Iterable[str] = ()) -> None:
        """Store a rendered answer that depends on what the tags name."""
        marks = frozenset(tags)
        with self._lock:
            self._entries[key] = (value, marks)
            for tag in marks:
                self._by_tag[tag].add(key)

    def invalidate(self, tags: Iterable[str]) -> int:
        """Drop everything that depends on any of the tags; return how many entries went."""
        with self._lock:
            keys = set().union(*(self._by_tag.pop(tag, set()) for tag in tags))
            return sum(self._entries.pop(key, None) is not None for key in keys)

    def clear(self) -> None:
        """Drop everything."""
        with self._lock:
            self._entries.clear()
            self._by_tag.clear()


class Events:
    """Listeners by event name; ``state_enter.*`` listens to every event that starts so."""

    def __init__(self, store: EntityStore) -> None:
        self._store = store
        self._listeners: dict[str, list[Listener]] = defaultdict(list)

    def on(self, name: str, listener: Listener) -> None:
        """Call ``listener(event_name, **facts)`` at every such event."""
        self._listeners[name].append(listener)

    def emit(self, name: str, **facts: Any) -> None:
        """Tell every listener, once the running transaction is kept."""
        for pattern, listeners in self._listeners.items():
            if pattern == name or (pattern.endswith("*") and name.startswith(pattern[:-1])):
                for listener in listeners:
                    self._store.after_commit(lambda listener=listener: listener(name, **facts))  # type: ignore[misc]


@dataclass(frozen=True, slots=True)
class Settings:
    """What the command line chose.

    ``token_lifetime`` is the life of an OAuth access token in seconds. ``plugins`` maps a plugin's name to the
    version it is to show (``AcmeB2bPrices=2.1.0``). ``data_dir`` holds media and documents.
    """

    token_lifetime: int = 600
    plugins: dict[str, str] = field(default_factory=dict)
    data_dir: Path | None = None
    login_rate_limit: bool = True


@dataclass(slots=True)
class Shop:
    """Everything a route needs. ``base_url`` is set once the port is known, without a slash at the end."""

    store: EntityStore
    version: ShopwareVersion = VERSIONS["6.6.7.1"]
    behaviour: Behaviour = field(default_factory=Behaviour)
    clock: Clock = field(default_factory=SystemClock)
    mailer: Mailer = field(default_factory=NoMailer)
    settings: Settings = field(default_factory=Settings)
    base_url: str = "http://127.0.0.1"
    http_cache: HttpCache = field(default_factory=HttpCache)
    events: Events = field(init=False)
    #: memory of one process that need not survive a restart: rate limiters, memoised answers
    memory: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.events = Events(self.store)

    @property
    def ids(self) -> IdSource:
        """The source of new ids and tokens."""
        return self.store.ids

    def rate_limiter(self, name: str) -> RateLimiter:
        """Return the limiter of this name (``login``, ``oauth``), made on first use."""
        limiter: RateLimiter = self.memory.setdefault(f"rate_limiter/{name}", RateLimiter(self.clock))
        return limiter


class RateLimiter:
    """Counts failures by key; after ten of them the key is refused for ten seconds, as Shopware's default does."""

    def __init__(self, clock: Clock, allowed: int = 10, wait: int = 10) -> None:
        self._clock = clock
        self._allowed = allowed
        self._wait = wait
        self._lock = threading.Lock()
        self._failures: dict[str, tuple[int, float]] = {}

    def seconds_to_wait(self, key: str) -> int:
        """Count one attempt; return 0 if it is allowed, or the seconds to wait (then answer 429)."""
        now = self._clock.now().timestamp()
        with self._lock:
            count, last = self._failures.get(key, (0, now))
            if count >= self._allowed:
                left = self._wait - (now - last)
                if left > 0:
                    return max(1, round(left))
                count = self._allowed - 1
            self._failures[key] = (count + 1, now)
            return 0

    def reset(self, key: str) -> None:
        """Forget the failures: the attempt succeeded."""
        with self._lock:
            self._failures.pop(key, None)
