"""The last HTTP exchanges with a shop, secrets taken out, to be attached to the evidence of a failure."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from updategate.clients.redaction import Redaction

_KEPT_CHARACTERS = 6_000


@dataclass(frozen=True, slots=True)
class Exchange:
    """One attempt: what was sent, and what came back or why nothing did. Already redacted.

    ``at`` is the time of sending (ISO 8601, UTC), ``seconds`` the time until the whole body was there,
    ``status`` is ``None`` where there was no answer, and ``note`` says why the attempt was made if not for
    the first time.
    """

    at: str
    method: str
    url: str
    request_headers: Mapping[str, str]
    request_body: str
    status: int | None
    response_headers: Mapping[str, str]
    response_body: str
    seconds: float
    fault: str = ""
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return a plain object for evidence."""
        data = asdict(self)
        data["seconds"] = f"{self.seconds:.4f}"
        return data

    def __str__(self) -> str:
        outcome = str(self.status) if self.status is not None else f"no answer ({self.fault})"
        note = f" [{self.note}]" if self.note else ""
        lines = [f"{self.at} {self.method} {self.url} -> {outcome} in {self.seconds * 1000:.0f} ms{note}"]
        if self.request_body:
            lines.append(f"  sent: {self.request_body}")
        if self.response_body:
            lines.append(f"  got:  {self.response_body}")
        return "\n".join(lines)


class ExchangeLog:
    """A bounded ring of exchanges; the oldest fall out. Safe to use from several threads."""

    def __init__(self, capacity: int = 60, secrets: Iterable[str] = ()) -> None:
        self.redaction = Redaction(secrets)
        self._ring: deque[Exchange] = deque(maxlen=capacity)
        self._lock = threading.Lock()
        self._count = 0

    def record(
        self,
        *,
        at: str,
        method: str,
        url: str,
        request_headers: Mapping[str, str],
        request_body: str,
        status: int | None,
        response_headers: Mapping[str, str],
        response_body: str,
        seconds: float,
        fault: str = "",
        note: str = "",
    ) -> None:
        """Redact one exchange and keep it."""
        exchange = Exchange(
            at=at,
            method=method,
            url=self.redaction.text(url),
            request_headers=self.redaction.headers(request_headers),
            request_body=_short(self.redaction.text(request_body)),
            status=status,
            response_headers=self.redaction.headers(response_headers),
            response_body=_short(self.redaction.text(response_body)),
            seconds=seconds,
            fault=fault,
            note=note,
        )
        with self._lock:
            self._ring.append(exchange)
            self._count += 1

    @property
    def count(self) -> int:
        """How many exchanges there were in all, those that fell out included."""
        return self._count

    def last(self, number: int | None = None) -> list[Exchange]:
        """Return the last exchanges, oldest first."""
        with self._lock:
            kept = list(self._ring)
        return kept if number is None else kept[-number:]

    def clear(self) -> None:
        """Forget what is kept, e.g. between two processes."""
        with self._lock:
            self._ring.clear()

    def as_text(self) -> str:
        """Everything that is kept, for a person to read."""
        return "\n\n".join(str(exchange) for exchange in self.last())


def _short(text: str) -> str:
    if len(text) <= _KEPT_CHARACTERS:
        return text
    return f"{text[:_KEPT_CHARACTERS]} … ({len(text) - _KEPT_CHARACTERS} more characters)"
