"""Orders, states, mails and documents that are wrong."""

# ruff: noqa: D102, FBT001 - described and signed where they are overridden, in Behaviour

from __future__ import annotations

from decimal import Decimal

from updategate.embedded.refshop.behaviour import Behaviour

from .registry import Group

ORDERS = Group("orders")


@ORDERS.mutant("double-order", "class: no idempotence (real-shop.md 3)", "order checkout cart")
class DoubleOrder(Behaviour):
    """Submitting an order twice makes two orders."""

    def cart_is_emptied_by_order(self) -> bool:
        return False


@ORDERS.mutant("illegal-transition", "class: state machine without its guard", "order payment shipping")
class IllegalTransition(Behaviour):
    """Any action is allowed in any state."""

    def transition_is_possible(self, known: bool) -> bool:
        del known
        return True


@ORDERS.mutant("invoice-tax-one-cent", "class: tax calculated anew for a document", "document tax")
class InvoiceTaxOneCent(Behaviour):
    """An invoice shows one cent too much tax."""

    def document_tax(self, tax: Decimal) -> Decimal:
        return tax + Decimal("0.01")


@ORDERS.mutant("confirmation-twice", "shopware/shopware#18510", "mail order")
class ConfirmationTwice(Behaviour):
    """An order is confirmed twice."""

    def mails_for(self, event: str) -> int:
        return 2 if event == "checkout.order.placed" else super().mails_for(event)


@ORDERS.mutant("state-mail-missing", "FriendsOfShopware/FroshPlatformMailArchive#122", "mail order")
class StateMailMissing(Behaviour):
    """Changes of state are not told."""

    def mails_for(self, event: str) -> int:
        return 0 if event.startswith("state_enter.") else super().mails_for(event)
