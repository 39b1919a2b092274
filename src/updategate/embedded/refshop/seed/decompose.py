"""Takes nested entities apart into rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from updategate.embedded.refshop.dal.definitions import Definition, definitions
from updategate.embedded.refshop.dal.ids import LIVE_VERSION, SYSTEM_LANGUAGE, derived_id
from updategate.embedded.refshop.dal.store import Doc

Put = Callable[[str, Doc], None]

_NOT_STORED = {"extensions", "_uniqueIdentifier", "translated", "apiAlias", "translations"}


class Decomposer:
    """Turns API-shaped documents with nested associations into rows, each handed to ``put(entity, row)``."""

    def __init__(self, put: Put) -> None:
        self._put = put
        self._definitions = definitions()

    def add(self, entity: str, doc: dict[str, Any]) -> str:
        """Take one entity with everything nested in it; return its id."""
        known = self._definitions.get(entity)
        if known is None:
            raise KeyError(f"there is no entity {entity}")
        id_ = str(doc.get("id") or derived_id(entity, *(str(doc[key]) for key in known.key)))
        row: Doc = {"id": id_}
        if known.versioned:
            row["versionId"] = LIVE_VERSION
        translations: dict[str, dict[str, Any]] = {}
        for language, texts in (doc.get("translations") or {}).items():
            translations[language] = dict(texts)
        nested: list[tuple[str, Any]] = []
        for key, value in doc.items():
            if key in _NOT_STORED or value is None:
                continue
            if key in known.associations:
                nested.append((key, value))
            elif key in known.fields and known.fields[key].translated:
                translations.setdefault(SYSTEM_LANGUAGE, {}).setdefault(key, value)
            else:
                row[key] = value
        if translations:
            row["translations"] = translations
        for key, value in nested:
            self._nested(known, row, key, value)
        self._put(entity, row)
        return id_

    def _nested(self, known: Definition, row: Doc, key: str, value: Any) -> None:
        association = known.associations[key]
        if association.entity not in self._definitions:
            return
        if association.kind == "one":
            row[association.key] = self.add(association.entity, value)
        elif association.kind == "one_reverse":
            self.add(association.entity, {**value, association.key: row["id"]})
        elif association.kind == "many":
            for child in value:
                self.add(association.entity, {**child, association.key: row["id"]})
        else:
            for other in value:
                other_id = self.add(association.entity, other) if len(other) > 1 else other["id"]
                self.add(str(association.mapping), {association.key: row["id"], association.other_key: other_id})
