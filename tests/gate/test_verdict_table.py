"""The verdict table of the architecture, row by row."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.gate.conftest import NEW, NOW, OLD, PASSED, Judged, RunOf, entry, failed, policy_of, write_run
from updategate.config.errors import ConfigError
from updategate.evidence.reader import read_evidence
from updategate.evidence.records import Amount, Build, Ledger, Performance, ProcessFinished
from updategate.gate.judge import judge

BEFORE = RunOf(PASSED, build=OLD)


def codes(verdict: object) -> set[str]:
    return {reason.code for reason in verdict.reasons}  # type: ignore[attr-defined]


def test_everything_passed_before_and_after_passes(judged: Judged) -> None:
    verdict = judged(BEFORE, RunOf(PASSED))
    assert verdict.verdict == "pass"
    assert verdict.reasons == ()
    assert [gap.what for gap in verdict.not_tested] == ["Price ledger", "Performance"]


def test_critical_failure_that_passed_before_fails_and_shows_the_amounts(judged: Judged) -> None:
    verdict = judged(BEFORE, RunOf({**PASSED, "CHK-001": failed("CHK-001")}))
    assert verdict.verdict == "fail"
    assert verdict.comparison.regressed == ("CHK-001",)
    reason = verdict.reasons[0]
    assert (reason.code, reason.process, reason.expected, reason.actual) == (
        "regressed",
        "CHK-001",
        "11.90 EUR",
        "11.89 EUR",
    )
    assert reason.evidence == "after:3"


def test_critical_failure_without_a_before_run_fails(judged: Judged) -> None:
    assert judged(None, RunOf({**PASSED, "CHK-001": "failed"})).verdict == "fail"


def test_critical_failure_before_and_after_is_inconclusive_by_default(judged: Judged) -> None:
    verdict = judged(RunOf({**PASSED, "CHK-001": "failed"}, build=OLD), RunOf({**PASSED, "CHK-001": "failed"}))
    assert verdict.verdict == "inconclusive"
    assert verdict.comparison.pre_existing == ("CHK-001",)
    assert verdict.comparison.regressed == ()


@pytest.mark.parametrize(
    ("stance", "expected"), [("fail", "fail"), ("inconclusive", "inconclusive"), ("report", "pass")]
)
def test_policy_says_what_a_pre_existing_failure_means(judged: Judged, stance: str, expected: str) -> None:
    verdict = judged(
        RunOf({**PASSED, "CHK-001": "failed"}, build=OLD),
        RunOf({**PASSED, "CHK-001": "failed"}),
        processes={"pre_existing_critical": stance},
    )
    assert verdict.verdict == expected
    assert verdict.comparison.pre_existing == ("CHK-001",)


def test_a_failure_that_is_gone_is_fixed(judged: Judged) -> None:
    verdict = judged(RunOf({**PASSED, "CHK-001": "failed"}, build=OLD), RunOf(PASSED))
    assert (verdict.verdict, verdict.comparison.fixed) == ("pass", ("CHK-001",))


@pytest.mark.parametrize(("allowed", "expected"), [(0, "fail"), (1, "pass")])
def test_non_critical_failures_beyond_the_allowance_fail(judged: Judged, allowed: int, expected: str) -> None:
    verdict = judged(BEFORE, RunOf({**PASSED, "CAT-001": "failed"}), processes={"other": {"failures_at_most": allowed}})
    assert verdict.verdict == expected
    assert verdict.comparison.regressed == ("CAT-001",)


@pytest.mark.parametrize("process", ["CHK-001", "CAT-001"])
def test_a_process_without_a_record_is_inconclusive(judged: Judged, process: str) -> None:
    results = {name: status for name, status in PASSED.items() if name != process}
    verdict = judged(BEFORE, RunOf(results))
    assert (verdict.verdict, codes(verdict)) == ("inconclusive", {"no_record"})


def test_a_process_that_a_crashed_worker_started_is_inconclusive(judged: Judged) -> None:
    assert judged(BEFORE, RunOf({**PASSED, "CHK-001": None})).verdict == "inconclusive"


def test_missing_evidence_may_be_made_to_fail_but_never_to_pass(judged: Judged) -> None:
    assert judged(BEFORE, RunOf({"CHK-001": "passed"}), missing_evidence="fail").verdict == "fail"
    with pytest.raises(ConfigError):
        policy_of(missing_evidence="pass")


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_process_in_only_one_registry_is_inconclusive(judged: Judged, side: str) -> None:
    small = ("CHK-001", "CAT-001")
    without = dict.fromkeys(small, "passed")
    before = RunOf(without, build=OLD, registry=small) if side == "before" else BEFORE
    after = RunOf(without, registry=small) if side == "after" else RunOf(PASSED)
    verdict = judged(before, after)
    assert verdict.verdict == "inconclusive"
    assert {reason.process for reason in verdict.reasons} == {"CHK-002"}


@pytest.mark.parametrize("status", ["skipped", "broken"])
def test_a_critical_process_not_carried_out_is_inconclusive(judged: Judged, status: str) -> None:
    verdict = judged(BEFORE, RunOf({**PASSED, "CHK-001": status}))
    assert (verdict.verdict, codes(verdict)) == ("inconclusive", {status})
    assert [gap.critical for gap in verdict.not_tested] == [True, False, False]


@pytest.mark.parametrize("status", ["skipped", "broken"])
def test_a_non_critical_process_not_carried_out_is_listed(judged: Judged, status: str) -> None:
    verdict = judged(BEFORE, RunOf({**PASSED, "CAT-001": status}))
    assert verdict.verdict == "pass"
    assert "CAT-001 The listing shows products" in [gap.what for gap in verdict.not_tested]


def test_a_critical_process_that_passed_on_a_retry_is_inconclusive(judged: Judged) -> None:
    retried = ProcessFinished(process="CHK-001", status="passed", seconds=1, attempts=2)
    assert judged(BEFORE, RunOf({**PASSED, "CHK-001": retried})).verdict == "inconclusive"


def test_a_capability_that_is_gone_fails_its_processes(judged: Judged) -> None:
    verdict = judged(BEFORE, RunOf({**PASSED, "CHK-002": "not_applicable"}))
    assert (verdict.verdict, codes(verdict)) == ("fail", {"capability_gone"})
    assert verdict.comparison.regressed == ("CHK-002",)


def test_a_capability_that_never_was_is_listed_as_not_tested(judged: Judged) -> None:
    absent = {**PASSED, "CHK-002": "not_applicable"}
    verdict = judged(RunOf(absent, build=OLD), RunOf(absent))
    assert verdict.verdict == "pass"
    assert "CHK-002 A customer orders" in [gap.what for gap in verdict.not_tested]


def test_a_process_that_ends_with_a_version_is_not_missed_after_it(judged: Judged) -> None:
    registry = ("CHK-001", "CAT-001", entry("CHK-002", versions="<6.6.7"))
    verdict = judged(
        RunOf(PASSED, build=OLD, registry=registry), RunOf({**PASSED, "CHK-002": "not_applicable"}, registry=registry)
    )
    assert verdict.verdict == "pass"


def test_not_one_process_carried_out_is_inconclusive(judged: Judged) -> None:
    absent = dict.fromkeys(PASSED, "not_applicable")
    assert codes(judged(RunOf(absent, build=OLD), RunOf(absent))) == {"nothing_passed"}


def test_an_objective_without_a_value_from_before_is_inconclusive(judged: Judged) -> None:
    from updategate.evidence.records import Indicator

    measured = RunOf(PASSED, extra=(Indicator(name="listing.p95", value=700, unit="ms"),))
    objectives = [{"sli": "listing.p95", "pass": ["<=800", "<=+10%"]}]
    verdict = judged(BEFORE, measured, objectives=objectives)
    assert (verdict.verdict, codes(verdict)) == ("inconclusive", {"indicator_no_data"})


def test_an_objective_that_is_missed_fails(judged: Judged) -> None:
    from updategate.evidence.records import Indicator

    verdict = judged(
        RunOf(PASSED, build=OLD, extra=(Indicator(name="listing.p95", value=500, unit="ms"),)),
        RunOf(PASSED, extra=(Indicator(name="listing.p95", value=560, unit="ms"),)),
        objectives=[{"sli": "listing.p95", "pass": ["<=800", "<=+10%"]}],
    )
    assert (verdict.verdict, codes(verdict)) == ("fail", {"indicator_missed"})
    assert [result.result for result in verdict.indicators] == ["met", "missed"]


def test_evidence_of_another_environment_is_inconclusive(judged: Judged) -> None:
    verdict = judged(RunOf(PASSED, build=OLD, environment="other"), RunOf(PASSED))
    assert (verdict.verdict, codes(verdict)) == ("inconclusive", {"environments_differ"})


def test_evidence_of_another_scope_is_inconclusive(judged: Judged) -> None:
    verdict = judged(
        RunOf(PASSED, build=OLD, scope="small"), RunOf(PASSED), scopes={"full": {"all": True}, "small": {"all": True}}
    )
    assert (verdict.verdict, codes(verdict)) == ("inconclusive", {"scopes_differ"})


def test_a_shop_that_changed_during_the_run_is_inconclusive(judged: Judged) -> None:
    verdict = judged(BEFORE, RunOf(PASSED, end_build=Build(core="6.6.8.0")))
    assert (verdict.verdict, codes(verdict)) == ("inconclusive", {"build_changed"})
    assert "Shopware 6.6.7.1 → 6.6.8.0, plugin AcmeB2bPrices removed" in verdict.reasons[0].message


def test_runs_of_one_phase_on_different_builds_are_inconclusive(tmp_path: Path) -> None:
    one = read_evidence(write_run(tmp_path / "one", RunOf(PASSED)))
    other = read_evidence(write_run(tmp_path / "other", RunOf(PASSED, build=OLD)))
    verdict = judge([one, other], [], policy_of(), datetime.now(UTC), policy_source="p")
    assert (verdict.verdict, codes(verdict)) == ("inconclusive", {"builds_differ"})


def test_an_interrupted_run_is_inconclusive(judged: Judged) -> None:
    verdict = judged(BEFORE, RunOf(PASSED, interrupted=True))
    assert (verdict.verdict, codes(verdict)) == ("inconclusive", {"evidence_interrupted"})


def test_runs_given_for_the_wrong_phase_are_inconclusive(judged: Judged) -> None:
    verdict = judged(RunOf(PASSED, build=OLD, phase="after"), RunOf(PASSED, phase="before"))
    assert (verdict.verdict, codes(verdict)) == ("inconclusive", {"phase"})


def test_no_evidence_at_all_is_inconclusive_under_every_policy(judged: Judged) -> None:
    for number, changes in enumerate(
        ({}, {"processes": {"pre_existing_critical": "report", "other": {"failures_at_most": 99}}})
    ):
        assert judged(None, None, **changes).verdict == "inconclusive", number


def test_unknown_indicator_and_unknown_scope_are_configuration_errors(judged: Judged, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"Unknown indicator 'listing\.p59'"):
        judged(BEFORE, RunOf(PASSED), objectives=[{"sli": "listing.p59", "pass": ["<=800"]}])
    run = read_evidence(write_run(tmp_path / "third", RunOf(PASSED, scope="ful")))
    with pytest.raises(ConfigError, match=r"Did you mean 'full'\?"):
        judge([run], [], policy_of(), datetime.now(UTC), policy_source="policy.yaml")


WAIVER = {"process": "CHK-001", "reason": "SHOP-1234 known, fixed next week", "expires": "2026-12-01"}


def test_a_waiver_that_holds_takes_the_failure_out_and_is_shown(judged: Judged) -> None:
    verdict = judged(BEFORE, RunOf({**PASSED, "CHK-001": "failed"}), waivers=[WAIVER])
    assert (verdict.verdict, verdict.comparison.waived, codes(verdict)) == ("pass", ("CHK-001",), {"waived"})


def test_a_waiver_holds_through_its_last_day_and_not_longer(judged: Judged, tmp_path: Path) -> None:
    after = read_evidence(write_run(tmp_path / "after", RunOf({**PASSED, "CHK-001": "failed"})))
    for day, expected in ((1, "pass"), (2, "fail")):
        now = datetime(2026, 12, day, 12, tzinfo=UTC)
        verdict = judge([after], [], policy_of(waivers=[WAIVER]), now, policy_source="p")
        assert verdict.verdict == expected
    assert codes(verdict) == {"failed", "waiver_expired"}


def test_a_waiver_does_not_replace_missing_evidence(judged: Judged) -> None:
    assert judged(BEFORE, RunOf({**PASSED, "CHK-001": "broken"}), waivers=[WAIVER]).verdict == "inconclusive"


INTENDED = {
    "process": "CHK-001",
    "reason": "stock is lowered when the order is placed",
    "source": "UPGRADE-6.6.md",
    "from": "6.5",
    "to": "6.6",
}


@pytest.mark.parametrize(("core", "expected"), [("6.5.8.14", "pass"), ("6.6.6.1", "fail")])
def test_an_intended_change_holds_only_for_its_step_between_versions(judged: Judged, core: str, expected: str) -> None:
    verdict = judged(RunOf(PASSED, build=Build(core=core)), RunOf({**PASSED, "CHK-001": "failed"}), intended=[INTENDED])
    assert verdict.verdict == expected
    assert verdict.comparison.intended == (("CHK-001",) if expected == "pass" else ())


def price(total: str, **changes: object) -> Ledger:
    fields = {"product": "UG-1", "customer_group": "B2B", "quantity": 10, "currency": "EUR", "country": "DE"}
    amount = Amount(amount=total, currency="EUR")
    return Ledger(**{**fields, **changes}, total=amount, unit_price=amount)  # type: ignore[arg-type]


def test_a_price_that_changed_fails_with_both_amounts(judged: Judged) -> None:
    verdict = judged(RunOf(PASSED, build=OLD, ledger=(price("44.90"),)), RunOf(PASSED, ledger=(price("44.91"),)))
    assert (verdict.verdict, codes(verdict)) == ("fail", {"ledger"})
    assert (verdict.ledger[0].before, verdict.ledger[0].after) == (
        "44.90 EUR each, 44.90 EUR",
        "44.91 EUR each, 44.91 EUR",
    )


def test_a_ledger_with_other_cells_is_inconclusive(judged: Judged) -> None:
    verdict = judged(
        RunOf(PASSED, build=OLD, ledger=(price("44.90"), price("1.00", quantity=1))),
        RunOf(PASSED, ledger=(price("44.90"),)),
    )
    assert (verdict.verdict, codes(verdict)) == ("inconclusive", {"ledger_cells"})


def test_performance_that_is_required_and_missing_is_inconclusive(judged: Judged) -> None:
    verdict = judged(BEFORE, RunOf(PASSED), performance={"required": True})
    assert (verdict.verdict, codes(verdict)) == ("inconclusive", {"performance_not_tested"})


@pytest.mark.parametrize(
    ("pace", "verdict", "reasons"),
    [
        ("not_slower", "pass", set()),
        ("slower", "fail", {"performance_slower"}),
        ("inconclusive", "inconclusive", {"performance_undecided"}),
    ],
)
def test_the_comparison_of_speed_counts(tmp_path: Path, pace: str, verdict: str, reasons: set[str]) -> None:
    compared = Performance(
        mode="side_by_side", profile="baseline", pace=pace, units=10, final=True, tolerance=0.02, margin=0.15
    )
    load = read_evidence(write_run(tmp_path / "load", RunOf({}, kind="load", extra=(compared,))))
    after = read_evidence(write_run(tmp_path / "after", RunOf(PASSED)))
    judged = judge([after, load], [], policy_of(performance={"required": True}), NOW, policy_source="p")
    assert (judged.verdict, judged.performance, codes(judged)) == (verdict, pace, reasons)


def test_load_without_a_comparison_is_inconclusive(tmp_path: Path) -> None:
    load = read_evidence(write_run(tmp_path / "load", RunOf({}, kind="load")))
    after = read_evidence(write_run(tmp_path / "after", RunOf(PASSED)))
    judged = judge([after, load], [], policy_of(), NOW, policy_source="p")
    assert (judged.verdict, codes(judged)) == ("inconclusive", {"performance_undecided"})


def test_a_failure_outweighs_a_doubt(judged: Judged) -> None:
    verdict = judged(BEFORE, RunOf({**PASSED, "CHK-001": "failed", "CHK-002": "broken"}))
    assert verdict.verdict == "fail"
    assert [reason.weight for reason in verdict.reasons] == ["fail", "inconclusive"]


def test_shards_of_one_phase_are_judged_together(tmp_path: Path) -> None:
    halves = [{"CHK-001": "passed"}, {"CHK-002": "passed", "CAT-001": "passed"}]
    runs = [read_evidence(write_run(tmp_path / str(n), RunOf(half))) for n, half in enumerate(halves)]
    assert judge(runs, [], policy_of(), datetime.now(UTC), policy_source="p").verdict == "pass"
    assert NEW.core in str(runs[0].started)
