"""Any other connector, by what the environment file says of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from updategate.clients.admin_api import AdminApi
from updategate.clients.connector.commands import run_command
from updategate.clients.connector.context import ConnectorContext
from updategate.clients.connector.errors import ConnectorError, ConnectorStuckError, ConnectorUnreachableError
from updategate.clients.connector.json_http import JsonHttp
from updategate.clients.connector.port import Complaint, Report
from updategate.clients.connector.scheduled_task import ScheduledTask
from updategate.clients.connector.waiting import wait_for
from updategate.clients.errors import ShopError
from updategate.clients.json_text import Json
from updategate.clients.message_queue import waiting_messages
from updategate.config.erp import Trigger

# a status is a quick question, whatever the connector is at
_STATUS_SECONDS = 20.0


class DescribedConnector:
    """A connector that is started by a request, a command or a scheduled task, or that runs by its own schedule."""

    def __init__(self, context: ConnectorContext) -> None:
        self._context = context
        self.settings = context.settings
        self._token = context.settings.token.get_secret_value() if context.settings.token else ""

    def check(self) -> None:
        """Ask for its state, where it has an address for that."""
        if self.settings.idle.status:
            self.status()

    def start(self, *flows: str) -> DescribedRun:
        """Start the first flow; the others follow once it has been exchanged."""
        idle = self.settings.idle
        for flow in flows:
            if flow not in self.settings.flows and not (idle.quiet_seconds or idle.finished):
                message = (
                    f"it is not said how '{flow}' is started: write connector.flows.{flow}, or idle.quiet_seconds or "
                    "idle.finished if the connector runs by its own schedule"
                )
                raise ConnectorUnreachableError("'described'", message)
        return DescribedRun(self, flows)

    def close(self) -> None:
        """Nothing is kept open."""

    def trigger(self, flow: str, trigger: Trigger, seconds: float) -> ScheduledTask | None:
        """Start a flow; a scheduled task is returned, because its end can be seen."""
        if trigger.post:
            self._ask("POST", trigger.post, trigger.body, seconds)
        elif trigger.command:
            run_command(flow, trigger.command, seconds, self._context.variables)
        elif trigger.task:
            task = ScheduledTask(self._admin(), trigger.task)
            task.start()
            return task
        return None

    def status(self) -> Json:
        """What the connector says of itself; nothing where it has no address for that."""
        address = self.settings.idle.status
        return self._ask("GET", address, None, _STATUS_SECONDS) if address else None

    def is_idle(self, status: Json) -> bool:
        """Whether status and queue say that nothing is left to do."""
        idle = self.settings.idle
        if idle.status and not idle.finished and inside(status, idle.key) != idle.equals:
            return False
        return not idle.queue_empty or self._queue_is_empty()

    def report(self, status: Json) -> Report:
        """What the connector could not exchange, where it tells."""
        if self.settings.idle.problems is None:
            return Report(tells=False)
        entries = inside(status, self.settings.idle.problems) or []
        return Report(tuple(_complaint(entry) for entry in entries if isinstance(entry, dict)))

    def _queue_is_empty(self) -> bool:
        try:
            waiting = waiting_messages(self._admin())
        except ShopError as refused:
            raise ConnectorError(f"The shop's message queue cannot be read: {refused}") from None
        if waiting is None:
            message = (
                "The shop does not count the messages of its queue, so 'connector.idle.queue_empty' is never known. "
                "Switch shopware.admin_worker.enable_queue_stats_worker on, or describe 'idle' in another way."
            )
            raise ConnectorError(message)
        return waiting <= 0

    def _ask(self, method: str, address: str, body: Json, seconds: float) -> Json:
        parts = urlsplit(address)
        origin = f"{parts.scheme}://{parts.netloc}"
        http = JsonHttp(origin, self._token, seconds, token_header=self.settings.token_header)
        try:
            return http.ask(method, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body)
        finally:
            http.close()

    def _admin(self) -> AdminApi:
        if self._context.admin is None:
            raise ConnectorUnreachableError("'described'", "tasks and queue of the shop need the section 'admin'")
        return self._context.admin


class DescribedRun:
    """Flows under way, one after the other: what is exchanged later may need what came before."""

    def __init__(self, connector: DescribedConnector, flows: tuple[str, ...]) -> None:
        self._connector = connector
        self._end = time.monotonic() + connector.settings.timeout
        self._steps = self._exchanges(flows)
        next(self._steps)

    def until_idle(self) -> Report:
        """Wait for each flow, and start the next."""
        report = Report(tells=self._connector.settings.idle.problems is not None)
        for found in self._steps:
            if found is not None:
                report = Report((*report.complaints, *found.complaints), found.tells)
        return report

    def _exchanges(self, flows: tuple[str, ...]) -> Iterator[Report | None]:
        """Exchange a flow at each step; the first step only starts the first one."""
        settings = self._connector.settings
        started = False
        # what the connector does by its own schedule, it does together
        for flow in dict.fromkeys(flow if flow in settings.flows else "" for flow in flows):
            told = flow or ", ".join(name for name in flows if name not in settings.flows)
            before = inside(self._connector.status(), settings.idle.finished) if settings.idle.finished else None
            trigger = settings.flows.get(flow)
            task = self._connector.trigger(flow, trigger, self._left(told)) if trigger else None
            if not started:
                started = True
                yield None
            # by its own schedule, the run that ends first may have begun before there was anything to exchange;
            # a command and a task have an end of their own
            runs = 2 if trigger is None else 1 if trigger.post else 0
            yield self._exchanged(told, task, before, runs)

    def _exchanged(self, flow: str, task: ScheduledTask | None, before: Json, runs: int) -> Report:
        if task is not None and wait_for(lambda: task.ended() or None, self._left(flow)) is None:
            raise ConnectorStuckError(flow, self._connector.settings.timeout, task.told())
        idle = self._connector.settings.idle
        if idle.finished:
            for _ in range(runs):
                before = self._finished(flow, before)
        if idle.quiet_seconds:
            if idle.quiet_seconds > self._left(flow):
                told = f"there is no time left for {idle.quiet_seconds:g} s of quiet"
                raise ConnectorStuckError(flow, self._connector.settings.timeout, told)
            time.sleep(idle.quiet_seconds)
        report = wait_for(self._idle, self._left(flow))
        if report is None:
            told = "its status never became what 'connector.idle' waits for"
            raise ConnectorStuckError(flow, self._connector.settings.timeout, told)
        return report

    def _idle(self) -> Report | None:
        status = self._connector.status()
        return self._connector.report(status) if self._connector.is_idle(status) else None

    def _finished(self, flow: str, before: Json) -> Json:
        key = str(self._connector.settings.idle.finished)

        def look() -> tuple[Json] | None:
            now = inside(self._connector.status(), key)
            return (now,) if now is not None and now != before else None

        found = wait_for(look, self._left(flow))
        if found is None:
            raise ConnectorStuckError(
                flow, self._connector.settings.timeout, f"'{key}' stayed {before!r} in its status"
            )
        return found[0]

    def _left(self, flow: str) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise ConnectorStuckError(flow, self._connector.settings.timeout, "the flows before it took all the time")
        return left


def inside(body: Json, key: str | None) -> Json:
    """What stands in a status under a key; dots lead inwards."""
    for part in (key or "").split("."):
        if not isinstance(body, dict):
            return None
        body = body.get(part)
    return body


def _complaint(entry: dict[str, Json]) -> Complaint:
    return Complaint(*(str(entry.get(name) or "") for name in ("flow", "object", "code", "message")))
