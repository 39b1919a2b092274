import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from updategate.baseline.decision import GEOMETRIC_MEAN, Pace, Rule, geometric_mean, judge


def noise(seed, groups=4, units=30, sd=0.1, shift=0.0):
    rng = np.random.default_rng(seed)
    return {f"g{i}": rng.normal(shift, sd, units) for i in range(groups)}


def exact(units, mean, sd):
    """Values whose sample mean and standard deviation are exactly these."""
    x = np.arange(units, dtype=float)
    x = (x - x.mean()) / x.std(ddof=1)
    return mean + sd * x


def test_a_clear_change_is_slower_and_named():
    groups = noise(1)
    groups["g2"] = groups["g2"] + 0.3
    found = judge(groups, Rule())
    assert found.pace is Pace.SLOWER
    assert "g2" in found.slower_metrics
    assert "g0" not in found.slower_metrics


def test_no_change_with_little_noise_is_not_slower():
    found = judge(noise(2, sd=0.05), Rule())
    assert (found.pace, found.decided, found.reasons) == (Pace.NOT_SLOWER, True, ())


def test_much_noise_is_inconclusive_and_says_what_would_have_been_found():
    found = judge(noise(3, sd=0.6), Rule())
    assert found.pace is Pace.INCONCLUSIVE
    assert found.final
    assert "the smallest change that this campaign would have found is +" in found.reasons[0]


def test_faster_is_not_slower():
    assert judge(noise(4, sd=0.05, shift=-0.3), Rule()).pace is Pace.NOT_SLOWER


def test_one_group_beyond_doubt_keeps_all_from_not_slower():
    groups = noise(5, sd=0.03)
    groups["g1"] = noise(6, groups=1, sd=0.5)["g0"]
    assert judge(groups, Rule()).pace is Pace.INCONCLUSIVE


def test_bounds_are_students_at_the_level_of_the_look():
    rule = Rule(looks=(12,), alpha=0.05, beta=0.05)
    (metric,) = judge({"listing": exact(12, 0.05, 0.1)}, rule).metrics
    half = stats.t.ppf(0.95, 11) * 0.1 / math.sqrt(12)
    assert metric.change == pytest.approx(math.expm1(0.05))
    assert metric.lower == pytest.approx(math.expm1(0.05 - half))
    assert metric.upper == pytest.approx(math.expm1(0.05 + half))
    reach = (stats.t.ppf(0.95, 11) + stats.t.ppf(0.8, 11)) * 0.1 / math.sqrt(12)
    assert metric.detectable == pytest.approx(math.expm1(math.log(1.02) + reach))


def test_holm_steps_down_by_rank():
    # two groups and their mean: the strongest is held to alpha/3, the next to alpha/2, the last to alpha
    rule = Rule(looks=(10,), alpha=0.05)
    tolerance, root = math.log(1.02), math.sqrt(10)

    def value(p):  # mean whose p value against the tolerance is p, at sd 0.1
        return tolerance - stats.t.ppf(p, 9) * 0.1 / root

    below, above = value(0.05 / 3 * 0.9), value(0.05 / 3 * 1.1)
    a = exact(10, below, 0.1)
    assert judge({"only": a, "flat": exact(10, -0.2, 0.1)[::-1]}, rule).slower_metrics == ("only",)
    b = exact(10, above, 0.1)
    assert judge({"only": b, "flat": exact(10, -0.2, 0.1)[::-1]}, rule).slower_metrics == ()


def test_a_weak_second_metric_is_found_only_because_the_first_was():
    rule = Rule(looks=(10,), alpha=0.05)
    second = math.log(1.02) - stats.t.ppf(0.02, 9) * 0.1 / math.sqrt(10)  # 0.02: above .05/3, below .05/2
    strong = {"strong": exact(10, 0.9, 0.05), "second": exact(10, second, 0.1)}
    assert "second" in judge(strong, rule).slower_metrics
    weak = {"weak": exact(10, -0.9, 0.05), "second": exact(10, second, 0.1)}
    assert "second" not in judge(weak, rule).slower_metrics


def test_equal_ratios_everywhere_are_doubted_not_trusted():
    found = judge({"a": np.zeros(6), "b": np.full(6, 0.5)}, Rule())
    assert found.pace is Pace.INCONCLUSIVE
    assert "which measured times never do" in found.reasons[0]


