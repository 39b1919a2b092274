"""Held to published tables: Jennison and Turnbull (2000), chapter 2; Lan and DeMets (1983)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from updategate.baseline.boundaries import (
    crossing_probability,
    obrien_fleming_constant,
    obrien_fleming_spent,
    spending_bounds,
    spending_levels,
)


@pytest.mark.parametrize(
    ("looks", "constant"),
    [(1, 1.960), (2, 1.977), (3, 2.004), (4, 2.024), (5, 2.040), (6, 2.053), (8, 2.072), (10, 2.087)],
)
def test_obrien_fleming_constants_of_the_table_at_5_percent(looks, constant):
    assert obrien_fleming_constant(0.05, looks) == pytest.approx(constant, abs=6e-4)


@pytest.mark.parametrize(("looks", "constant"), [(1, 2.576), (2, 2.580), (3, 2.595), (4, 2.609), (5, 2.621)])
def test_obrien_fleming_constants_of_the_table_at_1_percent(looks, constant):
    assert obrien_fleming_constant(0.01, looks) == pytest.approx(constant, abs=6e-4)


@pytest.mark.parametrize(
    ("looks", "bounds"),
    [
        (2, (2.963, 1.969)),
        (3, (3.710, 2.511, 1.993)),
        (4, (4.333, 2.963, 2.359, 2.014)),
        (5, (4.877, 3.357, 2.680, 2.290, 2.031)),
    ],
)
def test_lan_demets_bounds_of_the_published_tables(looks, bounds):
    found = spending_bounds(0.025, [k / looks for k in range(1, looks + 1)])
    assert found == pytest.approx(bounds, abs=1e-3)


def test_nominal_levels_of_unequal_looks():
    # two independent computations of this plan: 0.00009 0.00185 0.01084 0.02494 0.04118 (by simulation)
    assert spending_levels(0.05, (5, 8, 12, 16, 20)) == pytest.approx(
        (0.00009, 0.00185, 0.01084, 0.02494, 0.04118), rel=0.04
    )


def test_one_look_is_the_plain_test():
    assert spending_levels(0.05, (12,)) == pytest.approx((0.05,), rel=1e-9)


def test_pococks_constant_crosses_5_percent():
    # Pocock's constant for 5 looks, two-sided 5 %: 2.413
    assert crossing_probability([2.413] * 5, [0.2, 0.4, 0.6, 0.8, 1.0], two_sided=True) == pytest.approx(0.05, abs=1e-4)


@settings(max_examples=30, deadline=None)
@given(
    st.floats(0.001, 0.2),
    st.lists(st.integers(3, 60), min_size=1, max_size=6, unique=True).map(sorted),
)
def test_all_looks_together_keep_the_error(alpha, looks):
    fractions = [n / looks[-1] for n in looks]
    bounds = spending_bounds(alpha, fractions)
    assert crossing_probability(bounds, fractions) == pytest.approx(alpha, rel=1e-4)


@settings(max_examples=30, deadline=None)
@given(st.floats(0.001, 0.1), st.integers(2, 6))
def test_later_looks_are_less_strict_and_none_is_laxer_than_no_correction(alpha, looks):
    levels = spending_levels(alpha, tuple(range(5, 5 * looks + 1, 5)))
    assert list(levels) == sorted(levels)
    assert levels[-1] <= alpha


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10_000))
def test_a_random_walk_crosses_as_often_as_spent(seed):
    rng = np.random.default_rng(seed)
    looks = (6, 10, 15, 20, 25, 30)
    bounds = spending_bounds(0.05, [n / 30 for n in looks])
    sums = np.cumsum(rng.standard_normal((20_000, 30)), axis=1)
    z = np.stack([sums[:, n - 1] / np.sqrt(n) for n in looks], axis=1)
    assert np.mean((z >= np.asarray(bounds)).any(axis=1)) == pytest.approx(0.05, abs=0.009)


def test_spent_error_ends_at_alpha():
    assert obrien_fleming_spent(0.03, 1.0) == pytest.approx(0.03)


@pytest.mark.parametrize("fractions", [[], [0.0, 1.0], [0.5, 0.5, 1.0], [0.6, 0.4, 1.0], [0.2, 0.9]])
def test_looks_that_do_not_rise_to_1_are_refused(fractions):
    with pytest.raises(ValueError, match=r"fractions|last look"):
        spending_bounds(0.05, fractions)


@pytest.mark.parametrize("alpha", [0.0, 0.5, 1.0, -0.1])
def test_an_error_that_is_none_is_refused(alpha):
    with pytest.raises(ValueError, match="alpha"):
        spending_bounds(alpha, [1.0])
