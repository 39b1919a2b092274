"""Turns HTTP requests into calls and answers into JSON: access key, context token, errors, headers."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

from updategate.embedded.refshop.cart.money import plain
from updategate.embedded.refshop.dal.problems import ApiProblem
from updategate.embedded.refshop.dal.store import Doc
from updategate.embedded.refshop.shop import Shop

from . import errors
from .errors import StoreApiError
from .readable import HEADER, with_seo_urls
from .session import Session, open_session, sales_channel_of_key

_HEADERS = {
    "access-control-allow-origin": "*",
    "x-frame-options": "deny",
    "x-content-type-options": "nosniff",
    "cache-control": "no-cache, private",
}


@dataclass(slots=True)
class Call:
    """One request to the Store API: path parameters, query, JSON body, and the session behind its token."""

    shop: Shop
    method: str
    path: dict[str, str]
    query: Mapping[str, Any]
    body: dict[str, Any]
    headers: Mapping[str, str]
    session: Session
    client: str = "127.0.0.1"
    base_url: str = ""
    #: what was read of the cart when the request came in, for calls that may overlap
    snapshot: Any = None

    def get(self, name: str, default: Any = None) -> Any:
        """Return a parameter of the body or the query."""
        if name in self.body:
            return self.body[name]
        return self.query.get(name, default)

    @property
    def parameters(self) -> dict[str, Any]:
        """Return query and body together, as Shopware reads search criteria."""
        return {**self.query, **self.body}


@dataclass(slots=True)
class Answer:
    """What is answered. ``token`` is the context token of the header, if it changed."""

    body: Any = None
    status: int = 200
    token: str | None = None
    cookies: list[str] = field(default_factory=list)
    content: bytes | None = None
    media_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


Handler = Callable[[Call], Any]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A route of the Store API. ``login`` demands a customer, ``guest`` allows one without an account."""

    method: str
    path: str
    handler: Handler
    login: bool = False
    guest: bool = False
    in_maintenance: bool = False
    threaded: bool = False
    snapshot: Handler | None = None


def store_api_routes(shop: Shop, endpoints: list[Endpoint]) -> list[BaseRoute]:
    """Return the routes, and one behind them that answers what there is no route for."""
    by_path: dict[str, dict[str, Endpoint]] = {}
    for endpoint in endpoints:
        by_path.setdefault(endpoint.path, {})[endpoint.method] = endpoint
    routes: list[BaseRoute] = [
        Route(path, _asgi(shop, methods), methods=None, include_in_schema=False) for path, methods in by_path.items()
    ]
    routes.append(_Fallback(shop))
    return routes


