"""What counts as caught: a fail, by the right process, with expected and actual. Nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gate.conftest import NEW, NOW, OLD, RunOf, policy_of, write_run
from tests.gate.test_verdict_table import price
from tests.mutants.made import failing, mutant, process, verdict_of
from updategate.evidence.reader import read_evidence
from updategate.evidence.records import UpdateStep
from updategate.gate.judge import judge
from updategate.operations.mutants.catching import Found, found_in

REGISTRY = {one.id: one for one in (process("CHK-001", "cart tax"), process("CHK-002", "account"))}


def test_a_failure_with_expected_and_actual_catches(tmp_path: Path) -> None:
    verdict = verdict_of(tmp_path, {"CHK-001": failing("CHK-001"), "CHK-002": "passed"})
    found = found_in(verdict, mutant(areas="tax"), REGISTRY)
    assert found.outcome == "caught"
    catch = found.catches[0]
    assert (catch.by, catch.expected, catch.actual, catch.message) == (
        "CHK-001",
        "11.90 EUR",
        "11.91 EUR",
        "the totals differ",
    )


def test_a_healthy_shop_catches_nothing(tmp_path: Path) -> None:
    verdict = verdict_of(tmp_path, {"CHK-001": "passed"})
    assert found_in(verdict, mutant(), REGISTRY) == Found("pass")
    assert found_in(verdict, mutant(), REGISTRY).outcome == "missed"


def test_a_process_of_another_area_does_not_count(tmp_path: Path) -> None:
    verdict = verdict_of(tmp_path, {"CHK-001": "passed", "CHK-002": failing("CHK-002")})
    found = found_in(verdict, mutant(areas="tax"), REGISTRY)
    assert found.outcome == "missed"
    assert found.unclear == {"CHK-002": "it stands for account, and the mutant can touch tax"}


@pytest.mark.parametrize(("expected", "actual"), [(None, "11.91 EUR"), ("11.90 EUR", None), (None, None)])
def test_a_failure_without_both_values_does_not_count(tmp_path: Path, expected: str | None, actual: str | None) -> None:
    verdict = verdict_of(tmp_path, {"CHK-001": failing("CHK-001", expected, actual)})
    found = found_in(verdict, mutant(areas="tax"), REGISTRY)
    assert (verdict.verdict, found.outcome) == ("fail", "missed")
    assert found.unclear["CHK-001"] == "its message shows no expected and actual: the totals differ"


@pytest.mark.parametrize("status", ["broken", "skipped"])
def test_a_doubt_is_no_catch(tmp_path: Path, status: str) -> None:
    verdict = verdict_of(tmp_path, {"CHK-001": status, "CHK-002": "passed"})
    assert found_in(verdict, mutant(areas="tax"), REGISTRY).outcome == "undecided"


def test_a_lost_capability_says_no_amounts_and_does_not_count(tmp_path: Path) -> None:
    verdict = verdict_of(tmp_path, {"CHK-001": "not_applicable", "CHK-002": "passed"})
    assert (verdict.verdict, found_in(verdict, mutant(areas="tax"), REGISTRY).outcome) == ("fail", "missed")


@pytest.mark.parametrize(("allowed", "outcome"), [(0, "caught"), (1, "missed")])
def test_a_failure_that_the_policy_allows_is_no_catch(tmp_path: Path, allowed: int, outcome: str) -> None:
    rules = {"other": {"failures_at_most": allowed}}
    after = {"CHK-001": failing("CHK-001"), "CHK-002": "passed"}
    verdict = verdict_of(tmp_path, after, critical=False, processes=rules)
    assert found_in(verdict, mutant(areas="tax"), REGISTRY).outcome == outcome


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"acts": "after_update"}, "caught"),
        ({"areas": "queue"}, "caught"),
        ({"areas": "tax"}, "missed"),
    ],
)
def test_what_the_update_itself_looks_at_catches_its_own_faults(
    tmp_path: Path, changes: dict[str, str], outcome: str
) -> None:
    step = UpdateStep(step="queue", ok=False, expected="at most 0 messages within 3 s", actual="7 messages")
    verdict = verdict_of(tmp_path, {"CHK-001": "passed"}, step)
    found = found_in(verdict, mutant(**changes), REGISTRY)  # type: ignore[arg-type]
    assert (verdict.verdict, found.outcome) == ("fail", outcome)
    if outcome == "caught":
        assert (found.catches[0].by, found.catches[0].actual) == ("update: queue", "7 messages")


@pytest.mark.parametrize(("areas", "outcome"), [("price cart", "caught"), ("tax", "caught"), ("account", "missed")])
def test_a_price_that_changed_catches_what_can_touch_prices(tmp_path: Path, areas: str, outcome: str) -> None:
    runs = [
        read_evidence(write_run(tmp_path / name, RunOf({}, build=core, kind="ledger", ledger=(price(total),))))
        for name, core, total in (("before", OLD, "44.90"), ("after", NEW, "44.91"))
    ]
    verdict = judge([runs[1]], [runs[0]], policy_of(), NOW, policy_source="p")
    found = found_in(verdict, mutant(areas=areas), REGISTRY)
    assert (verdict.verdict, found.outcome) == ("fail", outcome)
    if outcome == "caught":
        catch = found.catches[0]
        assert catch.by == "price ledger"
        assert (catch.expected, catch.actual) == ("44.90 EUR each, 44.90 EUR", "44.91 EUR each, 44.91 EUR")
    else:
        assert set(found.unclear) == {"price ledger"}
