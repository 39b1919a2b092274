"""The visitor's session: a cookie, the context token behind it, messages for the next page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from updategate.embedded.refshop.shop import Shop

SESSION_COOKIE = "session-"
STATES_COOKIE = "sw-states"
CACHE_HASH_COOKIE = "sw-cache-hash"
CURRENCY_COOKIE = "sw-currency"

_ENTITY = "storefront_session"


@dataclass(slots=True)
class Session:
    """What the shop remembers of a visitor. Kept in the store, so that a session survives an update of the shop."""

    id: str
    token: str
    flashes: list[dict[str, str]] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    is_new: bool = False
    _stored: dict[str, Any] | None = None

    @classmethod
    def of(cls, request: Request, shop: Shop) -> Session:
        """Return the session of the request's cookie, or a new one."""
        known = request.cookies.get(SESSION_COOKIE)
        found = shop.store.get(_ENTITY, known) if known else None
        if found is None:
            return cls(id=shop.ids.token(26).lower(), token=shop.ids.token(32), is_new=True)
        return cls(
            id=found["id"],
            token=found["token"],
            flashes=list(found.get("flashes", ())),
            facts=dict(found.get("facts", {})),
            _stored=found,
        )

    def flash(self, kind: str, message: str) -> None:
        """Leave a message for the next page that shows messages."""
        self.flashes.append({"kind": kind, "text": message})

    def take_flashes(self) -> list[dict[str, str]]:
        """Return the messages and forget them."""
        taken, self.flashes = self.flashes, []
        return taken

    def renew(self, shop: Shop) -> None:
        """Take a new id, as after a login: an id that was known before must not become a logged-in one."""
        shop.store.delete(_ENTITY, self.id)
        self.id = shop.ids.token(26).lower()
        self.is_new = True
        self._stored = None

    def save(self, shop: Shop, response: Response) -> None:
        """Store the session if it changed, and give a new one its cookie."""
        doc = {"id": self.id, "token": self.token, "flashes": self.flashes, "facts": self.facts}
        if self._stored is None or any(self._stored.get(key) != value for key, value in doc.items()):
            shop.store.upsert(_ENTITY, doc)
        if self.is_new:
            response.set_cookie(SESSION_COOKIE, self.id, path="/", httponly=True, samesite="lax")
