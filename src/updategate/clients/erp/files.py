"""File exchange: what the ERP sends is written into a folder, and what the connector answers is read from another.

Many German ERPs exchange CSV or XML files to this day. The suites play the ERP: they write articles, stock and
shipments as the connector expects them, and read the orders that it delivers.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from updategate.clients.erp.errors import ErpRefusedError, ErpUnreachableError
from updategate.clients.erp.file_formats import Row, read_rows, write_rows
from updategate.clients.erp.lacking import Lacking
from updategate.clients.erp.mapping import Kind, abilities_of, read_mapping
from updategate.config.erp import ErpSettings
from updategate.config.errors import ConfigError
from updategate.domain.erp import (
    Article,
    CreditNote,
    OrderLine,
    SalesOrder,
    Shipment,
    StockLevel,
    TierPrice,
)
from updategate.domain.money import Money

INBOX, OUTBOX = "to-shop", "from-shop"


class FileExchange(Lacking):
    """An ERP that is two folders: ``to-shop`` for the connector to read, ``from-shop`` for it to write."""

    adapter = "files"

    def __init__(self, settings: ErpSettings) -> None:
        self._mapping = read_mapping(settings.mapping, "files")
        if not settings.folder:
            message = "The adapter 'files' needs a folder."
            raise ConfigError.single("environment file", "erp.folder", message, "Write where files are exchanged.")
        self._folder = Path(settings.folder)
        self._count = itertools.count(1)
        self._stock: dict[str, int] = {}
        self._cancelled: set[str] = set()
        self._sent: dict[str, dict[str, int]] = {}

    @classmethod
    def abilities_of(cls, settings: ErpSettings) -> frozenset[str]:
        """What the mapping has a table for."""
        return abilities_of(read_mapping(settings.mapping, "files")) - {"customers"}

    @property
    def abilities(self) -> frozenset[str]:
        """What the mapping has a table for."""
        return abilities_of(self._mapping) - {"customers"}

    def check(self) -> None:
        """See that both folders are there, and that the first can be written."""
        for name in (INBOX, OUTBOX):
            folder = self._folder / name
            if not folder.is_dir():
                raise ErpUnreachableError(str(self._folder), f"there is no folder '{name}'")
        if not os.access(self._folder / INBOX, os.W_OK):
            raise ErpUnreachableError(str(self._folder), f"the folder '{INBOX}' cannot be written")

    def close(self) -> None:
        """Nothing is kept open."""

    # -- articles and stock

    def save_articles(self, articles: Sequence[Article]) -> None:
        """Write a file of articles."""
        mapping = self._mapping
        self._write(
            "articles",
            [
                {
                    "number": article.number,
                    "name": article.name,
                    "net": mapping.number(article.net.amount),
                    "tax_rate": mapping.number(article.tax_rate),
                }
                for article in articles
            ],
        )

    def save_prices(self, price_list: str, prices: Mapping[str, Sequence[TierPrice]]) -> None:
        """Write a file of tier prices."""
        self._write(
            "prices",
            [
                {
                    "price_list": price_list,
                    "number": number,
                    "from_quantity": str(tier.from_quantity),
                    "net": self._mapping.number(tier.net.amount),
                }
                for number, tiers in prices.items()
                for tier in tiers
            ],
        )

    def count_stock(self, pieces: Mapping[str, int]) -> None:
        """Write a file of stock: what can still be sold, as files of this kind do."""
        self._stock.update(pieces)
        rows = [{"number": number, "pieces": str(self.stock_of(number).free)} for number in pieces]
        self._write("stock", rows)

    def stock_of(self, article: str) -> StockLevel:
        """Return what was counted, less what was sent, and what the orders that arrived have promised."""
        if article not in self._stock:
            raise ErpRefusedError(f"tell the stock of {article}", "it was never counted")
        promised = 0
        for order in self._all_orders() if "orders" in self._mapping.tables else []:
            if order.state == "open":
                ordered = sum(line.quantity for line in order.lines if line.article == article)
                promised += ordered - self._sent.get(order.reference, {}).get(article, 0)
        return StockLevel(self._stock[article], promised)

    # -- orders

    def orders(self, reference: str) -> list[SalesOrder]:
        """Return every order with this number in the files that arrived; a file that came twice counts twice."""
        return [order for order in self._all_orders() if order.reference == reference]

    def ship(self, order: SalesOrder, pieces: Mapping[str, int], tracking: str) -> Shipment:
        """Write a file about a parcel."""
        number = f"{order.reference}-{next(self._count)}"
        rows = [
            {
                "order": order.reference,
                "number": article,
                "pieces": str(count),
                "tracking": tracking,
                "shipment": number,
            }
            for article, count in pieces.items()
        ]
        self._write("shipments", rows)
        sent = self._sent.setdefault(order.reference, {})
        for article, count in pieces.items():
            sent[article] = sent.get(article, 0) + count
            self._stock[article] = self._stock.get(article, 0) - count
        return Shipment(number, tracking, dict(pieces))

    def cancel(self, order: SalesOrder) -> None:
        """Write a file about a cancellation."""
        self._write("cancellations", [{"order": order.reference}])
        self._cancelled.add(order.reference)

    def credit(self, order: SalesOrder, pieces: Mapping[str, int]) -> CreditNote:
        """Write a file about a credit note over the pieces at the order's own prices, with their share of the tax."""
        prices = {line.article: line.net for line in order.lines}
        net = sum((prices[article].amount * count for article, count in pieces.items()), Decimal(0))
        total = Money(net * order.total.amount / order.net.amount, order.total.currency).rounded()
        number = f"{order.reference}-C{next(self._count)}"
        rows = [
            {
                "order": order.reference,
                "number": article,
                "pieces": str(count),
                "credit_note": number,
                "total": self._mapping.number(total.amount),
            }
            for article, count in pieces.items()
        ]
        self._write("credit_notes", rows)
        return CreditNote(number, total)

    def retire(self, articles: Sequence[str], price_lists: Sequence[str] = ()) -> None:
        """Take back the files that the connector has not read yet and that are only about these articles."""
        del price_lists
        kinds: tuple[Kind, ...] = ("articles", "prices", "stock")
        for kind in kinds:
            if kind in self._mapping.tables:
                self._take_back(kind, set(articles))

    def _take_back(self, kind: Kind, numbers: set[str]) -> None:
        table = self._mapping.table(kind)
        for file in (self._folder / INBOX).glob(table.at.replace("{stamp}", "*")):
            rows = read_rows(file, table, self._mapping)
            if {row.values.get("number", "") for row in rows} <= numbers:
                file.unlink(missing_ok=True)

    # -- files

    def _write(self, kind: Kind, rows: list[dict[str, str]]) -> None:
        table = self._mapping.table(kind)
        stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{next(self._count)}"
        file = self._folder / INBOX / table.at.replace("{stamp}", stamp)
        # the connector must never see half a file
        partial = file.with_name(f".{file.name}.part")
        try:
            write_rows(partial, file.suffix, rows, table, self._mapping)
            partial.replace(file)
        except OSError as fault:
            raise ErpUnreachableError(str(file), str(fault.strerror)) from None

    def _all_orders(self) -> list[SalesOrder]:
        table = self._mapping.table("orders")
        orders: list[SalesOrder] = []
        for file in sorted((self._folder / OUTBOX).glob(table.at)):
            grouped: dict[str, list[Row]] = {}
            for row in read_rows(file, table, self._mapping):
                grouped.setdefault(row.values["reference"], []).append(row)
            orders += [self._order(file, rows) for rows in grouped.values()]
        return orders

    def _order(self, file: Path, rows: list[Row]) -> SalesOrder:
        mapping, table, first = self._mapping, self._mapping.table("orders"), rows[0].values
        lines = tuple(
            OrderLine(
                line.get("article", ""),
                int(mapping.figure(line["quantity"], f"{file.name}, quantity")),
                Money(mapping.figure(line.get("net", "0"), f"{file.name}, net"), mapping.currency),
            )
            for row in rows
            for line in row.lines
        )

        def money(name: str, otherwise: Money) -> Money:
            if name not in first:
                return otherwise
            return Money(mapping.figure(first[name], f"{file.name}, {name}"), mapping.currency)

        total = money("total", Money(Decimal(0), mapping.currency))
        net = money("net", total)
        state = table.states.get(first.get("state", ""), "open")
        reference = first["reference"]
        if reference in self._cancelled:
            state = "cancelled"
        elif self._all_sent(reference, lines):
            state = "shipped"
        return SalesOrder(
            key=first.get("key", reference),
            reference=reference,
            state=state,
            lines=lines,
            net=net,
            tax=money("tax", total - net),
            total=total,
            customer=first.get("customer", ""),
            remark=first.get("remark", ""),
        )

    def _all_sent(self, reference: str, lines: tuple[OrderLine, ...]) -> bool:
        sent = self._sent.get(reference)
        return sent is not None and all(sent.get(line.article, 0) >= line.quantity for line in lines if line.article)
