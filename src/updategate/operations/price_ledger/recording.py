"""Records a shop's prices: the cells of a ledger, and those that price lists expect."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from updategate.clients.errors import ShopError
from updategate.config.environment import Environment, secrets_of
from updategate.config.errors import ConfigError
from updategate.config.exit_codes import ExitCode
from updategate.config.price_list import load_price_list
from updategate.evidence.reader import RunEvidence, read_evidence
from updategate.evidence.records import Build, Ledger, ListChecked, Phase, Provenance, RunStarted
from updategate.evidence.writer import EvidenceWriter
from updategate.operations.fingerprint import read_build
from updategate.operations.price_ledger.asking import not_sold
from updategate.operations.price_ledger.crew import Shift, parts_of
from updategate.operations.price_ledger.entrance import Entrance, Tell, entrance
from updategate.operations.price_ledger.market import Market, UnknownDimensionError
from updategate.operations.price_ledger.plan import again, chairs_of, drawn, fitted
from updategate.operations.price_ledger.visitors import VisitorRefusedError
from updategate.operations.price_lists.checking import ListCheck
from updategate.operations.price_lists.listing import Listing, read_listing


class LedgerRefusedError(Exception):
    """The prices cannot be recorded in this environment; the message says why, ``code`` how the verb ends."""

    def __init__(self, message: str, code: ExitCode = ExitCode.INCONCLUSIVE) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class LedgerRun:
    """Recorded prices: the evidence, how many cells the ledger has, and why it is not complete, if it is not."""

    evidence: RunEvidence
    cells: int
    seconds: float
    stopped: str = ""
    interrupted: bool = False

    @property
    def unread(self) -> int:
        """Cells and rows that could not be read."""
        rows = sum(checked.unread for checked in self.evidence.of_type(ListChecked))
        return rows + sum(1 for row in self.evidence.of_type(Ledger) if row.error)

    @property
    def deviating(self) -> int:
        """Rows of price lists that the shop does not charge."""
        return sum(checked.deviating for checked in self.evidence.of_type(ListChecked))

    @property
    def complete(self) -> bool:
        """Whether every cell was read."""
        return not self.stopped and not self.evidence.defects and not self.unread


@dataclass(frozen=True, slots=True)
class Task:
    """What is recorded: a ledger (the cells of an ``earlier`` one, if given), and these price lists."""

    ledger: bool = True
    earlier: RunEvidence | None = None
    price_lists: Sequence[Path] = ()


def record_ledger(
    environment: Environment,
    folder: Path,
    task: Task,
    *,
    run: str,
    scope: str,
    phase: Phase | None,
    provenance: Provenance,
    tell: Tell = lambda *_: None,
) -> LedgerRun:
    """Write down what the shop charges into ``folder``.

    The cells of a ledger are drawn and cut to the time that the settings give, or those of the earlier ledger. Only
    carts are filled. Temporary customers are created where the environment permits it, journaled, and removed. Raises
    LedgerRefusedError where it cannot be begun, ConfigError for a price list that cannot be read; Ctrl-C ends it with
    valid, incomplete evidence.
    """
    if not environment.permits.carts:
        message = "Prices are asked with carts: write 'permits: {carts: true}' into the environment file."
        raise LedgerRefusedError(message, ExitCode.USAGE)
    begun = time.monotonic()
    with ExitStack() as opened:
        # lists are read first: a mistake in one must not cost the time that a ledger takes
        lists = [opened.enter_context(read_listing(*load_price_list(path))) for path in task.price_lists]
        writer = EvidenceWriter(folder, run, secrets=secrets_of(environment))
        start = RunStarted(kind="ledger", scope=scope, phase=phase, build=_build(environment), provenance=provenance)
        writer.write(start)
        stopped, interrupted = "", False
        try:
            shift = _record(environment, writer, task, lists, phase, tell, begun)
            stopped, interrupted = shift.stopped, shift.interrupted
        except ConfigError as error:
            stopped = f"a price list does not fit the shop: {error.problems[0].message}"
            raise
        except (ShopError, LookupError, VisitorRefusedError) as error:
            stopped = str(error)
            usage = isinstance(error, UnknownDimensionError | VisitorRefusedError)
            raise LedgerRefusedError(stopped, ExitCode.USAGE if usage else ExitCode.INCONCLUSIVE) from None
        except RuntimeError as error:
            stopped = str(error)
        except KeyboardInterrupt:
            stopped, interrupted = "asking for prices was interrupted", True
        finally:
            writer.finish(_build(environment), interrupted=bool(stopped), reason=stopped)
    evidence = read_evidence(folder)
    return LedgerRun(evidence, len(evidence.of_type(Ledger)), time.monotonic() - begun, stopped, interrupted)


def _record(
    environment: Environment,
    writer: EvidenceWriter,
    task: Task,
    lists: Sequence[Listing],
    phase: Phase | None,
    tell: Tell,
    begun: float,
) -> Shift:
    def seats(market: Market) -> list[tuple[str, str]] | None:
        """Temporary customers are needed for what is asked; a ledger that is drawn asks for every group."""
        if task.ledger and task.earlier is None:
            return None
        earlier = chairs_of(task.earlier, market) if task.ledger and task.earlier is not None else ()
        return sorted({*earlier, *(seat for one in lists for seat in ListCheck.seats(one, market))})

    whole = not task.ledger or task.earlier is not None
    with entrance(environment, writer, tell, seats, all_of_it=whole) as shop:
        checks = [ListCheck(one, shop, writer, phase) for one in lists]
        shift = _ask_ledger(shop, writer, task.earlier, tell, begun) if task.ledger else Shift()
        for check in checks:
            if not shift.stopped:
                shift = check.carry_out(tell)
        return shift


def _ask_ledger(shop: Entrance, writer: EvidenceWriter, earlier: RunEvidence | None, tell: Tell, begun: float) -> Shift:
    tell("reads the catalogue", 0, 0)
    seed = shop.environment.data_seed
    plan = (
        again(shop.store, shop.admin, shop.visitors, shop.market, earlier)
        if earlier
        else drawn(shop.store, shop.admin, shop.visitors, shop.market, shop.settings, seed)
    )
    crew = shop.crew(plan.asker, lambda _, found: writer.write(found))
    if earlier is None:
        plan = fitted(plan, crew, shop.settings, begun)
    writer.write(plan.record)
    for cell, why in plan.lost:
        writer.write(not_sold(cell, why))
    total = len(plan.cells)
    tell("asks", 0, total)
    return crew.ask(parts_of(plan.cells), lambda done: tell("asks", done, total))


def _build(environment: Environment) -> Build | None:
    try:
        return read_build(environment)
    except ShopError:
        return None
