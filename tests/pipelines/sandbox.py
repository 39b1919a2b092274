"""A checkout to run pipelines in: the project's own files, embedded shops instead of containers, a bare repository."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINKED = ("suites", "fixtures", "scenarios", "conftest.py")
COPIED = ("pyproject.toml", "requirements.lock", "ci/setup", "ci/environments/container.yaml")
POLICY = """\
policy: pipelines
scopes:
  full: {processes: [CAT-010, CAT-011]}
  rollout: {processes: [CAT-011]}
"""
STAGES = """\
stages:
  - {name: staging, plan: delivery}
  - {name: production, plan: delivery, watch: {minutes: 0.01, every: 0.1, least: 5, p95_at_most: 20000}}
"""
PLAN = """\
update: to 6.6.7.1
to: 6.6.7.1
workers: 0
settling: {within: 20}
commands: [{name: update, run: '"$PYTHON" "$RESTART" staging 6.6.7.1'}]
"""
STAGE = """\
name: %(name)s
stage: %(name)s
url: ${%(variable)s_URL}
sales_channel: {access_key: "${%(variable)s_ACCESS_KEY}"}
admin: {client_id: "${%(variable)s_CLIENT_ID}", client_secret: "${%(variable)s_CLIENT_SECRET}"}
permits: {carts: true, customers: true, orders: true, admin_write: true, update: true}
sinks: {mail: none, payment: none, erp: none}
"""
# stands in for an update command: the same data, as another version, at the same address
RESTART = """\
import json, os, signal, subprocess, sys
name, version = sys.argv[1:]
file = os.environ["SHOPS"] + f"/{name}.json"
shop = json.load(open(file))
if "pid" in shop:
    os.kill(shop["pid"], signal.SIGTERM)
    subprocess.run(["tail", f"--pid={shop['pid']}", "-f", "/dev/null"], timeout=20)
options = ["--port", str(shop["port"]), "--data", file + ".sqlite", "--shopware-version", version, "--json"]
process = subprocess.Popen([sys.executable, "-m", "updategate.embedded.refshop", *options],
                           stdout=subprocess.PIPE, start_new_session=True)
