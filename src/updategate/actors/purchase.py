"""What is bought: products, methods and orders as the actors hand them to each other, and what may go wrong."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from updategate.actors.identity import NAME_MARK, NUMBER_MARK
from updategate.clients.cart_reading import read_order, read_transaction
from updategate.clients.json_text import JsonObject
from updategate.domain.money import Money
from updategate.domain.views import CartView, LineItemView, OrderView


class Traces(Protocol):
    """Is told of customers and orders before the shop creates them under ids of its own."""

    def announces_customer(self, email: str) -> None:
        """A customer with this address is about to exist."""

    def announces_order(self, email: str) -> None:
        """An order of this customer is about to exist."""


class Buyable(Protocol):
    """What can be put into a cart."""

    @property
    def id(self) -> str:
        """The product's id."""

    @property
    def number(self) -> str:
        """The product number."""


class Placed(Protocol):
    """An order that was placed, however."""

    @property
    def id(self) -> str:
        """The order's id."""

    @property
    def number(self) -> str:
        """The order number."""


class Choosable(Protocol):
    """A shipping or payment method."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def name(self) -> str:
        """Its name."""


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """An order as the shop confirmed it. ``transaction`` is what the order says is to be paid."""

    id: str
    number: str
    email: str
    view: OrderView
    transaction: OrderView
    deep_link: str = ""
    comment: str = ""

    @classmethod
    def of(cls, body: JsonObject, currency: str, email: str) -> PlacedOrder:
        """Read the answer to an order."""
        return cls(
            id=str(body["id"]),
            number=str(body["orderNumber"]),
            email=email,
            view=read_order(body, currency),
            transaction=read_transaction(body, currency),
            deep_link=str(body.get("deepLinkCode") or ""),
            comment=str(body.get("customerComment") or ""),
        )

    def line(self, number: str) -> LineItemView:
        """Return the line with this product number or promotion code; ``KeyError`` names what is there instead."""
        lines = {line.key: line for line in self.view.lines or ()}
        if number not in lines:
            message = f"no line {number!r} in {self}, which has {', '.join(lines) or 'no line at all'}"
            raise KeyError(message)
        return lines[number]

    def __str__(self) -> str:
        return f"order {self.number}"


@dataclass(frozen=True, slots=True)
class PriceDetails:
    """What is shown beside a price: list price, lowest price of the last 30 days, price per reference unit.

    ``discount`` is the percentage that the list price is undercut by; all are ``None`` where there is none.
    """

    unit: Money
    list_price: Money | None
    discount: Decimal | None
    regulation_price: Money | None
    reference_price: Money | None
    reference_unit: str | None


class ForeignPromotionError(Exception):
    """A promotion of the merchant's, which applies by itself, reaches a cart whose costs are expected without it."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(
            f"The cart of the test has a discount of the merchant's own: {', '.join(names)}. Expected costs know "
            f"nothing of it. Give that promotion a rule that leaves out product numbers like {NUMBER_MARK}…"
        )


class RefusedError(AssertionError):
    """The shop did not refuse what it had to refuse; the message says what it did."""

    expected = "the shop refuses it"

    def __init__(self, did: str) -> None:
        super().__init__(did)
        self.actual = did


def without_foreign_promotions(cart: CartView) -> CartView:
    """Return the cart, unless a promotion of the merchant's has reached it (``ForeignPromotionError``)."""
    foreign = [
        line.label
        for line in cart.lines
        if line.type == "promotion" and not line.number.startswith(NUMBER_MARK) and not line.label.startswith(NAME_MARK)
    ]
    if foreign:
        raise ForeignPromotionError(foreign)
    return cart
