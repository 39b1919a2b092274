"""The same store in SQLite and, where one is named, in a real PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

from updategate.history.schema import METADATA
from updategate.history.store import History

POSTGRES = os.environ.get("UPDATEGATE_TEST_POSTGRES", "")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty store's address; PostgreSQL is one that ``UPDATEGATE_TEST_POSTGRES`` names, its tables are dropped."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/history.sqlite"
        return
    if not POSTGRES:
        pytest.skip("needs UPDATEGATE_TEST_POSTGRES=postgresql://user@host/database, which may be emptied")
    engine = create_engine(make_url(POSTGRES).set(drivername="postgresql+psycopg"))
    METADATA.drop_all(engine)
    yield POSTGRES
    METADATA.drop_all(engine)
    engine.dispose()


@pytest.fixture
def history(url: str) -> Iterator[History]:
    with History(url) as opened:
        yield opened
