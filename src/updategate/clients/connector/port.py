"""How a connector is made to exchange something, and known to be idle again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

# what connectors exchange; a described connector says how each is started
FLOWS = ("articles", "prices", "stock", "pictures", "orders", "returning", "customers", "documents")


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something that the connector could not exchange: the business key of the object, and what it says of it."""

    flow: str
    object: str
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.object or self.flow}: {self.code} {self.message}"


@dataclass(frozen=True, slots=True)
class Report:
    """What a connector tells after a run. ``tells`` is false where it tells nothing that can be read."""

    complaints: tuple[Complaint, ...] = ()
    tells: bool = True

    def about(self, *objects: str) -> list[Complaint]:
        """The complaints about these objects, or about everything."""
        return [complaint for complaint in self.complaints if complaint.object in ("", *objects)]

    def names(self) -> list[str]:
        """The objects that the connector complains about."""
        return [complaint.object for complaint in self.complaints]


class Run(Protocol):
    """Flows under way."""

    def until_idle(self) -> Report:
        """Wait until the connector is idle; ``ConnectorStuckError`` after the time that the environment allows."""


class Connector(Protocol):
    """The software between ERP and shop.

    Every method raises a ``ConnectorError`` where the connector cannot be reached or is not idle in time.
    """

    def check(self) -> None:
        """See that it answers."""

    def start(self, *flows: str) -> Run:
        """Start flows, one after the other, and return at once where the connector allows it."""

    def close(self) -> None:
        """End all connections."""
