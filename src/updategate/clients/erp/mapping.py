"""How an ERP names its things: the YAML file of the adapters ``files`` and ``odata``."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from updategate.clients.erp.errors import ErpRefusedError
from updategate.clients.erp.port import ABILITIES
from updategate.config.errors import ConfigError
from updategate.config.loading import Strict, load
from updategate.domain.erp import OrderState

# what each kind of thing consists of, and of that what no ERP can leave out
FIELDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "articles": (("number", "name", "net", "tax_rate", "origin"), ("number", "name", "net")),
    "prices": (("price_list", "number", "from_quantity", "net"), ("number", "from_quantity", "net")),
    "stock": (("number", "pieces"), ("number", "pieces")),
    "stock_levels": (("number", "pieces", "promised"), ("number", "pieces")),
    "orders": (("key", "reference", "state", "net", "tax", "total", "customer", "remark"), ("reference", "total")),
    "shipments": (("order", "number", "pieces", "tracking", "shipment"), ("order", "number", "pieces", "tracking")),
    "cancellations": (("order",), ("order",)),
    "credit_notes": (("order", "number", "pieces", "credit_note", "total"), ("order", "number", "pieces")),
    "customers": (
        ("number", "name", "email", "street", "zipcode", "city", "country"),
        ("name", "email", "street", "zipcode", "city"),
    ),
}
LINE_FIELDS = ("article", "quantity", "net")
Kind = Literal[
    "articles", "prices", "stock", "stock_levels", "orders", "shipments", "cancellations", "credit_notes", "customers"
]


class Lines(Strict):
    """The lines of an order. ``at`` is the element or the navigation property that holds them."""

    at: str = "lines"
    fields: dict[str, str]

    @model_validator(mode="after")
    def _complete(self) -> Lines:
        _must_hold("lines", self.fields, LINE_FIELDS, ("quantity",))
        return self


class Table(Strict):
    """One kind of thing: ``at`` is a file name (``articles-{stamp}.csv``, ``orders-*.xml``) or an entity set.

    ``fields`` gives our field its name there. ``lines`` are of orders; in CSV files a line is a row, and the order
    stands in each of them. ``states`` gives their words for the states of an order. ``element`` names a row in XML.
    ``key`` is the key property of an entity set, ``constants`` are sent with everything that is created there.
    """

    at: str = Field(min_length=1)
    fields: dict[str, str]
    lines: Lines | None = None
    states: dict[str, OrderState] = Field(default_factory=dict)
    element: str = "row"
    key: str | None = None
    constants: dict[str, str | int | bool] = Field(default_factory=dict)


class ErpMapping(Strict):
    """How an ERP names its things. ``decimal`` is the sign before the cents; ``currency`` of all amounts.

    ``service`` is the path of an OData service; ``encoding`` and ``delimiter`` are of CSV files.
    """

    currency: str = "EUR"
    decimal: Literal[".", ","] = "."
    encoding: str = "utf-8"
    delimiter: str = Field(default=";", min_length=1, max_length=1)
    service: str = ""
    tables: dict[Kind, Table]

    @model_validator(mode="after")
    def _fields_are_known(self) -> ErpMapping:
        for kind, table in self.tables.items():
            _must_hold(f"tables.{kind}", table.fields, *FIELDS[kind])
        return self

    def table(self, kind: Kind) -> Table:
        """The table of a kind; an error names the adapter's file where there is none."""
        if kind not in self.tables:
            raise ErpRefusedError(f"exchange {kind.replace('_', ' ')}", f"its mapping has no 'tables.{kind}'")
        return self.tables[kind]

    def number(self, value: Decimal | int) -> str:
        """Write a figure as the ERP does."""
        text = format(value, "f") if isinstance(value, Decimal) else str(value)
        return text.replace(".", self.decimal)

    def figure(self, text: object, where: str) -> Decimal:
        """Read a figure; one that is none is an error that names the field."""
        words = str(text).strip()
        if self.decimal == ",":
            words = words.replace(".", "").replace(",", ".")
        try:
            return Decimal(words)
        except InvalidOperation:
            raise ErpRefusedError("tell a figure", f"{where} holds {text!r}") from None


def abilities_of(mapping: ErpMapping) -> frozenset[str]:
    """What a mapping has a table for."""
    return ABILITIES.intersection(mapping.tables)


def read_mapping(file: str | None, adapter: str) -> ErpMapping:
    """Read the mapping that an environment file names."""
    if not file:
        message = f"The adapter '{adapter}' needs a mapping."
        cure = "Write erp.mapping: the YAML file that says how your ERP names its things."
        raise ConfigError.single("environment file", "erp.mapping", message, cure)
    return load(Path(file), ErpMapping, "ERP mapping", variables={})


def _must_hold(kind: str, given: dict[str, str], known: tuple[str, ...], needed: tuple[str, ...]) -> None:
    if unknown := sorted(set(given) - set(known)):
        message = f"in {kind} there is no {', '.join(unknown)}; there are {', '.join(known)}"
        raise ValueError(message)
    if missing := [name for name in needed if name not in given]:
        message = f"in {kind} {', '.join(missing)} is missing"
        raise ValueError(message)
