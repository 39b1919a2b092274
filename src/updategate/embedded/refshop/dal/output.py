"""Prints entities as the API's plain JSON does: every key is there, what is not loaded is null."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .context import ReadContext
from .criteria import Criteria
from .definitions import Association, Definition, definitions
from .ids import LIVE_VERSION
from .search import sorted_docs
from .shapes import Shape, shape_of
from .store import Doc
from .structs import formatted

#: numbered by the shop: found rows carry them once more in an extension
_SEARCHED = {
    "product": ("productNumber", "autoIncrement"),
    "category": ("autoIncrement",),
    "customer": ("autoIncrement", "customerNumber"),
    "order": ("autoIncrement", "orderNumber"),
    "document_base_config": ("documentNumber",),
}


def entity_json(
    context: ReadContext,
    definition: Definition,
    doc: Doc,
    criteria: Criteria | None = None,
    *,
    searched: bool = False,
    root: bool = True,
    joined: bool = False,
) -> dict[str, Any]:
    """Return one entity with the associations that the criteria ask for.

    ``searched``: it was found by a search (not read by id); ``root``: it is not nested in another one; ``joined``:
    it is the other end of a to-one association.
    """
    shape = shape_of(definition.name, context.version)
    parent = context.parent(definition, doc)
    result: dict[str, Any] = {
        "extensions": _extensions(definition, doc, searched=searched, joined=joined),
        "_uniqueIdentifier": doc["id"],
        "versionId": (doc.get("versionId") or LIVE_VERSION) if definition.versioned else None,
        "translated": _translated(context, definition, doc, root=root),
        "createdAt": doc.get("createdAt"),
        "updatedAt": doc.get("updatedAt"),
        **_fields(context, definition, doc, parent, shape),
    }
    for name, association in definition.associations.items():
        if name not in shape.absent and association.in_admin_api:
            result[name] = _association(context, association, doc, parent, criteria, shape.empty_list)
    if definition.translated_fields:
        wanted = criteria is not None and "translations" in criteria.associations
        result["translations"] = _translation_rows(definition, doc) if wanted else None
    for name, value in shape.extra.items():
        if result.get(name) is None:
            result[name] = value(context, doc) if callable(value) else value
    for name, value in shape.replaced.items():
        result[name] = value(context, doc)
    if not definition.mapping:
        result["id"] = doc["id"]
    result["apiAlias"] = definition.name
    if definition.name == "product" and result["options"]:
        result["variation"] = _variation(result["options"])
    return context.behaviour.admin_entity(definition.name, result)


def _variation(options: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what a variant differs by, if the groups of its options are loaded."""
    pairs = [
        {"group": option["group"]["translated"]["name"], "option": option["translated"]["name"]}
        for option in options
        if option.get("group")
    ]
    return sorted(pairs, key=lambda pair: str(pair["group"]))


def _extensions(definition: Definition, doc: Doc, *, searched: bool, joined: bool) -> dict[str, Any]:
    extensions: dict[str, Any] = {
        "foreignKeys": {"extensions": [], "apiAlias": f"{definition.name}_foreign_keys_extension"}
    }
    if joined:
        extensions["internal_mapping_storage"] = {"extensions": [], "apiAlias": None}
    if searched and definition.name in _SEARCHED:
        extensions["search"] = {
            "extensions": [],
            "_uniqueIdentifier": None,
            "translated": [],
            **{name: doc.get(name) for name in _SEARCHED[definition.name]},
        }
    return extensions


def _fields(context: ReadContext, definition: Definition, doc: Doc, parent: Doc | None, shape: Shape) -> dict[str, Any]:
    """Return the stored values; texts in the language asked for only, without its fallbacks."""
    texts = (doc.get("translations") or {}).get(context.languages[0], {})
    result = {}
    removed = context.behaviour.removed_fields(definition.name)
    for name, field in definition.fields.items():
        if name in shape.absent or name in removed or not (field.in_admin_api or name in shape.extra):
            continue
        if field.translated:
            # texts are inherited in "translated" only
            value = texts.get(name)
        else:
            value = doc.get(name)
            if value is None and parent is not None and field.inherited:
                value = parent.get(name)
        result[name] = formatted(field.type, value)
    if context.inheritance and definition.name == "product" and result.get("customFields") is None:
        result["customFields"] = {}
    return result


def _translated(context: ReadContext, definition: Definition, doc: Doc, *, root: bool) -> Any:
    fields = definition.translated_fields
    if not fields:
        return []
    result: dict[str, Any] = {}
    for field in fields:
        value = context.value(definition, doc, field.name)
        if value is None and field.name == "customFields":
            value = {} if root else []
        result[field.name] = value
    return result


def _association(
    context: ReadContext,
    association: Association,
    doc: Doc,
    parent: Doc | None,
    criteria: Criteria | None,
    empty_list: frozenset[str],
) -> Any:
    wanted = criteria.associations.get(association.name) if criteria is not None else None
    if wanted is None and not context.loads(association):
        return [] if association.name in empty_list else None
    target = definitions().get(association.entity)
    if target is None:
        return [] if association.to_many else None
    related = related_docs(context, association, doc, wanted, parent)
    # what has associations of its own is read apart, the rest together with its owner
    joined = not association.to_many and not (wanted is not None and wanted.associations)
    printed = [entity_json(context, target, other, wanted, root=False, joined=joined) for other in related]
    if association.to_many:
        return printed
    return printed[0] if printed else None


def related_docs(
    context: ReadContext, association: Association, doc: Doc, criteria: Criteria | None, parent: Doc | None = None
) -> list[Doc]:
    """Return what stands at the other end, filtered and sorted as the nested criteria say."""
    if association.entity not in definitions():
        return []
    target = definitions()[association.entity]
    related = list(context.behaviour.loaded(association.entity, context.related(association, doc, parent)))
    if criteria is None:
        return related
    related = [other for other in related if all(keep(context, target, other) for keep in criteria.filters)]
    related = sorted_docs(context, target, related, criteria.sort) if association.to_many else related
    end = None if criteria.limit is None else criteria.offset + criteria.limit
    return related[criteria.offset : end]


def _translation_rows(definition: Definition, doc: Doc) -> list[dict[str, Any]]:
    key = _camel(definition.name) + "Id"
    rows = []
    for language, texts in (doc.get("translations") or {}).items():
        rows.append(
            {
                "extensions": [],
                "_uniqueIdentifier": f"{doc['id']}-{language}",
                "versionId": None,
                "translated": [],
                "createdAt": doc.get("createdAt"),
                "updatedAt": doc.get("updatedAt"),
                "languageId": language,
                "language": None,
                key: doc["id"],
                **{field.name: texts.get(field.name) for field in definition.translated_fields},
                "apiAlias": f"{definition.name}_translation",
            }
        )
    return rows


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def with_includes(value: Any, includes: Mapping[str, list[str]] | None) -> Any:
    """Return the printed entities with only those keys that ``includes`` names for their alias."""
    if not includes:
        return value
    if isinstance(value, list):
        return [with_includes(item, includes) for item in value]
    if not isinstance(value, dict):
        return value
    wanted = includes.get(str(value.get("apiAlias")))
    kept = value if wanted is None else {key: item for key, item in value.items() if key in (*wanted, "apiAlias")}
    return {key: with_includes(item, includes) for key, item in kept.items()}
