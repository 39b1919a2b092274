"""The wish list of a customer: off unless the shop's settings switch it on."""

from __future__ import annotations

from typing import Any

from updategate.embedded.refshop.dal.store import Doc

from . import errors
from .entities import search_result
from .http import Answer, Call, Endpoint
from .product_json import ProductPresenter
from .searching import criteria_of, tree_of, trimmed
from .validation import setting

Json = dict[str, Any]


def _customer(call: Call) -> Doc:
    if not setting(call, "core.cart.wishlistEnabled"):
        raise errors.refused(403, "CHECKOUT__WISHLIST_IS_NOT_ACTIVATED", "Wishlist is not activated!")
    if call.session.customer is None or call.session.customer.get("guest"):
        raise errors.not_logged_in()
    return call.session.customer


def _wishlist(call: Call) -> Doc | None:
    rows = call.shop.store.where(
        "customer_wishlist", customerId=_customer(call)["id"], salesChannelId=call.session.channel["id"]
    )
    return rows[0] if rows else None


def _demanded(call: Call) -> Doc:
    found = _wishlist(call)
    if found is None:
        raise errors.refused(404, "CHECKOUT__WISHLIST_NOT_FOUND", "Wishlist for this customer was not found.")
    return found


def read(call: Call) -> Answer:
    """Show the wish list with its products that can be seen, newest first."""
    wishlist = _demanded(call)
    criteria = criteria_of(call, "product")
    presenter = ProductPresenter(call.shop, call.session)
    rows = call.shop.store.where("customer_wishlist_product", wishlistId=wishlist["id"])
    ids = [row["productId"] for row in reversed(rows)]
    docs = [call.shop.store.get("product", id_) for id_ in ids]
    seen = [doc for doc in docs if doc is not None and presenter.product(doc["id"]) is not None]
    end = None if criteria.limit is None else criteria.offset + criteria.limit
    shown = [presenter.show(doc, tree_of(criteria)) for doc in seen[criteria.offset : end]]
    result = {
        "wishlist": presenter.entities.entity("customer_wishlist", wishlist),
        "products": search_result("product", shown, len(seen), limit=criteria.limit or len(seen)),
        "apiAlias": "wishlist_products",
    }
    return Answer(trimmed(result, criteria.includes))


def add(call: Call) -> Answer:
    """Put a product on the list."""
    wishlist_id = _started(call)
    _put(call, wishlist_id, call.path["productId"])
    return _success()


def merge(call: Call) -> Answer:
    """Put on the list what a visitor had noted before logging in; what is there already stays."""
    wishlist_id = _started(call)
    known = {row["productId"] for row in call.shop.store.where("customer_wishlist_product", wishlistId=wishlist_id)}
    for product_id in call.get("productIds") or ():
        if product_id not in known and call.shop.store.get("product", str(product_id)) is not None:
            _put(call, wishlist_id, str(product_id))
    return _success()


def remove(call: Call) -> Answer:
    """Take a product off the list."""
    wishlist, product_id = _demanded(call), call.path["productId"]
    rows = call.shop.store.where("customer_wishlist_product", wishlistId=wishlist["id"], productId=product_id)
    if not rows:
        raise errors.refused(
            404,
            "CHECKOUT__WISHLIST_PRODUCT_NOT_FOUND",
            f'Could not find wishlist product with id "{product_id}"',
            entity="wishlist product",
            field="id",
            value=product_id,
        )
    call.shop.store.delete("customer_wishlist_product", rows[0]["id"])
    return _success()


def _started(call: Call) -> str:
    found = _wishlist(call)
    if found is not None:
        return str(found["id"])
    return call.shop.store.upsert(
        "customer_wishlist",
        {
            "id": call.shop.ids.new(),
            "customerId": _customer(call)["id"],
            "salesChannelId": call.session.channel["id"],
        },
    )


def _put(call: Call, wishlist_id: str, product_id: str) -> None:
    if ProductPresenter(call.shop, call.session).product(product_id) is None:
        raise errors.refused(
            404, "CONTENT__PRODUCT_NOT_FOUND", f"Product for id {product_id} not found.", productId=product_id
        )
    if call.shop.store.where("customer_wishlist_product", wishlistId=wishlist_id, productId=product_id):
        raise errors.refused(400, "CHECKOUT__DUPLICATE_WISHLIST_PRODUCT", "Product already added in wishlist")
    call.shop.store.upsert(
        "customer_wishlist_product",
        {"id": call.shop.ids.new(), "wishlistId": wishlist_id, "productId": product_id},
    )


def _success() -> Answer:
    return Answer({"apiAlias": "array_struct", "success": True})


ENDPOINTS = [
    Endpoint("GET", "/store-api/customer/wishlist", read),
    Endpoint("POST", "/store-api/customer/wishlist", read),
    Endpoint("POST", "/store-api/customer/wishlist/add/{productId}", add),
    Endpoint("POST", "/store-api/customer/wishlist/merge", merge),
    Endpoint("DELETE", "/store-api/customer/wishlist/delete/{productId}", remove),
]
