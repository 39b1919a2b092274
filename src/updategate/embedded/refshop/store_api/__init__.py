"""The Store API: what a shop front, an app or a headless client speaks to."""

from __future__ import annotations

from starlette.routing import BaseRoute

from updategate.embedded.refshop.shop import Shop

from . import cart_endpoints, context_endpoints
from .http import store_api_routes


def routes(shop: Shop) -> list[BaseRoute]:
    """Return the routes under /store-api."""
    endpoints = [*context_endpoints.ENDPOINTS, *cart_endpoints.ENDPOINTS]
    return store_api_routes(shop, endpoints)
