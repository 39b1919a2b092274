"""Prints entities as JSON:API does: attributes, relationships, what is included."""

from __future__ import annotations

import re
from typing import Any

from .context import ReadContext
from .criteria import Criteria
from .definitions import Association, Definition, definitions
from .ids import LIVE_VERSION
from .output import related_docs
from .store import Doc
from .structs import formatted


class JsonApiDocument:
    """Collects resources; each included one stands in the document once."""

    def __init__(self, context: ReadContext, base_url: str) -> None:
        self._context = context
        self._base = base_url
        self.included: dict[tuple[str, str], dict[str, Any]] = {}

    def resource(self, definition: Definition, doc: Doc, criteria: Criteria | None) -> dict[str, Any]:
        """Return the resource object of one entity, adding what it relates to."""
        link = f"{self._base}/api/{definition.route}/{doc['id']}"
        attributes = self._attributes(definition, doc)
        includes = (criteria.includes or {}).get(definition.name) if criteria is not None else None
        relationships = {}
        for name, association in definition.associations.items():
            if association.in_admin_api:
                related = f"{link}/{_kebab(name)}"
                relationships[name] = {
                    "data": self._relationship(association, doc, criteria),
                    "links": {"related": related},
                }
        if definition.translated_fields:
            relationships["translations"] = {"data": [], "links": {"related": f"{link}/translations"}}
        if includes is not None:
            attributes = {name: value for name, value in attributes.items() if name in (*includes, "apiAlias")}
            relationships = {name: value for name, value in relationships.items() if name in includes}
        return {
            "id": doc["id"],
            "type": definition.name,
            "attributes": attributes,
            "links": {"self": link},
            "relationships": relationships or [],
            "meta": None,
        }

    def _attributes(self, definition: Definition, doc: Doc) -> dict[str, Any]:
        context = self._context
        result: dict[str, Any] = {}
        if definition.versioned:
            result["versionId"] = doc.get("versionId") or LIVE_VERSION
        texts = (doc.get("translations") or {}).get(context.languages[0], {})
        removed = context.behaviour.removed_fields(definition.name)
        for name, field in definition.fields.items():
            if not field.in_admin_api or name in removed:
                continue
            value = texts.get(name) if field.translated else doc.get(name)
            result[name] = _typed(field.type, formatted(field.type, value))
            if name == "variation" and value is None:
                result[name] = []
        for association in definition.associations.values():
            target = definitions().get(association.entity)
            if context.version.is_65 and association.name == "canonicalProduct":
                continue
            if association.kind == "one" and target is not None and target.versioned and association.key in result:
                result.setdefault(_version_key(definition, association), None)
        result["createdAt"] = doc.get("createdAt")
        if definition.has_updated:
            result["updatedAt"] = doc.get("updatedAt")
        if definition.translated_fields:
            result["translated"] = {
                field.name: self._text(definition, doc, field.name) for field in definition.translated_fields
            }
        result["apiAlias"] = f"{definition.name}_foreign_keys_extension"
        return result

    def _text(self, definition: Definition, doc: Doc, name: str) -> Any:
        value = self._context.value(definition, doc, name)
        return {} if value is None and name == "customFields" else value

    def _relationship(self, association: Association, doc: Doc, criteria: Criteria | None) -> Any:
        wanted = criteria.associations.get(association.name) if criteria is not None else None
        empty: Any = [] if association.to_many else None
        if wanted is None and not self._context.loads(association):
            return empty
        target = definitions().get(association.entity)
        if target is None:
            return empty
        found = related_docs(self._context, association, doc, wanted)
        for other in found:
            key = (association.entity, other["id"])
            if key not in self.included:
                self.included[key] = {}
                self.included[key] = self.resource(target, other, wanted)
        references = [{"type": association.entity, "id": other["id"]} for other in found]
        return references if association.to_many else (references[0] if references else None)


def _version_key(definition: Definition, association: Association) -> str:
    special = {
        ("product", "manufacturerId"): "productManufacturerVersionId",
        ("product", "coverId"): "productMediaVersionId",
    }
    return special.get((definition.name, association.key), association.key[:-2] + "VersionId")


def _kebab(name: str) -> str:
    return re.sub(r"([A-Z])", lambda match: "-" + match.group(1).lower(), name)


def _typed(type_: str, value: Any) -> Any:
    if type_ == "float" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type_ == "price" and value is not None:
        return [_float_price(price) for price in value]
    return value


def _float_price(price: Any) -> Any:
    if not isinstance(price, dict):
        return price
    result = {}
    for key, value in price.items():
        if key == "apiAlias":
            continue
        if key in ("net", "gross") and value is not None:
            result[key] = float(value)
        else:
            result[key] = _float_price(value)
    return result
