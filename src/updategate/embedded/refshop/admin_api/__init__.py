"""The Admin API under /api.

``Router`` holds the routes; each module of this package adds its own with ``@router.route``. A handler is a plain
function ``handler(call: Call) -> Response``; it runs in the thread pool.
"""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from updategate.embedded.refshop.shop import Shop

from . import actions, documents, entities, info, media, oauth, order_edit, order_states, schema, sync, system, versions
from .http import Router, endpoint

_ROUTERS = (
    oauth.router,
    info.router,
    system.router,
    order_states.router,
    order_edit.router,
    versions.router,
    schema.router,
    sync.router,
    documents.router,
    media.router,
    actions.router,
    entities.router,
)


def routes(shop: Shop) -> list[BaseRoute]:
    """Return the routes of the Admin API, and of the media that it manages."""
    oauth.prepare(shop)
    routers = (*_ROUTERS[:-1], *_commercial(shop), _ROUTERS[-1])
    methods = ["GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "HEAD"]
    return [
        Route("/api/{path:path}", endpoint(shop, routers), methods=methods),
        Route("/media/{path:path}", media.file_endpoint(shop), methods=["GET"]),
        Route("/thumbnail/{path:path}", media.file_endpoint(shop), methods=["GET"]),
    ]


def _commercial(shop: Shop) -> tuple[Router, ...]:
    """What Shopware Commercial adds; it stands on the rest of the API, so it is read last."""
    from updategate.embedded.refshop import commercial

    if not commercial.installed(shop):
        return ()
    from updategate.embedded.refshop.commercial import custom_prices, quotes

    return (custom_prices.router, quotes.router)
