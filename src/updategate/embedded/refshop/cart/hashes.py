"""Hashes by which is noticed that a cart changed."""

from __future__ import annotations

import hashlib
import json

from .context import CheckoutContext
from .items import Cart
from .money import plain


def error_hash(cart: Cart) -> str:
    """Return a hash of the errors of a cart; empty for none."""
    if not cart.errors:
        return ""
    facts = [[error.key, dict(error.parameters)] for error in cart.errors.values()]
    return hashlib.sha256(json.dumps(facts, default=str).encode()).hexdigest()[:16]


def cart_hash(cart: Cart, context: CheckoutContext) -> str:
    """Return a hash of what the customer sees before ordering: it changes if prices, lines or methods change."""
    facts = [
        plain(cart.price.raw_total),
        context.shipping_method.id,
        context.payment_method.id,
        [[item.id, item.quantity, item.price and plain(item.price.total)] for item in cart.items.values()],
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
