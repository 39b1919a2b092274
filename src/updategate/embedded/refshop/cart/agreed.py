"""Prices that Shopware Commercial keeps for one customer: they come before the product's own and before its rules'."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from updategate.embedded.refshop.dal.store import EntityStore

from .product import AdvancedPrice, CurrencyPrice, Product


def with_agreed_prices(
    store: EntityStore, product: Product, customer_id: str, read: Callable[[Any], tuple[CurrencyPrice, ...]]
) -> Product:
    """Return the product as this customer may buy it; unchanged where nothing was agreed. ``read`` reads a price."""
    rows = store.where("custom_price", productId=product.id, customerId=customer_id)
    ranges = [one for row in rows for one in row["price"]]
    if not ranges:
        return product
    agreed = tuple(
        AdvancedPrice(
            product.id,
            "",
            int(one.get("quantityStart") or 1),
            None if one.get("quantityEnd") is None else int(one["quantityEnd"]),
            read(one["price"]),
        )
        for one in ranges
    )
    return replace(product, prices=min(agreed, key=lambda price: price.start).prices, agreed=agreed)
