"""One request of a visitor: session, language, Store API, and the answers in the form that Shopware gives them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from updategate.embedded.refshop.shop import Shop

from .api import StoreApi
from .channel import Channel, Language, config_value
from .json_values import Json
from .rendering import render
from .session import CACHE_HASH_COOKIE, CURRENCY_COOKIE, STATES_COOKIE, Session
from .texts import has_text, text
from .urls import SeoAddresses, UnknownRouteError, path_of, translated

_FIELD = re.compile(r"[^\[\]]+")


class Visit:
    """Everything a page needs to answer one request."""

    def __init__(self, request: Request, shop: Shop, channel: Channel, language: Language, api: StoreApi) -> None:
        self.request = request
        self.shop = shop
        self.channel = channel
        self.language = language
        self.session = Session.of(request, shop)
        self.api = api
        self.api.token = self.session.token
        self.form: dict[str, Any] = {}
        self.violations: list[dict[str, Any]] = []
        self._context: dict[str, Any] | None = None
        self._cart: dict[str, Any] | None = None
        self.forwarded_route = ""

    # -- the visitor ------------------------------------------------------------------------------------------------

    async def context(self, *, fresh: bool = False) -> dict[str, Any]:
        """Return the Store API's context: currency, customer, methods, tax state."""
        if self._context is None or fresh:
            # Every call calculates the cart, and what it complains about is told once: let it be told to us.
            if not self.session.is_new:
                await self.cart()
            self._context = await self.api.get("/context")
        return self._context

    async def cart(self, *, fresh: bool = False) -> dict[str, Any]:
        """Return the cart."""
        if self._cart is None or fresh:
            self._cart = await self.api.get("/storefront/cart")
        return self._cart

    def changed(self, cart: dict[str, Any] | None = None) -> None:
        """Forget what was read before a change; ``cart`` is the cart after it, if known."""
        self._context, self._cart = None, cart

    async def customer(self) -> dict[str, Any] | None:
        """Return who is logged in, guests included."""
        customer = (await self.context()).get("customer")
        return customer if isinstance(customer, dict) else None

    # -- words and addresses ----------------------------------------------------------------------------------------

    def say(self, key: str, **values: object) -> str:
        """Return a text in the visitor's language."""
        locale = self.language.locale
        return self.shop.behaviour.shown_text(key, text(key, locale, self.shop.version, **values), locale)

    def flash(self, kind: str, key: str, **values: object) -> None:
        """Leave a message."""
        self.session.flash(kind, self.say(key, **values))

    def config(self, key: str, default: Json = None) -> Json:
        """Return a setting of the shop."""
        return config_value(self.shop, key, self.channel.id, default)

    def url(self, route: str, **parameters: object) -> str:
        """Return the path of a route in the visitor's language."""
        return self.language.path + path_of(route, parameters)

    @property
    def addresses(self) -> SeoAddresses:
        """The readable addresses in the visitor's language."""
        return SeoAddresses.current(self.shop, self.language.chain, self.channel.root_category)

    def seo_url(self, kind: str, id_: str) -> str:
        """Return the absolute address of a product (``detail``) or category (``navigation``)."""
        if kind == "navigation" and id_ == self.channel.root_category:
            return self.origin + (self.language.path or "") + "/"
        path = self.addresses.path(kind, id_) if self.shop.behaviour.readable_address(kind) else None
        return f"{self.origin}{self.language.path}/{path or f'{kind}/{id_}'}"

    def variation(self, product: Mapping[str, Any]) -> list[dict[str, str]]:
        """Return the options that make a product the variant that it is, with their groups."""
        found = []
        for id_ in product.get("optionIds") or () if product.get("parentId") else ():
            option = self.shop.store.get("property_group_option", id_) or {}
            group = self.shop.store.get("property_group", option.get("groupId") or "") or {}
            names = [str(translated(doc, "name", self.language.chain) or "") for doc in (group, option)]
            found.append({"group": names[0], "option": names[1]})
        return sorted(found, key=lambda each: each["group"])

    @property
    def origin(self) -> str:
        """Scheme and host as the browser called them."""
        return f"{self.request.url.scheme}://{self.request.headers.get('host', self.request.url.netloc)}"

    # -- forms ------------------------------------------------------------------------------------------------------

    async def read_form(self) -> dict[str, Any]:
        """Read the sent form with PHP's bracket notation turned into nested dictionaries."""
        self.form = nested(await self.request.form())
        return self.form

    # -- answers ----------------------------------------------------------------------------------------------------

    async def page(
        self, template: str, *, body_class: str = "", status: int = 200, no_store: bool = False, **data: object
    ) -> Response:
        """Render a whole page with what every page shows."""
        content = render(self, template, await self._common(body_class) | data)
        return self._html(content, status=status, no_store=no_store)

    def closed_page(self, template: str) -> Response:
        """Render a page while the shop is closed, when even the Store API does not answer."""
        nothing: dict[str, Any] = {"body_class": "is-ctl-maintenance", "title": "", "context": {}, "customer": None}
        return self._html(render(self, template, nothing), status=503)

    async def fragment(self, template: str, **data: object) -> Response:
        """Render a part of a page."""
        content = render(self, template, await self._common("") | data)
        return self._html(content)

    @staticmethod
    def _html(content: str, *, status: int = 200, no_store: bool = False) -> Response:
        response = HTMLResponse(content, status_code=status)
        response.headers["content-type"] = "text/html; charset=UTF-8"
        response.headers["cache-control"] = "no-store, private" if no_store else "no-cache, private"
        return response

    async def _common(self, body_class: str) -> dict[str, Any]:
        return {
            "body_class": body_class,
            "context": await self.context(),
            "customer": await self.customer() if self.shop.behaviour.greets_customer(body_class) else None,
            "violations": self.violations,
            "form": self.form,
        }

    def redirect(self, location: str, status: int = 302) -> Response:
        """Send the browser elsewhere."""
        response = RedirectResponse(location, status_code=status)
        response.headers["location"] = location
        response.headers["content-type"] = "text/html; charset=utf-8"
        response.headers["cache-control"] = "no-cache, private"
        return response

    def to_route(self, route: str, **parameters: object) -> Response:
        """Send the browser to a route in its language."""
        return self.redirect(self.url(route, **parameters))

    def action_response(self, default: str | None = None) -> Response | None:
        """Answer an action as its form asks: ``redirectTo`` redirects, ``forwardTo`` is the caller's (``None``)."""
        target = self._value("redirectTo")
        if target is not None:
            try:
                return self.to_route(target or "frontend.home.page", **self.parameters_in("redirectParameters"))
            except UnknownRouteError:
                return self.to_route(default or "frontend.home.page")
        forward = self._value("forwardTo")
        if forward:
            self.forwarded_route = forward
            return None
        return Response(status_code=200, headers={"cache-control": "no-cache, private"})

    def _value(self, name: str) -> str | None:
        value = self.form.get(name, self.request.query_params.get(name))
        return value if isinstance(value, str) else None

    def parameters_in(self, name: str) -> dict[str, Any]:
        """Return the route parameters in a form field: bracket notation, or JSON as a text."""
        value = self.form.get(name) or {}
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                value = {}
        return value if isinstance(value, dict) else {}

    # -- cart messages ----------------------------------------------------------------------------------------------

    def show_cart_errors(self, cart: Mapping[str, Any], *, persistent_only: bool = False) -> bool:
        """Turn the cart's errors into messages, in the order of their weight; return whether there are any."""
        errors = errors_of(cart)
        kinds = {0: "info", 10: "warning", 20: "danger"}
        for level in (0, 10, 20):
            for error in errors:
                transient = str(error.get("messageKey", "")).endswith(_NOT_PERSISTENT)
                if int(error.get("level", 20)) == level and not (persistent_only and transient):
                    self._flash_error(error, kinds[level])
        return bool(errors)

    def _flash_error(self, error: Mapping[str, Any], kind: str) -> None:
        key = f"checkout.{error.get('messageKey')}"
        # up to 6.6.6 the code stands beside the parameters
        values = {"code": error["promotionCode"]} if "promotionCode" in error else {}
        values |= {name: error[name] for name in ("name", "quantity") if name in error}
        values |= dict(error.get("parameters") or {})
        if has_text(key):
            self.flash(kind, key, **values)
        else:
            self.session.flash(kind, str(error.get("message", "")))

    # -- cookies ----------------------------------------------------------------------------------------------------

    async def finish(self, response: Response) -> Response:
        """Store the session and set the cookies that tell the HTTP cache who is asking."""
        self.session.token = self.api.token
        self.session.save(self.shop, response)
        if response.status_code not in (404, 503):
            await self._set_states(response)
        response.headers.setdefault("x-frame-options", "deny")
        response.headers.setdefault("x-content-type-options", "nosniff")
        response.headers.setdefault("referrer-policy", "strict-origin-when-cross-origin")
        return response

    async def _set_states(self, response: Response) -> None:
        context, cart = await self.context(), await self.cart()
        logged_in, filled = context.get("customer") is not None, bool(cart.get("lineItems"))
        states = ",".join(name for name, holds in (("logged-in", logged_in), ("cart-filled", filled)) if holds)
        cookies = self.request.cookies
        if states != cookies.get(STATES_COOKIE, ""):
            _set_or_clear(response, STATES_COOKIE, states)
        if self.request.method != "GET" and not self.request.url.path.endswith("/account/login"):
            return
        wanted = cache_hash(context) if logged_in or filled else ""
        if wanted != cookies.get(CACHE_HASH_COOKIE, ""):
            _set_or_clear(response, CACHE_HASH_COOKIE, wanted)

    def set_currency_cookie(self, response: Response, currency_id: str) -> None:
        """Tell the HTTP cache the currency of a visitor who has neither cart nor login."""
        response.set_cookie(CURRENCY_COOKIE, currency_id, path="/", samesite="lax")


