"""The worker of the scheduled tasks: what is due is run and planned anew.

It works whenever somebody looks at the tasks, which is as if it had done so all along; a thread of its own would add
reads and writes to what is counted of requests.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from .dal.ids import api_time
from .shop import Shop


def plan_tasks(shop: Shop) -> None:
    """Plan every task at the start of the worker; a right shop leaves the times as they are."""
    with shop.store.transaction():
        for task in shop.store.where("scheduled_task", status="scheduled"):
            planned = datetime.fromisoformat(task["nextExecutionTime"])
            due = shop.behaviour.next_execution(task["name"], planned)
            if due != planned:
                shop.store.upsert("scheduled_task", {"id": task["id"], "nextExecutionTime": api_time(due)})


def run_due_tasks(shop: Shop) -> int:
    """Run the tasks that are due, which is only to mark them: their work is the shop's own. Return how many."""
    now = shop.clock.now()
    due = [task for task in shop.store.where("scheduled_task", status="scheduled") if _is_due(shop, task, now)]
    if due:
        with shop.store.transaction():
            for task in due:
                following = now + timedelta(seconds=task["runInterval"])
                times = {"lastExecutionTime": api_time(now), "nextExecutionTime": api_time(following)}
                shop.store.upsert("scheduled_task", {"id": task["id"], **times})
    return len(due)


def _is_due(shop: Shop, task: dict[str, str], now: datetime) -> bool:
    return shop.behaviour.runs_task(task["name"]) and datetime.fromisoformat(task["nextExecutionTime"]) <= now
