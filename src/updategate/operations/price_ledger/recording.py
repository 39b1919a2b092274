"""Records a price ledger: draws its cells or takes those of an earlier one, asks them, and keeps the evidence."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from updategate.actors.identity import Identity
from updategate.actors.shop_access import ShopAccess
from updategate.actors.test_data.customers import Customers
from updategate.actors.test_data.workbench import Workbench
from updategate.clients.admin_api import AdminApi
from updategate.clients.connection import admin_api, exchange_log, transport_to
from updategate.clients.errors import ShopError
from updategate.clients.store_api import StoreApi
from updategate.clients.transport import RequestsTransport
from updategate.config.environment import Environment, secrets_of
from updategate.config.exit_codes import ExitCode
from updategate.config.ledger import LedgerSettings
from updategate.evidence.reader import RunEvidence, read_evidence
from updategate.evidence.records import Build, Created, Ledger, Phase, Provenance, Removed, RunStarted
from updategate.evidence.writer import EvidenceWriter, Sink
from updategate.operations.fingerprint import read_build, version_of
from updategate.operations.price_ledger.asking import not_sold
from updategate.operations.price_ledger.crew import Crew, Shift
from updategate.operations.price_ledger.market import UnknownDimensionError, look_around
from updategate.operations.price_ledger.plan import again, chairs_of, drawn, fitted
from updategate.operations.price_ledger.visitors import OpensSessions, VisitorRefusedError, Visitors


class LedgerRefusedError(Exception):
    """The ledger cannot be recorded in this environment; the message says why, ``code`` how the verb ends."""

    def __init__(self, message: str, code: ExitCode = ExitCode.INCONCLUSIVE) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class LedgerRun:
    """A recorded ledger: its evidence, how many cells it asked, and why it is not complete, if it is not."""

    evidence: RunEvidence
    cells: int
    seconds: float
    stopped: str = ""
    interrupted: bool = False

    @property
    def unread(self) -> int:
        """Cells that could not be read."""
        return sum(1 for row in self.evidence.of_type(Ledger) if row.error)

    @property
    def complete(self) -> bool:
        """Whether every cell was read."""
        return not self.stopped and not self.evidence.defects and not self.unread


def record_ledger(
    environment: Environment,
    folder: Path,
    *,
    run: str,
    scope: str,
    phase: Phase | None,
    provenance: Provenance,
    earlier: RunEvidence | None = None,
    tell: Callable[[str, int, int], None] = lambda *_: None,
) -> LedgerRun:
    """Write down what the shop charges into ``folder``.

    ``earlier`` is the ledger before the update, whose cells are asked again; without it they are drawn, cut to the
    time that the settings give. ``tell`` hears what is done, and how much of how much. Only carts are filled.
    Temporary customers are created where the environment permits it, journaled, and removed. Raises
    LedgerRefusedError before anything is written; Ctrl-C ends the ledger with valid, incomplete evidence.
    """
    if not environment.permits.carts:
        message = "A price ledger fills carts: write 'permits: {carts: true}' into the environment file."
        raise LedgerRefusedError(message, ExitCode.USAGE)
    settings = environment.ledger or LedgerSettings()
    begun = time.monotonic()
    writer = EvidenceWriter(folder, run, secrets=secrets_of(environment))
    try:
        shift = _record(environment, settings, writer, scope, phase, provenance, earlier, tell, begun)
        stopped, interrupted = shift.stopped, shift.interrupted
    except (ShopError, LookupError, VisitorRefusedError) as error:
        writer.finish(_build(environment), interrupted=True, reason=str(error))
        usage = isinstance(error, UnknownDimensionError | VisitorRefusedError)
        raise LedgerRefusedError(str(error), ExitCode.USAGE if usage else ExitCode.INCONCLUSIVE) from None
    except KeyboardInterrupt:
        stopped, interrupted = "the price ledger was interrupted", True
    writer.finish(_build(environment), interrupted=bool(stopped), reason=stopped)
    evidence = read_evidence(folder)
    return LedgerRun(evidence, len(evidence.of_type(Ledger)), time.monotonic() - begun, stopped, interrupted)


def _record(
    environment: Environment,
    settings: LedgerSettings,
    writer: EvidenceWriter,
    scope: str,
    phase: Phase | None,
    provenance: Provenance,
    earlier: RunEvidence | None,
    tell: Callable[[str, int, int], None],
    begun: float,
) -> Shift:
    writer.write(RunStarted(kind="ledger", scope=scope, phase=phase, build=_build(environment), provenance=provenance))
    transport = transport_to(environment, exchange_log(environment))
    admin = admin_api(environment)
    store = _session(environment, transport)
    market = look_around(store, admin, settings, environment.data_seed, all_of_it=earlier is not None)
    bench = _bench(environment, transport, admin, writer)
    visitors = Visitors(market)
    visitors.admits_guests()
    tell("lets customers in", 0, 0)
    try:
        visitors.admits_customers(settings.customers, lambda: _session(environment, transport))
        if bench is not None:
            visitors.admits_members(Customers(bench), chairs_of(earlier, market) if earlier else None)
        tell("reads the catalogue", 0, 0)
        plan = (
            again(store, admin, visitors, market, earlier)
            if earlier
            else drawn(store, admin, visitors, market, settings, environment.data_seed)
        )
        crew = Crew(
            plan.asker,
            visitors,
            market,
            lambda: _opener(environment),
            writer.write,
            settings.parallel,
        )
        if earlier is None:
            plan = fitted(plan, crew, settings, begun)
        writer.write(plan.record)
        for cell, why in plan.lost:
            writer.write(not_sold(cell, why))
        total = len(plan.cells)
        tell("asks", 0, total)
        return crew.ask(plan.cells, lambda done: tell("asks", done, total))
    finally:
        transport.close()
        if bench is not None:
            tell("removes its customers", 0, 0)
            bench.clear()


def _opener(environment: Environment) -> OpensSessions:
    """Sessions for one thread, over a connection of its own."""
    transport = transport_to(environment, exchange_log(environment))
    return lambda: _session(environment, transport)


def _session(environment: Environment, transport: RequestsTransport) -> StoreApi:
    return StoreApi(transport, environment.sales_channel.access_key.get_secret_value())


def _build(environment: Environment) -> Build | None:
    try:
        return read_build(environment)
    except ShopError:
        return None


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
