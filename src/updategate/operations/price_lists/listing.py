"""A price list that was read and found sound: kept on disk, however long it is, and given out by buyer."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from updategate.config.errors import ConfigError, Problem
from updategate.config.price_list import PriceList
from updategate.operations.price_lists.cells import ListedCell, RowProblemError, RowReader
from updategate.operations.price_lists.sheets import Value, read_sheet

# so many mistakes are told at once
_TOLD = 20
_FIELDS = "product, customer_group, customer, quantity, currency, country, row, expected"
_TABLE = """
CREATE TABLE cells (
    product TEXT, customer_group TEXT, customer TEXT, quantity INTEGER, currency TEXT, country TEXT,
    row INTEGER, expected TEXT,
    PRIMARY KEY (product, customer_group, customer, quantity, currency, country)
) WITHOUT ROWID
"""

Chair = tuple[str, str | None, str]


class Listing:
    """The rows of a price list. Its file lives as long as the context that ``read_listing`` gives."""

    def __init__(self, described: PriceList, source: Path, store: Path) -> None:
        self.described = described
        self.source = source
        self._store = store
        self._columns: RowReader | None = None

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._store)) as store:
            yield store
            store.commit()

    @property
    def name(self) -> str:
        """The list's name in reports."""
        return self.described.price_list

    def sha256(self) -> str:
        """A fingerprint of the file as it was read."""
        with self.source.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def __len__(self) -> int:
        with self._open() as store:
            return int(store.execute("SELECT count(*) FROM cells").fetchone()[0])

    def chairs(self) -> list[Chair]:
        """Who the prices are for: customer group, customer number, country."""
        with self._open() as store:
            found = store.execute("SELECT DISTINCT customer_group, customer, country FROM cells ORDER BY 1, 2, 3")
            return [(group, customer or None, country) for group, customer, country in found]

    def values(self, name: str) -> Iterator[tuple[str, int]]:
        """The different values of a column, each with the first row that has it, in the order of the rows."""
        if name not in ("product", "customer_group", "customer", "currency", "country"):
            raise KeyError(name)
        with self._open() as store:
            query = f"SELECT {name}, min(row) FROM cells GROUP BY {name} ORDER BY 2"  # noqa: S608 - a name from above
            yield from store.execute(query)

    def first_row_of(self, chair: Chair) -> int:
        """The first row that is for a buyer."""
        group, customer, country = chair
        query = "SELECT min(row) FROM cells WHERE customer_group = ? AND customer = ? AND country = ?"
        with self._open() as store:
            return int(store.execute(query, (group, customer or "", country)).fetchone()[0])

    def keep_products(self, found: Iterable[tuple[str, str, str | None]]) -> None:
        """Keep number, id and id of the parent of the products that the shop sells."""
        with self._open() as store:
            store.execute("CREATE TABLE products (number TEXT PRIMARY KEY, id TEXT, parent_id TEXT) WITHOUT ROWID")
            store.executemany("INSERT INTO products VALUES (?, ?, ?)", found)

    def product(self, number: str) -> tuple[str, str | None] | None:
        """Id and parent's id of a product; None where the shop does not sell it."""
        with self._open() as store:
            found = store.execute("SELECT id, parent_id FROM products WHERE number = ?", (number,)).fetchone()
        return (str(found[0]), found[1]) if found else None

    def unknown_products(self) -> Iterator[tuple[str, int]]:
        """Numbers that the shop does not sell, each with its first row."""
        query = (
            "SELECT product, min(row) FROM cells WHERE product NOT IN (SELECT number FROM products) "
            "GROUP BY product ORDER BY 2"
        )
        with self._open() as store:
            yield from store.execute(query)

    def cells_of(self, chair: Chair, share: int = 0, shares: int = 1) -> Iterator[ListedCell]:
        """The cells of one buyer, currency by currency; of several ``shares``, only one."""
        group, customer, country = chair
        query = (
            f"SELECT {_FIELDS} FROM cells WHERE customer_group = ? AND customer = ? AND country = ? "  # noqa: S608
            "AND row % ? = ? ORDER BY currency, product, quantity"
        )
        with self._open() as store:
            for found in store.execute(query, (group, customer or "", country, shares, share)):
                yield _cell(found)

    def where(self, row: int, name: str) -> str:
        """Row and column in words."""
        return self._columns.where(row, name) if self._columns else f"row {row}"

    def fill(self, rows: Iterable[tuple[int, Sequence[Value]]]) -> Iterator[Problem]:
        """Keep all rows below the headline; yields each mistake. Raises ConfigError where the headline is wrong."""
        with self._open() as store:
            store.execute("PRAGMA synchronous = OFF")
            store.execute(_TABLE)
            for row, values in rows:
                if row < self.described.header:
                    continue
                if self._columns is None:
                    self._columns = self._headline(values)
                    continue
                try:
                    cell = self._columns.read(row, values)
                    store.execute("INSERT INTO cells VALUES (?, ?, ?, ?, ?, ?, ?, ?)", _row(cell))
                except RowProblemError as error:
                    yield error.problem
                except sqlite3.IntegrityError:
                    yield self._twice(cell, self._known(store, cell))

    def _headline(self, values: Sequence[Value]) -> RowReader:
        try:
            return RowReader(self.described, values)
        except RowProblemError as error:
            raise ConfigError(str(self.source), [error.problem]) from None

    @staticmethod
    def _known(store: sqlite3.Connection, cell: ListedCell) -> ListedCell:
        query = (
            f"SELECT {_FIELDS} FROM cells WHERE product = ? AND customer_group = ? AND customer = ? "  # noqa: S608
            "AND quantity = ? AND currency = ? AND country = ?"
        )
        return _cell(store.execute(query, _row(cell)[:6]).fetchone())

    def _twice(self, cell: ListedCell, known: ListedCell) -> Problem:
        buyer = f"customer {cell.customer}" if cell.customer else cell.customer_group
        key = f"{cell.product} × {cell.quantity} for {buyer} in {cell.country} and {cell.currency}"
        if known.expected == cell.expected:
            told = f"{key} stands in row {known.row} already, with the same price."
        else:
            told = f"{key} costs {cell.expected} here and {known.expected} in row {known.row}."
        return Problem(self.where(cell.row, "price"), told, "One of the rows must go.")


