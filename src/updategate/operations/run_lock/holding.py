"""Take a shop, keep it while a verb works, and give it back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from updategate.clients.connection import admin_api
from updategate.clients.errors import ShopError
from updategate.config.environment import Environment
from updategate.operations.run_lock.board import Board, BoardForbiddenError, TagBoard
from updategate.operations.run_lock.holder import Holder, Marker
from updategate.operations.run_lock.local import LocalLock, whoami

USUAL_SILENCE = 180
BEATS_PER_SILENCE = 6
LOOK_AGAIN = 1.0
# so long is waited unasked for what a killed updategate has begun: it ends by itself
LEAVING = 45.0

Tell = Callable[[str], None]


class ShopBusyError(Exception):
    """Another run holds the shop; the message says which, since when, and what to do."""

    def __init__(self, url: str, obstacle: _Obstacle, waited: float) -> None:
        told, holder, silent, where = obstacle.told(), obstacle.holder, obstacle.silent, obstacle.where
        sign = "" if silent is None else f"; its last sign of life was {silent:.0f} s ago"
        patience = f" after waiting {waited:.0f} s" if waited >= 1 else ""
        cure = "Wait for it, or let this run wait with --wait SECONDS."
        if silent is not None and holder is not None:
            cure += (
                f" If it was killed, its marker is ignored {holder.ttl} s after its last sign of life;\n"
                "  if the database is a copy of that shop's, the marker came along: delete this tag in the"
                " administration (Settings, Tags)."
            )
        super().__init__(f"{url} is held by {told} ({where}){sign}{patience}.\n  {cure}")


@dataclass(frozen=True, slots=True)
class _Obstacle:
    """Who stands in the way. ``silent`` is in seconds; ``who`` says it where there is no holder."""

    holder: Holder | None
    silent: float | None
    where: str
    who: str = "another updategate, which has not written down its name yet"

    def told(self) -> str:
        return self.holder.told() if self.holder else self.who


@dataclass
class Held:
    """A shop that is ours. ``reach`` says who sees it; ``lost`` is why it is not ours alone any more, if so."""

    holder: Holder
    reach: str
    lost: str = ""


@contextmanager
def hold(
    environment: Environment,
    verb: str,
    *,
    wait: float = 0,
    silence: int = USUAL_SILENCE,
    tell: Tell = lambda line: None,  # noqa: ARG005 - the default tells nobody
    folder: Path | None = None,
    board: Board | None = None,
    leaving: float = LEAVING,
) -> Iterator[Held]:
    """Hold the environment's shop while the block runs.

    Raises ``ShopBusyError`` where another has it for longer than ``wait``. ``wait`` and ``silence`` are seconds; the
    shop may be out of reach for as long as ``silence`` without being lost to others (an update takes shops down).
    Processes of a killed updategate are waited for as long as ``leaving``. ``board`` replaces the shop's own tags.
    """
    deadline = time.monotonic() + wait
    local = LocalLock(environment.url, folder)
    holder = Holder(verb, whoami(), _now(), silence, local.machine())
    _patiently(environment.url, deadline, wait, tell, lambda: _local_obstacle(local, holder))
    local.sign(holder)
    try:
        patience = max(deadline - time.monotonic(), leaving)
        _patiently(environment.url, time.monotonic() + patience, patience, tell, lambda: _attendant(local, holder))
        if board is None and (admin := admin_api(environment)) is not None and environment.permits.admin_write:
            board = TagBoard(admin)
        if board is None:
            yield Held(holder, "this machine only: the environment permits no writing in the Admin API")
            return
        watch = _Watch(board, holder)
        try:
            _patiently(environment.url, deadline, wait, tell, watch.obstacle)
        except (ShopError, BoardForbiddenError) as error:
            reason = "the credentials may not write tags" if isinstance(error, BoardForbiddenError) else str(error)
            yield Held(holder, f"this machine only: {reason}")
            return
        with watch:
            yield watch.held
    finally:
        local.release()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _patiently(url: str, deadline: float, wait: float, tell: Tell, look: Callable[[], _Obstacle | None]) -> None:
    told = False
    while (found := look()) is not None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise ShopBusyError(url, found, wait)
        if not told:
            tell(f"Waiting until {url} is free, at most {left:.0f} s: it is held by {found.told()}.")
            told = True
        # what is waited for is the other holder's end, which nothing but the lock itself tells
        threading.Event().wait(min(LOOK_AGAIN, left))


def _local_obstacle(local: LocalLock, holder: Holder) -> _Obstacle | None:
    return None if local.take(shared=holder.shared) else _Obstacle(local.holder(), None, "on this machine")


def _attendant(local: LocalLock, holder: Holder) -> _Obstacle | None:
    # the runs of other shards are meant to be there
    if holder.shared or not local.attended():
        return None
    return _Obstacle(None, None, "on this machine", "a run that goes on by itself: its updategate was killed")


class _Watch:
    """Our marker in the shop, renewed by a thread until the end."""

    def __init__(self, board: Board, holder: Holder) -> None:
        self._board = board
        self.held = Held(holder, "every machine")
        self._id = ""
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="run-lock", daemon=True)

    def obstacle(self) -> _Obstacle | None:
        """Take the shop if nobody living has it; what stands in the way otherwise."""
        now, markers = self._board.read()
        alive = self._alive(now, markers)
        if alive is not None:
            return alive
        generation = max((marker.holder.generation for marker in markers), default=0) + 1
        holder = self.held.holder.at_generation(generation)
        found = self._board.put(holder)
        if found is None:
            return _Obstacle(None, None, "in the shop")
        # who was as quick as we were stands there by now: then neither goes on, and both look again
        now, markers = self._board.read()
        rival = self._alive(now, [marker for marker in markers if marker.id != found])
        if rival is not None:
            self._board.remove(found)
            return rival
        self._id, self.held.holder = found, holder
        for marker in markers:
            if marker.id != found and self._is_dead(marker, now):
                self._board.remove(marker.id)
        return None

    def _alive(self, now: datetime, markers: list[Marker]) -> _Obstacle | None:
        for marker in sorted(markers, key=lambda marker: -marker.holder.generation):
            if self._is_dead(marker, now) or (marker.holder.shared and self.held.holder.shared):
                continue
            return _Obstacle(marker.holder, marker.silent_for(now), "seen in the shop")
        return None

    def _is_dead(self, marker: Marker, now: datetime) -> bool:
        # we have this machine's lock file, so whoever wrote it from here is dead; shards have the file together
        mine = self.held.holder
        from_here = marker.holder.machine == mine.machine and not (marker.holder.shared and mine.shared)
        return from_here or marker.is_left_behind(now)

    def __enter__(self) -> _Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join(timeout=60)
        try:
            if not self.held.lost:
                self._board.remove(self._id)
        except (ShopError, BoardForbiddenError):
            # a shop that is down keeps the marker; it says itself when it is to be ignored
            return

    def _beat(self) -> None:
        while not self._end.wait(self.held.holder.ttl / BEATS_PER_SILENCE):
            try:
                self.renew()
            except (ShopError, BoardForbiddenError):
                continue

    def renew(self) -> None:
        """Give a sign of life, or find that the shop is not ours any more."""
        now, markers = self._board.read()
        others = self._alive(now, [marker for marker in markers if marker.id != self._id])
        if others is not None:
            self.held.lost = f"the shop was taken over meanwhile by {others.told()}"
            self._end.set()
            return
        self.held.holder = self.held.holder.renewed()
        if any(marker.id == self._id for marker in markers):
            self._board.renew(self._id, self.held.holder)
        else:
            # a restored database has forgotten us, and nobody else has come
            self._board.put(self.held.holder)
