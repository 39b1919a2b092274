"""Composes the shop's routes into one ASGI application."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from .shop import Shop
from .workload import Workload

_PARTS = ("admin_api", "administration", "store_api", "storefront")


def create_app(shop: Shop) -> Starlette:
    """Return the application: Admin API under /api, Store API under /store-api, the storefront everywhere else."""
    routes: list[BaseRoute] = []
    package = __name__.rpartition(".")[0]
    for part in _PARTS:
        if find_spec(f"{package}.{part}") is not None:
            module = import_module(f"{package}.{part}")
            if hasattr(module, "routes"):
                routes += module.routes(shop)
    app = Starlette(routes=routes)
    app.add_middleware(Workload, shop=shop)
    app.state.shop = shop
    # the Admin API's proxy calls the Store API without leaving the process
    shop.memory["application"] = app
    return app
