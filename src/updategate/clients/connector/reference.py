"""Our own connector, which knows its jobs by number."""

from __future__ import annotations

from updategate.clients.connector.context import ConnectorContext
from updategate.clients.connector.errors import ConnectorStuckError, ConnectorUnreachableError
from updategate.clients.connector.json_http import JsonHttp
from updategate.clients.connector.port import Complaint, Report
from updategate.clients.connector.waiting import wait_for
from updategate.clients.json_text import JsonObject


class ReferenceConnector:
    """The reference connector over its own HTTP interface."""

    def __init__(self, context: ConnectorContext) -> None:
        if context.url is None:
            raise ConnectorUnreachableError("'reference'", "it was not started")
        self._http = JsonHttp(context.url, context.token)
        self._timeout = context.settings.timeout

    def check(self) -> None:
        """Ask for its state."""
        self._http.ask("GET", "/status")

    def start(self, *flows: str) -> ReferenceRun:
        """Queue a job."""
        job = self._http.ask("POST", "/sync", {"flows": list(flows)})
        return ReferenceRun(self._http, int(job["job"]), flows, self._timeout)

    def close(self) -> None:
        """End all connections."""
        self._http.close()


class ReferenceRun:
    """One job."""

    def __init__(self, http: JsonHttp, job: int, flows: tuple[str, ...], timeout: float) -> None:
        self._http = http
        self._job = job
        self._flows = flows
        self._timeout = timeout

    def until_idle(self) -> Report:
        """Wait until the job is done and the connector says that it is idle."""
        # it is ours, and on this machine: it may be asked often
        job = wait_for(self._done, self._timeout, at_most=0.15)
        if job is None:
            raise ConnectorStuckError(", ".join(self._flows), self._timeout, "by its own word it is at work")
        return Report(tuple(_complaint(entry) for entry in job["problems"]))

    def _done(self) -> JsonObject | None:
        job = self._http.ask("GET", f"/jobs/{self._job}")
        if job["state"] != "done" or not self._http.ask("GET", "/status")["idle"]:
            return None
        return dict(job)


def _complaint(entry: JsonObject) -> Complaint:
    return Complaint(str(entry["flow"]), str(entry["object"]), str(entry["code"]), str(entry["message"]))
