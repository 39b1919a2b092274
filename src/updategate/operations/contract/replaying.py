"""Sends what a connector sent once more, and compares the answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote

from updategate.clients.admin_api import AdminApi
from updategate.clients.connection import admin_api
from updategate.clients.errors import ShopError
from updategate.clients.json_text import Json
from updategate.clients.raw_requests import RawAnswer, RawRequests
from updategate.config.environment import Environment
from updategate.operations.contract.comparison import Change, Side, changes_between
from updategate.operations.contract.schema import Hint, hints_between, schema_of
from updategate.operations.contract.tape import Exchange, Reads

_READING = re.compile(
    r"^/(?:api|store-api)/(?:search|search-ids|_info|aggregate|oauth|product-listing|context)(?:/|$|\?)"
)
_TRANSITION = re.compile(r"/_action/\w+/[0-9a-f]{32}/state/")
_CREATION = re.compile(r"^/api/([a-z-]+)(?:\?|$)")
_LOGIN = re.compile(r"^/store-api/account/login(?:\?|$)")
_ID = re.compile(r"^[0-9a-f]{32}$")
MASKED = '"<masked>"'
# credentials, and what the connection adds by itself
_NOT_SENT = frozenset(
    {"authorization", "sw-access-key", "sw-context-token", "host", "content-length", "connection", "accept-encoding",
     "cookie", "user-agent"}
)  # fmt: skip


@dataclass(slots=True)
class Replay:
    """What a replay found. ``skipped`` says why exchanges were left out, ``hints`` come from the schemas alone."""

    replayed: int = 0
    changes: list[Change] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    undecided: list[str] = field(default_factory=list)
    hints: list[Hint] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def replay(
    environment: Environment,
    tape: list[Exchange],
    *,
    reads: Reads | None = None,
    schema: Json = None,
    progress: Callable[[Exchange], None] = lambda _: None,
) -> Replay:
    """Replay a recording against the environment's shop.

    What writes is sent only where the environment permits ``admin_write``; what was created for it is removed again.
    The same change at the same endpoint is told once.
    """
    return _Replaying(environment, reads, schema).run(tape, progress)


class _Replaying:
    def __init__(self, environment: Environment, reads: Reads | None, schema: Json) -> None:
        self._environment = environment
        self._reads = reads
        self._schema = schema
        self._admin: AdminApi | None = admin_api(environment)
        self._connection = RawRequests(environment)
        self._context_token = ""
        self._ids: dict[str, str] = {}
        self._created: list[tuple[str, str]] = []
        self._result = Replay()

    def run(self, tape: list[Exchange], progress: Callable[[Exchange], None]) -> Replay:
        told: set[tuple[str, str, str]] = set()
        try:
            for exchange in tape:
                reason = self._why_not(exchange)
                if reason:
                    self._result.skipped[reason] = self._result.skipped.get(reason, 0) + 1
                    continue
                for change in self._again(exchange):
                    key = (change.kind, change.endpoint, change.where)
                    if key not in told:
                        told.add(key)
                        self._result.changes.append(change)
                self._result.replayed += 1
                progress(exchange)
            if self._schema is not None and self._admin is not None:
                touched = {_entity(exchange) for exchange in tape}
                self._result.hints = hints_between(self._schema, schema_of(self._admin), touched)
        finally:
            self._remove_created()
            self._connection.close()
        return self._result

    def _why_not(self, exchange: Exchange) -> str:
        if exchange.fault or exchange.status in (0, 429, 502, 503, 504):
            return "disturbed when it was recorded"
        if exchange.path.startswith("/api/oauth/"):
            return "signing in (done with the environment's own credentials)"
        if exchange.path.startswith("/api/") and self._admin is None:
            return "the environment has no rights in the Admin API"
        writes = exchange.method not in ("GET", "HEAD") and not _READING.match(exchange.path)
        permit = "carts" if exchange.path.startswith("/store-api/") else "admin_write"
        if writes and permit not in self._environment.permits.allowed():
            return f"it writes, and the environment does not permit {permit}"
        if MASKED in self._unmasked(exchange):
            return "its request held a secret"
        return ""

    def _again(self, exchange: Exchange) -> list[Change]:
        now = self._send(exchange)
        if _TRANSITION.search(exchange.path) and now.status == 400 and exchange.status < 400:
            self._result.undecided.append(f"{exchange.endpoint}: the order is in another state by now")
            return []
        if exchange.method == "DELETE" and now.status == 404 and exchange.status < 400:
            self._result.undecided.append(f"{exchange.endpoint}: it is gone already")
            return []
        then = Side(exchange.status, exchange.response_headers, exchange.response(), bool(exchange.response_text))
        if now.status < 400:
            self._learn(exchange, now.body)
        wanted = self._reads.of(exchange.endpoint) if self._reads else None
        return changes_between(
            exchange.endpoint, then, now, sent=exchange.request(), reads=wanted, exchange=exchange.number
        )

    def _send(self, exchange: Exchange) -> Side:
        answer = self._attempt(exchange)
        if answer.status == 401 and exchange.status != 401 and self._admin is not None:
            self._admin.sign_in.renewed(self._admin.sign_in.token())
            answer = self._attempt(exchange)
        token = answer.header("sw-context-token")
        if not token and isinstance(answer.json, dict):
            token = str(answer.json.get("contextToken") or "")
        self._context_token = token or self._context_token
        return Side(answer.status, answer.headers, answer.json, bool(answer.body))

    def _attempt(self, exchange: Exchange) -> RawAnswer:
        headers = {name: value for name, value in exchange.request_headers.items() if name.lower() not in _NOT_SENT}
        if exchange.path.startswith("/store-api/"):
            headers["sw-access-key"] = self._environment.sales_channel.access_key.get_secret_value()
            if self._context_token:
                headers["sw-context-token"] = self._context_token
        elif self._admin is not None:
            headers["Authorization"] = f"Bearer {self._admin.sign_in.token()}"
        content = exchange.request_bytes or self._translated(self._unmasked(exchange)).encode()
        return self._connection.send(exchange.method, self._translated(exchange.path), headers, content)

    def _unmasked(self, exchange: Exchange) -> str:
        """The request, with the customer's password where it was masked."""
        connector = self._environment.connector
        if not _LOGIN.match(exchange.path) or connector is None or connector.customer_password is None:
            return exchange.request_text
        return exchange.request_text.replace(MASKED, json.dumps(connector.customer_password.get_secret_value()))

    def _translated(self, text: str) -> str:
        for then, now in self._ids.items():
            text = text.replace(then, now)
        return text

    def _learn(self, exchange: Exchange, body: Json) -> None:
        """Ids that the shop has given are others this time; what follows speaks of the new ones."""
        found = _CREATION.match(exchange.path)
        then, now = exchange.response(), body
        pair = (_id_in(then), _id_in(now))
        if found and exchange.method == "POST" and pair[1]:
            if pair[0] and pair[0] != pair[1]:
                self._ids[pair[0]] = pair[1]
                self._created.append((found[1], pair[1]))
            return
        location = next((v for k, v in exchange.response_headers.items() if k.lower() == "location"), "")
        if found and exchange.method == "POST" and location and not pair[0]:
            self._result.undecided.append(f"{exchange.endpoint}: what it creates is named only in a header")

    def _remove_created(self) -> None:
        for entity, entry in reversed(self._created):
            try:
                if self._admin is not None:
                    self._admin.delete(entity.replace("-", "_"), quote(entry))
            except ShopError as fault:
                self._result.left.append(f"{entity} {entry}: {fault}")


def _id_in(body: Json) -> str:
    data = body.get("data") if isinstance(body, dict) else None
    entry = data.get("id") if isinstance(data, dict) else None
    return entry if isinstance(entry, str) and _ID.match(entry) else ""


def _entity(exchange: Exchange) -> str:
    parts = exchange.path.partition("?")[0].strip("/").split("/")
    if len(parts) > 2 and parts[1] in ("search", "search-ids", "aggregate"):
        return parts[2].replace("-", "_")
    return parts[1].replace("-", "_") if len(parts) > 1 else ""
