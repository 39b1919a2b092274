"""Tryton on PostgreSQL. ``UPDATEGATE_TEST_POSTGRES`` is the address of a server on which databases may be created."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.erp.conftest import shop_variables
from tests.erp.processes import ENVIRONMENT, Embedded, carry_out, start
from updategate.clients.erp import Article, StockLevel
from updategate.clients.erp.tryton import Tryton
from updategate.config.erp import ErpSettings
from updategate.domain.money import eur

URL = os.environ.get("UPDATEGATE_TEST_POSTGRES", "")
EMBEDDED = """
erp: {adapter: tryton, embedded: true, database_url: "${TEST_DATABASE_URL}"}
connector: {embedded: true, through: fault_proxy}
"""
needs_postgres = pytest.mark.skipif(not URL, reason="set UPDATEGATE_TEST_POSTGRES to postgresql://USER:PASSWORD@HOST/")


def copies() -> set[str]:
    with psycopg.connect(URL, dbname="postgres") as server:
        rows = server.execute("SELECT datname FROM pg_database WHERE starts_with(datname::text, 'updategate_erp_')")
        return {str(row[0]) for row in rows}


@pytest.fixture
def erp() -> Iterator[tuple[Tryton, Embedded]]:
    running = start("tryton_server", variables={"ERP_DATABASE_URL": URL})
    names = ("url", "database", "username", "password")
    adapter = Tryton(ErpSettings.model_validate({name: running.facts[name] for name in names}))
    yield adapter, running
    adapter.close()
    running.stop()


@needs_postgres
def test_each_start_has_a_database_of_its_own_and_drops_it(erp: tuple[Tryton, Embedded]) -> None:
    first, running = erp
    second = start("tryton_server", variables={"ERP_DATABASE_URL": URL})
    try:
        assert second.facts["kept"]
        assert {running.facts["database"], second.facts["database"]} <= copies()
        first.save_articles([Article("P-1", "Table", eur("84.03"))])
        first.count_stock({"P-1": 10})
        assert first.stock_of("P-1") == StockLevel(on_hand=10)
        names = ("url", "database", "username", "password")
        other = Tryton(ErpSettings.model_validate({name: second.facts[name] for name in names}))
        assert other.left_behind("P-", "").articles == ()
        other.close()
    finally:
        second.stop()
    assert second.facts["database"] not in copies()


@needs_postgres
def test_processes_on_postgresql(reference_shop: Embedded, tmp_path: Path) -> None:
    variables = {**shop_variables(reference_shop), "TEST_DATABASE_URL": URL}
    outcome = carry_out(tmp_path, ENVIRONMENT + EMBEDDED, variables, "ERP-003", "ERP-010")
    assert (outcome.code, outcome.status) == (0, {"ERP-003": "passed", "ERP-010": "passed"}), outcome.message


def test_a_server_that_is_not_there_is_told(reference_shop: Embedded, tmp_path: Path) -> None:
    variables = {
        **shop_variables(reference_shop), "TEST_DATABASE_URL": "postgresql://erp:secret-of-the-database@127.0.0.1:9/",
    }  # fmt: skip
    outcome = carry_out(tmp_path, ENVIRONMENT + EMBEDDED, variables, "ERP-001")
    assert (outcome.code, outcome.status) == (3, {"ERP-001": "broken"})
    assert "PostgreSQL: connection failed" in outcome.message["ERP-001"]
    assert "secret-of-the-database" not in outcome.message["ERP-001"]
