"""What a connector tells those who run it."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Problem:
    """Something that could not be exchanged: which flow, which object by its business key, and why."""

    flow: str
    object: str
    code: str
    message: str

    def to_json(self) -> dict[str, str]:
        """A plain object."""
        return asdict(self)


class ShopRefusedError(Exception):
    """The shop answered with an error."""

    def __init__(self, request: str, status: int, errors: list[dict[str, object]]) -> None:
        self.status = status
        self.errors = errors
        first = errors[0] if errors else {}
        self.code = str(first.get("code") or status)
        self.detail = str(first.get("detail") or "")
        super().__init__(f"{request} answered {status} {self.code}: {self.detail}")


class ShopSilentError(Exception):
    """The shop gave no usable answer, however often it was asked."""


class ErpFaultError(Exception):
    """The ERP could not be reached or refused."""
