"""What follows from writes: indexers run, stock is counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from updategate.embedded.refshop.dal import stock
from updategate.embedded.refshop.dal.definitions import Definition
from updategate.embedded.refshop.dal.indexing import (
    RULE_PLACES,
    index_categories,
    index_payment_methods,
    index_products,
    index_rules,
    index_sales_channels,
    index_seo_urls,
)
from updategate.embedded.refshop.dal.store import Doc, EntityStore
from updategate.embedded.refshop.versions import ShopwareVersion


class WrittenRow(Protocol):
    """A row that was stored."""

    definition: Definition
    id: str
    changes: Doc
    insert: bool


_OF_PRODUCT = {
    "product_category",
    "product_option",
    "product_property",
    "product_tag",
    "product_download",
    "product_price",
    "product_visibility",
    "product_media",
}


def after_writes(
    store: EntityStore, version: ShopwareVersion, rows: Sequence[WrittenRow], *, recount: bool, index: bool
) -> None:
    """Derive what Shopware's indexers derive from these rows.

    ``recount``: written stock is counted anew. ``index``: products and categories are indexed.
    """
    products: dict[str, None] = {}
    categories: dict[str, None] = {}
    stocks: dict[str, None] = {}
    for row in rows:
        name = row.definition.name
        if name == "product":
            products[row.id] = None
            if "stock" in row.changes or row.insert:
                stocks[row.id] = None
        elif name in _OF_PRODUCT:
            owner = row.changes.get("productId") or (store.get(name, row.id) or {}).get("productId")
            if owner:
                products[str(owner)] = None
        elif name == "category":
            categories[row.id] = None
        elif name in ("customer", "order") and row.insert:
            _numbered(store, name, row.id)
    names = {row.definition.name for row in rows}
    if names & RULE_PLACES or "rule" in names:
        index_rules(store)
    index_sales_channels(store, [row.id for row in rows if row.definition.name == "sales_channel"])
    index_payment_methods(store, [row.id for row in rows if row.definition.name == "payment_method"])
    if categories and index:
        index_categories(store)
        index_seo_urls(store, "category", categories)
    if stocks and recount:
        stock.recount(store, version, stocks)
    if products and index:
        index_products(store, products)
        index_seo_urls(store, "product", [id_ for id_ in products if store.get("product", id_)])


def _numbered(store: EntityStore, entity: str, id_: str) -> None:
    doc = store.get(entity, id_)
    if doc is not None and doc.get("autoIncrement") is None:
        highest = max((row.get("autoIncrement") or 0 for row in store.all(entity)), default=0)
        store.upsert(entity, {"id": id_, "autoIncrement": highest + 1, "updatedAt": doc.get("updatedAt")})
