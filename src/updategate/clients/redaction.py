"""Takes secrets out of what is kept as evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

MASK = "<redacted>"

_SECRET_HEADERS = frozenset(
    {
        "authorization",
        "proxy-authorization",
        "sw-access-key",
        "sw-context-token",
        "cookie",
        "set-cookie",
        "x-api-key",
    }
)
# compared without case, hyphens and underscores
_SECRET_KEYS = frozenset(
    {
        "password", "newpassword", "newpasswordconfirm", "passwordconfirm", "passwordconfirmation", "secret",
        "clientsecret", "secretaccesskey", "accesskey", "token", "contexttoken", "accesstoken", "refreshtoken",
        "swaccesskey", "swcontexttoken", "authorization", "hash", "recoveryhash",
    }
)  # fmt: skip
_IN_JSON = re.compile(r'"(?P<key>[A-Za-z_\-]+)"\s*:\s*"(?P<value>(?:[^"\\]|\\.)*)"')
_IN_FORM = re.compile(r"(?P<lead>^|&)(?P<key>[A-Za-z_%\-\[\]]+)=(?P<value>[^&\s]*)")
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}")


class Redaction:
    """Masks secret headers and fields, and every literal secret that it was given."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        # short values would mask ordinary words
        self._secrets = sorted({secret for secret in secrets if len(secret) >= 6}, key=len, reverse=True)

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return the headers with the values of secret ones masked."""
        return {
            name: MASK if name.lower() in _SECRET_HEADERS else self._literals(value) for name, value in headers.items()
        }

    def text(self, text: str) -> str:
        """Return a body (JSON, a form, HTML) with the values of secret fields masked."""
        text = _IN_JSON.sub(_mask_json, text)
        if "\n" not in text and "=" in text and not text.lstrip().startswith(("{", "[", "<")):
            text = _IN_FORM.sub(_mask_form, text)
        return self._literals(_BEARER.sub(lambda match: f"{match.group(1)} {MASK}", text))

    def parameters(self, parameters: Mapping[str, Any]) -> dict[str, str]:
        """Return the parameters of a step as text, secrets masked."""
        return {name: MASK if _is_secret(name) else self._literals(str(value)) for name, value in parameters.items()}

    def _literals(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return text


def _is_secret(key: str) -> bool:
    return key.lower().replace("_", "").replace("-", "") in _SECRET_KEYS


def _mask_json(match: re.Match[str]) -> str:
    return f'"{match.group("key")}": "{MASK}"' if _is_secret(match.group("key")) else match.group(0)


def _mask_form(match: re.Match[str]) -> str:
    if not _is_secret(match.group("key")):
        return match.group(0)
    return f"{match.group('lead')}{match.group('key')}={MASK}"
