"""What the shop sells: home, category, product, search."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.responses import JSONResponse, Response

from .api import ApiFailureError
from .json_values import Json
from .layout import frame
from .system import not_found
from .urls import translated
from .visit import Visit

_LISTING_PARAMETERS = ("order", "p", "manufacturer", "properties", "min-price", "max-price", "shipping-free", "rating")


async def home(visit: Visit) -> Response:
    """Answer ``/``: the products of the root category."""
    root = visit.channel.root_category
    listing = await _listing(visit, f"/product-listing/{root}")
    return await visit.page(
        "listing.html.j2",
        body_class="is-ctl-navigation is-act-home",
        title=visit.say("general.homeLink"),
        listing=listing,
        listing_url=visit.url("frontend.home.page").rstrip("/") + f"/widgets/cms/navigation/{root}",
        layout="standard",
        breadcrumb=(),
        headline="",
        description="",
        **_active_filters(visit),
        **await frame(visit, "frontend.home.page", active=root),
    )


async def category(visit: Visit, category_id: str) -> Response:
    """Answer ``/navigation/{id}`` and its readable address."""
    if category_id == visit.channel.root_category:
        return await home(visit)
    answer = await visit.api.call("POST", f"/category/{category_id}", {})
    if not answer.ok:
        return await not_found(visit)
    found = answer.body
    listing = await _listing(visit, f"/product-listing/{category_id}")
    name = found["translated"]["name"]
    page_frame = await frame(visit, "frontend.navigation.page", active=category_id, navigationId=category_id)
    return await visit.page(
        "listing.html.j2",
        body_class="is-ctl-navigation is-act-index",
        title=found["translated"].get("metaTitle") or name,
        listing=listing,
        listing_url=f"{visit.language.path}/widgets/cms/navigation/{category_id}",
        layout="standard",
        breadcrumb=page_frame["trail"],
        headline=name,
        description=_plain(found["translated"].get("description")),
        **_active_filters(visit),
        **page_frame,
    )


async def listing_widget(visit: Visit, category_id: str) -> Response:
    """Answer the list alone, for the JavaScript of the listing."""
    listing = await _listing(visit, f"/product-listing/{category_id}")
    return await visit.fragment("listing_wrapper.html.j2", listing=listing, layout="standard")


async def search(visit: Visit) -> Response:
    """Answer ``/search``."""
    term = visit.request.query_params.get("search", "").strip()
    if not term:
        return visit.to_route("frontend.home.page")
    listing = await _listing(visit, "/search", {"search": term})
    shop_name = visit.channel.name
    title = shop_name if visit.shop.version.is_65 else f"{visit.say('search.metaTitle')} | {shop_name}"
    return await visit.page(
        "search.html.j2",
        body_class="is-ctl-search is-act-search",
        title=title,
        listing=listing,
        listing_url=f"{visit.language.path}/widgets/search",
        layout="minimal",
        search_term=term,
        **_active_filters(visit),
        **await frame(visit, "frontend.search.page", search=term),
    )


async def search_widget(visit: Visit) -> Response:
    """Answer the search result's list alone."""
    term = visit.request.query_params.get("search", "").strip()
    listing = await _listing(visit, "/search", {"search": term})
    return await visit.fragment("listing_wrapper.html.j2", listing=listing, layout="minimal")


async def suggest(visit: Visit) -> Response:
    """Answer ``/suggest``: the list below the search field."""
    term = visit.request.query_params.get("search", "").strip()
    if not term:
        return Response(status_code=200, headers={"content-type": "text/html; charset=UTF-8"})
    found = await visit.api.post("/search-suggest", {"search": term, "limit": 10})
    return await visit.fragment(
        "suggest.html.j2", products=found["elements"][:10], total=found["total"], search_term=term
    )


