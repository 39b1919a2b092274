"""The store of runs, on SQLite and on PostgreSQL: nothing twice, nothing lost, nothing half."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from tests.gate.conftest import NEW, OLD, PASSED, Judged, RunOf, failed, judged, write_run
from updategate.config.errors import ConfigError
from updategate.evidence.reader import read_evidence
from updategate.evidence.records import Indicator
from updategate.history.importing import import_folders
from updategate.history.store import History

__all__ = ["judged"]
ROOT = Path(__file__).parents[2]


def row(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "digest": f"{number:064d}", "run": f"run-{number}", "kind": "processes", "environment": "staging",
        "scope": "full", "phase": "after", "core": "6.6.7.1", "build": "b1",
        "at": f"2026-{1 + number // 28:02d}-{1 + number % 28:02d}T00:00:00.000Z", "complete": 1, "folder": "f",
        **changes,
    }  # fmt: skip


def process(name: str = "CHK-001", status: str = "passed", seconds: float = 1.0, attempts: int = 1) -> dict[str, Any]:
    return {"process": name, "title": "A guest orders", "status": status, "seconds": seconds, "attempts": attempts}


def test_a_run_is_stored_once_with_all_that_it_says(history: History, tmp_path: Path) -> None:
    indicator = Indicator(name="listing.p95", value=812.5, unit="ms")
    run = read_evidence(
        write_run(tmp_path / "run", RunOf({**PASSED, "CHK-001": failed("CHK-001")}, extra=(indicator,)))
    )
    assert history.add(run) is True
    assert history.add(run) is False
    shutil.copytree(tmp_path / "run", tmp_path / "copy")
    assert history.add(read_evidence(tmp_path / "copy")) is False
    (stored,) = history.runs()
    assert (stored.run, stored.core, stored.complete, stored.verdict) == ("run", "6.6.7.1", True, None)
    series = history.processes([stored])["CHK-001"]
    assert (series.title, [point.status for point in series.points]) == ("A guest orders", ["failed"])
    assert [value.value for value in history.indicators([stored])["listing.p95"]] == [812.5]


def test_runs_come_in_the_order_of_time_whatever_the_order_of_import(history: History) -> None:
    for number in (3, 1, 2, 0):
        history.add_rows(row(number), [process(seconds=number)], [])
    assert [run.run for run in history.runs(last=3)] == ["run-1", "run-2", "run-3"]
    assert [point.seconds for point in history.of_process("CHK-001", "staging")] == [0, 1, 2, 3]
    assert history.of_process("CHK-001", "another") == []
    assert history.environments() == ["staging"]


def test_a_run_that_cannot_be_stored_whole_is_not_stored_at_all(history: History) -> None:
    with pytest.raises(ConfigError):
        history.add_rows(row(1), [process(), {**process("CHK-002"), "seconds": None}], [])
    assert history.count() == 0


def test_retention_keeps_the_newest_of_each_environment(history: History) -> None:
    for number in range(6):
        history.add_rows(row(number), [process()], [{"name": "i", "value": 1.0, "unit": "1"}])
    history.add_rows(row(10, environment="live", at="2025-01-01T00:00:00.000Z"), [process()], [])
    assert history.prune(keep_runs=4) == 2
    assert [run.run for run in history.runs(environment="staging")] == ["run-2", "run-3", "run-4", "run-5"]
    assert history.prune(keep_days=300, now=datetime(2026, 1, 6, tzinfo=UTC)) == 1
    assert history.environments() == ["staging"]
    runs = history.runs()
    assert len(history.processes(runs)["CHK-001"].points) == len(history.indicators(runs)["i"]) == 4


def test_folders_are_imported_with_their_verdicts(history: History, judged: Judged, tmp_path: Path) -> None:
    verdict = judged(RunOf(PASSED, build=OLD), RunOf({**PASSED, "CHK-001": failed("CHK-001")}, build=NEW))
    (tmp_path / "after" / "verdict.json").write_text(verdict.to_json(), encoding="utf-8")
    (tmp_path / "torn").mkdir()
    (tmp_path / "torn" / "evidence.jsonl").write_text('{"type": "process_st', encoding="utf-8")
    done = import_folders(history, [tmp_path])
    assert (done.added, done.known, done.verdicts) == (2, 0, 1)
    assert "torn" in done.left_out[0]
    assert {run.run: run.verdict for run in history.runs()} == {"before": None, "after": "fail"}
    again = import_folders(history, [tmp_path])
    assert (again.added, again.known) == (0, 2)


WRITER = """
import sys
from updategate.history.store import History
from tests.history.test_store import process, row
url, offset = sys.argv[1], int(sys.argv[2])
with History(url) as history:
    for number in range(offset, offset + 40):
        assert history.add_rows(row(number), [process(f"P-{n}") for n in range(20)], [])
    history.add_rows(row(999), [process()], [])
"""


def test_two_pipelines_that_write_at_once_lose_nothing(url: str) -> None:
    # the tables do not exist yet: both writers make them, too
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, url, str(offset)], cwd=ROOT, stderr=subprocess.PIPE)
        for offset in (0, 100)
    ]
    for writer in writers:
        _, errors = writer.communicate(timeout=120)
        assert writer.returncode == 0, errors.decode()
    with History(url) as history:
        runs = history.runs(last=1000)
        assert len(runs) == 81  # both stored the same run once
        found = history.processes(runs)
        assert all(len(found[f"P-{number}"].points) == 80 for number in range(20))


def test_a_newer_format_is_refused(url: str) -> None:
    with History(url):
        pass
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text("UPDATE updategate_meta SET value = '99'"))
    engine.dispose()
    with pytest.raises(ConfigError, match="format 99"):
        History(url)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("reports/history", "no database URL"),
        ("mysql://localhost/x", "SQLite or PostgreSQL, not in mysql"),
        # without its driver, another cure is named
        ("postgresql://nobody:secret-word@127.0.0.1:1/none", "cannot be used" if find_spec("psycopg") else "driver"),
    ],
)
def test_a_wrong_address_is_told_without_its_password(wrong: str, told: str) -> None:
    with pytest.raises(ConfigError) as error:
        History(wrong)
    assert told in str(error.value)
    assert "secret-word" not in str(error.value)
