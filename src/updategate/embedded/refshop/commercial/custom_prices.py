"""Prices agreed with one customer: written through ``/api/_action/custom-price``, charged before all others."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from updategate.embedded.refshop.admin_api.http import Call, Router
from updategate.embedded.refshop.dal.ids import derived_id, is_id
from updategate.embedded.refshop.dal.store import Doc

ENTITY = "custom_price"
router = Router()


@router.route("POST", "/_action/custom-price")
def write(call: Call) -> Response:
    """Create, change and delete; each operation is carried out by itself, and its mistakes stand under ``errors``."""
    operations = call.body if isinstance(call.body, list) else []
    failed: list[dict[str, Any]] = []
    with call.shop.store.transaction():
        for operation in operations:
            action, payload = operation.get("action"), operation.get("payload") or []
            carry_out = {"upsert": _upsert, "delete": _delete}.get(str(action))
            if carry_out is None:
                failed.append(_error(f"The action {action!r} is neither upsert nor delete."))
                continue
            for entry in payload:
                message = carry_out(call, entry)
                if message:
                    failed.append(_error(message))
    return call.json({"success": not failed, "data": {}, "errors": failed} if failed else {"success": True, "data": {}})


@router.route("POST", "/search/custom-price")
def search(call: Call) -> Response:
    """List all of them."""
    rows = [{"id": row["id"], **{key: row[key] for key in ("customerId", "productId", "price")}}
            for row in call.shop.store.all(ENTITY)]  # fmt: skip
    return call.json({"total": len(rows), "data": rows, "aggregations": []})


def _upsert(call: Call, entry: Doc) -> str:
    product_id, customer_id, price = (entry.get(name) for name in ("productId", "customerId", "price"))
    if not is_id(str(product_id)) or call.shop.store.get("product", str(product_id)) is None:
        return f"There is no product {product_id}."
    if not is_id(str(customer_id)) or call.shop.store.get("customer", str(customer_id)) is None:
        return f"There is no customer {customer_id}."
    if not isinstance(price, list) or not price:
        return "A custom price has at least one range of quantities."
    call.shop.store.upsert(
        ENTITY,
        {
            "id": derived_id(ENTITY, str(product_id), str(customer_id)),
            "productId": product_id,
            "customerId": customer_id,
            "price": price,
        },
    )
    return ""


def _delete(call: Call, entry: Doc) -> str:
    products, customers = entry.get("productIds") or [], entry.get("customerIds") or []
    if not products and not customers and not entry.get("customerGroupIds"):
        return "At least one id is needed."
    for row in list(call.shop.store.all(ENTITY)):
        if (not products or row["productId"] in products) and (not customers or row["customerId"] in customers):
            call.shop.store.delete(ENTITY, row["id"])
    return ""


def _error(detail: str) -> dict[str, Any]:
    return {"code": "CUSTOM_PRICE__INVALID", "status": "400", "detail": detail}
