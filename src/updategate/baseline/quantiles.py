"""Quantiles and summaries of raw response times, per request group.

Linear interpolation between order statistics (Hyndman and Fan, type 7): with the heavy tails of a shop the smoothed
estimators (Harrell-Davis) have the larger error at the sample sizes of one unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.float64]


def quantiles(times: Times, probabilities: Sequence[float]) -> tuple[float, ...]:
    """Quantiles of ``times`` (seconds, shape ``(n,)``) by linear interpolation, one per probability.

    Raises:
        ValueError: no times, a time that is not finite or negative, or a probability outside [0, 1].

    """
    values = np.asarray(times, dtype=np.float64)
    if values.ndim != 1 or values.size == 0:
        raise ValueError("a quantile needs a one-dimensional, non-empty array of times")
    if any(not 0.0 <= p <= 1.0 for p in probabilities):
        msg = f"probabilities lie in [0, 1], got {list(probabilities)}"
        raise ValueError(msg)
    positions = [p * (values.size - 1) for p in probabilities]
    lower = [int(position) for position in positions]
    wanted = sorted(set(lower) | {min(k + 1, values.size - 1) for k in lower} | {0, values.size - 1})
    ordered = np.partition(values, wanted)
    # NaN sorts last and infinities to the ends, so looking at both ends sees all of them.
    if not (np.isfinite(ordered[0]) and np.isfinite(ordered[-1])) or ordered[0] < 0.0:
        raise ValueError("times must be finite and not negative")
    found = []
    for k, position in zip(lower, positions, strict=True):
        low, high = float(ordered[k]), float(ordered[min(k + 1, values.size - 1)])
        found.append(low + (high - low) * (position - k))
    return tuple(found)


@dataclass(frozen=True)
class GroupSummary:
    """What one request group did in one arm.

    ``p50``, ``p95``, ``p99`` are seconds over answered requests, ``None`` where nothing was answered rightly;
    ``error_ratio`` counts failed and dropped arrivals among all that were due; ``throughput`` is right answers
    a second.
    """

    group: str
    due: int
    answered: int
    failed: int
    dropped: int
    seconds: float
    p50: float | None
    p95: float | None
    p99: float | None

    @property
    def error_ratio(self) -> float:
        """Failed and dropped among due, 1.0 when nothing was due: no request is no success."""
        return (self.failed + self.dropped) / self.due if self.due else 1.0

    @property
    def throughput(self) -> float:
        """Right answers a second of measured time."""
        return self.answered / self.seconds if self.seconds > 0 else 0.0


def summarise(group: str, times: Times, *, failed: int, dropped: int, seconds: float) -> GroupSummary:
    """Summary of one group: ``times`` are the right answers' response times in seconds, shape ``(n,)``."""
    n = int(np.asarray(times).size)
    p50, p95, p99 = quantiles(times, (0.5, 0.95, 0.99)) if n else (None, None, None)
    return GroupSummary(group, n + failed + dropped, n, failed, dropped, seconds, p50, p95, p99)
