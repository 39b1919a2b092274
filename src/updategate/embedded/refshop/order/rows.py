"""The rows of an order in one version: the live one, or a draft that an administrator works on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from updategate.embedded.refshop.dal.context import DELETED, ReadContext
from updategate.embedded.refshop.dal.ids import LIVE_VERSION
from updategate.embedded.refshop.dal.store import Doc, EntityStore, versioned


@dataclass(frozen=True, slots=True)
class OrderRows:
    """Reads and writes the entities of orders in one version."""

    store: EntityStore
    version_id: str = LIVE_VERSION

    @property
    def live(self) -> bool:
        """Whether this is the live version."""
        return self.version_id == LIVE_VERSION

    def get(self, entity: str, id_: str | None) -> Doc | None:
        """Return a row."""
        return self._reading.get(entity, id_)

    def where(self, entity: str, **equals: Any) -> list[Doc]:
        """Return the rows with these values."""
        return self._reading.where(entity, **equals)

    def upsert(self, entity: str, doc: Doc) -> str:
        """Write a row; in a draft it is written whole."""
        if self.live:
            return self.store.upsert(entity, {**doc, "versionId": LIVE_VERSION})
        before = self.get(entity, doc.get("id")) or {}
        return self.store.upsert(versioned(entity, self.version_id), {**before, **doc, "versionId": self.version_id})

    def delete(self, entity: str, id_: str) -> None:
        """Delete a row; a draft notes that it is gone."""
        if self.live:
            self.store.delete(entity, id_)
            return
        doc = self.get(entity, id_)
        if doc is not None:
            self.store.upsert(versioned(entity, self.version_id), {**doc, DELETED: True})

    @property
    def _reading(self) -> ReadContext:
        return ReadContext(self.store, version_id=self.version_id)
