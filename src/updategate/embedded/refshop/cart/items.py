"""What lies in a cart."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from .errors import CartError
from .money import ZERO
from .prices import CalculatedPrice, CartPrice, PriceDefinition

PRODUCT, PROMOTION, CUSTOM, CREDIT = "product", "promotion", "custom", "credit"
DISCOUNT, CONTAINER = "discount", "container"
IS_PHYSICAL, IS_DOWNLOAD = "is-physical", "is-download"


@dataclass(frozen=True, slots=True)
class DeliveryTime:
    """How long a delivery takes: ``min`` to ``max`` of ``unit`` (hour, day, week, month, year)."""

    name: str
    min: int
    max: int
    unit: str


@dataclass(frozen=True, slots=True)
class DeliveryInformation:
    """What the delivery of an item depends on. Lengths in mm, weight in kg, restock time in days."""

    stock: int
    weight: Decimal | None
    free_delivery: bool
    restock_time: int | None
    delivery_time: DeliveryTime | None
    height: Decimal | None = None
    width: Decimal | None = None
    length: Decimal | None = None

    @property
    def volume(self) -> Decimal:
        """Volume of one piece in mm³; zero unless all three lengths are known."""
        if not self.length or not self.width or not self.height:
            return ZERO
        if self.length <= 0 or self.width <= 0 or self.height <= 0:
            return ZERO
        return self.length * self.width * self.height


@dataclass(frozen=True, slots=True)
class QuantityInformation:
    """How many pieces may be bought."""

    min_purchase: int = 1
    max_purchase: int | None = None
    purchase_steps: int = 1


@dataclass(slots=True, eq=False)
class LineItem:
    """One line of a cart. ``requirement`` is the condition under which a promotion's line may stay."""

    id: str
    type: str
    referenced_id: str | None = None
    quantity: int = 1
    label: str | None = None
    description: str | None = None
    payload: dict[str, Any] = field(default_factory=dict)
    definition: PriceDefinition | None = None
    price: CalculatedPrice | None = None
    good: bool = True
    removable: bool = False
    stackable: bool = False
    shipping_cost_aware: bool = True
    cover_id: str | None = None
    states: tuple[str, ...] = ()
    delivery: DeliveryInformation | None = None
    quantities: QuantityInformation | None = None
    requirement: Any = None
    filter: Any = None
    unique_id: str = ""
    data_timestamp: datetime | None = None
    data_hash: str | None = None
    extensions: dict[str, Any] = field(default_factory=dict)
    children: list[LineItem] = field(default_factory=list)

    def copy(self) -> LineItem:
        """Return an item that can be changed on its own."""
        fields = {name: getattr(self, name) for name in LineItem.__slots__}
        fields["payload"] = dict(self.payload)
        fields["extensions"] = dict(self.extensions)
        fields["children"] = [child.copy() for child in self.children]
        return LineItem(**fields)

    def flat(self) -> Iterable[LineItem]:
        """Yield the item and everything in it."""
        yield self
        for child in self.children:
            yield from child.flat()


@dataclass(frozen=True, slots=True)
class DeliveryDate:
    """The earliest and the latest day of a delivery, each at 16:00."""

    earliest: datetime
    latest: datetime


@dataclass(frozen=True, slots=True)
class DeliveryPosition:
    """An item within a delivery."""

    item: LineItem
    price: CalculatedPrice
    date: DeliveryDate

    @property
    def quantity(self) -> int:
        """Pieces in this delivery."""
        return self.item.quantity


@dataclass(slots=True, eq=False)
class Delivery:
    """What is sent together. A discount on shipping is a delivery of its own with negative costs."""

    positions: list[DeliveryPosition]
    date: DeliveryDate
    shipping_method_id: str
    costs: CalculatedPrice


@dataclass(slots=True, eq=False)
class Cart:
    """A basket; ``codes`` and ``blocked_promotions`` are what the customer asked for and declined."""

    token: str
    items: dict[str, LineItem] = field(default_factory=dict)
    price: CartPrice = field(default_factory=CartPrice.empty)
    errors: dict[str, CartError] = field(default_factory=dict)
    deliveries: list[Delivery] = field(default_factory=list)
    rule_ids: tuple[str, ...] = ()
    codes: list[str] = field(default_factory=list)
    blocked_promotions: list[str] = field(default_factory=list)
    customer_comment: str | None = None
    affiliate_code: str | None = None
    campaign_code: str | None = None
    source: str | None = None
    error_hash: str = ""
    hash: str | None = None
    new: bool = True
    touched: bool = False
    manual_shipping: CalculatedPrice | None = None
    #: what is known of the promotions of the cart, while it is being calculated
    promotions: list[LineItem] | None = None
    order_id: str | None = None

    def add_error(self, error: CartError) -> None:
        """Note a problem; the same problem is noted once."""
        self.errors[error.key] = error

    def of_type(self, type_: str) -> list[LineItem]:
        """Return the lines of one type."""
        return [item for item in self.items.values() if item.type == type_]

    def flat(self) -> list[LineItem]:
        """Return all lines and what is in them."""
        return [item for line in self.items.values() for item in line.flat()]

    def goods(self) -> list[LineItem]:
        """Return everything that is merchandise and no discount."""
        return [item for item in self.flat() if item.good]

    def prices(self, wanted: Callable[[LineItem], bool] = lambda _: True) -> list[CalculatedPrice]:
        """Return the prices of the lines."""
        return [item.price for item in self.items.values() if item.price is not None and wanted(item)]

    def shipping_prices(self) -> list[CalculatedPrice]:
        """Return the costs of all deliveries, discounts on them included."""
        return [delivery.costs for delivery in self.deliveries]
