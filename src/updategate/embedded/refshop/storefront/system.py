"""Pages and files that are not about shopping: errors, maintenance, robots, sitemap, style, pictures."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from urllib.parse import unquote
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from updategate.embedded.refshop.behaviour import Behaviour

from .layout import frame
from .visit import Visit

_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}

_HUES = ((210, 34), (335, 30), (45, 38), (130, 28), (265, 28), (20, 40), (180, 30))


async def not_found(visit: Visit) -> Response:
    """Answer 404 with a page."""
    return await visit.page(
        "error.html.j2",
        body_class="is-ctl-error is-act-error",
        title="",
        status=404,
        **await frame(visit, "frontend.home.page"),
    )


async def maintenance(visit: Visit) -> Response:
    """Answer ``/maintenance``: 503 while the shop is closed, else the way home."""
    if not visit.channel.maintenance:
        return visit.to_route("frontend.home.page")
    response = visit.closed_page("maintenance.html.j2")
    response.headers["retry-after"] = "3600"
    return response


async def robots(visit: Visit) -> Response:
    """Answer ``/robots.txt``."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in ("/account/", "/checkout/", "/widgets/")), ""]
    lines.append(f"Sitemap: {visit.origin}/sitemap.xml")
    return PlainTextResponse("\n".join(lines) + "\n")


async def sitemap(visit: Visit) -> Response:
    """Answer ``/sitemap.xml`` with every active product and category."""
    addresses, store = visit.addresses, visit.shop.store
    paths = [""]
    for kind, entity in (("navigation", "category"), ("detail", "product")):
        active = [doc["id"] for doc in store.all(entity) if doc.get("active", True)]
        paths += [path for id_ in active if (path := addresses.path(kind, id_))]
    entries = "".join(f"<url><loc>{escape(f'{visit.origin}/{path}')}</loc></url>" for path in paths)
    xml = f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'
    return Response(xml, media_type="application/xml")


@cache
def _file(name: str) -> bytes | None:
    found = resources.files(__package__).joinpath("static", name)
    return found.read_bytes() if found.is_file() else None


def static_file(request: Request, behaviour: Behaviour) -> Response:
    """Answer the storefront's own style, script and icon."""
    name = request.path_params["name"]
    content = _file(name) if "/" not in name else None
    kind = _TYPES.get(name.rpartition(".")[2])
    if content is None or kind is None:
        return Response(status_code=404)
    delivered = behaviour.delivered_file(name, content)
    return Response(delivered, headers={"content-type": kind, "cache-control": "max-age=604800, public"})


def tile(request: Request) -> Response:
    """Answer the picture of a product: a drawing made from its number, so that nothing has to be uploaded."""
    number = unquote(request.path_params["number"])
    return Response(_tile(number), headers={"content-type": "image/svg+xml", "cache-control": "max-age=604800, public"})


@cache
def _tile(number: str) -> str:
    digest = hashlib.sha256(number.encode()).digest()
    hue, saturation = _HUES[digest[0] % len(_HUES)]
    ground, ink = f"hsl({hue} {saturation}% 93%)", f"hsl({hue} {saturation}% 42%)"
    shapes = []
    for index in range(3):
        x, y, size = 90 + digest[index * 3 + 1] % 130, 80 + digest[index * 3 + 2] % 120, 60 + digest[index * 3 + 3] % 90
        opacity = 0.25 + index * 0.2
        if digest[index + 12] % 2:
            shapes.append(f'<circle cx="{x + 40}" cy="{y + 40}" r="{size / 2}" opacity="{opacity:.2f}"/>')
        else:
            shapes.append(f'<rect x="{x}" y="{y}" width="{size}" height="{size}" rx="10" opacity="{opacity:.2f}"/>')
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="400" height="400">'
        f'<rect width="400" height="400" fill="{ground}"/><g fill="{ink}">{"".join(shapes)}</g>'
        f'<text x="200" y="372" text-anchor="middle" font-family="sans-serif" font-size="20" fill="{ink}">'
        f"{escape(number)}</text>"
        "</svg>"
    )
