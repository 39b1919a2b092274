"""Whether the wanted quantity may be bought; if not, it is corrected and the cart says so."""

from __future__ import annotations

from updategate.embedded.refshop.behaviour import Behaviour

from . import errors
from .items import PRODUCT, Cart, LineItem
from .product import fitted_quantity


def correct_quantity(cart: Cart, item: LineItem, behaviour: Behaviour) -> None:
    """Correct the quantity of a product's line, or remove the line, and add the error that tells."""
    information = item.quantities
    least = information.min_purchase if information else 1
    steps = behaviour.purchase_steps(information.purchase_steps) if information else 1
    most = (information.max_purchase or 0) if information else item.quantity
    id_, label = item.referenced_id or "", item.label or ""
    if not behaviour.closeout_available(most, least):
        del cart.items[item.id]
        cart.add_error(errors.product_out_of_stock(id_, label))
        return
    if least <= most < item.quantity:
        item.quantity = fitted_quantity(least, most, steps)
        cart.add_error(errors.product_stock_reached(id_, label, item.quantity))
        return
    if item.quantity < least:
        item.quantity = least
        cart.add_error(errors.min_order_quantity(id_, label, least))
        return
    fitted = fitted_quantity(least, item.quantity, steps)
    if fitted != item.quantity:
        item.quantity = fitted
        cart.add_error(errors.purchase_steps(id_, label, fitted))


def check_sums(cart: Cart) -> None:
    """Complain where several lines of one product together exceed what may be bought."""
    wanted: dict[str, int] = {}
    lines: dict[str, LineItem] = {}
    for item in cart.flat():
        if item.type == PRODUCT and item.referenced_id is not None:
            wanted[item.referenced_id] = wanted.get(item.referenced_id, 0) + item.quantity
            lines[item.referenced_id] = item
    for product_id, quantity in wanted.items():
        information = lines[product_id].quantities
        if information is None:
            continue
        least, most = information.min_purchase, information.max_purchase or 0
        if most >= quantity or most < least:
            continue
        fitted = fitted_quantity(least, most, information.purchase_steps)
        label = lines[product_id].label or ""
        cart.add_error(errors.product_stock_reached(product_id, label, fitted, resolved=False))
