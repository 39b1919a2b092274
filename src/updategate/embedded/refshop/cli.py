"""Command line of the reference shop: parse, open the data, listen, tell where."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import uvicorn

from .app import create_app
from .dal.ids import SystemClock
from .dal.store import EntityStore
from .mail import MailerUrlError, SmtpMailer, listen, mailer_of
from .mutants import MUTANTS, PERFORMANCE_MUTANTS, UnknownMutantError, mutated
from .mutants.other_versions import ANSWERS, answering_as_in
from .seed import SeedError, opened_data
from .seed.starting import adapt_to_start, facts_of
from .shop import Settings, Shop
from .tasks import plan_tasks
from .versions import UnknownVersionError, version_named


def parser() -> argparse.ArgumentParser:
    """Return the argument parser."""
    result = argparse.ArgumentParser(
        prog="python -m updategate.embedded.refshop",
        description="A shop on 127.0.0.1 that speaks Shopware's interfaces.",
    )
    add = result.add_argument
    add("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one (default)")
    add("--shopware-version", default="6.6.7.1", metavar="VERSION", help="the version to be (default 6.6.7.1)")
    add("--mutant", action="append", default=[], metavar="NAME", help="seed this defect; may be repeated")
    as_in = f"answer as Shopware {', '.join(ANSWERS)} where clients broke on it; may be repeated"
    add("--as-in", action="append", default=[], metavar="VERSION", help=as_in)
    add("--list-mutants", action="store_true", help="print all mutants and leave; --json tells more")
    add("--seed", choices=("default", "recordings"), default="default", help="what the shop holds at first")
    add("--recordings", type=Path, metavar="DIR", help="recordings of a real shop, for --seed recordings")
    add("--data", type=Path, metavar="FILE", help="SQLite file to keep the shop in; made and seeded if absent")
    add("--plugin", action="append", default=[], metavar="NAME=VERSION", help="show this plugin with this version")
    add("--token-lifetime", type=int, default=600, metavar="SECONDS", help="life of an access token")
    add("--mailer", metavar="URL", help="send mails to smtp://HOST:PORT (default: MAILER_DSN, else nowhere)")
    add("--with-parent", action="store_true", help="leave when the process that started this one ends")
    add("--json", action="store_true", help="print one JSON line when ready")
    return result


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; return 0, or 2 for a usage error."""
    options = parser().parse_args(argv)
    if options.list_mutants:
        _list_mutants(as_json=options.json)
        return 0
    try:
        return _serve(options)
    except (UnknownVersionError, UnknownMutantError, SeedError, MailerUrlError, UsageError) as error:
        print(f"refshop: {error}", file=sys.stderr)
        return 2


def _list_mutants(*, as_json: bool) -> None:
    if as_json:
        mutants = [*MUTANTS.values(), *PERFORMANCE_MUTANTS.values()]
        print(json.dumps({"mutants": [mutant.as_json() for mutant in mutants]}, indent=1))
    else:
        print("\n".join(MUTANTS))


class UsageError(ValueError):
    """An option has a value that cannot be used."""


def _serve(options: argparse.Namespace) -> int:
    version = version_named(options.shopware_version)
    behaviour = answering_as_in(options.as_in, mutated(options.mutant))
    plugins = _plugins(options.plugin)
    mailer = mailer_of(options.mailer or os.environ.get("MAILER_DSN"))
    listener = _listen(options.port)
    port = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with contextlib.ExitStack() as cleanup:
        data = options.data
        if data is None:
            folder = cleanup.enter_context(tempfile.TemporaryDirectory(prefix="refshop-"))
            data = Path(folder) / "shop.sqlite"
        opened_data(data, version, seed=options.seed, recordings=options.recordings)
        clock = SystemClock()
        store = EntityStore(data, clock)
        cleanup.callback(store.close)
        settings = Settings(token_lifetime=options.token_lifetime, plugins=plugins, data_dir=data.parent)
        shop = Shop(store, version, behaviour, clock, mailer, settings=settings, base_url=url)
        _prepare(shop, cleanup)
        server = _Server(shop, with_parent=options.with_parent, as_json=options.json)
        asyncio.run(server.serve(sockets=[listener]))
    return 0


def _prepare(shop: Shop, cleanup: contextlib.ExitStack) -> None:
    if isinstance(shop.mailer, SmtpMailer):
        cleanup.callback(shop.mailer.close)
    listen(shop)
    adapt_to_start(shop)
    plan_tasks(shop)


def _plugins(options: list[str]) -> dict[str, str]:
    result: dict[str, str] = {}
    for option in options:
        name, separator, version = option.partition("=")
        if not separator or not name or not version:
            raise UsageError(f"--plugin wants NAME=VERSION such as AcmeB2bPrices=2.1.0, not {option!r}")
        result[name] = version
    return result


def _listen(port: int) -> socket.socket:
    # asyncio switches Nagle's algorithm off only for sockets that say they are TCP; with it, answers come 40 ms late
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        raise UsageError(f"port {port} on 127.0.0.1 cannot be used: {error.strerror}") from None
    listener.listen(128)
    return listener


class _Server(uvicorn.Server):
    """Tells when it is ready, and leaves when asked to."""

    def __init__(self, shop: Shop, *, with_parent: bool, as_json: bool) -> None:
        super().__init__(
            uvicorn.Config(
                create_app(shop),
                log_level="warning",
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=3,
                server_header=False,
            )
        )
        self._shop = shop
        self._with_parent = with_parent
        self._as_json = as_json

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._with_parent:
            threading.Thread(target=self._leave_with_parent, args=(os.getppid(),), daemon=True).start()
        facts = _facts(self._shop)
        if self._as_json:
            print(json.dumps(facts), flush=True)
        else:
            print(f"Reference shop {self._shop.version.name} at {self._shop.base_url}", flush=True)
            for key in ("storefront_url", "access_key", "client_id", "client_secret"):
                print(f"  {key:15} {facts[key]}", flush=True)

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        # uvicorn raises the signal again after its shutdown, which would end a clean stop with a failure
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        yield

    def _stop(self) -> None:
        self.should_exit = True

    def _leave_with_parent(self, parent: int) -> None:
        wait = threading.Event()
        while os.getppid() == parent:
            wait.wait(0.25)
        self.should_exit = True


def _facts(shop: Shop) -> dict[str, Any]:
    return {**facts_of(shop), "pid": os.getpid()}