async def detail(visit: Visit, product_id: str) -> Response:
    """Answer ``/detail/{id}`` and its readable address."""
    answer = await visit.api.call("POST", f"/product/{product_id}", {"associations": _DETAIL_PARTS})
    if not answer.ok:
        return await not_found(visit)
    product, configurator = answer.body["product"], answer.body.get("configurator") or []
    category_of = (product.get("seoCategory") or {}).get("id") or next(iter(product.get("categoryIds") or ()), "")
    page_frame = await frame(visit, "frontend.detail.page", active=category_of, productId=product_id)
    options = set(product.get("optionIds") or ())
    names = [
        option["translated"]["name"] for group in configurator for option in group["options"] if option["id"] in options
    ]
    title = " | ".join([product["translated"]["name"], *names, product["productNumber"]])
    return await visit.page(
        "detail.html.j2",
        body_class="is-ctl-product is-act-index",
        title=product["translated"].get("metaTitle") or title,
        product=product,
        manufacturer=_manufacturer(visit, product),
        tiers=product.get("calculatedPrices") or (),
        configurator=configurator,
        selected_options=options,
        properties=_properties(product),
        breadcrumb=page_frame["trail"],
        **page_frame,
    )


async def switch_variant(visit: Visit, product_id: str) -> Response:
    """Answer where the variant with the chosen options is."""
    query = visit.request.query_params
    try:
        options = json.loads(query.get("options") or "{}")
    except ValueError:
        options = {}
    try:
        found = await visit.api.post(
            f"/product/{product_id}/find-variant", {"options": options, "switchedGroup": query.get("switched")}
        )
        variant = found["variantId"]
    except ApiFailureError:
        variant = product_id
    return JSONResponse(
        {"url": visit.seo_url("detail", variant), "productId": variant}, headers={"cache-control": "no-cache, private"}
    )


_DETAIL_PARTS: dict[str, Json] = {"manufacturer": {}, "properties": {"associations": {"group": {}}}}


async def _listing(visit: Visit, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
    given = {
        name: visit.request.query_params[name] for name in _LISTING_PARAMETERS if name in visit.request.query_params
    }
    content: dict[str, Any] = {
        "limit": int(visit.config("core.listing.productsPerPage", 24) or 24),
        **(body or {}),
        **given,
    }
    for name in ("p",):
        if name in content:
            content[name] = int(content[name]) if str(content[name]).isdigit() else 1
    if content.pop("shipping-free", None) in ("1", "true", "on"):
        content["shipping-free"] = True
    listing: dict[str, Any] = await visit.api.post(path, content)
    return listing


def _active_filters(visit: Visit) -> dict[str, Any]:
    query = visit.request.query_params
    chosen = {part for name in ("manufacturer", "properties") for part in query.get(name, "").split("|") if part}
    params = {name: value for name, value in query.items() if name in _LISTING_PARAMETERS or name == "search"}
    return {
        "active_filters": chosen,
        "active_range": {"min": query.get("min-price", ""), "max": query.get("max-price", "")},
        "free_shipping": query.get("shipping-free") in ("1", "true", "on"),
        "listing_params": urlencode(params),
    }


def _manufacturer(visit: Visit, product: Mapping[str, Any]) -> dict[str, Any] | None:
    loaded = product.get("manufacturer")
    if isinstance(loaded, dict) and loaded.get("translated"):
        return loaded
    doc = visit.shop.store.get("product_manufacturer", product.get("manufacturerId") or "")
    if doc is None:
        return None
    name = translated(doc, "name", visit.language.chain) or ""
    return {"name": name, "link": doc.get("link"), "translated": {"name": name}}


def _properties(product: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    groups: dict[str, list[str]] = {}
    for option in product.get("properties") or ():
        group = (option.get("group") or {}).get("translated", {}).get("name")
        if group:
            groups.setdefault(group, []).append(option["translated"]["name"])
    return sorted(groups.items())


def _plain(html: str | None) -> str:
    return Markup(html or "").striptags()  # noqa: S704
