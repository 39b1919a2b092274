"""What is delivered when, and what the delivery costs."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from updategate.embedded.refshop.behaviour import Behaviour

from . import errors
from .context import CheckoutContext
from .items import (
    Cart,
    Delivery,
    DeliveryDate,
    DeliveryPosition,
    DeliveryTime,
    LineItem,
)
from .money import ZERO
from .prices import NOTHING, CalculatedPrice, QuantityPriceDefinition, highest_tax_rule, total_of
from .product import CurrencyPrice, price_in_currency

BY_QUANTITY, BY_PRICE, BY_WEIGHT, BY_VOLUME = 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class ShippingPrice:
    """A row of the price matrix: from ``start`` to ``end`` (both included) of what ``calculation`` counts."""

    id: str
    rule_id: str | None
    calculation: int | None
    start: Decimal | None
    end: Decimal | None
    calculation_rule_id: str | None
    prices: tuple[CurrencyPrice, ...]


@dataclass(frozen=True, slots=True)
class ShippingMethod:
    """A way to deliver. ``tax_type`` says how its costs are taxed: auto, highest, fixed (then ``tax_id``)."""

    id: str
    name: str
    active: bool
    availability_rule_id: str | None
    delivery_time: DeliveryTime | None
    tax_type: str
    tax_id: str | None
    prices: tuple[ShippingPrice, ...]


@dataclass(frozen=True, slots=True)
class ShippingCalculation:
    """Builds the delivery of a cart and calculates its costs.

    ``with_discounts``: promotions are positions of the delivery too (since 6.6.7), so that they weigh in the tax of
    the shipping costs.
    """

    context: CheckoutContext
    behaviour: Behaviour
    system_currency: str
    with_discounts: bool

    def deliveries(self, cart: Cart, method: ShippingMethod) -> list[Delivery]:
        """Return the deliveries of the cart: one, or none if nothing is to be delivered."""
        positions = [
            position for item in cart.items.values() for position in self._positions(item, method.delivery_time)
        ]
        if not positions:
            return []
        delivery = Delivery(positions, _date_of_all(positions), method.id, NOTHING)
        manual = cart.manual_shipping
        costs = self._calculated(manual.total, method, positions) if manual else self._costs(delivery, method)
        if costs is None:
            cart.add_error(errors.shipping_method_blocked(method.name))
        else:
            delivery.costs = costs
        return [delivery]

    def kept(self, before: Sequence[Delivery], cart: Cart, method: ShippingMethod) -> list[Delivery]:
        """Return the deliveries of an order that is edited: for the same costs, taxed as its lines are now.

        Discounts on the delivery were part of it and are not kept.
        """
        first = next((delivery for delivery in before if delivery.costs.total >= 0), None)
        if first is None:
            return []
        there = {item.id for item in cart.flat()}
        # a promotion that was calculated anew still weighs in as it was
        positions = [
            DeliveryPosition(position.item, position.item.price, position.date)
            for position in first.positions
            if position.item.id in there and position.item.price is not None
        ]
        amount = (cart.manual_shipping or first.costs).total
        return [Delivery(positions, first.date, first.shipping_method_id, self._calculated(amount, method, positions))]

    def matching_price(self, delivery: Delivery, method: ShippingMethod) -> ShippingPrice | None:
        """Return the row that applies: those of the most important rule first, the cheapest of them."""
        for rule_id in (*self.context.rule_ids, None):
            rows = [row for row in method.prices if row.rule_id == rule_id]
            for row in sorted(rows, key=lambda row: self._amount(row.prices)):
                if row.prices and self._matches(delivery, row):
                    return row
        return None

    def _costs(self, delivery: Delivery, method: ShippingMethod) -> CalculatedPrice | None:
        goods = [position.item for position in delivery.positions if position.item.delivery is not None]
        if self.behaviour.ships_free([item.delivery.free_delivery for item in goods if item.delivery]):
            return self._calculated(ZERO, method, delivery.positions)
        row = self.matching_price(delivery, method)
        return None if row is None else self._calculated(self._amount(row.prices), method, delivery.positions)

    def _matches(self, delivery: Delivery, row: ShippingPrice) -> bool:
        if row.calculation_rule_id:
            return row.calculation_rule_id in self.context.rule_ids
        value = _measured(delivery, row.calculation, self.behaviour)
        end = row.end or None
        return self.behaviour.shipping_price_applies(value, row.start or ZERO, end)

    def _amount(self, prices: Sequence[CurrencyPrice]) -> Decimal:
        if not prices:
            return ZERO
        price = price_in_currency(prices, self.context.currency, self.system_currency, self.behaviour)
        shown = price.amount.of(self.context.tax_state)
        value = self.behaviour.shipping_amount(price.amount.gross, price.amount.net, shown)
        if price.currency_id == self.system_currency:
            return self.behaviour.in_currency(value, self.context.currency.factor)
        return value

    def _calculated(
        self, amount: Decimal, method: ShippingMethod, positions: Sequence[DeliveryPosition]
    ) -> CalculatedPrice:
        calculator = self.context.calculator(self.behaviour)
        prices = [position.price for position in positions]
        tax_type = self.behaviour.shipping_tax_type(method.tax_type)
        if tax_type == "highest":
            rules = highest_tax_rule(prices)
        elif tax_type == "fixed" and method.tax_id is not None:
            rules = self.context.tax_rules(method.tax_id)
        else:
            rules = calculator.shares(total_of(prices))
        return calculator.quantity(QuantityPriceDefinition(amount, rules))

    def _positions(self, item: LineItem, default: DeliveryTime | None) -> list[DeliveryPosition]:
        if not item.shipping_cost_aware:
            return []
        if item.delivery is None:
            if item.children:
                return [position for child in item.children for position in self._positions(child, default)]
            if self.with_discounts and default is not None and item.price is not None:
                return [DeliveryPosition(item, item.price, date_after(default, self.context.now))]
            return []
        time = item.delivery.delivery_time or default
        if time is None or item.price is None:
            return []
        date = date_after(time, self.context.now)
        if item.delivery.stock < item.quantity and item.delivery.restock_time:
            days = timedelta(days=item.delivery.restock_time)
            date = DeliveryDate(date.earliest + days, date.latest + days)
        return [DeliveryPosition(item, item.price, date)]


def _measured(delivery: Delivery, calculation: int | None, behaviour: Behaviour) -> Decimal:
    # what is delivered free of charge does not count, and what is no merchandise neither
    paid = [
        position
        for position in delivery.positions
        if position.item.delivery is not None and not position.item.delivery.free_delivery
    ]
    total = sum((position.price.total for position in paid), ZERO)
    if calculation == BY_PRICE:
        return behaviour.shipping_value(total, sum((position.price.tax_amount for position in paid), ZERO))
    if calculation == BY_QUANTITY:
        return Decimal(sum(position.quantity for position in paid))
    information = [(position.item.delivery, position.quantity) for position in paid]
    if calculation == BY_WEIGHT:
        weights = [(each.weight or ZERO, quantity) for each, quantity in information if each]
        return sum((behaviour.shipping_weight(weight, quantity) for weight, quantity in weights), ZERO)
    if calculation == BY_VOLUME:
        return sum((each.volume * quantity for each, quantity in information if each), ZERO)
    return total / 100


def date_after(time: DeliveryTime, now: datetime) -> DeliveryDate:
    """Return when a delivery that takes this long arrives, if it leaves now."""
    return DeliveryDate(_later(now, time.min, time.unit), _later(now, time.max, time.unit))


def _later(now: datetime, amount: int, unit: str) -> datetime:
    if unit in ("month", "year"):
        months = now.month - 1 + (amount if unit == "month" else 12 * amount)
        year, month = now.year + months // 12, months % 12 + 1
        # like PHP: 31 January plus one month overflows into March
        overflow = max(0, now.day - monthrange(year, month)[1])
        then = now.replace(year=year, month=month, day=now.day - overflow) + timedelta(days=overflow)
    else:
        then = now + timedelta(**{f"{unit}s": amount})
    return then.replace(hour=16, minute=0, second=0, microsecond=0)


def _date_of_all(positions: Sequence[DeliveryPosition]) -> DeliveryDate:
    latest = positions[0].date
    for position in positions:
        earliest = max(latest.earliest, position.date.earliest)
        last = max(latest.latest, position.date.latest)
        if earliest.date() == last.date():
            last += timedelta(days=1)
        latest = DeliveryDate(earliest, last)
    return latest
