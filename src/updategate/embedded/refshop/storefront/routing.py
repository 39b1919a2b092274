"""Which address does what: Shopware's storefront routes, in every language of the shop."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from updategate.embedded.refshop import store_api
from updategate.embedded.refshop.shop import Shop
from updategate.embedded.refshop.store_api.cart_json import CartPresenter
from updategate.embedded.refshop.store_api.cart_store import current_cart
from updategate.embedded.refshop.store_api.http import Answer, Call, Endpoint, store_api_routes
from updategate.embedded.refshop.versions import ShopwareVersion

from . import account, cart, catalogue, checkout, http_cache, profile, system
from .api import ApiFailureError, StoreApi
from .channel import Channel, Language
from .visit import Visit

Handler = Callable[..., Awaitable[Response]]

_ID = "[0-9a-f]{32}"


@dataclass(frozen=True, slots=True)
class _Address:
    method: str
    pattern: re.Pattern[str]
    handler: Handler
    cached: bool = False
    cached_in_65: bool = False
    in_maintenance: bool = False

    def is_cached(self, version: ShopwareVersion) -> bool:
        """Tell whether the HTTP cache keeps the answer; since 6.6 it no longer keeps what was searched for."""
        return self.cached or (self.cached_in_65 and version.is_65)


def _at(method: str, path: str, handler: Handler, **traits: bool) -> _Address:
    pattern = re.sub(r"\{(\w+)\}", rf"(?P<\1>{_ID})", path)
    pattern = re.sub(r"(?<!\?P)<(\w+)>", r"(?P<\1>[^/]+)", pattern)
    return _Address(method, re.compile(pattern), handler, **traits)


_TABLE = (
    _at("GET", "/", catalogue.home, cached=True),
    _at("GET", "/widgets/cms/navigation/{category_id}", catalogue.listing_widget, cached=True),
    _at("GET", "/widgets/search", catalogue.search_widget, cached_in_65=True),
    _at("GET", "/search", catalogue.search, cached_in_65=True),
    _at("GET", "/suggest", catalogue.suggest, cached_in_65=True),
    _at("GET", "/detail/{product_id}/switch", catalogue.switch_variant, cached=True),
    _at("GET", "/checkout/cart", cart.cart_page),
    _at("GET", "/checkout/cart.json", cart.cart_json),
    _at("GET", "/checkout/offcanvas", cart.offcanvas),
    _at("GET", "/widgets/checkout/info", cart.cart_widget),
    _at("POST", "/checkout/line-item/add", cart.add_line_items),
    _at("POST", "/checkout/line-item/change-quantity/<item_id>", cart.change_quantity),
    _at("POST", "/checkout/line-item/delete/<item_id>", cart.delete_line_item),
    _at("DELETE", "/checkout/line-item/delete/<item_id>", cart.delete_line_item),
    _at("POST", "/checkout/promotion/add", cart.add_promotion),
    _at("POST", "/checkout/product/add-by-number", cart.add_by_number),
    _at("GET", "/checkout/register", checkout.register_page),
    _at("GET", "/checkout/confirm", checkout.confirm_page),
    _at("POST", "/checkout/order", checkout.place_order),
    _at("GET", "/checkout/finish", checkout.finish_page),
    _at("POST", "/checkout/configure", checkout.configure),
    _at("POST", "/checkout/language", checkout.switch_language),
    _at("POST", "/country/country-state-data", checkout.country_states),
    _at("GET", "/account", account.overview),
    _at("GET", "/account/login", account.login_page),
    _at("POST", "/account/login", account.post_login),
    _at("GET", "/account/register", account.account_register_page),
    _at("POST", "/account/register", account.post_register),
    _at("GET", "/customer-group-registration/{group_id}", account.group_registration_page),
    _at("GET", "/account/logout", account.log_out),
    _at("GET", "/account/order", account.orders_page),
    _at("GET", "/account/order/edit/{order_id}", account.edit_order_page),
    _at("POST", "/account/order/payment/{order_id}", account.change_order_payment),
    _at("POST", "/account/order/update/{order_id}", account.update_order),
    _at("POST", "/account/order/cancel", account.cancel_order),
    _at("GET", "/account/order/<code>", account.order_by_link),
    _at("GET", "/account/profile", profile.profile_page),
    _at("POST", "/account/profile", profile.save_profile),
    _at("POST", "/account/profile/email", profile.save_email),
    _at("POST", "/account/profile/password", profile.save_password),
    _at("GET", "/account/address", profile.addresses_page),
    _at("GET", "/account/address/create", profile.address_page),
    _at("POST", "/account/address/create", profile.save_address),
    _at("POST", "/account/address/delete/{address_id}", profile.delete_address),
    _at("POST", "/account/address/default-(?P<kind>billing|shipping)/{address_id}", profile.default_address),
    _at("GET", "/account/address/{address_id}", profile.address_page),
    _at("POST", "/account/address/{address_id}", profile.save_address),
    _at("GET", "/account/payment", profile.payment_page),
    _at("POST", "/account/payment", profile.save_payment),
    _at("GET", "/account/recover", profile.recover_page),
    _at("POST", "/account/recover", profile.send_recovery),
    _at("GET", "/account/recover/password", profile.new_password_page),
    _at("POST", "/account/recover/password", profile.save_new_password),
    _at("GET", "/maintenance", system.maintenance, in_maintenance=True),
    _at("GET", "/robots.txt", system.robots, in_maintenance=True),
    _at("GET", "/sitemap.xml", system.sitemap),
)

_BY_ID = re.compile(rf"/(detail|navigation)/({_ID})/?")


def routes(shop: Shop) -> list[BaseRoute]:
    """Return the storefront's routes; they come after those of the APIs because they take every address."""
    api = Starlette(routes=[*_own_api(shop), *store_api.routes(shop)])
    storefront = _Storefront(shop, api)

    def static_file(request: Request) -> Response:
        there = shop.behaviour.has_static_file(request.path_params["name"])
        return system.static_file(request, shop.behaviour) if there else Response(status_code=404)

    return [
        Route("/bundles/storefront/tile/{number:path}.svg", system.tile, methods=["GET"]),
        Route("/bundles/storefront/{name}", static_file, methods=["GET"]),
        Route("/favicon.ico", lambda _: Response(status_code=204), methods=["GET"]),
        Route("/{path:path}", storefront.answer, methods=["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"]),
    ]


