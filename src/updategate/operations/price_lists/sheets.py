"""The rows of a CSV or XLSX file as texts and exact numbers, one at a time."""

from __future__ import annotations

import codecs
import csv
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from updategate.config.errors import ConfigError, unknown_name
from updategate.config.price_list import PriceList

Value = str | Decimal
"""A text as it stands, or a number of a spreadsheet."""

_DELIMITERS = (",", ";", "\t", "|")


@contextmanager
def read_sheet(described: PriceList, path: Path) -> Iterator[Iterator[tuple[int, Sequence[Value]]]]:
    """Open a price list; yields (row, values), the first row being 1. Raises ConfigError for what is no such file."""
    if not path.is_file():
        raise ConfigError.single(str(path), "", "There is no such price list.", "Check 'file' in its description.")
    if path.suffix.lower() == ".xlsx":
        with _workbook(described, path) as rows:
            yield rows
        return
    try:
        codecs.lookup(described.encoding)
    except LookupError:
        message = f"There is no encoding '{described.encoding}'."
        raise ConfigError.single(str(path), "encoding", message, "Usual ones are utf-8, cp1252 and utf-16.") from None
    # where the end of a line takes more than one byte, lines cannot be told apart before they are decoded
    if codecs.lookup(described.encoding).name.startswith(("utf-16", "utf-32")):
        with path.open(encoding=described.encoding, newline="") as text:
            yield _csv(described, path, _named(described, path, text))
    else:
        with path.open("rb") as file:
            lines = (line.decode(described.encoding) for line in file)
            yield _csv(described, path, _named(described, path, lines))


def _named(described: PriceList, path: Path, lines: Iterator[str]) -> Iterator[str]:
    """The lines of a file; one that is not in its encoding is named."""
    row = 0
    while True:
        row += 1
        try:
            line = next(lines)
        except StopIteration:
            return
        except UnicodeError as error:
            message = f"This row is not {described.encoding}: {getattr(error, 'reason', error)}."
            cure = "Write the encoding of the export, for example: encoding: cp1252"
            raise ConfigError.single(str(path), f"row {row}", message, cure) from None
        yield line


def _csv(described: PriceList, path: Path, lines: Iterator[str]) -> Iterator[tuple[int, Sequence[Value]]]:
    reader = csv.reader(lines, delimiter=described.delimiter, strict=True)
    while True:
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise ConfigError.single(
                str(path), f"row {reader.line_num}", f"This row cannot be read: {error}.", "Check the quotes in it."
            ) from None
        row = reader.line_num
        if not values:
            continue
        if row == described.header and len(values) == 1:
            _refuse_one_column(described, path, values[0])
        yield row, values


def _refuse_one_column(described: PriceList, path: Path, headline: str) -> None:
    """A headline that holds other separators was exported with them."""
    found = next((sign for sign in _DELIMITERS if sign != described.delimiter and sign in headline), None)
    if found is not None:
        shown = "\\t" if found == "\t" else found
        raise ConfigError.single(
            str(path),
            f"row {described.header}",
            f"The row has one column, '{headline}': it is not separated by '{described.delimiter}'.",
            f"It looks separated by '{shown}'. If it is, write: delimiter: \"{shown}\"",
        )


@contextmanager
def _workbook(described: PriceList, path: Path) -> Iterator[Iterator[tuple[int, Sequence[Value]]]]:
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError) as error:
        raise ConfigError.single(
            str(path), "", f"This file is no XLSX workbook: {error}.", "Export it again as XLSX or CSV."
        ) from None
    try:
        if described.sheet is not None and described.sheet not in book.sheetnames:
            raise ConfigError.single(str(path), "sheet", *unknown_name("sheet", described.sheet, book.sheetnames))
        sheet = book[described.sheet] if described.sheet is not None else book.worksheets[0]
        yield _rows(sheet.iter_rows(values_only=True))
    finally:
        book.close()


def _rows(rows: Iterator[tuple[object, ...]]) -> Iterator[tuple[int, Sequence[Value]]]:
    for row, values in enumerate(rows, start=1):
        if any(value is not None for value in values):
            yield row, [_value(value) for value in values]


def _value(value: object) -> Value:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        # a spreadsheet keeps 8.01 as the nearest binary number; its shortest text is what was entered
        return Decimal(repr(value))
    return str(value)
