"""One run at a time: two at once, a killed holder, a shop that was down or restored, clocks that disagree."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from updategate.clients.errors import ShopUnreachableError
from updategate.config.environment import Environment
from updategate.config.loading import build
from updategate.operations.run_lock import ShopBusyError, hold
from updategate.operations.run_lock.board import BoardForbiddenError
from updategate.operations.run_lock.holder import Holder, Marker
from updategate.operations.run_lock.holding import _Watch
from updategate.operations.run_lock.local import LocalLock

URL = "http://shop.test"


def environment(**more: Any) -> Environment:
    given_ = {"name": "test", "url": URL, "sales_channel": {"access_key": "k"}, **more}
    return build(given_, Environment, "environment")


@dataclass
class MemoryBoard:
    """The tags of a shop, with the shop's own clock. ``forbidden`` and ``down`` are how it refuses."""

    now: datetime = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
    rows: dict[str, Marker] = field(default_factory=dict)
    forbidden: bool = False
    down: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def _refuse(self) -> None:
        if self.forbidden:
            raise BoardForbiddenError
        if self.down:
            raise ShopUnreachableError(URL, "connection refused")

    def read(self) -> tuple[datetime, list[Marker]]:
        self._refuse()
        with self.lock:
            return self.now, list(self.rows.values())

    def put(self, holder: Holder) -> str | None:
        self._refuse()
        with self.lock:
            marker_id = str(holder.generation)
            if marker_id in self.rows:
                return None
            self.rows[marker_id] = Marker(marker_id, holder, self.now)
            return marker_id

    def renew(self, marker_id: str, holder: Holder) -> None:
        self._refuse()
        self.rows[marker_id] = Marker(marker_id, holder, self.now)

    def remove(self, marker_id: str) -> None:
        self._refuse()
        self.rows.pop(marker_id, None)

    def names(self) -> list[str]:
        return [marker.holder.verb for marker in self.rows.values()]


class Machine:
    """A machine of its own: its lock files are not those of another."""

    def __init__(self, folder: Path, board: MemoryBoard) -> None:
        self.folder, self.board = folder, board

    def takes(self, verb: str = "run", **more: Any) -> Any:
        return hold(environment(), verb, folder=self.folder, board=self.board, **more)


@pytest.fixture
def board() -> MemoryBoard:
    return MemoryBoard()


@pytest.fixture
def here(tmp_path: Path, board: MemoryBoard) -> Machine:
    return Machine(tmp_path / "here", board)


@pytest.fixture
def elsewhere(tmp_path: Path, board: MemoryBoard) -> Machine:
    return Machine(tmp_path / "elsewhere", board)


def test_a_shop_that_is_given_back_carries_nothing(here: Machine, board: MemoryBoard) -> None:
    with here.takes("update") as held:
        assert held.reach == "every machine"
        assert board.names() == ["update"]
    assert board.rows == {}


def test_the_second_on_this_machine_is_told_who_has_it(here: Machine) -> None:
    with here.takes("update"), pytest.raises(ShopBusyError) as caught, here.takes():
        pass
    told = str(caught.value)
    assert told.startswith(f"{URL} is held by 'updategate update' by ")
    assert f"(process {os.getpid()}), since 20" in told
    assert "(on this machine)" in told
    assert "let this run wait with --wait SECONDS" in told


def test_the_second_on_another_machine_is_told_who_has_it(
    here: Machine, elsewhere: Machine, board: MemoryBoard
) -> None:
    with here.takes("load"):
        board.now += timedelta(seconds=70)
        with pytest.raises(ShopBusyError, match="'updategate load' by") as caught, elsewhere.takes():
            pass
        assert "(seen in the shop); its last sign of life was 70 s ago" in str(caught.value)
        assert "its marker is ignored 180 s after its last sign of life" in str(caught.value)
    with elsewhere.takes():
        assert board.names() == ["run"]


ATTENDING = """
import sys, time
from pathlib import Path
from updategate.operations.run_lock.local import LocalLock
LocalLock(sys.argv[1], Path(sys.argv[2])).attend()
print("attends", flush=True)
time.sleep(60)
"""


