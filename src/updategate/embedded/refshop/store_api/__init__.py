"""The Store API: what a shop front, an app or a headless client speaks to."""

from __future__ import annotations

from starlette.routing import BaseRoute

from updategate.embedded.refshop import commercial
from updategate.embedded.refshop.dal.ids import SYSTEM_LANGUAGE
from updategate.embedded.refshop.order import customers
from updategate.embedded.refshop.shop import Shop

from . import (
    account_endpoints,
    address_endpoints,
    cart_endpoints,
    communication_endpoints,
    context_endpoints,
    listing_endpoints,
    navigation_endpoints,
    order_endpoints,
    product_endpoints,
    registration_endpoints,
    system_endpoints,
    wishlist_endpoints,
)
from .http import store_api_routes
from .layouts import complete_layouts

_PARTS = (
    context_endpoints,
    cart_endpoints,
    registration_endpoints,
    account_endpoints,
    address_endpoints,
    order_endpoints,
    system_endpoints,
    navigation_endpoints,
    product_endpoints,
    listing_endpoints,
    communication_endpoints,
    wishlist_endpoints,
)


def routes(shop: Shop) -> list[BaseRoute]:
    """Return the routes under /store-api; from then on, orders are counted for their customers."""
    customers.listen(shop)
    complete_layouts(shop.store, SYSTEM_LANGUAGE)
    endpoints = [endpoint for part in _PARTS for endpoint in part.ENDPOINTS]
    if commercial.installed(shop):
        # it stands on the rest of the API, so it is read last
        from updategate.embedded.refshop.commercial import quotes

        endpoints += quotes.ENDPOINTS
    paths: dict[str, list[str]] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path.removeprefix("/store-api"), []).append(endpoint.method)
    shop.memory["store-api/paths"] = paths
    return store_api_routes(shop, endpoints)
