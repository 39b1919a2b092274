"""Group-sequential bounds: how strict each look must be so that all looks together keep one error rate.

Two families. ``spending_levels`` follows the error-spending function of Lan and DeMets (Biometrika 1983) that
resembles O'Brien and Fleming's rule and serves unequal looks; it is the one that campaigns use.
``obrien_fleming_constant`` is the classical rule (Biometrics 1979), here so that the integration is held to the
tables in Jennison and Turnbull, "Group Sequential Methods" (2000), chapter 2.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

Vector = NDArray[np.float64]

_NODES = 240
_FAR = 8.5  # standard deviations beyond which the normal density adds nothing to double precision here


@dataclass(frozen=True)
class _Density:
    """Density of the score at one look over the region where the campaign went on, on quadrature nodes."""

    nodes: Vector
    weights: Vector
    values: Vector


def _grid(low: float, high: float) -> tuple[Vector, Vector]:
    x, w = np.polynomial.legendre.leggauss(_NODES)
    half = (high - low) / 2.0
    return half * x + (high + low) / 2.0, half * w


def _normal(x: Vector, variance: float) -> Vector:
    return np.asarray(np.exp(-x * x / (2.0 * variance)) / np.sqrt(2.0 * np.pi * variance))


def _step(before: _Density | None, low: float, high: float, gained: float) -> _Density:
    """Density after ``gained`` more information, kept only where the score lies between ``low`` and ``high``."""
    nodes, weights = _grid(low, high)
    if before is None:
        return _Density(nodes, weights, _normal(nodes, gained))
    kernel = _normal(nodes[:, None] - before.nodes[None, :], gained)
    return _Density(nodes, weights, np.asarray(kernel @ (before.weights * before.values)))


def _above(before: _Density | None, bound: float, gained: float) -> float:
    """Probability to have gone on so far and to stand at or above ``bound`` after ``gained`` more information."""
    if before is None:
        return float(ndtr(-bound / np.sqrt(gained)))
    tail = ndtr((before.nodes - bound) / np.sqrt(gained))
    return float(np.sum(before.weights * before.values * tail))


def _check(fractions: Sequence[float]) -> None:
    if not fractions or fractions[0] <= 0.0 or any(b <= a for a, b in itertools.pairwise(fractions)):
        msg = f"information fractions must rise from above 0, got {list(fractions)}"
        raise ValueError(msg)
    if abs(fractions[-1] - 1.0) > 1e-12:
        msg = f"the last look must hold all information (1.0), got {fractions[-1]}"
        raise ValueError(msg)


def obrien_fleming_spent(alpha: float, fraction: float) -> float:
    """One-sided error spent up to ``fraction`` of the information: 2 - 2 * Phi(z(1 - alpha/2) / sqrt(fraction))."""
    return float(2.0 * ndtr(-ndtri(1.0 - alpha / 2.0) / np.sqrt(fraction)))


def spending_bounds(
    alpha: float, fractions: Sequence[float], spent: Callable[[float, float], float] = obrien_fleming_spent
) -> tuple[float, ...]:
    """One-sided critical values (standard normal) for looks at ``fractions`` of the information.

    Args:
        alpha: one-sided error over all looks, in (0, 0.5).
        fractions: rising, last one 1.0.
        spent: error spent up to a fraction.

    """
    if not 0.0 < alpha < 0.5:
        msg = f"alpha lies in (0, 0.5), got {alpha}"
        raise ValueError(msg)
    _check(fractions)
    bounds: list[float] = []
    density: _Density | None = None
    seen, used = 0.0, 0.0
    for fraction in fractions:
        gained, root = fraction - seen, float(np.sqrt(fraction))
        due = spent(alpha, fraction) - used
        if _above(density, _FAR * root, gained) >= due:
            bound = _FAR  # so little is spent that no result is extreme enough
        else:
            bound = float(
                brentq(
                    lambda z, d=density, g=gained, r=root, due=due: _above(d, z * r, g) - due,
                    -_FAR,
                    _FAR,
                    xtol=1e-10,
                )
            )
        used += _above(density, bound * root, gained)
        bounds.append(bound)
        density = _step(density, -_FAR * root, bound * root, gained)
        seen = fraction
    return tuple(bounds)


@lru_cache(maxsize=512)
def spending_levels(alpha: float, looks: tuple[int, ...]) -> tuple[float, ...]:
    """One-sided nominal significance of each look, for looks after ``looks`` units."""
    bounds = spending_bounds(alpha, tuple(n / looks[-1] for n in looks))
    return tuple(float(ndtr(-z)) for z in bounds)


def crossing_probability(bounds: Sequence[float], fractions: Sequence[float], *, two_sided: bool = False) -> float:
    """Probability under no effect to cross any of ``bounds`` (standard normal), on either side if ``two_sided``."""
    _check(fractions)
    density: _Density | None = None
    seen, total = 0.0, 0.0
    for bound, fraction in zip(bounds, fractions, strict=True):
        gained, root = fraction - seen, float(np.sqrt(fraction))
        crossed = _above(density, bound * root, gained)
        total += 2.0 * crossed if two_sided else crossed
        low = -bound * root if two_sided else -_FAR * root
        density = _step(density, low, bound * root, gained)
        seen = fraction
    return total


def obrien_fleming_constant(alpha: float, looks: int) -> float:
    """Two-sided constant C_B(K, alpha): reject at look k of K equally spaced ones when |Z_k| >= C * sqrt(K / k)."""
    fractions = [k / looks for k in range(1, looks + 1)]

    def excess(constant: float) -> float:
        bounds = [constant / float(np.sqrt(f)) for f in fractions]
        return crossing_probability(bounds, fractions, two_sided=True) - alpha

    return float(brentq(excess, 1.0, 5.0, xtol=1e-8))