def test_what_a_killed_updategate_has_begun_is_waited_for(here: Machine) -> None:
    told: list[str] = []
    orphan = subprocess.Popen([sys.executable, "-c", ATTENDING, URL, str(here.folder)], stdout=subprocess.PIPE)
    with orphan:
        assert orphan.stdout is not None
        assert orphan.stdout.readline() == b"attends\n"
        with (
            pytest.raises(ShopBusyError, match="a run that goes on by itself: its updategate was killed"),
            here.takes(leaving=0.1),
        ):
            pass
        # shards of one scope are meant to work beside each other
        with here.takes("run-shard", leaving=0.1):
            pass
        threading.Timer(0.2, orphan.kill).start()
        with here.takes(tell=told.append):
            assert told[0].startswith(f"Waiting until {URL} is free, at most ")


def test_the_second_gets_it_when_the_first_has_ended(here: Machine) -> None:
    told: list[str] = []
    with ExitStack() as first:
        first.enter_context(here.takes("update"))
        ending = threading.Timer(0.3, first.pop_all().close)
        ending.start()
        with here.takes("run", wait=20, tell=told.append) as held:
            assert held.holder.verb == "run"
        ending.join()
    assert len(told) == 1
    assert told[0].startswith(f"Waiting until {URL} is free, at most 20 s: it is held by 'updategate update'")


def test_waiting_has_an_end(here: Machine) -> None:
    with here.takes("update"), pytest.raises(ShopBusyError), here.takes("run", wait=0.2):
        pass


HOLDS = """
import sys, time
from pathlib import Path
from tests.operations.test_run_lock import environment
from updategate.operations.run_lock.local import LocalLock
from updategate.operations.run_lock.holder import Holder
lock = LocalLock("http://shop.test", Path(sys.argv[1]))
assert lock.take()
lock.sign(Holder("update", "ada@shop (process 1)", "2026-11-25T02:00:00Z", 180, lock.machine()))
print("held", flush=True)
time.sleep(60)
"""


