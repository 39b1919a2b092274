"""Requests and answers of the Admin API."""

from __future__ import annotations

import json
import re
import traceback
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from updategate.embedded.refshop.dal.context import ReadContext
from updategate.embedded.refshop.dal.ids import LIVE_VERSION, is_id
from updategate.embedded.refshop.dal.problems import ApiProblem, http_problem
from updategate.embedded.refshop.dal.translate import language_chain
from updategate.embedded.refshop.shop import Shop

from .access import Access, authenticated

_HEADERS = {
    "access-control-allow-origin": "*",
    "x-frame-options": "deny",
    "x-content-type-options": "nosniff",
    "cache-control": "no-cache, private",
}
_JSON_API = "application/vnd.api+json"


@dataclass(slots=True)
class Call:
    """One request: what came in, who asks, with whose eyes the data is read."""

    shop: Shop
    method: str
    path: str
    parameters: dict[str, str]
    query: dict[str, Any]
    headers: dict[str, str]
    body: Any
    raw: bytes
    client: str
    access: Access = field(default_factory=Access)

    @property
    def payload(self) -> dict[str, Any]:
        """The body's keys (an empty list stands for an empty object), over those of the query."""
        body = self.body if isinstance(self.body, dict) else {}
        return {**self.query, **body}

    @property
    def wants_json_api(self) -> bool:
        """Whether the answer is to be JSON:API: it is, unless plain JSON is asked for."""
        return "application/json" not in self.headers.get("accept", "")

    @property
    def url(self) -> str:
        """The address asked for, without its query."""
        return f"{self.shop.base_url}{self.path}"

    def context(self) -> ReadContext:
        """Return how this request reads: its language, version and inheritance headers."""
        headers = self.headers
        language = self.shop.behaviour.language_header(headers.get("sw-language-id"))
        if language is not None and (not is_id(language) or self.shop.store.get("language", language) is None):
            raise ApiProblem(
                412,
                [
                    {
                        "status": "412",
                        "code": "FRAMEWORK__LANGUAGE_NOT_FOUND",
                        "title": "Precondition Failed",
                        "detail": f'Could not find language with id "{language}"',
                        "meta": {"parameters": {"entity": "language", "field": "id", "value": language}},
                    }
                ],
            )
        version = headers.get("sw-version-id") or LIVE_VERSION
        return ReadContext(
            self.shop.store,
            language_chain(self.shop.store, language),
            version,
            inheritance=headers.get("sw-inheritance", "").lower() in ("1", "true"),
            base_url=self.shop.base_url,
            version=self.shop.version,
            user_id=self.access.user_id,
            behaviour=self.shop.behaviour,
        )

    def json(
        self, body: Any, status: int = 200, *, json_api: bool = False, headers: dict[str, str] | None = None
    ) -> Response:
        """Return an answer with a JSON body."""
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        return Response(
            text,
            status,
            {**_HEADERS, "content-type": _JSON_API if json_api else "application/json", **(headers or {})},
        )

    def refused(self, refusal: ApiProblem) -> Response:
        """Return the answer to a request that was refused; the real one forgets some of its headers then."""
        errors = [_as_before_66(error) for error in refusal.errors] if self.shop.version.is_65 else refusal.errors
        answer = self.json({"errors": errors}, refusal.status)
        del answer.headers["x-content-type-options"]
        if not self.shop.version.is_65:
            del answer.headers["x-frame-options"]
        return answer

    def empty(self, status: int = 204, location: str | None = None) -> Response:
        """Return an answer without a body."""
        headers = dict(_HEADERS)
        if location:
            headers["location"] = location
        return Response(b"", status, headers)


def _as_before_66(error: dict[str, Any]) -> dict[str, Any]:
    """Return an error in the words that it had before 6.6."""
    if error["code"] == "FRAMEWORK__INVALID_FILTER_QUERY":
        return {**error, "meta": {"parameters": {"message": error["detail"]}}}
    if error["code"] == "FRAMEWORK__LANGUAGE_NOT_FOUND" and error["status"] == "412":
        id_ = error["meta"]["parameters"]["value"]
        return {
            **error,
            "detail": f'The language "{id_}" was not found.',
            "meta": {"parameters": {"languageId": id_}},
        }
    return error


Handler = Callable[[Call], Response]


