"""The faults, which requests they meet, and how often."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from typing import Any

FAULTS = {
    "delay": "answer later, by `seconds`",
    "hold": "keep the request back until it is released",
    "drop": "let the shop process the request, then close the connection without an answer",
    "duplicate": "send the request to the shop twice",
    "reorder": "let the next request overtake this one",
    "too_many_requests": "429 with Retry-After, the shop sees nothing",
    "error": "500 once, the shop sees nothing",
    "maintenance": "503, the shop sees nothing",
    "token_expired": "401, as at the end of a token's life, the shop sees nothing",
    "deadlock": "500 with the database's deadlock error, the shop sees nothing",
    "truncated": "let the shop process the request, then send half of its answer",
}
HELD_AT_MOST_SECONDS = 30.0


class UnknownFaultError(ValueError):
    """There is no such fault, or a rule is not understood."""


@dataclass
class Rule:
    """Meets requests of a method (any, if empty) whose path matches and whose body contains a text.

    ``skip`` requests pass first, then ``times`` are disturbed. ``seconds`` is of a delay or of Retry-After.
    """

    fault: str
    method: str = ""
    path: str = ""
    body: str = ""
    times: int = 1
    skip: int = 0
    seconds: float = 1.0
    number: int = 0
    met: int = 0
    hit: int = 0
    released: threading.Event = field(default_factory=threading.Event)
    reached: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def of(cls, data: Any) -> Rule:
        """Read a rule; what is not understood is refused."""
        if not isinstance(data, dict):
            raise UnknownFaultError("a rule is an object")
        known = {"fault", "method", "path", "body", "times", "skip", "seconds"}
        if unknown := sorted(set(data) - known):
            raise UnknownFaultError(f"unknown keys {unknown}; a rule has {sorted(known)}")
        if data.get("fault") not in FAULTS:
            raise UnknownFaultError(f"there is no fault {data.get('fault')!r}; there are {', '.join(FAULTS)}")
        try:
            re.compile(str(data.get("path", "")))
        except re.error as error:
            raise UnknownFaultError(f"the path is no regular expression: {error}") from None
        return cls(**data)

    def meets(self, method: str, path: str, body: bytes) -> bool:
        """Whether this request is one of those."""
        return (
            (not self.method or self.method == method)
            and re.search(self.path, path) is not None
            and (not self.body or self.body.encode() in body)
        )

    def to_json(self) -> dict[str, Any]:
        """A plain object."""
        names = ("number", "fault", "method", "path", "body", "times", "skip", "seconds", "met", "hit")
        return {name: getattr(self, name) for name in names} | {"reached": self.reached.is_set()}


class Rules:
    """The rules in force; the first that meets a request and is not used up counts."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Rule] = []
        self._next = 1

    def add(self, rule: Rule) -> Rule:
        """Put a rule in force."""
        with self._lock:
            rule.number = self._next
            self._next += 1
            self._rules.append(rule)
        return rule

    def clear(self) -> None:
        """Take all rules back, and release what is held."""
        with self._lock:
            for rule in self._rules:
                rule.released.set()
            self._rules.clear()

    def numbered(self, number: int) -> Rule | None:
        """Return a rule."""
        with self._lock:
            return next((rule for rule in self._rules if rule.number == number), None)

    def all(self) -> list[dict[str, Any]]:
        """Describe the rules."""
        with self._lock:
            return [rule.to_json() for rule in self._rules]

    def for_request(self, method: str, path: str, body: bytes) -> Rule | None:
        """Return the rule that disturbs this request, and count it."""
        with self._lock:
            for rule in self._rules:
                if rule.hit < rule.times and rule.meets(method, path, body):
                    rule.met += 1
                    if rule.met > rule.skip:
                        rule.hit += 1
                        return rule
        return None
