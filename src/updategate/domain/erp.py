"""What an ERP deals with, in its own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, TypeAlias

from updategate.domain.money import Money

Attribute: TypeAlias = str | int | bool
OrderState = Literal["open", "shipped", "cancelled"]


@dataclass(frozen=True, slots=True)
class Article:
    """Something that is sold. ``net`` is the list price without tax, ``tax_rate`` in percent.

    ``origin`` is a remark for people who wonder where it comes from.
    """

    number: str
    name: str
    net: Money
    tax_rate: Decimal = Decimal(19)
    attributes: Mapping[str, Attribute] = field(default_factory=dict, hash=False)
    origin: str = ""

    def __str__(self) -> str:
        return self.number


@dataclass(frozen=True, slots=True)
class TierPrice:
    """A price without tax from a quantity on."""

    from_quantity: int
    net: Money


@dataclass(frozen=True, slots=True)
class StockLevel:
    """Pieces in the warehouse, and how many of them orders have promised to customers."""

    on_hand: int
    promised: int = 0

    @property
    def free(self) -> int:
        """Pieces that can still be sold."""
        return self.on_hand - self.promised


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody lives. ``country`` is an ISO code."""

    street: str
    zipcode: str
    city: str
    country: str = "DE"


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as the ERP knows them; ``number`` is the ERP's own."""

    number: str
    name: str
    email: str
    addresses: tuple[Address, ...]


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line of a sales order; ``article`` is empty where the line is only a text (shipping costs, a discount)."""

    article: str
    quantity: int
    net: Money


@dataclass(frozen=True, slots=True)
class SalesOrder:
    """An order of the shop as the ERP has taken it in.

    ``reference`` is the shop's order number; ``net``, ``tax`` and ``total`` are of the whole order; ``remark`` is what
    the customer or the merchant wrote on it.
    """

    key: str
    reference: str
    state: OrderState
    lines: tuple[OrderLine, ...]
    net: Money
    tax: Money
    total: Money
    customer: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Shipment:
    """Goods that have left: pieces by article number."""

    number: str
    tracking: str
    pieces: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class CreditNote:
    """Money given back. ``total`` includes the tax."""

    number: str
    total: Money


@dataclass(frozen=True, slots=True)
class Paper:
    """A document filed with an order."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """What runs have left in an ERP: numbers of articles, names of price lists."""

    articles: tuple[str, ...] = ()
    price_lists: tuple[str, ...] = ()
