"""What is to be written: one command a row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from updategate.embedded.refshop.dal.context import ReadContext
from updategate.embedded.refshop.dal.definitions import Definition
from updategate.embedded.refshop.dal.store import Doc
from updategate.embedded.refshop.versions import ShopwareVersion

from .values import Violations


@dataclass(slots=True)
class Command:
    """One row to store: ``changes`` are merged into what is there."""

    definition: Definition
    id: str
    changes: Doc
    insert: bool
    translations: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class Written:
    """Primary keys by entity, as a sync result lists them."""

    keys: dict[str, list[Any]] = field(default_factory=dict)

    def add(self, entity: str, key: Any) -> None:
        """Note a written row once."""
        known = self.keys.setdefault(entity, [])
        if key not in known:
            known.append(key)

    def merge(self, other: Written) -> None:
        """Take over what another write wrote."""
        for entity, keys in other.keys.items():
            for key in keys:
                self.add(entity, key)


@dataclass(slots=True)
class Extraction:
    """What one write collects before anything is stored."""

    context: ReadContext
    version: ShopwareVersion
    language_id: str
    system_scope: bool
    commands: list[Command] = field(default_factory=list)
    violations: Violations = field(default_factory=list)


def camel(name: str) -> str:
    """Return an entity's name as keys have it: ``productPrice``."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