def _own_api(shop: Shop) -> list[BaseRoute]:
    """Return what only the storefront asks of the Store API, in process.

    The Store API shows a cart as it is after what was wrong with it has been corrected. The storefront lives in the
    same request as the correction, and tells the customer of it.
    """

    def cart_with_errors(call: Call) -> Answer:
        return Answer(CartPresenter(call.shop, call.session).cart(current_cart(call.shop, call.session)))

    *own, _ = store_api_routes(shop, [Endpoint("GET", "/store-api/storefront/cart", cart_with_errors)])
    return own


class _Storefront:
    def __init__(self, shop: Shop, api: ASGIApp) -> None:
        self._shop = shop
        self._api = api

    async def answer(self, request: Request) -> Response:
        shop, channel = self._shop, Channel.of(self._shop, request.url.path)
        language = channel.language_for(request.url.path)
        path = request.url.path[len(language.path) :] or "/"
        method = "GET" if request.method == "HEAD" else request.method
        address, found, is_other_method = _find(method, path)
        closed = channel.maintenance and (
            request.client is None or request.client.host not in channel.maintenance_allowed
        )
        if closed and not (address and address.in_maintenance):
            return _closed(language)
        if is_other_method:
            return PlainTextResponse("Method Not Allowed", status_code=405)
        is_page = address is None or address.is_cached(shop.version)
        if is_page and (kept := http_cache.cached(shop, request)):
            return kept
        revision = http_cache.revision_of(shop)
        visit = self._visit(request, channel, language)
        shows_messages = bool(visit.session.flashes)
        try:
            response = await _handled(visit, address, path, found)
            response = await visit.finish(response)
        except ApiFailureError as failure:
            if failure.answer.status == 503:
                return _closed(language)
            raise
        if is_page and response.status_code == 200:
            response.headers["age"] = "0"
            if not shows_messages:
                http_cache.keep(shop, request, response, revision)
        return response

    def _visit(self, request: Request, channel: Channel, language: Language) -> Visit:
        api = StoreApi(self._api, access_key=channel.access_key, token="", language_id=language.id)
        return Visit(request, self._shop, channel, language, api)


async def _handled(visit: Visit, address: _Address | None, path: str, found: dict[str, str]) -> Response:
    if address is not None:
        return await address.handler(visit, **found)
    by_id = _BY_ID.fullmatch(path)
    if by_id:
        readable = visit.addresses.path(by_id.group(1), by_id.group(2))
        if readable is not None:
            query = f"?{visit.request.url.query}" if visit.request.url.query else ""
            return visit.redirect(f"{visit.origin}{visit.language.path}/{readable}{query}", status=301)
        kind, id_ = by_id.groups()
    else:
        target = visit.addresses.target(path) if visit.request.method in ("GET", "HEAD") else None
        if target is None:
            return await system.not_found(visit)
        kind, id_ = target
    return await (catalogue.detail if kind == "detail" else catalogue.category)(visit, id_)


def _find(method: str, path: str) -> tuple[_Address | None, dict[str, str], bool]:
    """Return the address, its parameters, and whether the path is known with another method only."""
    known = False
    for address in _TABLE:
        match = address.pattern.fullmatch(path)
        if match is None:
            continue
        if address.method == method:
            return address, match.groupdict(), False
        known = True
    return None, {}, known


def _closed(language: Language) -> Response:
    return Response(
        status_code=307, headers={"location": f"{language.path}/maintenance", "cache-control": "no-cache, private"}
    )
