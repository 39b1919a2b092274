"""The ledger: every change of a byte, every lost, doubled or moved entry, and a cut off end are found."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from updategate.config.stages import TrustedKey
from updategate.promotion import ledger as ledger_module
from updategate.promotion.ledger import Entry, Head, LedgerError, append, examine, head_path
from updategate.promotion.signing import SigningKey, new_key


def entry(note: str = "") -> Entry:
    return Entry(
        seq=1, at="2026-11-24T20:00:00+00:00", event="promoted", stage="staging", environment_name="s", notes=(note,)
    )


def written(path: Path, count: int = 4, key: SigningKey | None = None) -> Path:
    for number in range(count):
        append(path, entry(f"note {number} – ü"), key)
    return path


@pytest.fixture(scope="module", params=["signed", "unsigned"])
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of four entries; no key is trusted, so that the chain alone has to find what was changed."""
    folder = tmp_path_factory.mktemp("whole")
    return written(folder / "promotions.jsonl", key=new_key(folder / "key.pem") if request.param == "signed" else None)


def copied(whole: Path, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    for path in (whole, head_path(whole)):
        (folder / path.name).write_bytes(path.read_bytes())
    return folder / whole.name


def test_an_untouched_ledger_is_untouched(whole: Path) -> None:
    found = examine(whole)
    assert (found.damages, found.doubts, found.notes) == ((), (), ())
    assert [one.seq for one in found.entries] == [1, 2, 3, 4]
    assert found.entries[1].previous == found.entries[0].link


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_changed_byte_is_found(whole: Path, tmp_path: Path, data: st.DataObject) -> None:
    path = copied(whole, tmp_path)
    target = data.draw(st.sampled_from([path, head_path(path)]))
    content = bytearray(target.read_bytes())
    position = data.draw(st.integers(0, len(content) - 1))
    content[position] ^= data.draw(st.integers(1, 255))
    target.write_bytes(content)
    assert examine(path).damages


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_other_order_and_every_missing_or_doubled_entry_is_found(
    whole: Path, tmp_path: Path, data: st.DataObject
) -> None:
    path = copied(whole, tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    chosen = data.draw(st.lists(st.sampled_from(lines), max_size=6).filter(lambda picked: picked != lines))
    path.write_bytes(b"".join(chosen))
    assert examine(path).damages


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(length=st.integers(0, 10_000))
def test_an_end_that_was_cut_off_is_found_anywhere(whole: Path, tmp_path: Path, length: int) -> None:
    path = copied(whole, tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: length % len(content)])
    assert examine(path).damages


def test_a_cut_off_end_with_its_head_file_shows_against_a_head_kept_elsewhere_or_a_copy(
    whole: Path, tmp_path: Path
) -> None:
    known = examine(whole).head
    path = copied(whole, tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:3]))
    # what somebody without the key could not sign, but an unsigned ledger would take
    last = examine(whole).entries[2]
    head = Head(entries=3, hash=last.link)
    head_path(path).write_bytes(head.content())
    assert examine(path).damages == ()
    (told,) = examine(path, known_head=(known.entries, known.hash)).damages
    assert told.message == "1 entries are missing at the end: there were 4, there are 3"
    assert examine(path, copy=whole).damages


def test_without_a_head_file_it_is_not_known_whether_the_end_was_cut_off(whole: Path, tmp_path: Path) -> None:
    path = copied(whole, tmp_path)
    head_path(path).unlink()
    found = examine(path)
    assert found.damages == ()
    assert "whether entries were cut off at the end cannot be told" in found.doubts[0]
    assert examine(path, copy=whole).doubts == ()
    with pytest.raises(LedgerError, match="cannot be trusted"):
        append(path, entry())


def test_nothing_is_appended_to_a_ledger_that_was_changed(whole: Path, tmp_path: Path) -> None:
    path = copied(whole, tmp_path)
    changed = path.read_bytes().replace(b'"staging"', b'"stagong"', 1)
    path.write_bytes(changed)
    with pytest.raises(LedgerError, match="was changed: line 1: the entry was changed"):
        append(path, entry())
    assert path.read_bytes() == changed


def test_a_process_that_ends_between_entry_and_head_leaves_a_ledger_that_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "promotions.jsonl", 2)
    with monkeypatch.context() as killed:
        killed.setattr(ledger_module, "_write_head", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            append(path, entry("killed"))
    found = examine(path)
    assert (len(found.entries), found.damages) == (3, ())
    assert "1 entries were written after" in found.notes[0]
    append(path, entry("next"))
    assert [one.notes[0] for one in examine(path).entries][-2:] == ["killed", "next"]
    assert examine(path).notes == ()


def _write_many(path: Path, name: str) -> None:
    for number in range(10):
        append(path, entry(f"{name} {number}"))


def test_two_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "promotions.jsonl"
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_write_many, args=(path, name)) for name in ("one", "two")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    found = examine(path)
    assert (found.damages, found.doubts) == ((), ())
    notes = [one.notes[0] for one in found.entries]
    assert len(notes) == 20
    assert [note for note in notes if note.startswith("one")] == [f"one {number}" for number in range(10)]


def test_a_ledger_on_a_full_disk_is_told_without_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ledger_module.os, "write", full)
    with pytest.raises(LedgerError, match="cannot be written: No space left on device"):
        append(tmp_path / "promotions.jsonl", entry())


def test_entries_forged_with_a_right_chain_but_another_key_are_found(tmp_path: Path) -> None:
    ours, theirs = new_key(tmp_path / "ours.pem"), new_key(tmp_path / "theirs.pem")
    trusted = (TrustedKey(name="pipeline", public=ours.public),)
    path = tmp_path / "promotions.jsonl"
    append(path, entry("true"), ours, trusted)
    assert examine(path, trusted).damages == ()
    forged = tmp_path / "forged.jsonl"
    append(forged, entry("false"), theirs)
    assert examine(forged).damages == ()
    assert "not one of a trusted key" in examine(forged, trusted).damages[0].message
    unsigned = tmp_path / "unsigned.jsonl"
    append(unsigned, entry("false"))
    assert "it is not signed" in examine(unsigned, trusted).damages[0].message
    with pytest.raises(LedgerError, match="was changed"):
        append(unsigned, entry("next"), ours, trusted)


def test_an_entry_holds_no_key(tmp_path: Path) -> None:
    key = new_key(tmp_path / "key.pem")
    path = tmp_path / "promotions.jsonl"
    append(path, entry(), key)
    secret = (tmp_path / "key.pem").read_text(encoding="utf-8").splitlines()[1]
    assert secret not in path.read_text(encoding="utf-8")
    assert json.loads(path.read_text(encoding="utf-8"))["key"] == key.id
    assert secret not in repr(key)
    assert (tmp_path / "key.pem").stat().st_mode & 0o777 == 0o600
