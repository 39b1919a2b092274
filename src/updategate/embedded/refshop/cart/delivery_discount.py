"""Calculates what a promotion takes off the shipping costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from . import errors
from .calculation import Calculator
from .discount import DiscountCalculation
from .items import Cart, Delivery, LineItem
from .money import ZERO, decimal
from .prices import AbsolutePriceDefinition, CalculatedPrice, PercentagePriceDefinition, QuantityPriceDefinition
from .promotion import ABSOLUTE, FIXED_UNIT, PERCENTAGE, SCOPE_DELIVERY


@dataclass(frozen=True, slots=True)
class DeliveryDiscountCalculation:
    """Adds a delivery with negative costs for each discount on shipping, and a line that names it."""

    discounts: DiscountCalculation

    def apply(self, lines: Sequence[LineItem], original: Cart, cart: Cart) -> None:
        """Apply the discounts among ``lines`` that are on shipping."""
        before = _shipping(cart)
        lines = _only_lowest_fixed(lines)
        excluded = _excluded(lines)
        calculator = self.discounts.context.calculator(self.discounts.behaviour)
        for line in lines:
            if before <= 0 or line.payload["discountScope"] != SCOPE_DELIVERY:
                continue
            if not self.discounts.eligible(line, cart):
                if line.payload["code"]:
                    cart.add_error(errors.promotion_not_eligible(line.label or line.id))
                continue
            if line.payload["promotionId"] in excluded:
                cart.add_error(errors.promotion_not_eligible(line.description or line.id))
                continue
            if _discounted(line, cart, calculator, before):
                _name_it(line, cart, calculator)
                if line.id not in original.items:
                    cart.add_error(errors.promotion_added(line.label or "", line.id))
            elif line.id in original.items:
                cart.add_error(errors.promotion_deleted(line.label or "", line.id))


def _shipping(cart: Cart) -> Decimal:
    return sum((price.total for price in cart.shipping_prices()), ZERO)


def _only_lowest_fixed(lines: Sequence[LineItem]) -> Sequence[LineItem]:
    fixed = [
        line
        for line in lines
        if line.payload["discountScope"] == SCOPE_DELIVERY and line.payload["discountType"] == FIXED_UNIT
    ]
    return [min(fixed, key=_amount)] if fixed else lines


def _amount(line: LineItem) -> Decimal:
    return abs(line.definition.price) if isinstance(line.definition, AbsolutePriceDefinition) else ZERO


def _excluded(lines: Sequence[LineItem]) -> set[str]:
    excluded: set[str] = set()
    for line in lines:
        if line.payload["promotionId"] not in excluded:
            excluded.update(line.payload["exclusions"])
    return excluded


def _discounted(line: LineItem, cart: Cart, calculator: Calculator, before: Decimal) -> bool:
    kind = line.payload["discountType"]
    if kind == PERCENTAGE and isinstance(line.definition, PercentagePriceDefinition):
        return _percentage(line.definition.percentage, str(line.payload["maxValue"]), cart, calculator)
    if kind == ABSOLUTE:
        return _take_off(min(_amount(line), _shipping(cart)), cart, calculator)
    if kind == FIXED_UNIT:
        wanted, now = _amount(line), _shipping(cart)
        if now <= wanted:
            return False
        saving = before - wanted
        return _take_off(now - wanted if now < saving else saving, cart, calculator)
    return False


def _percentage(percentage: Decimal, limit: str, cart: Cart, calculator: Calculator) -> bool:
    most = _shipping(cart)
    if limit:
        most = min(most, decimal(limit))
    for delivery in list(cart.deliveries):
        saving = min(calculator.percentage(abs(percentage), [delivery.costs]).total, most)
        _add(cart, delivery, _negative(saving, delivery, calculator))
    return bool(cart.deliveries)


def _take_off(saving: Decimal, cart: Cart, calculator: Calculator) -> bool:
    added = False
    for delivery in list(cart.deliveries):
        costs = delivery.costs.total
        if saving == 0 or costs < 0:
            continue
        part = min(saving, costs)
        _add(cart, delivery, _negative(part, delivery, calculator))
        saving -= part
        added = True
    return added


def _negative(amount: Decimal, delivery: Delivery, calculator: Calculator) -> CalculatedPrice:
    rates = calculator.behaviour.shipping_discount_rates(delivery.costs.rules)
    return calculator.quantity(QuantityPriceDefinition(-amount, rates))


def _add(cart: Cart, delivery: Delivery, price: CalculatedPrice) -> None:
    if price.total < 0:
        cart.deliveries.append(Delivery(delivery.positions, delivery.date, delivery.shipping_method_id, price))


def _name_it(line: LineItem, cart: Cart, calculator: Calculator) -> None:
    if line.id in cart.items:
        return
    named = line.copy()
    named.description = line.label
    named.removable = line.referenced_id is not None
    named.definition = QuantityPriceDefinition(ZERO, ())
    named.price = calculator.quantity(named.definition)
    named.requirement = None
    cart.items[named.id] = named
