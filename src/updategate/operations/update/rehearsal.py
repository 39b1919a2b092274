"""Rehearse the way back before anything is updated: change something, go back, and look whether the change is gone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from updategate.clients.admin_api import AdminApi, Criteria
from updategate.clients.errors import ShopError
from updategate.evidence.records import Build
from updategate.operations.update.settling import Check

STEP = "rollback-rehearsal"
NAME = "updategate witness of a rollback"


def rehearse(
    admin: AdminApi | None, go_back: Callable[[], Check | None], build: Callable[[], Build | None], before: Build | None
) -> Check:
    """Leave a witness in the shop after the snapshot, go back, and look: it must be gone, and the build be the same.

    ``go_back`` runs the commands of the way back; it returns what failed, or None.
    """
    witness = hashlib.sha256(NAME.encode()).hexdigest()[:32]
    expected = f"Shopware {before.core if before else '?'}, without what came after the snapshot"
    if admin is not None:
        admin.upsert(("tag", [{"id": witness, "name": NAME}]))
    failed = go_back()
    if failed is not None:
        return Check(STEP, ok=False, expected=expected, actual=failed.actual)
    now = build()
    if now is None or now != before:
        found = f"Shopware {now.core}" if now else "the shop does not tell its version"
        return Check(STEP, ok=False, expected=expected, actual=f"{found}; the build is another")
    if admin is not None and _stayed(admin, witness):
        admin.delete("tag", witness)
        return Check(STEP, ok=False, expected=expected, actual="what was written after the snapshot is still there")
    return Check(STEP, ok=True, expected=expected, actual=expected)


def _stayed(admin: AdminApi, witness: str) -> bool:
    try:
        return bool(admin.ids("tag", Criteria().ids(witness)))
    except ShopError:
        return True
