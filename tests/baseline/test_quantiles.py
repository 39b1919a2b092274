import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from updategate.baseline.quantiles import quantiles, summarise

TIMES = st.lists(st.floats(0.0, 1e6, allow_nan=False), min_size=1, max_size=200)


@given(TIMES, st.lists(st.floats(0.0, 1.0), min_size=1, max_size=4))
def test_quantiles_are_numpys_linear_ones(times, probabilities):
    array = np.asarray(times)
    expected = np.quantile(array, probabilities, method="linear")
    assert quantiles(array, probabilities) == pytest.approx(tuple(expected), rel=1e-12, abs=1e-12)


@given(TIMES)
def test_quantiles_rise_and_stay_within_the_times(times):
    low, mid, high = quantiles(np.asarray(times), (0.0, 0.5, 1.0))
    assert (low, high) == (min(times), max(times))
    assert low <= mid <= high


def test_known_values_by_hand():
    # position 0.95 * (5 - 1) = 3.8: 4 + 0.8 * (10 - 4)
    assert quantiles(np.asarray([10.0, 1.0, 4.0, 2.0, 3.0]), (0.95, 0.5)) == pytest.approx((8.8, 3.0))


@pytest.mark.parametrize("times", [[], [1.0, math.nan], [1.0, math.inf], [-0.1, 1.0], [[1.0], [2.0]]])
def test_what_cannot_be_a_time_is_refused(times):
    with pytest.raises(ValueError, match="time"):
        quantiles(np.asarray(times, dtype=float), (0.5,))


def test_a_probability_outside_is_refused():
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        quantiles(np.asarray([1.0]), (95.0,))


def test_summary_counts_failures_and_dropped_among_what_was_due():
    found = summarise("listing", np.asarray([0.1, 0.3]), failed=1, dropped=1, seconds=4.0)
    assert (found.due, found.error_ratio, found.throughput, found.p50) == (4, 0.5, 0.5, pytest.approx(0.2))


def test_a_group_without_requests_has_only_errors():
    found = summarise("listing", np.asarray([]), failed=0, dropped=0, seconds=0.0)
    assert (found.error_ratio, found.throughput, found.p95) == (1.0, 0.0, None)
