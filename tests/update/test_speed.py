"""The comparison of speed within an update: what is compared, and with what."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from updategate.cli import speed
from updategate.config.environment import Environment
from updategate.config.loading import build
from updategate.config.update_plan import UpdatePlan
from updategate.load.guard import LoadStoppedError
from updategate.operations.run_lock import hold
from updategate.operations.update.stopping import UpdateStoppedError

ROOT = Path(__file__).parents[2]
NEW, OLD = "http://new.test", "http://old.test"


@pytest.fixture
def environment() -> Environment:
    given = {"name": "test", "url": NEW, "reference": f"{OLD}/", "sales_channel": {"access_key": "k"}}
    return build(given, Environment, "environment")


@pytest.fixture
def plan() -> UpdatePlan:
    given = {"update": "minor", "to": "6.6.7.1", "commands": [{"name": "do", "run": "true"}]}
    return build({**given, "performance_profile": "baseline"}, UpdatePlan, "plan")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    calls: list[Any] = []

    def compare(job: Any, reference: str, **_: Any) -> Any:
        calls.append((job, reference))
        return SimpleNamespace(left_behind=[])

    monkeypatch.setattr(speed, "read_build", lambda _: None)
    monkeypatch.setattr(speed, "compare_side_by_side", compare)
    return calls


def test_the_updated_shop_is_compared_with_the_copy_of_the_old_one(
    environment: Environment, plan: UpdatePlan, asked: list[Any], tmp_path: Path
) -> None:
    speed.compare_speed(ROOT, tmp_path / "environment.yaml", environment, plan, tmp_path / "performance", Console())
    ((job, reference),) = asked
    assert (job.environment.url, reference) == (NEW, OLD)
    assert (job.profile.profile, job.phase, job.folder) == ("baseline", "after", tmp_path / "performance")


def test_a_copy_that_another_run_has_is_not_measured(
    environment: Environment, plan: UpdatePlan, asked: list[Any], tmp_path: Path
) -> None:
    other = environment.model_copy(update={"url": OLD})
    with hold(other, "load"), pytest.raises(BaseException) as caught:  # noqa: PT011 - click's way to end a verb
        speed.compare_speed(ROOT, tmp_path / "e.yaml", environment, plan, tmp_path / "performance", Console())
    assert getattr(caught.value, "exit_code", None) == 3
    assert asked == []


def test_load_that_was_stopped_stops_the_update(
    environment: Environment, plan: UpdatePlan, monkeypatch: pytest.MonkeyPatch, asked: list[Any], tmp_path: Path
) -> None:
    def stopped(*_: Any, **__: Any) -> None:
        message = "the kill switch is there"
        raise LoadStoppedError(message)

    monkeypatch.setattr(speed, "compare_side_by_side", stopped)
    with pytest.raises(UpdateStoppedError, match="Load was stopped: the kill switch is there"):
        speed.compare_speed(ROOT, tmp_path / "e.yaml", environment, plan, tmp_path / "performance", Console())
    assert asked == []
