"""Each fault of the proxy, between a client and a shop that counts."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.erp.processes import Embedded, start
from tests.erp.serving import serving
from updategate.clients.connector import ConnectorUnreachableError, Fault, FaultControl


class Shop:
    """Counts the requests that reach it."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.url = ""


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    state = Shop()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            state.seen.append(f"{self.command} {self.path} {body.decode(errors='replace')}".strip())
            content = json.dumps({"path": self.path, "filler": "x" * 200}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("sw-context-token", "context-token-of-a-customer")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_DELETE = _serve

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with serving(Handler) as state.url:
        yield state


@pytest.fixture(scope="module")
def tape(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tape") / "tape.jsonl"


@pytest.fixture(scope="module")
def proxy(shop: Shop, tape: Path) -> Iterator[Embedded]:
    started = start("fault_proxy", "--target", shop.url, "--record", str(tape), seconds=30)
    yield started
    started.stop()


@pytest.fixture
def control(proxy: Embedded, shop: Shop) -> Iterator[FaultControl]:
    shop.seen.clear()
    connected = FaultControl(proxy.facts["control_url"], proxy.facts["token"])
    yield connected
    connected.clear()
    connected.close()


def get(proxy: Embedded, path: str = "/api/thing") -> requests.Response:
    return requests.get(proxy.facts["url"] + path, timeout=20)


def test_without_a_fault_nothing_is_changed(proxy: Embedded, control: FaultControl, shop: Shop) -> None:
    answer = requests.post(proxy.facts["url"] + "/api/thing?x=1", data="ä".encode(), timeout=20)
    assert answer.json()["path"] == "/api/thing?x=1"
    assert answer.headers["sw-context-token"] == "context-token-of-a-customer"
    assert shop.seen == ["POST /api/thing?x=1 ä"]


def test_dropped_answer_was_processed(proxy: Embedded, control: FaultControl, shop: Shop) -> None:
    control.arm(Fault("drop", path="/api/thing"))
    with pytest.raises(requests.ConnectionError):
        get(proxy)
    assert shop.seen == ["GET /api/thing"]
    assert get(proxy).status_code == 200


def test_duplicate_reaches_the_shop_twice(proxy: Embedded, control: FaultControl, shop: Shop) -> None:
    control.arm(Fault("duplicate"))
    assert get(proxy).status_code == 200
    assert shop.seen == ["GET /api/thing", "GET /api/thing"]


def test_a_deadlock_in_a_sync_is_answered_as_the_shop_does(proxy: Embedded, control: FaultControl) -> None:
    control.arm(Fault("deadlock"))
    answer = get(proxy, "/api/_action/sync?x")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "1213")
    assert "SQLSTATE[40001]" in answer.text


@pytest.mark.parametrize(
    ("fault", "status", "word"),
    [
        ("too_many_requests", 429, "FRAMEWORK__RATE_LIMIT_EXCEEDED"),
        ("error", 500, "Internal Server Error"),
        ("maintenance", 503, "MAINTENANCE"),
        ("token_expired", 401, "authorization server"),
        ("deadlock", 500, "SQLSTATE[40001]"),
    ],
)
def test_refusals_do_not_reach_the_shop(
    fault: Any, status: int, word: str, proxy: Embedded, control: FaultControl, shop: Shop
) -> None:
    number = control.arm(Fault(fault, times=2, skip=1, seconds=7))
    statuses = [get(proxy).status_code for _ in range(4)]
    assert statuses == [200, status, status, 200]
    assert control.hits(number) == 2
    assert len(shop.seen) == 2
    control.arm(Fault(fault, seconds=7))
    answer = get(proxy)
    assert word in answer.text
    assert answer.headers.get("Retry-After") == {"too_many_requests": "7", "maintenance": "1"}.get(fault)


def test_truncated_body_is_no_json(proxy: Embedded, control: FaultControl, shop: Shop) -> None:
    control.arm(Fault("truncated"))
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        get(proxy)
    assert shop.seen == ["GET /api/thing"]


def test_held_request_waits_for_its_release(proxy: Embedded, control: FaultControl, shop: Shop) -> None:
    number = control.arm(Fault("hold", path="/api/slow"))
    thread = threading.Thread(target=get, args=(proxy, "/api/slow"))
    thread.start()
    assert control.reached(number, 10)
    assert shop.seen == []
    assert get(proxy, "/api/fast").status_code == 200
    control.release(number)
    thread.join(10)
    assert shop.seen == ["GET /api/fast", "GET /api/slow"]


def test_reordered_request_is_overtaken(proxy: Embedded, control: FaultControl, shop: Shop) -> None:
    number = control.arm(Fault("reorder", path="/api/first", seconds=20))
    thread = threading.Thread(target=get, args=(proxy, "/api/first"))
    thread.start()
    assert control.reached(number, 10)
    get(proxy, "/api/second")
    thread.join(10)
    assert shop.seen == ["GET /api/second", "GET /api/first"]


def test_only_matching_requests_are_met(proxy: Embedded, control: FaultControl) -> None:
    control.arm(Fault("error", method="POST", path=r"/search/order$", body="UG-7"))
    url = proxy.facts["url"]
    assert get(proxy, "/api/search/order").status_code == 200
    assert requests.post(url + "/api/search/order", data="UG-8", timeout=20).status_code == 200
    assert requests.post(url + "/api/search/order-line", data="UG-7", timeout=20).status_code == 200
    assert requests.post(url + "/api/search/order", data="UG-7", timeout=20).status_code == 500


def test_controls_need_the_token_and_refuse_unknown_faults(proxy: Embedded, control: FaultControl) -> None:
    with pytest.raises(ConnectorUnreachableError, match="answered 401"):
        FaultControl(proxy.facts["control_url"], "another-token").clear()
    with pytest.raises(ConnectorUnreachableError, match="there is no fault 'explode'"):
        control.arm(Fault("explode"))  # type: ignore[arg-type]


def test_recording_masks_secrets(proxy: Embedded, control: FaultControl, tape: Path) -> None:
    headers = {
        "Authorization": "Bearer secret-bearer",
        "sw-access-key": "SWSCSECRET",
        "Content-Type": "application/json",
    }
    body = json.dumps({"client_secret": "deep-secret", "nested": [{"password": "pass-secret"}], "name": "Ada"})
    requests.post(proxy.facts["url"] + "/api/oauth/token", data=body, headers=headers, timeout=20)
    last = json.loads(tape.read_text(encoding="utf-8").splitlines()[-1])
    text = json.dumps(last)
    for secret in ("secret-bearer", "SWSCSECRET", "deep-secret", "pass-secret", "context-token-of-a-customer"):
        assert secret not in text
    assert json.loads(last["request_body"]) == {
        "client_secret": "<masked>",
        "nested": [{"password": "<masked>"}],
        "name": "Ada",
    }


def test_shop_that_is_gone_is_told(tmp_path: Path) -> None:
    lonely = start("fault_proxy", "--target", "http://127.0.0.1:9", seconds=30)
    try:
        answer = get(lonely)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (502, "PROXY__SHOP_UNREACHABLE")
    finally:
        lonely.stop()
