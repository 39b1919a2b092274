"""Reads invoices, credit notes and delivery notes from the PDF as the shop delivers it.

The layout is Shopware's own template; labels are in the language of the order, so that only their order, percent signs
and amounts are relied on.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from decimal import Decimal

from packaging.version import Version
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from updategate.clients.order_text import AMOUNT, amount_in, number_and_label
from updategate.clients.storefront.money_text import parse_rate
from updategate.domain.money import Money
from updategate.domain.views import LineItemView, OrderView, TaxView

_MOST_ROWS = 5
_SUM = re.compile(rf"^(?P<label>[^:]*[^:\d\s][^:]*):\s*(?P<amount>{AMOUNT})$")
_LINE = re.compile(
    rf"^(?P<name>.+?)\s(?P<quantity>\d+)\s(?:(?P<rates>\d[\d.,]*\s?%(?:\s+\d[\d.,]*\s?%)*)\s+)?"
    rf"(?P<unit>{AMOUNT})\s(?P<total>{AMOUNT})$"
)
_HEADLINE = re.compile(r"^(?P<title>\D+?)\s(?P<number>\S*\d\S*)(?:\s.*)?$")


# before it a cancellation names its total without the sign that lines, net and taxes have: shopware/shopware#4407
_CANCELLED_TOTAL_SIGNED_SINCE = Version("6.6.6.1")


class UnreadableDocumentError(ValueError):
    """The bytes are no PDF, or not one of a shop's documents."""


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document: its ``title`` (Invoice, Rechnung …), its ``number``, the figures that it shows, and all its text.

    ``figures`` has no lines: those are in ``lines``, whose ``label`` begins with the product number.
    """

    title: str
    number: str
    figures: OrderView | None
    lines: tuple[LineItemView, ...]
    text: str

    def as_order(self, order: str, products: Collection[str]) -> OrderView:
        """Show the document as the order that it is of, to compare it with other sources.

        ``order`` is the order number that it has to name, ``products`` the product numbers that it can list. The
        shipping costs of each delivery are lines without a number behind those of the goods.
        """
        if self.figures is None:
            message = f"the document {self.title} {self.number} shows no sums"
            raise UnreadableDocumentError(message)
        named = [(line, *number_and_label(line.label, products)) for line in self.lines]
        costs = [line.total for line, number, _ in named if not number and line.total.amount >= 0]
        return replace(
            self.figures,
            number=order if re.search(rf"\b{re.escape(order)}\b", self.text) else None,
            lines=tuple(
                replace(line, number=number, label=label)
                for line, number, label in named
                if number or line.total.amount < 0
            ),
            shipping=sum(costs, Money(Decimal(0), self.figures.total.currency)),
        )


def cancelled_total_is_signed(version: str) -> bool:
    """Whether this Shopware prints the total of a cancellation invoice below zero, as all its other amounts."""
    return not version or Version(version) >= _CANCELLED_TOTAL_SIGNED_SINCE


def read_document(content: bytes, locale: str, currency: str, *, unsigned_total: bool = False) -> DocumentView:
    """Read a PDF; ``locale`` is the language of its numbers. A document without sums has no ``figures``.

    With ``unsigned_total`` the total stands there without its sign, and has that of the net total.
    """
    text = _text_of(content)
    rows = [row.strip() for row in text.splitlines() if row.strip()]
    headline = next((match for row in rows if (match := _HEADLINE.match(row))), None)
    if headline is None:
        message = f"the document has no headline with a number: {rows[:3]}"
        raise UnreadableDocumentError(message)
    return DocumentView(
        title=headline["title"],
        number=headline["number"],
        figures=_signed(_figures(rows, locale, currency)) if unsigned_total else _figures(rows, locale, currency),
        lines=tuple(_lines(rows, locale, currency)),
        text=text,
    )


def _text_of(content: bytes) -> str:
    try:
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    except (PyPdfError, ValueError) as fault:
        message = f"the document is no readable PDF ({fault}); it begins with {content[:12]!r}"
        raise UnreadableDocumentError(message) from fault


def _figures(rows: list[str], locale: str, currency: str) -> OrderView | None:
    sums: list[tuple[str, Money]] = []
    for row in rows:
        match = _SUM.match(row)
        amount = amount_in(match["amount"], locale, currency) if match else None
        if match is not None and amount is not None:
            sums.append((match["label"], amount))
    plain = [amount for label, amount in sums if "%" not in label]
    if not plain:
        return None
    taxes = [TaxView(parse_rate(label, locale=locale), amount) for label, amount in sums if "%" in label]
    return OrderView(
        number=None,
        total=plain[-1],
        net_total=plain[0] if len(plain) > 1 else None,
        taxes=tuple(sorted(taxes, key=lambda tax: tax.rate)),
    )


def _signed(figures: OrderView | None) -> OrderView | None:
    if figures is None or figures.net_total is None or figures.net_total.amount >= 0 or figures.total.amount < 0:
        return figures
    return replace(figures, total=-figures.total)


def _lines(rows: list[str], locale: str, currency: str) -> list[LineItemView]:
    found = []
    last_end = 0
    for end in range(1, len(rows) + 1):
        # a line with several tax rates is broken over several rows
        for start in range(end - 1, max(end - _MOST_ROWS, last_end) - 1, -1):
            match = _LINE.match(" ".join(rows[start:end]))
            total = amount_in(match["total"], locale, currency) if match else None
            if match is not None and total is not None:
                unit = amount_in(match["unit"], locale, currency)
                found.append(LineItemView("", match["name"], int(match["quantity"]), unit, total))
                last_end = end
                break
    return found
