"""Product lists of categories and searches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from updategate.embedded.refshop.dal.criteria import parse_criteria
from updategate.embedded.refshop.dal.definitions import definition
from updategate.embedded.refshop.dal.store import Doc

from . import errors
from .http import Answer, Call, Endpoint
from .listing import LISTED, SEARCHED, Listing
from .searching import read_context
from .validation import setting

_PAGE_LIMIT = 24


def product_listing(call: Call) -> Answer:
    """List the products of a category."""
    return Answer(listing_of(call, call.path["categoryId"]))


def listing_of(call: Call, category_id: str, *, page: bool = False) -> dict[str, Any]:
    """Return the list of a category's products, those of the categories below it included.

    ``page``: it stands on a page, which has as many products as the shop's settings say.
    """
    limit = int(setting(call, "core.listing.productsPerPage") or _PAGE_LIMIT) if page else None
    call.path["categoryId"] = category_id
    category = call.shop.store.get("category", category_id)
    if category is not None and category.get("productAssignmentType") == "product_stream":
        stream_id = str(category.get("productStreamId") or "")
        result = Listing(call, _in_stream(call, stream_id), LISTED).result(default_limit=limit)
        result["streamId"] = stream_id or None
        return result
    below = _below(call, category_id)
    store = call.shop.store

    def belongs(doc: Doc, parent: Doc | None) -> bool:
        rows = store.where("product_category", productId=doc["id"])
        if not rows and parent is not None:
            rows = store.where("product_category", productId=parent["id"])
        return any(row["categoryId"] in below for row in rows)

    return Listing(call, belongs, LISTED).result(default_limit=limit)


def _below(call: Call, category_id: str) -> set[str]:
    marker = f"|{category_id}|"
    inside = {doc["id"] for doc in call.shop.store.all("category") if marker in str(doc.get("path") or "")}
    return {category_id, *inside}


def _in_stream(call: Call, stream_id: str) -> Callable[[Doc, Doc | None], bool]:
    stream = call.shop.store.get("product_stream", stream_id) or {}
    product = definition("product")
    filters = parse_criteria(product, {"filter": stream.get("apiFilter") or []}, None).filters
    reading = read_context(call)
    return lambda doc, _parent: bool(filters) and all(keep(reading, product, doc) for keep in filters)


def search(call: Call) -> Answer:
    """Search products."""
    return Answer(_searching(call).result(term=_term(call), default_limit=_PAGE_LIMIT))


def suggest(call: Call) -> Answer:
    """Search products while somebody types."""
    return Answer(_searching(call).result(term=_term(call), shows_term=False))


def _searching(call: Call) -> Listing:
    return Listing(call, lambda _doc, _parent: True, SEARCHED)


def _term(call: Call) -> str:
    term = call.get("search")
    if not term or not str(term).strip():
        raise errors.missing_parameter("search", with_path=not call.shop.version.is_65)
    return str(term).strip()


ENDPOINTS = [
    Endpoint("POST", "/store-api/product-listing/{categoryId}", product_listing),
    Endpoint("POST", "/store-api/search", search),
    Endpoint("POST", "/store-api/search-suggest", suggest),
]
