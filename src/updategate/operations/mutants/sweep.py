"""Update to every mutant, in parallel, until something catches it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, perf_counter
from typing import Literal

from updategate.config.registry import Process
from updategate.gate.verdict import Verdict
from updategate.operations.mutants.before import NEW_VERSION, Before, before_update
from updategate.operations.mutants.carrying_out import (
    NotCarriedOutError,
    Order,
    Workplace,
    carry_out,
    judged,
    look_at_update,
    prices_of,
)
from updategate.operations.mutants.catalogue import Mutant
from updategate.operations.mutants.catching import LEDGER_AREAS, PRICE_LEDGER, Catch, Found, found_in
from updategate.operations.mutants.reference_shop import ReferenceShop, ShopNotStartedError
from updategate.operations.mutants.results import Result, Results
from updategate.operations.mutants.rounds import Flavour, Round, is_erp, rounds_for, touches

Tell = Callable[[str], None]
Part = Literal["likely", "quick", "slow", "prices", "far", "all"]
# the parts of a search, each of them for all mutants before the next one: most are caught in the first
PARTS: tuple[Part, ...] = ("likely", "quick", "slow", "prices", "far")
QUICK = PARTS[:2]


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a sweep goes.

    ``whole``: every process is carried out, also after the first catch. ``quick_only``: only what is
    likely and quick. ``seconds``: no mutant is begun after that. ``first`` names what caught a mutant before.
    """

    lanes: int = 2
    whole: bool = False
    quick_only: bool = False
    seconds: float | None = None
    first: dict[str, tuple[str, ...]] = field(default_factory=dict)