# Errors that a recalculation does not carry on: Shopware shows them on the next page, not after the action.
_NOT_PERSISTENT = ("-method-blocked", "promotion-not-eligible", "promotion-excluded", "-zero-error")


def errors_of(cart: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the errors of a cart (the API gives an object by key, or an empty list)."""
    errors = cart.get("errors") or {}
    return list(errors.values()) if isinstance(errors, dict) else list(errors)


def cache_hash(context: Mapping[str, Any]) -> str:
    """Return what tells the cached pages of one kind of visitor from those of another."""
    group = (context.get("currentCustomerGroup") or {}).get("id")
    base = context.get("context") or {}
    rules = sorted(str(rule) for rule in base.get("ruleIds") or ())
    parts = [rules, (context.get("currency") or {}).get("id"), base.get("taxState"), group]
    return hashlib.md5(json.dumps(parts).encode(), usedforsecurity=False).hexdigest()


def _set_or_clear(response: Response, name: str, value: str) -> None:
    if value:
        response.set_cookie(name, value, path="/", httponly=True, samesite="lax")
    else:
        response.delete_cookie(name, path="/", httponly=True, samesite="lax")


def nested(form: FormData) -> dict[str, Any]:
    """Turn ``a[b][c]=1`` into ``{"a": {"b": {"c": "1"}}}`` and ``a[]=1`` into ``{"a": ["1"]}``, as PHP does."""
    result: dict[str, Any] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            continue
        keys = _FIELD.findall(name)
        is_list = name.endswith("[]")
        target = result
        for key in keys[:-1]:
            following = target.get(key)
            if not isinstance(following, dict):
                following = target[key] = {}
            target = following
        if not keys:
            continue
        if is_list:
            kept = target.get(keys[-1])
            target[keys[-1]] = [*(kept if isinstance(kept, list) else ()), value]
        else:
            target[keys[-1]] = value
    return result
