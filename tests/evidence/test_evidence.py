"""Evidence files: what is written is read back, and every kind of damage is noticed."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from tests.gate.conftest import PASSED, RunOf, write_run
from updategate.config.errors import ConfigError
from updategate.evidence.reader import read_evidence
from updategate.evidence.records import RECORD, Created, ProcessStarted, Removed, Step
from updategate.evidence.writer import EvidenceLostError, EvidenceServer, EvidenceWriter, RemoteSink


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_run(tmp_path / "run", RunOf(PASSED))


def _lines(run: Path) -> list[bytes]:
    return (run / "evidence.jsonl").read_bytes().splitlines(keepends=True)


def _defects(run: Path, lines: list[bytes]) -> set[str]:
    (run / "evidence.jsonl").write_bytes(b"".join(lines))
    return {defect.code for defect in read_evidence(run).defects}


def test_whole_evidence_has_no_defect(run: Path) -> None:
    evidence = read_evidence(run)
    assert evidence.defects == ()
    assert {process: results[0].status for process, results in evidence.processes.items()} == PASSED
    assert [record.seq for record in evidence.records] == list(range(8))


@pytest.mark.parametrize("position", range(8))
def test_any_removed_line_is_noticed(run: Path, position: int) -> None:
    lines = _lines(run)
    del lines[position]
    assert _defects(run, lines)


@pytest.mark.parametrize("cut", [1, 20, 200])
def test_a_torn_last_line_is_noticed(run: Path, cut: int) -> None:
    lines = _lines(run)
    lines[-1] = lines[-1][:-cut]
    assert "truncated" in _defects(run, lines)


def test_swapped_lines_are_noticed(run: Path) -> None:
    lines = _lines(run)
    lines[2], lines[4] = lines[4], lines[2]
    assert "hole" in _defects(run, lines)


def test_two_runs_in_one_file_are_noticed(run: Path, tmp_path: Path) -> None:
    other = write_run(tmp_path / "other", RunOf(PASSED))
    assert {"mixed", "two_ends", "twice"} <= _defects(run, _lines(run) + _lines(other))


def test_a_changed_status_does_not_fit_the_counts(run: Path) -> None:
    lines = _lines(run)
    changed = json.loads(lines[2]) | {"status": "failed"}
    lines[2] = json.dumps(changed).encode() + b"\n"
    assert _defects(run, lines) == {"counts"}


def test_garbage_and_an_empty_file_are_noticed(run: Path) -> None:
    assert "unreadable" in _defects(run, [*_lines(run), b"{}\n"])
    assert _defects(run, []) == {"empty"}


def test_a_newer_format_is_noticed(run: Path) -> None:
    lines = _lines(run)
    lines[1] = json.dumps(json.loads(lines[1]) | {"v": 2}).encode() + b"\n"
    assert _defects(run, lines) == {"newer"}


def test_no_evidence_is_an_error_that_names_the_folder(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="There is no evidence here"):
        read_evidence(tmp_path)


def test_a_run_never_writes_into_another_runs_evidence(run: Path) -> None:
    with pytest.raises(EvidenceLostError, match="exists already"):
        EvidenceWriter(run, "again")


def test_secrets_never_reach_the_file(tmp_path: Path) -> None:
    writer = EvidenceWriter(tmp_path, "r", secrets=["SWSC-very-secret", 'with"quote-in-it', "short"])
    writer.write(Step(process="CHK-001", title='SWSC-very-secret with"quote-in-it short', seconds=1, ok=True))
    writer.finish(None)
    text = (tmp_path / "evidence.jsonl").read_text(encoding="utf-8")
    assert "very-secret" not in text
    assert "quote-in-it" not in text
    assert "short" in text


def test_what_was_created_and_not_removed_is_left_over(tmp_path: Path) -> None:
    extra = (Created(entity="product", id="a"), Created(entity="product", id="b"), Removed(entity="product", id="a"))
    evidence = read_evidence(write_run(tmp_path / "run", RunOf(PASSED, extra=extra)))
    assert [record.id for record in evidence.leftovers()] == ["b"]


def test_four_workers_write_through_one_writer(tmp_path: Path) -> None:
    writer = EvidenceWriter(tmp_path, "r")
    server = EvidenceServer(writer)

    def work(name: str) -> None:
        sink = RemoteSink(server.address, server.key, name)
        for number in range(50):
            sink.write(ProcessStarted(process=f"CHK-{number:03d}"))

    threads = [threading.Thread(target=work, args=(f"gw{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.close()
    writer.finish(None)
    records = [RECORD.validate_json(line) for line in _lines(tmp_path)]
    assert [record.seq for record in records] == list(range(201))
    assert {record.worker for record in records} == {"gw0", "gw1", "gw2", "gw3", "main"}


def test_a_late_fact_is_refused_in_the_worker(tmp_path: Path) -> None:
    writer = EvidenceWriter(tmp_path, "r")
    server = EvidenceServer(writer)
    sink = RemoteSink(server.address, server.key, "gw0")
    writer.finish(None)
    with pytest.raises(EvidenceLostError, match="is closed"):
        sink.write(ProcessStarted(process="CHK-001"))
    server.close()
