"""What can go wrong between us and a shop, told for people.

ShopError
├── ShopUnreachableError    no connection, confirmed by a second look: the process is broken, not failed
├── RequestFaultError       this one request got no answer, although the shop answers others
└── ApiError                the shop answered with an error, with its own code and pointer
    └── SyncError           the sync request did not write everything
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from updategate.clients.json_text import Json
    from updategate.clients.transport import Answer


class NoBrowserError(Exception):
    """No Chromium was found; the message lists where was looked and what to do."""


class CounterpartError(Exception):
    """Something beside the shop that a process needs (an ERP, its connector) could not be used: it is broken."""


class ShopError(Exception):
    """Anything that a tested shop did wrong or did not do."""


class ShopUnreachableError(ShopError):
    """No connection to the shop, confirmed by probing it a second time."""

    def __init__(self, url: str, fault: str) -> None:
        self.url = url
        self.fault = fault
        super().__init__(
            f"The shop {url} cannot be reached: {fault}. A second attempt failed as well. "
            "Is the address right, does the shop run, is a proxy, a VPN or basic authentication missing?"
        )


class RequestFaultError(ShopError):
    """One request got no answer, while the shop answered a probe right afterwards."""

    def __init__(self, request: str, fault: str) -> None:
        self.request = request
        self.fault = fault
        super().__init__(f"{request} got no answer ({fault}), although the shop answers other requests.")


@dataclass(frozen=True, slots=True)
class Violation:
    """One entry of Shopware's ``errors``: its code, detail, and the pointer to the field (empty if none)."""

    code: str
    detail: str
    pointer: str = ""

    def __str__(self) -> str:
        where = f" at {self.pointer}" if self.pointer else ""
        return f"{self.code}{where}: {self.detail}"


class ApiError(ShopError):
    """The shop answered a request with an error.

    ``status`` is the HTTP status, ``violations`` are Shopware's own errors; ``code``, ``detail`` and
    ``pointer`` are those of the first one.
    """

    def __init__(self, request: str, status: int, violations: tuple[Violation, ...], body: str = "") -> None:
        self.request = request
        self.status = status
        self.violations = violations
        first = violations[0] if violations else Violation("", body[:300])
        self.code = first.code
        self.detail = first.detail
        self.pointer = first.pointer
        told = "; ".join(str(violation) for violation in violations) or f"no Shopware error, but: {body[:300]!r}"
        super().__init__(f"{request} answered {status}: {told}")

    @classmethod
    def of(cls, answer: Answer) -> ApiError:
        """Read the error that an answer holds."""
        return cls(answer.request, answer.status, violations_of(answer), answer.text)


class SyncError(ApiError):
    """A sync request was refused, or accepted without writing everything."""


def violations_of(answer: Answer) -> tuple[Violation, ...]:
    """Every error in the body, in Shopware's two shapes: a list ``errors``, or (OAuth) one object."""
    try:
        body = answer.json()
    except ValueError:
        return ()
    return violations_in(body)


def violations_in(body: Json) -> tuple[Violation, ...]:
    """Every error in a parsed body."""
    if not isinstance(body, dict):
        return ()
    errors = body.get("errors")
    if isinstance(errors, dict):
        errors = list(errors.values())
    if not isinstance(errors, list):
        return ()
    found = []
    for error in errors:
        if isinstance(error, dict):
            source = error.get("source")
            pointer = source.get("pointer") if isinstance(source, dict) else None
            detail = error.get("detail") or error.get("message") or error.get("title") or ""
            code = error.get("code") or error.get("messageKey") or error.get("status") or ""
            found.append(Violation(str(code), str(detail), str(pointer or "")))
    return tuple(found)
