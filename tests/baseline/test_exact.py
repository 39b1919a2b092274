import pytest
from hypothesis import given
from hypothesis import strategies as st

from updategate.baseline.exact import Change, ExactChange, compare_counts, worse


def change(before, after, indicator="statements"):
    (found,) = compare_counts({"listing": {indicator: before}}, {"listing": {indicator: after}})
    return found


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([60, 60, 60], [60, 60, 60], Change.SAME),
        ([60, 60, 60], [61, 61, 61], Change.MORE),
        ([60, 60, 60], [59, 59, 59], Change.FEWER),
        ([60, 75, 60], [61, 75, 61], Change.UNCLEAR),
        ([60, 75, 60], [60, 60, 60], Change.SAME),
        ([60, 75, 60], [80, 90, 80], Change.MORE),
        ([60, 75, 60], [60, 80, 60], Change.UNCLEAR),
        ([60, 75, 60], [60, 60, 75], Change.SAME),
        ([60, 75, 90], [50, 75, 90], Change.UNCLEAR),
        ([60], [61], Change.UNCLEAR),
        ([60, 60], [], Change.UNCLEAR),
    ],
)
def test_one_more_is_found_and_doubt_is_said(before, after, expected):
    found = change(before, after)
    assert found.change is expected
    assert bool(found.reason) == (expected is Change.UNCLEAR)


def test_difference_is_that_of_the_least_counts():
    assert change([60, 60], [85, 85]).difference == 25
    assert ExactChange("p", "i", (), (), Change.UNCLEAR).difference == 0


def test_fewer_cache_hits_are_worse_and_fewer_statements_are_not():
    assert worse(change([1, 1], [0, 0], "cache_hits"))
    assert not worse(change([0, 0], [1, 1], "cache_hits"))
    assert worse(change([5, 5], [6, 6]))
    assert not worse(change([6, 6], [5, 5]))
    assert not worse(change([6, 7], [6, 8]))


def test_a_few_bytes_more_are_more_and_not_worse():
    few, many = (
        change([1000, 1000], [1010, 1010], "response_bytes"),
        change([1000, 1000], [1011, 1011], "response_bytes"),
    )
    assert (few.change, many.change) == (Change.MORE, Change.MORE)
    assert not worse(few)
    assert worse(many)


def test_pages_and_indicators_of_one_side_only_are_unclear():
    found = compare_counts({"home": {"statements": [1, 1]}}, {"listing": {"statements": [1, 1]}})
    assert {(entry.page, entry.change) for entry in found} == {("home", Change.UNCLEAR), ("listing", Change.UNCLEAR)}


@given(st.integers(0, 10_000), st.integers(1, 1000), st.integers(2, 5))
def test_any_more_of_a_steady_count_is_found_in_one_comparison(count, more, passes):
    assert change([count] * passes, [count + more] * passes).change is Change.MORE
