"""What is known of a run while it goes on: done, failing, under way, and how long it will still take."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import mean
from typing import Any


@dataclass
class RunState:
    """Follows the records of a run. ``expected`` holds typical seconds by process, from earlier runs.

    ``total`` is how many processes there will be, ``workers`` how many are carried out at once.
    """

    environment: str
    scope: str
    total: int
    workers: int = 1
    expected: Mapping[str, float] = field(default_factory=dict)
    clock: Callable[[], float] = time.monotonic
    planned: tuple[str, ...] = ()
    titles: dict[str, str] = field(default_factory=dict)
    titles_de: dict[str, str] = field(default_factory=dict)
    running: dict[str, float] = field(default_factory=dict)
    finished: dict[str, dict[str, Any]] = field(default_factory=dict)
    ended: bool = False

    def __post_init__(self) -> None:
        self._begun = self.clock()

    def take(self, record: Mapping[str, Any]) -> None:
        """Take over one record of the run."""
        kind = record["type"]
        if kind == "run_started":
            self.planned = tuple(record["processes"])
            self.titles = {entry["id"]: entry["title"] for entry in record["registry"]}
            self.titles_de = {entry["id"]: entry.get("title_de", "") for entry in record["registry"]}
        elif kind == "process_started":
            self.running[record["process"]] = self.clock()
        elif kind == "process_finished":
            self.running.pop(record["process"], None)
            self.finished[record["process"]] = dict(record)

    @property
    def failing(self) -> list[str]:
        """Processes that failed or could not be carried out, in the order of time."""
        return [name for name, record in self.finished.items() if record["status"] in ("failed", "broken")]

    @property
    def elapsed(self) -> float:
        """Seconds since the run began."""
        return self.clock() - self._begun

    def seconds_left(self) -> float | None:
        """How long the run will still take; None as long as nothing is known of any process.

        What is left is shared by the workers, and no process under way ends sooner than it usually does. A process
        without a past is taken to last as long as the others.
        """
        left = self.total - len(self.finished)
        if left <= 0:
            return 0.0
        known = [*self.expected.values()] or [float(record["seconds"]) for record in self.finished.values()]
        if not known:
            return None
        usual = mean(known)
        names = [name for name in self.planned if name not in self.finished]
        now = self.clock()
        rest = {name: max(self.expected.get(name, usual) - (now - self.running.get(name, now)), 0.0) for name in names}
        work = sum(rest.values()) if names else left * usual
        longest = max(rest.values(), default=0.0)
        return max(work / max(self.workers, 1), longest)

    def told(self) -> dict[str, Any]:
        """All of it as plain data, for the live page."""
        now = self.clock()
        left = self.seconds_left()
        return {
            "environment": self.environment,
            "scope": self.scope,
            "total": self.total,
            "done": len(self.finished),
            "failing": len(self.failing),
            "elapsed": round(self.elapsed, 1),
            "left": None if left is None else round(left, 1),
            "ended": self.ended,
            "running": [
                {
                    "process": name,
                    "title": self.titles.get(name, ""),
                    "title_de": self.titles_de.get(name, ""),
                    "seconds": round(now - since, 1),
                }
                for name, since in self.running.items()
            ],
            "finished": [
                {
                    "process": name,
                    "title": self.titles.get(name, ""),
                    "title_de": self.titles_de.get(name, ""),
                    "status": record["status"],
                    "seconds": record["seconds"],
                    "message": record.get("message", ""),
                    "expected": record.get("expected"),
                    "actual": record.get("actual"),
                }
                for name, record in self.finished.items()
            ],
        }
