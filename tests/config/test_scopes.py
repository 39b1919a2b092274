"""The scopes of the policy that comes with it, against the registry that comes with it."""

from __future__ import annotations

from pathlib import Path

from updategate.config.policy import load_policy, policy_path
from updategate.config.registry import load_registry

ROOT = Path(__file__).parents[2]
REGISTRY = load_registry(ROOT / "suites" / "processes.yaml").processes
BACK_OFFICE = {"ADM-001", "ADM-002", "ADM-003", "ADM-004"}


def chosen(scope: str) -> set[str]:
    path = policy_path("default", ROOT)
    return {process.id for process in load_policy(path).select(scope, REGISTRY, str(path))}


def test_the_back_office_is_critical_and_its_browser_asked_for_where_there_is_one() -> None:
    assert chosen("critical") & BACK_OFFICE == BACK_OFFICE
    assert chosen("full") == {process.id for process in REGISTRY}
    needs = {process.id: set(process.needs) for process in REGISTRY}
    assert needs["ADM-001"] == {"admin", "administration"}


def test_a_live_shop_meets_only_what_writes_nothing() -> None:
    writing = {process.id for process in REGISTRY if process.effects}
    assert chosen("production") & BACK_OFFICE == {"ADM-002", "ADM-003"}
    assert chosen("production") & writing == set()


def test_the_short_lane_leaves_the_administration_out() -> None:
    assert not {"ADM-001", "ADM-003", "ADM-004"} & chosen("security")
    assert {"CHK-001", "ACC-002"} <= chosen("security")
