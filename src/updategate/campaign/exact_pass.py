"""Counts what each page costs: one request at a time, the counters read before and after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from updategate.actors.caches import new_to_caches
from updategate.actors.recorder import SilentRecorder
from updategate.actors.shop_access import ShopAccess
from updategate.actors.visitor import HeadlessVisitor, Visitor
from updategate.baseline.exact import ExactChange, compare_counts
from updategate.baseline.pairing import ARMS, Arm
from updategate.clients.metrics import FiguresError
from updategate.clients.metrics.database import DatabaseCounters
from updategate.clients.metrics.exposition import TextMetrics
from updategate.clients.transport import Answer, Call, Transport
from updategate.config.monitoring import Sources
from updategate.load.pools import Pools

# names that shops and exporters use for the counters that are compared
COUNTERS: Mapping[str, tuple[str, ...]] = {
    "statements": ("refshop_store_reads_total", "statements"),
    "rows_examined": ("refshop_store_rows_total", "rows_examined"),
    "cache_hits": ("refshop_cache_hits_total",),
    "queue_messages": ("refshop_queue_messages_total",),
}


@dataclass(frozen=True)
class Page:
    """A page by name, and how to ask for it; ``variant`` makes its address new to caches (empty: from the cache)."""

    name: str
    ask: Callable[[ShopAccess, Pools, str], None]


def _page(name: str, ask: Callable[[Visitor, Pools, str], int]) -> Page:
    return Page(
        name, lambda access, pools, variant: _ignore(ask(Visitor(access.transport, SilentRecorder()), pools, variant))
    )


def _headless(name: str, ask: Callable[[HeadlessVisitor, Pools], int]) -> Page:
    return Page(name, lambda access, pools, _variant: _ignore(ask(HeadlessVisitor(access, SilentRecorder()), pools)))


def _ignore(_size: int) -> None:
    pass


PAGES: tuple[Page, ...] = (
    _page("home", lambda visitor, _pools, variant: visitor.opens_home(variant=variant)),
    _page("listing", lambda visitor, pools, variant: visitor.opens_listing(pools.categories[0], variant=variant)),
    _page("detail", lambda visitor, pools, variant: visitor.opens_detail(pools.products[0].id, variant=variant)),
    _page("search", lambda visitor, pools, variant: visitor.searches(pools.terms[0], variant=variant)),
    _headless("api_listing", lambda visitor, pools: visitor.opens_listing(pools.categories[0])),
    _headless("api_detail", lambda visitor, pools: visitor.opens_detail(pools.products[0].id)),
    _headless("api_search", lambda visitor, pools: visitor.searches(pools.terms[0])),
)


class CountingTransport:
    """Counts requests and bytes on their way through another transport."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.requests = 0
        self.bytes = 0

    @property
    def base_url(self) -> str:
        """The shop's address."""
        return self._inner.base_url

    def send(self, call: Call) -> Answer:
        """Send, and count."""
        answer = self._inner.send(call)
        self.requests += 1
        self.bytes += len(answer.body)
        return answer


class CounterSources:
    """All counters of one shop. Raises FiguresError where there is none to read."""

    def __init__(self, sources: Sources) -> None:
        self._metrics = TextMetrics(sources.metrics) if sources.metrics else None
        self._database = DatabaseCounters(sources.database.get_secret_value()) if sources.database else None
        if self._metrics is None and self._database is None:
            raise FiguresError("no counters: name 'metrics' or 'database' of this shop in the monitoring file")

    def read(self) -> dict[str, float]:
        """Every known counter."""
        raw: dict[str, float] = {}
        if self._metrics is not None:
            raw |= self._metrics.read()
        if self._database is not None:
            raw |= self._database.read()
        found = {}
        for name, candidates in COUNTERS.items():
            value = next((raw[candidate] for candidate in candidates if candidate in raw), None)
            if value is not None:
                found[name] = value
        return found

    @property
    def shared(self) -> bool:
        """Whether others' statements are counted too, so that nobody else may use the server meanwhile."""
        return self._database is not None and not self._database.exact_by_schema

    def close(self) -> None:
        """Close connections."""
        if self._database is not None:
            self._database.close()


def count_pages(
    access: ShopAccess, pools: Pools, counters: CounterSources, *, passes: int, pages: Sequence[Page] = PAGES
) -> dict[str, dict[str, list[float]]]:
    """What each pass over each page has cost: page → indicator → one number a pass.

    A first request that is not counted fills the shop's own caches; those that count get rendered anew.
    """
    transport = CountingTransport(access.transport)
    counted = ShopAccess(
        transport=transport,
        access_key=access.access_key,
        storefront_url=access.storefront_url,
        language_id=access.language_id,
    )
    found: dict[str, dict[str, list[float]]] = {}
    for page in pages:
        found[page.name] = {}
        page.ask(counted, pools, new_to_caches())
        page.ask(counted, pools, new_to_caches())
        _count_once(page, "", counted, transport, pools, counters)  # fills the page cache for what follows
        for _ in range(passes):
            costs = _count_once(page, new_to_caches(), counted, transport, pools, counters)
            from_cache = _count_once(page, "", counted, transport, pools, counters)
            costs["cache_hits"] = from_cache.get("cache_hits", 0.0)
            for indicator, value in costs.items():
                found[page.name].setdefault(indicator, []).append(value)
    return found


def _count_once(
    page: Page,
    variant: str,
    access: ShopAccess,
    transport: CountingTransport,
    pools: Pools,
    counters: CounterSources,
) -> dict[str, float]:
    before = counters.read()
    transport.requests = transport.bytes = 0
    page.ask(access, pools, variant)
    after = counters.read()
    costs = {name: after[name] - before[name] for name in before if name in after}
    return {**costs, "response_bytes": float(transport.bytes), "requests_per_page": float(transport.requests)}


def compare_exactly(
    accesses: Mapping[Arm, ShopAccess], pools: Mapping[Arm, Pools], sources: Mapping[Arm, Sources], *, passes: int = 3
) -> tuple[ExactChange, ...]:
    """Count all pages of both shops, and compare."""
    counts = {}
    for arm in ARMS:
        counters = CounterSources(sources[arm])
        try:
            counts[arm] = count_pages(accesses[arm], pools[arm], counters, passes=passes)
        finally:
            counters.close()
    return compare_counts(counts["before"], counts["after"])
