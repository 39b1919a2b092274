import numpy as np
from scipy.stats import fisher_exact

from updategate.baseline.failures import compare_failures
from updategate.baseline.quantiles import summarise


def arm(**groups):
    return {
        name: summarise(name, np.full(right, 0.1), failed=failed, dropped=dropped, seconds=10.0)
        for name, (right, failed, dropped) in groups.items()
    }


def test_failures_that_rose_beyond_chance_are_worse():
    (found,) = compare_failures(arm(cart=(1000, 0, 0)), arm(cart=(970, 20, 10)))
    assert (found.worse, found.doubtful) == (True, False)
    assert "0.0% before (0 of 1000), 3.0% after (30 of 1000)" in found.message


def test_a_few_by_chance_are_nothing():
    assert compare_failures(arm(cart=(999, 1, 0)), arm(cart=(996, 4, 0))) == ()


def test_many_in_both_arms_are_doubtful_because_fast_failures_are_not_fast():
    (found,) = compare_failures(arm(cart=(500, 500, 0)), arm(cart=(500, 500, 0)))
    assert (found.worse, found.doubtful) == (False, True)


def test_all_failed_after_is_worse_and_doubtful():
    (found,) = compare_failures(arm(cart=(200, 0, 0)), arm(cart=(0, 200, 0)))
    assert found.worse
    assert found.doubtful


def test_dropped_arrivals_count_as_failures():
    (found,) = compare_failures(arm(cart=(1000, 0, 0)), arm(cart=(960, 0, 40)))
    assert found.worse


def test_a_group_missing_in_one_arm_is_doubtful():
    (found,) = compare_failures(arm(cart=(100, 0, 0)), arm())
    assert found.doubtful
    (found,) = compare_failures(arm(cart=(100, 0, 0)), arm(cart=(0, 0, 0)))
    assert found.doubtful


def test_fewer_failures_are_no_finding():
    assert compare_failures(arm(cart=(960, 40, 0)), arm(cart=(1000, 0, 0))) == ()


def test_the_error_is_shared_by_the_groups():
    chance = fisher_exact([[7, 993], [0, 1000]], alternative="greater").pvalue
    assert 0.005 < chance < 0.01
    one = compare_failures(arm(a=(1000, 0, 0)), arm(a=(993, 7, 0)))
    two = compare_failures(arm(a=(1000, 0, 0), b=(1000, 0, 0)), arm(a=(993, 7, 0), b=(1000, 0, 0)))
    assert [f.worse for f in one] == [True]
    assert two == ()