class Sweep:
    """One sweep. ``tell`` hears a line for each thing that happens."""

    def __init__(
        self, place: Workplace, processes: Sequence[Process], folder: Path, sources: str, extent: Extent, tell: Tell
    ) -> None:
        self._place = place
        self._processes = {process.id: process for process in processes}
        self._folder = folder
        self._sources = sources
        self._extent = extent
        self._tell = tell
        self._making: dict[Flavour, Future[Before]] = {}
        self._pool = ThreadPoolExecutor(2)
        self.results = Results(folder)

    @property
    def unusable(self) -> dict[str, str]:
        """Processes that did not pass on the healthy shop, and why: nothing is told by them."""
        made = [making.result() for making in self._making.values() if making.done() and not making.exception()]
        return {name: why for before in made for name, why in before.unusable.items()}

    def prepare(self, mutants: Sequence[Mutant]) -> None:
        """Carry out on the healthy shop what these mutants need; raises NotCarriedOutError.

        The ERP takes longest: it goes on beside the first mutants, which do not need it.
        """
        wanted = self._wanted(mutants)
        # the slower one begins first
        for flavour in sorted(wanted, key=lambda one: one != "erp"):
            if wanted[flavour]:
                self._making[flavour] = self._pool.submit(self._make, flavour, wanted[flavour])
        first: Flavour = "shop" if "shop" in self._making else "erp"
        self._making[first].result()

    def _make(self, flavour: Flavour, processes: list[str]) -> Before:
        order = Order(workers=self._extent.lanes if flavour == "shop" else 0)
        folder = self._folder / "before" / flavour
        prices = flavour == "shop" and not self._extent.quick_only
        before = before_update(self._place, flavour, processes, folder, self._sources, order, prices=prices)
        for name, why in before.unusable.items():
            self._tell(f"{name} does not pass on the healthy shop, and catches nothing: {why}")
        return before

    def _before(self, flavour: Flavour) -> Before:
        return self._making[flavour].result()

    def _wanted(self, mutants: Sequence[Mutant]) -> dict[Flavour, list[str]]:
        needed = {
            name
            for mutant in mutants
            for one in self._rounds(mutant, list(self._processes.values()), {})
            for name in one.processes
        }
        ids = [name for name in self._processes if name in needed]
        return {
            "shop": [name for name in ids if not is_erp(self._processes[name])],
            "erp": [name for name in ids if is_erp(self._processes[name])],
        }

    def _rounds(self, mutant: Mutant, processes: Sequence[Process], seconds: dict[str, float]) -> list[Round]:
        rounds = rounds_for(mutant, processes, seconds, first=self._extent.first.get(mutant.name, ()))
        if self._extent.quick_only:
            rounds = [one for one in rounds if part_of(one) in QUICK]
        return rounds

    def play(self, mutants: Sequence[Mutant]) -> bool:
        """Look for every mutant; False where the time was over, or the sweep was stopped, before all had their turn.

        First all of them by what is likely and quick, then those that were not caught by what is likely and slow, then
        by the processes that share no area with them. Prices that gave a mutant away before are compared at once.
        """
        begun = monotonic()
        if self._extent.whole:
            return self._all(mutants, "all", begun)
        parts = QUICK if self._extent.quick_only else PARTS
        by_price = [mutant for mutant in mutants if PRICE_LEDGER in self._extent.first.get(mutant.name, ())]
        turns: list[tuple[Part, Sequence[Mutant]]] = [("prices", by_price)] if "prices" in parts else []
        for part, those in (*turns, *((part, mutants) for part in parts)):
            known = self.results.all(self._sources)
            if not self._all([mutant for mutant in those if part in left_for(mutant, known)], part, begun):
                return False
        return True

    def _all(self, mutants: Sequence[Mutant], part: Part, begun: float) -> bool:
        waiting = _mixed(mutants)
        running: set[Future[None]] = set()
        stopping = self._place.children.stopping
        with ThreadPoolExecutor(self._extent.lanes) as pool:
            try:
                while (waiting or running) and not stopping.is_set():
                    over = self._extent.seconds is not None and monotonic() - begun > self._extent.seconds
                    while waiting and not over and len(running) < self._extent.lanes:
                        running.add(pool.submit(self._one, waiting.pop(0), part))
                    if not running:
                        break
                    done, running = wait(running, timeout=1.0, return_when=FIRST_COMPLETED)
                    for future in done:
                        future.result()
            except BaseException:
                self._place.children.end_all()
                raise
        return not waiting and not stopping.is_set()

    def _one(self, mutant: Mutant, part: Part) -> None:
        begun = perf_counter()
        folder = self._folder / "mutants" / mutant.name / part
        shutil.rmtree(folder, ignore_errors=True)
        hunt = _Hunt(self._place, self._processes, self._before, self._extent, mutant, folder)
        try:
            rounds = self._rounds(mutant, *self._usable(mutant))
            hunt.go([one for one in rounds if part in ("all", part_of(one))])
            if part in ("all", "prices"):
                hunt.compare_prices()
            problem = ""
        except (NotCarriedOutError, ShopNotStartedError) as error:
            problem = str(error)
        finally:
            for data in folder.rglob("shop.sqlite*"):
                data.unlink(missing_ok=True)
        if self._place.children.stopping.is_set():
            return
        known = self.results.all(self._sources)
        parts = left_for(mutant, known)
        earlier = known.get(mutant.name) if part != "all" else None
        outcome = "undecided" if problem and not hunt.catches else hunt.outcome
        verdict = weightiest([*hunt.verdicts, *([earlier.verdict] if earlier else [])])
        left = () if part == "all" or outcome == "caught" else tuple(one for one in parts if one != part)
        if verdict == "none" and not left:
            outcome, problem = "undecided", problem or "no process that passes on the healthy shop can be touched by it"
        result = Result.of(
            mutant,
            outcome="undecided" if earlier and earlier.outcome == "undecided" and outcome == "missed" else outcome,
            verdict=verdict,
            by=tuple(hunt.catches),
            unclear={**(earlier.unclear if earlier else {}), **hunt.unclear},
            processes=hunt.carried_out + (earlier.processes if earlier else 0),
            seconds=round(perf_counter() - begun + (earlier.seconds if earlier else 0), 1),
            whole=self._extent.whole,
            left=left,
            sources=self._sources,
            problem=problem or (earlier.problem if earlier else ""),
        )
        self.results.add(result)
        self._tell(line_of(result))

    def _usable(self, mutant: Mutant) -> tuple[list[Process], dict[str, float]]:
        """The processes that passed on the healthy shop and may be needed for this mutant, and how long they took."""
        flavours = [flavour for flavour in self._making if flavour == "shop" or mutant.needs_erp]
        befores = [self._before(flavour) for flavour in flavours]
        usable = {name for before in befores for name in before.usable}
        seconds = {name: taken for before in befores for name, taken in before.seconds.items()}
        return [process for process in self._processes.values() if process.id in usable], seconds


