"""The database of the ERP on PostgreSQL: created once as a template, copied for each start, dropped at its end."""

from __future__ import annotations

import contextlib
import datetime as dt
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .database import ErpNotCreatedError, create_in_own_process, fingerprint

if TYPE_CHECKING:
    import psycopg

# what a template and a copy are called; nothing else on the server is touched
TEMPLATE, COPY = "updategate_tryton_", "updategate_erp_"
_LOCK = 7_046_801_266_712_001
_KEPT_DAYS = 1


@contextlib.contextmanager
def database_on(url: str, folder: Path) -> Iterator[tuple[str, bool]]:
    """Copy a fresh database, and drop it at the end; yields its name, and whether the template had been kept.

    The user in ``url`` must be allowed to create databases. Raises ErpNotCreatedError.
    """
    name = f"{COPY}{dt.datetime.now(dt.UTC):%Y%m%d}_{secrets.token_hex(4)}"
    with _connection(url) as server:
        kept = _copied(server, url, folder, name)
    try:
        yield name, kept
    finally:
        with contextlib.suppress(ErpNotCreatedError), _connection(url) as server:
            _drop(server, name)


def _copied(server: psycopg.Connection[Any], url: str, folder: Path, name: str) -> bool:
    # two that begin at once would both create the template, and nobody may be in it while it is copied
    server.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        _drop_forgotten(server)
        template = TEMPLATE + fingerprint()
        kept = template in _names(server, template)
        if not kept:
            unfinished = f"{TEMPLATE}unfinished"
            _drop(server, unfinished)
            server.execute(f"CREATE DATABASE {unfinished} TEMPLATE template0 ENCODING 'UTF8'")
            create_in_own_process(folder, url, unfinished)
            server.execute(f"ALTER DATABASE {unfinished} RENAME TO {template}")
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return kept
    finally:
        server.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _drop_forgotten(server: psycopg.Connection[Any]) -> None:
    """Drop the copies of starts that were killed: those of another day that nobody is connected to."""
    oldest = dt.datetime.now(dt.UTC) - dt.timedelta(days=_KEPT_DAYS)
    used = {row[0] for row in server.execute("SELECT datname FROM pg_stat_activity WHERE datname IS NOT NULL")}
    for name in _names(server, COPY):
        if name not in used and name.removeprefix(COPY)[:8] < f"{oldest:%Y%m%d}":
            _drop(server, name)


def _names(server: psycopg.Connection[Any], prefix: str) -> list[str]:
    found = server.execute("SELECT datname FROM pg_database WHERE starts_with(datname::text, %s)", [prefix])
    return [str(row[0]) for row in found]


def _drop(server: psycopg.Connection[Any], name: str) -> None:
    server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextlib.contextmanager
def _connection(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection beside all databases of the ERP; the database that ``url`` names is none of ours."""
    try:
        import psycopg
        import psycopg_pool  # noqa: F401 - Tryton needs it
    except ImportError as missing:
        message = f"PostgreSQL needs {missing.name}: pip install 'trytond[postgresql]'"
        raise ErpNotCreatedError(message) from None
    try:
        with psycopg.connect(url, dbname="postgres", autocommit=True, connect_timeout=10) as server:
            yield server
    except psycopg.Error as fault:
        raise ErpNotCreatedError(f"PostgreSQL: {str(fault).strip()}") from None
