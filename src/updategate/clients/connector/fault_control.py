"""Tells the proxy before the shop what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from updategate.clients.connector.json_http import JsonHttp
from updategate.clients.json_text import JsonObject

FaultName = Literal[
    "delay", "hold", "drop", "duplicate", "reorder", "too_many_requests", "error", "maintenance", "token_expired",
    "deadlock", "truncated",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """A disturbance of requests whose path matches and whose body contains a text; ``skip`` of them pass before."""

    fault: FaultName
    method: str = ""
    path: str = ""
    body: str = ""
    times: int = 1
    skip: int = 0
    seconds: int = 1

    def to_json(self) -> JsonObject:
        """Return the rule as the proxy reads it."""
        names = ("fault", "method", "path", "body", "times", "skip", "seconds")
        return {name: getattr(self, name) for name in names}


class FaultControl:
    """The controls of one proxy."""

    def __init__(self, url: str, token: str) -> None:
        self._http = JsonHttp(url, token)

    def arm(self, fault: Fault) -> int:
        """Put a fault in force; returns its number."""
        return int(self._http.ask("POST", "/faults", fault.to_json())["number"])

    def clear(self) -> None:
        """Take all faults back."""
        self._http.ask("DELETE", "/faults")

    def hits(self, number: int) -> int:
        """Return how often a fault has happened."""
        faults = self._http.ask("GET", "/faults")["faults"]
        return next((int(entry["hit"]) for entry in faults if entry["number"] == number), 0)

    def reached(self, number: int, seconds: float) -> bool:
        """Wait until a request is held back; false where none came in time."""
        return bool(self._http.ask("POST", f"/faults/{number}/await", {"seconds": round(seconds)})["reached"])

    def release(self, number: int) -> None:
        """Let the held request go on."""
        self._http.ask("POST", f"/faults/{number}/release")

    def close(self) -> None:
        """End all connections."""
        self._http.close()
