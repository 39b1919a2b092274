"""``python -m updategate.embedded.mail_sink``: SMTP and Mailpit's HTTP API on 127.0.0.1, each on its own port."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import sys
import threading

import uvicorn
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from updategate.embedded.mail_sink.api import api
from updategate.embedded.mail_sink.store import MailStore

HOST = "127.0.0.1"
LARGEST_MAIL = 64 * 1024 * 1024


class Taker:
    """Takes every mail."""

    def __init__(self, store: MailStore) -> None:
        self._store = store

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002
        """Keep the mail as it came."""
        content = envelope.content
        raw = content if isinstance(content, bytes) else str(content).encode()
        self._store.add(raw, tuple(str(address) for address in envelope.rcpt_tos))
        return "250 kept, and delivered to nobody"


def main() -> int:
    """Serve until SIGTERM, SIGINT, or the end of the parent process."""
    parser = argparse.ArgumentParser(prog="python -m updategate.embedded.mail_sink", description=__doc__)
    parser.add_argument("--smtp-port", type=int, default=0, help="port for SMTP; 0 takes a free one (default)")
    parser.add_argument("--http-port", type=int, default=0, help="port for HTTP; 0 takes a free one (default)")
    parser.add_argument("--with-parent", action="store_true", help="leave when the starting process ends")
    parser.add_argument("--json", action="store_true", help="print one JSON line when ready")
    options = parser.parse_args()
    store = MailStore()
    smtp = Controller(Taker(store), hostname=HOST, port=options.smtp_port or _free_port(), data_size_limit=LARGEST_MAIL)
    try:
        smtp.start()
    except OSError as error:
        print(f"mail sink: port {smtp.port} cannot be used: {error.strerror or error}", file=sys.stderr)
        return 2
    try:
        return asyncio.run(_serve(store, smtp.port, options))
    finally:
        smtp.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


async def _serve(store: MailStore, smtp_port: int, options: argparse.Namespace) -> int:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, options.http_port))
    except OSError as error:
        print(f"mail sink: port {options.http_port} cannot be used: {error.strerror or error}", file=sys.stderr)
        return 2
    # from here on connections wait for the server instead of being refused
    listener.listen(128)
    server = uvicorn.Server(uvicorn.Config(api(store), log_level="warning", lifespan="off", server_header=False))
    facts = {
        "url": f"http://{HOST}:{listener.getsockname()[1]}",
        "smtp": f"smtp://{HOST}:{smtp_port}",
        "pid": os.getpid(),
    }
    if options.with_parent:
        threading.Thread(target=_leave_with_parent, args=(os.getppid(), server), daemon=True).start()
    print(json.dumps(facts) if options.json else f"Mail sink {facts['smtp']}, {facts['url']}", flush=True)
    await server.serve(sockets=[listener])
    return 0


def _leave_with_parent(parent: int, server: uvicorn.Server) -> None:
    wait = threading.Event()
    while os.getppid() == parent:
        wait.wait(0.25)
    server.should_exit = True


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(0)
