"""What actors tell while they work: their steps, and what they are about to leave in the shop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


class Recorder(Protocol):
    """Receives each task of an actor as a step of the running process."""

    def step(self, title: str, **parameters: object) -> AbstractContextManager[None]:
        """Enclose a task. ``title`` is a sentence of the business; the step fails if the block raises."""


class Journal(Protocol):
    """Receives what is created and removed, so that a killed run's leftovers can be found again."""

    def created(self, entity: str, id: str, mark: str) -> None:  # noqa: A002 - the name of the record's field
        """Tell *before* the request is sent that something will be created.

        ``id`` is its id or, where the shop gives the id, ``email:ada@example.com`` (a customer) or
        ``email:ada@example.com#1`` (that customer's first order). ``mark`` finds it without the journal.
        """

    def removed(self, entity: str, id: str) -> None:  # noqa: A002 - the name of the record's field
        """Tell that something which was told as created is gone from the shop, under the same ``id``."""


class Indicators(Protocol):
    """Receives what a process measures."""

    def note(self, name: str, value: float, unit: str, samples: int | None = None) -> None:
        """Note one value with its unit (``s``, ``1/s``)."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A document that an actor has held in hands: a mail, a PDF. ``type`` is its media type."""

    name: str
    type: str
    content: bytes


@runtime_checkable
class KeepsDocuments(Protocol):
    """An actor who can show afterwards what was read: of a failed test it is kept beside the evidence."""

    def documents(self) -> Sequence[Kept]:
        """What was read during this test."""


class SilentRecorder:
    """Records nothing: for load, where a step would cost more than the request."""

    @contextmanager
    def step(self, title: str, **parameters: object) -> Iterator[None]:  # noqa: ARG002 - the protocol's signature
        """Do nothing around the task."""
        yield


class MemoryJournal:
    """Keeps the journal in memory: for load slices and tests."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, str, str]] = []
        self.gone: list[tuple[str, str]] = []

    def created(self, entity: str, id: str, mark: str) -> None:  # noqa: A002 - the protocol's signature
        """Keep the entry."""
        self.entries.append((entity, id, mark))

    def removed(self, entity: str, id: str) -> None:  # noqa: A002 - the protocol's signature
        """Keep the entry."""
        self.gone.append((entity, id))

    def left(self) -> list[tuple[str, str]]:
        """Return what was created and not removed, each once."""
        gone = set(self.gone)
        return [entry for entry in dict.fromkeys((entity, key) for entity, key, _ in self.entries) if entry not in gone]
