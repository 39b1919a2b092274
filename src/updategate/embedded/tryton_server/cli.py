"""Command line of the ERP: parse, have a database, listen, tell where."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .settings import DATABASE, LOGIN, MODULES, configure


def parser() -> argparse.ArgumentParser:
    """Return the argument parser."""
    result = argparse.ArgumentParser(
        prog="python -m updategate.embedded.tryton_server",
        description="Tryton with a small company on 127.0.0.1; needs updategate[tryton].",
    )
    add = result.add_argument
    add("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one (default)")
    add("--database-url", metavar="URL", help="postgresql://USER@HOST:PORT/ instead of SQLite (or ERP_DATABASE_URL)")
    add("--cache", type=Path, metavar="DIR", help="where a created database is kept (default: the user's cache)")
    add("--with-parent", type=int, metavar="PID", help="leave when this process ends")
    add("--json", action="store_true", help="print one JSON line when ready")
    add("--create-in", type=Path, metavar="DIR", help=argparse.SUPPRESS)
    return result


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; return 0, or 2 where it cannot begin."""
    options = parser().parse_args(argv)
    options.database_url = options.database_url or os.environ.get("ERP_DATABASE_URL") or None
    try:
        import trytond  # noqa: F401
    except ImportError:
        print("tryton_server: Tryton is not installed: pip install 'updategate[tryton]'", file=sys.stderr)
        return 2
    if options.create_in:
        configure(options.create_in, options.database_url)
        name = os.environ.get("ERP_DATABASE_NAME", DATABASE)
        if options.database_url is None:
            (options.create_in / f"{name}.sqlite").touch()
        _create(name)
        return 0
    from .database import ErpNotCreatedError

    try:
        return _serve(options)
    except (ErpNotCreatedError, OSError) as error:
        print(f"tryton_server: {error}", file=sys.stderr)
        return 2


def _create(name: str) -> None:
    from trytond import __series__, backend
    from trytond.pool import Pool
    from trytond.transaction import Transaction

    from .company import set_up

    Pool.start()
    database = backend.Database(name)
    database.connect()
    if not database.test():
        database.init()
    pool = Pool(name)
    pool.init(update=["ir"], lang=["en"])
    with Transaction().start(name, 0):
        pool.get("ir.module").update_list()
    pool.init(update=list(MODULES), lang=["en"], activatedeps=True)

    def name_it() -> int:
        settings = pool.get("ir.configuration")(1)
        settings.series = __series__
        settings.language = "en"
        settings.save()
        admin = pool.get("res.user")(name="Connector", login=LOGIN, administrator=True, active=True)
        admin.save()
        return int(admin.id)

    number = _transact(name, 0, name_it)
    _transact(name, number, lambda: set_up(pool, Transaction()))


def _transact(database: str, user: int, work: Callable[[], Any]) -> Any:
    """Do the work in one transaction; Tryton asks for another one where it needs a lock."""
    from trytond.transaction import Transaction, TransactionError

    extras: dict[str, Any] = {}
    while True:
        with Transaction().start(database, user, context={"company": None}, **extras) as transaction:
            try:
                return work()
            except TransactionError as error:
                transaction.rollback()
                error.fix(extras)


def _serve(options: argparse.Namespace) -> int:
    from .database import copied_database, default_cache
    from .postgres import database_on

    with contextlib.ExitStack() as cleanup:
        folder = Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="tryton-")))
        name = DATABASE
        if options.database_url:
            name, kept = cleanup.enter_context(database_on(options.database_url, folder))
        else:
            kept = copied_database(folder, options.cache or default_cache())
        configure(folder, options.database_url)
        password = secrets.token_urlsafe(18)
        server = _server(options.port, name, password)
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        if options.with_parent:
            threading.Thread(target=_watch, args=(options.with_parent, stop), daemon=True).start()
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        facts = {
            "url": f"http://127.0.0.1:{server.server_port}",
            "database": name,
            "username": LOGIN,
            "password": password,
            "pid": os.getpid(),
            "kept": kept,
        }
        print(json.dumps(facts) if options.json else f"Tryton at {facts['url']}, database {name}", flush=True)
        stop.wait()
        server.shutdown()
        thread.join(5)
    return 0


def _server(port: int, database: str, password: str) -> Any:
    from trytond.application import app
    from trytond.pool import Pool
    from trytond.transaction import Transaction
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
            pass

    pool = Pool(database)
    with Transaction().start(database, 0):
        pool.init()

    # every start has a password of its own: what is kept on disk opens nothing
    def set_password() -> None:
        user = pool.get("res.user").search([("login", "=", LOGIN)])[0]
        user.password = password
        user.save()

    _transact(database, 0, set_password)
    return make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)


def _watch(parent: int, stop: threading.Event) -> None:
    """Leave with the process that started this one, and where that is gone already, at once."""
    while not stop.wait(0.5):
        try:
            os.kill(parent, 0)
        except ProcessLookupError:
            stop.set()
        except PermissionError:
            continue
