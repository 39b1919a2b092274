"""Entities by their own addresses: search, list, detail, create, update, delete, nested and alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from starlette.responses import Response

from updategate.embedded.refshop.dal.context import ReadContext
from updategate.embedded.refshop.dal.criteria import Criteria, parse_criteria
from updategate.embedded.refshop.dal.definitions import Association, Definition, definitions
from updategate.embedded.refshop.dal.filters import parse_filter
from updategate.embedded.refshop.dal.ids import LIVE_VERSION, derived_id, is_id
from updategate.embedded.refshop.dal.jsonapi import JsonApiDocument
from updategate.embedded.refshop.dal.output import entity_json, with_includes
from updategate.embedded.refshop.dal.problems import ApiProblem, http_problem, problem
from updategate.embedded.refshop.dal.search import Found, search
from updategate.embedded.refshop.dal.store import Doc
from updategate.embedded.refshop.dal.write import CREATE, UPDATE, delete_rows, write_rows
from updategate.embedded.refshop.tasks import run_due_tasks

from .http import Call, Router, not_found
from .links import page_links, self_link

router = Router()

MAX_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address leads: the entity, its id if given, and the way from the owning row."""

    definition: Definition
    id: str | None
    owner: Definition | None = None
    owner_id: str | None = None
    association: Association | None = None


@router.route("POST", "/search-ids/{path:path}")
def search_ids(call: Call) -> Response:
    """Find ids only."""
    place = _place(call, call.parameters["path"], "read")
    criteria = _criteria(call, place)
    found = _found(call, place, criteria)
    return call.json({"total": found.total, "data": [_key(place.definition, doc) for doc in found.docs]})


@router.route("POST", "/search/{path:path}")
def search_entities(call: Call) -> Response:
    """Find entities by criteria."""
    place = _place(call, call.parameters["path"], "read")
    return _listing(call, place, _criteria(call, place))


@router.route("GET|POST|PATCH|PUT|DELETE", "/{path:path}")
def entity(call: Call) -> Response:
    """List or read (GET), create (POST), update (PATCH), delete (DELETE)."""
    _check_method(call)
    privilege = {"GET": "read", "POST": "create", "PATCH": "update", "DELETE": "delete"}[call.method]
    place = _place(call, call.parameters["path"], privilege)
    if call.method == "GET":
        return _detail(call, place) if place.id else _listing(call, place, _criteria(call, place))
    if call.method == "POST":
        return _write(call, place, CREATE)
    if place.id is None:
        raise not_found(call)
    if call.method == "PATCH":
        return _write(call, place, UPDATE)
    return _delete(call, place)


def _check_method(call: Call) -> None:
    parts = call.parameters["path"].split("/")
    if parts[0] in ("search", "search-ids") and len(parts) > 1:
        allowed = ["POST"]
    else:
        allowed = ["GET", "POST"] if len(parts) % 2 else ["GET", "PATCH", "DELETE"]
    if call.method not in allowed:
        shown = ", ".join(allowed)
        raise http_problem(405, f'No route found for "{call.method} {call.url}": Method Not Allowed (Allow: {shown})')


def _place(call: Call, path: str, privilege: str) -> Place:
    """Return where the address leads; an address that is none gives 404."""
    name, *rest = path.strip("/").split("/")
    definition = definitions().get(name.replace("-", "_"))
    if definition is None or definition.name.startswith("oauth"):
        raise not_found(call)
    place = Place(definition, None)
    while rest:
        id_, rest = rest[0], rest[1:]
        if not is_id(id_):
            raise not_found(call)
        place = Place(place.definition, id_, place.owner, place.owner_id, place.association)
        if not rest:
            break
        step, rest = _property(rest[0]), rest[1:]
        if step == "extensions" and rest:
            step, rest = _property(rest[0]), rest[1:]
        association = place.definition.associations.get(step)
        target = definitions().get(association.entity) if association else None
        if association is None or target is None:
            path = f"{place.definition.name}.{step}"
            raise problem(
                404,
                "FRAMEWORK__NOT_EXISTING_RELATION_EXCEPTION",
                f'Resource at path "{path}" is not an existing relation.',
                {"path": path},
            )
        place = Place(target, None, place.definition, id_, association)
    _require(call, place.definition, privilege)
    return place


