"""What requests cost decides beside their speed."""

from types import SimpleNamespace

import pytest

from updategate.config.loading import build
from updategate.config.policy import Policy
from updategate.evidence.records import CostFinding, Performance
from updategate.gate.judge import _performance


def run_with(*records):
    return SimpleNamespace(
        of_type=lambda kind: [record for record in records if isinstance(record, kind)], started=None
    )


def performance(mode="side_by_side", pace="not_slower", *costs):
    return Performance(
        mode=mode, profile="baseline", pace=pace, units=12, final=True, tolerance=0.02, margin=0.15, costs=costs
    )


POLICY = build({"policy": "p", "scopes": {"full": {"all": True}}}, Policy, "p")
MEMORY = CostFinding(indicator="shop_memory", worse=True, text="shop_memory: each answer leaves +341.9 KB more behind")
STATEMENTS = CostFinding(
    indicator="listing.statements", worse=True, text="listing.statements: more, 60 before, 61 after"
)
BETTER = CostFinding(indicator="shop_cpu", worse=False, text="shop_cpu per answer: -3.0%")


@pytest.mark.parametrize("mode", ["side_by_side", "stored"])
def test_a_higher_cost_fails_though_nothing_is_slower(mode):
    pace, reasons = _performance(POLICY, [run_with(performance(mode, "not_slower", MEMORY, BETTER))])
    assert pace == "not_slower"
    assert [(reason.code, reason.weight) for reason in reasons] == [("performance_cost", "fail")]
    assert "+341.9 KB more behind" in reasons[0].message


def test_one_statement_more_is_named():
    _, reasons = _performance(POLICY, [run_with(performance("exact", "slower", STATEMENTS))])
    assert {reason.code for reason in reasons} == {"performance_slower", "performance_cost"}
    assert "listing.statements" in " ".join(reason.message for reason in reasons)


def test_a_lower_cost_is_no_reason():
    assert _performance(POLICY, [run_with(performance("exact", "not_slower", BETTER))]) == ("not_slower", [])
