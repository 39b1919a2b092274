"""The Admin API under /api.

``Router`` holds the routes; each module of this package adds its own with ``@router.route``. A handler is a plain
function ``handler(call: Call) -> Response``; it runs in the thread pool.
"""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from updategate.embedded.refshop.shop import Shop

from . import actions, documents, entities, info, media, oauth, order_edit, order_states, schema, sync, system, versions
from .http import endpoint

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
    methods = ["GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "HEAD"]
    return [
        Route("/api/{path:path}", endpoint(shop, _ROUTERS), methods=methods),
        Route("/media/{path:path}", media.file_endpoint(shop), methods=["GET"]),
        Route("/thumbnail/{path:path}", media.file_endpoint(shop), methods=["GET"]),
    ]