def test_a_killed_holder_on_this_machine_holds_nothing(here: Machine, board: MemoryBoard) -> None:
    process = subprocess.Popen([sys.executable, "-c", HOLDS, str(here.folder)], stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(ShopBusyError, match="by ada@shop"), here.takes():
            pass
        machine = LocalLock(URL, here.folder).machine()
        board.put(Holder("update", "ada@shop (process 1)", "2026-11-25T02:00:00Z", 180, machine))
        process.send_signal(signal.SIGKILL)
        process.wait()
    with here.takes():
        assert board.names() == ["run"]
    assert board.rows == {}


def test_a_killed_holder_on_another_machine_holds_until_it_has_been_silent_too_long(
    here: Machine, board: MemoryBoard
) -> None:
    board.put(Holder("update", "ada@elsewhere", "2026-11-25T02:00:00Z", 180, "another"))
    board.now += timedelta(seconds=180)
    with pytest.raises(ShopBusyError), here.takes():
        pass
    board.now += timedelta(seconds=1)
    with here.takes():
        assert board.names() == ["run"]


def test_two_who_find_a_marker_left_behind_do_not_both_get_it(
    here: Machine, elsewhere: Machine, board: MemoryBoard
) -> None:
    board.put(Holder("update", "ada@elsewhere", "2026-11-25T02:00:00Z", 180, "another"))
    board.now += timedelta(seconds=500)
    with here.takes(), pytest.raises(ShopBusyError), elsewhere.takes():
        pass


class SlowBoard(MemoryBoard):
    """Everybody who looks sees what stood there before anybody wrote."""

    def __init__(self, people: int) -> None:
        super().__init__()
        self.meet = threading.Barrier(people)

    def read(self) -> tuple[datetime, list[Marker]]:
        found = super().read()
        with suppress(threading.BrokenBarrierError):
            self.meet.wait(timeout=0.5)
        return found


def test_of_several_at_the_same_moment_at_most_one_gets_it(tmp_path: Path) -> None:
    board = SlowBoard(4)
    inside, most = 0, 0
    guard = threading.Lock()

    def person(number: int) -> None:
        nonlocal inside, most
        try:
            with Machine(tmp_path / str(number), board).takes(wait=0):
                with guard:
                    inside += 1
                    most = max(most, inside)
                threading.Event().wait(0.05)
                with guard:
                    inside -= 1
        except ShopBusyError:
            return

    people = [threading.Thread(target=person, args=(number,)) for number in range(4)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert most <= 1


def test_shards_work_beside_each_other_and_beside_nobody_else(
    here: Machine, elsewhere: Machine, board: MemoryBoard
) -> None:
    with here.takes("run-shard"), elsewhere.takes("run-shard"), here.takes("run-shard"):
        assert board.names() == ["run-shard"] * 3
        with pytest.raises(ShopBusyError, match="'updategate run'"), elsewhere.takes("update"):
            pass
    assert board.rows == {}
    with here.takes("update"), pytest.raises(ShopBusyError), elsewhere.takes("run-shard"):
        pass


def watching(board: MemoryBoard, machine: str = "mine") -> _Watch:
    watch = _Watch(board, Holder("run", "ada", "2026-11-25T02:00:00Z", 180, machine))
    assert watch.obstacle() is None
    return watch


def test_signs_of_life_keep_it(here: Machine, board: MemoryBoard) -> None:
    watch = watching(board)
    for _ in range(5):
        board.now += timedelta(seconds=100)
        watch.renew()
    with pytest.raises(ShopBusyError), here.takes():
        pass


def test_a_restored_database_that_has_forgotten_the_holder_is_told_again(board: MemoryBoard) -> None:
    watch = watching(board)
    board.rows.clear()
    watch.renew()
    assert board.names() == ["run"]
    assert watch.held.lost == ""


def test_who_was_silent_too_long_and_lost_it_is_told(here: Machine, board: MemoryBoard) -> None:
    watch = watching(board)
    board.now += timedelta(seconds=600)
    with here.takes("update"):
        watch.renew()
        assert "taken over meanwhile by 'updategate update'" in watch.held.lost
        assert board.names() == ["update"]


def test_a_shop_that_is_down_keeps_nobody_from_ending(here: Machine, board: MemoryBoard) -> None:
    with here.takes() as held:
        board.down = True
    assert held.lost == ""
    board.down = False
    with here.takes():
        pass


@pytest.mark.parametrize("fault", ["forbidden", "down"])
def test_where_no_marker_can_be_written_this_machine_still_locks(here: Machine, board: MemoryBoard, fault: str) -> None:
    setattr(board, fault, True)
    with here.takes() as held:
        assert held.reach.startswith("this machine only: ")
        with pytest.raises(ShopBusyError), here.takes():
            pass


def test_without_rights_in_the_shop_this_machine_locks(tmp_path: Path) -> None:
    with hold(environment(), "run", folder=tmp_path) as held:
        assert held.reach == "this machine only: the environment permits no writing in the Admin API"


@given(jump=st.integers(-100_000, 100_000))
def test_the_holders_own_clock_decides_nothing(jump: int) -> None:
    """Only the shop's clock does: the holder's is hours off, or jumps."""
    since = (datetime(2026, 11, 25, 12, tzinfo=UTC) + timedelta(seconds=jump)).isoformat()
    board = MemoryBoard()
    board.put(Holder("update", "ada", since, 180, "another"))
    now, (marker,) = board.read()
    assert not marker.is_left_behind(now)
    assert marker.is_left_behind(now + timedelta(seconds=181))


words = st.text(st.characters(codec="utf-8", exclude_characters="\n\r[]", exclude_categories=["C"]), max_size=40)


@given(who=words.filter(lambda text: " since " not in text), ttl=st.integers(1, 10**6), generation=st.integers(1, 999))
def test_a_holder_is_read_as_it_was_written(who: str, ttl: int, generation: int) -> None:
    holder = Holder("update", who, "2026-11-25T02:00:00Z", ttl, "0f3a-12-99", generation, 3)
    assert Holder.read(holder.name()) == holder


def test_a_merchants_own_tag_is_no_marker() -> None:
    assert Holder.read("updategate run lock for later") is None
