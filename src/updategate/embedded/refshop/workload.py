"""What requests cost: counted for ``/metrics``, and changed where a performance mutant says so.

Wraps the whole application. All counts are exact: a client that sends one request at a time reads from the
counters before and after it what this request has cost.
"""

from __future__ import annotations

import os
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .shop import Shop

METRICS_PATH = "/metrics"
_WITHIN: ContextVar[bool] = ContextVar("within_a_request", default=False)
_PREFIXES = (
    ("/store-api/product-listing", "listing"),
    ("/navigation/", "listing"),
    ("/store-api/search", "search"),
    ("/search", "search"),
    ("/store-api/product", "detail"),
    ("/detail/", "detail"),
    ("/store-api/checkout/order", "order"),
    ("/checkout/order", "order"),
    ("/store-api/checkout", "cart"),
    ("/checkout", "cart"),
    ("/api", "admin"),
    ("/store-api", "store_api"),
    ("/bundles", "asset"),
)


def kind_of(path: str) -> str:
    """Return which kind of request a path is: listing, detail, search, cart, order, home, admin, asset, other."""
    if path == "/":
        return "home"
    for prefix, kind in _PREFIXES:
        if path.startswith(prefix):
            return kind
    # Shopware's readable addresses: those of categories end with a slash, those of products do not
    return "listing" if path.endswith("/") else "detail"


class Workload:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, shop: Shop) -> None:
        self._app, self._shop = app, shop
        self._lock = threading.Lock()
        self._running = 0
        self._usual: dict[str, float] = {}
        self._left_behind: list[bytearray] = []
        self._moments: deque[float] = deque()
        self.requests: dict[str, int] = defaultdict(int)
        self.bytes_sent: dict[str, int] = defaultdict(int)
        self._registry = CollectorRegistry()
        self._registry.register(_Counters(self, shop))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, at its price."""
        if scope["type"] != "http" or _WITHIN.get():
            # a page asks the Store API without leaving the process: its price is paid once, by the page
            await self._app(scope, receive, send)
            return
        if scope["path"] == METRICS_PATH:
            text = generate_latest(self._registry)
            await Response(text, media_type="text/plain; version=0.0.4")(scope, receive, send)
            return
        await self._counted(scope, receive, send)

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind, behaviour = kind_of(scope["path"]), self._shop.behaviour
        if not behaviour.page_is_kept(kind):
            self._shop.http_cache.clear()
        self._running += 1
        self._moments.append(time.monotonic())
        alone, begun = self._running == 1, time.thread_time()
        padding = behaviour.padding_bytes(kind)
        html = False

        async def sent(message: Message) -> None:
            nonlocal html
            if message["type"] == "http.response.start":
                headers = {name.lower(): value for name, value in message["headers"]}
                html = headers.get(b"content-type", b"").startswith(b"text/html")
                if html and padding and b"content-length" in headers:
                    longer = str(int(headers[b"content-length"]) + padding).encode()
                    message["headers"] = [
                        (name, longer if name.lower() == b"content-length" else value)
                        for name, value in message["headers"]
                    ]
                self._price(kind, time.thread_time() - begun if alone and self._running == 1 else None)
            elif message["type"] == "http.response.body":
                if html and padding and not message.get("more_body"):
                    message = {**message, "body": message.get("body", b"") + b" " * padding}
                self.bytes_sent[kind] += len(message.get("body", b""))
            await send(message)

        within = _WITHIN.set(True)
        try:
            await self._app(scope, receive, sent)
        finally:
            _WITHIN.reset(within)
            self._running -= 1
            self.requests[kind] += 1

    def _recent(self) -> int:
        """Requests of the last second."""
        now = time.monotonic()
        while self._moments and self._moments[0] < now - 1.0:
            self._moments.popleft()
        return len(self._moments)

    def _price(self, kind: str, used: float | None) -> None:
        """Pay what a mutant asks for; ``used`` is the CPU of this request, where it was alone and so is known."""
        behaviour, shop = self._shop.behaviour, self._shop
        if used is not None:
            before = self._usual.get(kind, used)
            self._usual[kind] = before + 0.05 * (used - before)
        usual = used if used is not None else self._usual.get(kind, 0.0)
        extra = behaviour.extra_cpu(kind, usual, self._recent())
        until = time.thread_time() + extra
        while extra and time.thread_time() < until:
            pass
        reads = behaviour.extra_reads(kind)
        if reads:
            for product in shop.store.all("product")[:reads]:
                shop.store.get("product", product["id"])
        left = behaviour.bytes_left_behind(kind)
        if left:
            block = bytearray(left)
            block[::4096] = b"x" * len(block[::4096])  # touched, so that it counts as used memory
            self._left_behind.append(block)


class _Counters(Collector):
    """The counters in Prometheus's words."""

    def __init__(self, workload: Workload, shop: Shop) -> None:
        self._workload, self._shop = workload, shop

    def collect(self) -> Iterator[Metric]:
        """Yield all figures."""
        store, cache, workload = self._shop.store, self._shop.http_cache, self._workload
        yield CounterMetricFamily("refshop_store_reads", "Reads of the entity store", value=store.reads)
        yield CounterMetricFamily("refshop_store_rows", "Documents that reads looked at", value=store.rows_read)
        yield CounterMetricFamily("refshop_store_writes", "Writes to the entity store", value=store.writes)
        yield CounterMetricFamily("refshop_cache_hits", "Pages from the HTTP cache", value=cache.hits)
        yield CounterMetricFamily("refshop_cache_misses", "Pages that were rendered", value=cache.misses)
        requests = CounterMetricFamily("refshop_requests", "Requests by kind", labels=["kind"])
        sent = CounterMetricFamily("refshop_sent_bytes", "Bytes of bodies by kind", labels=["kind"])
        for kind, count in sorted(workload.requests.items()):
            requests.add_metric([kind], count)
            sent.add_metric([kind], workload.bytes_sent[kind])
        yield requests
        yield sent
        times = os.times()
        yield CounterMetricFamily("process_cpu_seconds", "CPU of this process", value=times.user + times.system)
        yield GaugeMetricFamily("process_resident_memory_bytes", "Memory of this process", value=_resident())


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
