"""What a customer is known to have ordered: counted when orders are completed, as rules look at it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from updategate.embedded.refshop.cart.money import Rounding, decimal, plain
from updategate.embedded.refshop.dal.store import EntityStore
from updategate.embedded.refshop.shop import Shop

_COMPLETED = "completed"


def listen(shop: Shop) -> None:
    """Count anew whenever an order becomes completed, or ceases to be."""

    def recount(_event: str, **facts: Any) -> None:
        if facts.get("entity") != "order":
            return
        for row in shop.store.where("order_customer", orderId=facts["order_id"]):
            if row.get("customerId"):
                count_orders(shop, row["customerId"])

    shop.events.on(f"state_enter.order.state.{_COMPLETED}", recount)
    shop.events.on(f"state_leave.order.state.{_COMPLETED}", recount)


def count_orders(shop: Shop, customer_id: str) -> None:
    """Write number, sum (in the system's currency) and date of the completed orders to the customer."""
    store = shop.store
    if store.get("customer", customer_id) is None:
        return
    orders = [order for order in _orders(store, customer_id) if _is_completed(store, order)]
    total = sum(
        (decimal(order.get("amountTotal")) / decimal(order.get("currencyFactor"), Decimal(1)) for order in orders),
        Decimal(0),
    )
    store.upsert(
        "customer",
        {
            "id": customer_id,
            "orderCount": len(orders),
            "orderTotalAmount": plain(Rounding().math(total, shop.behaviour)),
            "lastOrderDate": max((str(order.get("orderDateTime")) for order in orders), default=None),
        },
    )


def _orders(store: EntityStore, customer_id: str) -> list[dict[str, Any]]:
    rows = store.where("order_customer", customerId=customer_id)
    found = [store.get("order", row["orderId"]) for row in rows]
    return [order for order in found if order is not None]


def _is_completed(store: EntityStore, order: dict[str, Any]) -> bool:
    state = store.get("state_machine_state", order.get("stateId") or "") or {}
    return state.get("technicalName") == _COMPLETED
