"""A connector that is only described: started by a request or a command, idle by its status or by quiet."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import psutil
import pytest
from pydantic import ValidationError

from tests.erp.serving import serving
from updategate.clients.adapters import adapter_named
from updategate.clients.admin_api import AdminApi, Integration
from updategate.clients.connector import (
    Complaint,
    ConnectorContext,
    ConnectorError,
    ConnectorStuckError,
    ConnectorUnreachableError,
    Report,
)
from updategate.clients.connector.described import DescribedConnector
from updategate.clients.connector.giving_up import GivingUp
from updategate.clients.erp import ABILITIES
from updategate.clients.exchange_log import ExchangeLog
from updategate.clients.transport import RequestsTransport
from updategate.config.environment import Environment
from updategate.config.erp import ConnectorSettings, ErpSettings
from updategate.config.errors import ConfigError
from updategate.operations.counterparts import erp_capabilities


class Running:
    """A connector that is at work for some looks at its status."""

    def __init__(self) -> None:
        self.looks = 2
        self.started: list[str] = []
        self.bodies: list[Any] = []
        self.order: list[str] = []
        self.header = ("Authorization", "Bearer token-of-it")
        self.finished: list[int] = []
        self.url = ""
        self.problems: list[dict[str, str]] = []


@pytest.fixture
def running() -> Iterator[Running]:
    state = Running()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            given = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body: dict[str, Any] = {}
            if self.headers.get(state.header[0]) != state.header[1]:
                status = 401
            elif self.command == "POST":
                state.started.append(self.path)
                state.order.append(f"start {self.path}")
                state.bodies.append(json.loads(given) if given else None)
                status = 202
            else:
                state.looks -= 1
                if state.looks == 0:
                    state.order.append("idle")
                runs = state.finished.pop(0) if len(state.finished) > 1 else (state.finished or [0])[0]
                status, body = 200, {"queue": {"busy": state.looks > 0}, "problems": state.problems, "runs": runs}
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _serve

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with serving(Handler) as state.url:
        yield state


def described(admin: AdminApi | None = None, **settings: Any) -> DescribedConnector:
    given = {"adapter": "described", "token": "token-of-it", "timeout": 5, **settings}
    return DescribedConnector(ConnectorContext(ConnectorSettings.model_validate(given), admin=admin))


def idle(running: Running, **more: Any) -> dict[str, Any]:
    return {"status": f"{running.url}/status", "key": "queue.busy", "equals": False, **more}


def test_request_and_status(running: Running) -> None:
    running.problems = [{"flow": "articles", "object": "UG-1", "code": "C1", "message": "no price"}]
    connector = described(
        flows={"articles": {"post": f"{running.url}/run?what=items"}}, idle=idle(running, problems="problems")
    )
    connector.check()
    report = connector.start("articles").until_idle()
    assert running.started == ["/run?what=items"]
    assert report == Report((Complaint("articles", "UG-1", "C1", "no price"),))
    assert running.looks <= 0


def test_request_with_a_body_and_a_header_of_its_own(running: Running) -> None:
    running.header = ("X-Api-Key", "token-of-it")
    connector = described(
        token_header="X-Api-Key",
        flows={"articles": {"post": f"{running.url}/run", "body": {"job": "items", "full": True}}},
        idle=idle(running),
    )
    connector.start("articles").until_idle()
    assert running.bodies == [{"job": "items", "full": True}]


def test_a_flow_begins_when_the_one_before_it_has_been_exchanged(running: Running) -> None:
    running.looks = 3
    flows = {name: {"post": f"{running.url}/{name}"} for name in ("articles", "stock")}
    run = described(flows=flows, idle=idle(running)).start("articles", "stock")
    assert running.started == ["/articles"]
    run.until_idle()
    assert running.order == ["start /articles", "idle", "start /stock"]


def test_a_run_that_has_not_begun_is_not_taken_for_idle(running: Running) -> None:
    # its number of runs tells what "idle" cannot: that nothing has been exchanged yet
    running.finished = [7, 7, 7, 8]
    flows = {"articles": {"post": f"{running.url}/run"}}
    described(flows=flows, idle={"status": f"{running.url}/status", "finished": "runs"}).start("articles").until_idle()
    assert running.finished == [8]


def test_a_schedule_is_waited_for_until_a_run_that_began_later_has_ended(running: Running) -> None:
    running.finished = [7, 7, 8, 8, 9]
    schedule = described(idle={"status": f"{running.url}/status", "finished": "runs"})
    schedule.start("articles", "stock").until_idle()
    assert running.finished == [9]


def test_a_schedule_that_stands_still_is_told(running: Running) -> None:
    running.finished = [7]
    schedule = described(timeout=1, idle={"status": f"{running.url}/status", "finished": "runs"})
    with pytest.raises(ConnectorStuckError, match=r"still not idle 1 s after articles, stock .*'runs' stayed 7"):
        schedule.start("articles", "stock").until_idle()


def test_quiet_is_never_cut_short() -> None:
    flows = {"articles": {"command": [sys.executable, "-c", "import time; time.sleep(0.6)"]}}
    with pytest.raises(ConnectorStuckError, match=r"no time left for 0\.9 s of quiet"):
        described(timeout=1, flows=flows, idle={"quiet_seconds": 0.9}).start("articles").until_idle()


def test_stuck_connector_is_told_in_time(running: Running) -> None:
    running.looks = 10**6
    connector = described(timeout=1, flows={"orders": {"post": f"{running.url}/run"}}, idle=idle(running))
    with pytest.raises(ConnectorStuckError, match="still not idle 1 s after orders was started"):
        connector.start("orders").until_idle()


def test_command_that_works_fails_or_hangs() -> None:
    python = [sys.executable, "-c"]
    flows = {
        "articles": {"command": [*python, "pass"]},
        "orders": {"command": [*python, "import sys; sys.exit('the ERP has no such company')"]},
        "stock": {"command": [*python, "import time; time.sleep(60)"]},
        "prices": {"command": ["/no/such/connector"]},
    }
    assert described(flows=flows).start("articles").until_idle() == Report(tells=False)
    with pytest.raises(ConnectorUnreachableError, match="it ended with 1: the ERP has no such company"):
        described(flows=flows).start("orders")
    with pytest.raises(ConnectorStuckError, match="did not end"):
        described(flows=flows, timeout=1).start("stock")
    with pytest.raises(ConnectorUnreachableError, match="No such file or directory"):
        described(flows=flows).start("prices")


def test_what_a_command_has_started_ends_with_it(tmp_path: Path) -> None:
    # a grandchild that keeps the output open would be waited for for ever
    child = tmp_path / "child"
    program = (
        "import pathlib, subprocess, sys, time; "
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
        f"pathlib.Path({str(child)!r}).write_text(str(child.pid)); time.sleep(60)"
    )
    begun = time.monotonic()
    with pytest.raises(ConnectorStuckError, match="did not end"):
        described(flows={"stock": {"command": [sys.executable, "-c", program]}}, timeout=1.5).start("stock")
    assert time.monotonic() - begun < 10
    assert not psutil.pid_exists(int(child.read_text())) or psutil.Process(int(child.read_text())).status() == "zombie"


def test_a_connector_that_was_stuck_twice_is_not_started_again(running: Running, tmp_path: Path) -> None:
    running.looks = 10**6
    flows = {"orders": {"post": f"{running.url}/run"}}
    slow = described(timeout=0.3, flows=flows, idle=idle(running))
    # as two workers have it
    workers = [GivingUp(slow, tmp_path / "stuck") for _ in range(2)]
    for worker in workers:
        with pytest.raises(ConnectorStuckError):
            worker.start("orders").until_idle()
    assert len(running.started) == 2
    with pytest.raises(ConnectorError, match=r"still not idle .* stuck 2 times in a row before, so it was not started"):
        workers[0].start("orders")
    assert len(running.started) == 2


def test_a_connector_that_was_stuck_once_is_forgiven(running: Running, tmp_path: Path) -> None:
    flows = {"orders": {"post": f"{running.url}/run"}}
    connector = GivingUp(described(timeout=0.5, flows=flows, idle=idle(running)), tmp_path / "stuck")
    for _ in range(3):
        running.looks = 10**6
        with pytest.raises(ConnectorStuckError):
            connector.start("orders").until_idle()
        running.looks = 1
        connector.start("orders").until_idle()
    assert len(running.started) == 6


class TaskShop:
    """The part of a shop that a scheduled task needs."""

    def __init__(self) -> None:
        self.admin: AdminApi
        self.task: dict[str, Any] | None = {
            "id": "1" * 32, "name": "my_connector.stock", "status": "scheduled", "nextExecutionTime": "2030-01-01",
            "lastExecutionTime": "2026-01-01",
        }  # fmt: skip
        self.after_run = ["queued", "running", "scheduled"]
        self.queue: list[dict[str, Any]] = [{"name": "MyMessage", "size": 0}]
        self.looks = 0

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        if path == "/api/oauth/token":
            return 200, {"access_token": "t", "expires_in": 600}
        if path == "/api/search/scheduled-task":
            self._moves()
            return 200, {"data": [self.task] if self.task else [], "total": 1}
        if path == "/api/_action/scheduled-task/run":
            due = self.task is not None and self.task["nextExecutionTime"] < "2026"
            self.after_run = self.after_run if due else []
            self.looks = 1
            return 200, {"message": "Success"}
        if path == "/api/_info/queue.json":
            if self.queue and self.queue[0]["size"]:
                self.queue[0]["size"] -= 1
            return 200, self.queue
        if method == "PATCH" and self.task:
            self.task.update(body)
            return 204, None
        return 404, {"errors": [{"code": "0", "detail": path}]}

    def _moves(self) -> None:
        """A worker is at it: at each look, the task is one step further."""
        if self.looks and self.after_run and self.task:
            self.task["status"] = self.after_run.pop(0)
            if self.task["status"] == "scheduled":
                self.task.update({"lastExecutionTime": "2026-02-02", "nextExecutionTime": "2030-01-01"})


@pytest.fixture
def task_shop() -> Iterator[TaskShop]:
    state = TaskShop()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            given = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, body = state.answer(self.command, self.path, json.loads(given) if given else None)
            content = b"" if body is None else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = _serve

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with serving(Handler) as url:
        transport = RequestsTransport(url, ExchangeLog())
        state.admin = AdminApi(transport, Integration("id", "secret"))
        yield state
        transport.close()


TASK = {"stock": {"task": "my_connector.stock"}}


def test_scheduled_task_of_the_shop_is_made_due_and_waited_for(task_shop: TaskShop) -> None:
    task_shop.queue[0]["size"] = 2
    described(task_shop.admin, flows=TASK, idle={"queue_empty": True}).start("stock").until_idle()
    assert task_shop.task is not None
    assert (task_shop.task["status"], task_shop.task["lastExecutionTime"]) == ("scheduled", "2026-02-02")
    assert task_shop.queue[0]["size"] == 0


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        (["queued"], "is queued: no worker of the shop takes it from the queue"),
        (["queued", "running"], "still not idle 1 s after stock was started .*is running"),
        (["queued", "running", "failed"], "it failed; the shop's log says why"),
        (["skipped"], "the shop skips it"),
    ],
)
def test_scheduled_task_that_does_not_end_well(steps: list[str], told: str, task_shop: TaskShop) -> None:
    task_shop.after_run = steps
    with pytest.raises(ConnectorError, match=told):
        described(task_shop.admin, flows=TASK, timeout=1).start("stock").until_idle()


def test_scheduled_task_that_cannot_run_is_told_at_once(task_shop: TaskShop) -> None:
    assert task_shop.task is not None
    task_shop.task["status"] = "inactive"
    with pytest.raises(ConnectorUnreachableError, match=r"my_connector\.stock.* it is inactive in the shop"):
        described(task_shop.admin, flows=TASK).start("stock")
    task_shop.task = None
    with pytest.raises(ConnectorUnreachableError, match="the shop has no such task"):
        described(task_shop.admin, flows=TASK).start("stock")
    with pytest.raises(ConnectorUnreachableError, match="need the section 'admin'"):
        described(flows=TASK).start("stock")


def test_queue_of_the_shop(task_shop: TaskShop) -> None:
    flows = {"stock": {"command": [sys.executable, "-c", "pass"]}}
    # what waits by design is no work that is left
    task_shop.queue = [{"name": "MyMessage", "size": 3}, {"name": "Shopware\\X\\DeleteThemeFilesMessage", "size": 4}]
    described(task_shop.admin, flows=flows, idle={"queue_empty": True}).start("stock").until_idle()
    assert task_shop.queue[0]["size"] == 0
    task_shop.queue = [{"name": "MyMessage", "size": 10**6}]
    with pytest.raises(ConnectorStuckError, match="still not idle 1 s after stock"):
        described(task_shop.admin, flows=flows, timeout=1, idle={"queue_empty": True}).start("stock").until_idle()
    task_shop.queue = []
    with pytest.raises(ConnectorError, match="does not count the messages of its queue"):
        described(task_shop.admin, flows=flows, idle={"queue_empty": True}).start("stock").until_idle()


def test_flow_without_a_trigger_is_named_unless_the_connector_has_a_schedule() -> None:
    with pytest.raises(ConnectorUnreachableError, match=r"write connector\.flows\.orders"):
        described().start("orders")
    assert described(idle={"quiet_seconds": 0.2}).start("orders").until_idle() == Report(tells=False)


def test_nobody_there(running: Running) -> None:
    gone = described(idle={"status": "http://127.0.0.1:9/status"})
    with pytest.raises(ConnectorUnreachableError, match="connection refused"):
        gone.check()
    stranger = described(token="wrong-token", idle=idle(running))
    with pytest.raises(ConnectorUnreachableError, match="answered 401"):
        stranger.check()


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"adapter": "reference"}, "the reference connector is started for the run"),
        ({"adapter": "described", "client_id": "x"}, "give both client_id and client_secret"),
        ({"adapter": "described", "mutants": ["stale_stock"]}, "only the embedded connector has mutants"),
        ({"adapter": "described", "flows": {"orders": {}}}, "exactly one of post, command and task"),
        ({"adapter": "described", "flows": {"orders": {"task": "x", "body": {}}}}, "a body is only sent with post"),
        ({"adapter": "described", "idle": {"status": "connector"}}, "an address starts with http"),
        ({"adapter": "described", "idle": {"finished": "runs"}}, "write status, the address that tells it"),
        ({"adapter": "described", "timeout": 60, "idle": {"quiet_seconds": 60}}, "timeout must be longer than"),
    ],
)
def test_mistakes_in_the_section(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        ConnectorSettings.model_validate(settings)


def test_only_tryton_is_embedded() -> None:
    with pytest.raises(ValidationError, match="only the adapter 'tryton' can be embedded"):
        ErpSettings.model_validate({"adapter": "odata", "embedded": True})


def test_unknown_adapter_is_named_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"erp\.adapter\n.*Did you mean.*tryton"):
        adapter_named("updategate.erp", "trytn", "erp.adapter")


@pytest.mark.parametrize("group", ["updategate.erp", "updategate.connector"])
def test_every_adapter_can_be_loaded(group: str) -> None:
    names = {entry.name for entry in entry_points(group=group)}
    assert names >= ({"tryton", "files", "odata"} if group == "updategate.erp" else {"reference", "described"})
    for name in names:
        assert callable(adapter_named(group, name, "adapter"))


def test_capabilities_are_those_of_the_adapter() -> None:
    shop = {"name": "x", "url": "http://127.0.0.1:9", "sales_channel": {"access_key": "SWSC"}}
    erp = {"adapter": "tryton", "embedded": True}
    connector = {"embedded": True, "through": "fault_proxy"}
    assert erp_capabilities(Environment.model_validate(shop)) == set()
    found = erp_capabilities(Environment.model_validate({**shop, "erp": erp, "connector": connector}))
    silent = Environment.model_validate({**shop, "connector": {"adapter": "described", "idle": {"quiet_seconds": 1}}})
    assert erp_capabilities(silent) == {"connector"}
    assert found == {"erp", "connector", "connector_tells", "fault_proxy", *(f"erp_{ability}" for ability in ABILITIES)}
