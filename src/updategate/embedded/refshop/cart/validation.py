"""What may be wrong with a calculated cart: incomplete lines, addresses, blocked methods."""

from __future__ import annotations

from updategate.embedded.refshop.behaviour import Behaviour

from . import errors
from .context import CheckoutContext
from .errors import CartError
from .items import IS_PHYSICAL, Cart
from .stock import check_sums


def problems(cart: Cart, context: CheckoutContext, behaviour: Behaviour, *, stock_counts: bool) -> list[CartError]:
    """Return what is wrong; incomplete lines are thrown out."""
    found: list[CartError] = []
    for item in list(cart.items.values()):
        missing = "label" if item.label is None else "price" if item.price is None else None
        if missing is not None:
            found.append(errors.incomplete_line_item(item.id, missing))
            del cart.items[item.id]
    if stock_counts:
        check_sums(cart)
    found += _address_problems(cart, context)
    found += _method_problems(cart, context, behaviour)
    return found


def _address_problems(cart: Cart, context: CheckoutContext) -> list[CartError]:
    country = context.country
    ships = not cart.items or any(IS_PHYSICAL in item.states for item in cart.flat())
    if ships and not (country.active and country.shipping_available and country.id in context.shippable_countries):
        return [errors.shipping_address_blocked(country.name)]
    customer = context.customer
    if customer is None:
        return []
    billing, shipping = customer.billing, customer.shipping
    if not billing.salutation_id:
        return [errors.address_incomplete("billing", "salutation", billing.id, billing.label)]
    found = []
    if not shipping.salutation_id and ships:
        found.append(errors.address_incomplete("shipping", "salutation", shipping.id, shipping.label))
    for kind, address in (("billing", billing), ("shipping", shipping)):
        if address.country.force_state and not address.state_id:
            found.append(errors.address_incomplete(kind, "country-region", address.id, address.label))
    return found


def _method_problems(cart: Cart, context: CheckoutContext, behaviour: Behaviour) -> list[CartError]:
    found = []
    method = context.shipping_method
    if cart.deliveries:
        rule = method.availability_rule_id
        blocked = not (method.active and (rule is None or rule in context.rule_ids))
        if behaviour.method_is_blocked("shipping", blocked):
            found.append(errors.shipping_method_blocked(method.name))
    payment = context.payment_method
    rule = payment.availability_rule_id
    if not payment.active:
        found.append(errors.payment_method_blocked(payment.name, "inactive"))
    if behaviour.method_is_blocked("payment", bool(rule) and rule not in context.rule_ids):
        found.append(errors.payment_method_blocked(payment.name, "rule not matching"))
    if payment.id not in context.payment_method_ids:
        found.append(errors.payment_method_blocked(payment.name, "not allowed"))
    return found
