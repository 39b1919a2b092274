"""What binds a verdict to a place: its fingerprint, parity with production, shards, and the checks after a roll-out."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.gate.conftest import NEW, NOW, OLD, PASSED, RunOf, policy_of, write_run
from updategate.evidence.fingerprint import build_id, environment_id
from updategate.evidence.reader import RunEvidence, read_evidence
from updategate.evidence.records import EnvironmentFacts, Parity, Rollout
from updategate.gate.judge import judge
from updategate.gate.verdict import Reason, Verdict

ALIKE = Parity(what="Shopware", alike=True, test="6.6.6.1", production="6.6.6.1")
UNLIKE = Parity(what="counts.product", alike=False, test="10", production="100", allowed="± 10%")
UNKNOWN = Parity(what="composer.lock", alike=None, test="abc", production="unknown")


class Runs:
    """Writes runs into a folder, each changed in its first line where asked."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0

    def __call__(self, at: str = "2026-11-24T19:00:00.000Z", run: RunOf | None = None, **first: Any) -> RunEvidence:
        self._number += 1
        folder = write_run(self._folder / f"run-{self._number}", run or RunOf(PASSED))
        path = folder / "evidence.jsonl"
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for line in lines:
            line["at"] = at
        lines[0] |= first
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        return read_evidence(folder)

    def parity(self, *records: Parity, at: str = "2026-11-24T18:00:00.000Z") -> RunEvidence:
        return self(at, RunOf({}, build=OLD, kind="parity", scope="parity", phase="before", extra=records))

    def before(self, **first: Any) -> RunEvidence:
        return self(run=RunOf(PASSED, build=OLD), **first)

    def rollout(self, *records: Rollout) -> RunEvidence:
        return self(run=RunOf({}, build=NEW, kind="rollout", scope="rollout", phase="after", extra=records))


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(tmp_path)


def verdict(after: list[RunEvidence], before: list[RunEvidence] | None = None, **policy: Any) -> Verdict:
    return judge(after, before or [], policy_of(**policy), NOW, policy_source="policy.yaml")


def of_code(found: Verdict, code: str) -> list[Reason]:
    return [reason for reason in found.reasons if reason.code == code]


# -- fingerprint


def test_a_verdict_is_bound_to_the_build_and_environment_after_and_before(runs: Runs) -> None:
    one = {"theme": "t1", "settings": {"core.cart.maxQuantity": "5"}, "counts": {"product": 1}}
    other = {"theme": "t2", "settings": {}, "counts": {}}
    found = verdict([runs(environment=one)], [runs.before(environment=other)]).fingerprint
    assert found is not None
    assert found.build == build_id(NEW)
    assert found.environment == environment_id(EnvironmentFacts(**one))  # type: ignore[arg-type]
    assert (found.facts, found.facts_before) == (
        EnvironmentFacts(**one),  # type: ignore[arg-type]
        EnvironmentFacts(**other),  # type: ignore[arg-type]
    )


def test_without_facts_the_environment_stays_open_and_without_a_build_everything(runs: Runs) -> None:
    found = verdict([runs()]).fingerprint
    assert found is not None
    assert (found.environment, found.facts, found.facts_before) == (None, None, None)
    assert verdict([runs(build=None)]).fingerprint is None
    assert verdict([runs.rollout()]).fingerprint is None


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"theme": "t2"}, "found another theme"),
        ({"settings": {"a": "2"}}, "found another settings"),
        ({"theme": "t2", "settings": {}}, "found another theme and other settings"),
    ],
)
def test_runs_of_one_phase_with_another_environment_are_a_doubt(change: dict[str, Any], told: str, runs: Runs) -> None:
    facts = {"theme": "t1", "settings": {"a": "1"}, "counts": {"product": 1}}
    first, second = runs(environment=facts), runs(environment={**facts, **change})
    (reason,) = of_code(verdict([first, second]), "environment_changed")
    assert reason.weight == "inconclusive"
    assert reason.evidence == second.name
    assert told in reason.message
    assert first.name in reason.message


@pytest.mark.parametrize("change", [{"theme": None}, {"settings": None}, {"counts": {"product": 9}}])
def test_what_one_run_does_not_know_or_a_count_is_no_change(change: dict[str, Any], runs: Runs) -> None:
    facts = {"theme": "t1", "settings": {"a": "1"}, "counts": {"product": 1}}
    found = verdict([runs(environment=facts), runs(environment={**facts, **change})])
    assert of_code(found, "environment_changed") == []


# -- shards


