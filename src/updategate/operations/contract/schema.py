"""The shop's own description of its data, before and after: a hint, never a verdict.

It misleads both ways: documentation is corrected without any change, and the breaks that hurt connectors most stand
in no schema.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from updategate.clients.admin_api import AdminApi
from updategate.clients.errors import ApiError
from updategate.clients.json_text import Json


@dataclass(frozen=True, slots=True)
class Hint:
    """A difference between two schemas."""

    entity: str
    field: str
    message: str

    def to_json(self) -> dict[str, str]:
        """A plain object."""
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.entity}.{self.field} {self.message}" if self.field else f"{self.entity} {self.message}"


def schema_of(admin: AdminApi) -> Json:
    """The shop's entity schema; ``None`` where it offers none."""
    try:
        return admin.ask("GET", "/_info/entity-schema.json")
    except ApiError:
        return None


def hints_between(then: Json, now: Json, entities: set[str]) -> list[Hint]:
    """What the schemas say has changed of the entities that the connector touches."""
    if not isinstance(then, dict) or not isinstance(now, dict):
        return []
    hints: list[Hint] = []
    for entity in sorted(entities & then.keys()):
        if entity not in now:
            hints.append(Hint(entity, "", "is no longer described"))
            continue
        before, after = _properties(then[entity]), _properties(now[entity])
        for name, described in sorted(before.items()):
            other = after.get(name)
            if other is None:
                hints.append(Hint(entity, name, "is no longer described"))
            elif described.get("type") != other.get("type"):
                hints.append(Hint(entity, name, f"was {described.get('type')} and is {other.get('type')}"))
        for name, described in sorted(after.items()):
            if _required(described) and not _required(before.get(name, {})):
                hints.append(Hint(entity, name, "is required now"))
    return hints


def _properties(entity: Json) -> dict[str, dict[str, Json]]:
    found = entity.get("properties") if isinstance(entity, dict) else None
    return {name: entry for name, entry in found.items() if isinstance(entry, dict)} if isinstance(found, dict) else {}


def _required(described: dict[str, Json]) -> bool:
    flags = described.get("flags")
    return isinstance(flags, dict) and bool(flags.get("required"))