class _Fallback(BaseRoute):
    """Answers unknown paths below /store-api as Shopware does."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] == "http" and scope["path"].startswith("/store-api/"):
            return Match.FULL, {"endpoint": self}
        return Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        error = errors.plain_error(404, f'No route found for "{request.method} {_url(request)}"')
        response = _error_response(error)
        response.headers["sw-context-token"] = request.headers.get("sw-context-token") or self._shop.ids.token()
        await response(scope, receive, send)


def _asgi(shop: Shop, methods: dict[str, Endpoint]) -> Any:
    class Entry:
        """Starlette takes an object with ``__call__`` for an ASGI application, which sees every method."""

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            request = Request(scope, receive)
            response = await _respond(shop, methods, request)
            await response(scope, receive, send)

    return Entry()


async def _respond(shop: Shop, methods: dict[str, Endpoint], request: Request) -> Response:
    endpoint = methods.get("GET" if request.method == "HEAD" else request.method)
    token = request.headers.get("sw-context-token")
    if endpoint is None:
        allowed = ", ".join(methods)
        detail = f'No route found for "{request.method} {_url(request)}": Method Not Allowed (Allow: {allowed})'
        response = _error_response(errors.plain_error(405, detail))
        response.headers["allow"] = allowed
        response.headers["sw-context-token"] = token or shop.ids.token()
        return response
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=_HEADERS)
    try:
        return await _answered(shop, endpoint, request)
    except StoreApiError as error:
        response = _error_response(error)
        if error.status not in (401, 412, 503):
            response.headers["sw-context-token"] = error.token or token or shop.ids.token()
        return response


async def _answered(shop: Shop, endpoint: Endpoint, request: Request) -> Response:
    raw = await request.body()
    channel = _authorised(shop, request, endpoint)
    body = _parsed_body(request, raw)
    session = open_session(
        shop, channel, request.headers.get("sw-context-token"), request.headers.get("sw-language-id")
    )
    call = Call(
        shop,
        request.method,
        dict(request.path_params),
        _parsed_query(request),
        body,
        request.headers,
        session,
        request.client.host if request.client else "127.0.0.1",
        shop.base_url,
    )
    try:
        _check_login(endpoint, session)
        if endpoint.snapshot is not None:
            call.snapshot = endpoint.snapshot(call)
        if endpoint.threaded:
            result = await run_in_threadpool(endpoint.handler, call)
        else:
            result = endpoint.handler(call)
            if isinstance(result, Awaitable):
                result = await result
    except (StoreApiError, ApiProblem) as error:
        raise _with_token(error, call) from None
    answer = _wrapped(result)
    if request.headers.get(HEADER):
        answer.body = with_seo_urls(shop, call.session, answer.body)
    return _response(answer, call)


def _with_token(error: StoreApiError | ApiProblem, call: Call) -> StoreApiError:
    refusal = StoreApiError(error.status, error.errors)
    if call.shop.version.is_65:
        _without_path(refusal)
    refusal.token = call.session.token
    return refusal


def _without_path(refusal: StoreApiError) -> None:
    """Before 6.6 a wrong filter was explained by its message."""
    for each in refusal.errors:
        if each.get("code") == "FRAMEWORK__INVALID_FILTER_QUERY":
            each["meta"] = {"parameters": {"message": each.get("detail")}}


def _wrapped(result: Any) -> Answer:
    return result if isinstance(result, Answer) else Answer(result)


def _authorised(shop: Shop, request: Request, endpoint: Endpoint) -> Doc:
    key = request.headers.get("sw-access-key")
    if not key:
        raise errors.plain_error(401, 'Header "sw-access-key" is required.')
    channel = sales_channel_of_key(shop, key)
    if channel is None or not channel.get("active", True):
        raise errors.refused(412, "FRAMEWORK__ROUTING_SALES_CHANNEL_NOT_FOUND", "No matching sales channel found.")
    client = request.client.host if request.client else ""
    allowed = channel.get("maintenanceIpWhitelist") or ()
    if channel.get("maintenance") and not endpoint.in_maintenance and client not in allowed:
        raise errors.refused(
            503, "FRAMEWORK__API_SALES_CHANNEL_MAINTENANCE_MODE", "The sales channel is in maintenance mode."
        )
    return channel


def _check_login(endpoint: Endpoint, session: Session) -> None:
    if not endpoint.login:
        return
    customer = session.customer
    if customer is None or (customer.get("guest") and not endpoint.guest):
        raise errors.not_logged_in()


def _parsed_body(request: Request, raw: bytes) -> dict[str, Any]:
    if not raw.strip():
        return {}
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return nested(parse_qsl(raw.decode(), keep_blank_values=True))
    try:
        body = json.loads(raw)
    except ValueError:
        raise errors.plain_error(400, "The JSON payload is malformed.") from None
    return body if isinstance(body, dict) else {}


def _parsed_query(request: Request) -> dict[str, Any]:
    text = request.scope.get("query_string", b"")
    return nested(parse_qsl(text.decode(), keep_blank_values=True)) if text else {}


def nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Read PHP's notation of lists and maps: ``ids[]=1&filter[0][type]=equals``."""
    result: dict[str, Any] = {}
    for name, value in pairs:
        head, _, rest = name.partition("[")
        keys = [head, *(part.rstrip("]") for part in rest.split("["))] if rest else [head]
        target: Any = result
        for index, key in enumerate(keys[:-1]):
            following: Any = [] if keys[index + 1] == "" else {}
            if isinstance(target, list):
                target.append(following)
                target = following
            else:
                target = target.setdefault(key, following)
        if isinstance(target, list):
            target.append(value)
        else:
            target[keys[-1]] = value
    return result


def _url(request: Request) -> str:
    return f"http://{request.headers.get('host', '127.0.0.1')}{request.url.path}"


def _error_response(error: StoreApiError) -> Response:
    return Response(encoded({"errors": error.errors}), error.status, headers=_HEADERS, media_type="application/json")


def _response(answer: Answer, call: Call) -> Response:
    headers, token = {**_HEADERS, **answer.headers}, answer.token or call.session.token
    if call.shop.behaviour.tells_context_token(token != call.headers.get("sw-context-token")):
        headers["sw-context-token"] = token
    if answer.content is not None:
        response = Response(answer.content, answer.status, headers=headers, media_type=answer.media_type)
    elif answer.status == 204 or answer.body is None:
        response = Response(None, answer.status if answer.status != 200 else 204, headers=headers)
    else:
        response = Response(encoded(answer.body), answer.status, headers=headers, media_type="application/json")
    for cookie in answer.cookies:
        response.headers.append("set-cookie", cookie)
    return response


def encoded(body: Any) -> bytes:
    """Return JSON as PHP writes it: numbers without a fraction as integers."""
    return json.dumps(body, default=_number, ensure_ascii=False, separators=(",", ":")).encode()


def _number(value: object) -> object:
    if isinstance(value, Decimal):
        return plain(value)
    raise TypeError(f"{type(value).__name__} cannot be shown as JSON")
