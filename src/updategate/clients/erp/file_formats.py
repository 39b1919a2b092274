"""CSV and XML files of an ERP, by its mapping."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
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


def written(name: str, rows: list[dict[str, str]], table: Table, mapping: ErpMapping) -> bytes:
    """Return rows (by our field names) as the ERP names them; the format follows from the suffix of the file's name."""
    named = [{table.fields[field]: value for field, value in row.items() if field in table.fields} for row in rows]
    if name.lower().endswith(".xml"):
        entries = "".join(
            f"  <{table.element}>"
            + "".join(f"<{column}>{escape(value)}</{column}>" for column, value in row.items())
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
    try:
        return text.encode(mapping.encoding)
    except UnicodeEncodeError as fault:
        raise ErpRefusedError(f"write {name}", f"{mapping.encoding} has no {fault.object[fault.start]!r}") from None


def read_rows(name: str, content: bytes, table: Table, mapping: ErpMapping) -> list[Row]:
    """Read rows into our field names. A file that is damaged is an error that names it."""
    try:
        if name.lower().endswith(".xml"):
            return _xml(content, table)
        return _csv(content.decode(mapping.encoding), table, mapping)
    except (UnicodeDecodeError, ElementTree.ParseError, DefusedXmlException) as fault:
        raise ErpRefusedError(f"read {name}", str(fault)) from None
    except KeyError as missing:
        raise ErpRefusedError(f"read {name}", f"the column {missing} is not there") from None


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
