"""Any other connector, by what the environment file says of it."""

from __future__ import annotations

import subprocess
import time
from urllib.parse import urlsplit

from updategate.clients.admin_api import AdminApi, Criteria
from updategate.clients.connector.context import ConnectorContext
from updategate.clients.connector.errors import ConnectorError, ConnectorStuckError, ConnectorUnreachableError
from updategate.clients.connector.json_http import JsonHttp
from updategate.clients.connector.port import Complaint, Report
from updategate.clients.connector.waiting import wait_for
from updategate.clients.errors import ApiError
from updategate.clients.json_text import Json
from updategate.config.erp import Trigger


class DescribedConnector:
    """A connector that is started by a request, a command or a scheduled task, or that runs by its own schedule."""

    def __init__(self, context: ConnectorContext) -> None:
        self._context = context
        self._settings = context.settings
        self._token = context.settings.token.get_secret_value() if context.settings.token else ""

    def check(self) -> None:
        """Ask for its state, where it has an address for that."""
        if self._settings.idle.status:
            self._status()

    def start(self, *flows: str) -> DescribedRun:
        """Start flows; one without a trigger is left to the connector's own schedule."""
        end = time.monotonic() + self._settings.timeout
        for flow in flows:
            trigger = self._settings.flows.get(flow)
            if trigger is not None:
                self._trigger(flow, trigger, max(1.0, end - time.monotonic()))
            elif not self._settings.idle.quiet_seconds:
                message = (
                    f"it is not said how '{flow}' is started: write connector.flows.{flow}, or idle.quiet_seconds "
                    "if the connector runs by its own schedule"
                )
                raise ConnectorUnreachableError("'described'", message)
        return DescribedRun(self, flows, end)

    def close(self) -> None:
        """Nothing is kept open."""

    def _trigger(self, flow: str, trigger: Trigger, seconds: float) -> None:
        if trigger.post:
            self._ask("POST", trigger.post)
        elif trigger.command:
            self._command(flow, trigger.command, seconds)
        elif trigger.task:
            self._task(trigger.task)

    def _command(self, flow: str, command: tuple[str, ...], seconds: float) -> None:
        try:
            done = subprocess.run(  # noqa: S603 - the environment file's own command
                command,
                capture_output=True,
                text=True,
                timeout=seconds,
                check=False,
                env=self._context.variables or None,
            )
        except subprocess.TimeoutExpired:
            raise ConnectorStuckError(flow, self._settings.timeout, f"'{command[0]}' did not end") from None
        except OSError as fault:
            raise ConnectorUnreachableError(f"command '{command[0]}'", str(fault.strerror)) from None
        if done.returncode:
            told = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["nothing"]
            raise ConnectorUnreachableError(f"command '{command[0]}'", f"it ended with {done.returncode}: {told[0]}")

    def _task(self, name: str) -> None:
        """Make a scheduled task of the shop due now; the shop's worker runs it."""
        admin = self._admin()
        task = admin.search("scheduled_task", Criteria().equals("name", name)).first()
        if task is None:
            raise ConnectorUnreachableError("'described'", f"the shop has no scheduled task '{name}'")
        admin.patch(
            "scheduled_task", str(task["id"]), {"status": "scheduled", "nextExecutionTime": "2000-01-01 00:00:00"}
        )
        try:
            admin.ask("POST", "/_action/scheduled-task/run")
        except ApiError as refused:
            raise ConnectorUnreachableError("'described'", str(refused)) from None

    def idle(self) -> Report | None:
        """Return what the connector tells once it is idle."""
        idle = self._settings.idle
        body: Json = None
        if idle.status:
            body = self._status()
            if _inside(body, idle.key) != idle.equals:
                return None
        if idle.queue_empty and _queued(self._admin()) > 0:
            return None
        if idle.problems is None:
            return Report(tells=False)
        entries = _inside(body, idle.problems) or []
        return Report(tuple(_complaint(entry) for entry in entries if isinstance(entry, dict)))

    @property
    def quiet_seconds(self) -> float:
        """How long nothing must happen before the connector counts as idle."""
        return self._settings.idle.quiet_seconds

    @property
    def timeout(self) -> float:
        """How long a connector may take, in seconds."""
        return self._settings.timeout

    def _status(self) -> Json:
        return self._ask("GET", str(self._settings.idle.status))

    def _ask(self, method: str, address: str) -> Json:
        parts = urlsplit(address)
        http = JsonHttp(f"{parts.scheme}://{parts.netloc}", self._token)
        try:
            return http.ask(method, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        finally:
            http.close()

    def _admin(self) -> AdminApi:
        if self._context.admin is None:
            raise ConnectorUnreachableError("'described'", "tasks and queue of the shop need the section 'admin'")
        return self._context.admin


class DescribedRun:
    """Flows under way."""

    def __init__(self, connector: DescribedConnector, flows: tuple[str, ...], end: float) -> None:
        self._connector = connector
        self._flows = flows
        self._end = end

    def until_idle(self) -> Report:
        """Wait for the connector, then for quiet."""
        left = self._end - time.monotonic()
        quiet = self._connector.quiet_seconds
        if quiet:
            time.sleep(max(0.0, min(quiet, left)))
        report = wait_for(self._connector.idle, max(0.0, self._end - time.monotonic()))
        if report is None:
            told = "its status never became what 'connector.idle' waits for"
            raise ConnectorStuckError(", ".join(self._flows), self._connector.timeout, told)
        return report


def _queued(admin: AdminApi) -> int:
    """How many messages the shop's queue holds, as the administration's own counter says."""
    try:
        found = admin.ask("GET", "/_info/queue.json")
    except ApiError as refused:
        raise ConnectorError(f"The shop's message queue cannot be read: {refused}") from None
    return sum(int(entry.get("size") or 0) for entry in found or [])


def _inside(body: Json, key: str) -> Json:
    for part in key.split("."):
        if not isinstance(body, dict):
            return None
        body = body.get(part)
    return body


def _complaint(entry: dict[str, Json]) -> Complaint:
    return Complaint(*(str(entry.get(name) or "") for name in ("flow", "object", "code", "message")))
