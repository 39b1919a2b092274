"""Keeps the exchanges of a connector, secrets masked, one JSON object a line."""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .masking import masked_headers, masked_text

KEPT_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class Seen:
    """One request and its answer. ``status`` 0: there was none."""

    method: str
    path: str
    request_headers: dict[str, str]
    request_body: bytes
    status: int
    response_headers: dict[str, str]
    response_body: bytes
    fault: str = ""


class Tape:
    """Counts all exchanges, and writes them where a file is given."""

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.Lock()
        self._path = path
        self.count = 0
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("", encoding="utf-8")

    def keep(self, seen: Seen) -> None:
        """Keep one exchange."""
        with self._lock:
            self.count += 1
            if self._path is None:
                return
            entry = {
                "seq": self.count,
                "method": seen.method,
                "path": seen.path,
                "request_headers": masked_headers(seen.request_headers),
                **_body("request", seen.request_headers, seen.request_body),
                "status": seen.status,
                "response_headers": masked_headers(seen.response_headers),
                **_body("response", seen.response_headers, seen.response_body),
                "fault": seen.fault,
            }
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry, ensure_ascii=False) + "\n")


def _body(side: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    if not body:
        return {f"{side}_body": ""}
    if any(word in kind for word in ("json", "text", "xml", "x-www-form-urlencoded")):
        return {f"{side}_body": masked_text(body.decode("utf-8", errors="replace"))}
    if len(body) > KEPT_BYTES:
        return {f"{side}_body": "", f"{side}_bytes": len(body)}
    return {f"{side}_base64": base64.b64encode(body).decode()}
