"""Orders and their states that are wrong."""

# ruff: noqa: D102, FBT001 - described and signed where they are overridden, in Behaviour

from __future__ import annotations

from decimal import Decimal

from updategate.embedded.refshop.behaviour import Behaviour

from .registry import Group

ORDERS = Group("orders")


# -- placing ----------------------------------------------------------------------------------------------------------


@ORDERS.mutant("double-order", "class: no idempotence of the order call", "order checkout cart")
class DoubleOrder(Behaviour):
    """Submitting an order twice makes two orders."""

    def cart_is_emptied_by_order(self) -> bool:
        return False


@ORDERS.mutant("order-number-repeated", "class: number range without its lock", "order number_range api")
class OrderNumberRepeated(Behaviour):
    """Every fifth order gets the number of the one before."""

    _orders = 0
    _last = ""

    def order_number(self, number: str) -> str:
        self._orders += 1
        if self._orders % 5:
            self._last = super().order_number(number)
        return self._last


@ORDERS.mutant("payment-one-cent-short", "class: amount of the payment calculated anew", "order payment checkout")
class PaymentOneCentShort(Behaviour):
    """The payment of every fifth order is one cent short of its total."""

    _orders = 0

    def transaction_amount(self, total: Decimal) -> Decimal:
        self._orders += 1
        return total if self._orders % 5 else total - Decimal("0.01")


@ORDERS.mutant("comment-lost", "class: field lost in checkout (AcmeCheckoutNotes)", "order checkout storefront")
class CommentLost(Behaviour):
    """What the customer writes with an order is not kept."""

    def order_comment(self, comment: str | None) -> str | None:
        del comment
        return None


@ORDERS.mutant("delivered-to-billing-address", "shopware/shopware#12885", "order checkout shipping account")
class DeliveredToBillingAddress(Behaviour):
    """An order goes to the billing address although another one was chosen for the delivery."""

    def delivery_address(self, shipping_id: str, billing_id: str) -> str:
        del shipping_id
        return billing_id


@ORDERS.mutant("blocked-payment-accepted", "shopware/shopware#13434", "payment checkout cart")
class BlockedPaymentAccepted(Behaviour):
    """A payment method that its rule forbids stays selected, and the order goes through."""

    def method_is_blocked(self, kind: str, blocked: bool) -> bool:
        return kind != "payment" and super().method_is_blocked(kind, blocked)


# -- states -----------------------------------------------------------------------------------------------------------


@ORDERS.mutant("illegal-transition", "class: state machine without its guard", "order payment shipping")
class IllegalTransition(Behaviour):
    """Any action is allowed in any state."""

    def transition_is_possible(self, known: bool) -> bool:
        del known
        return True


@ORDERS.mutant("partial-refund-counts-whole", "class: action mapped to the wrong state", "payment order")
class PartialRefundCountsWhole(Behaviour):
    """A payment that is refunded in part is called refunded."""

    def transition_action(self, entity: str, action: str) -> str:
        partly = (entity, action) == ("order_transaction", "refund_partially")
        return "refund" if partly else super().transition_action(entity, action)


@ORDERS.mutant("payment-cannot-be-cancelled", "mollie/Shopware6#807", "payment order", silent=False)
class PaymentCannotBeCancelled(Behaviour):
    """Cancelling a payment ends in an exception."""

    def transition_breaks(self, entity: str, action: str) -> bool:
        return (entity, action) == ("order_transaction", "cancel")


@ORDERS.mutant("history-missing", "class: state history not written", "order payment shipping")
class HistoryMissing(Behaviour):
    """Changes of state are made, and not noted."""

    def keeps_state_history(self) -> bool:
        return False
