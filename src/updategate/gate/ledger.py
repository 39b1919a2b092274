"""The price ledger before and after: every difference to the cent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from updategate.config.ledger import IntendedPriceChange, LedgerRules
from updategate.evidence.reader import RunEvidence
from updategate.evidence.records import Build, Ledger, LedgerPlan, ListChecked
from updategate.gate.comparison import within
from updategate.gate.price_changes import Change, changes_of, text_of
from updategate.gate.soundness import doubt
from updategate.gate.verdict import LedgerDifference, LedgerSummary, NotTested, Reason, Weight

Key = tuple[str, str, str | None, int, str, str]
# Shopware's keys of messages that the stock decides, not the price
_STOCK = frozenset({"product-out-of-stock", "product-stock-reached"})


@dataclass(frozen=True, slots=True)
class LedgerJudgement:
    """What two ledgers come to: every difference, the reasons that they give, and what was not tested."""

    differences: tuple[LedgerDifference, ...] = ()
    reasons: tuple[Reason, ...] = ()
    summary: LedgerSummary | None = None
    not_tested: NotTested | None = None


@dataclass(slots=True)
class _Book:
    """The ledger of one phase."""

    cells: dict[Key, Ledger] = field(default_factory=dict)
    where: dict[Key, str] = field(default_factory=dict)
    planned: int = 0
    plans: list[LedgerPlan] = field(default_factory=list)
    recorded: bool = False

    @classmethod
    def of(cls, runs: Sequence[RunEvidence]) -> _Book:
        """All cells of the given runs by their business key; the later one wins where two runs hold the same."""
        book = cls()
        for run in runs:
            for row in run.of_type(Ledger):
                book.cells[key_of(row)] = row
                book.where[key_of(row)] = f"{run.name}:{row.seq + 1}"
            book.plans += run.of_type(LedgerPlan)
            lists_alone = bool(run.of_type(ListChecked)) and not book.plans
            ledger = run.started is not None and run.started.kind == "ledger" and not lists_alone
            book.recorded = book.recorded or ledger
        book.planned = sum(plan.cells for plan in book.plans)
        book.recorded = book.recorded or bool(book.cells)
        return book


def key_of(row: Ledger) -> Key:
    """The business key of a cell."""
    return (row.product, row.customer_group, row.customer, row.quantity, row.currency, row.country)


def compare(after: Sequence[RunEvidence], before: Sequence[RunEvidence], rules: LedgerRules) -> LedgerJudgement:
    """Compare two ledgers under ``rules``."""
    builds = (_build(before), _build(after))
    new, old = _Book.of(after), _Book.of(before)
    if not new.recorded and not old.recorded:
        return _without(rules)
    reasons = list(_doubts(new, old, rules))
    gone, stock, differences = 0, 0, []
    sold_after = {key[0] for key in new.cells}
    for key in sorted(old.cells, key=_sortable):
        was, now = old.cells[key], new.cells.get(key)
        if now is None:
            if new.cells and key[0] not in sold_after and was.sold and not was.error:
                gone += 1
                differences.append(_gone(was, old.where[key]))
            continue
        if was.error or now.error:
            continue
        changes = tuple(changes_of(was, now))
        if changes and _stock_decided(was, now):
            stock += 1
        elif changes:
            differences.append(_difference(was, now, changes, rules.intended, builds, old.where[key], new.where[key]))
    if stock:
        message = f"{stock} cells of the price ledger cannot be compared: the stock did not allow the quantity."
        reasons.append(doubt("ledger_stock", message, cells=str(stock)))
    reasons += _verdict_on(differences, new, rules)
    both = new.cells.keys() & old.cells.keys()
    summary = LedgerSummary(
        cells_before=len(old.cells),
        cells_after=len(new.cells),
        compared=len(both),
        differing=len(differences),
        explained=sum(1 for difference in differences if difference.intended),
        unread=sum(1 for row in new.cells.values() if row.error) + sum(1 for row in old.cells.values() if row.error),
        products=len({key[0] for key in both}),
        customer_groups=tuple(sorted({key[1] for key in both})),
        currencies=tuple(sorted({key[4] for key in both})),
        countries=tuple(sorted({key[5] for key in both})),
    )
    return LedgerJudgement(tuple(differences), tuple(reasons), summary)


def _build(runs: Sequence[RunEvidence]) -> Build | None:
    return next((run.started.build for run in runs if run.started and run.started.build), None)


def _without(rules: LedgerRules) -> LedgerJudgement:
    gap = NotTested(what="Price ledger", reason="no prices were written down before and after the update")
    if not rules.required:
        return LedgerJudgement(not_tested=gap)
    message = "No price ledger was recorded, and the policy requires one."
    return LedgerJudgement(reasons=(doubt("ledger_missing", message),), not_tested=gap)


def _doubts(new: _Book, old: _Book, rules: LedgerRules) -> Iterator[Reason]:
    """What keeps two ledgers from being compared completely."""
    for book, phase in ((old, "before"), (new, "after")):
        if not book.recorded:
            message = f"There is a price ledger of only one side: none was recorded {phase} the update."
            yield _softened(doubt("ledger_missing", message, phase=phase), rules)
        elif book.planned > len(book.cells):
            message = f"The price ledger {phase} the update is partial: {len(book.cells)} of {book.planned} cells."
            told = {"phase": phase, "cells": str(len(book.cells)), "planned": str(book.planned)}
            yield _softened(doubt("ledger_partial", message, **told), rules)
        elif not book.cells:
            yield _softened(doubt("ledger_partial", f"The price ledger {phase} the update holds no cell."), rules)
    if new.cells and old.cells:
        yield from _other_cells(new, old, rules)
    for book, phase in ((old, "before"), (new, "after")):
        unread = [key for key, row in book.cells.items() if row.error]
        if unread:
            first = book.cells[unread[0]]
            message = (
                f"{len(unread)} cells of the price ledger could not be read {phase} the update; "
                f"first: {first.product}: {first.error}."
            )
            reason = doubt(
                "ledger_unread", message, evidence=book.where[unread[0]], phase=phase, cells=str(len(unread))
            )
            yield _softened(reason, rules)


def _other_cells(new: _Book, old: _Book, rules: LedgerRules) -> Iterator[Reason]:
    if not new.cells.keys() & old.cells.keys():
        message = "The price ledgers have no cell in common: they are of different catalogues or seeds."
        yield _softened(doubt("ledger_catalogue", message), rules)
        return
    sold_after = {key[0] for key in new.cells}
    only = len(new.cells.keys() - old.cells.keys()) + sum(
        1 for key in old.cells.keys() - new.cells.keys() if key[0] in sold_after
    )
    if only:
        message = f"The price ledgers do not cover the same cells: {only} stand in only one of them."
        yield _softened(doubt("ledger_cells", message, cells=str(only)), rules)


def _softened(reason: Reason, rules: LedgerRules) -> Reason:
    """Where differences are only reported and a ledger is not required, its gaps are only reported too."""
    if rules.differences == "report" and not rules.required:
        return reason.model_copy(update={"weight": "note"})
    return reason


def _verdict_on(differences: Sequence[LedgerDifference], new: _Book, rules: LedgerRules) -> Iterator[Reason]:
    meant = [difference for difference in differences if difference.intended]
    if meant:
        told = "; ".join(dict.fromkeys(str(difference.intended) for difference in meant))
        yield Reason(
            code="ledger_intended",
            weight="note",
            message=f"{len(meant)} prices changed as intended: {told}",
            evidence=meant[0].evidence_after,
            facts={"changed": str(len(meant)), "why": told},
        )
    unexplained = [difference for difference in differences if not difference.intended]
    if not unexplained:
        return
    weight: Weight = "note" if rules.differences == "report" else rules.differences
    first = unexplained[0]
    yield Reason(
        code="ledger",
        weight=weight,
        message=(
            f"{len(unexplained)} of {len(new.cells)} prices changed; first: {first.product} × {first.quantity} for "
            f"{first.customer_group} in {first.currency}" + (f" (rule {first.rule})." if first.rule else ".")
        ),
        expected=first.before,
        actual=first.after,
        evidence=first.evidence_after or first.evidence_before,
        facts={
            "changed": str(len(unexplained)),
            "cells": str(len(new.cells)),
            "product": first.product,
            "quantity": str(first.quantity),
            "customer_group": first.customer_group,
            "currency": first.currency,
        },
    )


def _stock_decided(was: Ledger, now: Ledger) -> bool:
    return bool(_STOCK & ({*was.messages} ^ {*now.messages}))


def _difference(
    was: Ledger,
    now: Ledger,
    changes: tuple[Change, ...],
    intended: Sequence[IntendedPriceChange],
    builds: tuple[Build | None, Build | None],
    where_before: str,
    where_after: str,
) -> LedgerDifference:
    rule = now.rule or was.rule
    meant = [
        entry for entry in intended if _holds(entry, builds) and _covers(entry, now, {was.rule, now.rule} - {None})
    ]
    explained = all(any(_allows(entry, change) for entry in meant) for change in changes)
    used = [entry for entry in meant if any(_allows(entry, change) for change in changes)] if explained else []
    by = next((change.by for change in changes if change.by is not None), None)
    return LedgerDifference(
        product=now.product,
        customer_group=now.customer_group,
        customer=now.customer,
        quantity=now.quantity,
        currency=now.currency,
        country=now.country,
        before=text_of(was, changes, before=True),
        after=text_of(now, changes, before=False),
        changed=tuple(dict.fromkeys(change.kind for change in changes)),
        by=None if by is None else f"{by}",
        rule=rule,
        rule_before=was.rule,
        intended="; ".join(f"{entry.reason} ({entry.source})" for entry in used) or None,
        evidence_before=where_before,
        evidence_after=where_after,
    )


def _gone(was: Ledger, where: str) -> LedgerDifference:
    return LedgerDifference(
        product=was.product,
        customer_group=was.customer_group,
        customer=was.customer,
        quantity=was.quantity,
        currency=was.currency,
        country=was.country,
        before=text_of(was, (), before=True),
        after="no longer in the catalogue",
        changed=("sold",),
        rule=was.rule,
        rule_before=was.rule,
        evidence_before=where,
    )


def _holds(entry: IntendedPriceChange, builds: tuple[Build | None, Build | None]) -> bool:
    before, after = builds
    return (
        before is not None
        and after is not None
        and within(before.core, entry.from_version)
        and within(after.core, entry.to_version)
    )


def _covers(entry: IntendedPriceChange, row: Ledger, rules: set[str | None]) -> bool:
    return (
        (entry.products is None or row.product in entry.products)
        and (entry.customer_groups is None or row.customer_group in entry.customer_groups)
        and (entry.currencies is None or row.currency in entry.currencies)
        and (entry.countries is None or row.country in entry.countries)
        and (entry.rules is None or bool(rules & {*entry.rules}))
    )


def _allows(entry: IntendedPriceChange, change: Change) -> bool:
    if change.kind not in entry.changed:
        return False
    return entry.at_most is None or (change.by is not None and change.by <= entry.at_most)


def _sortable(key: Key) -> tuple[str, str, str, int, str, str]:
    product, group, customer, quantity, currency, country = key
    return (product, group, customer or "", quantity, currency, country)
