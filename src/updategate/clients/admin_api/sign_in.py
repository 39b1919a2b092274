"""Signs in to the Admin API and keeps a valid token."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from updategate.clients.errors import ApiError
from updategate.clients.json_text import JsonObject
from updategate.clients.transport import Answer, Call, Transport

# a token is renewed this long before it ends, so that no request is under way when it does
_RENEWED_BEFORE_END_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Integration:
    """An integration of the shop: the grant ``client_credentials``."""

    client_id: str
    client_secret: str

    def request(self) -> JsonObject:
        """Build the body of the token request."""
        return {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }

    def __repr__(self) -> str:
        return f"Integration({self.client_id!r})"


@dataclass(frozen=True, slots=True)
class User:
    """A user of the administration: the grant ``password``."""

    username: str
    password: str

    def request(self) -> JsonObject:
        """Build the body of the token request."""
        return {
            "grant_type": "password",
            "client_id": "administration",
            "scopes": "write",
            "username": self.username,
            "password": self.password,
        }

    def __repr__(self) -> str:
        return f"User({self.username!r})"


Credentials: TypeAlias = Integration | User


class SignIn:
    """Holds the token. One lock, so that parallel buyers do not sign in at once (the tenth failed try is refused)."""

    def __init__(
        self, transport: Transport, credentials: Credentials, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._transport = transport
        self._credentials = credentials
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._ends_at = 0.0

    def raw(self, note: str = "") -> Answer:
        """Ask for a token."""
        return self._transport.send(Call("POST", "/api/oauth/token", json=self._credentials.request(), note=note))

    def token(self) -> str:
        """Return a token that is still valid for a while, a new one if need be."""
        with self._lock:
            if not self._token or self._clock() >= self._ends_at - _RENEWED_BEFORE_END_SECONDS:
                self._renew("sign in" if not self._token else "the token is about to end")
            return self._token

    def renewed(self, refused: str) -> str:
        """Return a token other than the ``refused`` one."""
        with self._lock:
            if self._token == refused:
                self._renew("the token was refused with 401")
            return self._token

    def _renew(self, note: str) -> None:
        asked_at = self._clock()
        answer = self.raw(note)
        if not answer.ok:
            raise ApiError.of(answer)
        body = answer.json()
        self._token = str(body["access_token"])
        self._ends_at = asked_at + float(body["expires_in"])
