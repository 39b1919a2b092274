"""Every mistake in a profile: one clear message, held to a golden file (UPDATE_GOLDEN=1 writes them anew)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from updategate.config.errors import ConfigError
from updategate.config.profile import load_profile, profile_path

GOLDEN = Path(__file__).parent / "golden"
GOOD = """\
profile: peak
arrivals: {model: open, rate: 5}
stages: [{name: steady, seconds: 60}]
mix: {browse: 3, search: 1}
"""
CASES = {
    "unknown_key": GOOD + "arivals: {rate: 3}\n",
    "unknown_nested_key": GOOD.replace("rate: 5", "rates: 5"),
    "unknown_stage_key": GOOD.replace("seconds: 60", "second: 60"),
    "weights_of_zero": GOOD.replace("browse: 3, search: 1", "browse: 0, search: 0"),
    "negative_weight": GOOD.replace("search: 1", "search: -1"),
    "empty_mix": GOOD.replace("{browse: 3, search: 1}", "{}"),
    "stage_of_no_time": GOOD.replace("seconds: 60", "seconds: 0"),
    "no_stages": GOOD.replace("[{name: steady, seconds: 60}]", "[]"),
    "nothing_measured": GOOD.replace("seconds: 60", "seconds: 60, measured: false"),
    "unknown_indicator": GOOD + "indicators: [p95, eror_ratio]\n",
    "open_without_rate": GOOD.replace(", rate: 5", ""),
    "closed_without_users": GOOD.replace("open, rate: 5", "closed"),
    "unknown_model": GOOD.replace("open", "opened"),
    "rate_of_zero": GOOD.replace("rate: 5", "rate: 0"),
    "cache_state": GOOD + "groups: {home: {cache: warm}}\n",
    "tolerance_above_margin": GOOD + "comparison: {tolerance: 0.2, margin: 0.1}\n",
    "looks_that_fall": GOOD + "comparison: {looks: [10, 6]}\n",
    "few_restarts": GOOD + "comparison: {restarts: 2}\n",
    "think_backwards": GOOD.replace("rate: 5", "rate: 5, think: [3, 1]"),
    "not_yaml": "profile: [unclosed\n",
    "braces_in_braces": GOOD.replace("{browse: 3, search: 1}", "{{browse: 3}}"),
    "empty": "",
    "bad_name": GOOD.replace("profile: peak", "profile: Peak Load"),
}


def told_by(action, folder: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        action()
    return str(caught.value).replace(str(folder), "…") + "\n"


def held_to(name: str, told: str) -> None:
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(told, encoding="utf-8")
    assert told == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CASES)
def test_mistake_is_told_as_in_the_golden_file(name, tmp_path):
    path = tmp_path / "peak.yaml"
    path.write_text(CASES[name], encoding="utf-8")
    held_to(name, told_by(lambda: load_profile(path), tmp_path))


def test_an_unknown_journey_and_group_offer_the_nearest(tmp_path):
    path = tmp_path / "peak.yaml"
    path.write_text(GOOD.replace("search", "serch") + "groups: {listin: {cache: miss}}\n", encoding="utf-8")
    profile = load_profile(path)
    journeys, groups = ("browse", "search"), ("listing", "home")
    held_to("unknown_journey", told_by(lambda: profile.check_names(journeys, groups, str(path)), tmp_path))
    known = profile.model_copy(update={"mix": {"browse": 1.0}})
    held_to("unknown_group", told_by(lambda: known.check_names(journeys, groups, str(path)), tmp_path))


def test_an_unknown_profile_offers_the_nearest(tmp_path):
    folder = tmp_path / "scenarios" / "profiles"
    folder.mkdir(parents=True)
    (folder / "peak.yaml").write_text(GOOD)
    held_to("unknown_profile", told_by(lambda: profile_path("peek", tmp_path), tmp_path))
    assert profile_path("peak", tmp_path) == folder / "peak.yaml"
    assert profile_path("other/peak.yaml", tmp_path) == Path("other/peak.yaml")


def test_the_good_one_is_read(tmp_path):
    path = tmp_path / "peak.yaml"
    path.write_text(GOOD)
    profile = load_profile(path)
    assert (profile.seconds, profile.top_rate, profile.top_users) == (60, 5, None)


def test_no_golden_file_is_left_over():
    extra = {"unknown_journey", "unknown_group", "unknown_profile"}
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(CASES) | extra
