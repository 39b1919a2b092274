"""The way of a request through the proxy."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

from .faults import HELD_AT_MOST_SECONDS, Rule, Rules
from .tape import Seen, Tape

HOP_BY_HOP = frozenset(
    {
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailers",
        "transfer-encoding", "upgrade", "content-length", "host", "accept-encoding",
    }
)  # fmt: skip
UPSTREAM_SECONDS = 120

DEADLOCK = (
    "SQLSTATE[40001]: Serialization failure: 1213 Deadlock found when trying to get lock; try restarting transaction"
)


class Reply:
    """What the shop answered, or what is answered in its place."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    @classmethod
    def of_error(cls, status: int, code: str, detail: str, headers: dict[str, str] | None = None) -> Reply:
        """An error in Shopware's form."""
        error = {"status": str(status), "code": code, "title": http.client.responses[status], "detail": detail}
        content = json.dumps({"errors": [error]}).encode()
        return cls(status, {"Content-Type": "application/json", **(headers or {})}, content)


class Proxy:
    """Forwards to one shop, disturbed by rules."""

    def __init__(self, target: str, rules: Rules, tape: Tape, *, verify_tls: bool = True) -> None:
        parts = urlsplit(target)
        self._secure = parts.scheme == "https"
        self._host, self._port = str(parts.hostname), parts.port
        self._netloc, self._prefix = parts.netloc, parts.path.rstrip("/")
        self._context = ssl.create_default_context()
        if not verify_tls:
            self._context.check_hostname = False
            self._context.verify_mode = ssl.CERT_NONE
        self.rules, self.tape = rules, tape
        self._passed = threading.Condition()
        self._count = 0

    def forward(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        """Send a request to the shop."""
        connection: http.client.HTTPConnection
        if self._secure:
            connection = http.client.HTTPSConnection(
                self._host, self._port, timeout=UPSTREAM_SECONDS, context=self._context
            )
        else:
            connection = http.client.HTTPConnection(self._host, self._port, timeout=UPSTREAM_SECONDS)
        try:
            sent = {name: value for name, value in headers.items() if name.lower() not in HOP_BY_HOP}
            sent.update({"Host": self._netloc, "Accept-Encoding": "identity"})
            connection.request(method, self._prefix + path, body=body or None, headers=sent)
            answer = connection.getresponse()
            content = answer.read()
            kept = {name: value for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP}
            return Reply(answer.status, kept, content)
        except (OSError, http.client.HTTPException) as fault:
            return Reply.of_error(502, "PROXY__SHOP_UNREACHABLE", f"the proxy cannot reach the shop: {fault}")
        finally:
            connection.close()

    def handle(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[Reply | None, str]:
        """Return the answer (None: none is given) and the fault that was done."""
        rule = self.rules.for_request(method, path, body)
        fault = rule.fault if rule else ""
        reply = self._instead(rule, path) if rule else None
        if reply is None:
            if rule is not None:
                self._before(rule)
            reply = self.forward(method, path, headers, body)
            if fault == "duplicate":
                reply = self.forward(method, path, headers, body)
        seen = Seen(
            method, path, headers, body, 0 if fault == "drop" else reply.status, reply.headers, reply.body, fault
        )
        self.tape.keep(seen)
        with self._passed:
            self._count += 1
            self._passed.notify_all()
        return (None if fault == "drop" else reply), fault

    def _before(self, rule: Rule) -> None:
        if rule.fault == "delay":
            time.sleep(min(rule.seconds, HELD_AT_MOST_SECONDS))
        elif rule.fault == "hold":
            rule.reached.set()
            rule.released.wait(HELD_AT_MOST_SECONDS)
        elif rule.fault == "reorder":
            with self._passed:
                before = self._count
                self._passed.wait_for(lambda: self._count > before, timeout=min(rule.seconds, HELD_AT_MOST_SECONDS))

    def _instead(self, rule: Rule, path: str) -> Reply | None:
        rule.reached.set() if rule.fault != "hold" else None
        if rule.fault == "too_many_requests":
            seconds = {"Retry-After": str(max(1, round(rule.seconds)))}
            return Reply.of_error(429, "FRAMEWORK__RATE_LIMIT_EXCEEDED", "Too many requests", seconds)
        if rule.fault == "error":
            return Reply.of_error(500, "0", "Internal Server Error")
        if rule.fault == "maintenance":
            return Reply.of_error(
                503, "FRAMEWORK__API_SALES_CHANNEL_MAINTENANCE_MODE", "Maintenance", {"Retry-After": "1"}
            )
        if rule.fault == "token_expired":
            return Reply.of_error(401, "9", "The resource owner or authorization server denied the request.")
        if rule.fault == "deadlock":
            # a sync answers whatever went wrong with 400; all else lets the exception through
            status, code = (400, "1213") if path.partition("?")[0].endswith("/_action/sync") else (500, "0")
            return Reply.of_error(status, code, f"An exception occurred while executing a query: {DEADLOCK}")
        return None


def handler(proxy: Proxy) -> type[BaseHTTPRequestHandler]:
    """The handler of connections from the connector."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            reply, fault = proxy.handle(self.command, self.path, dict(self.headers.items()), body)
            if reply is None:
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                if name.lower() not in ("date", "server"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            if self.command == "HEAD":
                return
            if fault == "truncated":
                self.wfile.write(reply.body[: len(reply.body) // 2])
                self.close_connection = True
                return
            self.wfile.write(reply.body)

        do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = do_HEAD = do_OPTIONS = _pass  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            pass

    return Handler
