"""How requests get to a shop: the protocol that clients send through, and its implementation on requests."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode

import requests
import urllib3
from requests.structures import CaseInsensitiveDict

from updategate.clients.errors import RequestFaultError, ShopUnreachableError
from updategate.clients.exchange_log import ExchangeLog
from updategate.clients.json_text import Json, read_json, write_json

IDLE_SECONDS = 2.0
"""A connection that was not used for so long is not used again."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request. ``path`` begins with a slash, may carry a query; ``json`` and ``form`` exclude each other.

    ``name`` is what the request is counted under (``/store-api/product/{id}``), for want of it the path;
    ``note`` says why it is sent again, if it is.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Json = None
    form: Mapping[str, str] | None = None
    name: str = ""
    note: str = ""
    follow_redirects: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def body(self) -> tuple[str, str]:
        """Return content type and body as they are sent; both empty where there is no body."""
        if self.form is not None:
            return "application/x-www-form-urlencoded", urlencode(dict(self.form))
        if self.json is not None:
            return "application/json", write_json(self.json)
        return "", ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, untouched. ``elapsed`` is in seconds, from sending to the last byte of the body."""

    request: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    elapsed: float
    url: str = ""

    @property
    def ok(self) -> bool:
        """Whether the status is below 400."""
        return self.status < 400

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", errors="replace")

    def json(self) -> Json:
        """Parse the body; numbers with a point are ``Decimal``. Raises ``ValueError`` where it is no JSON."""
        return read_json(self.body)

    def header(self, name: str) -> str | None:
        """Return a header's value whatever the case of its name."""
        return CaseInsensitiveDict(self.headers).get(name)


class Transport(Protocol):
    """Sends a request once and returns the answer whatever its status."""

    @property
    def base_url(self) -> str:
        """The shop's address without a slash at the end."""

    def send(self, call: Call) -> Answer:
        """Send one request; no answer is a ``ShopUnreachableError`` or a ``RequestFaultError``."""


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """How to get to a shop.

    ``ca_file`` is a PEM file of the authority that signed the shop's certificate; ``verify_tls=False``
    accepts any. ``timeouts`` are seconds to connect and between two bytes.
    """

    verify_tls: bool = True
    ca_file: Path | None = None
    basic_auth: tuple[str, str] | None = None
    proxy: str | None = None
    timeouts: tuple[float, float] = (10.0, 60.0)


class RequestsTransport:
    """A transport on requests: one attempt a call, every attempt logged.

    API clients share one transport, so cookies are refused unless ``keep_cookies`` asks for a browser-like
    session.
    """

    def __init__(
        self,
        base_url: str,
        log: ExchangeLog | None = None,
        settings: ConnectionSettings | None = None,
        *,
        keep_cookies: bool = False,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self.log = log if log is not None else ExchangeLog()
        self._settings = settings or ConnectionSettings()
        self._session = requests.Session()
        self._session.trust_env = False  # only the configuration reads the process environment
        adapter = requests.adapters.HTTPAdapter(pool_connections=4, pool_maxsize=16, max_retries=0)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)
        if not keep_cookies:
            self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.verify = str(self._settings.ca_file) if self._settings.ca_file else self._settings.verify_tls
        if self._settings.proxy:
            self._session.proxies = {"http": self._settings.proxy, "https": self._settings.proxy}
        self._connections = _Connections(adapter)
        if not self._settings.verify_tls:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

    @property
    def base_url(self) -> str:
        """The shop's address without a slash at the end."""
        return self._base_url

    def send(self, call: Call) -> Answer:
        """Send one request, once."""
        try:
            return self._attempt(call)
        except requests.RequestException as fault:
            reason = _reason(fault)
            try:
                self._attempt(Call("GET", "/", note=f"probe after: {call}"))
            except requests.RequestException as second:
                raise ShopUnreachableError(self._base_url, _reason(second)) from None
            raise RequestFaultError(str(call), reason) from None

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def _attempt(self, call: Call) -> Answer:
        content_type, body = call.body()
        headers = {"Accept": "application/json", **call.headers}
        if content_type:
            headers.setdefault("Content-Type", content_type)
        # an Authorization header of the API's own wins: one request can carry only one
        auth = self._settings.basic_auth if "Authorization" not in headers else None
        url = self._base_url + call.path
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        begun = time.perf_counter()
        status: int | None = None
        response_headers: Mapping[str, str] = {}
        content = b""
        fault = ""
        try:
            with self._connections.in_use():
                response = self._session.request(
                    call.method,
                    url,
                    headers=headers,
                    data=body.encode() if body else None,
                    auth=auth or _NoAuth(),
                    timeout=self._settings.timeouts,
                    allow_redirects=call.follow_redirects,
                )
            status, response_headers, content = response.status_code, response.headers, response.content
            elapsed = time.perf_counter() - begun
            return Answer(str(call), status, response_headers, content, elapsed, response.url)
        except requests.RequestException as error:
            fault = _reason(error)
            raise
        finally:
            self.log.record(
                at=at,
                method=call.method,
                url=url,
                request_headers=headers,
                request_body=body,
                status=status,
                response_headers=response_headers,
                response_body=_readable(response_headers, content),
                seconds=time.perf_counter() - begun,
                fault=fault,
                note=call.note,
            )


class _Connections:
    """Lets go of connections that nobody has used for a while.

    Servers close an idle connection after some seconds (Apache after 5) without a word. A request that is sent at that
    moment gets no answer, and nobody knows whether a POST has done its work: so no such connection is used again.
    """

    def __init__(self, adapter: requests.adapters.HTTPAdapter) -> None:
        self._adapter = adapter
        self._lock = threading.Lock()
        self._users = 0
        self._last = time.monotonic()

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Wrap one request."""
        with self._lock:
            if not self._users and time.monotonic() - self._last > IDLE_SECONDS:
                self._adapter.poolmanager.clear()
                for proxy in self._adapter.proxy_manager.values():
                    proxy.clear()
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                self._last = time.monotonic()


class _NoAuth(requests.auth.AuthBase):
    """Keeps requests from looking for credentials in a ``.netrc``."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


def _readable(headers: Mapping[str, str], body: bytes) -> str:
    kind = headers.get("Content-Type", "")
    if not body:
        return ""
    if any(word in kind for word in ("json", "text", "xml", "html", "javascript")):
        return body.decode("utf-8", errors="replace")
    return f"({len(body)} bytes of {kind or 'unknown type'})"


def _reason(fault: requests.RequestException) -> str:
    if isinstance(fault, requests.exceptions.ConnectTimeout):
        return "no connection in time"
    if isinstance(fault, requests.exceptions.Timeout):
        return "no answer in time"
    if isinstance(fault, requests.exceptions.SSLError):
        return f"the TLS certificate was refused ({_innermost(fault)})"
    if isinstance(fault, requests.exceptions.ProxyError):
        return f"the proxy refused or cannot be reached ({_innermost(fault)})"
    return _innermost(fault)


def _innermost(fault: BaseException) -> str:
    text = str(fault)
    for name in ("Connection refused", "Name or service not known", "Temporary failure in name resolution"):
        if name in text:
            return name.lower()
    for marker in ("Connection aborted", "Connection reset", "Remote end closed connection"):
        if marker in text:
            return "the connection was closed without an answer"
    return text.split(": ", 1)[-1][:200] if text else type(fault).__name__
