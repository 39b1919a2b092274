"""What the inspector makes of the shop's answers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.actors.fakes import SpyRecorder
from updategate.actors.inspector import Inspector, Migrated, broken_promises
from updategate.actors.theme_visitor import Asset, still_of_the_old_theme
from updategate.clients.transport import Answer

ID = {"type": "uuid", "flags": {}}
STRING = {"type": "string", "flags": {}}
COUNTED = {"type": "int", "flags": {"runtime": True}}
SCHEMA: dict[str, Any] = {
    "app": {"properties": {"id": ID, "name": STRING, "sourceType": STRING, "iconRaw": STRING}},
    "tag": {"properties": {"id": ID, "counted": COUNTED}},
}


def error(status: int, detail: str) -> Answer:
    body = '{"errors":[{"status":"%d","code":"x","detail":"%s"}]}' % (status, detail)  # noqa: UP031 - braces of JSON
    return Answer("POST /search-ids", status, {}, body.encode(), 0.0)


class Admin:
    """An Admin API whose database lacks columns, and which keeps the content of some fields to itself."""

    def __init__(self, *, lacks: tuple[str, ...] = (), indexers: Any = None, version: str = "6.6.7.1") -> None:
        self.lacks, self.indexers, self._version = lacks, indexers, version
        self.sorted: list[list[str]] = []

    def ask(self, *_: Any) -> Any:
        return SCHEMA

    def setting(self, _: str) -> Any:
        return self.indexers

    def version(self) -> str:
        return self._version

    def raw(self, _: str, path: str, body: Any, **__: Any) -> Answer:
        entity = path.rsplit("/", 1)[1]
        fields = [entry["field"] for entry in body["sort"]]
        self.sorted.append([f"{entity}.{name}" for name in fields])
        if "iconRaw" in fields:
            return error(500, f"Accessor {entity}.iconRaw is not allowed in this api scope")
        for column in self.lacks:
            name, _, last = column.partition(".")
            if name == entity and last.replace("source_type", "sourceType") in fields:
                return error(500, f"SQLSTATE[42S22]: Column not found: 1054 Unknown column '{column}' in 'ORDER BY'")
        return Answer("", 200, {}, b"{}", 0.0)


def inspector(admin: Admin) -> Inspector:
    access: Any = SimpleNamespace(back_office=admin)
    return Inspector(access, SpyRecorder())


def test_a_finished_update_shows_nothing() -> None:
    admin = Admin()
    assert inspector(admin).finds_what_is_unfinished(Migrated("6.6.6.1", 31)) == []
    # what is out of reach is left out, what is computed is not asked for
    assert admin.sorted[-2:] == [["app.id", "app.name", "app.sourceType"], ["tag.id"]]


def test_every_missing_column_is_named_although_each_answer_names_one() -> None:
    found = inspector(Admin(lacks=("app.name", "app.source_type"))).finds_what_is_unfinished()
    assert found == ["the database lacks app.name", "the database lacks app.source_type"]


@pytest.mark.parametrize(
    ("indexers", "earlier", "found"),
    [
        ({"product.indexer": []}, "6.6.6.1", 1),
        # a fresh shop has never run them, and that is no fault of an update
        ({"product.indexer": []}, "6.6.7.1", 0),
        ({}, "6.6.6.1", 0),
        (None, "6.6.6.1", 0),
    ],
)
def test_indexers_that_wait_since_the_update_show_a_forgotten_finishing_step(
    indexers: Any, earlier: str, found: int
) -> None:
    told = inspector(Admin(indexers=indexers)).finds_what_is_unfinished(Migrated(earlier, 1))
    assert told == ["1 indexers wait since before the update: system:update:finish did not run"][:found]


def test_what_a_connector_can_stumble_over_is_told() -> None:
    before = {"product": {"id": "uuid!", "stock": "int!", "ean": "string", "old": "string"}, "tax": {"id": "uuid"}}
    after = {"product": {"id": "uuid!", "stock": "float!", "ean": "string!", "new": "string", "must": "string!"}}
    assert broken_promises(before, after) == [
        "product.stock was int and is float",
        "product.old is gone",
        "product.ean must be given now",
        "product.must must be given now",
        "tax is gone",
    ]
    assert broken_promises(before, before) == []


def test_what_the_shop_fills_in_by_itself_must_be_given_by_nobody() -> None:
    required = {"type": "uuid", "flags": {"required": True}}
    admin = Admin()
    properties = {"canonicalProductVersionId": required, "versionId": required, "taxId": required}
    admin.ask = lambda *_: {"product": {"properties": properties}}  # type: ignore[method-assign]
    assert inspector(admin).sees_interface(["product", "gone"]) == {
        "product": {"canonicalProductVersionId": "uuid", "taxId": "uuid!", "versionId": "uuid"}
    }


def asset(address: str, *, status: int = 200, kind: str = "text/css", size: int = 9, digest: str = "a") -> Asset:
    return Asset(address, status, kind, size, digest)


@pytest.mark.parametrize(
    ("found", "fault"),
    [
        (asset("/theme/1/css/all.css?17"), ""),
        (asset("/theme/1/css/all.css", status=404), "/theme/1/css/all.css answers 404"),
        (asset("/theme/1/css/all.css", kind="text/html"), "/theme/1/css/all.css is text/html, not text/css"),
        (asset("/theme/1/js/a.js", kind="application/javascript"), ""),
        (asset("/theme/1/js/a.js", kind="", size=4), "/theme/1/js/a.js is of no type, not text/javascript"),
        (asset("/theme/1/css/all.css", size=0), "/theme/1/css/all.css is empty"),
    ],
)  # fmt: skip
def test_a_style_or_script_that_a_browser_cannot_use_is_a_fault(found: Asset, fault: str) -> None:
    assert found.fault == fault


def test_only_a_style_at_the_same_address_with_the_same_content_is_of_the_old_theme() -> None:
    before = {"/theme/1/css/all.css?17": "a", "/theme/1/js/all.js?17": "a"}
    same, recompiled = asset("/theme/1/css/all.css?17"), asset("/theme/1/css/all.css?18")
    assert still_of_the_old_theme(before, [same, asset("/theme/1/js/all.js?17")]) == ["/theme/1/css/all.css?17"]
    assert still_of_the_old_theme(before, [recompiled]) == []
    assert still_of_the_old_theme(before, [asset("/theme/1/css/all.css?17", digest="b")]) == []
