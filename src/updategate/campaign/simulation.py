"""Simulated campaigns: what the rule of ``updategate.baseline`` says where the truth is known.

The noise is that of a shared machine, with the sizes measured on one: a lognormal body, a Pareto tail, slow
machine noise, bursts of a neighbour, a random walk, a drift. ``pooled_spread`` gives the figure by which the
model is held to measured data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from updategate.baseline.decision import Judgement, Pace, Rule, judge

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Noise:
    """Noise of a machine: standard deviations of log latency, times in seconds.

    ``body`` and the tail (``tail_share`` of the requests, stretched by ``tail_scale`` times a Pareto variable)
    are each request's own; everything else is shared by all requests of the same second.
    """

    body: float = 0.45
    tail_share: float = 0.02
    tail_scale: float = 2.0
    tail_alpha: float = 2.0
    machine: float = 0.06
    machine_memory: float = 20.0
    burst_every: float = 150.0
    burst_low: float = 1.2
    burst_high: float = 2.2
    burst_length: int = 8
    walk: float = 0.04
    walk_span: float = 600.0
    drift: float = 0.0
    deployment: float = 0.0


QUIET = Noise(machine=0.02, burst_every=float("inf"), walk=0.0)
TYPICAL = Noise()
NOISY = Noise(machine=0.12, burst_every=75.0)
DRIFT = Noise(drift=0.15)
DEPLOYMENT_BIAS = Noise(deployment=0.02)
NOISES = {"quiet": QUIET, "typical": TYPICAL, "noisy": NOISY, "drift": DRIFT, "deployment bias": DEPLOYMENT_BIAS}


@dataclass(frozen=True)
class Plan:
    """Shape of a campaign: ``pairs`` slices an arm and unit, each of ``dropped`` + ``kept`` seconds."""

    units: int = 30
    pairs: int = 4
    kept: int = 5
    dropped: int = 1
    requests: int = 80
    """Requests per group, arm and unit."""

    @property
    def unit_seconds(self) -> int:
        """Seconds that one unit takes."""
        return 2 * self.pairs * (self.kept + self.dropped)


def machine_log_factor(noise: Noise, seconds: int, rng: np.random.Generator) -> Array:
    """Log factor that all requests of each second share, shape ``(seconds,)``."""
    steps = rng.standard_normal(seconds)
    memory = float(np.exp(-1.0 / noise.machine_memory))
    level = np.empty(seconds)
    state = noise.machine * float(rng.standard_normal())
    kick = noise.machine * float(np.sqrt(1.0 - memory * memory))
    for second, step in enumerate(steps):
        state = memory * state + kick * float(step)
        level[second] = state
    if np.isfinite(noise.burst_every):
        for start in np.flatnonzero(rng.random(seconds) < 1.0 / noise.burst_every):
            factor = rng.uniform(noise.burst_low, noise.burst_high)
            level[start : start + noise.burst_length] += np.log(factor)
    if noise.walk:
        level += np.cumsum(rng.standard_normal(seconds)) * noise.walk / np.sqrt(noise.walk_span)
    if noise.drift:
        level += np.linspace(0.0, np.log1p(noise.drift), seconds)
    return level


def request_log_latency(noise: Noise, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Each request's own log latency."""
    times = noise.body * rng.standard_normal(shape)
    slow = rng.random(shape) < noise.tail_share
    count = int(slow.sum())
    times[slow] += np.log(noise.tail_scale * (1.0 + rng.pareto(noise.tail_alpha, count)))
    return np.asarray(times)


def _fast_p95(times: Array) -> Array:
    """Linear-interpolation p95 along the last axis; equal to ``quantiles`` (see tests), without the copies."""
    position = 0.95 * (times.shape[-1] - 1)
    k = int(position)
    ordered = np.partition(times, (k, min(k + 1, times.shape[-1] - 1)), axis=-1)
    low, high = ordered[..., k], ordered[..., min(k + 1, times.shape[-1] - 1)]
    return np.asarray(low + (high - low) * (position - k))


def _shared(noise: Noise, plan: Plan, rng: np.random.Generator) -> tuple[Array, Array]:
    """What the machine does to each arm, per kept second: shape ``(units, pairs, kept)``."""
    machine = machine_log_factor(noise, plan.units * plan.unit_seconds, rng)
    machine = machine.reshape(plan.units, plan.pairs, 2, plan.kept + plan.dropped)[..., plan.dropped :]
    first = (rng.random((plan.units, plan.pairs)) < 0.5)[..., None]
    return (
        np.where(first, machine[:, :, 0], machine[:, :, 1]),
        np.where(first, machine[:, :, 1], machine[:, :, 0]),
    )


