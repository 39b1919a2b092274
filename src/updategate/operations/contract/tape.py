"""What was recorded: exchanges of a connector with a shop, secrets masked, one JSON object a line."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from updategate.clients.json_text import Json, read_json
from updategate.config.errors import ConfigError
from updategate.config.loading import Strict, load

_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer. ``status`` 0: there was none, or it was disturbed on purpose."""

    number: int
    method: str
    path: str
    status: int
    request_headers: Mapping[str, str] = field(default_factory=dict)
    request_text: str = ""
    request_bytes: bytes = b""
    response_headers: Mapping[str, str] = field(default_factory=dict)
    response_text: str = ""
    fault: str = ""

    @property
    def endpoint(self) -> str:
        """Method and path, ids and the query left out: ``POST /api/_action/media/{id}/upload``."""
        return f"{self.method} {_ID.sub('{id}', self.path.partition('?')[0])}"

    def response(self) -> Json:
        """The parsed answer; ``None`` where it is no JSON."""
        return parsed(self.response_text)

    def request(self) -> Json:
        """The parsed request; ``None`` where it is no JSON."""
        return parsed(self.request_text)


class Reads(Strict):
    """What a connector reads of answers, by endpoint: only that can break it.

    Endpoints may hold ``*``. Fields are paths such as ``data.media.url`` (an entry of a list counts as the list) and
    ``header:sw-context-token``. An endpoint that is not named counts as read completely.
    """

    endpoints: dict[str, tuple[str, ...]]

    def of(self, endpoint: str) -> tuple[str, ...] | None:
        """The fields that are read of an endpoint; ``None``: all of them."""
        for pattern, fields in self.endpoints.items():
            if fnmatchcase(endpoint, pattern):
                return fields
        return None


def reads_from(path: Path) -> Reads:
    """Read the file that says what the connector reads."""
    return load(path, Reads, "list of what the connector reads", variables={})


def read_tape(path: Path) -> list[Exchange]:
    """Read a recording; a ``ConfigError`` where it is none, is cut off, or is empty."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError.single(str(path), "", f"This recording cannot be read: {error}.") from None
    exchanges = []
    for number, line in enumerate(lines, start=1):
        try:
            exchanges.append(_exchange(json.loads(line)))
        except (ValueError, KeyError, TypeError, AttributeError):
            message = f"Line {number} is no exchange; was the recording cut off?"
            raise ConfigError.single(str(path), "", message, "Record once more.") from None
    if not exchanges:
        message = "Nothing was recorded: no request came through the proxy."
        raise ConfigError.single(str(path), "", message, "Let the connector speak to the proxy instead of to the shop.")
    return exchanges


def parsed(text: str) -> Json:
    """Parse JSON, or return ``None``."""
    try:
        return read_json(text) if text else None
    except ValueError:
        return None


def _exchange(data: dict[str, Any]) -> Exchange:
    return Exchange(
        number=int(data["seq"]),
        method=str(data["method"]),
        path=str(data["path"]),
        status=int(data["status"]),
        request_headers={str(name): str(value) for name, value in data["request_headers"].items()},
        request_text=str(data.get("request_body", "")),
        request_bytes=base64.b64decode(data.get("request_base64", "")),
        response_headers={str(name): str(value) for name, value in data["response_headers"].items()},
        response_text=str(data.get("response_body", "")),
        fault=str(data.get("fault", "")),
    )
