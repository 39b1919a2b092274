"""CSV and XML files of an ERP, by its mapping."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from updategate.clients.erp.errors import ErpRefusedError
from updategate.clients.erp.mapping import ErpMapping, Table


@dataclass(frozen=True, slots=True)
class Row:
    """One row in our own field names; ``lines`` are of orders."""

    values: dict[str, str]
    lines: tuple[dict[str, str], ...] = ()


def write_rows(file: Path, suffix: str, rows: list[dict[str, str]], table: Table, mapping: ErpMapping) -> None:
    """Write rows (by our field names) as the ERP names them; the format follows from the suffix."""
    named = [{table.fields[name]: value for name, value in row.items() if name in table.fields} for row in rows]
    if suffix.lower() == ".xml":
        entries = "".join(
            f"  <{table.element}>"
            + "".join(f"<{name}>{escape(value)}</{name}>" for name, value in row.items())
            + f"</{table.element}>\n"
            for row in named
        )
        text = f'<?xml version="1.0" encoding="{mapping.encoding}"?>\n<rows>\n{entries}</rows>\n'
    else:
        buffer = io.StringIO(newline="")
        writer = csv.DictWriter(buffer, list(table.fields.values()), delimiter=mapping.delimiter, restval="")
        writer.writeheader()
        writer.writerows(named)
        text = buffer.getvalue()
    file.write_text(text, encoding=mapping.encoding, newline="")


def read_rows(file: Path, table: Table, mapping: ErpMapping) -> list[Row]:
    """Read rows into our field names. A file that is damaged is an error that names it."""
    try:
        content = file.read_bytes()
        if file.suffix.lower() == ".xml":
            return _xml(content, table)
        return _csv(content.decode(mapping.encoding), table, mapping)
    except (OSError, UnicodeDecodeError, ElementTree.ParseError, DefusedXmlException) as fault:
        raise ErpRefusedError(f"read {file.name}", str(fault)) from None
    except KeyError as missing:
        raise ErpRefusedError(f"read {file.name}", f"the column {missing} is not there") from None


def _csv(text: str, table: Table, mapping: ErpMapping) -> list[Row]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=mapping.delimiter)
    rows = []
    for given in reader:
        values = {name: _cell(given, column) for name, column in table.fields.items()}
        lines: tuple[dict[str, str], ...] = ()
        if table.lines is not None:
            lines = ({name: _cell(given, column) for name, column in table.lines.fields.items()},)
        rows.append(Row(values, lines))
    return rows


def _cell(row: dict[str, str | None], column: str) -> str:
    # a row that is too short is a file that was cut off
    value = row[column]
    if value is None:
        raise KeyError(column)
    return value


def _xml(content: bytes, table: Table) -> list[Row]:
    rows = []
    for element in ElementTree.fromstring(content).iter(table.element):
        values = {
            name: (found.text or "").strip()
            for name, column in table.fields.items()
            if (found := element.find(column)) is not None
        }
        if missing := [name for name in ("reference", "number") if name in table.fields and name not in values]:
            raise KeyError(table.fields[missing[0]])
        lines: list[dict[str, str]] = []
        if table.lines is not None:
            lines = [
                {
                    name: (found.text or "").strip()
                    for name, column in table.lines.fields.items()
                    if (found := entry.find(column)) is not None
                }
                for entry in element.iter(table.lines.at)
            ]
        rows.append(Row(values, tuple(lines)))
    return rows
