"""Requests sent byte by byte as they were recorded: no client reads or builds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import requests

from updategate.clients.connection import connection_settings
from updategate.clients.errors import ShopUnreachableError
from updategate.clients.json_text import Json, read_json
from updategate.config.environment import Environment


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """What came back. ``json`` is ``None`` where the body is empty or no JSON."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    json: Json

    def header(self, name: str) -> str:
        """A header's value whatever the case of its name; empty where it is not there."""
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), "")


class RawRequests:
    """A connection to an environment's shop that adds nothing but what the connection itself needs."""

    def __init__(self, environment: Environment) -> None:
        self._url = environment.url
        self._settings = connection_settings(environment)
        self._session = requests.Session()
        self._session.trust_env = False

    def send(self, method: str, path: str, headers: Mapping[str, str], content: bytes) -> RawAnswer:
        """Send one request, once; no answer is a ``ShopUnreachableError``."""
        settings = self._settings
        try:
            answer = self._session.request(
                method,
                self._url + path,
                headers=dict(headers),
                data=content or None,
                auth=settings.basic_auth if "Authorization" not in headers else _NoAuth(),
                verify=str(settings.ca_file) if settings.ca_file else settings.verify_tls,
                proxies={"http": settings.proxy, "https": settings.proxy} if settings.proxy else None,
                timeout=settings.timeouts,
                allow_redirects=False,
            )
        except requests.RequestException as fault:
            raise ShopUnreachableError(self._url, str(fault)[:200]) from None
        return RawAnswer(answer.status_code, dict(answer.headers), answer.content, _json(answer.content))

    def close(self) -> None:
        """End all connections."""
        self._session.close()


class _NoAuth(requests.auth.AuthBase):
    """Keeps requests from looking for credentials in a ``.netrc``."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


def _json(content: bytes) -> Json:
    try:
        return read_json(content) if content else None
    except ValueError:
        return None
