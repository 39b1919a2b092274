"""What is asked of the load process and what it answers: one JSON object a line, over standard input and output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

Row: TypeAlias = tuple[int, float, float, float, int, int]
"""Group, intended, late, elapsed, outcome, size: as ``evidence.samples`` keeps them."""


@dataclass(frozen=True, slots=True)
class SliceOrder:
    """Play one slice. ``kind`` slice: of a comparison; run: all stages of the profile.

    ``seconds`` is its length, ``windows`` the parts that count (seconds from the beginning). ``worker`` of ``workers``
    plays every n-th arrival.
    """

    name: str
    arm: str
    seed: int
    kind: Literal["slice", "run"]
    seconds: float
    windows: tuple[tuple[float, float], ...]
    path: str = ""
    worker: int = 0
    workers: int = 1

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> SliceOrder:
        """Read what ``to_json`` wrote."""
        windows = tuple((float(start), float(end)) for start, end in body["windows"])
        return cls(**{**body, "windows": windows})


@dataclass(frozen=True)
class SliceResult:
    """A slice that was played: its samples file, and how the client was doing.

    ``answered`` counts right answers in the windows that count, ``due`` all arrivals there.
    """

    name: str
    arm: str
    path: str
    sha256: str
    due: int
    answered: int
    client: Mapping[str, Any]
    faults: Mapping[str, int]
    troubles: tuple[str, ...]

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> SliceResult:
        """Read the load process's answer."""
        return cls(**{**body, "troubles": tuple(body["troubles"])})
