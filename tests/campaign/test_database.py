"""Counters of a database server: of a fake one, and of a real MariaDB where one is installed."""

from __future__ import annotations

import contextlib
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pymysql
import pytest

from updategate.clients.metrics import FiguresError
from updategate.clients.metrics.database import DatabaseCounters, DigestsLostError


class Cursor:
    def __init__(self, answers):
        self.answers, self.found = answers, None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False

    def execute(self, statement, parameters=()):
        for start, answer in self.answers.items():
            if statement.startswith(start):
                self.found = answer(parameters) if callable(answer) else answer
                if isinstance(self.found, Exception):
                    raise self.found
                return
        raise AssertionError(statement)

    def fetchone(self):
        return self.found[0] if self.found else None

    def fetchall(self):
        return self.found


@pytest.fixture
def counters(monkeypatch):
    def make(**answers):
        given = {
            "SHOW VARIABLES": [("performance_schema", "OFF")],
            "SHOW GLOBAL STATUS": lambda names: [(name, "5") for name in names],
            **{name.replace("_", " "): value for name, value in answers.items()},
        }
        connection = type("Connection", (), {"cursor": lambda _self: Cursor(given), "close": lambda _self: None})
        monkeypatch.setattr(pymysql, "connect", lambda **_: connection())
        return DatabaseCounters("mysql://shop:secret@db.example:3307/shop"), given

    return make


def test_without_performance_schema_the_status_counters_serve(counters):
    database, _ = counters()
    assert not database.exact_by_schema
    assert database.read() == {"statements": 25.0, "rows_examined": 5.0}


def test_mysql_has_no_rows_read(counters):
    database, _ = counters(SHOW_GLOBAL_STATUS=lambda names: [(name, "3") for name in names if name != "Rows_read"])
    assert database.read()["rows_examined"] == 3.0


def test_lost_digests_are_an_error_not_a_small_number(counters):
    digests = [(3, 10, 100, 0)]
    lost = ["0"]
    database, _ = counters(
        SHOW_VARIABLES=[("performance_schema", "ON")],
        SELECT_ENABLED=[("YES",)],
        SELECT_COUNT=lambda _: digests,
        SHOW_GLOBAL_STATUS=lambda names: [(names[0], lost[0])],
    )
    assert database.exact_by_schema
    assert database.read() == {"statements": 10.0, "rows_examined": 100.0}
    lost[0] = "7"
    with pytest.raises(DigestsLostError, match="7 statements fell out of the digest table"):
        database.read()
    assert database.read()["statements"] == 10.0
    digests[0] = (3, 15, 100, 5)
    with pytest.raises(DigestsLostError, match="5 statements"):
        database.read()


def test_performance_schema_that_is_not_readable_is_not_used(counters):
    database, _ = counters(
        SHOW_VARIABLES=[("performance_schema", "ON")], SELECT_ENABLED=[("NO",)], SELECT_COUNT=[(0, 0, 0, 0)]
    )
    assert not database.exact_by_schema
    refused = pymysql.OperationalError(1142, "SELECT command denied")
    database, _ = counters(SHOW_VARIABLES=[("performance_schema", "ON")], SELECT=refused)
    assert not database.exact_by_schema


def test_errors_name_the_server_and_no_password(counters):
    database, _ = counters(SHOW_GLOBAL_STATUS=pymysql.OperationalError(2013, "Lost connection"))
    with pytest.raises(FiguresError, match=r"database at db\.example:3307 cannot be read: Lost connection") as told:
        database.read()
    assert "secret" not in str(told.value)


@pytest.mark.parametrize("url", ["postgres://a@b/c", "mysql:///x", "db.example"])
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(FiguresError, match="mysql://user:password@host:port/name"):
        DatabaseCounters(url)


@pytest.fixture(scope="module")
def mariadb():
    if not (shutil.which("mariadbd") and shutil.which("mariadb-install-db")):
        pytest.skip("no MariaDB server is installed here")
    user = "root"
    with contextlib.suppress(KeyError):
        user = pwd.getpwnam("mysql").pw_name
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="ug-mariadb-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        data = folder / "data"
        data.mkdir()
        with contextlib.suppress(LookupError, PermissionError):
            shutil.chown(data, user)
            shutil.chown(folder, user)
        subprocess.run(
            ["mariadb-install-db", "--no-defaults", f"--user={user}", f"--datadir={data}",
             "--auth-root-authentication-method=normal", "--skip-test-db"],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        server = subprocess.Popen(
            ["mariadbd", "--no-defaults", f"--user={user}", f"--datadir={data}", f"--socket={folder}/s.sock",
             f"--port={port}", "--bind-address=127.0.0.1", "--performance-schema=ON",
             "--performance-schema-digests-size=60", f"--pid-file={folder}/pid"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + 60
        while True:
            try:
                connection = pymysql.connect(host="127.0.0.1", port=port, user="root", autocommit=True)
                break
            except pymysql.OperationalError:
                assert server.poll() is None, "MariaDB did not start"
                assert time.monotonic() < deadline, "MariaDB did not answer"
                time.sleep(0.1)
        cursor = connection.cursor()
        for statement in (
            "CREATE DATABASE shop",
            "CREATE TABLE shop.t (a INT)",
            "INSERT INTO shop.t VALUES (1),(2),(3)",
        ):
            cursor.execute(statement)
        cursor.execute("USE shop")
        yield cursor, f"mysql://root@127.0.0.1:{port}/shop"
        connection.close()
        server.terminate()
        server.wait(30)


def test_a_real_server_counts_statements_of_one_database_exactly(mariadb):
    cursor, url = mariadb
    database = DatabaseCounters(url)
    assert database.exact_by_schema
    before = database.read()
    assert database.read() == before, "our own readings must not count"
    cursor.execute("SELECT * FROM t")
    cursor.execute("SELECT * FROM t WHERE a = 2")
    after = database.read()
    assert after["statements"] - before["statements"] == 2
    assert after["rows_examined"] - before["rows_examined"] == 6
    database.close()


def test_a_real_server_that_forgets_statements_is_found_out(mariadb):
    cursor, url = mariadb
    database = DatabaseCounters(url)
    database.read()
    for number in range(120):
        cursor.execute(f"SELECT {','.join(['a'] * (number + 1))} FROM t")  # noqa: S608 - columns by number
    with pytest.raises(DigestsLostError, match="performance_schema_digests_size"):
        database.read()
    database.close()
