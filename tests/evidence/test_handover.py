"""What a before run leaves for the after run: by several workers at once, over kills, used once."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from updategate.config.errors import ConfigError
from updategate.evidence.handover import FILE_NAME, Handover


@pytest.fixture
def handover(tmp_path: Path) -> Handover:
    return Handover.begin(tmp_path / "before" / FILE_NAME, environment="staging", run="before")


def test_what_was_left_is_found(handover: Handover, tmp_path: Path) -> None:
    handover.leave("UPD-009", "flags", 1, {"V6_6_0_0": True})
    found = Handover.found(tmp_path / "before").known("UPD-009", "flags")
    assert found is not None
    assert found.value == {"V6_6_0_0": True}
    assert handover.known("UPD-009", "other") is None
    assert handover.known("UPD-010", "flags") is None


def test_each_copy_is_used_once(handover: Handover) -> None:
    for copy in (1, 2):
        handover.leave("UPD-011", "order", copy, {"order": copy})
    taken = [handover.take("UPD-011", "order", "after") for _ in range(3)]
    assert [one.value["order"] if one else None for one in taken] == [1, 2, None]
    assert handover.was_left("UPD-011", "order")
    assert not handover.was_left("UPD-012", "customers")


def test_two_who_take_at_once_take_different_copies(handover: Handover) -> None:
    for copy in range(1, 21):
        handover.leave("UPD-011", "order", copy, {"order": copy})
    taken: list[int] = []

    def takes() -> None:
        for _ in range(5):
            found = Handover(handover.path).take("UPD-011", "order", "after")
            assert found is not None
            taken.append(found.copy)

    people = [threading.Thread(target=takes) for _ in range(4)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert sorted(taken) == list(range(1, 21))


def test_a_torn_line_costs_itself_alone(handover: Handover) -> None:
    handover.leave("UPD-009", "flags", 1, {"a": True})
    with handover.path.open("ab") as file:
        file.write(b'{"type": "left", "process": "UPD-0')
    handover.leave("UPD-007", "tasks", 1, {"b": "scheduled"})
    assert handover.known("UPD-009", "flags") is not None
    assert handover.known("UPD-007", "tasks") is not None


def test_only_its_owner_reads_it_because_it_holds_sessions(handover: Handover) -> None:
    assert stat.S_IMODE(handover.path.stat().st_mode) == 0o600
    handover.leave("UPD-010", "cart", 1, {"session": "tokentokentoken"})
    assert handover.sessions() == ["tokentokentoken"]


def test_a_hand_over_is_never_written_over(handover: Handover) -> None:
    with pytest.raises(ConfigError, match="There is a hand-over of another run already"):
        Handover.begin(handover.path, environment="staging", run="again")


def test_a_place_without_one_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Name the folder of a before run"):
        Handover.found(tmp_path)


def test_the_newest_open_one_of_the_environment_is_found(tmp_path: Path) -> None:
    for number, (name, environment) in enumerate([("old", "staging"), ("new", "staging"), ("other", "production")]):
        one = Handover.begin(tmp_path / name / FILE_NAME, environment=environment, run=name)
        os.utime(one.path, (number, number))
    newest = Handover.newest(tmp_path, "staging")
    assert newest is not None
    assert newest.path.parent.name == "new"
    newest.close("after")
    assert newest.closed
    os.utime(newest.path, (9, 9))
    older = Handover.newest(tmp_path, "staging")
    assert older is not None
    assert older.path.parent.name == "old"
    assert Handover.newest(tmp_path, "elsewhere") is None


def test_entities_that_stay_are_listed_once(handover: Handover) -> None:
    for entity, key in (("product", "1"), ("order", "email:a#1"), ("product", "1")):
        handover.carry(entity, key)
    assert handover.things() == [("product", "1"), ("order", "email:a#1")]


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=20) | st.integers() | st.booleans(), max_size=5))
def test_values_come_back_as_they_were(value: dict[str, object]) -> None:
    path = Path(os.environ.get("TMPDIR", "/tmp")) / f"handover-{os.getpid()}-{threading.get_ident()}"  # noqa: S108
    path.unlink(missing_ok=True)
    one = Handover.begin(path, environment="staging", run="before")
    try:
        one.leave("UPD-002", "plugins", 1, dict(value))
        found = one.known("UPD-002", "plugins")
        assert found is not None
        assert found.value == value
    finally:
        path.unlink()
