"""Speaks to the Store API of a shop in the same process: no port, no waiting."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.applications import Starlette

from updategate.embedded.refshop import store_api
from updategate.embedded.refshop.dal.ids import SystemClock
from updategate.embedded.refshop.dal.store import EntityStore
from updategate.embedded.refshop.seed.database import opened_data
from updategate.embedded.refshop.seed.starting import adapt_to_start
from updategate.embedded.refshop.shop import Shop
from updategate.embedded.refshop.versions import version_named

Json = dict[str, Any]

URL = "http://shop.test"
PASSWORD = "Shop-pass-1"


def default_shop(folder: Path, version: str = "6.6.7.1") -> Shop:
    """Return a shop with the made-up catalogue that comes with the project."""
    path = folder / f"shop-{version}.sqlite"
    known = version_named(version)
    opened_data(path, known, seed="default")
    shop = Shop(EntityStore(path, SystemClock()), known, base_url=URL)
    adapt_to_start(shop)
    return shop


@dataclass(frozen=True)
class Reply:
    """What the shop answered."""

    status: int
    headers: dict[str, str]
    body: Any

    @property
    def token(self) -> str:
        """The context token of the header."""
        return self.headers["sw-context-token"]

    @property
    def codes(self) -> list[str]:
        """The codes of the errors."""
        return [error["code"] for error in self.body["errors"]]

    @property
    def pointers(self) -> list[str]:
        """Where the errors are."""
        return [error["source"]["pointer"] for error in self.body["errors"]]


@dataclass
class Visitor:
    """A client with its context token, which it takes over from answers as clients should."""

    shop: Shop
    token: str = ""
    language: str | None = None
    _app: Starlette = field(init=False)

    def __post_init__(self) -> None:
        self._app = self.shop.memory.setdefault("tests/app", Starlette(routes=store_api.routes(self.shop)))
        channels = self.shop.store.all("sales_channel")
        self.channel = next(row for row in channels if row["typeId"] == "8a243080f92e4c719546314b577cf82b")

    def get(self, path: str) -> Reply:
        """GET."""
        return self.call("GET", path)

    def post(self, path: str, body: Json | None = None) -> Reply:
        """POST."""
        return self.call("POST", path, body or {})

    def patch(self, path: str, body: Json) -> Reply:
        """PATCH."""
        return self.call("PATCH", path, body)

    def delete(self, path: str) -> Reply:
        """DELETE."""
        return self.call("DELETE", path)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """Send a request below /store-api."""
        sent = {"sw-access-key": self.channel["accessKey"], "content-type": "application/json", "host": "shop.test"}
        if self.token:
            sent["sw-context-token"] = self.token
        if self.language:
            sent["sw-language-id"] = self.language
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        reply = asyncio.run(self._sent(method, f"/store-api{path}", raw, sent))
        self.token = reply.headers.get("sw-context-token", self.token)
        return reply

    async def _sent(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> Reply:
        path, _, query = target.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items() if value],
            "client": ("127.0.0.1", 1),
            "server": ("shop.test", 80),
        }
        start: Json = {}
        chunks: list[bytes] = []

        async def receive() -> Json:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                chunks.append(message.get("body", b""))

        await self._app(scope, receive, send)
        content = b"".join(chunks)
        found = {name.decode().lower(): value.decode() for name, value in start["headers"]}
        return Reply(start["status"], found, json.loads(content) if content else None)

    # -- what customers do ------------------------------------------------------------------------------------------

    def product(self, number: str) -> Json:
        """Return a stored product by its number."""
        return dict(self.shop.store.where("product", productNumber=number)[0])

    def add(self, number: str, quantity: int = 1) -> Reply:
        """Put a product into the cart."""
        id_ = self.product(number)["id"]
        item = {"id": id_, "referencedId": id_, "type": "product", "quantity": quantity}
        return self.post("/checkout/cart/line-item", {"items": [item]})

    def redeem(self, code: str) -> Reply:
        """Enter a promotion code."""
        return self.post("/checkout/cart/line-item", {"items": [{"type": "promotion", "referencedId": code}]})

    def login(self, email: str = "karl@example.com", password: str = PASSWORD) -> Reply:
        """Log in."""
        return self.post("/account/login", {"username": email, "password": password})

    def registration(self, email: str, **changes: Any) -> Json:
        """Return a body with which somebody registers."""
        country = self.shop.store.where("country", iso="DE")[0]["id"]
        return {
            "salutationId": self.shop.store.where("salutation", salutationKey="mr")[0]["id"],
            "firstName": "Rita",
            "lastName": "Record",
            "email": email,
            "password": "long-enough-1",
            "acceptedDataProtection": True,
            "storefrontUrl": self.channel_url,
            "billingAddress": {"street": "Street 1", "zipcode": "10115", "city": "Berlin", "countryId": country},
            **changes,
        }

    @property
    def channel_url(self) -> str:
        """An address of the sales channel."""
        rows = self.shop.store.where("sales_channel_domain", salesChannelId=self.channel["id"])
        return str(rows[0]["url"])

    def order(self, number: str = "WS-1001", quantity: int = 1) -> Json:
        """Order one product."""
        self.add(number, quantity)
        reply = self.post("/checkout/order")
        assert reply.status == 200, reply.body
        return dict(reply.body)
