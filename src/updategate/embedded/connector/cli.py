"""Command line of the connector: parse, listen, tell where. Secrets come from the process environment."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import hmac
import json
import os
import secrets
import signal
import sys
import tempfile
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from .behaviour import Behaviour
from .erp import Erp
from .exchange import Exchange
from .flows import FLOWS
from .jobs import Jobs
from .memory import Memory
from .mutants import MUTANTS, UnknownMutantError, behaviour_with, described
from .shop import Shop

SECRETS = ("CONNECTOR_CLIENT_ID", "CONNECTOR_CLIENT_SECRET", "CONNECTOR_ACCESS_KEY", "CONNECTOR_ERP_PASSWORD")


def parser() -> argparse.ArgumentParser:
    """Return the argument parser."""
    result = argparse.ArgumentParser(
        prog="python -m updategate.embedded.connector",
        description="A connector between Tryton and Shopware on 127.0.0.1.",
        epilog=f"Secrets are read from the environment: {', '.join(SECRETS)}.",
    )
    add = result.add_argument
    add("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one (default)")
    add("--shop-url", metavar="URL", help="the shop, or a proxy before it")
    add("--erp-url", metavar="URL", help="Tryton")
    add("--erp-database", default="erp", metavar="NAME")
    add("--erp-username", default="connector", metavar="NAME")
    add("--page-size", type=int, default=25, metavar="N", help="orders fetched at once")
    add("--memory", type=Path, metavar="FILE", help="SQLite file for what it remembers (default: none is kept)")
    add("--mutant", action="append", default=[], metavar="NAME", help="have this fault; may be repeated")
    add("--list-mutants", action="store_true", help="print all mutants and leave; --json tells more")
    add("--with-parent", type=int, metavar="PID", help="leave when this process ends")
    add("--json", action="store_true", help="print one JSON line when ready")
    return result


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; return 0, or 2 for a usage error."""
    options = parser().parse_args(argv)
    if options.list_mutants:
        print(json.dumps({"mutants": described()}, indent=1) if options.json else "\n".join(MUTANTS))
        return 0
    missing = [name for name in SECRETS if not os.environ.get(name)]
    missing += [name for name in ("--shop-url", "--erp-url") if not getattr(options, name.strip("-").replace("-", "_"))]
    if missing:
        print(f"connector: {', '.join(missing)} missing", file=sys.stderr)
        return 2
    try:
        behaviour = behaviour_with(options.mutant)
    except UnknownMutantError as error:
        print(f"connector: {error}", file=sys.stderr)
        return 2
    return _serve(options, behaviour)


def _serve(options: argparse.Namespace, behaviour: Behaviour) -> int:
    with contextlib.ExitStack() as cleanup:
        file = options.memory or Path(cleanup.enter_context(tempfile.TemporaryDirectory())) / "memory.sqlite"
        memory = Memory(file)
        cleanup.callback(memory.close)
        for kind in ("orders", "customers"):
            if memory.get("since", kind) is None:
                memory.put("since", kind, dt.datetime.now(dt.UTC).isoformat())
        variables = [os.environ[name] for name in SECRETS]
        exchange = Exchange(
            Shop(options.shop_url, variables[0], variables[1], behaviour),
            Erp(options.erp_url, options.erp_database, options.erp_username, variables[3]),
            memory,
            behaviour,
            variables[2],
            options.page_size,
        )
        jobs = Jobs(exchange)
        cleanup.callback(jobs.close)
        token = secrets.token_urlsafe(18)
        try:
            server = ThreadingHTTPServer(("127.0.0.1", options.port), _handler(jobs, token))
        except OSError as error:
            print(f"connector: port {options.port} cannot be used: {error.strerror}", file=sys.stderr)
            return 2
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        if options.with_parent:
            threading.Thread(target=_watch, args=(options.with_parent, stop), daemon=True).start()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        facts = {"url": f"http://127.0.0.1:{server.server_port}", "token": token, "pid": os.getpid()}
        print(json.dumps(facts) if options.json else f"Connector at {facts['url']}, token {token}", flush=True)
        stop.wait()
        server.shutdown()
    return 0


def _handler(jobs: Jobs, token: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path == "/status":
                self._answer(200, jobs.status())
            elif self.path.startswith("/jobs/") and self.path[6:].isdigit():
                found = jobs.job(int(self.path[6:]))
                self._answer(200 if found else 404, found or {"error": "no such job"})
            else:
                self._answer(404, {"error": "there are /status, /jobs/N and /sync"})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                flows = json.loads(body or b"{}").get("flows", [])
            except (ValueError, AttributeError):
                flows = None
            if self.path != "/sync" or not isinstance(flows, list) or not flows:
                self._answer(400, {"error": 'POST /sync wants {"flows": [...]}'})
            elif unknown := [flow for flow in flows if flow not in FLOWS]:
                self._answer(400, {"error": f"unknown flows {unknown}; there are {', '.join(FLOWS)}"})
            else:
                self._answer(202, {"job": jobs.add(flows)})

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            given = self.headers.get("Authorization", "")
            if not hmac.compare_digest(given, f"Bearer {token}"):
                status, body = 401, {"error": "wrong token"}
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            pass

    return Handler


def _watch(parent: int, stop: threading.Event) -> None:
    while not stop.wait(0.5):
        try:
            os.kill(parent, 0)
        except ProcessLookupError:
            stop.set()
        except PermissionError:
            continue
