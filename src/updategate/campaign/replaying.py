"""Answers every address with what another server answered there once: ``python -m … replaying URL``."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from typing import Any

import requests
import uvicorn
from starlette.types import Receive, Scope, Send

Answer = tuple[int, list[tuple[bytes, bytes]], bytes]
_PASSED_ON = ("content-type", "accept", "sw-access-key", "sw-context-token", "authorization")
_NOT_REPEATED = {
    "transfer-encoding",
    "content-encoding",
    "content-length",
    "connection",
    "date",
    "server",
    "set-cookie",
}


class Replaying:
    """An ASGI application. Keeps up to 400 requests as they came, for ``/__sent``."""

    def __init__(self, upstream: str) -> None:
        self._upstream = upstream
        self._answers: dict[tuple[str, str], Answer] = {}
        self._sent: list[dict[str, Any]] = []
        self._count = 0
        self._one_at_a_time = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or ask once."""
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        path = scope["path"]
        if path.startswith("/__"):
            await self._own(path, send)
            return
        self._count += 1
        query = scope["query_string"].decode()
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        full = f"{path}?{query}" if query else path
        if len(self._sent) < 400:
            kept = {name: headers[name] for name in _PASSED_ON if name in headers}
            self._sent.append(
                {"method": scope["method"], "path": full, "name": path[:20], "headers": kept, "body": body.decode()}
            )
        key = (scope["method"], path)
        async with self._one_at_a_time:
            if key not in self._answers:
                found = await asyncio.to_thread(self._ask, scope["method"], full, headers, body)
                if found[0] < 400:  # an error is answered, but not for ever
                    self._answers[key] = found
            status, answered, content = self._answers.get(key) or found
        await send({"type": "http.response.start", "status": status, "headers": answered})
        await send({"type": "http.response.body", "body": content})

    async def _own(self, path: str, send: Send) -> None:
        if path == "/__forget":
            self._sent.clear()
        content = json.dumps({"/__sent": self._sent, "/__count": self._count}.get(path)).encode()
        answered = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": answered})
        await send({"type": "http.response.body", "body": content})

    def _ask(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        kept = {name: headers[name] for name in _PASSED_ON if name in headers}
        found = requests.request(
            method, self._upstream + path, headers=kept, data=body or None, allow_redirects=False, timeout=30
        )
        answered = [
            (name.lower().encode(), value.encode())
            for name, value in found.headers.items()
            if name.lower() not in _NOT_REPEATED
        ]
        return found.status_code, [*answered, (b"content-length", str(len(found.content)).encode())], found.content


def main() -> int:
    """Serve on a free port, and print the address."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(256)
    sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    config = uvicorn.Config(Replaying(sys.argv[1].rstrip("/")), log_level="warning", access_log=False, lifespan="off")
    asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
