"""What a MariaDB or MySQL server has done: statements and rows, exactly, since it was started.

``performance_schema`` digests tell statements of one database from all others, but it is off in MariaDB unless
its configuration says otherwise. Without it the server's status counters serve, which count everybody's
statements: then nobody else may use the server during a pass. A digest table that is full loses statements into
one row without a text; that is detected, because a count that forgets is not exact.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

import pymysql  # type: ignore[import-untyped]

from updategate.clients.metrics import FiguresError

_DIGESTS = (
    "SELECT COUNT(*), COALESCE(SUM(COUNT_STAR), 0), COALESCE(SUM(SUM_ROWS_EXAMINED), 0), "
    "COALESCE(SUM(CASE WHEN DIGEST IS NULL THEN COUNT_STAR ELSE 0 END), 0) "
    "FROM performance_schema.events_statements_summary_by_digest WHERE SCHEMA_NAME = %s OR DIGEST IS NULL"
)
_STATUS = ("Com_select", "Com_insert", "Com_update", "Com_delete", "Com_replace", "Rows_read", "Handler_read_rnd_next")
_READINGS = 50
_SETTLING_SECONDS = 0.01


class DigestsLostError(FiguresError):
    """The server forgot statements while they were counted."""


class DatabaseCounters:
    """Reads the counters over one connection. ``exact_by_schema`` says whether only this database is counted."""

    def __init__(self, url: str, timeout: float = 10.0) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"mysql", "mysql+pymysql", "mariadb"} or not parts.hostname:
            message = "a database is given as mysql://user:password@host:port/name"
            raise FiguresError(message)
        self.where = f"{parts.hostname}:{parts.port or 3306}"
        self.schema = parts.path.strip("/")
        self._options: dict[str, Any] = {
            "host": parts.hostname,
            "port": parts.port or 3306,
            "user": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            # no database is chosen: our own readings would count as statements of the shop
            "connect_timeout": timeout,
            "read_timeout": timeout,
            "autocommit": True,
        }
        self._connection: Any = None
        self._digests: bool | None = None
        self._lost: float | None = None

    @property
    def exact_by_schema(self) -> bool:
        """Whether ``performance_schema`` counts, and so only this database's statements."""
        if self._digests is None:
            self._digests = self._has_digests()
        return self._digests

    def read(self) -> dict[str, float]:
        """``statements`` and ``rows_examined`` so far.

        Raises:
            DigestsLostError: digests were lost since the last reading.
            FiguresError: the server cannot be reached or refuses.

        """
        return self._by_digest() if self.exact_by_schema else self._by_status()

    def status(self, *names: str) -> dict[str, float]:
        """Global status variables that are numbers."""
        with self._cursor() as cursor:
            marks = ", ".join(["%s"] * len(names))
            cursor.execute(f"SHOW GLOBAL STATUS WHERE Variable_name IN ({marks})", names)
            return {str(name): float(value) for name, value in cursor.fetchall()}

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _by_digest(self) -> dict[str, float]:
        # the server counts a statement after it has answered it: wait until it has counted the last one
        statements, rows, overflow = self._counted()
        for _ in range(_READINGS):
            threading.Event().wait(_SETTLING_SECONDS)
            earlier, (statements, rows, overflow) = statements, self._counted()
            if statements == earlier:
                break
        lost = self.status("Performance_schema_digest_lost").get("Performance_schema_digest_lost", 0.0) + overflow
        before, self._lost = self._lost, lost
        if before is not None and lost > before:
            message = (
                f"{self.where}: {lost - before:g} statements fell out of the digest table; "
                "raise performance_schema_digests_size, or TRUNCATE events_statements_summary_by_digest"
            )
            raise DigestsLostError(message)
        return {"statements": statements, "rows_examined": rows}

    def _counted(self) -> tuple[float, float, float]:
        with self._cursor() as cursor:
            cursor.execute(_DIGESTS, (self.schema,))
            _, statements, rows, overflow = (float(value) for value in cursor.fetchone())
            return statements, rows, overflow

    def _by_status(self) -> dict[str, float]:
        found = self.status(*_STATUS)
        statements = sum(value for name, value in found.items() if name.startswith("Com_"))
        # MariaDB counts rows read; MySQL has only what the storage engines were asked for
        rows = found.get("Rows_read", found.get("Handler_read_rnd_next", 0.0))
        return {"statements": statements, "rows_examined": rows}

    def _has_digests(self) -> bool:
        with self._cursor() as cursor:
            cursor.execute("SHOW VARIABLES LIKE 'performance_schema'")
            row = cursor.fetchone()
            if row is None or str(row[1]).upper() != "ON":
                return False
            try:
                cursor.execute(_DIGESTS, (self.schema,))
                cursor.execute(
                    "SELECT ENABLED FROM performance_schema.setup_consumers WHERE NAME = 'statements_digest'"
                )
                row = cursor.fetchone()
                return row is not None and str(row[0]).upper() == "YES"
            except pymysql.MySQLError:
                return False

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        try:
            if self._connection is None:
                self._connection = pymysql.connect(**self._options)
            with self._connection.cursor() as cursor:
                yield cursor
        except pymysql.MySQLError as error:
            self._connection = None
            reason = error.args[1] if len(error.args) > 1 else error
            message = f"the database at {self.where} cannot be read: {reason}"
            raise FiguresError(message) from None
