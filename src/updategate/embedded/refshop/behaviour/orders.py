"""Decisions about orders, their states, mails and documents."""

# ruff: noqa: FBT001 - decisions are asked for with positional facts

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

_T = TypeVar("_T")


class OrderDecisions:
    """See ``Behaviour``."""

    # -- placing ----------------------------------------------------------------------------------------------------

    def method_is_blocked(self, kind: str, blocked: bool) -> bool:
        """Tell whether a method (``payment``, ``shipping``) stops an order, given what its rule says."""
        del kind
        return blocked

    def cart_is_emptied_by_order(self) -> bool:
        """Tell whether the cart is gone once its order is placed."""
        return True

    def orders_of_cart(self, token: str) -> int:
        """Return how many orders one call makes of a cart."""
        del token
        return 1

    def order_number(self, number: str) -> str:
        """Return the number of an order, given what the number range says."""
        return number

    def transaction_amount(self, total: Decimal) -> Decimal:
        """Return what the payment of an order is made over."""
        return total

    def order_comment(self, comment: str | None) -> str | None:
        """Return what an order keeps of the customer's comment."""
        return comment

    def delivery_address(self, shipping_id: str, billing_id: str) -> str:
        """Return the id of the address that an order is delivered to."""
        del billing_id
        return shipping_id

    # -- states -----------------------------------------------------------------------------------------------------

    def transition_is_possible(self, known: bool) -> bool:
        """Tell whether a state may be left by an action, given whether the state machine knows that way."""
        return known

    def transition_action(self, entity: str, action: str) -> str:
        """Return the action that is done, given the one asked for."""
        del entity
        return action

    def transition_breaks(self, entity: str, action: str) -> bool:
        """Tell whether an action ends in an exception."""
        del entity, action
        return False

    def keeps_state_history(self) -> bool:
        """Tell whether a change of state is noted in the history."""
        return True

    def state_change_is_dated(self) -> bool:
        """Tell whether a change of state is a change of its row, as ``updatedAt`` tells."""
        return True

    # -- mails ------------------------------------------------------------------------------------------------------

    def mails_for(self, event: str) -> int:
        """Return how often a mail is sent that a flow wants for an event."""
        del event
        return 1

    def mail_language(self, event: str, language_id: str | None) -> str | None:
        """Return the language of a mail; None is the system's own."""
        del event
        return language_id

    def mail_total(self, total: _T, net: _T, locale: str) -> _T:
        """Return the total that a mail shows in a language."""
        del net, locale
        return total

    def mail_lines(self, lines: Sequence[_T]) -> Sequence[_T]:
        """Return the lines of an order that a mail shows."""
        return lines

    # -- documents --------------------------------------------------------------------------------------------------

    def document_tax(self, tax: Decimal) -> Decimal:
        """Return the tax that a document shows for a rate."""
        return tax

    def document_sender(self, kind: str, lines: tuple[str, ...]) -> tuple[str, ...]:
        """Return who a document says that it comes from."""
        del kind
        return lines

    def cancellation_sign(self) -> int:
        """Return what amounts are multiplied with on the cancellation of an invoice."""
        return -1

    def documents_made_with(self, kind: str) -> tuple[str, ...]:
        """Return the kinds of documents that are made along with one."""
        del kind
        return ()
