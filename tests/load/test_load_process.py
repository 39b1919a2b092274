"""The load process as it is used: started, asked for slices, stopped. Each test loads a shop of this test's own."""

from __future__ import annotations

import json
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from updategate.config.errors import ConfigError
from updategate.evidence.samples import Outcome, read_samples
from updategate.load.guard import LoadStoppedError
from updategate.load.schedule import slice_arrivals


def _read(result):
    return read_samples(Path(result.path), result.sha256)


def test_a_slice_makes_every_arrival_of_its_schedule(start, shop, profile_of, order_of):
    profile = profile_of({"look": 1})
    process = start(profile)
    result = process.play(order_of(seed=7))
    found = _read(result)
    planned = slice_arrivals(profile, 7)
    assert len(found) == len(planned) == 24
    assert found.intended == pytest.approx([arrival.at for arrival in planned])
    assert (result.due, result.answered) == (20, 20)
    assert (found.outcome == Outcome.ANSWERED).all()
    assert (found.elapsed > 0).all()
    assert (found.late < 0.2).all()
    assert found.facts["client"]["probes"] > 20
    assert process.groups == ("page",)


def test_both_shops_see_the_same_visitors(start, shop, profile_of, order_of):
    process = start(profile_of({"look": 1}), addresses={"before": shop.url, "after": shop.url})
    process.play(order_of(arm="before", seed=3))
    first, shop.paths[:] = list(shop.paths), []
    process.play(order_of(arm="after", seed=3))
    assert sorted(first) == sorted(shop.paths)
    shop.paths.clear()
    process.play(order_of(name="s1", arm="after", seed=4))
    assert sorted(first) != sorted(shop.paths)


def test_a_stalled_shop_cannot_hide_behind_requests_that_were_not_sent(start, shop, profile_of, order_of):
    process = start(profile_of({"look": 1}, rate=40), users=3)
    threading.Timer(0.4, lambda: setattr(shop, "stalled_until", time.monotonic() + 0.6)).start()
    found = _read(process.play(order_of(seconds=1.8)))
    during = (found.intended > 0.5) & (found.intended < 0.8)
    # three users cannot send twelve requests during the stall, but all that were due waited
    assert during.sum() >= 8
    assert np.median(found.elapsed[during]) > 0.25
    assert (found.late[during] > 0.1).sum() >= 5


def test_arrivals_that_nobody_takes_are_dropped_and_count(start, shop, profile_of, order_of):
    shop.slow_seconds = 1.0
    process = start(profile_of({"slow": 1}, rate=10), users=1)
    result = process.play(order_of())
    found = _read(result)
    assert len(found) == 12
    assert (found.outcome == Outcome.DROPPED).sum() >= 9
    assert result.client["dropped"] == (found.outcome == Outcome.DROPPED).sum()
    assert np.isnan(found.elapsed[found.outcome == Outcome.DROPPED]).all()


def test_wrong_answers_and_no_answers_are_told_apart(start, profile_of, order_of):
    process = start(profile_of({"failing": 1, "hanging_up": 1}))
    result = process.play(order_of())
    found = _read(result)
    assert found.counts(Outcome.FAILED)["failing"] >= 10
    assert found.counts(Outcome.UNREACHABLE)["hanging_up"] >= 10
    assert result.answered == 0
    assert any("failing: OutcomeError: status 500" in fault for fault in result.faults)
    assert any("hanging_up: RequestFaultError" in fault for fault in result.faults)


def test_an_error_storm_stops_load_at_once(start, profile_of, order_of):
    process = start(profile_of({"failing": 1}, rate=50, storm={"share": 0.5, "window": 10}))
    begun = time.monotonic()
    with pytest.raises(LoadStoppedError, match="error storm: 10 of the last 10 steps failed"):
        process.play(order_of(seconds=20.0))
    assert time.monotonic() - begun < 8


def test_the_kill_switch_stops_load_at_once_and_keeps_it_stopped(start, profile_of, order_of, shop, tmp_path):
    switch = tmp_path / "STOP"
    process = start(profile_of({"look": 1}), extra=f"load: {{kill_switch: '{switch}'}}\n")
    threading.Timer(0.5, switch.touch).start()
    begun = time.monotonic()
    with pytest.raises(LoadStoppedError, match=r"kill switch .*STOP was pulled"):
        process.play(order_of(seconds=20.0))
    assert time.monotonic() - begun < 8
    again = start(profile_of({"look": 1}), extra=f"load: {{kill_switch: '{switch}'}}\n")
    count = len(shop.paths)
    with pytest.raises(LoadStoppedError, match="no load while this file exists"):
        again.play(order_of(name="s1"))
    assert len(shop.paths) == count


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_load_at_once(start, profile_of, order_of, number):
    process = start(profile_of({"look": 1}))
    threading.Timer(0.4, lambda: process._process.send_signal(number)).start()
    begun = time.monotonic()
    with pytest.raises(LoadStoppedError, match=f"interrupted by {number.name}"):
        process.play(order_of(seconds=20.0))
    assert time.monotonic() - begun < 8


def test_load_ends_with_the_run_that_asked_for_it(start, profile_of, order_of, shop):
    process = start(profile_of({"look": 1}))
    threading.Timer(0.4, process._process.stdin.close).start()
    begun = time.monotonic()
    with pytest.raises(LoadStoppedError, match="the run that asked for this load has ended"):
        process.play(order_of(seconds=20.0))
    process._process.wait(5)
    assert time.monotonic() - begun < 10


