"""Takes secrets out of what is kept."""

from __future__ import annotations

import json
import re
from typing import Any

MASK = "<masked>"
HEADERS = frozenset({"authorization", "cookie", "set-cookie", "sw-access-key", "sw-context-token"})
_KEYS = frozenset(
    {
        "password", "newpassword", "clientsecret", "secretaccesskey", "accesskey", "accesstoken", "refreshtoken",
        "contexttoken", "token", "swcontexttoken", "hash", "recoveryhash",
    }
)  # fmt: skip


def masked_headers(headers: dict[str, str]) -> dict[str, str]:
    """Headers, the values of secret ones replaced."""
    return {name: MASK if name.lower() in HEADERS else value for name, value in headers.items()}


def masked_text(text: str) -> str:
    """A body, the values of secret fields replaced; keys stay."""
    try:
        return json.dumps(_masked(json.loads(text)), ensure_ascii=False)
    except ValueError:
        return re.sub(r"(?i)((?:password|secret|token)[^=&\s]*=)[^&\s]*", rf"\1{MASK}", text)


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: MASK if isinstance(entry, str) and re.sub(r"[_-]", "", key.lower()) in _KEYS else _masked(entry)
            for key, entry in value.items()
        }
    if isinstance(value, list):
        return [_masked(entry) for entry in value]
    return value
