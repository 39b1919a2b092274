"""A flow that is a scheduled task of the shop."""

from __future__ import annotations

from updategate.clients.admin_api import AdminApi, Criteria
from updategate.clients.connector.errors import ConnectorUnreachableError
from updategate.clients.errors import ShopError
from updategate.clients.json_text import JsonObject

# long ago for every shop, whatever its clock says
_OVERDUE = "2000-01-01T00:00:00.000+00:00"
_ENDED_BADLY = {
    "failed": "it failed; the shop's log says why",
    "skipped": "the shop skips it, as a setting of the shop or the task itself says",
}


class ScheduledTask:
    """One run of a task that the shop's worker carries out."""

    def __init__(self, admin: AdminApi, name: str) -> None:
        self._admin = admin
        self._name = name
        self._last_run: object = None

    def start(self) -> None:
        """Make the task due now, and have the shop queue what is due."""
        task = self._found()
        if task.get("status") == "inactive":
            raise self._unusable("it is inactive in the shop")
        self._last_run = task.get("lastExecutionTime")
        try:
            self._admin.patch("scheduled_task", str(task["id"]), {"status": "scheduled", "nextExecutionTime": _OVERDUE})
            self._admin.ask("POST", "/_action/scheduled-task/run")
        except ShopError as fault:
            raise self._unusable(str(fault)) from None

    def ended(self) -> bool:
        """Whether it has run since; one that failed is a ``ConnectorUnreachableError``."""
        task = self._found()
        if (why := _ENDED_BADLY.get(str(task.get("status")))) is not None:
            raise self._unusable(why)
        return task.get("status") == "scheduled" and task.get("lastExecutionTime") != self._last_run

    def told(self) -> str:
        """Where it stands, for people."""
        status = str(self._found().get("status"))
        waiting = {"scheduled": "nobody queues it", "queued": "no worker of the shop takes it from the queue"}
        return f"the scheduled task '{self._name}' is {status}" + (f": {waiting[status]}" if status in waiting else "")

    def _found(self) -> JsonObject:
        try:
            task = self._admin.search("scheduled_task", Criteria().equals("name", self._name)).first()
        except ShopError as fault:
            raise self._unusable(str(fault)) from None
        if task is None:
            raise self._unusable("the shop has no such task")
        return task

    def _unusable(self, fault: str) -> ConnectorUnreachableError:
        return ConnectorUnreachableError(f"'described' (scheduled task '{self._name}')", fault)
