"""The Store API: what a shop front, an app or a headless client speaks to."""

from __future__ import annotations

from starlette.routing import BaseRoute

from updategate.embedded.refshop.shop import Shop

from . import account_endpoints, address_endpoints, cart_endpoints, context_endpoints, order_endpoints
from .http import store_api_routes


def routes(shop: Shop) -> list[BaseRoute]:
    """Return the routes under /store-api."""
    parts = (context_endpoints, cart_endpoints, account_endpoints, address_endpoints, order_endpoints)
    endpoints = [endpoint for part in parts for endpoint in part.ENDPOINTS]
    return store_api_routes(shop, endpoints)
