"""Lines that an administrator writes by hand: custom items and credits."""

from __future__ import annotations

from .calculation import Calculator
from .items import CREDIT, CUSTOM, IS_DOWNLOAD, Cart, DeliveryInformation
from .money import ZERO
from .prices import AbsolutePriceDefinition, QuantityPriceDefinition


def fill_manual_lines(original: Cart, cart: Cart, calculator: Calculator) -> bool:
    """Take over the custom items and credits of ``original``, calculated; tell whether there were any."""
    before = len(cart.items)
    for item in original.of_type(CUSTOM):
        if not isinstance(item.definition, QuantityPriceDefinition):
            continue
        if item.delivery is None:
            item.delivery = DeliveryInformation(
                item.quantity, ZERO, free_delivery=False, restock_time=None, delivery_time=None
            )
        item.definition = item.definition.times(item.quantity)
        item.price = calculator.quantity(item.definition)
        item.shipping_cost_aware = IS_DOWNLOAD not in item.states
        cart.items[item.id] = item
    for item in original.of_type(CREDIT):
        if isinstance(item.definition, AbsolutePriceDefinition):
            item.price = calculator.absolute(item.definition.price, cart.prices())
            item.shipping_cost_aware = False
            cart.items[item.id] = item
    return len(cart.items) > before
