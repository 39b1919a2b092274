"""Calls the shop's own Store API in process: the storefront shows what the API says and computes nothing itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from starlette.types import ASGIApp, Message

from .json_values import Json

#: how many elements the Store API gives at once, at most
_PAGE = 100


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """What the Store API answered. Numbers in ``body`` are exact: ``int`` or ``Decimal``."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def ok(self) -> bool:
        """Whether the call succeeded."""
        return self.status < 400

    @property
    def errors(self) -> list[dict[str, Any]]:
        """Shopware's errors, if any."""
        found = self.body.get("errors") if isinstance(self.body, dict) else None
        return found if isinstance(found, list) else []

    @property
    def code(self) -> str:
        """The code of the first error, or nothing."""
        return str(self.errors[0].get("code", "")) if self.errors else ""


class ApiFailureError(Exception):
    """The Store API refused what the storefront cannot do without."""

    def __init__(self, path: str, answer: ApiAnswer) -> None:
        super().__init__(f"{path} answered {answer.status}: {answer.code}")
        self.answer = answer


class StoreApi:
    """The Store API as seen by one visitor."""

    def __init__(self, app: ASGIApp, *, access_key: str, token: str, language_id: str) -> None:
        self._app = app
        self._access_key = access_key
        self._language_id = language_id
        self.token = token

    async def call(
        self, method: str, path: str, body: Json = None, headers: Mapping[str, str] | None = None
    ) -> ApiAnswer:
        """Send one request; ``path`` starts after ``/store-api``. The context token follows what the answer says."""
        target, _, query = path.partition("?")
        content = b"" if body is None else json.dumps(body, default=_number).encode()
        sent = {
            "accept": "application/json",
            "content-type": "application/json",
            "content-length": str(len(content)),
            "host": "127.0.0.1",
            "sw-access-key": self._access_key,
            "sw-context-token": self.token,
            "sw-language-id": self._language_id,
            **(headers or {}),
        }
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": f"/store-api{target}",
            "raw_path": f"/store-api{target}".encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
            "client": ("127.0.0.1", 0),
            "server": ("127.0.0.1", 80),
            "state": {},
        }
        parts: list[bytes] = []
        start: dict[str, Any] = {}
        received = False

        async def receive() -> Message:
            nonlocal received
            if received:
                return {"type": "http.disconnect"}
            received = True
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))

        await self._app(scope, receive, send)
        answered = {name.decode().lower(): value.decode() for name, value in start.get("headers", ())}
        raw = b"".join(parts)
        answer = ApiAnswer(int(start.get("status", 500)), answered, _parsed(raw))
        # A login, a registration and a logout answer with another token (6.5: in the body of the login).
        token = answered.get("sw-context-token", "").split(",")[0].strip()
        if token:
            self.token = token
        return answer

    async def get(self, path: str) -> Json:
        """Return the body of a GET, or raise ``ApiFailureError``."""
        return self._body(path, await self.call("GET", path))

    async def post(self, path: str, body: Json = None) -> Any:
        """Return the body of a POST, or raise ``ApiFailureError``."""
        return self._body(path, await self.call("POST", path, {} if body is None else body))

    async def all_of(self, path: str) -> list[Any]:
        """Return all elements of a list, page by page."""
        found: list[Any] = []
        for page in range(1, 50):
            body = await self.post(path, {"limit": _PAGE, "page": page})
            part = body["elements"] if isinstance(body, dict) else body
            found += part
            if len(part) < _PAGE:
                break
        return found

    @staticmethod
    def _body(path: str, answer: ApiAnswer) -> Json:
        if not answer.ok:
            raise ApiFailureError(path, answer)
        return answer.body


def _parsed(raw: bytes) -> Json:
    if not raw:
        return None
    try:
        return json.loads(raw, parse_float=Decimal)
    except ValueError:
        return None


def _number(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    message = f"{type(value).__name__} cannot be sent to the Store API"
    raise TypeError(message)
