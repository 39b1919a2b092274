"""The shop's Admin API, with the patience that a connector needs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import requests

from .behaviour import Behaviour
from .problems import ShopRefusedError, ShopSilentError

TRIES = 6
# statuses after which the same request may succeed
PASSING = frozenset({429, 500, 502, 503, 504})


class Shop:
    """One integration of one shop."""

    def __init__(
        self, url: str, client_id: str, client_secret: str, behaviour: Behaviour, *, wait: float = 0.3
    ) -> None:
        self.url = url.rstrip("/")
        self._credentials = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        self._behaviour = behaviour
        self._wait = wait
        self._session = requests.Session()
        self._session.trust_env = False
        self._token = ""
        self._version: tuple[int, ...] = ()

    # -- requests

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
    ) -> Any:
        """Send a request until it is answered, and return the parsed body (None for an empty one)."""
        answer = self._patiently(lambda: self._send(method, path, body, headers or {}, content), f"{method} {path}")
        return answer.json() if answer.content else None

    def download(self, path: str) -> bytes:
        """Fetch a file."""
        send = lambda: self._send("GET", path, None, {"Accept": "*/*"}, None)  # noqa: E731
        return self._patiently(send, f"GET {path}").content

    def _patiently(self, send: Callable[[], requests.Response], request: str) -> requests.Response:
        told = ""
        for attempt in range(1, self._behaviour.tries(TRIES) + 1):
            try:
                answer = send()
                if "json" in answer.headers.get("Content-Type", "") and answer.content:
                    answer.json()
            except (requests.RequestException, ValueError) as fault:
                # no answer, or half of one: whether the request was carried out is not known
                told = str(fault)[:200]
                self._rest(attempt)
                continue
            if answer.status_code == 401 and attempt <= 2:
                self._token = ""
                continue
            if answer.status_code < 400:
                return answer
            refused = ShopRefusedError(request, answer.status_code, _errors(answer))
            passing = answer.status_code in PASSING and not (answer.status_code == 500 and _is_final(refused))
            if not passing and not _deadlocked(refused):
                raise refused
            told = str(refused)
            self._rest(attempt, answer.headers.get("Retry-After"))
        raise ShopSilentError(f"{request} was not answered in {TRIES} tries: {told}")

    def _rest(self, attempt: int, wanted: str | None = None) -> None:
        seconds = float(wanted) if wanted and wanted.isdigit() else self._wait * attempt
        time.sleep(min(seconds, 30.0))

    def _send(
        self, method: str, path: str, body: Any, headers: dict[str, str], content: bytes | None
    ) -> requests.Response:
        if not self._token:
            self._sign_in()
        sent = {"Authorization": f"Bearer {self._token}", "Accept": "application/json", **headers}
        return self._session.request(
            method, f"{self.url}/api{path}", json=body, data=content, headers=sent, timeout=60, allow_redirects=False
        )

    def _sign_in(self) -> None:
        answer = self._session.post(f"{self.url}/api/oauth/token", json=self._credentials, timeout=60)
        if answer.status_code >= 400:
            if answer.status_code in PASSING:
                raise requests.ConnectionError(f"signing in was answered with {answer.status_code}")
            raise ShopRefusedError("POST /oauth/token", answer.status_code, _errors(answer))
        self._token = str(answer.json()["access_token"])

    # -- what connectors do

    def version(self) -> tuple[int, ...]:
        """Return the shop's version."""
        if not self._version:
            text = str(self.ask("GET", "/_info/version")["version"])
            self._version = tuple(int(part) for part in text.split(".")[:3] if part.isdigit())
        return self._version

    def search(self, entity: str, criteria: dict[str, Any]) -> list[dict[str, Any]]:
        """Return one page of what is found."""
        return list(self.ask("POST", f"/search/{entity.replace('_', '-')}", criteria)["data"])

    def everything(self, entity: str, criteria: dict[str, Any], size: int = 100) -> Iterator[dict[str, Any]]:
        """Yield all that is found, in the order of ids."""
        page = 1
        while True:
            found = self.search(entity, {**criteria, "sort": [{"field": "id"}], "limit": size, "page": page})
            yield from found
            if len(found) < size:
                return
            page += 1

    def sync(self, operations: list[dict[str, Any]], *, headers: dict[str, str] | None = None) -> None:
        """Write in one transaction."""
        self.ask("POST", "/_action/sync", operations, headers=headers)

    def move(self, entity: str, entity_id: str, action: str) -> bool:
        """Move along a state machine; False where it is there already or cannot go there."""
        try:
            self.ask("POST", f"/_action/{entity}/{entity_id}/state/{action}", {})
        except ShopRefusedError as refused:
            if "ILLEGAL" in refused.code.upper():
                return False
            raise
        return True


def equals(field: str, value: Any) -> dict[str, Any]:
    """A filter."""
    return {"type": "equals", "field": field, "value": value}


def any_of(field: str, values: list[str]) -> dict[str, Any]:
    """A filter."""
    return {"type": "equalsAny", "field": field, "value": values}


def _errors(answer: requests.Response) -> list[dict[str, object]]:
    try:
        body = answer.json()
    except ValueError:
        return [{"code": str(answer.status_code), "detail": answer.text[:200]}]
    found = body.get("errors") if isinstance(body, dict) else None
    if isinstance(found, list):
        return [entry for entry in found if isinstance(entry, dict)]
    return [{"code": str(answer.status_code), "detail": str(body)[:200]}]


def _deadlocked(refused: ShopRefusedError) -> bool:
    """Whether the database chose this transaction to break a deadlock: a sync is then answered with 400."""
    return "40001" in refused.detail or "Deadlock" in refused.detail


def _is_final(refused: ShopRefusedError) -> bool:
    """Whether a 500 tells of the data and not of the moment: Shopware answers foreign and duplicate keys so."""
    words = refused.detail
    return not (_deadlocked(refused) or "HY000" in words) and (
        refused.code.startswith(("FRAMEWORK__", "CONTENT__", "CHECKOUT__"))
        or "1062" in words
        or "1452" in words
        or "23000" in words
    )
