"""The HTTP cache before the storefront: whole pages for visitors without cart and login."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import Response

from updategate.embedded.refshop.shop import Shop

from .session import CACHE_HASH_COOKIE, CURRENCY_COOKIE, STATES_COOKIE

# What the cached pages show. A write to any of them makes every page stale at once: Shopware is finer, but like here
# a change is seen with the next request.
_SHOWN = (
    "product", "product_price", "product_category", "product_visibility", "product_property", "product_option",
    "product_configurator_setting", "category", "currency", "customer_group", "country", "delivery_time", "language",
    "media", "product_manufacturer", "product_media", "product_sorting", "property_group", "property_group_option",
    "rule", "rule_condition", "sales_channel", "sales_channel_domain", "system_config", "tax", "tax_rule", "unit",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CachedPage:
    """A page as it was rendered, and what it depends on."""

    body: bytes
    headers: tuple[tuple[str, str], ...]
    stored_at: datetime
    revision: int


def is_bypassed(request: Request) -> bool:
    """Tell whether the visitor has a cart or is logged in: then nothing comes from the cache."""
    return request.method not in ("GET", "HEAD") or bool(request.cookies.get(STATES_COOKIE))


def key_of(shop: Shop, request: Request) -> str:
    """Return what tells one cached page from another: the address, and the kind of visitor."""
    query = urlencode(sorted(parse_qsl(request.url.query, keep_blank_values=True)))
    kind = request.cookies.get(CACHE_HASH_COOKIE) or request.cookies.get(CURRENCY_COOKIE) or ""
    return shop.behaviour.page_key(f"{request.headers.get('host', '')}{request.url.path}?{query}", kind)


def revision_of(shop: Shop) -> int:
    """Return a number that changes with everything that cached pages show."""
    return shop.store.revision(*shop.behaviour.shown_entities(_SHOWN))


def cached(shop: Shop, request: Request) -> Response | None:
    """Return the page from the cache, if there is a fresh one for this visitor."""
    if is_bypassed(request):
        return None
    page: CachedPage | None = shop.http_cache.get(key_of(shop, request))
    if page is None or not shop.behaviour.cached_page_is_fresh(page.revision == revision_of(shop)):
        shop.http_cache.misses += 1
        return None
    shop.http_cache.hits += 1
    response = Response(page.body)
    response.raw_headers = [(name.encode(), value.encode()) for name, value in page.headers]
    age = max(0, int((shop.clock.now() - page.stored_at).total_seconds()))
    response.headers["age"] = str(age)
    return response


def keep(shop: Shop, request: Request, response: Response, revision: int) -> None:
    """Store a page that was just rendered; ``revision`` is that of before the rendering."""
    if is_bypassed(request) or response.status_code != 200:
        return
    headers = tuple(
        (name.decode(), value.decode()) for name, value in response.raw_headers if name not in (b"set-cookie", b"age")
    )
    page = CachedPage(bytes(response.body), headers, shop.clock.now(), revision)
    shop.http_cache.put(key_of(shop, request), page)