def simulate_log_ratios(
    noise: Noise, plan: Plan, true_changes: Sequence[float], rng: np.random.Generator, *, whole: bool = True
) -> Array:
    """Log ratios of one campaign, shape ``(groups, units)``, for the true relative changes of the groups.

    A unit's ratio is the mean over its pairs of slices, as ``updategate.baseline.pairing`` takes it. The two
    slices of a pair follow each other in the order that a coin says, so slow noise hits both arms alike.
    ``whole=False`` changes the slowest tenth of the requests only.
    """
    before, after = _shared(noise, plan, rng)
    groups = len(true_changes)
    bias = noise.deployment * rng.standard_normal(2)
    p95 = []
    for arm, shared in enumerate((before, after)):
        shape = (groups, plan.units, plan.pairs, plan.requests // plan.pairs)
        times = request_log_latency(noise, shape, rng)
        second = rng.integers(0, plan.kept, shape)
        times += np.take_along_axis(np.broadcast_to(shared, (groups, *shared.shape)), second, axis=-1)
        if arm:
            change = np.log1p(np.asarray(true_changes))[:, None, None, None]
            times = times + change if whole else np.where(times > np.quantile(times, 0.9), times + change, times)
        p95.append(np.log(_fast_p95(np.exp(times))) + bias[arm])
    return np.asarray((p95[1] - p95[0]).mean(axis=-1))


def pooled_spread(noise: Noise, plan: Plan, rng: np.random.Generator, campaigns: int = 200) -> float:
    """Standard deviation, at no change, of the log ratio of p95 over all of a unit's requests pooled.

    Not what campaigns judge, but what was measured when the noise of this model was sized.
    """
    return float(np.std([_pooled_log_ratios(noise, plan, rng) for _ in range(campaigns)], ddof=1))


def _pooled_log_ratios(noise: Noise, plan: Plan, rng: np.random.Generator) -> Array:
    before, after = _shared(noise, plan, rng)
    p95 = []
    for shared in (before, after):
        times = request_log_latency(noise, (plan.units, plan.pairs, plan.requests // plan.pairs), rng)
        times += np.take_along_axis(shared, rng.integers(0, plan.kept, times.shape), axis=-1)
        p95.append(np.log(_fast_p95(np.exp(times.reshape(plan.units, -1)))))
    return np.asarray(p95[1] - p95[0])


def run_sequentially(log_ratios: Array, rule: Rule) -> Judgement:
    """Judgement at the look where the campaign stops."""
    judgement: Judgement | None = None
    for units in rule.looks:
        judgement = judge({f"group {i}": row[:units] for i, row in enumerate(log_ratios)}, rule)
        if judgement.decided:
            break
    if judgement is None:
        raise ValueError("the rule has no looks")
    return judgement


@dataclass(frozen=True)
class Outcome:
    """Shares of replicates per verdict, and the mean duration of a campaign in minutes."""

    scenario: str
    replicates: int
    slower: float
    not_slower: float
    inconclusive: float
    minutes: float

    @property
    def decided(self) -> float:
        """Share with a verdict."""
        return self.slower + self.not_slower


def simulate(
    scenario: str,
    noise: Noise,
    true_changes: Sequence[float],
    *,
    replicates: int,
    seed: int,
    plan: Plan,
    rule: Rule,
    whole: bool = True,
) -> Outcome:
    """Run ``replicates`` campaigns of one scenario; the same seed gives the same outcome."""
    plan = replace(plan, units=rule.looks[-1])
    paces: list[Pace] = []
    minutes = 0.0
    for child in np.random.SeedSequence(seed).spawn(replicates):
        rng = np.random.default_rng(child)
        found = run_sequentially(simulate_log_ratios(noise, plan, true_changes, rng, whole=whole), rule)
        paces.append(found.pace)
        minutes += found.units * plan.unit_seconds / 60.0
    share = {pace: paces.count(pace) / replicates for pace in Pace}
    return Outcome(
        scenario,
        replicates,
        share[Pace.SLOWER],
        share[Pace.NOT_SLOWER],
        share[Pace.INCONCLUSIVE],
        minutes / replicates,
    )
