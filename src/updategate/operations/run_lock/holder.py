"""Who holds a shop, as the marker and the lock file tell it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

PREFIX = "updategate run lock"
SHARD = "run-shard"
LONGEST_NAME = 255  # of a tag in Shopware
_NAME = re.compile(
    rf"{PREFIX} (?P<generation>\d+): (?P<verb>[a-z-]+) by (?P<who>.*?) since (?P<since>\S+), "
    r"silent for at most (?P<ttl>\d+) s \[(?P<machine>[^\]]*)\] (?P<beat>\d+)"
)


@dataclass(frozen=True, slots=True)
class Holder:
    """One holder. ``since`` is the holder's own time, for people; ``ttl`` in seconds; ``machine`` tells machines apart.

    ``generation`` counts holders: a marker that was left behind is never changed by somebody else but followed by the
    next generation, so that two who find it at once cannot both have it.
    """

    verb: str
    who: str
    since: str
    ttl: int
    machine: str
    generation: int = 1
    beat: int = 0

    @property
    def shared(self) -> bool:
        """Whether others of its kind may work beside it: the shards of one scope are meant to."""
        return self.verb == SHARD

    def name(self) -> str:
        """Everything in one line, as it stands in the shop."""
        return (
            f"{PREFIX} {self.generation}: {self.verb} by {self.who[:60]} since {self.since}, "
            f"silent for at most {self.ttl} s [{self.machine[:60]}] {self.beat}"
        )[:LONGEST_NAME]

    def at_generation(self, generation: int) -> Holder:
        """The same holder as the next in line."""
        return replace(self, generation=generation, beat=0)

    def renewed(self) -> Holder:
        """The same holder, one sign of life later."""
        return replace(self, beat=self.beat + 1)

    def told(self) -> str:
        """For people."""
        return f"'updategate {self.verb.removesuffix('-shard')}' by {self.who}, since {self.since}"

    @classmethod
    def read(cls, name: str) -> Holder | None:
        """Read what ``name`` wrote; None for anything else."""
        found = _NAME.match(name)
        if found is None:
            return None
        return cls(
            verb=found["verb"],
            who=found["who"],
            since=found["since"],
            ttl=int(found["ttl"]),
            machine=found["machine"],
            generation=int(found["generation"]),
            beat=int(found["beat"]),
        )


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker as it stands in the shop; ``renewed_at`` is the shop's own time."""

    id: str
    holder: Holder
    renewed_at: datetime

    def silent_for(self, now: datetime) -> float:
        """Seconds since the last sign of life; both times are the shop's, so no other clock matters."""
        return max(0.0, (now - self.renewed_at).total_seconds())

    def is_left_behind(self, now: datetime) -> bool:
        """Whether its holder must be dead: silent for longer than it said it could be."""
        return self.silent_for(now) > self.holder.ttl
