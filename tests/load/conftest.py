"""A shop of a few routes that tells what it was asked, and a load process with journeys of its own."""

from __future__ import annotations

import gzip
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from updategate.config.loading import build
from updategate.config.process_environment import for_child
from updategate.config.profile import Profile
from updategate.load.orders import SliceOrder
from updategate.load.pools import Item, Pools
from updategate.load.process import LoadProcess

JOURNEYS = """
from updategate.clients.transport import Call
from updategate.load.journey import Visit, journey


def get(visit, path, **kwargs):
    answer = visit.access.transport.send(Call("GET", path, follow_redirects=True, **kwargs))
    visit.expects(answer.status == 200, f"status {answer.status}")
    return answer


@journey("look", groups=("page",))
def look(visit: Visit) -> None:
    with visit.step("page"):
        get(visit, f"/ok?{visit.pick(visit.pools.products).number}")


@journey("two_steps", groups=("first", "second"))
def two_steps(visit: Visit) -> None:
    with visit.step("first"):
        get(visit, "/cookie")
    visit.thinks()
    with visit.step("second"):
        get(visit, "/cookie")


@journey("slow", groups=("slow",))
def slow(visit: Visit) -> None:
    with visit.step("slow"):
        get(visit, "/slow")


@journey("failing", groups=("failing",))
def failing(visit: Visit) -> None:
    with visit.step("failing"):
        get(visit, "/fail")


@journey("hanging_up", groups=("hanging_up",))
def hanging_up(visit: Visit) -> None:
    with visit.step("hanging_up"):
        get(visit, "/hangup")


@journey("undeclared", groups=("declared",))
def undeclared(visit: Visit) -> None:
    with visit.step("other"):
        get(visit, "/ok")


@journey("idle", groups=("idle",))
def idle(visit: Visit) -> None:
    with visit.step("idle"):
        pass


@journey("zipped", groups=("zipped",))
def zipped(visit: Visit) -> None:
    with visit.step("zipped"):
        answer = get(visit, "/zipped")
        visit.expects(answer.text == "x" * 1000, "not unzipped")
        visit.expects(answer.header("CONTENT-type") == "text/plain", "no header")
        visit.expects(get(visit, "/redirect").body == b"ok", "not redirected")


@journey("leaver", groups=("page",))
def leaver(visit: Visit) -> None:
    visit.leaving.append(lambda: get(visit, "/left"))
    with visit.step("page"):
        get(visit, "/ok")
"""


@dataclass
class Asked:
    """What the shop was asked. ``stalled_until`` (monotonic) holds all answers back."""

    paths: list[str] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)
    stalled_until: float = 0.0
    slow_seconds: float = 0.3
    url: str = ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        asked: Asked = self.server.asked  # type: ignore[attr-defined]
        asked.paths.append(self.path)
        asked.cookies.append(self.headers.get("Cookie", ""))
        asked.authorizations.append(self.headers.get("Authorization", ""))
        wait = asked.stalled_until - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        if self.path.startswith("/hangup"):
            self.close_connection = True
            self.connection.close()
            return
        if self.path.startswith("/slow"):
            time.sleep(asked.slow_seconds)
        if self.path.startswith("/redirect"):
            self._answer(302, b"", Location="/ok")
        elif self.path.startswith("/zipped"):
            self._answer(200, gzip.compress(b"x" * 1000), **{"Content-Encoding": "gzip"})
        elif self.path.startswith("/cookie"):
            self._answer(200, b"ok", **{"Set-Cookie": f"visit={len(asked.paths)}; Path=/"})
        else:
            self._answer(500 if self.path.startswith("/fail") else 200, b"ok")

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def shop():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # connections that a stopped load cuts off
    server.asked = Asked(url=f"http://127.0.0.1:{server.server_address[1]}")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server.asked
    server.shutdown()
    server.server_close()


@pytest.fixture
def profile_of():
    def make(mix: dict[str, float], rate: float = 20.0, **changes: object) -> Profile:
        data = {
            "profile": "test",
            "seed": 1,
            "arrivals": {"model": "open", "rate": rate},
            "stages": [{"seconds": 1}],
            "mix": mix,
            "client": {"lag_p99_ms": 1000, "cpu": 1.0, "late_share": 1.0},
            "storm": {"share": 1.0, "window": 1000},
            "comparison": {"kept": 1.0, "dropped": 0.2, "drain": 3.0},
            **changes,
        }
        return build(data, Profile, "test")

    return make


@pytest.fixture
def start(shop, tmp_path):
    """Start a load process; everything that was started is ended after the test."""
    started: list[LoadProcess] = []

    def begin(
        profile: Profile,
        users: int = 10,
        workers: int = 0,
        extra: str = "",
        addresses: dict[str, str] | None = None,
    ) -> LoadProcess:
        scenarios = tmp_path / "scenarios"
        scenarios.mkdir(exist_ok=True)
        (scenarios / "journeys.py").write_text(JOURNEYS)
        environment = tmp_path / "shop.yaml"
        environment.write_text(
            f"name: test\nurl: {shop.url}\nsales_channel: {{access_key: '${{TEST_ACCESS_KEY}}'}}\n"
            f"permits: {{load: true}}\n{extra}"
        )
        arms = addresses or {"after": shop.url}
        pools = Pools(products=tuple(Item(f"{i:032x}", f"SW{i}", "x") for i in range(50)))
        process = LoadProcess(
            environment_file=environment,
            scenarios=scenarios,
            profile=profile,
            addresses=arms,
            pools=dict.fromkeys(arms, pools),
            run="run-1",
            users=users,
            variables=for_child({"TEST_ACCESS_KEY": "SWSC-secret", "TEST_PASSWORD": "s3cret"}),
            workers=workers,
            log=tmp_path / "load.log",
        )
        started.append(process)
        return process.__enter__()

    yield begin
    for process in started:
        process.close()


@pytest.fixture
def order_of(tmp_path):
    def make(
        name: str = "s0", arm: str = "after", seed: int = 1, seconds: float = 1.2, **changes: object
    ) -> SliceOrder:
        values = {"kind": "slice", "windows": ((0.2, seconds),), **changes}
        return SliceOrder(
            name=name, arm=arm, seed=seed, seconds=seconds, path=str(tmp_path / arm / f"{name}.npz"), **values
        )

    return make


@pytest.fixture
def log_of(tmp_path: Path):
    return lambda: (tmp_path / "load.log").read_text()


def as_json(text: str) -> object:
    return json.loads(text)
