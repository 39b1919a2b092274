import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from updategate.baseline.pairing import MeasuredPair, group_ratios, plan_pair


def pair(before, after, group="listing"):
    return MeasuredPair({group: np.asarray(before, dtype=float)}, {group: np.asarray(after, dtype=float)})


@given(st.integers(0, 2**31), st.integers(0, 99), st.integers(0, 9), st.integers(0, 5))
def test_a_pair_has_both_arms_and_one_seed_and_can_be_planned_again(seed, unit, number, attempt):
    first, second = plan_pair(seed, unit, number, attempt)
    assert {first.arm, second.arm} == {"before", "after"}
    assert first.seed == second.seed
    assert plan_pair(seed, unit, number, attempt) == (first, second)
    assert first.name == second.name


def test_the_coin_is_fair_and_pairs_differ():
    plans = [plan_pair(7, unit, number) for unit in range(250) for number in range(4)]
    heads = sum(first.arm == "before" for first, _ in plans)
    assert 440 <= heads <= 560
    assert len({first.seed for first, _ in plans}) == 1000
    assert len({first.name for first, _ in plans}) == 1000


def test_a_repeated_pair_gets_a_new_coin_and_a_new_name():
    assert plan_pair(7, 3, 2)[0].name == "u003p2"
    assert plan_pair(7, 3, 2, attempt=1)[0].name == "u003p2-1"
    assert plan_pair(7, 3, 2)[0].seed != plan_pair(7, 3, 2, attempt=1)[0].seed


def test_a_unit_is_the_mean_over_its_pairs():
    times = np.linspace(0.1, 0.2, 12)
    found = group_ratios([[pair(times, times * 1.1), pair(times, times * 1.3)]], "listing")
    assert found.log_ratios == pytest.approx([(math.log(1.1) + math.log(1.3)) / 2])


def test_one_burst_weighs_as_one_slice():
    times = np.linspace(0.1, 0.2, 20)
    quiet, hit = pair(times, times), pair(times, times * 2)
    (value,) = group_ratios([[quiet, quiet, quiet, hit]], "listing").log_ratios
    assert value == pytest.approx(math.log(2) / 4)


def test_few_answers_a_slice_are_pooled_over_the_unit():
    times = np.linspace(0.1, 0.2, 40)
    pairs = [pair(times[i::8], times[i::8] * 1.2) for i in range(8)]
    (value,) = group_ratios([pairs], "listing").log_ratios
    assert value == pytest.approx(math.log(1.2))


@pytest.mark.parametrize(("per_slice", "judged"), [(5, True), (4, False)])
def test_twenty_answers_a_unit_and_arm_are_enough(per_slice, judged):
    times = np.linspace(0.1, 0.2, per_slice)
    assert bool(group_ratios([[pair(times, times * 1.1)] * 4], "listing").log_ratios) == judged


@pytest.mark.parametrize(("least", "by_pair"), [(10, True), (9, False)])
def test_ten_answers_a_slice_are_enough_to_be_judged_by_pair(least, by_pair):
    times = np.linspace(0.1, 0.2, 30)
    pairs = [pair(times[:least], times[:least] * 1.1), pair(times, times * 1.5)]
    (value,) = group_ratios([pairs], "listing").log_ratios
    assert (value == pytest.approx((math.log(1.1) + math.log(1.5)) / 2)) == by_pair


def test_too_few_answers_are_a_reason_not_a_number():
    times = np.linspace(0.1, 0.2, 4)
    found = group_ratios([[pair(times, times)] * 4], "listing")
    assert found.log_ratios == ()
    assert "only 16 right answers in unit 0" in found.problem
    assert "only 0 right answers" in group_ratios([[pair(times, times)]], "search").problem


@pytest.mark.parametrize(("before", "after"), [(0.0, 1.0), (1.0, 0.0)])
def test_a_time_of_zero_was_not_measured(before, after):
    with pytest.raises(ValueError, match="a response time of zero was not measured"):
        group_ratios([[pair(np.full(20, before), np.full(20, after))]], "listing")


@given(st.floats(0.2, 5.0))
def test_the_ratio_is_that_of_the_times(factor):
    times = np.random.default_rng(1).lognormal(0, 0.4, 30)
    (value,) = group_ratios([[pair(times, times * factor)]], "listing").log_ratios
    assert value == pytest.approx(math.log(factor), abs=1e-9)
