"""The price ledger before and after: every difference to the cent."""

from __future__ import annotations

from collections.abc import Sequence

from updategate.config.policy import LedgerRules
from updategate.evidence.reader import RunEvidence
from updategate.evidence.records import Amount, Ledger
from updategate.gate.soundness import doubt
from updategate.gate.verdict import LedgerDifference, Reason, Weight

Key = tuple[str, str, str | None, int, str, str]


def key_of(row: Ledger) -> Key:
    """The business key of a cell."""
    return (row.product, row.customer_group, row.customer, row.quantity, row.currency, row.country)


def cells(runs: Sequence[RunEvidence]) -> dict[Key, Ledger]:
    """All cells of the given runs by their business key; the later one wins where two runs hold the same."""
    return {key_of(row): row for run in runs for row in run.of_type(Ledger)}


def compare(
    after: Sequence[RunEvidence], before: Sequence[RunEvidence], rules: LedgerRules
) -> tuple[list[LedgerDifference], list[Reason]]:
    """Differences between two ledgers, and the reasons that they give under ``rules``."""
    new, old = cells(after), cells(before)
    if not new and not old:
        return [], []
    reasons: list[Reason] = []
    only = len(new.keys() ^ old.keys())
    if only:
        message = f"The price ledgers do not cover the same cells: {only} stand in only one of them."
        reasons.append(doubt("ledger_cells", message))
    unreadable = sum(1 for row in new.values() if row.error)
    if unreadable:
        message = f"{unreadable} cells of the price ledger could not be read after the update."
        reasons.append(doubt("ledger_unread", message))
    differences = [
        _difference(key, old[key], new[key])
        for key in sorted(new.keys() & old.keys(), key=str)
        if not new[key].error and not _same(old[key], new[key])
    ]
    if differences:
        weight: Weight = "note" if rules.differences == "report" else rules.differences
        first = differences[0]
        reasons.append(
            Reason(
                code="ledger",
                weight=weight,
                message=(
                    f"{len(differences)} of {len(new)} prices changed; first: {first.product} × {first.quantity} for "
                    f"{first.customer_group} in {first.currency}."
                ),
                expected=first.before,
                actual=first.after,
            )
        )
    return differences, reasons


def _same(old: Ledger, new: Ledger) -> bool:
    return (old.unit_price, old.total, old.error) == (new.unit_price, new.total, new.error)


def _difference(key: Key, old: Ledger, new: Ledger) -> LedgerDifference:
    product, group, customer, quantity, currency, country = key
    return LedgerDifference(
        product=product,
        customer_group=group,
        customer=customer,
        quantity=quantity,
        currency=currency,
        country=country,
        before=_text(old),
        after=_text(new),
        rule=new.rule or old.rule,
    )


def _text(row: Ledger) -> str:
    if row.error:
        return row.error
    unit, total = _amount(row.unit_price), _amount(row.total)
    return f"{unit} each, {total}"


def _amount(amount: Amount | None) -> str:
    return f"{amount.amount} {amount.currency}" if amount else "no price"
