"""The reference connector's patience with a shop."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from tests.erp.serving import serving
from updategate.embedded.connector.behaviour import Behaviour
from updategate.embedded.connector.problems import ShopRefusedError
from updategate.embedded.connector.shop import Shop

DEADLOCK = (
    "1213: An exception occurred while executing a query: SQLSTATE[40001]: Serialization failure: 1213 Deadlock found "
    "when trying to get lock; try restarting transaction"
)
OPERATIONS: list[dict[str, Any]] = [{"key": "write", "entity": "product", "action": "upsert", "payload": [{"id": "a"}]}]


class Script:
    """Answers that a shop gives to syncs, one after the other; then it takes them."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, str, str]] = []
        self.syncs = 0
        self.url = ""


@pytest.fixture
def script() -> Iterator[Script]:
    state = Script()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, body = 200, {"access_token": "t"}
            if self.path == "/api/_action/sync":
                state.syncs += 1
                status, body = 200, {}
                if state.answers:
                    status, code, detail = state.answers.pop(0)
                    body = {"errors": [{"code": code, "detail": detail}]}  # type: ignore[dict-item]
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with serving(Handler) as state.url:
        yield state


def shop(script: Script) -> Shop:
    return Shop(script.url, "id", "secret", Behaviour(), wait=0.0)


def test_a_deadlock_is_tried_again_whatever_the_status(script: Script) -> None:
    # Shopware 6.6 answers a sync so, and other requests with 500
    script.answers = [(400, "1213", DEADLOCK), (500, "0", DEADLOCK)]
    shop(script).sync(OPERATIONS)
    assert script.syncs == 3


@pytest.mark.parametrize("status", [400, 500])
def test_what_the_shop_refuses_for_good_is_sent_once(script: Script, status: int) -> None:
    script.answers = [(status, "FRAMEWORK__WRITE_TYPE_INTEND_ERROR", "Expected to be unique")]
    with pytest.raises(ShopRefusedError, match="Expected to be unique"):
        shop(script).sync(OPERATIONS)
    assert script.syncs == 1
