"""A test environment that is not like production makes the verdict inconclusive, and says in what."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.promotion.conftest import AFTER, BEFORE, STAGES, World
from updategate.cli import execute
from updategate.config.loading import build
from updategate.config.policy import Policy
from updategate.evidence.reader import read_evidence
from updategate.gate.judge import judge
from updategate.gate.verdict import Verdict
from updategate.promotion.parity import within


@pytest.fixture
def alike(world: World) -> World:
    """Before the update: test and production are the same."""
    world.test.version, world.test.plugins = world.production.version, dict(world.production.plugins)
    return world


def compare(world: World, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    folder = world.root / "reports" / f"parity-{len(list((world.root / 'reports').glob('parity-*')))}"
    code = execute(["parity", "test", "production", "--run-folder", str(folder), "--json"])
    return int(code), json.loads(capsys.readouterr().out)


def judged(world: World, compared: str | None, **policy: Any) -> Verdict:
    before = [world.run("before", "test", "before", BEFORE)]
    after = world.run("after", "test", "after", AFTER)
    rules = build({"policy": "t", "scopes": {"full": {"all": True}}, **policy}, Policy, "policy")
    runs = [read_evidence(Path(compared))] if compared else []
    return judge(
        [read_evidence(after)],
        [*(read_evidence(run) for run in before), *runs],
        rules,
        datetime.now(UTC),
        policy_source="policy",
    )


def test_alike_passes_and_only_reads(alike: World, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = compare(alike, capsys)
    assert code == 0, told
    assert {row["what"] for row in told["compared"]} >= {"Shopware", "plugins", "settings", "theme", "counts.product"}
    verdict = judged(alike, told["folder"], parity={"required": True})
    assert (verdict.verdict, verdict.reasons) == ("pass", ())
    reading = ("GET /", "POST /api/search/", "POST /api/oauth/token", "POST /store-api/context")
    assert [request for request in alike.production.asked if not request.startswith(reading)] == []


def test_each_difference_is_listed_and_the_verdict_is_inconclusive(
    alike: World, capsys: pytest.CaptureFixture[str]
) -> None:
    alike.production.plugins = {"AcmeB2bPrices": "1.0.1", "SwagExtra": "2.0.0"}
    alike.production.settings = {"core.cart.maxQuantity": "100", "core.cart.wishlistEnabled": True}
    alike.production.css = "body{color:blue}"
    alike.production.counts = {"product": 1000, "language": 4}
    alike.test.counts = {"product": 100}
    code, told = compare(alike, capsys)
    assert code == 1
    unlike = {row["what"]: (row["test"], row["production"]) for row in told["compared"] if row["alike"] is False}
    assert set(unlike) == {
        "plugin AcmeB2bPrices",
        "plugin SwagExtra",
        "settings.core.cart.wishlistEnabled",
        "theme",
        "counts.product",
        "counts.language",
    }
    assert unlike["counts.product"] == ("100", "1000")
    verdict = judged(alike, told["folder"])
    assert verdict.verdict == "inconclusive"
    messages = [reason.message for reason in verdict.reasons if reason.code == "parity"]
    assert "The environment is not like production: plugin AcmeB2bPrices." in messages
    assert len(messages) == 6


def test_what_is_excepted_with_a_reason_is_no_difference(alike: World, capsys: pytest.CaptureFixture[str]) -> None:
    alike.production.css = "body{color:blue}"
    alike.production.counts = {"customer": 9000}
    exceptions = "exceptions: [{what: theme, reason: a banner}, {what: counts.customer, reason: made anonymous}]"
    alike.write(
        "ci/stages.yaml",
        STAGES.replace("{name: production, plan: minor}", f"{{name: production, plan: minor, {exceptions}}}"),
    )
    code, told = compare(alike, capsys)
    assert code == 0, told
    excepted = [row["what"] for row in told["compared"] if row["allowed"] == "excepted"]
    assert len(excepted) == 2
    assert all(text.endswith(("a banner", "made anonymous")) for text in excepted)


def test_production_that_does_not_answer_is_no_parity(alike: World, capsys: pytest.CaptureFixture[str]) -> None:
    alike.production.broken.add("/api/_info/version")
    code, told = compare(alike, capsys)
    assert code == 3
    assert told["problems"][0].startswith("production: ")
    verdict = judged(alike, told["folder"])
    assert verdict.verdict == "inconclusive"
    assert any("is not known: build" in reason.message for reason in verdict.reasons)


def test_a_comparison_that_is_missing_is_a_doubt(alike: World) -> None:
    (reason,) = judged(alike, None, parity={"required": True}).reasons
    assert reason.code == "parity_missing"


def test_an_old_comparison_is_a_doubt(alike: World, capsys: pytest.CaptureFixture[str]) -> None:
    _, told = compare(alike, capsys)
    path = Path(told["folder"]) / "evidence.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        line["at"] = (datetime.now(UTC) - timedelta(hours=30)).isoformat()
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    (reason,) = judged(alike, told["folder"], parity={"max_hours": 24}).reasons
    assert (reason.code, "30 hours away" in reason.message) == ("parity_old", True)


def test_a_comparison_that_was_cut_off_is_a_doubt(alike: World, capsys: pytest.CaptureFixture[str]) -> None:
    _, told = compare(alike, capsys)
    path = Path(told["folder"]) / "evidence.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    assert judged(alike, told["folder"]).verdict == "inconclusive"


def test_a_comparison_of_another_build_is_a_doubt(alike: World, capsys: pytest.CaptureFixture[str]) -> None:
    alike.test.version = alike.production.version = "6.5.8.14"
    _, told = compare(alike, capsys)
    assert "builds_differ" in {reason.code for reason in judged(alike, told["folder"]).reasons}


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 100))
def test_a_share_is_of_productions_count(one: int, other: int, percent: int) -> None:
    assert within(one, other, f"{percent}%") == (abs(one - other) * 100 <= percent * other)
    assert within(one, other, str(percent)) == (abs(one - other) <= percent)
