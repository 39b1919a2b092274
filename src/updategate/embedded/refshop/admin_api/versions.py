"""Versions of entities: a copy to work on, merged back when it is right; and clones."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from updategate.embedded.refshop.dal.context import ReadContext
from updategate.embedded.refshop.dal.definitions import Definition, definitions
from updategate.embedded.refshop.dal.ids import LIVE_VERSION, is_id
from updategate.embedded.refshop.dal.problems import http_problem, problem
from updategate.embedded.refshop.dal.store import Doc, EntityStore
from updategate.embedded.refshop.dal.versioning import create_version, drop_version, merge_version

from .http import Call, Router, not_found

router = Router()


@router.route("POST", "/_action/version/merge/{entity}/{version:id}")
def merge(call: Call) -> Response:
    """Put what a version changed into the live version."""
    _definition(call)
    shop = call.shop
    if shop.behaviour.merge_breaks():
        raise http_problem(500, 'Can not merge version: expected a value for "versionId"')
    moves_stock = shop.behaviour.edited_order_moves_stock()
    merge_version(shop.store, shop.version, call.parameters["version"], moves_stock=moves_stock)
    return call.empty()


@router.route("POST", "/_action/version/{version:id}/{entity}/{id:id}")
def drop(call: Call) -> Response:
    """Throw a version away."""
    _definition(call)
    version_id = call.parameters["version"]
    if version_id == LIVE_VERSION:
        raise problem(400, "FRAMEWORK__API_DELETE_LIVE_VERSION_ERROR", "Live version can not be deleted")
    drop_version(call.shop.store, version_id)
    return call.json({})


@router.route("POST", "/_action/version/{entity}/{id:id}")
def create(call: Call) -> Response:
    """Copy an entity, with everything that belongs to it, into a new version."""
    definition, id_ = _definition(call), call.parameters["id"]
    store = call.shop.store
    body = call.body if isinstance(call.body, dict) else {}
    version_id = body.get("versionId")
    if version_id is not None and not is_id(version_id):
        detail = f"versionId {version_id} is not a valid uuid."
        raise problem(400, "FRAMEWORK__INVALID_VERSION_ID", detail, {"versionId": version_id})
    name = body.get("versionName")
    if name is not None and not str(name).isalnum():
        detail = "Invalid version name given. Only alphanumeric characters are allowed"
        raise problem(400, "FRAMEWORK__INVALID_VERSION_NAME", detail)
    if store.get(definition.name, id_) is None:
        raise _no_original(definition.name, id_)
    version = create_version(store, definition.name, id_, version_id, body.get("versionName"))
    return call.json(
        {"versionId": version, "versionName": body.get("versionName"), "id": id_, "entity": definition.name}
    )


@router.route("POST", "/_action/clone/{entity}/{id:id}")
def clone(call: Call) -> Response:
    """Make another entity like this one, with its own children."""
    definition, id_ = _definition(call), call.parameters["id"]
    call.access.require(f"{definition.name}:create")
    body = call.body if isinstance(call.body, dict) else {}
    store = call.shop.store
    if store.get(definition.name, id_) is None:
        raise _no_original(definition.name, id_)
    with store.transaction():
        new_id = _cloned(store, definition, id_, {}, dict(body.get("overwrites") or {}))
    return call.json({"id": new_id})


def _no_original(entity: str, id_: str) -> Exception:
    return problem(
        400,
        "FRAMEWORK__CANNOT_CREATE_NEW_VERSION",
        f"Cannot create new version. {entity} by id {id_} not found.",
        {"entity": entity, "id": id_},
    )


def _definition(call: Call) -> Definition:
    definition = definitions().get(call.parameters["entity"].replace("-", "_"))
    if definition is None:
        raise not_found(call)
    return definition


def _cloned(
    store: EntityStore, definition: Definition, id_: str, keys: dict[str, Any], overwrites: dict[str, Any]
) -> str:
    context = ReadContext(store)
    doc = context.get(definition.name, id_) or {}
    new_id = store.ids.new()
    copy: Doc = {
        key: value for key, value in doc.items() if key not in ("id", "createdAt", "updatedAt", "autoIncrement")
    }
    store.upsert(definition.name, {**copy, **keys, **overwrites, "id": new_id})
    for association in definition.associations.values():
        child = definitions().get(association.entity)
        if association.kind == "many" and child is not None and "#" in association.marks:
            if association.entity in (definition.name, "seo_url"):
                continue
            for row in store.where(association.entity, **{association.key: id_}):
                _cloned(store, child, row["id"], {association.key: new_id}, {})
    return new_id
