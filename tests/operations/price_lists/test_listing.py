"""Price lists as data: every mistake is named by file, row and column, and 100,000 rows need hardly any memory."""

from __future__ import annotations

import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import Workbook

from updategate.config.errors import ConfigError
from updategate.config.price_list import load_price_list
from updategate.operations.price_lists.cells import ListedCell
from updategate.operations.price_lists.listing import read_listing

GOLDEN = Path(__file__).parent / "golden"
DESCRIBED: dict[str, Any] = {
    "price_list": "trade",
    "file": "trade.csv",
    "delimiter": ";",
    "decimal": ",",
    "columns": {"product": "Artikel", "price": "Preis", "quantity": "Ab", "customer_group": "Gruppe"},
    "fixed": {"currency": "EUR", "country": "DE"},
    "prices": "net",
    "values": {"customer_group": {"H": "Trade", "E": "Retail"}},
}
HEAD = "Artikel;Ab;Gruppe;Preis\n"


def read(folder: Path, text: str | bytes, **changes: Any) -> list[ListedCell]:
    """All cells of a list in the order of its rows."""
    described = {**DESCRIBED, **changes}
    (folder / "trade.yaml").write_text(yaml.safe_dump({k: v for k, v in described.items() if v is not None}))
    if isinstance(text, str):
        text = text.encode()
    if text:
        (folder / described["file"]).write_bytes(text)
    with read_listing(*load_price_list(folder / "trade.yaml")) as listing:
        assert len(listing) == sum(1 for chair in listing.chairs() for _ in listing.cells_of(chair))
        found = [cell for chair in listing.chairs() for cell in listing.cells_of(chair)]
    return sorted(found, key=lambda cell: cell.row)


def test_rows_become_cells_with_exact_prices(tmp_path: Path) -> None:
    cells = read(tmp_path, HEAD + "PUMP;1;H;9,00\nPUMP;10;H;8,015\n\nVALVE;1;E;12\n")
    assert cells == [
        ListedCell("PUMP", "Trade", None, 1, "EUR", "DE", 2, Decimal("9.00")),
        ListedCell("PUMP", "Trade", None, 10, "EUR", "DE", 3, Decimal("8.015")),
        ListedCell("VALVE", "Retail", None, 1, "EUR", "DE", 5, Decimal(12)),
    ]


def test_thousands_quotes_customers_and_a_late_headline(tmp_path: Path) -> None:
    text = 'Export of today\n"Artikel";Ab;Gruppe;Preis;Kunde\n"A;1";1;H;"1.234,50";10001\n'
    columns = {**DESCRIBED["columns"], "customer": "Kunde"}
    (cell,) = read(tmp_path, text, thousands=".", header=2, columns=columns)
    assert (cell.product, cell.expected, cell.customer, cell.row) == ("A;1", Decimal("1234.50"), "10001", 3)


def workbook(path: Path, *rows: list[Any]) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Prices"
    for row in rows:
        sheet.append(row)
    book.save(path)


def test_a_workbook_gives_what_was_entered(tmp_path: Path) -> None:
    rows = [["Artikel", "Ab", "Gruppe", "Preis"], [10001, 1, "H", 8.01], ["PUMP", 10.0, "H", 7], [None] * 4]
    workbook(tmp_path / "trade.xlsx", *rows)
    cells = read(tmp_path, "", file="trade.xlsx", sheet="Prices", delimiter=None, decimal=None)
    assert [(cell.product, cell.quantity, cell.expected, cell.row) for cell in cells] == [
        ("10001", 1, Decimal("8.01"), 2),
        ("PUMP", 10, Decimal(7), 3),
    ]


