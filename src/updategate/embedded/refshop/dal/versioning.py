"""Versions of entities: a copy to work on, merged back when it is right."""

from __future__ import annotations

from typing import Any

from updategate.embedded.refshop.versions import ShopwareVersion

from . import stock
from .context import DELETED
from .definitions import Definition, definition, definitions
from .ids import LIVE_VERSION
from .store import EntityStore, versioned


def create_version(
    store: EntityStore, entity: str, id_: str, version_id: str | None = None, name: str | None = None
) -> str:
    """Copy an entity, with everything that belongs to it, into a version; return the version's id."""
    version = version_id or store.ids.new()
    with store.transaction():
        store.upsert("version", {"id": version, "name": name or f"{entity}-version"})
        _copy(store, definition(entity), id_, version)
        _record(store, entity, id_, version)
    return version


def merge_version(store: EntityStore, shopware: ShopwareVersion, version_id: str, *, moves_stock: bool = True) -> None:
    """Put what a version changed into the live version; the stock follows the lines of changed orders."""
    with store.transaction():
        orders = [doc["id"] for doc in store.all(versioned("order", version_id))]
        before = {id_: stock.quantities_of(store, id_) for id_ in orders}
        for name in definitions():
            _merge_rows(store, name, version_id)
        for id_ in orders if moves_stock else ():
            stock.lines_changed(store, shopware, before[id_], stock.quantities_of(store, id_))
        store.delete("version", version_id)


def drop_version(store: EntityStore, version_id: str) -> None:
    """Throw a version away."""
    with store.transaction():
        for name in definitions():
            for doc in store.all(versioned(name, version_id)):
                store.delete(versioned(name, version_id), doc["id"])
        store.delete("version", version_id)


def _record(store: EntityStore, entity: str, id_: str, version_id: str) -> None:
    """Keep what was copied into which version, as Shopware does; it outlives the version."""
    commit = store.upsert("version_commit", {"versionId": version_id, "isMerge": False})
    store.upsert(
        "version_commit_data",
        {
            "versionCommitId": commit,
            "entityName": entity,
            "entityId": {"id": id_, "versionId": version_id},
            "payload": {},
            "action": "clone",
        },
    )


def _copy(store: EntityStore, known: Definition, id_: str, version_id: str) -> None:
    doc = store.get(known.name, id_)
    target = versioned(known.name, version_id)
    if doc is None or store.get(target, id_) is not None:
        return
    store.upsert(target, {**doc, "versionId": version_id})
    for association in known.associations.values():
        child = definitions().get(association.entity)
        if child is None or not child.versioned or association.kind not in ("many", "one_reverse"):
            continue
        if "#" in association.marks:
            for row in store.where(association.entity, **{association.key: id_}):
                _copy(store, child, row["id"], version_id)


def _merge_rows(store: EntityStore, name: str, version_id: str) -> None:
    source = versioned(name, version_id)
    for doc in store.all(source):
        if doc.get(DELETED):
            store.delete(name, doc["id"])
        else:
            before = store.get(name, doc["id"])
            changed: dict[str, Any] = {
                key: value
                for key, value in doc.items()
                if key not in ("updatedAt", "createdAt", "versionId") and (before is None or before.get(key) != value)
            }
            if changed:
                store.upsert(name, {"id": doc["id"], **changed, "versionId": LIVE_VERSION})
        store.delete(source, doc["id"])
