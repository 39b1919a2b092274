"""File exchange: what the ERP sends is written into a folder, and what the connector answers is read from another.

Many German ERPs exchange CSV or XML files to this day, in folders or over SFTP. The suites play the ERP: they write
articles, stock and shipments as the connector expects them, and read the orders that it delivers.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from updategate.clients.erp.errors import ErpRefusedError
from updategate.clients.erp.file_formats import Row, read_rows, written
from updategate.clients.erp.file_places import INBOX, OUTBOX, FilePlace, FolderName, LocalFolders
from updategate.clients.erp.lacking import Lacking
from updategate.clients.erp.mapping import Kind, abilities_of, read_mapping
from updategate.clients.erp.sftp import SftpFolders
from updategate.config.erp import ErpSettings
from updategate.config.errors import ConfigError
from updategate.domain.erp import (
    Article,
    CreditNote,
    LeftBehind,
    OrderLine,
    SalesOrder,
    Shipment,
    StockLevel,
    TierPrice,
)
from updategate.domain.money import Money


class FileExchange(Lacking):
    """An ERP that is two folders: ``to-shop`` for the connector to read, ``from-shop`` for it to write."""

    adapter = "files"

    def __init__(self, settings: ErpSettings) -> None:
        self._mapping = read_mapping(settings.mapping, "files")
        if not settings.folder:
            message = "The adapter 'files' needs a folder."
            raise ConfigError.single("environment file", "erp.folder", message, "Write where files are exchanged.")
        self._place: FilePlace = (
            LocalFolders(Path(settings.folder))
            if settings.sftp is None
            else SftpFolders(settings.sftp, settings.folder, settings.timeout)
        )
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
        self._place.check()

    def close(self) -> None:
        """End the connection, where there is one."""
        self._place.close()

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
                    "origin": article.origin,
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
        for name, numbers in self._waiting():
            if numbers and numbers <= set(articles):
                self._place.remove(name)

    def left_behind(self, number_mark: str, name_mark: str) -> LeftBehind:
        """Find articles in the files that the connector has not read yet."""
        del name_mark
        found = {number for _, numbers in self._waiting() for number in numbers if number.startswith(number_mark)}
        return LeftBehind(tuple(sorted(found)))

    def _waiting(self) -> Iterator[tuple[str, set[str]]]:
        """The files about articles that the connector has not read yet, and the numbers in each."""
        kinds: tuple[Kind, ...] = ("articles", "prices", "stock")
        for kind in kinds:
            if kind in self._mapping.tables:
                pattern = self._mapping.table(kind).at.replace("{stamp}", "*")
                for name in self._place.names(INBOX, pattern):
                    yield name, {row.values.get("number", "") for row in self._rows(INBOX, name, kind)}

    # -- files

    def _write(self, kind: Kind, rows: list[dict[str, str]]) -> None:
        table = self._mapping.table(kind)
        stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{next(self._count)}"
        name = table.at.replace("{stamp}", stamp)
        self._place.write(name, written(name, rows, table, self._mapping))

    def _rows(self, folder: FolderName, name: str, kind: Kind) -> list[Row]:
        return read_rows(name, self._place.read(folder, name), self._mapping.table(kind), self._mapping)

    def _all_orders(self) -> list[SalesOrder]:
        table = self._mapping.table("orders")
        orders: list[SalesOrder] = []
        for name in self._place.names(OUTBOX, table.at):
            grouped: dict[str, list[Row]] = {}
            for row in self._rows(OUTBOX, name, "orders"):
                grouped.setdefault(row.values["reference"], []).append(row)
            orders += [self._order(name, rows) for rows in grouped.values()]
        return orders

    def _order(self, file: str, rows: list[Row]) -> SalesOrder:
        mapping, table, first = self._mapping, self._mapping.table("orders"), rows[0].values
        lines = tuple(
            OrderLine(
                line.get("article", ""),
                int(mapping.figure(line["quantity"], f"{file}, quantity")),
                Money(mapping.figure(line.get("net", "0"), f"{file}, net"), mapping.currency),
            )
            for row in rows
            for line in row.lines
        )

        def money(name: str, otherwise: Money) -> Money:
            if name not in first:
                return otherwise
            return Money(mapping.figure(first[name], f"{file}, {name}"), mapping.currency)

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
