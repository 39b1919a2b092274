from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from updategate.embedded.refshop.dal.store import EntityStore


def _fails_after(store: EntityStore, change: Callable[[], object]) -> None:
    """Make a change in a transaction that then fails."""

    def fail() -> None:
        with store.transaction():
            change()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()


def test_merges_top_level_keys_and_keeps_them_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "shop.sqlite"
    store = EntityStore(file)
    store.upsert("product", {"id": "1", "name": "hammer", "stock": 3})
    store.upsert("product", {"id": "1", "stock": 2})
    store.close()

    again = EntityStore(file)
    doc = again.get("product", "1")
    assert doc is not None
    assert (doc["name"], doc["stock"]) == ("hammer", 2)
    assert doc["createdAt"]
    assert doc["updatedAt"]


def test_a_reader_keeps_the_document_that_it_has() -> None:
    store = EntityStore()
    store.upsert("product", {"id": "1", "stock": 3})
    before = store.get("product", "1")
    store.upsert("product", {"id": "1", "stock": 2})
    assert before is not None
    assert before["stock"] == 3


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    file = tmp_path / "shop.sqlite"
    store = EntityStore(file)
    store.upsert("product", {"id": "1", "taxId": "a"})

    def change() -> None:
        store.upsert("product", {"id": "1", "taxId": "b"})
        store.upsert("product", {"id": "2", "taxId": "b"})
        store.delete("product", "1")

    _fails_after(store, change)
    assert [doc["id"] for doc in store.where("product", taxId="a")] == ["1"]
    assert store.where("product", taxId="b") == []
    store.close()
    assert EntityStore(file).count("product") == 1


def test_an_inner_transaction_that_fails_undoes_only_itself() -> None:
    store = EntityStore()
    with store.transaction():
        store.upsert("product", {"id": "1"})
        _fails_after(store, lambda: store.upsert("product", {"id": "2"}))
        store.upsert("product", {"id": "3"})
    assert [doc["id"] for doc in store.all("product")] == ["1", "3"]


def test_what_follows_a_commit_happens_once_it_is_kept_and_not_otherwise() -> None:
    store = EntityStore()
    seen: list[str] = []
    with store.transaction():
        store.after_commit(lambda: seen.append("kept"))
        assert seen == []
    _fails_after(store, lambda: store.after_commit(lambda: seen.append("lost")))
    store.after_commit(lambda: seen.append("at once"))
    assert seen == ["kept", "at once"]


def test_parallel_transactions_lose_no_update() -> None:
    store = EntityStore()
    store.upsert("counter", {"id": "1", "value": 0})

    def count() -> None:
        for _ in range(50):
            with store.transaction():
                doc = store.get("counter", "1") or {}
                store.upsert("counter", {"id": "1", "value": doc["value"] + 1})

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (store.get("counter", "1") or {})["value"] == 400


def test_the_revision_grows_with_every_write_to_the_entity() -> None:
    store = EntityStore()
    before = store.revision("product", "tax")
    store.upsert("currency", {"id": "1"})
    assert store.revision("product", "tax") == before
    store.upsert("tax", {"id": "1"})
    assert store.revision("product", "tax") > before


_steps = st.lists(
    st.tuples(
        st.sampled_from(["put", "delete", "roll back"]),
        st.sampled_from("abcd"),
        st.dictionaries(st.sampled_from(["x", "y"]), st.sampled_from([None, 1, 2, [1]]), max_size=2),
    ),
    max_size=30,
)


@given(_steps)
def test_where_always_agrees_with_looking_at_every_document(steps: list[tuple[str, str, dict[str, Any]]]) -> None:
    store = EntityStore()
    store.where("thing", x=1)  # the index exists before the first write
    model: dict[str, dict[str, Any]] = {}
    for action, id_, fields in steps:
        if action == "put":
            store.upsert("thing", {"id": id_, **fields})
            model[id_] = {**model.get(id_, {}), **fields}
        elif action == "delete":
            assert store.delete("thing", id_) == (id_ in model)
            model.pop(id_, None)
        else:
            _fails_after(store, partial(store.upsert, "thing", {"id": id_, **fields}))
    for value in (None, 1, 2):
        expected = {key for key, doc in model.items() if _plain(doc.get("x")) == value}
        assert {doc["id"] for doc in store.where("thing", x=value)} == expected
        both = {key for key in expected if model[key].get("y") == 1}
        assert {doc["id"] for doc in store.where("thing", x=value, y=1)} == both


def _plain(value: Any) -> Any:
    """Lists are not indexed: they count as no value."""
    return None if isinstance(value, list) else value