@dataclass(frozen=True, slots=True)
class _Entry:
    methods: tuple[str, ...]
    pattern: re.Pattern[str]
    path: str
    handler: Handler
    public: bool
    when: Callable[[Shop], bool] | None


class Router:
    """Routes in the order they were added; ``{name}`` matches one segment, ``{id:id}`` an id, ``{rest:path}`` all."""

    def __init__(self) -> None:
        self.entries: list[_Entry] = []

    def route(
        self, methods: str, path: str, *, public: bool = False, when: Callable[[Shop], bool] | None = None
    ) -> Callable[[Handler], Handler]:
        """Add a handler. ``public``: no token needed. ``when``: whether this version has the route."""
        kinds = {"": "[^/]+", "id": "[0-9a-f]{32}", "path": ".+", "action": "_action"}
        pattern = re.sub(
            r"\{(\w+)(?::(\w+))?\}", lambda match: f"(?P<{match.group(1)}>{kinds[match.group(2) or '']})", path
        )

        def add(handler: Handler) -> Handler:
            self.entries.append(
                _Entry(tuple(methods.split("|")), re.compile(f"^{pattern}$"), path, handler, public, when)
            )
            return handler

        return add


def endpoint(shop: Shop, routers: Iterable[Router]) -> Callable[[Request], Awaitable[Response]]:
    """Return the one endpoint behind which all routes stand."""
    entries = [entry for router in routers for entry in router.entries if entry.when is None or entry.when(shop)]

    async def answer(request: Request) -> Response:
        raw = await request.body()
        return await run_in_threadpool(_answer, shop, entries, request, raw)

    return answer


def _answer(shop: Shop, entries: list[_Entry], request: Request, raw: bytes) -> Response:
    call = Call(
        shop=shop,
        method=request.method,
        path=request.url.path,
        parameters={},
        query=nested_query(request.url.query),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=None,
        raw=raw,
        client=request.client.host if request.client else "127.0.0.1",
    )
    try:
        return _dispatch(call, entries)
    except ApiProblem as refusal:
        return call.refused(refusal)
    except Exception:  # noqa: BLE001 - a mistake of this shop: told on its error output, answered as a shop would
        traceback.print_exc()
        return call.refused(http_problem(500, "Internal Server Error"))


def _dispatch(call: Call, entries: list[_Entry]) -> Response:
    if call.method == "OPTIONS":
        return call.empty(200)
    path = call.path.removeprefix("/api")
    allowed: list[str] = []
    for entry in entries:
        match = entry.pattern.match(path)
        if match is None:
            continue
        if call.method not in entry.methods:
            allowed += entry.methods
            continue
        call.parameters = match.groupdict()
        if not entry.public:
            call.access = authenticated(call.shop, call.headers.get("authorization"))
        call.body = _body(call)
        return entry.handler(call)
    if allowed:
        shown = ", ".join(dict.fromkeys(allowed))
        raise http_problem(405, f'No route found for "{call.method} {call.url}": Method Not Allowed (Allow: {shown})')
    raise not_found(call)


def not_found(call: Call) -> ApiProblem:
    """Return the answer to an address that does not exist."""
    return http_problem(404, f'No route found for "{call.method} {call.url}"')


def _body(call: Call) -> Any:
    if not call.raw:
        return None
    type_ = call.headers.get("content-type", "")
    if type_.startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(call.raw.decode("utf-8", "replace"), keep_blank_values=True))
    if "json" in type_ or (not type_ and call.raw[:1] in b"{["):
        try:
            return json.loads(call.raw)
        except ValueError:
            raise http_problem(400, "The JSON payload is malformed.") from None
    return None


def nested_query(query: str) -> dict[str, Any]:
    """Read a query string as PHP does: ``filter[name]=x`` and ``ids[]=1`` become nested."""
    result: dict[str, Any] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        head, *rest = re.findall(r"[^\[\]]+|\[\]", name.replace("[]", "[]"))
        keys = [head, *(part.strip("[]") for part in rest)]
        target = result
        for position, key in enumerate(keys):
            slot = key or str(len(target))
            if position + 1 == len(keys):
                target[slot] = value
            else:
                inner = target.get(slot)
                if not isinstance(inner, dict):
                    inner = target[slot] = {}
                target = inner
    return {key: _listed(value) for key, value in result.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    items = {key: _listed(item) for key, item in value.items()}
    if items and list(items) == [str(number) for number in range(len(items))]:
        return list(items.values())
    return items
