"""Decisions about what an update leaves behind."""

# ruff: noqa: FBT001 - decisions are asked for with positional facts

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from .started import Started


class UpdatedStore(Protocol):
    """What a mutant needs of the shop's store."""

    def all(self, entity: str) -> list[dict[str, object]]:
        """Return every document of an entity."""

    def upsert(self, entity: str, doc: dict[str, object]) -> str:
        """Write a document."""

    def delete(self, entity: str, id: str) -> bool:  # noqa: A002 - the store's own name
        """Remove a document."""


class UpdateDecisions:
    """See ``Behaviour``."""

    started = Started()

    def after_update(self, store: UpdatedStore) -> None:
        """Finish an update: called once, with the first start of a new version on older data. All is well already."""

    def may_log_in(self, created_at: datetime | None) -> bool:
        """Tell whether a customer of that moment may log in, the password being right."""
        del created_at
        return True

    def invoice_can_be_credited(self, created_at: datetime | None) -> bool:
        """Tell whether an invoice of that moment can be followed by a credit note."""
        del created_at
        return True

    def indexes_at_once(self) -> bool:
        """Tell whether written rows are indexed at once; else a message waits in the queue for ever."""
        return True

    def waiting_messages(self, waiting: int) -> int:
        """Return how many messages the queue says that it holds."""
        return waiting

    def cached_page_is_fresh(self, fresh: bool) -> bool:
        """Tell whether a page from the cache may be shown; ``fresh``: nothing on it has changed."""
        return fresh