def _require(call: Call, definition: Definition, privilege: str) -> None:
    if call.access.admin:
        return
    right = f"{definition.name}:{privilege}"
    if not call.access.missing(right):
        return
    # the path and the write command are checked one after the other, each names the right
    call.access.require(*([right] if privilege == "read" else [right, right]))


def _property(name: str) -> str:
    head, *rest = name.split("-")
    return head + "".join(part.capitalize() for part in rest)


def _criteria(call: Call, place: Place) -> Criteria:
    max_limit = MAX_LIMIT if call.shop.version.limits_search_page else None
    criteria = parse_criteria(place.definition, call.payload, max_limit)
    if place.association is not None and place.owner_id is not None:
        criteria.filters.append(_owned(place))
    for name, nested in criteria.associations.items():
        _require_nested(call, place.definition, name, nested)
    return criteria


def _require_nested(call: Call, definition: Definition, name: str, nested: Criteria) -> None:
    association = definition.associations.get(name)
    if association is None or call.access.admin:
        return
    call.access.require(f"{association.entity}:read")
    target = definitions().get(association.entity)
    if target is not None:
        for inner, criteria in nested.associations.items():
            _require_nested(call, target, inner, criteria)


def _owned(place: Place) -> Any:
    association, owner_id = place.association, place.owner_id
    if association is None or owner_id is None or place.owner is None:
        raise ValueError("a nested place has an owner")
    if association.kind == "many":
        return parse_filter(place.definition, {"type": "equals", "field": association.key, "value": owner_id}, "")

    def related(context: ReadContext, definition: Definition, doc: Doc) -> bool:
        del definition
        owner = context.get(place.owner.name, owner_id) if place.owner else None
        return owner is not None and any(other["id"] == doc["id"] for other in context.related(association, owner))

    return related


def _key(definition: Definition, doc: Doc) -> Any:
    return {part: doc.get(part) for part in definition.key} if definition.mapping else doc["id"]


def _found(call: Call, place: Place, criteria: Criteria) -> Found:
    behaviour = call.shop.behaviour
    if place.definition.name == "scheduled_task":
        run_due_tasks(call.shop)
    criteria.offset = behaviour.search_offset(criteria.offset)
    found = search(call.context(), place.definition, criteria)
    return replace(found, total=behaviour.told_total(found.total, len(found.docs)))


def _listing(call: Call, place: Place, criteria: Criteria) -> Response:
    context = call.context()
    found = _found(call, place, criteria)
    if call.wants_json_api:
        document = JsonApiDocument(context, call.shop.base_url)
        data = [document.resource(place.definition, doc, criteria) for doc in found.docs]
        if place.definition.name == "order":
            data = [{**entry, "attributes": _told(call, "export", entry["attributes"])} for entry in data]
        return call.json(
            {
                "data": data,
                "included": list(document.included.values()),
                "links": page_links(call, criteria, found.total),
                "meta": {"totalCountMode": criteria.total_count_mode, "total": found.total},
                "aggregations": found.aggregations or [],
            },
            json_api=True,
        )
    searched = _is_searched(call, criteria)
    data = [entity_json(context, place.definition, doc, criteria, searched=searched) for doc in found.docs]
    if place.definition.name == "order":
        data = [_told(call, "order", entry) for entry in data]
    return call.json(
        {
            "total": found.total,
            "data": with_includes(data, criteria.includes),
            "aggregations": with_includes(found.aggregations, criteria.includes) or [],
        }
    )


def _told(call: Call, source: Literal["order", "export"], order: dict[str, Any]) -> dict[str, Any]:
    """Return an order with the total that this source tells of it."""
    total = order.get("amountTotal")
    told = None if total is None else call.shop.behaviour.total_told_by(source, Decimal(str(total)))
    return order if told is None or told == Decimal(str(total)) else {**order, "amountTotal": float(told)}


def _is_searched(call: Call, criteria: Criteria) -> bool:
    """Tell whether found rows carry what they were searched by; before 6.6 only pages did."""
    return criteria.limit is not None if call.shop.version.is_65 else criteria.searches


def _detail(call: Call, place: Place) -> Response:
    criteria = _criteria(call, place)
    context = call.context()
    doc = context.get(place.definition.name, place.id)
    if doc is None or not all(keep(context, place.definition, doc) for keep in criteria.filters):
        raise resource_not_found(place.definition.name, str(place.id))
    return answer_detail(call, context, place.definition, doc, criteria)


