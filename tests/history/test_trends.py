"""Trends: flakiness that is none, and the page that shows it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from tests.gate.conftest import OLD, PASSED, Judged, RunOf, judged
from tests.history.test_store import process, row
from tests.reports.test_verdict_page import Reader
from updategate.cli import execute
from updategate.cli.following import note_run, note_verdict, typical_durations
from updategate.config.exit_codes import ExitCode
from updategate.config.process_environment import history_url
from updategate.evidence.reader import read_evidence
from updategate.history.store import History, ProcessPoint, StoredRun
from updategate.history.trends import typical_seconds, updates, wavering
from updategate.reports.trends import write_trend_pages

__all__ = ["judged"]


def points(*told: tuple[str, str] | tuple[str, str, int]) -> list[ProcessPoint]:
    """(build, status[, attempts]) of runs one after another."""
    return [
        ProcessPoint(
            StoredRun(n, f"r{n}", "processes", "e", "s", None, "6.6", one[0], f"2026-01-{n + 1:02d}", True, None, "f"),
            one[1],
            float(n + 1),
            one[2] if len(one) > 2 else 1,
        )
        for n, one in enumerate(told)
    ]


@pytest.mark.parametrize(
    ("runs", "pairs", "flips"),
    [
        ([("a", "passed"), ("a", "passed"), ("a", "passed")], 2, 0),
        ([("a", "passed"), ("a", "failed"), ("a", "passed")], 2, 2),
        ([("a", "passed"), ("b", "failed"), ("b", "failed")], 1, 0),  # the update broke it: that is no wavering
        ([("a", "passed"), ("b", "passed"), ("a", "failed")], 1, 1),  # the same build again, after another
        ([("a", "passed"), ("a", "passed", 2)], 1, 1),  # passed only when repeated
        ([("a", "passed"), ("a", "not_applicable"), ("a", "skipped"), ("a", "passed")], 1, 0),
        ([("", "passed"), ("", "failed")], 0, 0),  # nobody knows which build it was
        ([], 0, 0),
    ],
)
def test_wavering_is_counted_within_a_build(runs: list[tuple[str, str]], pairs: int, flips: int) -> None:
    found = wavering(points(*runs))
    assert (found.pairs, found.flips) == (pairs, flips)
    assert found.share == (flips / pairs if pairs else None)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["passed", "failed", "broken"])), max_size=30))
def test_wavering_never_exceeds_its_pairs(runs: list[tuple[str, str]]) -> None:
    found = wavering(points(*runs))
    assert 0 <= found.flips <= found.pairs <= max(len(runs) - 1, 0)


def test_typical_duration_is_the_median_of_the_last_ten_passes() -> None:
    assert typical_seconds(points(*[("a", "passed")] * 15)) == 10.5
    assert typical_seconds(points(("a", "failed"))) is None


def test_updates_are_the_runs_where_the_build_changes() -> None:
    runs = [point.run for point in points(("a", "passed"), ("a", "passed"), ("b", "passed"), ("a", "passed"))]
    assert updates(runs) == [(2, "6.6"), (3, "6.6")]


@pytest.fixture
def filled(history: History) -> History:
    for number in range(12):
        status = "failed" if number in (4, 9) else "passed"
        history.add_rows(
            row(number, build="b1" if number < 6 else "b2", core="6.6.6.1" if number < 6 else "6.6.7.1"),
            [process(status=status, seconds=2 + number / 10), process("CHK-<b>2")],
            [{"name": "listing.p95", "value": 800.0 + number, "unit": "ms"}],
        )
    return history


def test_page_shows_duration_wavering_updates_and_indicators(filled: History, tmp_path: Path) -> None:
    english, german = write_trend_pages(filled, tmp_path, "staging")
    read = Reader(english.read_text(encoding="utf-8"))
    assert "Wavered in 4 of 10 pairs of runs of the same build" in read.text
    assert "listing.p95 Newest: 811 ms" in read.text
    assert "CHK-<b>2" in read.text
    assert "b" not in read.tags - {"body"} or "<b>2" not in english.read_text(encoding="utf-8")
    assert len(read.ids) == len(set(read.ids))
    assert "Schwankte in 4 von 10 Paaren" in Reader(german.read_text(encoding="utf-8")).text
    assert english.read_text(encoding="utf-8").count('class="margin"') == 3  # the update, in each chart


def test_one_subject_has_a_page_over_all_of_its_runs(filled: History, tmp_path: Path) -> None:
    english, _ = write_trend_pages(filled, tmp_path, "staging", subject="CHK-001", last=3)
    text = Reader(english.read_text(encoding="utf-8")).text
    assert "12 runs, 2 different builds" in text
    assert "listing.p95" not in text
    nothing, _ = write_trend_pages(filled, tmp_path, "staging", subject="NO-001")
    assert "nothing of this name" in nothing.read_text(encoding="utf-8")


def test_the_verb_imports_lists_draws_and_prunes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("UPDATEGATE_HISTORY", raising=False)
    assert execute(["history", "trend"]) is ExitCode.USAGE
    assert "history is empty" in capsys.readouterr().err
    with History("sqlite:///reports/history.sqlite") as history:
        for number in range(3):
            history.add_rows(row(number), [process()], [])
    assert execute(["history", "list", "--json"]) is ExitCode.PASS
    assert '"run": "run-2"' in capsys.readouterr().out
    assert execute(["history", "trend"]) is ExitCode.PASS
    assert (tmp_path / "reports" / "history" / "trend.de.html").is_file()
    assert execute(["history", "trend", "--environment", "stagin"]) is ExitCode.USAGE
    assert "'staging'" in capsys.readouterr().err
    assert execute(["history", "prune"]) is ExitCode.USAGE
    assert execute(["history", "prune", "--keep-runs", "1"]) is ExitCode.PASS
    assert "2 runs forgotten, 1 kept" in capsys.readouterr().out


def test_a_verdict_is_noted_only_where_there_is_a_history(
    judged: Judged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("UPDATEGATE_HISTORY", raising=False)
    verdict = judged(RunOf(PASSED, build=OLD), RunOf(PASSED))
    screen = Console(file=io.StringIO())
    note_verdict(verdict, screen)
    assert not (tmp_path / "reports").exists()
    after = read_evidence(tmp_path / "after")
    note_run(tmp_path, after, screen)
    note_verdict(verdict, screen)
    with History(history_url(tmp_path)) as history:
        assert [(run.run, run.verdict) for run in history.runs()] == [("after", verdict.verdict)]
    assert typical_durations(tmp_path, "test") == dict.fromkeys(PASSED, 1.0)
    monkeypatch.setenv("UPDATEGATE_HISTORY", "postgresql://nobody@127.0.0.1:1/none")
    note_run(tmp_path, after, screen)
    assert typical_durations(tmp_path, "test") == {}
    assert "The run is not in the history" in screen.file.getvalue()  # type: ignore[attr-defined]
