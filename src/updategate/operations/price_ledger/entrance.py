"""The way into the shop for those who ask prices: who they are, and that they are gone again afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from updategate.actors.identity import Identity
from updategate.actors.shop_access import ShopAccess
from updategate.actors.test_data.customers import Customers
from updategate.actors.test_data.workbench import Workbench
from updategate.clients.admin_api import AdminApi
from updategate.clients.connection import admin_api, exchange_log, transport_to
from updategate.clients.store_api import StoreApi
from updategate.clients.transport import RequestsTransport
from updategate.config.environment import Environment
from updategate.config.ledger import LedgerSettings
from updategate.domain.price_cells import Cell
from updategate.evidence.records import Created, Ledger, Removed
from updategate.evidence.writer import EvidenceWriter, Sink
from updategate.operations.fingerprint import version_of
from updategate.operations.price_ledger.asking import Asker
from updategate.operations.price_ledger.crew import Crew
from updategate.operations.price_ledger.market import Market, look_around
from updategate.operations.price_ledger.visitors import OpensSessions, Visitors

Tell = Callable[[str, int, int], None]
"""Hears what is done, and how much of how much (0 of 0 where that is not known)."""
Seats = Callable[[Market], Iterable[tuple[str, str]] | None]
"""Which (customer group, country) temporary customers are needed for; None: for all groups but that of guests."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """An open shop: what it offers, and who can ask."""

    environment: Environment
    settings: LedgerSettings
    store: StoreApi
    admin: AdminApi | None
    market: Market
    visitors: Visitors

    def crew(self, asker: Asker, write: Callable[[Cell, Ledger], None]) -> Crew:
        """Those who ask at the same time; each has a connection of their own."""
        return Crew(asker, self.visitors, self.market, lambda: _opener(self.environment), write, self.settings.parallel)


@contextmanager
def entrance(
    environment: Environment, writer: EvidenceWriter, tell: Tell, seats: Seats, *, all_of_it: bool = False
) -> Iterator[Entrance]:
    """Let everybody in who can ask; temporary customers are removed at the end, whatever happens.

    ``all_of_it`` takes all groups, currencies and countries, because somebody else has chosen the cells. Raises
    ShopError, UnknownDimensionError, VisitorRefusedError, and RuntimeError where a customer could not be removed.
    """
    settings = environment.ledger or LedgerSettings()
    transport = transport_to(environment, exchange_log(environment))
    bench: Workbench | None = None
    try:
        admin, store = admin_api(environment), _session(environment, transport)
        market = look_around(store, admin, settings, environment.data_seed, all_of_it=all_of_it)
        visitors = Visitors(market)
        visitors.admits_guests()
        tell("lets customers in", 0, 0)
        visitors.admits_customers(settings.customers, lambda: _session(environment, transport))
        bench = _bench(environment, transport, admin, writer)
        if bench is not None:
            visitors.admits_members(Customers(bench), seats(market))
        yield Entrance(environment, settings, store, admin, market, visitors)
    finally:
        if bench is not None:
            tell("removes its customers", 0, 0)
            bench.clear()
        transport.close()


def _opener(environment: Environment) -> OpensSessions:
    """Sessions for one thread, over a connection of its own."""
    transport = transport_to(environment, exchange_log(environment))
    return lambda: _session(environment, transport)


def _session(environment: Environment, transport: RequestsTransport) -> StoreApi:
    return StoreApi(transport, environment.sales_channel.access_key.get_secret_value())


def _bench(
    environment: Environment, transport: RequestsTransport, admin: AdminApi | None, writer: EvidenceWriter
) -> Workbench | None:
    """Where temporary customers are made; None where they are not permitted."""
    permits = environment.permits
    if admin is None or not (permits.admin_write and permits.customers):
        return None
    access = ShopAccess(
        transport=transport,
        access_key=environment.sales_channel.access_key.get_secret_value(),
        storefront_url=environment.storefront_url,
        admin=admin,
        permits=permits.allowed(),
        version=version_of(admin),
    )
    identity = Identity(seed=environment.data_seed, process="LEDGER", run=writer.run)
    return Workbench(access, identity, _Journal(writer))


class _Journal:
    """Notes the temporary customers, so that they can be removed even after a kill."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def created(self, entity: str, id: str, mark: str = "") -> None:  # noqa: A002 - Shopware's own word
        """To be called before the request that creates the entity."""
        self._sink.write(Created(entity=entity, id=id, mark=mark))

    def removed(self, entity: str, id: str) -> None:  # noqa: A002 - Shopware's own word
        """To be called once the entity is gone."""
        self._sink.write(Removed(entity=entity, id=id))
