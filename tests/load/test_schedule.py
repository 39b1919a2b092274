import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from updategate.config.loading import build
from updategate.config.profile import Profile
from updategate.load.schedule import deck, measured_windows, slice_arrivals, stage_arrivals, window_arrivals

WEIGHTS = st.dictionaries(st.sampled_from("abcdef"), st.floats(0.0, 50.0), min_size=1).filter(
    lambda weights: sum(weights.values()) > 0.1
)


def profile(**changes):
    data = {
        "profile": "test",
        "arrivals": {"model": "open", "rate": 8},
        "stages": [{"seconds": 10}],
        "mix": {"a": 3, "b": 1},
        **changes,
    }
    return build(data, Profile, "test")


@given(WEIGHTS, st.integers(0, 200), st.integers(0, 1000))
def test_a_deck_has_the_mix_but_for_the_remainders(weights, count, seed):
    cards = Counter(deck(weights, count, np.random.default_rng(seed)))
    assert sum(cards.values()) == count
    total = sum(weights.values())
    for name, weight in weights.items():
        assert abs(cards[name] - count * weight / total) <= 1 + 1e-9
        assert weight > 0 or not cards[name]


def test_no_journey_is_starved_by_remainders():
    counts = Counter()
    for seed in range(2000):
        counts.update(deck({"a": 10, "b": 1}, 5, np.random.default_rng(seed)))
    assert 0.04 < counts["b"] / 10_000 < 0.16


@given(st.floats(0.1, 60.0), st.floats(0.1, 20.0), st.integers(0, 1000), st.sampled_from(["even", "poisson"]))
def test_arrivals_stay_in_their_window_and_in_order(rate, seconds, seed, spacing):
    found = window_arrivals({"a": 1}, rate, 5.0, seconds, np.random.default_rng(seed), spacing)
    assert all(5.0 <= arrival.at <= 5.0 + seconds for arrival in found)
    assert all(a.at <= b.at for a, b in itertools.pairwise(found))
    if spacing == "even":
        assert abs(len(found) - rate * seconds) < 1


def test_slow_rates_over_short_windows_stay_true():
    counts = [len(window_arrivals({"a": 1}, 0.3, 0.0, 1.0, np.random.default_rng(seed))) for seed in range(4000)]
    assert np.mean(counts) == pytest.approx(0.3, abs=0.03)


def test_poisson_arrivals_vary_as_poisson_does():
    counts = [
        len(window_arrivals({"a": 1}, 20.0, 0.0, 1.0, np.random.default_rng(seed), "poisson")) for seed in range(3000)
    ]
    assert np.mean(counts) == pytest.approx(20, rel=0.03)
    assert np.var(counts) == pytest.approx(20, rel=0.12)


def test_even_arrivals_do_not_come_in_bursts():
    found = window_arrivals({"a": 1}, 10.0, 0.0, 10.0, np.random.default_rng(1))
    per_second = np.histogram([arrival.at for arrival in found], bins=10, range=(0, 10))[0]
    assert set(per_second) <= {9, 10, 11}


def test_a_slice_holds_the_whole_mix_in_its_kept_part():
    found = slice_arrivals(profile(), seed=4)
    kept = Counter(arrival.journey for arrival in found if arrival.at >= 1.0)
    assert kept == {"a": 30, "b": 10}
    assert slice_arrivals(profile(), seed=4) == found
    assert slice_arrivals(profile(), seed=5) != found


def test_stages_follow_each_other_and_ramps_rise_evenly():
    stages = [
        {"seconds": 10, "factor": 0.5, "measured": False},
        {"seconds": 20, "factor": 2.5, "ramp": True},
        {"seconds": 10, "factor": 0},
        {"seconds": 10},
    ]
    shaped = profile(stages=stages)
    moments = np.asarray([arrival.at for arrival in stage_arrivals(shaped, 1)])
    assert (moments < 10).sum() == 40
    assert ((moments >= 10) & (moments < 30)).sum() == pytest.approx(8 * 1.5 * 20, abs=20)
    assert ((moments >= 10) & (moments < 15)).sum() < ((moments >= 25) & (moments < 30)).sum() / 2
    assert ((moments >= 30) & (moments < 40)).sum() == 0
    assert (moments >= 40).sum() == 80
    assert measured_windows(shaped) == [(10, 30), (40, 50)]


def test_background_journeys_come_beside_the_mix():
    found = stage_arrivals(profile(background={"erp": 0.5}), 1)
    assert Counter(arrival.journey for arrival in found) == {"a": 60, "b": 20, "erp": 5}
