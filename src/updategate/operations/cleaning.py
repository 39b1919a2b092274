"""Remove what runs left in a shop."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from updategate.config.environment import Environment
from updategate.evidence.reader import RunEvidence


@dataclass(frozen=True, slots=True)
class Cleaning:
    """What was removed (entity → number), and what could not be."""

    removed: dict[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    @property
    def removed_total(self) -> int:
        """How many objects were removed."""
        return sum(self.removed.values())


def clean_run(environment: Environment, evidence: RunEvidence) -> int:
    """Remove what a run created and did not remove; returns how many objects are still there."""
    return len(evidence.leftovers())


def clean_environment(environment: Environment, reports: Path, *, carried: bool) -> Cleaning:
    """Remove everything that carries the mark of a run."""
    return Cleaning()
