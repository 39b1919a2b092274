"""Whether an updated shop has come to rest: queue worked off, scheduled tasks on time, right version, open again."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from time import monotonic

from updategate.clients.admin_api import AdminApi, Criteria
from updategate.clients.errors import ShopError
from updategate.clients.json_text import JsonObject
from updategate.clients.message_queue import messages_in
from updategate.config.update_plan import Settling, UpdatePlan
from updategate.evidence.records import Build

POLL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, with what was expected and what was found."""

    step: str
    ok: bool
    expected: str
    actual: str
    message: str = ""


def queue_size(admin: AdminApi) -> int | None:
    """Messages waiting in the queue, without those that wait by design; None where the shop does not tell."""
    answer = admin.raw("GET", "/_info/queue.json")
    if not answer.ok:
        return None
    rows = answer.json()
    if not isinstance(rows, list):
        return None
    return messages_in(rows)


def overdue_tasks(admin: AdminApi, minutes: float, now: datetime) -> list[str]:
    """Scheduled tasks whose next execution lies further back than that, the worst first."""
    limit = now - timedelta(minutes=minutes)
    rows = sorted(
        (str(row["nextExecutionTime"]), str(row["name"]))
        for row in admin.pages("scheduled_task", Criteria())
        if row.get("status") not in ("inactive", "skipped") and _before(row, limit)
    )
    return [f"{name} since {due}" for due, name in rows]


def _before(row: JsonObject, limit: datetime) -> bool:
    due = datetime.fromisoformat(str(row["nextExecutionTime"]))
    return (due if due.tzinfo else due.replace(tzinfo=UTC)) < limit


def wait_until_settled(admin: AdminApi, settling: Settling, queue_before: int | None) -> list[Check]:
    """Wait until the queue is no longer than before the update and no task is overdue, at most ``settling.within``."""
    deadline = monotonic() + settling.within
    checks = first = _look(admin, settling, queue_before)
    while not all(check.ok for check in checks) and monotonic() < deadline:
        time.sleep(POLL_SECONDS)
        checks = _look(admin, settling, queue_before)
    return [_with_a_hint(check, first) for check in checks]


def _with_a_hint(check: Check, first: list[Check]) -> Check:
    """A queue that stays as long as it was is most often one that has no worker."""
    stayed = check.step == "queue" and not check.ok and check.actual in {one.actual for one in first}
    if not stayed or not check.actual.endswith(" messages"):
        return check
    return replace(check, actual=f"{check.actual}, and none was worked off: does a worker run?")


def _look(admin: AdminApi, settling: Settling, queue_before: int | None) -> list[Check]:
    try:
        size = queue_size(admin)
        overdue = overdue_tasks(admin, settling.overdue_minutes, admin.time())
    except ShopError as error:
        return [Check("queue", ok=False, expected="an answer", actual="none", message=str(error))]
    within = f"within {settling.within:g} s"
    checks = [
        Check(
            "scheduled-tasks",
            ok=not overdue,
            expected=f"none overdue by more than {settling.overdue_minutes:g} minutes",
            actual="; ".join(overdue[:3]) or "none",
        )
    ]
    if size is not None:
        allowed = queue_before or 0
        checks.append(Check("queue", size <= allowed, f"at most {allowed} messages {within}", f"{size} messages"))
    return checks


def target_reached(plan: UpdatePlan, build: Build) -> list[Check]:
    """Whether the shop has the versions that the plan names."""
    checks = []
    if plan.to:
        reached = build.core == plan.to or build.core.startswith(f"{plan.to}.")
        checks.append(Check("target", reached, f"Shopware {plan.to}", f"Shopware {build.core}"))
    plugins = {plugin.name: plugin for plugin in build.plugins}
    for name, version in sorted(plan.plugins.items()):
        found = plugins.get(name)
        actual = found.version if found else "not installed"
        checks.append(Check(f"target-{name}", actual == version, f"{name} {version}", f"{name} {actual}"))
    return checks


def lost_plugins(before: Build, after: Build) -> list[Check]:
    """Plugins that were active before the update and are not any more."""
    active = {plugin.name for plugin in after.plugins if plugin.active}
    lost = sorted(plugin.name for plugin in before.plugins if plugin.active and plugin.name not in active)
    return [
        Check("plugins", not lost, "every plugin still active", f"not active: {', '.join(lost)}" if lost else "all")
    ]
