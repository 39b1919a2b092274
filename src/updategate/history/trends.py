"""What runs over time say: how long a process takes, how often it wavers, and at which runs the shop was updated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from updategate.history.store import ProcessPoint, ProcessSeries, StoredRun

RECENT = 10


@dataclass(frozen=True, slots=True)
class Wavering:
    """How often the result of a process differs from the run before of the very same build.

    ``flips`` of ``pairs`` such pairs differ, or passed only when repeated; a result that changes with the build is no
    wavering.
    """

    pairs: int
    flips: int

    @property
    def share(self) -> float | None:
        """The share of pairs; None where the same build was never tested twice."""
        return self.flips / self.pairs if self.pairs else None


def wavering(points: Sequence[ProcessPoint]) -> Wavering:
    """Flakiness of a process over runs in the order of time; runs that say nothing of the shop are left out."""
    told = [point for point in points if point.status in ("passed", "failed", "broken")]
    pairs = flips = 0
    last: dict[str, ProcessPoint] = {}
    for point in told:
        build = point.run.build or ""
        before = last.get(build)
        if build and before is not None:
            pairs += 1
            changed = (before.status == "passed") != (point.status == "passed")
            flips += int(changed or (point.status == "passed" and point.attempts > 1))
        last[build] = point
    return Wavering(pairs, flips)


def typical_seconds(points: Sequence[ProcessPoint]) -> float | None:
    """The median duration of the last ten times that a process passed."""
    passed = [point.seconds for point in points if point.status == "passed"][-RECENT:]
    return median(passed) if passed else None


def expected_seconds(history: Mapping[str, ProcessSeries]) -> dict[str, float]:
    """Process → typical duration, for those that ever passed."""
    found = {process: typical_seconds(series.points) for process, series in history.items()}
    return {process: seconds for process, seconds in found.items() if seconds is not None}


def updates(runs: Sequence[StoredRun]) -> list[tuple[int, str]]:
    """Places of runs (counted from 0) in which another build is tested than in the run before, with its version."""
    found = []
    before: StoredRun | None = None
    for place, run in enumerate(runs):
        if run.build is None:
            continue
        if before is not None and run.build != before.build:
            found.append((place, run.core or "?"))
        before = run
    return found
