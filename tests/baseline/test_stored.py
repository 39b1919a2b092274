import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from updategate.baseline.decision import GEOMETRIC_MEAN, Pace, Rule
from updategate.baseline.stored import compare_stored

RULE = Rule()


def runs(count, sd=0.015, seed=1, shift=0.0, groups=("cart", "listing")):
    rng = np.random.default_rng(seed)
    return [{g: float(0.1 * math.exp(shift + rng.normal(0, sd))) for g in groups} for _ in range(count)]


def test_no_change_on_a_quiet_machine_is_not_slower():
    found = compare_stored(runs(20), runs(1, seed=2), RULE)
    assert found.pace is Pace.NOT_SLOWER
    assert found.reasons == ()


def test_a_clear_change_is_slower_and_named():
    after = runs(1, seed=2)
    after[0]["cart"] *= 1.3
    found = compare_stored(runs(20), after, RULE)
    assert found.pace is Pace.SLOWER
    assert "cart" in {metric.metric for metric in found.metrics if metric.slower}
    assert "listing" not in {metric.metric for metric in found.metrics if metric.slower}


def test_the_interval_is_the_prediction_interval_of_textbooks():
    stored = [{"cart": math.exp(x)} for x in (0.00, 0.01, 0.02, 0.01, 0.00, -0.01, 0.01, 0.02, 0.00, 0.01)]
    logs = np.log([run["cart"] for run in stored])
    (metric,) = compare_stored(stored, [{"cart": math.exp(0.05)}], Rule(alpha=0.05, beta=0.05)).metrics
    half = stats.t.ppf(0.95, 9) * logs.std(ddof=1) * math.sqrt(1 + 1 / 10)
    shift = 0.05 - logs.mean()
    assert metric.lower == pytest.approx(math.expm1(shift - half))
    assert metric.upper == pytest.approx(math.expm1(shift + half))
    reach = (stats.t.ppf(0.95, 9) + stats.t.ppf(0.8, 9)) * logs.std(ddof=1) * math.sqrt(1 + 1 / 10)
    assert metric.detectable == pytest.approx(math.expm1(math.log(1.02) + reach))


def test_several_groups_have_a_geometric_mean_and_one_has_none():
    found = compare_stored(runs(20), runs(1, seed=2), RULE)
    assert [metric.metric for metric in found.metrics] == ["cart", "listing", GEOMETRIC_MEAN]
    changes = [math.log1p(metric.change) for metric in found.metrics]
    assert changes[2] == pytest.approx((changes[0] + changes[1]) / 2)
    alone = compare_stored(runs(20, groups=("cart",)), runs(1, seed=2, groups=("cart",)), RULE)
    assert [metric.metric for metric in alone.metrics] == ["cart"]


def test_fewer_than_ten_runs_decide_nothing():
    found = compare_stored(runs(9), runs(1, seed=2, shift=0.5), RULE)
    assert found.pace is Pace.INCONCLUSIVE
    assert "only 9 stored runs; at least 10 days are needed" in found.reasons
    assert compare_stored(runs(1), runs(1), RULE).pace is Pace.INCONCLUSIVE
    assert compare_stored(runs(10), runs(1, seed=2, shift=0.5), RULE).pace is Pace.SLOWER


def test_runs_that_differ_too_much_decide_nothing():
    found = compare_stored(runs(20, sd=0.06), runs(1, seed=2, shift=0.5), RULE)
    assert found.pace is Pace.INCONCLUSIVE
    assert "differ by" in found.reasons[0]
    assert "calibration probe" in found.reasons[0]


def test_a_probe_takes_the_machines_part_out():
    rng = np.random.default_rng(5)
    days = rng.normal(0, 0.08, 21)
    stored = [{"cart": 0.1 * math.exp(day + rng.normal(0, 0.01))} for day in days[:20]]
    probe = [{"cart": 0.05 * math.exp(day + rng.normal(0, 0.01))} for day in days[:20]]
    after = [{"cart": 0.1 * math.exp(days[20])}]
    after_probe = [{"cart": 0.05 * math.exp(days[20])}]
    assert compare_stored(stored, after, RULE).pace is Pace.INCONCLUSIVE
    assert compare_stored(stored, after, RULE, stored_probe=probe, after_probe=after_probe).pace is Pace.NOT_SLOWER
    slower = [{"cart": 0.1 * math.exp(days[20] + 0.2)}]
    assert compare_stored(stored, slower, RULE, stored_probe=probe, after_probe=after_probe).pace is Pace.SLOWER


def test_a_group_that_is_not_everywhere_is_told_and_decides_nothing():
    after = runs(1, seed=2)
    del after[0]["cart"]
    found = compare_stored(runs(20), after, RULE)
    assert found.pace is Pace.INCONCLUSIVE
    assert found.reasons == ("cart: not in every run, so it cannot be compared",)
    assert compare_stored(runs(20, groups=("a",)), runs(1, groups=("b",)), RULE).pace is Pace.INCONCLUSIVE


def test_equal_runs_are_doubted():
    found = compare_stored([{"cart": 0.1}] * 12, [{"cart": 0.1}], RULE)
    assert found.pace is Pace.INCONCLUSIVE
    assert "which measured runs never are" in found.reasons[0]


@pytest.mark.parametrize(
    ("stored", "after", "probes", "message"),
    [
        (runs(12), [], {}, "no run after"),
        ([{"cart": 0.0}] * 12, [{"cart": 0.1}], {}, "positive"),
        (runs(12), runs(1), {"stored_probe": runs(3), "after_probe": runs(1)}, "12 runs but 3 runs of the calibration"),
    ],
)
def test_what_cannot_be_compared_is_refused(stored, after, probes, message):
    with pytest.raises(ValueError, match=message):
        compare_stored(stored, after, RULE, **probes)


@pytest.mark.parametrize(
    ("change", "least_slower", "most_slower"), [(0.0, 0.0, 0.04), (math.log(1.2), 0.97, 1.0)], ids=["same", "+20 %"]
)
def test_error_rates_by_simulation(change, least_slower, most_slower):
    slower = 0
    for seed in range(400):
        found = compare_stored(runs(20, sd=0.02, seed=seed), runs(1, sd=0.02, seed=10_000 + seed, shift=change), RULE)
        slower += found.pace is Pace.SLOWER
    assert least_slower <= slower / 400 <= most_slower


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1000), st.integers(10, 30), st.integers(1, 3), st.floats(0, 0.4))
def test_more_slowness_never_helps(seed, count, days, extra):
    rank = {Pace.NOT_SLOWER: 0, Pace.INCONCLUSIVE: 1, Pace.SLOWER: 2}
    stored, after = runs(count, seed=seed), runs(days, seed=seed + 1)
    worse = [{group: value * math.exp(extra) for group, value in run.items()} for run in after]
    assert rank[compare_stored(stored, worse, RULE).pace] >= rank[compare_stored(stored, after, RULE).pace]
