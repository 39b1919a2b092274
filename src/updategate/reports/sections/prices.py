"""Prices: which differ before and after to the cent, and what the shop charges against a price list."""

from __future__ import annotations

import re
from dataclasses import dataclass

from updategate.gate.verdict import LedgerDifference, PriceListRow
from updategate.reports.formats import amount
from updategate.reports.sections.sheet import Sheet
from updategate.reports.words import states

MOST_ROWS = 200
_MONEY = re.compile(r"(?<![\w.])(-?\d+(?:\.\d+)?) ([A-Z]{3})(?![\w])")


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A price that differs, with the evidence of both sides."""

    difference: LedgerDifference
    before: str
    after: str
    before_anchor: str | None
    after_anchor: str | None


@dataclass(frozen=True, slots=True)
class ListRow:
    """A row of a price list that the shop does not charge."""

    row: PriceListRow
    expected: str
    actual: str
    anchor: str | None


@dataclass(frozen=True, slots=True)
class PriceView:
    """How many prices were compared, those that differ (at most 200), and how many more there are; price lists too."""

    compared: int
    rows: tuple[PriceRow, ...]
    more: int
    list_rows: tuple[ListRow, ...]
    more_list_rows: int

    @property
    def differing(self) -> int:
        """All that differ and are not intended, and all rows of lists that the shop does not keep to."""
        unexplained = sum(1 for row in self.rows if not row.difference.intended)
        return unexplained + self.more + len(self.list_rows) + self.more_list_rows

    @property
    def shown(self) -> bool:
        """Whether there is anything to say of prices."""
        return bool(self.compared or self.rows or self.list_rows)


def price_view(sheet: Sheet) -> PriceView:
    """The differences of the ledger, what nobody meant first, and of the price lists."""
    verdict = sheet.verdict
    differences = sorted(verdict.ledger, key=lambda difference: difference.intended is not None)
    rows = tuple(
        PriceRow(
            difference=difference,
            before=price_text(difference.before, sheet),
            after=price_text(difference.after, sheet),
            before_anchor=sheet.book.cite(difference.evidence_before),
            after_anchor=sheet.book.cite(difference.evidence_after),
        )
        for difference in differences[:MOST_ROWS]
    )
    list_rows = tuple(
        ListRow(row, price_text(row.expected, sheet), price_text(row.actual, sheet), sheet.book.cite(row.evidence))
        for row in verdict.price_list_rows[:MOST_ROWS]
    )
    return PriceView(
        compared=verdict.ledger_summary.compared if verdict.ledger_summary else 0,
        rows=rows,
        more=len(differences) - len(rows),
        list_rows=list_rows,
        more_list_rows=len(verdict.price_list_rows) - len(list_rows),
    )


def price_text(told: str, sheet: Sheet) -> str:
    """The gate's words for a cell in the reader's language, with amounts as the reader writes them."""
    for english, word in states("price", sheet.language).items():
        told = re.sub(rf"\b{re.escape(english)}\b", word, told)
    return _MONEY.sub(lambda found: amount(found[1], found[2], sheet.language), told)
