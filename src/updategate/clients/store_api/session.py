"""A session in the Store API: requests, the context token, and what the session is set to.

``raw_x`` returns the answer whatever its status, ``x`` returns what it holds or raises an ``ApiError``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from updategate.clients.errors import ApiError
from updategate.clients.json_text import Json, JsonObject
from updategate.clients.transport import Answer, Call, Transport

# the most that the Store API delivers at once, unless the shop is configured otherwise
_PAGE = 100


@dataclass(frozen=True, slots=True)
class ContextView:
    """What a session is set to. ``customer_id`` is empty where nobody is logged in."""

    token: str
    currency: str
    currency_id: str
    language_id: str
    sales_channel_id: str
    country_id: str
    payment_method_id: str
    shipping_method_id: str
    customer_group_id: str
    customer_id: str
    tax_state: str

    @classmethod
    def of(cls, body: JsonObject) -> ContextView:
        """Read the answer of ``/store-api/context``."""
        channel = body["salesChannel"]
        location = (body.get("shippingLocation") or {}).get("country") or {}
        return cls(
            token=str(body.get("token") or ""),
            currency=str(body["currency"]["isoCode"]),
            currency_id=str(body["currency"]["id"]),
            language_id=str((body.get("context") or {}).get("languageIdChain", [channel["languageId"]])[0]),
            sales_channel_id=str(channel["id"]),
            country_id=str(location.get("id") or channel["countryId"]),
            payment_method_id=str(body["paymentMethod"]["id"]),
            shipping_method_id=str(body["shippingMethod"]["id"]),
            customer_group_id=str(body["currentCustomerGroup"]["id"]),
            customer_id=str((body.get("customer") or {}).get("id") or ""),
            tax_state=str((body.get("context") or {}).get("taxState") or ""),
        )


class StoreSession:
    """One session: it begins anonymous and keeps the context token that the shop answers with."""

    def __init__(
        self, transport: Transport, access_key: str, *, language_id: str | None = None, currency: str | None = None
    ) -> None:
        self.transport = transport
        self._access_key = access_key
        self.language_id = language_id
        self.token: str | None = None
        # known beforehand under load; else the shop is asked when it is needed
        self._currency = currency

    # -- the request itself

    def raw(
        self,
        method: str,
        path: str,
        body: Json = None,
        *,
        name: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request to ``/store-api`` + ``path`` in this session."""
        sent = {"sw-access-key": self._access_key, **(headers or {})}
        if self.token:
            sent.setdefault("sw-context-token", self.token)
        if self.language_id:
            sent.setdefault("sw-language-id", self.language_id)
        full = f"/store-api{path}"
        payload = {} if body is None and method in {"POST", "PATCH"} else body
        answer = self.transport.send(
            Call(method, full, headers=sent, json=payload, name=f"/store-api{name}" if name else full)
        )
        token = answer.header("sw-context-token")
        if token and answer.ok:
            self.token = token.split(",")[0].strip()
        return answer

    def ask(self, method: str, path: str, body: Json = None, *, name: str = "") -> Json:
        """Send one request and return the parsed body; an error status raises ``ApiError``."""
        answer = self.raw(method, path, body, name=name)
        if not answer.ok:
            raise ApiError.of(answer)
        return answer.json() if answer.body else None

    # -- context

    def context(self) -> ContextView:
        """Read what the session is set to."""
        context = ContextView.of(self.ask("GET", "/context"))
        self._currency = context.currency
        if context.token:
            self.token = context.token
        return context

    @property
    def currency(self) -> str:
        """The ISO code of the session's currency."""
        if self._currency is None:
            self.context()
        return self._currency or ""

    def raw_switch(self, **changes: str) -> Answer:
        """Change the context, for example its ``currencyId``, ``paymentMethodId`` or ``shippingMethodId``."""
        self._currency = None
        return self.raw("PATCH", "/context", dict(changes))

    def switch(self, **changes: str) -> None:
        """Change the context; see ``raw_switch``."""
        answer = self.raw_switch(**changes)
        if not answer.ok:
            raise ApiError.of(answer)

    @staticmethod
    def _object(answer: Answer) -> JsonObject:
        if not answer.ok:
            raise ApiError.of(answer)
        body = answer.json() if answer.body else {}
        return body if isinstance(body, dict) else {"value": body}

    def _pages(self, path: str) -> Iterator[JsonObject]:
        page = 1
        while True:
            found = self._elements(self.ask("POST", path, {"limit": _PAGE, "page": page}))
            yield from found
            if len(found) < _PAGE:
                return
            page += 1

    @staticmethod
    def _elements(body: Json) -> list[JsonObject]:
        elements = body["elements"] if isinstance(body, dict) else body
        return list(elements)
