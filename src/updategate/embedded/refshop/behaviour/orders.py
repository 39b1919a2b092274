"""Decisions about orders, their states, mails and documents."""

from __future__ import annotations

from decimal import Decimal


class OrderDecisions:
    """See ``Behaviour``."""

    def cart_is_emptied_by_order(self) -> bool:
        """Tell whether the cart is gone once its order is placed."""
        return True

    def order_number(self, number: str) -> str:
        """Return the number of an order, given what the number range says."""
        return number

    def transaction_amount(self, total: Decimal) -> Decimal:
        """Return what the payment of an order is made over."""
        return total

    def orders_of_cart(self, token: str) -> int:
        """Return how many orders one call makes of a cart."""
        del token
        return 1

    def transition_is_possible(self, known: bool) -> bool:  # noqa: FBT001 - called by position everywhere
        """Tell whether a state may be left by an action, given whether the state machine knows that way."""
        return known

    def document_tax(self, tax: Decimal) -> Decimal:
        """Return the tax that a document shows for a rate."""
        return tax

    def mails_for(self, event: str) -> int:
        """Return how often a mail is sent that a flow wants for an event."""
        del event
        return 1
