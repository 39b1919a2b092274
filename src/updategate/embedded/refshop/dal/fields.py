"""Paths such as ``product.manufacturer.name``: whether they exist, and what they lead to."""

from __future__ import annotations

from typing import Any

from .context import ReadContext
from .definitions import Definition, definitions
from .ids import SYSTEM_CURRENCY
from .problems import problem
from .store import Doc

_OWN = {"id", "versionId", "createdAt", "updatedAt", "_score"}
_JSON_TYPES = {
    "json",
    "price",
    "list",
    "rounding",
    "calculated_price",
    "cart_price",
    "price_definition",
    "tax_free",
    "variant_listing",
}


def check_path(definition: Definition, path: str) -> None:
    """Raise ApiProblem unless the path leads to a field, as the API answers an unknown one."""
    current = definition
    parts = path.split(".")
    if parts[0] == definition.name:
        parts = parts[1:]
    for position, part in enumerate(parts):
        if part == "extensions":
            continue
        association = current.associations.get(part)
        if association is not None:
            target = definitions().get(association.entity)
            if target is None:
                return
            current = target
            continue
        if part == "translations":
            return
        field = current.fields.get(part)
        if field is not None:
            if position + 1 < len(parts) and field.type not in _JSON_TYPES:
                break
            return
        if part in _OWN or (part.endswith("VersionId")) or part in current.key or part == "cheapestPrice":
            return
        raise problem(
            400,
            "FRAMEWORK__UNMAPPED_FIELD",
            f'Field "{part}" in entity "{current.name}" was not found.',
            {"field": part, "entity": current.name},
        )


def values(context: ReadContext, definition: Definition, doc: Doc, path: str) -> list[Any]:
    """Return everything at the end of the path (several for to-many); nothing there gives ``[None]``."""
    parts = path.split(".")
    if parts[0] == definition.name and len(parts) > 1:
        parts = parts[1:]
    found = _walk(context, definition, doc, [part for part in parts if part != "extensions"])
    return found or [None]


def _walk(context: ReadContext, definition: Definition, doc: Doc, parts: list[str]) -> list[Any]:
    name, rest = parts[0], parts[1:]
    association = definition.associations.get(name)
    if association is not None:
        target = definitions().get(association.entity)
        related = context.related(association, doc, context.parent(definition, doc))
        if target is None:
            return []
        if not rest:
            return [other["id"] for other in related]
        return [value for other in related for value in _walk(context, target, other, rest)]
    if name == "translations":
        texts = (doc.get("translations") or {}).values()
        return [text.get(rest[0]) for text in texts if rest]
    if name == "cheapestPrice":
        name = "price"
    return _unwrapped(context.value(definition, doc, name), rest, definition, name)


def _unwrapped(value: Any, rest: list[str], definition: Definition, name: str) -> list[Any]:
    field = definition.fields.get(name)
    if field is not None and field.type == "price":
        return [_price_part(value, rest)]
    for part in rest:
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return [None]
    if isinstance(value, list):
        return list(value)
    return [value]


def _price_part(prices: Any, rest: list[str]) -> Any:
    if not prices:
        return None
    chosen = next((price for price in prices if price.get("currencyId") == SYSTEM_CURRENCY), prices[0])
    current: Any = chosen
    for part in rest or ["gross"]:
        if part.startswith("c") and len(part) == 33:
            current = next((price for price in prices if price.get("currencyId") == part[1:]), None)
        else:
            current = current.get(part) if isinstance(current, dict) else None
    return current.get("gross") if isinstance(current, dict) else current
