"""Documents by entity and id: in memory for reading, in SQLite for keeping.

How the parts of the shop use it:

* ``store.get("product", id)`` and ``store.where("product_price", productId=id)`` return the stored documents
  themselves. They are snapshots: never change one, call ``upsert`` with the changed keys instead, which puts a new
  document in its place. So a reader keeps a consistent document while another request writes.
* ``with store.transaction():`` makes several writes one: all are kept or none, other requests see them together.
  Writers wait for each other; keep network calls (mail, payment) out and hand them to ``store.after_commit``.
* ``store.revision("product", "product_price")`` changes with every write to these entities: the key for a cache.
* A many-to-many row has the id ``derived_id(entity, leftId, rightId)``.
* A document of a version other than the live one is kept under ``versioned("order", versionId)``.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from .ids import LIVE_VERSION, Clock, IdSource, SystemClock, api_time

Doc = dict[str, Any]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS document (
  entity TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (entity, id)
);
"""


def versioned(entity: str, version_id: str | None) -> str:
    """Return the name under which documents of this entity stand in the given version."""
    return entity if version_id in (None, LIVE_VERSION) else f"{entity}@{version_id}"


class EntityStore:
    """Write-through documents; safe for use from many threads.

    ``path`` is a SQLite file (``None``: memory only). What it holds already is loaded.
    """

    def __init__(self, path: Path | None = None, clock: Clock | None = None, ids: IdSource | None = None) -> None:
        self._clock = clock or SystemClock()
        self.ids = ids or IdSource(self._clock)
        self._lock = threading.RLock()
        self._documents: dict[str, dict[str, Doc]] = {}
        self._indexes: dict[tuple[str, str], dict[Any, dict[str, None]]] = {}
        self._revisions: dict[str, int] = {}
        self._undo: list[tuple[str, str, Doc | None]] = []
        self._depth = 0
        self._after_commit: list[Callable[[], None]] = []
        #: exact counts since the start, for ``/metrics``
        self.reads = self.rows_read = self.writes = 0
        self._db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        # a crash of the machine may lose the last orders of a test shop; a kill of the process does not
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.executescript(_SCHEMA)
        for entity, id_, body in self._db.execute("SELECT entity, id, body FROM document ORDER BY rowid"):
            self._documents.setdefault(entity, {})[id_] = json.loads(body)

    # -- reading ------------------------------------------------------------------------------------------------

    def get(self, entity: str, id: str) -> Doc | None:  # noqa: A002 - Shopware's own word
        """Return the document, or None."""
        with self._lock:
            self.reads += 1
            self.rows_read += 1
            return self._documents.get(entity, {}).get(id)

    def where(self, entity: str, **equals: Any) -> list[Doc]:
        """Return the documents whose top-level keys equal all of ``equals`` (a missing key equals None)."""
        with self._lock:
            self.reads += 1
            documents = self._documents.get(entity)
            if not documents:
                return []
            if not equals:
                self.rows_read += len(documents)
                return list(documents.values())
            smallest = min((self._index(entity, key).get(value, {}) for key, value in equals.items()), key=len)
            self.rows_read += len(smallest)
            found = [documents[id_] for id_ in smallest]
        if len(equals) == 1:
            return found
        return [doc for doc in found if all(_index_value(doc, key) == value for key, value in equals.items())]

    def all(self, entity: str) -> list[Doc]:
        """Return every document of the entity, oldest first."""
        return self.where(entity)

    def count(self, entity: str) -> int:
        """Return how many documents the entity has."""
        with self._lock:
            return len(self._documents.get(entity, {}))

    def entities(self) -> list[str]:
        """Return the names of all entities that have documents."""
        with self._lock:
            return [entity for entity, documents in self._documents.items() if documents]

    def revision(self, *entities: str) -> int:
        """Return a number that grows with every write to any of these entities."""
        with self._lock:
            return sum(self._revisions.get(entity, 0) for entity in entities)

    # -- writing ------------------------------------------------------------------------------------------------

    def upsert(self, entity: str, doc: Doc) -> str:
        """Insert, or merge the top-level keys into what is there; set createdAt and updatedAt; return the id."""
        id_ = doc.get("id") or self.ids.new()
        now = api_time(self._clock.now())
        with self.transaction():
            before = self._documents.get(entity, {}).get(id_)
            if before is None:
                after = {"createdAt": now, "updatedAt": None, **doc, "id": id_}
            else:
                after = {**before, "updatedAt": now, **doc, "id": id_}
            self._put(entity, id_, after)
        return str(id_)

    def delete(self, entity: str, id: str) -> bool:  # noqa: A002 - Shopware's own word
        """Remove the document; return whether it was there. Children are the caller's to remove."""
        with self.transaction():
            if id not in self._documents.get(entity, {}):
                return False
            self._put(entity, id, None)
            return True

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing; may be nested (an inner one that fails undoes only itself)."""
        return self._transaction()

    @contextmanager
    def unnoticed(self, entity: str) -> Iterator[None]:
        """Let writes to an entity be no news to caches: for mutants that forget to tell them."""
        with self._lock:
            before = self._revisions.get(entity, 0)
            yield
            self._revisions[entity] = before

    def after_commit(self, call: Callable[[], None]) -> None:
        """Run ``call`` once the outermost transaction is kept (at once if there is none)."""
        with self._lock:
            if self._depth:
                self._after_commit.append(call)
                return
        call()

    def save_as(self, path: Path) -> None:
        """Write a copy of everything into a new SQLite file."""
        with self._lock:
            target = sqlite3.connect(path)
            try:
                self._db.backup(target)
            finally:
                target.close()

    def close(self) -> None:
        """Close the file; the store must not be used afterwards."""
        with self._lock:
            self._db.close()

    # -- inside -------------------------------------------------------------------------------------------------

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        calls: list[Callable[[], None]] = []
        with self._lock:
            mark, calls_mark = len(self._undo), len(self._after_commit)
            self._db.execute(f"SAVEPOINT s{self._depth}" if self._depth else "BEGIN")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                self._roll_back(mark)
                del self._after_commit[calls_mark:]
                raise
            self._depth -= 1
            if self._depth:
                self._db.execute(f"RELEASE s{self._depth}")
            else:
                self._db.execute("COMMIT")
                self._undo.clear()
                calls, self._after_commit = self._after_commit, []
        for call in calls:
            call()

    def _roll_back(self, mark: int) -> None:
        while len(self._undo) > mark:
            entity, id_, before = self._undo.pop()
            self._place(entity, id_, before)
        if self._depth:
            self._db.execute(f"ROLLBACK TO s{self._depth}")
            self._db.execute(f"RELEASE s{self._depth}")
        else:
            self._db.execute("ROLLBACK")

    def _put(self, entity: str, id_: str, doc: Doc | None) -> None:
        self.writes += 1
        if doc is None:
            self._db.execute("DELETE FROM document WHERE entity = ? AND id = ?", (entity, id_))
        else:
            body = json.dumps(doc, ensure_ascii=False, separators=(",", ":"))
            self._db.execute(
                "INSERT INTO document (entity, id, body) VALUES (?, ?, ?)"
                " ON CONFLICT (entity, id) DO UPDATE SET body = excluded.body",
                (entity, id_, body),
            )
        self._undo.append((entity, id_, self._documents.get(entity, {}).get(id_)))
        self._place(entity, id_, doc)

    def _place(self, entity: str, id_: str, doc: Doc | None) -> None:
        documents = self._documents.setdefault(entity, {})
        before = documents.get(id_)
        self._revisions[entity] = self._revisions.get(entity, 0) + 1
        for (indexed, key), index in self._indexes.items():
            if indexed != entity:
                continue
            old = _index_value(before, key) if before is not None else None
            new = _index_value(doc, key) if doc is not None else None
            if before is not None and (doc is None or old != new):
                index.get(old, {}).pop(id_, None)
            if doc is not None and (before is None or old != new):
                index.setdefault(new, {})[id_] = None
        if doc is None:
            documents.pop(id_, None)
        else:
            documents[id_] = doc

    def _index(self, entity: str, key: str) -> dict[Any, dict[str, None]]:
        index = self._indexes.get((entity, key))
        if index is None:
            index = {}
            for id_, doc in self._documents.get(entity, {}).items():
                index.setdefault(_index_value(doc, key), {})[id_] = None
            self._indexes[(entity, key)] = index
        return index


def _index_value(doc: Doc, key: str) -> Any:
    value = doc.get(key)
    return None if isinstance(value, list | dict) else value
