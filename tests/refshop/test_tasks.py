"""The worker of the scheduled tasks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from updategate.embedded.refshop.dal.store import EntityStore
from updategate.embedded.refshop.mutants import mutated
from updategate.embedded.refshop.shop import Shop
from updategate.embedded.refshop.tasks import plan_tasks, run_due_tasks

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


class Clock:
    def now(self) -> datetime:
        return NOW


@pytest.fixture
def store() -> Iterator[EntityStore]:
    store = EntityStore(clock=Clock())
    for name, due, status in (
        ("log_entry.cleanup", NOW - timedelta(minutes=1), "scheduled"),
        ("cart.cleanup", NOW + timedelta(minutes=1), "scheduled"),
        ("shopware.invalidate_cache", NOW - timedelta(days=9), "skipped"),
    ):
        times = {"nextExecutionTime": due.isoformat(timespec="milliseconds"), "runInterval": 3600}
        store.upsert("scheduled_task", {"id": name, "name": name, "status": status, **times})
    yield store
    store.close()


def due(store: EntityStore, name: str) -> datetime:
    task = store.get("scheduled_task", name)
    assert task is not None
    return datetime.fromisoformat(task["nextExecutionTime"])


def test_what_is_due_is_run_and_planned_anew(store: EntityStore) -> None:
    shop = Shop(store, clock=Clock())
    plan_tasks(shop)
    assert run_due_tasks(shop) == 1
    assert due(store, "log_entry.cleanup") == NOW + timedelta(hours=1)
    assert due(store, "cart.cleanup") == NOW + timedelta(minutes=1)
    assert due(store, "shopware.invalidate_cache") == NOW - timedelta(days=9)
    assert run_due_tasks(shop) == 0


def test_a_task_that_stands_still_is_overdue_at_once_and_stays_so(store: EntityStore) -> None:
    shop = Shop(store, behaviour=mutated(["one-task-stands-still"]), clock=Clock())
    plan_tasks(shop)
    assert run_due_tasks(shop) == 0
    assert due(store, "log_entry.cleanup") < NOW - timedelta(days=1)
