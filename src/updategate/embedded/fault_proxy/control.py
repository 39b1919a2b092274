"""How the proxy is told what to do: a second address, with a token."""

from __future__ import annotations

import hmac
import json
from http.server import BaseHTTPRequestHandler
from typing import Any

from .faults import HELD_AT_MOST_SECONDS, Rule, Rules, UnknownFaultError
from .tape import Tape


def handler(rules: Rules, tape: Tape, token: str) -> type[BaseHTTPRequestHandler]:
    """``GET /faults``, ``POST /faults``, ``DELETE /faults``, ``POST /faults/N/release|await``."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if not hmac.compare_digest(self.headers.get("Authorization", ""), f"Bearer {token}"):
                self._answer(401, {"error": "wrong token"})
                return
            try:
                self._answer(*_done(rules, tape, self.command, self.path, body))
            except (UnknownFaultError, ValueError, TypeError) as error:
                self._answer(400, {"error": str(error)})

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = _serve  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            pass

    return Handler


def _done(rules: Rules, tape: Tape, method: str, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
    """Carry a request out; returns status and answer."""
    parts = path.strip("/").split("/")
    if parts == ["faults"]:
        if method == "POST":
            return 201, rules.add(Rule.of(json.loads(body))).to_json()
        if method == "DELETE":
            rules.clear()
        return 200, {"faults": rules.all(), "exchanges": tape.count}
    if len(parts) == 3 and parts[0] == "faults" and parts[1].isdigit():
        rule = rules.numbered(int(parts[1]))
        if rule is None:
            return 404, {"error": f"there is no fault number {parts[1]}"}
        if parts[2] == "release":
            rule.released.set()
        else:
            wanted = json.loads(body or b"{}").get("seconds", 10)
            rule.reached.wait(min(float(wanted), HELD_AT_MOST_SECONDS))
        return 200, rule.to_json()
    return 404, {"error": "there are /faults and /faults/N/release"}
