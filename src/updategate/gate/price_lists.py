"""Price lists before and after: every row that the shop does not charge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from updategate.config.ledger import LedgerRules
from updategate.evidence.reader import RunEvidence
from updategate.evidence.records import Amount, ListChecked, ListDeviation
from updategate.gate.soundness import doubt
from updategate.gate.verdict import PriceListRow, PriceListSummary, Reason, Weight

Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class ListJudgement:
    """What price lists come to: every deviating row, the reasons, and the lists."""

    rows: tuple[PriceListRow, ...] = ()
    reasons: tuple[Reason, ...] = ()
    summaries: tuple[PriceListSummary, ...] = ()


def compare(after: Sequence[RunEvidence], before: Sequence[RunEvidence], rules: LedgerRules) -> ListJudgement:
    """Judge the rows of price lists under ``rules``.

    A row that deviates as it did before the update is pre-existing; one that kept to the list before, or that deviates
    otherwise than before, is regressed; without a list before the update it has failed.
    """
    checked = {record.price_list: record for run in after for record in run.of_type(ListChecked)}
    earlier = {record.price_list: record for run in before for record in run.of_type(ListChecked)}
    found = {place_of(row): row for run in before for row in run.of_type(ListDeviation)}
    rows: list[PriceListRow] = []
    reasons: list[Reason] = []
    for run in after:
        for row in run.of_type(ListDeviation):
            if row.error:
                continue
            same_list = _same_list(checked.get(row.price_list), earlier.get(row.price_list))
            rows.append(_judged(row, found.get(place_of(row)) if same_list else None, same_list, run.name))
    reasons += _gaps(checked, earlier)
    reasons += _weighed(rows, rules)
    summaries = tuple(
        PriceListSummary.model_validate(record.model_dump(include=set(PriceListSummary.model_fields)))
        for record in checked.values()
    )
    return ListJudgement(tuple(rows), tuple(reasons), summaries)


def place_of(row: ListDeviation) -> Place:
    """List and row."""
    return (row.price_list, row.row)


def _same_list(now: ListChecked | None, was: ListChecked | None) -> bool:
    return now is not None and was is not None and now.sha256 == was.sha256


def _judged(row: ListDeviation, was: ListDeviation | None, known: bool, run: str) -> PriceListRow:  # noqa: FBT001
    before = (_price(was.actual, was.messages) if was else _money(row.expected)) if known else None
    same = was is not None and (was.actual, was.error) == (row.actual, row.error)
    return PriceListRow(
        price_list=row.price_list,
        row=row.row,
        product=row.product,
        customer_group=row.customer_group,
        customer=row.customer,
        quantity=row.quantity,
        currency=row.currency,
        country=row.country,
        expected=_money(row.expected),
        actual=_price(row.actual, row.messages),
        before=before,
        rule=row.rule,
        change="pre_existing" if same else "regressed" if known else "failed",
        evidence=f"{run}:{row.seq + 1}",
    )


def _gaps(checked: dict[str, ListChecked], earlier: dict[str, ListChecked]) -> Iterator[Reason]:
    for name, record in checked.items():
        if record.unread:
            message = f"{record.unread} rows of the price list {name} could not be asked."
            yield doubt("price_list_unread", message, name=name, rows=str(record.unread))
        if record.asked < record.rows:
            message = f"Of the price list {name}, {record.asked} of {record.rows} rows were asked."
            yield doubt("price_list_partial", message, name=name, rows=str(record.rows), asked=str(record.asked))
    for name in earlier.keys() - checked.keys():
        message = f"The price list {name} was asked before the update, and not after it."
        yield doubt("price_list_missing", message, name=name)


def _weighed(rows: Sequence[PriceListRow], rules: LedgerRules) -> Iterator[Reason]:
    new = [row for row in rows if row.change != "pre_existing"]
    if new:
        weight: Weight = "note" if rules.price_lists == "report" else rules.price_lists
        yield _reason("price_list", weight, new, f"{len(new)} prices are not those of the price list")
    old = [row for row in rows if row.change == "pre_existing"]
    if old:
        text = f"{len(old)} prices were not those of the price list before the update either"
        yield _reason("price_list_pre_existing", "note", old, text)


def _reason(code: str, weight: Weight, rows: Sequence[PriceListRow], text: str) -> Reason:
    first = rows[0]
    return Reason(
        code=code,
        weight=weight,
        message=(
            f"{text}; first: {first.price_list}, row {first.row}: {first.product} × {first.quantity} for "
            f"{first.customer_group} in {first.currency}."
        ),
        expected=first.expected,
        actual=first.actual,
        evidence=first.evidence,
        facts={"rows": str(len(rows)), "name": first.price_list, "row": str(first.row), "product": first.product},
    )


def _price(amount: Amount | None, messages: Sequence[str]) -> str:
    if amount is not None:
        return _money(amount)
    return f"not sold ({', '.join(messages)})" if messages else "not sold"


def _money(amount: Amount) -> str:
    return f"{amount.amount} {amount.currency}"