def test_looking_between_the_looks_is_refused():
    with pytest.raises(ValueError, match="no look of the rule"):
        judge(noise(1, units=7), Rule())


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ({}, "at least one"),
        ({"a": np.ones(6), "b": np.ones(10)}, "same units"),
        ({"a": np.asarray([0.1, 0.2, 0.1, math.nan, 0.1, 0.2])}, "not finite"),
        ({"a": np.asarray([0.1, 0.2, 0.1, math.inf, 0.1, 0.2])}, "not finite"),
        ({GEOMETRIC_MEAN: np.ones(6)}, "cannot be the name"),
    ],
)
def test_what_cannot_be_judged_is_refused(groups, message):
    with pytest.raises(ValueError, match=message):
        judge(groups, Rule())


@pytest.mark.parametrize(
    "wrong",
    [
        {"tolerance": 0.2},
        {"tolerance": -0.1},
        {"margin": 0.0},
        {"looks": ()},
        {"looks": (2, 5)},
        {"looks": (6, 6)},
        {"looks": (10, 6)},
        {"alpha": 0.0},
        {"beta": 0.3},
        {"power": 1.0},
    ],
)
def test_a_rule_that_means_nothing_is_refused(wrong):
    with pytest.raises(ValueError, match=r"need|look|lies in"):
        Rule(**wrong)


def test_restarts_make_the_deployment_the_unit():
    rule = Rule(looks=(3, 5))
    groups = noise(7, groups=1, units=25, sd=0.02)
    epochs = [i // 5 for i in range(25)]
    found = judge(groups, rule, epochs=epochs)
    means = [groups["g0"][i * 5 : i * 5 + 5].mean() for i in range(5)]
    assert found.units == 5
    assert found.metrics[0].change == pytest.approx(math.expm1(np.mean(means)))
    with pytest.raises(ValueError, match="25 units but 3 epochs"):
        judge(groups, rule, epochs=[0, 1, 2])


def test_a_biased_deployment_is_not_a_regression_when_deployments_are_the_unit():
    rng = np.random.default_rng(11)
    false_by_unit = false_by_deployment = 0
    for _ in range(200):
        bias = np.repeat(rng.normal(0, 0.05, 5), 6)
        groups = {"g": rng.normal(0, 0.03, 30) + bias}
        false_by_unit += judge(groups, Rule(tolerance=0.0, looks=(30,))).pace is Pace.SLOWER
        epochs = [i // 6 for i in range(30)]
        false_by_deployment += judge(groups, Rule(tolerance=0.0, looks=(5,)), epochs=epochs).pace is Pace.SLOWER
    assert false_by_deployment <= 15  # 3 % of 200 is 6
    assert false_by_unit >= 25


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([6, 10, 15, 20, 25, 30]), st.floats(0.02, 0.5))
def test_never_both_and_always_reasoned(seed, units, sd):
    found = judge(noise(seed, units=units, sd=sd), Rule())
    assert (found.pace is Pace.INCONCLUSIVE) == bool(found.reasons)
    assert found.final == (units == 30)
    for metric in found.metrics:
        assert metric.lower <= metric.change <= metric.upper
        assert not (metric.slower and metric.lower <= 0.02)
        assert metric.not_slower == (metric.upper < 0.15)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_order_of_groups_and_units_does_not_matter(seed, random):
    groups = noise(seed, units=10)
    order = list(range(10))
    random.shuffle(order)
    names = list(groups)
    random.shuffle(names)
    mixed = judge({name: groups[name][order] for name in names}, Rule())
    plain = judge(groups, Rule())
    assert mixed.pace is plain.pace
    assert {m.metric: pytest.approx(m.lower) for m in mixed.metrics} == {m.metric: m.lower for m in plain.metrics}


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.0, 0.5))
def test_more_slowness_never_helps(seed, extra):
    rank = {Pace.NOT_SLOWER: 0, Pace.INCONCLUSIVE: 1, Pace.SLOWER: 2}
    groups = noise(seed, units=20)
    slower = {name: values + extra for name, values in groups.items()}
    assert rank[judge(slower, Rule()).pace] >= rank[judge(groups, Rule()).pace]


def test_geometric_mean_weighs_groups_alike():
    found = geometric_mean({"a": np.asarray([0.1, 0.2]), "b": np.asarray([0.3, -0.2])})
    assert found == pytest.approx([0.2, 0.0])
