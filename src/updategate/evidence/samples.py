"""Raw response times of a slice of load, in one compact columnar file.

``samples/<arm>/<slice>.npz`` holds every arrival that was due, exactly as it was measured: nothing is rounded
or put into buckets, because a bucket of 5 % hides half of all changes of 10 %. The evidence names each file
with its SHA-256.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

FORMAT = 1
_COLUMNS = {
    "group": np.uint16,
    "intended": np.float64,
    "late": np.float64,
    "elapsed": np.float64,
    "outcome": np.uint8,
    "size": np.uint32,
}


class SamplesError(ValueError):
    """A samples file is missing, damaged, or not the one that the evidence names."""


class Outcome(IntEnum):
    """How an arrival ended. ``DROPPED`` was due, but no user was free to make it."""

    ANSWERED = 0
    FAILED = 1
    UNREACHABLE = 2
    DROPPED = 3


@dataclass(frozen=True)
class Samples:
    """Arrivals of one slice, one row each; all columns have the shape ``(n,)``.

    ``group`` indexes ``groups``; ``intended`` is when the request was due, in seconds after the slice began;
    ``late`` is how much later it was sent; ``elapsed`` runs from the intended start to the last byte (seconds,
    NaN where there was no answer), so a stalled shop cannot hide behind requests that were never sent; ``size``
    is the body in bytes. ``facts`` says how it was measured (slice, arm, kept window, state of the client).
    """

    groups: tuple[str, ...]
    group: NDArray[np.uint16]
    intended: NDArray[np.float64]
    late: NDArray[np.float64]
    elapsed: NDArray[np.float64]
    outcome: NDArray[np.uint8]
    size: NDArray[np.uint32]
    facts: Mapping[str, Any]

    def __post_init__(self) -> None:
        n = self.group.size
        for name, kind in _COLUMNS.items():
            column = getattr(self, name)
            if column.shape != (n,) or column.dtype != kind:
                msg = f"column {name} has shape {column.shape} and type {column.dtype}, not ({n},) of {kind}"
                raise SamplesError(msg)
        if n and int(self.group.max()) >= len(self.groups):
            msg = f"a sample names group {int(self.group.max())}, but there are {len(self.groups)} groups"
            raise SamplesError(msg)

    def __len__(self) -> int:
        return int(self.group.size)

    @classmethod
    def of(
        cls,
        groups: Sequence[str],
        rows: Sequence[tuple[int, float, float, float, int, int]],
        facts: Mapping[str, Any],
    ) -> Samples:
        """Build from rows of (group, intended, late, elapsed, outcome, size)."""
        columns: list[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [()] * len(_COLUMNS)
        arrays = {
            name: np.asarray(column, dtype=kind) for (name, kind), column in zip(_COLUMNS.items(), columns, strict=True)
        }
        return cls(groups=tuple(groups), facts=dict(facts), **arrays)

    def kept(self, start: float, end: float) -> Samples:
        """The arrivals that were due in [start, end) seconds of the slice."""
        return self.only((self.intended >= start) & (self.intended < end))

    def only(self, mask: NDArray[np.bool_]) -> Samples:
        """The arrivals that ``mask`` selects."""
        return Samples(self.groups, **{name: getattr(self, name)[mask] for name in _COLUMNS}, facts=self.facts)

    def times(self) -> dict[str, NDArray[np.float64]]:
        """Response times in seconds of right answers, per group."""
        right = self.outcome == Outcome.ANSWERED
        return {name: self.elapsed[right & (self.group == i)] for i, name in enumerate(self.groups)}

    def counts(self, outcome: Outcome) -> dict[str, int]:
        """Arrivals that ended so, per group."""
        found = np.bincount(self.group[self.outcome == outcome], minlength=len(self.groups))
        return {name: int(found[i]) for i, name in enumerate(self.groups)}


def write_samples(path: Path, samples: Samples) -> str:
    """Write ``path`` (new, whole or not at all) and return the SHA-256 of its bytes as hex."""
    head = json.dumps({"format": FORMAT, "groups": samples.groups, "facts": samples.facts}, allow_nan=False)
    buffer = io.BytesIO()
    columns = {name: getattr(samples, name) for name in _COLUMNS}
    np.savez(buffer, head=np.frombuffer(head.encode(), dtype=np.uint8), **columns)
    data = buffer.getvalue()
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        msg = f"{path} exists already: a slice is measured once"
        raise SamplesError(msg)
    partial = path.with_suffix(".part")
    with partial.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)
    return hashlib.sha256(data).hexdigest()


def read_samples(path: Path, sha256: str | None) -> Samples:
    """Read ``path``; ``sha256`` is what the evidence says of it (None only where no evidence exists yet).

    Raises:
        SamplesError: missing, damaged, of a newer format, or not the file that was measured.

    """
    try:
        data = path.read_bytes()
    except OSError as error:
        msg = f"{path}: the samples cannot be read ({error.strerror}); the evidence is incomplete"
        raise SamplesError(msg) from None
    if sha256 is not None and hashlib.sha256(data).hexdigest() != sha256:
        msg = f"{path}: not the samples that were measured; the evidence names SHA-256 {sha256[:12]}…"
        raise SamplesError(msg)
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            head = json.loads(stored["head"].tobytes())
            columns = {name: stored[name] for name in _COLUMNS}
    except (ValueError, KeyError, OSError, BadZipFile) as error:
        msg = f"{path}: damaged samples file ({error})"
        raise SamplesError(msg) from None
    if head["format"] > FORMAT:
        msg = f"{path}: written in format {head['format']}; this version reads up to {FORMAT}"
        raise SamplesError(msg)
    return Samples(groups=tuple(head["groups"]), facts=head["facts"], **columns)
