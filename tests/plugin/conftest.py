"""A project of its own for every test: registry, policy, environment, and the least of a shop on 127.0.0.1."""

from __future__ import annotations

import json
import textwrap
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from updategate.evidence.reader import RunEvidence, read_evidence

REGISTRY = """\
processes:
  - {id: CHK-001, title: A guest orders, owner: shop, critical: true, areas: [cart]}
  - {id: CHK-002, title: A customer orders, owner: shop, critical: true, areas: [cart]}
  - {id: CAT-001, title: The listing shows products, owner: shop, critical: false, areas: [catalogue]}
"""
POLICY = "policy: test\nscopes:\n  full: {all: true}\n  small: {processes: [CHK-001]}\n"


class LeastShop(BaseHTTPRequestHandler):
    """Answers what the plugin asks: who are you. ``version`` may change while a run goes on."""

    version = "6.6.7.1"
    plugins: tuple[dict[str, object], ...] = ({"name": "AcmeB2bPrices", "version": "1.0.0", "active": True},)

    def do_GET(self) -> None:
        if self.path == "/api/_info/version":
            self._answer({"version": type(self).version})
        elif self.path == "/":
            self._answer({}, content="text/html")
        else:
            self._answer({"errors": []}, status=404)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/api/oauth/token":
            self._answer({"token_type": "Bearer", "expires_in": 600, "access_token": "token-for-tests"})
        elif self.path.startswith("/api/search/plugin"):
            self._answer({"total": 1, "data": list(type(self).plugins)})
        elif self.path.startswith("/api/search/"):
            self._answer({"total": 3, "data": []})
        else:
            self._answer({"errors": []}, status=404)

    def _answer(self, body: object, status: int = 200, content: str = "application/json") -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", content)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def shop() -> Iterator[type[LeastShop]]:
    handler = type("Shop", (LeastShop,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    handler.url = f"http://127.0.0.1:{server.server_port}"  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield handler
    server.shutdown()
    thread.join()
    server.server_close()


class Project:
    """A project with suites; ``run`` carries them out with pytest and reads the evidence back."""

    def __init__(self, pytester: pytest.Pytester, url: str) -> None:
        self.pytester = pytester
        self.folder = pytester.path / "reports" / "run"
        self.url = url
        self.write("suites/processes.yaml", REGISTRY)
        self.write("ci/policies/default.yaml", POLICY)
        self.environment()
        pytester.makeini("[pytest]\naddopts = -p no:cacheprovider -p no:locust --import-mode=importlib\n")

    def write(self, name: str, text: str) -> Path:
        path = self.pytester.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    def environment(self, more: str = "permits: {carts: true, customers: true, admin_write: true}\n") -> None:
        self.write(
            "ci/environments/test.yaml",
            f"name: test\nurl: {self.url}\nsales_channel: {{access_key: '${{TEST_KEY}}'}}\n"
            f"admin: {{client_id: id, client_secret: '${{TEST_SECRET}}'}}\n{more}",
        )

    def run(self, *arguments: str, timeout: float = 240) -> pytest.RunResult:
        return self.pytester.runpytest_subprocess(
            "suites", "--shop-env", "test", "--run-folder", str(self.folder), *arguments, timeout=timeout
        )

    @property
    def evidence(self) -> RunEvidence:
        return read_evidence(self.folder)

    @property
    def statuses(self) -> dict[str, str]:
        return {process: results[-1].status for process, results in self.evidence.processes.items()}


@pytest.fixture
def project(pytester: pytest.Pytester, shop: type[LeastShop], monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("TEST_KEY", "SWSC-key-of-the-tests")
    monkeypatch.setenv("TEST_SECRET", "secret-of-the-tests")
    return Project(pytester, shop.url)  # type: ignore[attr-defined]
