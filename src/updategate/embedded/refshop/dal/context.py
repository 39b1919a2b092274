"""With whose eyes the data is read: language, version, inheritance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from updategate.embedded.refshop.behaviour import Behaviour
from updategate.embedded.refshop.versions import VERSIONS, ShopwareVersion

from .definitions import Association, Definition, definitions
from .ids import LIVE_VERSION, SYSTEM_CURRENCY, SYSTEM_LANGUAGE
from .store import Doc, EntityStore, versioned

DELETED = "deletedInVersion"


@dataclass(frozen=True, slots=True)
class ReadContext:
    """How to read: in which language (with fallbacks), which version, with values inherited by variants or not."""

    store: EntityStore
    languages: tuple[str, ...] = (SYSTEM_LANGUAGE,)
    version_id: str = LIVE_VERSION
    inheritance: bool = False
    currency_id: str = SYSTEM_CURRENCY
    base_url: str = ""
    version: ShopwareVersion = VERSIONS["6.6.7.1"]
    user_id: str | None = None
    behaviour: Behaviour = field(default_factory=Behaviour)

    @property
    def live(self) -> bool:
        """Whether the live version is read."""
        return self.version_id == LIVE_VERSION

    def get(self, entity: str, id_: str | None) -> Doc | None:
        """Return one document as the version has it."""
        if not id_:
            return None
        if not self.live:
            doc = self.store.get(versioned(entity, self.version_id), id_)
            if doc is not None:
                return None if doc.get(DELETED) else doc
        return self.store.get(entity, id_)

    def where(self, entity: str, **equals: Any) -> list[Doc]:
        """Return the documents with these values as the version has them."""
        docs = self.store.where(entity, **equals)
        if self.live:
            return docs
        changed = {doc["id"]: doc for doc in self.store.all(versioned(entity, self.version_id))}
        if self._owner_is_copied(entity, equals):
            docs = []
        elif not changed:
            return docs
        kept = [doc for doc in docs if doc["id"] not in changed]
        mine = [
            doc
            for doc in changed.values()
            if not doc.get(DELETED) and all(doc.get(key) == value for key, value in equals.items())
        ]
        return kept + mine

    def _owner_is_copied(self, entity: str, equals: dict[str, Any]) -> bool:
        """Tell whether these rows belong to one that the version holds: then it holds all of them."""
        definition = definitions().get(entity)
        if definition is None or not definition.versioned:
            return False
        references = (
            (definition.fields[key].reference, value) for key, value in equals.items() if key in definition.fields
        )
        return any(
            reference is not None and self.store.get(versioned(reference, self.version_id), str(value)) is not None
            for reference, value in references
        )

    def parent(self, definition: Definition, doc: Doc) -> Doc | None:
        """Return what a variant inherits from, if inheritance is wanted."""
        if not self.inheritance or not doc.get("parentId") or definition.name != "product":
            return None
        return self.get("product", doc["parentId"])

    def loads(self, association: Association) -> bool:
        """Tell whether an association is loaded unasked; before 6.6 states and delivery addresses were, too."""
        if self.version.is_65 and association.name in ("stateMachineState", "shippingOrderAddress"):
            return True
        return self.behaviour.loads_unasked(association.name, association.autoload)

    def related(self, association: Association, doc: Doc, parent: Doc | None = None) -> list[Doc]:
        """Return the documents at the other end (at most one for to-one)."""
        if association.entity not in definitions():
            return []
        found = list(self._related(association, doc))
        if not found and parent is not None and association.inherited:
            found = list(self._related(association, parent))
        return found

    def _related(self, association: Association, doc: Doc) -> Iterator[Doc]:
        if association.kind == "one":
            value = doc.get(association.key)
            if association.target_key == "id":
                target = self.get(association.entity, value)
                if target is not None:
                    yield target
            elif value is not None:
                yield from self.where(association.entity, **{association.target_key: value})[:1]
        elif association.kind == "one_reverse":
            yield from self.where(association.entity, **{association.key: doc["id"]})[:1]
        elif association.kind == "many":
            yield from self.where(association.entity, **{association.key: doc["id"]})
        else:
            for row in self.where(str(association.mapping), **{association.key: doc["id"]}):
                target = self.get(association.entity, row.get(association.other_key))
                if target is not None:
                    yield target

    def value(self, definition: Definition, doc: Doc, name: str) -> Any:
        """Return a field's value: translated with fallbacks, inherited if wanted."""
        field = definition.fields.get(name)
        parent = self.parent(definition, doc)
        if field is not None and field.translated:
            texts = doc.get("translations") or {}
            above = (parent or {}).get("translations") or {}
            for language in self.languages:
                for source in (texts, above):
                    value = source.get(language, {}).get(name)
                    if value is not None:
                        return value
            return None
        value = doc.get(name)
        if value is None and parent is not None and field is not None and field.inherited:
            return parent.get(name)
        return value