facts = json.loads(process.stdout.readline())
shop.update(facts, pid=process.pid, port=int(facts["url"].rpartition(":")[2]))
json.dump(shop, open(file, "w"))
"""


@dataclass
class Notes:
    """An address that takes notes of pull and merge requests; ``taken`` are path, token and body."""

    url: str
    taken: list[tuple[str, str, str]] = field(default_factory=list)


class Sandbox:
    """Runs a pipeline's commands one by one, and remembers which."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "checkout"
        self.shops = folder / "shops"
        self.shops.mkdir()
        self.executed: dict[str, int] = {}
        self._processes: list[subprocess.Popen[str]] = []
        self._lay_out()
        self.mail = self._mail_sink()
        self.notes, self._server = self._note_server()
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    # -- files

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def _lay_out(self) -> None:
        for name in COPIED:
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.root / name)
        for name in LINKED:
            (self.root / name).symlink_to(ROOT / name)
        self.write("ci/policies/default.yaml", POLICY)
        self.write("ci/stages.yaml", STAGES)
        self.write("ci/updates/delivery.yaml", PLAN)
        self.write("ci/updates/staging.yaml", PLAN)
        for name in ("staging", "production"):
            variable = "STAGE" if name == "staging" else "PRODUCTION"
            self.write(f"ci/environments/{name}.yaml", STAGE % {"name": name, "variable": variable})
        self.write(".gitignore", "/reports\n/.venv\n")
        (self.shops / "restart.py").write_text(RESTART, encoding="utf-8")
        self._virtual_environment()
        self._repository()

    def _virtual_environment(self) -> None:
        """The one that runs this test, with a stamp of this checkout: ci/setup then finds nothing to do."""
        venv = self.root / ".venv"
        venv.mkdir()
        for name in ("bin", "lib", "include", "pyvenv.cfg"):
            if (Path(sys.prefix) / name).exists():
                (venv / name).symlink_to(Path(sys.prefix) / name)
        stamp = subprocess.run(  # noqa: S602 - as ci/setup computes it
            "cat requirements.lock pyproject.toml | cksum", shell=True, cwd=self.root, capture_output=True, check=True
        ).stdout
        (venv / ".updategate-setup").write_bytes(stamp.strip())

    def _repository(self) -> None:
        bare = self.root.parent / "origin.git"
        for command in (
            ["git", "init", "--quiet", "--bare", str(bare)],
            ["git", "init", "--quiet", "--initial-branch", "main"],
            ["git", "add", "."],
            ["git", "-c", "user.name=t", "-c", "user.email=t@example.test", "commit", "--quiet", "-m", "Start"],
            ["git", "remote", "add", "origin", str(bare)],
            ["git", "push", "--quiet", "--set-upstream", "origin", "main"],
            [
                "git",
                "config",
                f"url.{bare}.insteadOf",
                "https://updategate:ledger-token@gitlab.example.test/a/shop.git",
            ],
        ):
            subprocess.run(command, cwd=self.root, check=True, capture_output=True)

    def pushed(self) -> list[str]:
        """Subjects of what arrived at the repository, newest first."""
        command = ["git", "-C", str(self.root.parent / "origin.git"), "log", "--format=%s", "main"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()

    # -- what stands in for containers and servers

    def shop(self, name: str, version: str) -> dict[str, str]:
        """Start a shop, or the same shop as another version; returns what it told."""
        file = self.shops / f"{name}.json"
        if not file.exists():
            file.write_text('{"port": 0}', encoding="utf-8")
        command = [sys.executable, str(self.shops / "restart.py"), name, version]
        subprocess.run(command, env={**os.environ, "SHOPS": str(self.shops)}, check=True, timeout=60)
        told: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
        return told

    def _mail_sink(self) -> dict[str, str]:
        command = [sys.executable, "-m", "updategate.embedded.mail_sink", "--json", "--with-parent"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self._processes.append(process)
        assert process.stdout is not None
        facts: dict[str, str] = json.loads(process.stdout.readline())
        return facts

    def _note_server(self) -> tuple[Notes, ThreadingHTTPServer]:
        notes = Notes("")

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                token = self.headers.get("Authorization") or self.headers.get("PRIVATE-TOKEN") or ""
                notes.taken.append((self.path, token, body))
                self.send_response(201)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        notes.url = f"http://127.0.0.1:{server.server_port}"
        return notes, server

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        for process in self._processes:
            process.terminate()
            process.wait(timeout=20)
            if process.stdout:
                process.stdout.close()
        for file in self.shops.glob("*.json"):
            pid = json.loads(file.read_text(encoding="utf-8")).get("pid")
            if pid:
                subprocess.run(["kill", str(pid)], check=False)

    # -- commands

    def run(self, script: str, variables: Mapping[str, str]) -> str:
        """Run a step's script as the pipeline would; it must end with 0. Returns what it printed."""
        foreign = {"GITHUB_STEP_SUMMARY", "GITHUB_ACTIONS", "UPDATEGATE_SIGNING_KEY", "UPDATEGATE_SIGNING_KEY_FILE"}
        environment = {
            **{name: value for name, value in os.environ.items() if name not in foreign},
            "COLUMNS": "200",
            "UPDATEGATE_ACTOR": "pipeline",
            "PYTHON": sys.executable,
            "RESTART": str(self.shops / "restart.py"),
            "SHOPS": str(self.shops),
            **variables,
        }
        done = subprocess.run(
            ["bash", "-e", "-c", script], cwd=self.root, env=environment, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, f"{script}\n--- ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
        self.executed[normal(script)] = self.executed.get(normal(script), 0) + 1
        return done.stdout + done.stderr


def normal(script: str) -> str:
    """A script without indentation and comments, to see that two are the same."""
    lines = [line.strip() for line in script.strip().splitlines()]
    return "\n".join(line for line in lines if line and not line.startswith("#"))
