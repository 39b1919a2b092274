"""A web server on 127.0.0.1 that answers what a test has laid out, and keeps what it was asked."""

from __future__ import annotations

import json
import ssl
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

HANG_UP = "hang up"


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class FakeShop:
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    _laid_out: dict[tuple[str, str], list[tuple[int, Any, dict[str, str]]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def answers(self, method: str, path: str, body: Any = None, status: int = 200, **headers: str) -> None:
        """The next answer for a request; the last one laid out is repeated."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._laid_out[(method, path)].append((status, body, named))

    def hangs_up(self, method: str, path: str) -> None:
        """Close the connection instead of answering."""
        self._laid_out[(method, path)].append((0, HANG_UP, {}))

    def take(self, method: str, path: str) -> tuple[int, Any, dict[str, str]]:
        queue = self._laid_out.get((method, path)) or self._laid_out.get((method, path.partition("?")[0]))
        if not queue:
            return (
                404,
                {"errors": [{"status": "404", "code": "0", "detail": f"nothing laid out for {method} {path}"}]},
                {},
            )
        return queue.pop(0) if len(queue) > 1 else queue[0]

    def of(self, path: str) -> list[Asked]:
        return [entry for entry in self.asked if entry.path.partition("?")[0] == path]


@contextmanager
def serving(certificate: tuple[Path, Path] | None = None) -> Iterator[FakeShop]:
    shop = FakeShop()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            shop.asked.append(Asked(self.command, self.path, dict(self.headers), self.rfile.read(length)))
            status, body, headers = shop.take(self.command, self.path)
            if body is HANG_UP:
                self.close_connection = True
                self.connection.close()
                return
            content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", headers.pop("content-type", "application/json"))
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_DELETE = _serve

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """A client that refuses our certificate is part of the tests."""

    server = Server(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    shop.url = f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield shop
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
