"""The administration under /admin: a small one that speaks to the Admin API, with Shopware's own names of elements."""

from __future__ import annotations

from functools import cache
from importlib import resources

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from updategate.embedded.refshop.shop import Shop

_SCRIPT = "/bundles/administration/static/js/app.js"


def routes(shop: Shop) -> list[BaseRoute]:
    """Return the routes of the administration's page and script."""

    def page(request: Request) -> Response:
        del request
        return Response(_file("index.html"), media_type="text/html")

    def script(request: Request) -> Response:
        del request
        if not shop.behaviour.administration_is_built():
            return Response(status_code=404)
        return Response(_file("app.js"), media_type="text/javascript")

    return [Route("/admin", page, methods=["GET"]), Route(_SCRIPT, script, methods=["GET"])]


@cache
def _file(name: str) -> bytes:
    return resources.files(__package__).joinpath("static", name).read_bytes()
