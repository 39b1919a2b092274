"""Several askers at once: each takes a buyer in a country with all their cells, because a customer has one cart."""

from __future__ import annotations

import queue
import threading
from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from updategate.clients.cart_reading import UnreadableAnswerError
from updategate.clients.errors import ShopError, ShopUnreachableError
from updategate.clients.store_api import StoreApi
from updategate.domain.price_cells import Cell
from updategate.evidence.records import Ledger
from updategate.operations.price_ledger.asking import Asker, Counter, unread
from updategate.operations.price_ledger.market import Market
from updategate.operations.price_ledger.visitors import Chair, OpensSessions, Visitors

# a shop that is gone will not answer the next thousand cells either
_UNREACHABLE_IN_A_ROW = 3

Part = tuple[Chair, Iterable[Cell]]
"""The cells of one buyer in one country; those of one currency stand together."""


@dataclass(slots=True)
class Shift:
    """What became of asking: how many cells were answered or not, and why it ended early."""

    done: int = 0
    stopped: str = ""
    interrupted: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)
    stop: threading.Event = field(default_factory=threading.Event)

    def ends(self, why: str) -> None:
        """Let everybody finish the cell that they are at."""
        with self.lock:
            self.stopped = self.stopped or why
        self.stop.set()


@dataclass(frozen=True, slots=True)
class Crew:
    """Who asks, and where the answers go. ``sessions`` begins a session for one thread."""

    asker: Asker
    visitors: Visitors
    market: Market
    sessions: Callable[[], OpensSessions]
    write: Callable[[Cell, Ledger], None]
    size: int

    def ask(self, parts: Iterable[Part], tell: Callable[[int], None] = lambda _: None) -> Shift:
        """Ask all cells; ``tell`` hears how many are done. Ctrl-C ends it after the cells under way."""
        shift = Shift()
        work: queue.SimpleQueue[Part] = queue.SimpleQueue()
        for part in parts:
            work.put(part)
        with ThreadPoolExecutor(self.size, thread_name_prefix="ledger") as pool:
            futures = [pool.submit(self._work, work, shift, tell) for _ in range(self.size)]
            while True:
                try:
                    wait(futures)
                    break
                except KeyboardInterrupt:
                    shift.interrupted = True
                    shift.ends("the price ledger was interrupted")
            for future in futures:
                future.result()
        return shift

    def _work(self, work: queue.SimpleQueue[Part], shift: Shift, tell: Callable[[int], None]) -> None:
        sessions = self.sessions()
        while not shift.stop.is_set():
            try:
                chair, cells = work.get_nowait()
            except queue.Empty:
                return
            try:
                self._sit_down(chair, cells, sessions, shift, tell)
            except BaseException as error:
                shift.ends(f"asking ended: {error}")
                raise

    def _sit_down(
        self, chair: Chair, cells: Iterable[Cell], sessions: OpensSessions, shift: Shift, tell: Callable[[int], None]
    ) -> None:
        """All cells of one buyer in one country, currency by currency."""
        api: StoreApi | None = None
        counters: dict[str, Counter] = {}
        lost: Tally[str] = Tally()
        for cell in cells:
            if shift.stop.is_set():
                break
            try:
                api = api or self.visitors.enters(chair, sessions)
                if cell.currency not in counters:
                    # the session can be in one currency at a time
                    counters = {cell.currency: Counter.at(api, self.visitors, chair, cell.currency, self.market)}
                found = self.asker.ask(cell, counters[cell.currency])
                lost.clear()
            except (ShopError, UnreadableAnswerError, LookupError) as error:
                found = unread(cell, str(error))
                # what is left in the cart would be charged with the next cell
                api, counters = self._recovered(chair, api), {}
                lost["shop"] += isinstance(error, ShopUnreachableError)
                if lost["shop"] >= _UNREACHABLE_IN_A_ROW:
                    shift.ends(str(error))
            self.write(cell, found)
            with shift.lock:
                shift.done += 1
            tell(shift.done)
        if api is not None:
            self._leave(chair, api, shift)

    def _recovered(self, chair: Chair, api: StoreApi | None) -> StoreApi | None:
        """The session with an empty cart again; None where it has to be begun anew."""
        if api is None:
            return None
        try:
            self.visitors.leaves(chair, api)
        except ShopError:
            return None
        return api

    def _leave(self, chair: Chair, api: StoreApi, shift: Shift) -> None:
        try:
            self.visitors.leaves(chair, api)
        except ShopError as error:
            shift.ends(f"the cart of {chair[1] or chair[0]} could not be emptied: {error}")


def parts_of(cells: Iterable[Cell]) -> list[Part]:
    """Cells by buyer and country, the largest part first; within it currency by currency."""
    by_chair: defaultdict[Chair, list[Cell]] = defaultdict(list)
    for cell in cells:
        by_chair[(cell.customer_group, cell.customer, cell.country)].append(cell)
    largest = sorted(by_chair.items(), key=lambda part: (-len(part[1]), str(part[0])))
    return [(chair, sorted(found, key=lambda cell: cell.currency)) for chair, found in largest]
