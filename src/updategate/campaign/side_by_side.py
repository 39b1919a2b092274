"""Mode A: two live shops, pair after pair, until the rule has decided.

Every slice is written to the evidence with the SHA-256 of its samples before the next one begins, so a campaign
that was killed can be taken up again: what was measured counts, and the plan goes on as it would have gone.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from updategate.baseline.comparison import Comparison, SideBySide
from updategate.baseline.decision import Rule
from updategate.baseline.pairing import Arm, PlannedSlice, plan_pair
from updategate.baseline.reporting import indicators_of, performance_record
from updategate.baseline.server import ServerFinding, compare_server
from updategate.config.profile import Profile
from updategate.evidence.records import Slice
from updategate.evidence.samples import SamplesError, read_samples
from updategate.evidence.writer import Sink
from updategate.load.orders import SliceOrder, SliceResult

MOST_ATTEMPTS = 3
"""How often a pair is tried whose slices are not valid, before its unit is given up."""
SPARE_SHARE = 0.25
"""So many units more than the last look needs are begun, in place of units that were given up."""


class Player(Protocol):
    """Plays slices: a load process, or in tests something faster."""

    def play(self, order: SliceOrder) -> SliceResult:
        """Play one slice and return what was measured."""


class Watcher(Protocol):
    """Watches the shops' machines during a slice."""

    def begin(self, arm: Arm) -> None:
        """A slice on this arm begins."""

    def end(self, arm: Arm) -> tuple[dict[str, float], tuple[str, ...]]:
        """It has ended: what was seen, and why the slice is not valid, if so."""


Progress = Callable[[int, int, Comparison | None], None]
"""Told after each pair: units measured, units at most, and the comparison at a look."""


def rule_of(profile: Profile) -> Rule:
    """The rule of a profile's comparison."""
    shape = profile.comparison
    looks = (shape.restarts,) if shape.restarts else shape.looks
    return Rule(tolerance=shape.tolerance, margin=shape.margin, looks=looks)


