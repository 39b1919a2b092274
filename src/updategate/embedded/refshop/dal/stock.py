"""What orders do to the stock of products.

Since 6.6 an order's line lowers ``stock`` at once (``availableStock`` is the same number, ``sales`` rises). Before,
it lowers ``availableStock`` only; ``stock`` and ``sales`` follow when the order is completed.

All functions want to be called inside the transaction that changes the order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from updategate.embedded.refshop.behaviour import Behaviour
from updategate.embedded.refshop.versions import ShopwareVersion

from .indexing import is_available, put_changes
from .store import Doc, EntityStore


def order_placed(
    store: EntityStore, version: ShopwareVersion, order_id: str, behaviour: Behaviour | None = None
) -> None:
    """Lower the stock by the lines of a new order."""
    behaviour = behaviour or Behaviour()
    taken: dict[str, int] = {}
    for id_, quantity in quantities_of(store, order_id).items():
        owner = behaviour.taken_from(id_, (store.get("product", id_) or {}).get("parentId"))
        taken[owner] = taken.get(owner, 0) + quantity
    _take(store, version, taken)


def order_state_changed(store: EntityStore, version: ShopwareVersion, order_id: str, before: str, after: str) -> None:
    """Follow an order from one state (technical name) to another: cancelled orders give back what they took."""
    quantities = quantities_of(store, order_id)
    if version.stock_lowered_on_order:
        if before == "cancelled":
            _take(store, version, quantities)
        elif after == "cancelled":
            _take(store, version, {id_: -quantity for id_, quantity in quantities.items()})
        return
    if after == "completed":
        _sell(store, quantities)
    elif before == "completed":
        _sell(store, {id_: -quantity for id_, quantity in quantities.items()})
    elif "cancelled" in (before, after):
        recount(store, version, quantities)


def lines_changed(
    store: EntityStore, version: ShopwareVersion, before: Mapping[str, int], after: Mapping[str, int]
) -> None:
    """Follow a change of an order's lines, given the quantities by product before and after."""
    if not version.stock_lowered_on_order:
        recount(store, version, {*before, *after})
        return
    changes = {id_: after.get(id_, 0) - before.get(id_, 0) for id_ in {*before, *after}}
    _take(store, version, {id_: change for id_, change in changes.items() if change})


def quantities_of(store: EntityStore, order_id: str) -> dict[str, int]:
    """Return how many pieces of each product the order's lines hold."""
    result: dict[str, int] = {}
    for line in store.where("order_line_item", orderId=order_id):
        product_id = line.get("referencedId") or line.get("productId")
        if line.get("type", "product") == "product" and product_id:
            result[product_id] = result.get(product_id, 0) + int(line["quantity"])
    return result


def recount(store: EntityStore, version: ShopwareVersion, product_ids: Iterable[str]) -> None:
    """Set availableStock and the available flag anew, after stock was written."""
    ids = list(dict.fromkeys(product_ids))
    reserved: dict[str, int] = {}
    if not version.stock_lowered_on_order:
        states = {state["id"]: state["technicalName"] for state in store.all("state_machine_state")}
        for id_ in ids:
            for line in store.where("order_line_item", referencedId=id_):
                order = store.get("order", line.get("orderId") or "")
                if (
                    order
                    and line.get("type") == "product"
                    and states.get(order.get("stateId"))
                    not in (
                        "completed",
                        "cancelled",
                    )
                ):
                    reserved[id_] = reserved.get(id_, 0) + int(line["quantity"])
    for id_ in ids:
        product = store.get("product", id_)
        if product is not None:
            _put(store, product, {"availableStock": int(product.get("stock") or 0) - reserved.get(id_, 0)})


def _take(store: EntityStore, version: ShopwareVersion, quantities: Mapping[str, int]) -> None:
    for id_, quantity in quantities.items():
        product = store.get("product", id_)
        if product is None:
            continue
        if version.stock_lowered_on_order:
            stock = int(product.get("stock") or 0) - quantity
            sales = int(product.get("sales") or 0) + quantity
            _put(store, product, {"stock": stock, "availableStock": stock, "sales": sales})
        else:
            _put(store, product, {"availableStock": int(product.get("availableStock") or 0) - quantity})


def _sell(store: EntityStore, quantities: Mapping[str, int]) -> None:
    for id_, quantity in quantities.items():
        product = store.get("product", id_)
        if product is not None:
            changes = {
                "stock": int(product.get("stock") or 0) - quantity,
                "sales": int(product.get("sales") or 0) + quantity,
            }
            put_changes(store, "product", product, changes)


def _put(store: EntityStore, product: Doc, changes: Doc) -> None:
    changed = {**product, **changes}
    parent = store.get("product", product["parentId"]) if product.get("parentId") else None
    changes["available"] = is_available(changed, parent)
    put_changes(store, "product", product, changes)
