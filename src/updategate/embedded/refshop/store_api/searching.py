"""Searches entities by the criteria that a request carries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from updategate.embedded.refshop.dal.context import ReadContext
from updategate.embedded.refshop.dal.criteria import Criteria, parse_criteria
from updategate.embedded.refshop.dal.definitions import definition
from updategate.embedded.refshop.dal.search import Found, search

from .entities import Presenter, Tree, search_result
from .http import Call

Json = dict[str, Any]

MAX_LIMIT = 100


def read_context(call: Call) -> ReadContext:
    """Return how the session reads: in its languages, with what variants inherit."""
    return ReadContext(call.shop.store, call.session.languages, inheritance=True)


def criteria_of(call: Call, entity: str, fixed: Sequence[Json] = (), max_limit: int | None = MAX_LIMIT) -> Criteria:
    """Return the criteria of the request with the filters that always apply."""
    payload = dict(call.parameters)
    filters = payload.get("filter")
    if isinstance(filters, dict):
        filters = [{"type": "equals", "field": name, "value": value} for name, value in filters.items()]
    payload["filter"] = [*(filters or []), *fixed] if not isinstance(filters, str) else filters
    return parse_criteria(definition(entity), payload, max_limit)


def tree_of(criteria: Criteria) -> dict[str, Any]:
    """Return the associations that criteria ask for."""
    return {name: tree_of(nested) for name, nested in criteria.associations.items()}


def merged(*trees: Any) -> dict[str, Any]:
    """Join trees of associations."""
    result: dict[str, Any] = {}
    for tree in trees:
        for name, nested in tree.items():
            result[name] = merged(result.get(name, {}), nested)
    return result


def trimmed(value: Any, includes: Mapping[str, list[str]] | None) -> Any:
    """Return what is shown with only those keys that ``includes`` names for their alias, texts too."""
    if not includes:
        return value
    if isinstance(value, list):
        return [trimmed(each, includes) for each in value]
    if not isinstance(value, dict):
        return value
    wanted = includes.get(str(value.get("apiAlias")))
    if wanted is not None:
        value = {key: each for key, each in value.items() if key == "apiAlias" or key in wanted}
        if isinstance(value.get("translated"), dict):
            value["translated"] = {key: each for key, each in value["translated"].items() if key in wanted} or []
    return {key: trimmed(each, includes) for key, each in value.items()}


def find(call: Call, entity: str, criteria: Criteria) -> Found:
    """Return what the criteria find."""
    return search(read_context(call), definition(entity), criteria)


def found_entities(
    call: Call,
    entity: str,
    fixed: Sequence[Json] = (),
    tree: Tree | None = None,
    *,
    max_limit: int | None = MAX_LIMIT,
) -> Json:
    """Search, and show the result as the Store API lists entities."""
    criteria = criteria_of(call, entity, fixed, max_limit)
    found = find(call, entity, criteria)
    presenter = Presenter(call.shop, call.session.languages)
    wanted = merged(tree or {}, tree_of(criteria))
    elements = [presenter.entity(entity, doc, wanted) for doc in found.docs]
    limit = criteria.limit or len(elements)
    shown = search_result(
        entity,
        elements,
        found.total,
        page=criteria.offset // limit + 1 if limit else 1,
        limit=limit,
        aggregations=found.aggregations or [],
    )
    result: Json = trimmed(shown, criteria.includes)
    return result
