"""A scope shared out over several runs, so that each takes about as long as the others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from updategate.config.errors import ConfigError
from updategate.config.registry import Process
from updategate.evidence.reader import read_evidence

MOST_SHARDS = 64
UNMEASURED_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Shard:
    """Share ``number`` of ``count``; the first is 1."""

    number: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read ``2/3``; raises ConfigError."""
        match = re.fullmatch(r"(\d+)/(\d+)", text.strip())
        number, count = (int(match[1]), int(match[2])) if match else (0, 0)
        if not 1 <= number <= count <= MOST_SHARDS:
            raise ConfigError.single(
                "--shard",
                "",
                f"'{text}' is no shard.",
                f"Write which of how many, such as 2/3; there are at most {MOST_SHARDS}.",
            )
        return cls(number, count)

    def of(self, processes: Sequence[Process], seconds: Mapping[str, float]) -> tuple[Process, ...]:
        """The processes of this shard, in the order given; raises ConfigError where there are too few for all."""
        shares = shared_out([process.id for process in processes], seconds, self.count)
        mine = frozenset(shares[self.number - 1])
        if not mine:
            raise ConfigError.single(
                "--shard",
                "",
                f"The scope has {len(processes)} processes, so shard {self} would be empty.",
                f"Use at most {len(processes)} shards.",
            )
        return tuple(process for process in processes if process.id in mine)

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"


def shared_out(processes: Iterable[str], seconds: Mapping[str, float], count: int) -> list[list[str]]:
    """Every process in exactly one of ``count`` shares: the longest first, each into the share with least to do.

    The same inputs give the same shares on every machine. A process that was never measured counts as the median.
    """
    known = [value for value in seconds.values() if value > 0]
    usual = median(known) if known else UNMEASURED_SECONDS
    cost = {process: seconds.get(process) or usual for process in processes}
    shares: list[list[str]] = [[] for _ in range(count)]
    loads = [0.0] * count
    for process in sorted(cost, key=lambda name: (-cost[name], name)):
        least = min(range(count), key=lambda index: (loads[index], index))
        shares[least].append(process)
        loads[least] += cost[process]
    return shares


def measured(runs: Iterable[Path]) -> dict[str, float]:
    """Seconds of each process in earlier runs, the median where there are several.

    Raises ConfigError where a run has no evidence.
    """
    found: dict[str, list[float]] = {}
    for run in runs:
        for process, results in read_evidence(run).processes.items():
            found.setdefault(process, []).extend(result.seconds for result in results)
    return {process: median(values) for process, values in found.items()}