@dataclass
class Campaign:
    """One side-by-side comparison. ``folder`` is the run's; ``sink`` takes the evidence.

    ``restart`` redeploys both shops, where the profile asks for it; ``before_slice`` is called before each slice (it
    clears caches, where groups are measured cold).
    """

    profile: Profile
    player: Player
    folder: Path
    sink: Sink
    progress: Progress = lambda _done, _most, _found: None
    watcher: Watcher | None = None
    restart: Callable[[int], None] | None = None
    before_slice: Callable[[Arm], None] | None = None

    def __post_init__(self) -> None:
        shape = self.profile.comparison
        self.rule = rule_of(self.profile)
        self._measured = SideBySide(self.rule, shape.pairs, restarts=bool(shape.restarts))
        self._attempts: dict[tuple[int, int], int] = {}
        self._complete: set[tuple[int, int]] = set()
        self._slices: list[Slice] = []
        self.costs: tuple[ServerFinding, ...] = ()
        last = self.rule.looks[-1]
        self._units_per_epoch = -(-shape.looks[-1] // shape.restarts) if shape.restarts else 0
        self.most_units = last * self._units_per_epoch if shape.restarts else last
        self._spare_units = 0 if shape.restarts else math.ceil(last * SPARE_SHARE)

    # -- taking up

    def take_up(self, old_folder: Path, slices: Iterable[Slice]) -> int:
        """Take over what an earlier, killed campaign of the same profile measured; returns the number of slices.

        Both slices of a pair must be there, and be what was measured; others are measured again.
        """
        by_pair: dict[tuple[int, int, int], list[Slice]] = {}
        for record in slices:
            by_pair.setdefault((record.unit, record.pair, record.attempt), []).append(record)
        taken = 0
        for (unit, pair, attempt), records in sorted(by_pair.items()):
            if {record.arm for record in records} != {"before", "after"} or (unit, pair) in self._complete:
                continue
            try:
                found = [(record, read_samples(old_folder / record.path, record.sha256)) for record in records]
            except SamplesError:
                continue
            for record, samples in found:
                target = self.folder / record.path
                target.parent.mkdir(parents=True, exist_ok=True)
                if not target.exists():
                    shutil.copyfile(old_folder / record.path, target)
                self.sink.write(record)
                self._note(record, self._measured.add(record, samples))
                taken += 1
            self._attempts[unit, pair] = attempt + (0 if (unit, pair) in self._complete else 1)
        return taken

    # -- measuring

    def run(self) -> Comparison:
        """Measure until the rule decides or has no more looks; writes the verdict on speed and returns it."""
        shape = self.profile.comparison
        found: Comparison | None = None
        epoch = -1
        for unit in range(self.most_units + self._spare_units):
            if len(self._measured.whole_units) >= self.most_units:
                break
            next_epoch = unit // self._units_per_epoch if self._units_per_epoch else 0
            if self._unit_is_whole(unit):
                epoch = next_epoch
                continue
            if next_epoch != epoch and shape.restarts and self.restart is not None:
                self.restart(next_epoch)
            epoch = next_epoch
            if not all(self._measure_pair(unit, pair, epoch) for pair in range(shape.pairs)):
                continue
            last_of_epoch = not self._units_per_epoch or (unit + 1) % self._units_per_epoch == 0
            if self._measured.due_look and last_of_epoch:
                found = self._measured.compare()
                self.progress(len(self._measured.whole_units), self.most_units, found)
                if found.decided:
                    break
            else:
                self.progress(len(self._measured.whole_units), self.most_units, None)
        result = self._measured.compare() if found is None or not found.decided else found
        self.costs = compare_server(self._slices, self.rule, shape.pairs)
        self.sink.write(performance_record(result, self.rule, self.profile.profile, costs=self.costs))
        for record in indicators_of(result.after):
            self.sink.write(record)
        return result

    def _unit_is_whole(self, unit: int) -> bool:
        return all((unit, pair) in self._complete for pair in range(self.profile.comparison.pairs))

    def _measure_pair(self, unit: int, pair: int, epoch: int) -> bool:
        """Measure a pair until it counts; False where it is given up, and its unit with it."""
        while (unit, pair) not in self._complete:
            attempt = self._attempts.get((unit, pair), 0)
            if attempt >= MOST_ATTEMPTS:
                return False
            self._attempts[unit, pair] = attempt + 1
            for planned in plan_pair(self.profile.seed, unit, pair, attempt):
                self._measure(planned, epoch)
        return True

    def _measure(self, planned: PlannedSlice, epoch: int) -> None:
        shape = self.profile.comparison
        path = Path("samples") / planned.arm / f"{planned.name}.npz"
        length = shape.dropped + shape.kept
        (self.folder / path).unlink(missing_ok=True)  # of a slice that was cut off while being written down
        if self.before_slice is not None:
            self.before_slice(planned.arm)
        if self.watcher is not None:
            self.watcher.begin(planned.arm)
        result = self.player.play(
            SliceOrder(
                name=planned.name,
                arm=planned.arm,
                seed=planned.seed,
                kind="slice",
                seconds=length,
                windows=((shape.dropped, length),),
                path=str(self.folder / path),
            )
        )
        server, starved = self.watcher.end(planned.arm) if self.watcher is not None else ({}, ())
        record = Slice(
            name=planned.name,
            arm=planned.arm,
            unit=planned.unit,
            pair=planned.pair,
            attempt=planned.attempt,
            epoch=epoch,
            path=str(path),
            sha256=result.sha256,
            due=result.due,
            answered=result.answered,
            troubles=(*result.troubles, *starved),
            faults=dict(result.faults),
            client=dict(result.client),
            server=server,
        )
        self.sink.write(record)
        self._note(record, self._measured.add(record, read_samples(self.folder / path, result.sha256)))

    def _note(self, record: Slice, counted: bool | None) -> None:  # noqa: FBT001 - the answer of SideBySide.add
        self._slices.append(record)
        if counted:
            self._complete.add((record.unit, record.pair))
