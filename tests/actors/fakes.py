from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from updategate.clients.admin_api import Criteria, SearchResult
from updategate.clients.errors import ApiError, Violation


@dataclass
class FakeAdmin:
    """An Admin API that keeps entities in memory and does what the tests need of the real one."""

    entities: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    undeletable: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)

    def upsert(self, *entries: tuple[str, list[dict[str, Any]]]) -> dict[str, Any]:
        for entity, payload in entries:
            for entry in payload:
                self.calls.append(f"upsert {entity} {entry['id']}")
                self.entities.setdefault(entity, {})[entry["id"]] = entry
        return {}

    def patch(self, entity: str, entity_id: str, changes: dict[str, Any]) -> None:
        self.entities[entity][entity_id] |= changes

    def remove(self, *entries: tuple[str, list[dict[str, Any]]]) -> list[str]:
        plan = [(entity, entry["id"]) for entity, payload in entries for entry in payload if "id" in entry]
        for entity, entry in plan:
            self._refuse(entity, entry)
        return [entry for entity, entry in plan if not self._gone(entity, entry)]

    def delete(self, entity: str, entity_id: str) -> bool:
        self._refuse(entity, entity_id)
        return self._gone(entity, entity_id)

    def get(self, entity: str, entity_id: str, *_: str) -> dict[str, Any]:
        return self.entities[entity][entity_id]

    def ids(self, entity: str, criteria: Criteria | None = None) -> list[str]:
        return [entry["id"] for entry in self.search(entity, criteria).data]

    def search(self, entity: str, criteria: Criteria | None = None) -> SearchResult:
        body = (criteria or Criteria()).body
        found = [
            entry
            for entry in self.entities.get(entity, {}).values()
            if all(_fits(entry, wanted) for wanted in body.get("filter", []))
            and ("ids" not in body or entry["id"] in body["ids"])
        ]
        size, page = body.get("limit", 100), body.get("page", 1)
        return SearchResult(found[(page - 1) * size : page * size], len(found))

    def pages(self, entity: str, criteria: Criteria | None = None) -> list[dict[str, Any]]:
        return self.search(entity, criteria).data

    def left(self) -> dict[str, set[str]]:
        return {entity: set(entries) for entity, entries in self.entities.items() if entries}

    def _refuse(self, entity: str, entity_id: str) -> None:
        if entity_id in self.undeletable:
            violation = Violation("FRAMEWORK__DELETE_RESTRICTED", f"{entity} is in use")
            raise ApiError(f"DELETE /api/{entity}/{entity_id}", 409, (violation,))

    def _gone(self, entity: str, entity_id: str) -> bool:
        self.calls.append(f"delete {entity} {entity_id}")
        return self.entities.get(entity, {}).pop(entity_id, None) is not None


def _fits(entry: dict[str, Any], wanted: dict[str, Any]) -> bool:
    value: Any = entry
    for step in wanted["field"].split("."):
        value = value.get(step) if isinstance(value, dict) else None
    kind, sought = wanted["type"], wanted["value"]
    if kind == "equals":
        return bool(value == sought)
    if kind == "equalsAny":
        return value in sought
    text = str(value or "")
    return {"prefix": text.startswith, "suffix": text.endswith}[kind](sought)


class SpyRecorder:
    def __init__(self) -> None:
        self.titles: list[str] = []

    @contextmanager
    def step(self, title: str, **_: object) -> Iterator[None]:
        self.titles.append(title)
        yield