@contextmanager
def read_listing(described: PriceList, path: Path) -> Iterator[Listing]:
    """Read a whole list, in bounded memory. Raises ConfigError that names every mistake by row and column."""
    with TemporaryDirectory(prefix="updategate-") as folder:
        listing = Listing(described, path, Path(folder) / "list.sqlite")
        mistakes = Mistakes(path)
        with read_sheet(described, path) as rows:
            for problem in listing.fill(rows):
                mistakes.note(problem)
        mistakes.refuse()
        if not len(listing):
            raise ConfigError.single(str(path), "", "This price list has no rows.", "An empty list decides nothing.")
        yield listing


class Mistakes:
    """The mistakes of one file: the first are told in full, all are counted."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._first: list[Problem] = []
        self._count = 0

    def note(self, problem: Problem) -> None:
        """Take one more."""
        self._count += 1
        if len(self._first) < _TOLD:
            self._first.append(problem)

    def refuse(self) -> None:
        """Raise ConfigError if there was any."""
        if not self._count:
            return
        shown = list(self._first)
        if self._count > len(shown):
            more = self._count - len(shown)
            shown.append(Problem("", f"… and {more} more {'mistakes' if more > 1 else 'mistake'}."))
        raise ConfigError(str(self._path), shown)


def _row(cell: ListedCell) -> tuple[str, str, str, int, str, str, int, str]:
    return (
        cell.product,
        cell.customer_group,
        cell.customer or "",
        cell.quantity,
        cell.currency,
        cell.country,
        cell.row,
        str(cell.expected),
    )


def _cell(found: tuple[str, str, str, int, str, str, int, str]) -> ListedCell:
    product, group, customer, quantity, currency, country, row, expected = found
    return ListedCell(product, group, customer or None, quantity, currency, country, row, Decimal(expected))
