"""Mistakes at the command line, in files and in the network: one clear message, the right code, no traceback."""

from __future__ import annotations

import os
import re
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.gate.conftest import PASSED, RunOf, write_run
from tests.plugin.conftest import POLICY, REGISTRY
from updategate.cli import execute
from updategate.config.environment import load_environment
from updategate.operations.run_lock import hold

GOLDEN = Path(__file__).parent / "golden"


def _answering(status: int, body: bytes, headers: dict[str, str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PATCH = _answer

        def log_message(self, *_: object) -> None:
            pass

    return Handler


JSON = {"Content-Type": "application/json"}
BAD_KEY = (
    b'{"errors":[{"status":"412","code":"FRAMEWORK__ROUTING_SALES_CHANNEL_NOT_FOUND",'
    b'"title":"Precondition Failed","detail":"No matching sales channel found."}]}'
)
SERVERS = {
    "wrong_access_key": (412, BAD_KEY, JSON),
    "no_shopware": (404, b"<html>Not here</html>", {"Content-Type": "text/html"}),
    "some_other_json": (200, b'{"hello": "world"}', JSON),
    "basic_auth": (401, b"who are you", {"WWW-Authenticate": 'Basic realm="x"', "Content-Type": "text/plain"}),
    "maintenance": (503, b"{}", JSON),
    "server_error": (500, b"boom", {"Content-Type": "text/plain"}),
}


@pytest.fixture
def serve() -> Iterator[Callable[[str], str]]:
    servers = []

    def start(name: str) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _answering(*SERVERS[name]))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    for name, text in {"suites/processes.yaml": REGISTRY, "ci/policies/default.yaml": POLICY}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def environment(project: Path, url: str) -> None:
    path = project / "ci/environments/test.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"name: test\nurl: {url}\nsales_channel: {{access_key: '${{TEST_KEY}}'}}\n", encoding="utf-8")


def told(capsys: pytest.CaptureFixture[str], project: Path) -> str:
    captured = capsys.readouterr()
    text = (captured.out + captured.err).replace(str(project), "…")
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", text)
    assert "Traceback" not in text
    return text


def golden(name: str, text: str) -> None:
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("server", "code"),
    [
        ("wrong_access_key", 2),
        ("no_shopware", 2),
        ("some_other_json", 2),
        ("basic_auth", 2),
        ("maintenance", 3),
        ("server_error", 3),
    ],
)
def test_a_shop_that_cannot_be_tested(
    server: str,
    code: int,
    serve: Callable[[str], str],
    project: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TEST_KEY", "SWSC-key-of-the-tests")
    environment(project, serve(server))
    assert execute(["run", "test"]) == code
    golden(f"shop_{server}", told(capsys, project))


@pytest.mark.parametrize("verb", ["run", "clean"])
def test_a_shop_that_an_update_has_closed_is_held_and_not_to_be_opened(
    verb: str,
    serve: Callable[[str], str],
    project: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TEST_KEY", "SWSC-key-of-the-tests")
    environment(project, serve("maintenance"))
    with hold(load_environment(project / "ci/environments/test.yaml"), "update"):
        assert execute([verb, "test"]) == 3
    text = told(capsys, project)
    assert "is held by 'updategate update'" in text
    assert "maintenance" not in text


def test_an_unreachable_shop_is_inconclusive(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    monkeypatch.setenv("TEST_KEY", "SWSC-key-of-the-tests")
    environment(project, url)
    assert execute(["run", "test"]) == 3
    golden("shop_unreachable", told(capsys, project))


CASES: dict[str, tuple[list[str], int]] = {
    "no_environment_named": (["run"], 2),
    "misspelt_option": (["run", "test", "--scoop", "full"], 2),
    "misspelt_environment": (["run", "tset"], 2),
    "missing_secret": (["run", "test"], 2),
    "url_without_key": (["run", "--url", "http://127.0.0.1:1"], 2),
    "url_is_none": (["run", "--url", "127.0.0.1", "--access-key", "k"], 2),
    "no_such_run": (["gate", "--after", "reports/nowhere"], 2),
    "policy_empty": (["gate", "--after", "reports/run", "--policy", "./empty.yaml"], 2),
    "policy_misspelt": (["gate", "--after", "reports/run", "--policy", "defualt"], 2),
}


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_at_the_command_line(
    name: str, project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TEST_KEY", raising=False)
    environment(project, "http://127.0.0.1:1")
    write_run(project / "reports" / "run", RunOf(PASSED))
    (project / "empty.yaml").write_text("", encoding="utf-8")
    arguments, code = CASES[name]
    assert execute(arguments) == code
    golden(name, told(capsys, project))


def test_truncated_evidence_is_inconclusive_and_says_so(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = write_run(project / "reports" / "run", RunOf(PASSED))
    path = run / "evidence.jsonl"
    path.write_bytes(path.read_bytes()[:-30])
    assert execute(["gate", "--after", "reports/run"]) == 3
    golden("evidence_truncated", told(capsys, project))


def test_outside_of_a_project_it_says_where_to_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert execute(["run", "test"]) == 2
    golden("no_project", told(capsys, tmp_path))


def test_an_internal_error_is_inconclusive_and_leaves_a_crash_file(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(*_: object, **__: object) -> None:
        raise RuntimeError("out of coffee")

    write_run(project / "reports" / "run", RunOf(PASSED))
    monkeypatch.setattr(sys.modules["updategate.cli.gate"], "judge", explode)
    assert execute(["gate", "--after", "reports/run"]) == 3
    text = told(capsys, project)
    assert "updategate itself failed (RuntimeError: out of coffee)" in text
    crash = next((project / "reports").glob("crash-*.txt"))
    assert "Traceback" in crash.read_text(encoding="utf-8")


def test_a_misspelt_verb_offers_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["rnu", "test"]) == 2
    told = capsys.readouterr().err
    assert "There is no verb 'rnu'. Did you mean 'run'?" in told
    assert "Verbs: update, run, gate" in told
