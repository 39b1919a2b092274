"""Command line of the proxy: parse, listen, tell where."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import sys
import threading
from collections.abc import Sequence
from http.server import ThreadingHTTPServer
from pathlib import Path

from . import control, proxying
from .faults import FAULTS, Rules
from .tape import Tape


class Server(ThreadingHTTPServer):
    """A server whose threads end with it."""

    daemon_threads = True
    request_queue_size = 64


def parser() -> argparse.ArgumentParser:
    """Return the argument parser."""
    result = argparse.ArgumentParser(
        prog="python -m updategate.embedded.fault_proxy",
        description="A proxy before a shop on 127.0.0.1 that can disturb and record.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="faults:\n" + "\n".join(f"  {name:18} {text}" for name, text in FAULTS.items()),
    )
    add = result.add_argument
    add("--target", required=True, metavar="URL", help="the shop")
    add("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one (default)")
    add("--record", type=Path, metavar="FILE", help="keep all exchanges here, secrets masked")
    add("--no-verify-tls", action="store_true", help="accept any certificate of the shop")
    add("--with-parent", type=int, metavar="PID", help="leave when this process ends")
    add("--json", action="store_true", help="print one JSON line when ready")
    return result


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; return 0, or 2 for a usage error."""
    options = parser().parse_args(argv)
    rules, tape, token = Rules(), Tape(options.record), secrets.token_urlsafe(18)
    proxy = proxying.Proxy(options.target, rules, tape, verify_tls=not options.no_verify_tls)
    try:
        front = Server(("127.0.0.1", options.port), proxying.handler(proxy))
        back = Server(("127.0.0.1", 0), control.handler(rules, tape, token))
    except OSError as error:
        print(f"fault_proxy: port {options.port} on 127.0.0.1 cannot be used: {error.strerror}", file=sys.stderr)
        return 2
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if options.with_parent:
        threading.Thread(target=_watch, args=(options.with_parent, stop), daemon=True).start()
    for server in (front, back):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    facts = {
        "url": f"http://127.0.0.1:{front.server_port}",
        "control_url": f"http://127.0.0.1:{back.server_port}",
        "token": token,
        "pid": os.getpid(),
    }
    text = f"Proxy for {options.target} at {facts['url']}, told what to do at {facts['control_url']}, token {token}"
    print(json.dumps(facts) if options.json else text, flush=True)
    stop.wait()
    rules.clear()
    for server in (front, back):
        server.shutdown()
    return 0


def _watch(parent: int, stop: threading.Event) -> None:
    while not stop.wait(0.5):
        try:
            os.kill(parent, 0)
        except ProcessLookupError:
            stop.set()
        except PermissionError:
            continue