MISTAKES: dict[str, tuple[str | bytes, dict[str, Any]]] = {
    "wrong_separator": ("Artikel,Ab,Gruppe,Preis\nPUMP,1,H,9\n", {}),
    "comma_decimals": (HEAD + "PUMP;1;H;9,00\n", {"decimal": "."}),
    "point_decimals": (HEAD + "PUMP;1;H;9.00\n", {}),
    "thousands": (HEAD + "PUMP;1;H;1.234,50\n", {}),
    "currency_in_the_price": (HEAD + "PUMP;1;H;9,00 EUR\n", {}),
    "negative_price": (HEAD + "PUMP;1;H;-9,00\n", {}),
    "two_prices": (HEAD + "PUMP;1;H;9,00\nVALVE;1;H;1,00\nPUMP;1;H;9,01\n", {}),
    "the_same_row_twice": (HEAD + "PUMP;1;H;9,00\nPUMP;1;H;9,00\n", {}),
    "quantity": (HEAD + "PUMP;0;H;9,00\nPUMP;1,5;H;9,00\nPUMP;;H;9,00\n", {}),
    "empty_cells": (HEAD + ";1;H;9,00\nPUMP;1;;9,00\nPUMP;1;H;\n", {}),
    "unknown_word": (HEAD + "PUMP;1;h;9,00\n", {}),
    "too_few_columns": (HEAD + "PUMP;1;H\n", {}),
    "too_many_columns": (HEAD + "PUMP, blue; 5 l;1;H;9,00\n", {}),
    "missing_column": ("Artikel;Ab;Gruppe;Preise\nPUMP;1;H;9,00\n", {}),
    "column_twice": ("Artikel;Ab;Preis;Gruppe;Preis\nPUMP;1;1,00;H;9,00\n", {}),
    "wrong_encoding": ("Artikel;Ab;Gruppe;Preis\nRöhre;1;H;9,00\n".encode("cp1252"), {}),
    "no_such_encoding": (HEAD, {"encoding": "utf-9"}),
    "broken_quotes": (HEAD + 'PUMP;1;"H"x;9,00\n', {}),
    "no_rows": (HEAD, {}),
    "no_file": ("", {"file": "other.csv"}),
    "no_workbook": ("this is no workbook", {"file": "trade.xlsx"}),
    "many_mistakes": (HEAD + "".join(f"P{number};1;H;x\n" for number in range(25)), {}),
    # the description itself
    "unknown_key": (HEAD, {"delimeter": ";"}),
    "nothing_says_the_country": (HEAD, {"fixed": {"currency": "EUR"}}),
    "column_and_fixed": (HEAD, {"fixed": {**DESCRIBED["fixed"], "quantity": 1}}),
    "same_column_for_two": (HEAD, {"columns": {**DESCRIBED["columns"], "quantity": "Preis"}}),
    "decimal_and_thousands": (HEAD, {"thousands": ","}),
    "kind_of_file": (HEAD, {"file": "trade.ods"}),
    "net_or_gross": (HEAD, {"prices": "nett"}),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_named_by_file_row_and_column(tmp_path: Path, name: str) -> None:
    text, changes = MISTAKES[name]
    with pytest.raises(ConfigError) as refused:
        read(tmp_path, text, **changes)
    golden(name, str(refused.value).replace(str(tmp_path), ""))


def test_mistakes_in_a_workbook_are_named_too(tmp_path: Path) -> None:
    rows = [
        ["Artikel", "Ab", "Gruppe", "Preis"],
        ["PUMP", 1, "H", 0.1234567],
        ["PUMP", 1.5, "H", 8.01],
        ["PUMP", 1, "H", "8,01 EUR"],
        ["PUMP", True, "H", -1],
        ["PUMP", 1, "H", "#N/A"],
    ]
    workbook(tmp_path / "trade.xlsx", *rows)
    with pytest.raises(ConfigError) as refused:
        read(tmp_path, "", file="trade.xlsx")
    golden("workbook", str(refused.value).replace(str(tmp_path), ""))
    with pytest.raises(ConfigError) as unknown:
        read(tmp_path, "", file="trade.xlsx", sheet="Price")
    golden("unknown_sheet", str(unknown.value).replace(str(tmp_path), ""))


def golden(name: str, text: str) -> None:
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    assert text + "\n" == path.read_text(encoding="utf-8")


STREAM = """
import resource, sys
from pathlib import Path
from updategate.config.price_list import load_price_list
from updategate.operations.price_lists.listing import read_listing

def memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

described = load_price_list(Path(sys.argv[1]))
before = memory()
with read_listing(*described) as listing:
    (chair,) = listing.chairs()
    asked = sum(1 for share in range(2) for _ in listing.cells_of(chair, share, 2))
print(asked, memory() - before)
"""


def test_a_hundred_thousand_rows_need_bounded_memory(tmp_path: Path) -> None:
    """A list is streamed from its file to disk, and from there to who asks: its rows never are in memory together."""
    with (tmp_path / "trade.csv").open("w") as file:
        file.write(HEAD)
        for number in range(100_000):
            file.write(f"P{number // 4:06};{(1, 10, 50, 100)[number % 4]};H;{number % 97},{number % 89:02}\n")
    (tmp_path / "trade.yaml").write_text(yaml.safe_dump(DESCRIBED))
    command = [sys.executable, "-c", STREAM, str(tmp_path / "trade.yaml")]
    asked, kilobytes = map(int, subprocess.check_output(command, text=True).split())
    assert asked == 100_000
    assert kilobytes < 12_000


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_other_encodings_are_read_where_they_are_named(tmp_path: Path, encoding: str) -> None:
    (cell,) = read(tmp_path, (HEAD + "Röhre;1;H;9,00\n").encode(encoding), encoding=encoding)
    assert (cell.product, cell.expected, cell.row) == ("Röhre", Decimal("9.00"), 2)
