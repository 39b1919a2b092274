"""A connector that is only described: started by a request or a command, idle by its status or by quiet."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import entry_points
from typing import Any

import pytest
from pydantic import ValidationError

from updategate.clients.adapters import adapter_named
from updategate.clients.connector import (
    Complaint,
    ConnectorContext,
    ConnectorStuckError,
    ConnectorUnreachableError,
    Report,
)
from updategate.clients.connector.described import DescribedConnector
from updategate.clients.erp import ABILITIES
from updategate.config.environment import Environment
from updategate.config.erp import ConnectorSettings, ErpSettings
from updategate.config.errors import ConfigError
from updategate.operations.counterparts import erp_capabilities


class Running:
    """A connector that is at work for some looks at its status."""

    def __init__(self) -> None:
        self.looks = 2
        self.started: list[str] = []
        self.url = ""
        self.problems: list[dict[str, str]] = []


@pytest.fixture
def running() -> Iterator[Running]:
    state = Running()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            if self.headers.get("Authorization") != "Bearer token-of-it":
                status, body = 401, {}
            elif self.command == "POST":
                state.started.append(self.path)
                status, body = 202, {}
            else:
                state.looks -= 1
                status, body = 200, {"queue": {"busy": state.looks > 0}, "problems": state.problems}
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _serve

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


def described(**settings: Any) -> DescribedConnector:
    given = {"adapter": "described", "token": "token-of-it", "timeout": 5, **settings}
    return DescribedConnector(ConnectorContext(ConnectorSettings.model_validate(given)))


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
        ({"adapter": "described", "idle": {"status": "connector"}}, "an address starts with http"),
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
    assert found == {"erp", "connector", "fault_proxy", *(f"erp_{ability}" for ability in ABILITIES)}