class _Hunt:
    """The hunt for one mutant: its shops, its rounds, what they found."""

    def __init__(
        self,
        place: Workplace,
        processes: dict[str, Process],
        before: Callable[[Flavour], Before],
        extent: Extent,
        mutant: Mutant,
        folder: Path,
    ) -> None:
        self._place = place
        self._processes = processes
        self._before = before
        self._extent = extent
        self._mutant = mutant
        self._folder = folder
        self.catches: list[Catch] = []
        self.unclear: dict[str, str] = {}
        self.verdicts: list[str] = []
        self.carried_out = 0

    @property
    def verdict(self) -> str:
        """The weightiest verdict."""
        return weightiest(self.verdicts)

    @property
    def outcome(self) -> str:
        """Caught, missed, or undecided where the gate was never sure."""
        if self.catches:
            return "caught"
        return "undecided" if self.verdict == "inconclusive" else "missed"

    def go(self, rounds: Sequence[Round]) -> None:
        """Carry the rounds out, each flavour with a shop of its own."""
        for flavour in dict.fromkeys(one.flavour for one in rounds):
            self._with_a_shop(flavour, [one for one in rounds if one.flavour == flavour])
            if self._is_over():
                return

    def compare_prices(self) -> None:
        """Write the prices down as the run before the update did, where the mutant can touch any."""
        if self._mutant.kind != "shop" or not touches(self._mutant, LEDGER_AREAS):
            return
        before = self._before("shop")
        if before.prices is None:
            return
        data, _ = before.updated(self._folder)
        environment = self._place.environment_file("shop", self._folder)
        with ReferenceShop(self._place.children, data, NEW_VERSION, self._mutant.shop_options()) as shop:
            after = prices_of(
                self._place, shop, environment, self._folder / "prices", phase="after", earlier=before.prices
            )
        self._take(judged(self._place, [after], [before.prices], self._folder))

    def _is_over(self) -> bool:
        return bool(self.catches and not self._extent.whole) or self._place.children.stopping.is_set()

    def _with_a_shop(self, flavour: Flavour, rounds: Sequence[Round]) -> None:
        before = self._before(flavour)
        folder = self._folder / flavour
        data, handover = before.updated(folder)
        faults = (self._mutant.name,) if self._mutant.kind == "connector" else ()
        environment = self._place.environment_file(flavour, folder, connector_mutants=faults)
        order = Order(until_failure=not self._extent.whole)
        with ReferenceShop(self._place.children, data, NEW_VERSION, self._mutant.shop_options()) as shop:
            after = [look_at_update(self._place, shop, environment, before.evidence, folder / "update")]
            waiting = [one.processes for one in rounds]
            while waiting and not self._place.children.stopping.is_set():
                processes = waiting.pop(0)
                into = folder / f"round-{len(after)}"
                run = carry_out(
                    self._place, shop, environment, processes, into, phase="after", order=order, handover=handover
                )
                after.append(run)
                self.carried_out += len(run.processes)
                # a round that ended with a failure which does not count goes on with the processes after it
                left = tuple(name for name in processes if name not in run.processes)
                if left and run.processes and not run.defects:
                    waiting.insert(0, left)
                if waiting and self._extent.whole:
                    continue
                self._take(judged(self._place, after, [before.evidence], folder))
                if self._is_over():
                    return

    def _take(self, verdict: Verdict) -> None:
        found: Found = found_in(verdict, self._mutant, self._processes)
        known = {catch.by for catch in self.catches}
        self.catches += [catch for catch in found.catches if catch.by not in known]
        self.unclear |= found.unclear
        self.verdicts.append(found.verdict)


def _mixed(mutants: Sequence[Mutant]) -> list[Mutant]:
    """One of each group in turn, so that a sweep that is cut off has looked at all of them; the ERP's at the end."""
    turns: dict[str, int] = {}
    order = []
    for mutant in mutants:
        turns[mutant.group] = turns.get(mutant.group, 0) + 1
        order.append((mutant.needs_erp, turns[mutant.group]))
    ranked = sorted(range(len(order)), key=lambda index: (order[index], index))
    return [mutants[index] for index in ranked]


def part_of(one: Round) -> Part:
    """The part of the search that a round belongs to."""
    if not one.near:
        return "far"
    return "slow" if one.slow else "likely" if one.likely else "quick"


def left_for(mutant: Mutant, known: Mapping[str, Result]) -> tuple[str, ...]:
    """The parts of the search that are still to come for a mutant; none once it is caught."""
    return known[mutant.name].left if mutant.name in known else PARTS


def weightiest(verdicts: Sequence[str]) -> str:
    """The verdict that counts among several; ``none`` where there is none."""
    return next((one for one in ("fail", "inconclusive", "pass") if one in verdicts), "none")


def line_of(result: Result) -> str:
    """A result as one line for people."""
    open_ = bool(result.left) and result.outcome != "caught"
    mark = "·" if open_ else {"caught": "✓", "missed": "✗"}.get(result.outcome, "?")
    outcome = f"not caught yet (still to come: {', '.join(result.left)})" if open_ else result.outcome
    head = f"{mark} {result.name} {outcome} after {result.seconds:.0f} s"
    if result.by:
        first = result.by[0]
        more = f" and {len(result.by) - 1} more" if len(result.by) > 1 else ""
        return f"{head} by {first.by}{more}: expected {first.expected}, actual {first.actual}"
    told = [result.problem, *(f"{name}: {why}" for name, why in result.unclear.items())]
    return f"{head} (verdict {result.verdict}; {result.processes} processes){' – ' if any(told) else ''}" + "; ".join(
        one for one in told if one
    )
