"""What a source says about a cart or an order: the shapes that every client, page, PDF and mail is read into.

``None`` means that the source does not show the figure; an empty tuple means that it shows that there is none. A
reader never fills a gap by arithmetic: a view holds only what stands in the bytes as delivered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from updategate.domain.money import Money


class TaxState(StrEnum):
    """How prices are shown: Shopware's ``CartPrice::TAX_STATE_*``."""

    GROSS = "gross"
    NET = "net"
    TAX_FREE = "tax-free"


@dataclass(frozen=True, slots=True)
class TaxView:
    """The tax of one rate: ``rate`` in percent, ``tax`` the amount, ``price`` the amount it was taken from.

    ``price`` is gross where the tax state is gross, net otherwise; ``None`` where the source shows only the tax.
    """

    rate: Decimal
    tax: Money
    price: Money | None = None


@dataclass(frozen=True, slots=True)
class LineItemView:
    """One line. ``number`` is the product number, or the code of a promotion; empty where there is none.

    ``unit_price`` and ``total`` are in the tax state of the cart. ``type`` is Shopware's line item type: ``product``,
    ``promotion``, ``credit``, ``custom``.
    """

    number: str
    label: str
    quantity: int
    unit_price: Money | None
    total: Money
    taxes: tuple[TaxView, ...] | None = None
    type: str = "product"

    @property
    def key(self) -> str:
        """What names the line in every source: its number or, for want of one, its label."""
        return self.number or self.label


@dataclass(frozen=True, slots=True)
class ShippingView:
    """The shipping costs of one delivery. ``method`` is the name of the shipping method, if shown."""

    total: Money
    taxes: tuple[TaxView, ...] | None = None
    method: str | None = None


@dataclass(frozen=True, slots=True)
class CartErrorView:
    """A message of the cart: ``key`` such as ``product-out-of-stock``, ``level`` 0 notice, 10 warning, 20 error."""

    key: str
    level: int
    message: str = ""
    blocks_order: bool = False


@dataclass(frozen=True, slots=True)
class CartView:
    """A cart as one source shows it.

    ``position_total`` is the sum of the lines without shipping, ``raw_total`` the total before cash rounding,
    ``net_total`` the total without taxes. ``shipping`` has one entry a delivery (promotions on shipping costs are
    deliveries of their own, with a negative total).
    """

    lines: tuple[LineItemView, ...]
    shipping: tuple[ShippingView, ...]
    net_total: Money | None
    position_total: Money | None
    total: Money
    raw_total: Money | None
    tax_state: TaxState | None
    taxes: tuple[TaxView, ...] | None
    errors: tuple[CartErrorView, ...] = ()

    @property
    def shipping_total(self) -> Money:
        """The sum of all deliveries, discounts on shipping included."""
        return sum((part.total for part in self.shipping), Money(Decimal(0), self.total.currency))

    def line(self, number: str) -> LineItemView:
        """Return the line with this product number or promotion code; ``KeyError`` names what is there instead."""
        for line in self.lines:
            if line.key == number:
                return line
        there = ", ".join(line.key for line in self.lines) or "no line at all"
        message = f"no line {number!r} in the cart, which has {there}"
        raise KeyError(message)


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as one source shows it. A transaction shows little more than its ``total`` and ``payment_state``.

    ``number`` is the order number (``None`` in a cart). ``shipping`` is the sum of all deliveries. The states are the
    technical names of the state machines, e.g. ``open``, ``paid``, ``shipped_partially``.
    """

    number: str | None
    total: Money
    lines: tuple[LineItemView, ...] | None = None
    shipping: Money | None = None
    net_total: Money | None = None
    position_total: Money | None = None
    raw_total: Money | None = None
    tax_state: TaxState | None = None
    taxes: tuple[TaxView, ...] | None = None
    state: str | None = None
    payment_state: str | None = None
    delivery_state: str | None = None
    payment_method: str | None = None
    shipping_method: str | None = None
    email: str | None = None
    customer_number: str | None = None
    shipping_taxes: tuple[TaxView, ...] | None = field(default=None)

    @classmethod
    def of_cart(cls, cart: CartView) -> OrderView:
        """View a cart as the order it would become, to compare it with the order that it did become."""
        return cls(
            number=None,
            total=cart.total,
            lines=cart.lines,
            shipping=cart.shipping_total,
            net_total=cart.net_total,
            position_total=cart.position_total,
            raw_total=cart.raw_total,
            tax_state=cart.tax_state,
            taxes=cart.taxes,
        )
