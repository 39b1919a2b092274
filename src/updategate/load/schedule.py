"""Who comes when: seeded arrivals of an open model, the same for every shop that the seed is played on."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from updategate.config.profile import Profile, Stage


@dataclass(frozen=True, slots=True)
class Arrival:
    """One visitor: ``at`` seconds after the beginning, ``seed`` decides what they choose."""

    at: float
    journey: str
    seed: int


def deck(weights: Mapping[str, float], count: int, rng: np.random.Generator) -> list[str]:
    """``count`` journeys in the proportions of ``weights``, exact but for the remainders, shuffled."""
    names = [name for name, weight in weights.items() if weight > 0]
    shares = np.asarray([weights[name] for name in names])
    exact = shares / shares.sum() * count
    amounts = np.floor(exact).astype(int)
    # who gets one of the left-over places is a matter of chance in proportion to the remainder, so none is starved
    order = np.argsort(-((exact - amounts) + rng.random(len(names)) * 1e-9 + (rng.random(len(names)) - 1) * 0.5))
    for index in itertools.islice(itertools.cycle(order), count - int(amounts.sum())):
        amounts[index] += 1
    cards = [name for name, amount in zip(names, amounts, strict=True) for _ in range(int(amount))]
    return [cards[i] for i in rng.permutation(len(cards))]


def window_arrivals(
    weights: Mapping[str, float],
    rate: float,
    start: float,
    seconds: float,
    rng: np.random.Generator,
    spacing: Literal["even", "poisson"] = "even",
) -> list[Arrival]:
    """Arrivals of one window at a steady ``rate`` (a second), in order of time."""
    due = rate * seconds
    if spacing == "poisson":
        count = int(rng.poisson(due))
        moments = np.sort(rng.random(count)) * seconds
    else:
        # a fraction of an arrival comes with its probability, so that slow rates over short windows stay true
        count = int(due) + int(rng.random() < due - int(due))
        moments = (np.arange(count) + rng.random(count)) * (seconds / count if count else 0.0)
    names = deck(weights, count, rng)
    seeds = rng.integers(2**31, size=count)
    return [Arrival(start + float(at), name, int(seed)) for at, name, seed in zip(moments, names, seeds, strict=True)]


def slice_arrivals(profile: Profile, seed: int) -> list[Arrival]:
    """Arrivals of one slice of the comparison: the dropped part and the kept part each hold the whole mix."""
    rng = np.random.default_rng(seed)
    rate, shape = profile.arrivals.rate or 0.0, profile.comparison
    spacing = profile.arrivals.spacing
    return [
        *window_arrivals(profile.mix, rate, 0.0, shape.dropped, rng, spacing),
        *window_arrivals(profile.mix, rate, shape.dropped, shape.kept, rng, spacing),
    ]


def stage_arrivals(profile: Profile, seed: int, tick: float = 1.0) -> list[Arrival]:
    """Arrivals of all stages, one after the other; ramps are cut into steps of ``tick`` seconds."""
    rng = np.random.default_rng(seed)
    rate = profile.arrivals.rate or 0.0
    found: list[Arrival] = []
    for start, seconds, factor in _steps(profile.stages, tick):
        if factor > 0:
            found += window_arrivals(profile.mix, rate * factor, start, seconds, rng, profile.arrivals.spacing)
    if profile.background:
        for name, per_second in profile.background.items():
            found += window_arrivals({name: 1.0}, per_second, 0.0, profile.seconds, rng) if per_second else []
    return sorted(found, key=lambda arrival: arrival.at)


def _steps(stages: Sequence[Stage], tick: float) -> list[tuple[float, float, float]]:
    steps: list[tuple[float, float, float]] = []
    at, before = 0.0, 0.0
    for stage in stages:
        if stage.ramp:
            pieces = max(1, round(stage.seconds / tick))
            width = stage.seconds / pieces
            for piece in range(pieces):
                factor = before + (stage.factor - before) * (piece + 0.5) / pieces
                steps.append((at + piece * width, width, factor))
        else:
            steps.append((at, stage.seconds, stage.factor))
        at, before = at + stage.seconds, stage.factor
    return steps


def measured_windows(profile: Profile) -> list[tuple[float, float]]:
    """The parts of a run, in seconds after its beginning, that count."""
    windows = []
    at = 0.0
    for stage in profile.stages:
        if stage.measured and stage.factor > 0:
            windows.append((at, at + stage.seconds))
        at += stage.seconds
    return windows