def test_a_killed_load_process_is_told_not_waited_for(start, profile_of, order_of):
    process = start(profile_of({"look": 1}))
    threading.Timer(0.4, process._process.kill).start()
    with pytest.raises(LoadStoppedError, match=r"ended \(exit code -9\) without an answer"):
        process.play(order_of(seconds=20.0))


def test_a_mistake_in_a_journey_ends_the_run_and_is_named(start, profile_of, order_of):
    process = start(profile_of({"undeclared": 1}))
    with pytest.raises(LoadStoppedError, match="times the group 'other', which it does not declare"):
        process.play(order_of())


def test_a_step_without_a_request_is_a_mistake(start, profile_of, order_of):
    process = start(profile_of({"idle": 1}))
    with pytest.raises(LoadStoppedError, match="step of the group 'idle' made no request"):
        process.play(order_of())


def test_cookies_last_one_visit(start, shop, profile_of, order_of):
    process = start(profile_of({"two_steps": 1}, rate=5), users=1)
    process.play(order_of())
    assert shop.cookies[0] == ""
    assert shop.cookies[1] == "visit=1"
    assert "" in shop.cookies[2:]


def test_answers_are_unzipped_redirects_followed_and_bytes_counted(start, profile_of, order_of):
    process = start(profile_of({"zipped": 1}, rate=5))
    result = process.play(order_of())
    assert result.faults == {}
    assert set(_read(result).size.tolist()) == {1002}


def test_basic_authentication_is_sent(start, shop, profile_of, order_of):
    extra = "http: {basic_auth: {username: ada, password: '${TEST_PASSWORD}'}}\n"
    process = start(profile_of({"look": 1}, rate=5), extra=extra)
    process.play(order_of())
    assert set(shop.authorizations) == {"Basic YWRhOnMzY3JldA=="}


def test_visitors_leave_after_their_last_step_and_untimed(start, shop, profile_of, order_of):
    process = start(profile_of({"leaver": 1}, rate=5))
    result = process.play(order_of())
    assert shop.paths.count("/left") == shop.paths.count("/ok") == len(_read(result))


def test_no_step_begins_after_the_end(start, shop, profile_of, order_of):
    shop.slow_seconds = 0.2
    arrivals = {"model": "open", "rate": 10, "think": [2.0, 2.0]}
    process = start(profile_of({"two_steps": 1}, arrivals=arrivals))
    found = _read(process.play(order_of()))
    assert set(np.asarray(found.groups)[found.group]) == {"first"}


def test_the_closed_model_keeps_its_users_busy(start, shop, profile_of, order_of):
    shop.slow_seconds = 0.1
    arrivals = {"model": "closed", "users": 4, "pause": [0.0, 0.0]}
    process = start(profile_of({"slow": 1}, arrivals=arrivals, stages=[{"seconds": 1.5}]), users=4)
    found = _read(process.play(order_of(kind="run", seconds=1.5, windows=((0.0, 1.5),))))
    assert 20 <= len(found) <= 60
    assert (found.late < 0.2).all()


def test_a_run_plays_all_stages(start, profile_of, order_of):
    stages = [{"seconds": 0.5, "factor": 1}, {"seconds": 0.5, "factor": 4, "ramp": False}]
    process = start(profile_of({"look": 1}, rate=10, stages=stages))
    found = _read(process.play(order_of(kind="run", seconds=1.0, windows=((0.0, 1.0),))))
    assert ((found.intended < 0.5).sum(), (found.intended >= 0.5).sum()) == (5, 20)


def test_a_master_and_four_workers_share_one_schedule(start, shop, profile_of, order_of):
    profile = profile_of({"look": 1}, rate=40)
    process = start(profile, users=8, workers=4)
    result = process.play(order_of(seed=5))
    found = _read(result)
    planned = slice_arrivals(profile, 5)
    assert found.intended == pytest.approx([arrival.at for arrival in planned])
    # a machine that starves the workers may drop a visit, but each visit is made by one of them at most
    assert set(found.outcome) <= {Outcome.ANSWERED, Outcome.DROPPED}
    assert len(shop.paths) == (found.outcome == Outcome.ANSWERED).sum() > len(planned) / 2
    again = process.play(order_of(name="s1", seed=6))
    assert again.due == 40


def test_a_lost_worker_stops_the_run(start, profile_of, order_of):
    process = start(profile_of({"look": 1}), users=4, workers=2)
    threading.Timer(0.5, process._helpers[0].kill).start()
    with pytest.raises(LoadStoppedError, match="load workers were lost during a slice"):
        process.play(order_of(seconds=15.0))


def test_the_plan_holds_no_secret(start, profile_of):
    process = start(profile_of({"look": 1}))
    plan = json.dumps(process._plan)
    assert "SWSC-secret" not in plan
    assert "s3cret" not in plan
    assert "SWSC-secret" not in " ".join(process._process.args)


def test_a_mistake_in_the_environment_file_is_told_by_file_and_key(start, profile_of):
    with pytest.raises(ConfigError, match="unheard_of"):
        start(profile_of({"look": 1}), extra="unheard_of: 1\n")
