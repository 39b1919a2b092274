"""The actors' transport over Locust's own HTTP agent: for load, inside the load process only."""

from __future__ import annotations

import base64
import ssl
import time
from collections.abc import Mapping
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlsplit

import gevent
from geventhttpclient.client import HTTPClientPool
from locust.contrib.fasthttp import FAILURE_EXCEPTIONS, LocustUserAgent

from updategate.clients.errors import RequestFaultError
from updategate.clients.transport import Answer, Call, ConnectionSettings

_API_PREFIXES = ("/store-api", "/api")


class _Agent(LocustUserAgent):
    """Locust's agent, that returns an error answer like any other: the actors judge the status."""

    def _verify_status(self, status_code: int, url: object = None) -> None:
        """Accept every status."""


class AnswerHeaders(Mapping[str, str]):
    """Headers of an answer, whatever the case of their names, without copying them."""

    def __init__(self, headers: Any) -> None:  # noqa: ANN401 - geventhttpclient's Headers have no stubs
        self._headers = headers

    def __getitem__(self, name: str) -> str:
        value = self._headers[name]
        return value if isinstance(value, str) else ", ".join(value)

    def __iter__(self) -> Any:  # noqa: ANN401
        return iter(self._headers)

    def __len__(self) -> int:
        return len(self._headers)


class LoadAnswer(Answer):
    """An answer whose headers are looked up in place: under load, a copy of each costs more than the request."""

    def header(self, name: str) -> str | None:
        """Return a header's value whatever the case of its name."""
        value: str | None = self.headers.get(name)
        return value


class Meter:
    """What the requests of one step took: seconds on the wire, bytes and count."""

    __slots__ = ("requests", "seconds", "size")

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin a step."""
        self.seconds, self.size, self.requests = 0.0, 0, 0


class LocustTransport:
    """One visitor's connection to one shop. Keeps connections alive; ``meter`` adds up what its requests take.

    Pages keep cookies within one visit, as a browser does; API calls have none.
    """

    def __init__(self, base_url: str, settings: ConnectionSettings) -> None:
        self._base_url = base_url.rstrip("/")
        self._settings = settings
        self.meter = Meter()
        self.jar = CookieJar()
        options = _pool_options(settings)
        self._agent = _Agent(client_pool=HTTPClientPool(**options), max_retries=0, max_redirects=5, **options)
        self._pages = _Agent(
            client_pool=self._agent.clientpool, max_retries=0, max_redirects=5, cookiejar=self.jar, **options
        )
        self._auth = {}
        if settings.basic_auth is not None:
            pair = base64.b64encode(":".join(settings.basic_auth).encode()).decode()
            self._auth = {"Authorization": f"Basic {pair}"}

    @property
    def base_url(self) -> str:
        """The shop's address without a slash at the end."""
        return self._base_url

    def new_visitor(self) -> None:
        """Forget the cookies of the visitor before; connections stay open."""
        self.jar.clear()

    def send(self, call: Call) -> Answer:
        """Send one request, once; no answer is a ``RequestFaultError`` (load does not probe again)."""
        content_type, body = call.body()
        headers = {"Accept-Encoding": "gzip, deflate", **self._auth, **call.headers}
        headers.setdefault("Accept", "application/json")
        if content_type:
            headers.setdefault("Content-Type", content_type)
        agent = self._agent if call.path.startswith(_API_PREFIXES) else self._pages
        meter = self.meter
        meter.requests += 1
        begun = time.perf_counter()
        try:
            response = agent.urlopen(
                self._base_url + call.path,
                method=call.method,
                headers=headers,
                payload=body.encode() if body else None,
                max_redirects=5 if call.follow_redirects else 0,
            )
            content = response.content or b""
        except (*FAILURE_EXCEPTIONS, gevent.Timeout) as fault:
            meter.seconds += time.perf_counter() - begun
            raise RequestFaultError(str(call), f"{type(fault).__name__}: {fault}"[:200]) from None
        elapsed = time.perf_counter() - begun
        meter.seconds += elapsed
        meter.size += len(content)
        return LoadAnswer(call.path, response.status_code, AnswerHeaders(response.headers), content, elapsed)

    def close(self) -> None:
        """Close all connections."""
        self._agent.close()


def _pool_options(settings: ConnectionSettings) -> dict[str, Any]:
    connect, read = settings.timeouts
    options: dict[str, Any] = {"concurrency": 4, "connection_timeout": connect, "network_timeout": read}
    if settings.proxy:
        parts = urlsplit(settings.proxy)
        options |= {"proxy_host": parts.hostname, "proxy_port": parts.port or 3128}
    if not settings.verify_tls:
        options["insecure"] = True
        options["ssl_context_factory"] = _trusting_context
    elif settings.ca_file is not None:
        ca_file = str(settings.ca_file)
        options["ssl_context_factory"] = lambda: ssl.create_default_context(cafile=ca_file)
    return options


def _trusting_context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
