"""Which cells a ledger asks: drawn from what the shop sells, cut to the time, or those of an earlier ledger."""

from __future__ import annotations

import itertools
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from updategate.clients.admin_api import AdminApi
from updategate.clients.store_api import StoreApi
from updategate.config.ledger import LedgerSettings
from updategate.domain.price_cells import Buyer, Cell, Offered, cells_in_order, coverage, digest_of
from updategate.evidence.reader import RunEvidence
from updategate.evidence.records import Ledger, LedgerPlan
from updategate.operations.price_ledger.asking import Asker
from updategate.operations.price_ledger.assortment import by_numbers, offered, on_sale, price_rules, sample
from updategate.operations.price_ledger.crew import Crew, parts_of
from updategate.operations.price_ledger.market import Market
from updategate.operations.price_ledger.visitors import Chair, Visitors, labels, missing

# so many cells are asked by each asker to learn how many fit into the time
_PROBE = 12
# what is not spent on cells: sessions, logins, temporary customers
_RESERVE = 0.85
_FEWEST = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked: ``cells`` have somebody to ask them, ``lost`` ones have no answer any more, for the reason given.

    ``products`` and ``buyers`` are what the cells were drawn from, empty where they are those of an earlier ledger.
    """

    cells: Sequence[Cell]
    lost: Sequence[tuple[Cell, str]]
    record: LedgerPlan
    asker: Asker
    products: tuple[Offered, ...] = ()
    buyers: tuple[Buyer, ...] = ()

    def cut(self, cells: Sequence[Cell], told: str) -> Plan:
        """The plan with fewer cells; ``told`` says what is left out."""
        seen = coverage(cells, self.products, self.buyers, self.record.currencies)
        record = self.record.model_copy(
            update={
                "cells": len(cells),
                "digest": digest_of(cells),
                "products_asked": len({cell.product for cell in cells}),
                "pairs": seen.pairs,
                "covered": seen.covered,
                "left_out": (*self.record.left_out, told),
            }
        )
        return replace(self, cells=cells, record=record)


def drawn(
    store: StoreApi, admin: AdminApi | None, visitors: Visitors, market: Market, settings: LedgerSettings, seed: str
) -> Plan:
    """The cells that the seed draws from what the shop sells. Raises LookupError where it sells nothing."""
    sold, all_of_it = on_sale(store)
    few = sample(sold, seed, settings.cells)
    rules = price_rules(admin, few)
    products = offered(few, rules)
    currencies = list(market.currencies)
    cells = list(itertools.islice(cells_in_order(products, visitors.buyers, currencies, seed), settings.cells))
    if not cells:
        message = "the shop sells nothing that could be put into a cart"
        raise LookupError(message)
    covered = coverage(cells, products, visitors.buyers, currencies)
    left_out = (*market.left_out, *(() if all_of_it else (f"products beyond the first {len(sold)}",)))
    record = _plan_record(cells, visitors, market, seed, "drawn", len(sold)).model_copy(
        update={"pairs": covered.pairs, "covered": covered.covered, "left_out": left_out}
    )
    known = {product.number: product for product in few}
    return Plan(cells, (), record, Asker(known, rules), tuple(products), tuple(visitors.buyers))


def fitted(plan: Plan, crew: Crew, settings: LedgerSettings, begun: float) -> Plan:
    """Cut the cells to those that fit into the time, going by how long a few of them take.

    ``begun`` is when the ledger began, by the monotonic clock.
    """
    few = _probe(plan.cells, settings.parallel)
    if len(plan.cells) <= len(few):
        return plan
    started = time.monotonic()
    shift = replace(crew, write=lambda *_: None).ask(parts_of(few))
    if shift.interrupted:
        raise KeyboardInterrupt
    if shift.stopped:
        raise LookupError(shift.stopped)
    each = (time.monotonic() - started) / len(few)
    left = settings.seconds - (time.monotonic() - begun)
    fitting = max(int(left * _RESERVE / each), _FEWEST)
    if fitting >= len(plan.cells):
        return plan
    cells = plan.cells[:fitting]
    told = f"{len(plan.cells) - fitting} cells that do not fit into {settings.seconds:g} s"
    return plan.cut(cells, told)


def _probe(cells: Sequence[Cell], parallel: int) -> list[Cell]:
    """A few cells for each asker, such as need no further session."""
    seats: defaultdict[tuple[Chair, str], list[Cell]] = defaultdict(list)
    for cell in cells:
        seats[(cell.customer_group, cell.customer, cell.country), cell.currency].append(cell)
    chairs: dict[Chair, list[Cell]] = {}
    for (chair, _), found in sorted(seats.items(), key=lambda seat: -len(seat[1])):
        chairs.setdefault(chair, found[:_PROBE])
    return [cell for found in list(chairs.values())[:parallel] for cell in found]


def again(store: StoreApi, admin: AdminApi | None, visitors: Visitors, market: Market, earlier: RunEvidence) -> Plan:
    """The cells of an earlier ledger; what the shop no longer has is an answer too."""
    cells = [_cell(row) for row in earlier.of_type(Ledger)]
    if not cells:
        message = f"the ledger of {earlier.name} holds no cell to ask again"
        raise LookupError(message)
    products = by_numbers(store, (cell.product for cell in cells))
    rules = price_rules(admin, list(products.values()))
    chairs = dict.fromkeys((cell.customer_group, cell.customer, cell.country) for cell in cells)
    gone = dict(missing(chairs, visitors, market))
    lost: list[tuple[Cell, str]] = []
    kept: list[Cell] = []
    for cell in cells:
        why = gone.get((cell.customer_group, cell.customer, cell.country))
        if why is None and cell.currency not in market.currencies:
            why = f"the sales channel has no currency {cell.currency}"
        if why is None:
            kept.append(cell)
        else:
            lost.append((cell, why))
    plans = earlier.of_type(LedgerPlan)
    record = _plan_record(cells, visitors, market, plans[0].seed if plans else "", "earlier", len(products))
    return Plan(kept, lost, record, Asker(products, rules))


def _plan_record(
    cells: Sequence[Cell],
    visitors: Visitors,
    market: Market,
    seed: str,
    origin: Literal["drawn", "earlier"],
    sold: int,
) -> LedgerPlan:
    return LedgerPlan(
        origin=origin,
        seed=seed,
        cells=len(cells),
        digest=digest_of(cells),
        products_sold=sold,
        products_asked=len({cell.product for cell in cells}),
        buyers=labels(visitors.buyers),
        currencies=_asked((cell.currency for cell in cells), market.currencies),
        countries=_asked((cell.country for cell in cells), market.countries),
    )


def _asked(names: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """Each once, in the order of the shop; of an earlier ledger, those that the shop has no more come last."""
    found = dict.fromkeys(names)
    return (*(name for name in known if name in found), *sorted(found.keys() - set(known)))


def _cell(row: Ledger) -> Cell:
    return Cell(row.product, row.customer_group, row.customer, row.quantity, row.currency, row.country)


def chairs_of(earlier: RunEvidence, market: Market) -> Iterable[tuple[str, str]]:
    """Group and country of all cells that a temporary customer stands for."""
    return sorted(
        {
            (row.customer_group, row.country)
            for row in earlier.of_type(Ledger)
            if row.customer is None and row.customer_group in market.groups and row.country in market.countries
        }
    )