@pytest.mark.parametrize(
    ("shards", "told"),
    [
        (["1/2"], "shard 2/2 is missing"),
        (["2/2"], "shard 1/2 is missing"),
        (["1/4", "3/4"], "shard 2/4, 4/4 is missing"),
        (["1/2", "2/3"], "shards of different divisions: 1/2, 2/3"),
        (["1/2", "2/2"], None),
        (["2/2", "1/2", "1/2"], None),
        ([None], None),
    ],
)
@pytest.mark.parametrize("phase", ["before", "after"])
def test_all_shards_are_needed(phase: str, shards: list[str | None], told: str | None, runs: Runs) -> None:
    if phase == "after":
        found = verdict([runs(shard=shard) for shard in shards], [runs.before()])
    else:
        found = verdict([runs()], [runs.before(shard=shard) for shard in shards])
    messages = [reason.message for reason in of_code(found, "shards")]
    assert len(messages) == (0 if told is None else 1)
    if told is not None:
        assert told in messages[0]
        assert f"The {phase} run" in messages[0]
        assert of_code(found, "shards")[0].weight == "inconclusive"


# -- parity


def test_alike_is_no_reason(runs: Runs) -> None:
    found = verdict([runs()], [runs.before(), runs.parity(ALIKE)], parity={"required": True})
    assert (found.verdict, found.reasons) == ("pass", ())


def test_each_difference_names_both_sides_and_its_line(runs: Runs) -> None:
    compared = runs.parity(ALIKE, UNLIKE, UNKNOWN)
    found = verdict([runs()], [runs.before(), compared])
    assert found.verdict == "inconclusive"
    unlike, unknown = of_code(found, "parity")
    assert unlike.message == "The environment is not like production: counts.product."
    assert (unlike.expected, unlike.actual, unlike.evidence) == ("100 (± 10%)", "10", f"{compared.name}:3")
    assert unknown.message == "Whether the environment is like production is not known: composer.lock."
    assert (unknown.expected, unknown.actual, unknown.weight) == ("unknown", "abc", "inconclusive")


def test_an_empty_comparison_proves_nothing(runs: Runs) -> None:
    compared = runs.parity()
    (reason,) = of_code(verdict([runs()], [runs.before(), compared]), "parity")
    assert (reason.message, reason.evidence) == ("The comparison with production holds nothing.", compared.name)


def test_a_comparison_is_missed_only_where_the_policy_requires_it(runs: Runs) -> None:
    after, before = runs(), runs.before()
    assert verdict([after], [before]).verdict == "pass"
    found = verdict([after], [before], parity={"required": True})
    assert [reason.code for reason in found.reasons] == ["parity_missing"]
    assert found.verdict == "inconclusive"


def test_after_a_roll_out_no_comparison_is_missed(runs: Runs) -> None:
    good = Rollout(check="fingerprint", ok=True, expected="a", actual="a")
    assert verdict([runs(), runs.rollout(good)], parity={"required": True}).verdict == "pass"


@pytest.mark.parametrize(("hours", "old"), [(23.9, False), (24.0, False), (24.1, True), (-24.1, True)])
def test_a_comparison_speaks_for_runs_that_are_near(hours: float, old: bool, runs: Runs) -> None:
    first = datetime(2026, 11, 24, 12, 0, tzinfo=UTC).timestamp()
    compared = datetime.fromtimestamp(first - hours * 3600, UTC).isoformat()
    noon, evening = "2026-11-24T12:00:00.000Z", "2026-11-24T18:00:00.000Z"
    before = runs(at=noon, run=RunOf(PASSED, build=OLD))
    found = verdict([runs(at=evening)], [before, runs.parity(ALIKE, at=compared)], parity={"max_hours": 24})
    reasons = of_code(found, "parity_old")
    assert len(reasons) == int(old)
    if old:
        assert "24 hours away" in reasons[0].message
        assert "allows 24." in reasons[0].message


# -- after a roll-out


def test_what_failed_after_a_roll_out_decides_and_what_is_open_is_a_doubt(runs: Runs) -> None:
    failed = Rollout(check="fingerprint", ok=False, expected="6.6.7.1", actual="6.6.6.1", message="It is not.")
    unknown = Rollout(check="watch", ok=None, expected="e", actual="a")
    good = Rollout(check="performance", ok=True, expected="e", actual="a", message="Fine.")
    checked = runs.rollout(good, failed, unknown)
    found = verdict([runs(), checked])
    assert found.verdict == "fail"
    (reason,) = of_code(found, "rollout")
    assert (reason.weight, reason.message) == ("fail", "It is not.")
    assert (reason.expected, reason.actual, reason.evidence) == ("6.6.7.1", "6.6.6.1", f"{checked.name}:3")
    (doubt,) = of_code(found, "rollout_undecided")
    assert (doubt.weight, doubt.message) == (
        "inconclusive",
        "The check of the watch after the roll-out did not pass.",
    )
    assert verdict([runs(), runs.rollout(unknown)]).verdict == "inconclusive"
    assert verdict([runs(), runs.rollout(good)]).verdict == "pass"
