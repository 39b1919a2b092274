"""Reads the figures of an order from a mail as it was delivered, from its text or from its HTML.

Shopware's own templates list the lines with quantity, unit price and total, then the shipping costs of each delivery,
the net total, the tax of each rate, and the total.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Decimal

from bs4 import BeautifulSoup

from updategate.clients.mail.mailpit import DeliveredMail
from updategate.clients.order_text import AMOUNT, amount_in, number_and_label
from updategate.domain.money import Money
from updategate.domain.views import LineItemView, OrderView, TaxView

_LINE = re.compile(
    rf"^(?:\d{{1,3}}\s+)?(?P<name>\S.*?)\s+(?P<quantity>\d+)\s+(?P<unit>{AMOUNT})\s+(?P<total>{AMOUNT})$"
)
_TAX = re.compile(rf"^[^\d%]*(?P<rate>\d[\d.,]*)\s?%[^\d€$£-]*?\s(?P<amount>{AMOUNT})$")
_SUM = re.compile(rf"^[^:\d]*[^:\d\s]:\s*(?P<amount>{AMOUNT})$")
# net total and total; the shipping costs stand before them
_SUMS_AT_THE_END = 2


class UnreadableOrderMailError(ValueError):
    """The mail does not name the figures of an order where Shopware's templates do."""


def read_order_text(
    mail: DeliveredMail, locale: str, currency: str, *, order: str, products: Collection[str]
) -> OrderView:
    """Read the plain text. ``order`` is the order number that it has to name, ``products`` the product numbers."""
    rows = [row.replace("<br>", "").strip() for row in mail.text.splitlines()]
    return _Reading(locale, currency, products).view(rows, order, "text")


def read_order_html(
    mail: DeliveredMail, locale: str, currency: str, *, order: str, products: Collection[str]
) -> OrderView:
    """Read the HTML, which is what most customers see."""
    page = BeautifulSoup(mail.html, "html.parser")
    rows = []
    for row in page.find_all("tr"):
        cells = [" ".join(cell.get_text(" ").split()) for cell in row.find_all("td", recursive=False)]
        rows.append(" ".join(cell for cell in cells if cell))
        row.decompose()
    rows += [" ".join(row.split()) for row in page.get_text("\n").splitlines()]
    return _Reading(locale, currency, products).view(rows, order, "HTML")


class _Reading:
    def __init__(self, locale: str, currency: str, products: Collection[str]) -> None:
        self._locale = locale
        self._currency = currency
        self._products = products

    def view(self, rows: list[str], order: str, part: str) -> OrderView:
        lines: list[LineItemView] = []
        taxes: list[TaxView] = []
        sums: list[Money] = []
        for row in rows:
            if (line := self._line(row)) is not None:
                lines.append(line)
            elif (tax := self._tax(row)) is not None:
                taxes.append(tax)
            elif (amount := self._sum(row)) is not None:
                sums.append(amount)
        if not lines or len(sums) <= _SUMS_AT_THE_END:
            message = (
                f"the {part} of the mail has {len(lines)} lines and {len(sums)} sums; an order has lines, shipping "
                "costs, a net total and a total"
            )
            raise UnreadableOrderMailError(message)
        return OrderView(
            number=order if re.search(rf"\b{re.escape(order)}\b", "\n".join(rows)) else None,
            total=sums[-1],
            lines=tuple(lines),
            shipping=sum(sums[1:-_SUMS_AT_THE_END], sums[0]),
            net_total=sums[-_SUMS_AT_THE_END],
            taxes=tuple(sorted(taxes, key=lambda tax: tax.rate)),
        )

    def _line(self, row: str) -> LineItemView | None:
        match = _LINE.match(row)
        if match is None:
            return None
        unit, total = self._money(match["unit"]), self._money(match["total"])
        if unit is None or total is None:
            return None
        number, label = number_and_label(" ".join(match["name"].split()), self._products)
        return LineItemView(number, label, int(match["quantity"]), unit, total)

    def _tax(self, row: str) -> TaxView | None:
        match = _TAX.match(row)
        amount = self._money(match["amount"]) if match else None
        # the template prints the rate as the shop keeps it, whatever the language
        return None if match is None or amount is None else TaxView(Decimal(match["rate"].replace(",", ".")), amount)

    def _sum(self, row: str) -> Money | None:
        match = _SUM.match(row)
        return self._money(match["amount"]) if match else None

    def _money(self, text: str) -> Money | None:
        return amount_in(text, self._locale, self._currency)
