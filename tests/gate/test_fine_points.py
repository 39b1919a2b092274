"""Decisions that wrong changes to the gate went through unseen (`ci/mutation-test gate`)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.gate.conftest import NEW, NOW, OLD, PASSED, Judged, RunOf, entry, policy_of, write_run
from tests.gate.test_verdict_table import INTENDED, WAIVER, codes
from updategate.evidence.reader import read_evidence
from updategate.evidence.records import Build, Indicator, ProcessFinished
from updategate.gate.judge import judge


@pytest.mark.parametrize(("critical", "verdict"), [(True, "inconclusive"), (False, "fail")])
@pytest.mark.parametrize("before", ["broken", "skipped", None])
def test_a_critical_failure_is_a_doubt_where_nobody_knows_whether_it_worked_before(
    judged: Judged, before: str | None, critical: bool, verdict: str
) -> None:
    registry = ("CHK-002", entry("CHK-001", critical=critical), "CAT-001")
    results = {**PASSED, "CHK-001": "failed"}
    old = {**PASSED, "CHK-001": before}
    found = judged(RunOf(old, build=OLD, registry=registry), RunOf(results, registry=registry))
    # what is not critical counts for the allowance, whatever was before
    assert found.verdict == verdict
    assert found.comparison.regressed == ()


@pytest.mark.parametrize(("process", "verdict"), [("CHK-001", "inconclusive"), ("CAT-001", "pass")])
def test_a_retry_is_a_doubt_only_about_what_is_critical(judged: Judged, process: str, verdict: str) -> None:
    retried = ProcessFinished(process=process, status="passed", seconds=1, attempts=2)
    found = judged(RunOf(PASSED, build=OLD), RunOf({**PASSED, process: retried}))
    assert (found.verdict, codes(found)) == (verdict, {"passed_on_retry"})


def test_a_waiver_is_not_called_expired_on_its_last_day(tmp_path: Path) -> None:
    after = read_evidence(write_run(tmp_path / "after", RunOf({**PASSED, "CHK-001": "failed"})))
    now = datetime(2026, 12, 1, 23, 59, tzinfo=UTC)
    assert codes(judge([after], [], policy_of(waivers=[WAIVER]), now, policy_source="p")) == {"waived"}


def test_an_intended_change_is_told_with_its_reason_and_source(judged: Judged) -> None:
    found = judged(
        RunOf(PASSED, build=Build(core="6.5.8.14")), RunOf({**PASSED, "CHK-001": "failed"}), intended=[INTENDED]
    )
    assert codes(found) == {"intended"}
    assert found.reasons[0].facts == {"why": INTENDED["reason"], "source": "UPGRADE-6.6.md"}


def test_a_process_of_other_versions_is_not_missed_in_a_pre_release(judged: Judged) -> None:
    registry = ("CHK-001", "CAT-001", entry("CHK-002", versions=">=6.7.0.0rc1"))
    absent = {**PASSED, "CHK-002": "not_applicable"}
    new = RunOf(absent, build=Build(core="6.7.0.0rc2"), registry=registry)
    # it is meant for this pre-release, so that its loss counts
    assert judged(RunOf(PASSED, build=OLD, registry=registry), new).verdict == "fail"


def test_evidence_without_a_registry_is_a_doubt_of_its_own(judged: Judged) -> None:
    found = judged(RunOf({}, build=OLD, registry=()), RunOf({}, registry=()))
    assert (found.verdict, "no_registry" in codes(found)) == ("inconclusive", True)


def test_a_damaged_run_does_not_hide_that_another_one_tested_another_shop(tmp_path: Path) -> None:
    damaged = write_run(tmp_path / "damaged", RunOf(PASSED))
    file = damaged / "evidence.jsonl"
    file.write_text("".join(file.read_text(encoding="utf-8").splitlines(keepends=True)[1:]), encoding="utf-8")
    changed = write_run(tmp_path / "changed", RunOf(PASSED, end_build=Build(core="6.6.8.0")))
    runs = [read_evidence(damaged), read_evidence(changed)]
    assert "build_changed" in codes(judge(runs, [], policy_of(), NOW, policy_source="p"))


@pytest.mark.parametrize(("value", "verdict"), [(0.004, "pass"), (0.005, "pass"), (0.006, "fail")])
def test_a_share_without_a_sign_is_an_absolute_limit(judged: Judged, value: float, verdict: str) -> None:
    measured = RunOf(PASSED, extra=(Indicator(name="errors", value=value, unit="1"),))
    found = judged(RunOf(PASSED, build=OLD), measured, objectives=[{"sli": "errors", "pass": ["<=0.5%"]}])
    assert found.verdict == verdict


@pytest.mark.parametrize(("value", "verdict"), [(110.0, "pass"), (111.0, "fail")])
def test_a_share_with_a_sign_is_a_limit_on_the_change(judged: Judged, value: float, verdict: str) -> None:
    runs = [
        RunOf(PASSED, build=build, extra=(Indicator(name="p95", value=found, unit="ms"),))
        for build, found in ((OLD, 100.0), (NEW, value))
    ]
    assert judged(*runs, objectives=[{"sli": "p95", "pass": ["<=+10%"]}]).verdict == verdict


def test_a_verdict_is_bound_to_what_was_tested(judged: Judged) -> None:
    found = judged(RunOf(PASSED, build=OLD), RunOf(PASSED)).fingerprint
    assert found is not None
    assert len(found.build) == 64


def test_a_missing_record_names_its_process_and_nothing_else(judged: Judged) -> None:
    found = judged(RunOf(PASSED, build=OLD), RunOf({"CHK-002": "passed", "CAT-001": "passed"}))
    assert [(one.process, one.evidence, one.message) for one in found.reasons] == [
        ("CHK-001", None, "CHK-001 A guest orders has no finished record in the after run.")
    ]


def test_an_allowance_that_is_used_up_names_all_that_failed(judged: Judged) -> None:
    registry = ("CHK-001", "CAT-001", entry("CHK-002", critical=False))
    results = {**PASSED, "CAT-001": "failed", "CHK-002": "failed"}
    found = judged(RunOf(PASSED, build=OLD, registry=registry), RunOf(results, registry=registry))
    reason = next(one for one in found.reasons if one.code == "allowance")
    assert (reason.process, reason.title) == ("CAT-001", "The listing shows products")
    assert reason.facts == {"failed": "2", "allowed": "0", "names": "CAT-001, CHK-002"}
