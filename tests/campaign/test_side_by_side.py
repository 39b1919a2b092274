"""Campaigns with a player that makes samples up: what is decided, repeated, taken up, and refused."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from updategate.baseline.comparison import SideBySide, compare_evidence
from updategate.baseline.decision import Pace, Rule
from updategate.campaign.side_by_side import MOST_ATTEMPTS, Campaign, rule_of
from updategate.config.loading import build
from updategate.config.profile import Profile
from updategate.evidence.records import Indicator, Performance, Slice
from updategate.evidence.samples import Outcome, Samples, write_samples
from updategate.load.guard import LoadStoppedError
from updategate.load.orders import SliceResult

GROUPS = ("listing", "detail")


def profile(**comparison):
    shape = {"pairs": 2, "kept": 5, "dropped": 1, "looks": [3, 6, 10], **comparison}
    data = {
        "profile": "baseline",
        "seed": 77,
        "arrivals": {"rate": 8},
        "stages": [{"seconds": 10}],
        "mix": {"listing": 1, "detail": 1},
        "comparison": shape,
    }
    return build(data, Profile, "baseline")


class Sink:
    def __init__(self):
        self.records = []

    def write(self, record):
        self.records.append(record)

    def of(self, kind):
        return [record for record in self.records if isinstance(record, kind)]


class FakePlayer:
    """Answers with times drawn for the arm; ``change`` is the log change after the update."""

    def __init__(
        self, change=0.0, spread=0.05, *, per_group=20, failing=0.0, answered=True, trouble=None, stop_at=None
    ):
        self.change, self.spread, self.per_group = change, spread, per_group
        self.failing, self.answered, self.trouble, self.stop_at = failing, answered, trouble, stop_at
        self.orders = []

    def play(self, order):
        self.orders.append(order)
        if self.stop_at is not None and len(self.orders) > self.stop_at:
            message = "the kill switch was pulled"
            raise LoadStoppedError(message)
        rng = np.random.default_rng([order.seed, order.arm == "after", 5])
        moved = self.change if order.arm == "after" else 0.0
        rows = []
        for group in range(len(GROUPS)):
            slow = rng.normal(0, self.spread)
            for moment in np.linspace(0, 5.9, self.per_group + 4):
                bad = not self.answered or (order.arm == "after" and rng.random() < self.failing)
                elapsed = float(np.exp(rng.normal(-2.0 + moved + slow, 0.2)))
                rows.append((group, float(moment), 0.0, elapsed, int(Outcome.FAILED if bad else Outcome.ANSWERED), 100))
        samples = Samples.of(GROUPS, rows, {"windows": [list(window) for window in order.windows]})
        digest = write_samples(Path(order.path), samples)
        kept = samples.kept(*order.windows[0])
        right = int((kept.outcome == Outcome.ANSWERED).sum())
        troubles = self.trouble(len(self.orders)) if self.trouble else ()
        return SliceResult(order.name, order.arm, order.path, digest, len(kept), right, {"cpu": 0.1}, {}, troubles)


def run(folder, player, the_profile=None, **changes):
    sink = Sink()
    campaign = Campaign(the_profile or profile(), player, folder, sink, **changes)
    return campaign.run(), sink, campaign


def test_no_change_is_not_slower_and_ends_early(tmp_path):
    found, sink, _ = run(tmp_path, FakePlayer())
    assert found.pace is Pace.NOT_SLOWER
    assert found.units in {3, 6, 10}
    (record,) = sink.of(Performance)
    assert (record.pace, record.mode, record.profile) == ("not_slower", "side_by_side", "baseline")
    names = {indicator.name for indicator in sink.of(Indicator)}
    assert {"listing.p95", "listing.error_ratio", "detail.throughput"} <= names


def test_every_arrival_that_counts_is_counted_once(tmp_path):
    found, sink, _ = run(tmp_path, FakePlayer(failing=0.02))
    for arm, groups in (("before", found.before), ("after", found.after)):
        records = [record for record in sink.of(Slice) if record.arm == arm]
        assert sum(group.due for group in groups.values()) == sum(record.due for record in records)
        assert sum(group.answered for group in groups.values()) == sum(record.answered for record in records)
        assert all(group.due == group.answered + group.failed + group.dropped for group in groups.values())
        assert all(group.seconds == 5.0 * len(records) for group in groups.values())
    assert found.before["listing"].failed == 0
    assert found.after["listing"].failed + found.after["detail"].failed > 0


def test_a_slower_shop_is_slower_after_few_units(tmp_path):
    found, sink, _ = run(tmp_path, FakePlayer(change=0.5))
    assert found.pace is Pace.SLOWER
    assert found.units <= 6
    assert {metric.metric for metric in sink.of(Performance)[0].metrics if metric.slower} >= {"listing", "detail"}


def test_noise_is_inconclusive_and_takes_all_units(tmp_path):
    found, *_ = run(tmp_path, FakePlayer(change=0.08, spread=0.5))
    assert found.pace is Pace.INCONCLUSIVE
    assert found.units == 10
    assert "would have found" in found.reasons[0]


def test_every_pair_has_both_arms_with_the_same_visitors_in_an_order_by_coin(tmp_path):
    player = FakePlayer(spread=0.6)
    run(tmp_path, player)
    pairs = [player.orders[i : i + 2] for i in range(0, len(player.orders), 2)]
    assert all({order.arm for order in pair} == {"before", "after"} for pair in pairs)
    assert all(first.seed == second.seed for first, second in pairs)
    firsts = [first.arm for first, _ in pairs]
    assert 4 <= firsts.count("before") <= 16
    assert all(order.windows == ((1.0, 6.0),) and order.seconds == 6.0 for order in player.orders)


def test_the_evidence_alone_gives_the_same_result(tmp_path):
    found, sink, campaign = run(tmp_path, FakePlayer(change=0.1))
    again = compare_evidence(tmp_path, sink.of(Slice), campaign.rule, 2)
    assert again == found


def test_altered_or_missing_samples_make_it_inconclusive(tmp_path):
    found, sink, campaign = run(tmp_path, FakePlayer())
    assert found.pace is Pace.NOT_SLOWER
    victim = tmp_path / sink.of(Slice)[3].path
    victim.write_bytes(victim.read_bytes() + b" ")
    again = compare_evidence(tmp_path, sink.of(Slice), campaign.rule, 2)
    assert again.pace is Pace.INCONCLUSIVE
    assert "not the samples that were measured" in again.reasons[0]
    victim.unlink()
    assert "cannot be read" in compare_evidence(tmp_path, sink.of(Slice), campaign.rule, 2).reasons[0]


def test_no_request_is_never_a_pass(tmp_path):
    found, *_ = run(tmp_path, FakePlayer(per_group=-4))
    assert found.pace is Pace.INCONCLUSIVE
    assert "no request was made to the shop before the update" in found.reasons[0]


def test_all_requests_failed_fast_is_never_a_pass(tmp_path):
    found, *_ = run(tmp_path, FakePlayer(answered=False))
    assert found.pace is Pace.INCONCLUSIVE
    assert "fast failures are not fast" in found.reasons[0]


def test_more_failures_after_are_slower_however_fast(tmp_path):
    found, *_ = run(tmp_path, FakePlayer(change=-0.5, failing=0.15))
    assert found.pace is Pace.SLOWER
    assert any("more failures than before" in reason for reason in found.reasons)


def test_an_invalid_pair_is_measured_again_with_another_coin(tmp_path):
    found, sink, _ = run(tmp_path, FakePlayer(trouble=lambda n: ("its event loop lagged 40 ms",) if n == 3 else ()))
    assert found.pace is Pace.NOT_SLOWER
    assert found.set_aside == 1
    names = [record.name for record in sink.of(Slice)]
    assert names.count("u000p1") == 2
    assert names.count("u000p1-1") == 2


def test_a_saturated_client_is_inconclusive(tmp_path):
    player = FakePlayer(change=0.5, trouble=lambda n: ("its event loop lagged 40 ms (p99)",) if n % 3 == 0 else ())
    found, *_ = run(tmp_path, player)
    assert found.pace is Pace.INCONCLUSIVE
    assert any("pairs of slices are not valid: its event loop lagged 40 ms" in reason for reason in found.reasons)


def test_a_client_that_is_never_fit_gives_up(tmp_path):
    player = FakePlayer(trouble=lambda _: ("busy",))
    found, *_ = run(tmp_path, player)
    assert found.pace is Pace.INCONCLUSIVE
    assert len(player.orders) == 13 * 2 * MOST_ATTEMPTS


def test_a_unit_that_is_given_up_is_replaced_by_a_spare_one(tmp_path):
    # the first pair of the first unit fails three times; ten whole units are measured all the same
    player = FakePlayer(change=0.08, spread=0.5, trouble=lambda n: ("busy",) if n <= 2 * MOST_ATTEMPTS else ())
    found, sink, _ = run(tmp_path, player)
    assert found.units == 10
    assert {record.unit for record in sink.of(Slice)} == set(range(11))
    assert "valid" not in " ".join(found.reasons)


def test_a_killed_campaign_is_taken_up_where_it_was(tmp_path):
    whole, whole_sink, _ = run(tmp_path / "whole", FakePlayer(change=0.12, spread=0.3))
    first = Sink()
    campaign = Campaign(profile(), FakePlayer(change=0.12, spread=0.3, stop_at=9), tmp_path / "first", first)
    with pytest.raises(LoadStoppedError):
        campaign.run()
    second = Sink()
    player = FakePlayer(change=0.12, spread=0.3)
    resumed = Campaign(profile(), player, tmp_path / "second", second)
    # the ninth slice has no partner, so its pair is measured again
    assert resumed.take_up(tmp_path / "first", first.of(Slice)) == 8
    found = resumed.run()
    assert found == whole
    assert len(second.of(Slice)) == len(whole_sink.of(Slice))
    assert len(player.orders) == len(whole_sink.of(Slice)) - 8
    assert compare_evidence(tmp_path / "second", second.of(Slice), resumed.rule, 2) == whole


def test_altered_samples_are_not_taken_up(tmp_path):
    _, sink, _ = run(tmp_path / "first", FakePlayer())
    victim = tmp_path / "first" / sink.of(Slice)[0].path
    victim.write_bytes(b"other")
    resumed = Campaign(profile(), FakePlayer(), tmp_path / "second", Sink())
    assert resumed.take_up(tmp_path / "first", sink.of(Slice)) == len(sink.of(Slice)) - 2


def test_restarts_redeploy_before_each_epoch_and_judge_deployments(tmp_path):
    restarts = []
    shaped = profile(restarts=5, looks=[3, 10])
    found, sink, campaign = run(tmp_path, FakePlayer(spread=0.02), shaped, restart=restarts.append)
    assert restarts == [0, 1, 2, 3, 4]
    assert campaign.rule.looks == (5,)
    assert {record.epoch for record in sink.of(Slice)} == {0, 1, 2, 3, 4}
    assert found.judgement.units == 5
    assert found.units == 10


def test_a_watcher_can_make_a_slice_invalid(tmp_path):
    class Watcher:
        def begin(self, arm):
            self.arm = arm

        def end(self, arm):
            assert arm == self.arm
            return {"steal": 0.4}, ("the shop's machine was starved",)

    found, sink, _ = run(tmp_path, FakePlayer(), watcher=Watcher())
    assert found.pace is Pace.INCONCLUSIVE
    assert sink.of(Slice)[0].server == {"steal": 0.4}


def test_cold_groups_clear_the_cache_before_each_slice(tmp_path):
    cleared = []
    player = FakePlayer()
    run(tmp_path, player, before_slice=cleared.append)
    assert cleared == [order.arm for order in player.orders]


def test_too_few_units_say_when_the_first_look_is():
    found = SideBySide(Rule(looks=(6,)), 4).compare()
    assert found.pace is Pace.INCONCLUSIVE
    assert any("the first look comes after 6" in reason for reason in found.reasons)


def test_the_rule_is_the_profiles():
    rule = rule_of(profile(tolerance=0.01, margin=0.2))
    assert (rule.tolerance, rule.margin, rule.looks) == (0.01, 0.2, (3, 6, 10))


def test_change_is_that_of_the_times(tmp_path):
    found, *_ = run(tmp_path, FakePlayer(change=math.log(1.4), spread=0.01))
    change = {metric.metric: metric.change for metric in found.judgement.metrics}
    assert change["listing"] == pytest.approx(0.4, abs=0.06)
