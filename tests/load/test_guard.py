from pathlib import Path

import pytest

from updategate.config.environment import Environment
from updategate.config.errors import ConfigError
from updategate.config.loading import build
from updategate.config.profile import Profile, Storm
from updategate.load.guard import ErrorStorm, KillSwitch, LoadStoppedError, check_allowed, needed_permits
from updategate.load.journey import Journey


def _walk(visit):
    del visit


JOURNEYS = {
    "look": Journey("look", _walk, ("page",), ()),
    "buy": Journey("buy", _walk, ("a", "b"), ("carts", "orders")),
    "import": Journey("import", _walk, ("w",), ("admin_write",), admin=True),
}


def profile(mix=None, **changes):
    data = {"profile": "p", "arrivals": {"rate": 5}, "stages": [{"seconds": 5}], "mix": mix or {"look": 1}, **changes}
    return build(data, Profile, "p.yaml")


def environment(permits=None, **changes):
    data = {
        "name": "staging",
        "url": "http://shop.example",
        "sales_channel": {"access_key": "x"},
        "permits": permits or {"load": True},
        "sinks": {"mail": "none", "payment": "none", "erp": "none"},
        **changes,
    }
    return build(data, Environment, "staging.yaml")


def check(the_profile, the_environment, steps=1.0):
    check_allowed(the_profile, the_environment, JOURNEYS, "p.yaml", steps)


def test_what_is_permitted_passes():
    check(profile(), environment())
    check(profile({"buy": 1}), environment({"load": True, "carts": True, "orders": True}))


def test_load_needs_its_permit():
    with pytest.raises(ConfigError, match=r"permits\.load") as told:
        check(profile(), environment({"carts": True}))
    assert "Write 'load: true' under 'permits'" in str(told.value)


def test_a_journey_needs_its_permits_and_is_named():
    with pytest.raises(ConfigError, match=r"the journey 'buy' needs 'permits\.orders'"):
        check(profile({"look": 1, "buy": 1}), environment({"load": True, "carts": True}))


def test_a_journey_of_weight_zero_needs_nothing():
    assert needed_permits(profile({"look": 1, "buy": 0}), JOURNEYS) == {"load": "load"}


def test_background_journeys_need_permits_too():
    with pytest.raises(ConfigError, match=r"permits\.admin_write"):
        check(profile(background={"import": 0.1}), environment())
    with pytest.raises(ConfigError, match="uses the Admin API"):
        check(profile(background={"import": 0.1}), environment({"load": True, "admin_write": True}))


def test_the_ceiling_is_on_requests_not_on_journeys():
    limits = {"load": {"max_rate": 20}}
    check(profile(), environment(**limits), steps=4)
    with pytest.raises(ConfigError, match="Up to 25 requests a second"):
        check(profile(), environment(**limits), steps=5)
    rising = profile(stages=[{"seconds": 5, "factor": 3}])
    with pytest.raises(ConfigError, match="above the ceiling of 20"):
        check(rising, environment(**limits), steps=2)


def test_the_ceiling_on_users():
    closed = profile(arrivals={"model": "closed", "users": 30}, stages=[{"seconds": 5, "factor": 2}])
    check(closed, environment(load={"max_users": 60}))
    with pytest.raises(ConfigError, match="60 users are above the ceiling of 59"):
        check(closed, environment(load={"max_users": 59}))


def test_a_storm_is_a_share_of_a_full_window():
    storm = ErrorStorm(Storm(share=0.5, window=4))
    assert [storm.note(failed=failed) for failed in (True, True, True, False)] == [False, False, False, True]
    assert "3 of the last 4 steps failed" in storm.message()
    assert [storm.note(failed=False) for _ in range(3)] == [True, False, False]


def test_scattered_failures_are_no_storm():
    storm = ErrorStorm(Storm(share=0.5, window=10))
    assert not any(storm.note(failed=number % 3 == 0) for number in range(200))


def test_the_kill_switch_is_looked_at_now_and_then(tmp_path: Path):
    now = [0.0]
    switch = KillSwitch(tmp_path / "STOP", clock=lambda: now[0], every=1.0)
    assert not switch.pulled()
    switch.path.touch()
    now[0] = 0.5
    assert not switch.pulled()
    now[0] = 1.0
    assert switch.pulled()
    with pytest.raises(LoadStoppedError, match="no load while this file exists"):
        switch.check()


def test_without_a_kill_switch_nothing_stops():
    assert not KillSwitch(None).pulled()
    KillSwitch(None).check()