def answer_detail(
    call: Call, context: ReadContext, definition: Definition, doc: Doc, criteria: Criteria | None = None
) -> Response:
    """Return the answer that shows one entity, in the form asked for."""
    if call.wants_json_api:
        document = JsonApiDocument(context, call.shop.base_url)
        data = document.resource(definition, doc, criteria)
        links = {"self": self_link(call)}
        return call.json({"data": data, "included": list(document.included.values()), "links": links}, json_api=True)
    searched = criteria is not None and _is_searched(call, criteria)
    printed = entity_json(context, definition, doc, criteria, searched=searched)
    return call.json({"data": with_includes(printed, criteria.includes if criteria else None)})


def resource_not_found(entity_name: str, id_: str) -> ApiProblem:
    """Return the answer to an id that no row has."""
    return problem(
        404,
        "FRAMEWORK__RESOURCE_NOT_FOUND",
        f"The {entity_name} resource with the following primary key was not found: id({id_})",
        {"type": entity_name, "primaryKey": {"id": id_}, "primaryKeyString": f"id({id_})"},
    )


def _pair_not_found(mapping: str, key: dict[str, str]) -> ApiProblem:
    versions = {
        f"{name.removesuffix('Id')}VersionId": LIVE_VERSION
        for name in key
        if definitions()[str(definitions()[mapping].fields[name].reference)].versioned
    }
    full = {**key, **versions}
    shown = " ".join(f"{name}({value})" for name, value in full.items())
    return problem(
        404,
        "FRAMEWORK__RESOURCE_NOT_FOUND",
        f"The {mapping} resource with the following primary key was not found: {shown}",
        {"type": mapping, "primaryKey": full, "primaryKeyString": shown},
    )


def _write(call: Call, place: Place, mode: str) -> Response:
    empty = not call.body and mode == CREATE and call.shop.behaviour.accepts_empty_rows()
    if not empty and (not isinstance(call.body, dict) or not call.body):
        raise http_problem(400, "Invalid payload. Should be associative array")
    definition = place.definition
    row = dict(call.body or {})
    if place.id is not None:
        row["id"] = place.id
    elif not definition.mapping:
        row.setdefault("id", call.shop.ids.new())
    context = call.context()
    with call.shop.store.transaction():
        if place.association is not None and place.owner is not None and mode == CREATE:
            _write_nested(call, context, place, row)
        else:
            write_rows(context, call.shop.version, definition.name, [row], mode, language_id=context.languages[0])
    id_ = row.get("id") or derived_id(definition.name, *(str(row[key]) for key in definition.key))
    if call.query.get("_response") in ("basic", "detail", "1", "true"):
        doc = context.get(definition.name, id_)
        if doc is not None:
            return answer_detail(call, context, definition, doc)
    return call.empty(location=f"{call.shop.base_url}/api/{definition.route}/{id_}")


def _write_nested(call: Call, context: ReadContext, place: Place, row: dict[str, Any]) -> None:
    association, owner = place.association, place.owner
    if association is None or owner is None or place.owner_id is None:
        raise ValueError("a nested place has an owner")
    language = context.languages[0]
    version = call.shop.version
    if association.kind == "many":
        write_rows(
            context, version, place.definition.name, [{**row, association.key: place.owner_id}], language_id=language
        )
    elif association.kind == "mapping":
        if set(row) != {"id"}:
            write_rows(context, version, place.definition.name, [row], language_id=language)
        pair = {association.key: place.owner_id, association.other_key: row["id"]}
        write_rows(context, version, str(association.mapping), [pair], language_id=language)
    else:
        write_rows(context, version, owner.name, [{"id": place.owner_id, association.name: row}], language_id=language)


def _delete(call: Call, place: Place) -> Response:
    context = call.context()
    association = place.association
    if association is not None and association.kind == "mapping":
        key = {association.key: place.owner_id, association.other_key: place.id}
        gone = delete_rows(context, str(association.mapping), [key])
    else:
        gone = delete_rows(context, place.definition.name, [{"id": place.id}])
    if gone.not_found:
        if association is not None and association.kind == "mapping":
            raise _pair_not_found(str(association.mapping), gone.not_found[str(association.mapping)][0])
        raise resource_not_found(place.definition.name, str(place.id))
    return call.empty(location=f"{call.shop.base_url}/api/{place.definition.route}/{place.id}")
