import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from updategate.baseline.decision import Pace
from updategate.baseline.paired import (
    Metric,
    judge_pairs,
    lower_bound,
    p_value,
    signed_rank_cdf,
    walsh_averages,
)

LCP = Metric("lcp", "ratio", 0.02, 0.15)
CLS = Metric("cls", "difference", 0.01, 0.05)


def loads(n=25, seed=1, shift=0.0, sd=0.1):
    rng = np.random.default_rng(seed)
    return [float(x) for x in 1000 * np.exp(rng.normal(shift, sd, n))]


@pytest.mark.parametrize(
    ("pairs", "t", "p"), [(5, 0, 1 / 32), (6, 2, 3 / 64), (10, 10, 0.0420), (20, 60, 0.0487), (25, 100, 0.0479)]
)
def test_the_distribution_is_that_of_the_published_table(pairs, t, p):
    # Wilcoxon's table: critical values at one-sided 5 %: n=10: 10, n=20: 60, n=25: 100
    assert signed_rank_cdf(pairs)[t] == pytest.approx(p, abs=6e-4)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.integers(6, 40), st.floats(-0.3, 0.3))
def test_p_values_are_scipys_exact_ones(seed, n, threshold):
    values = np.random.default_rng(seed).normal(0.05, 0.2, n)
    expected = stats.wilcoxon(values - threshold, alternative="greater", method="exact").pvalue
    assert p_value(values, threshold) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.integers(6, 40), st.floats(0.02, 0.2))
def test_bound_and_test_say_the_same(seed, n, level):
    values = np.random.default_rng(seed).normal(0.05, 0.2, n)
    bound = lower_bound(values, level)
    if math.isfinite(bound):
        assert p_value(values, bound - 1e-9) <= level
        assert p_value(values, bound + 1e-9) > level


def test_values_on_the_threshold_speak_for_neither_side():
    assert p_value(np.zeros(10), 0.0) == pytest.approx(0.5, abs=0.06)
    assert p_value(np.full(10, 0.1), 0.0) == pytest.approx(1 / 2**10)
    assert p_value(np.full(10, -0.1), 0.0) == 1.0


def test_walsh_averages_by_hand():
    assert walsh_averages(np.asarray([1.0, 3.0, 8.0])).tolist() == [1.0, 2.0, 3.0, 4.5, 5.5, 8.0]


def test_a_slower_page_is_slower_and_an_equal_one_is_not():
    same = judge_pairs({"lcp": loads()}, {"lcp": loads(seed=2)}, [LCP])
    assert same.pace is Pace.NOT_SLOWER
    slower = judge_pairs({"lcp": loads()}, {"lcp": loads(seed=2, shift=0.3)}, [LCP])
    assert slower.pace is Pace.SLOWER
    assert slower.results[0].change == pytest.approx(math.expm1(0.3), abs=0.12)


def test_one_outlier_decides_nothing():
    after = loads(seed=2)
    after[3] *= 50
    assert judge_pairs({"lcp": loads()}, {"lcp": after}, [LCP]).pace is Pace.NOT_SLOWER


def test_figures_that_may_be_zero_are_compared_by_difference():
    before, after = [0.0] * 25, [0.0] * 25
    found = judge_pairs({"cls": before}, {"cls": after}, [CLS])
    assert found.pace is Pace.NOT_SLOWER
    assert judge_pairs({"cls": before}, {"cls": [0.1] * 25}, [CLS]).pace is Pace.SLOWER


def test_fewer_than_21_pairs_decide_nothing():
    found = judge_pairs({"lcp": loads(20)}, {"lcp": loads(20, shift=1.0)}, [LCP])
    assert found.pace is Pace.INCONCLUSIVE
    assert found.reasons == ("only 20 pairs; at least 21 are needed",)
    assert judge_pairs({"lcp": []}, {"lcp": []}, [LCP]).pace is Pace.INCONCLUSIVE


def test_noise_is_inconclusive_and_names_what_is_open():
    found = judge_pairs({"lcp": loads(sd=0.8)}, {"lcp": loads(seed=2, sd=0.8)}, [LCP])
    assert found.pace is Pace.INCONCLUSIVE
    assert found.reasons == ("not decided: lcp",)


def test_holm_keeps_the_error_over_many_metrics():
    metrics = [Metric(f"m{i}", "ratio", 0.0, 0.5) for i in range(20)]
    alarms = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        before = {m.name: np.exp(rng.normal(0, 0.1, 21)) for m in metrics}
        after = {m.name: np.exp(rng.normal(0, 0.1, 21)) for m in metrics}
        alarms += judge_pairs(before, after, metrics, alpha=0.05).pace is Pace.SLOWER
    assert alarms <= 22  # 5 % of 200 is 10


@pytest.mark.parametrize(
    ("before", "after", "metrics", "message"),
    [
        ([1.0], [1.0, 2.0], [LCP], "must be pairs"),
        ([1.0], [math.nan], [LCP], "not finite"),
        ([0.0], [1.0], [LCP], "above zero"),
        ([1.0], [1.0], [], "no metric"),
    ],
)
def test_what_cannot_be_compared_is_refused(before, after, metrics, message):
    with pytest.raises(ValueError, match=message):
        judge_pairs({"lcp": before}, {"lcp": after}, metrics)
