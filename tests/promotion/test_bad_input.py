"""Mistakes in stages files, verdicts, keys and commands: one clear message, the right code, no traceback."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.promotion.conftest import STAGES, World
from updategate.cli import execute

GOLDEN = Path(__file__).parent / "golden"


def told(capsys: pytest.CaptureFixture[str], world: World) -> str:
    captured = capsys.readouterr()
    text = (captured.out + captured.err).replace(str(world.root), "…")
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", text)
    assert "Traceback" not in text
    return text


def golden(name: str, text: str) -> None:
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


PROMOTE = ["promote", "reports/v.json", "--to", "staging"]
BAD_STAGES: dict[str, str] = {
    "stages_unknown_key": STAGES.replace("plan: minor}", "plans: minor}", 1),
    "stages_empty": "",
    "stages_one": "stages: [{name: test}]\n",
    "stages_order": "stages: [{name: production}, {name: test}]\n",
    "stages_misspelt": "stages: [{name: test}, {name: stagging}]\n",
    "stages_same_environment": "stages: [{name: test}, {name: staging, environment: test}]\n",
    "exception_of_the_build": STAGES.replace(
        "plan: minor}", "plan: minor, exceptions: [{what: plugin.AcmeB2bPrices, reason: not there yet}]}", 1
    ),
    "exception_misspelt": STAGES.replace(
        "plan: minor}", "plan: minor, exceptions: [{what: setting.core.cart.maxQuantity, reason: smaller}]}", 1
    ),
    "exception_without_reason": STAGES.replace("plan: minor}", "plan: minor, exceptions: [{what: theme}]}", 1),
    "trusted_key_damaged": "trusted_keys: [{name: ci, public: AAAA}]\n" + STAGES,
    "watch_misspelt": STAGES.replace("plan: minor}", "plan: minor, watch: {minuts: 5}}", 1),
    "lock_missing": STAGES.replace("plan: minor}", "plan: minor, composer_lock: nowhere.lock}", 1),
    "plan_missing": STAGES.replace("plan: minor}", "plan: minro}", 1),
}


@pytest.mark.parametrize("name", BAD_STAGES)
def test_a_mistake_in_the_stages_file(name: str, world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.verdict().rename(world.root / "reports/v.json")
    world.write("ci/stages.yaml", BAD_STAGES[name])
    assert execute(PROMOTE) == 2
    golden(name, told(capsys, world))
    assert not (world.root / "ci/promotions.jsonl").exists()


def _nothing(_: World, __: pytest.MonkeyPatch) -> None:
    pass


def _no_stages(world: World, _: pytest.MonkeyPatch) -> None:
    (world.root / "ci/stages.yaml").unlink()


def _damaged_verdict(world: World, _: pytest.MonkeyPatch) -> None:
    world.write("reports/v.json", '{"schema": "updategate.verdict/1", "verdict": "passed"}')


def _verdict_is_no_json(world: World, _: pytest.MonkeyPatch) -> None:
    world.write("reports/v.json", "pass")


def _wrong_stage(world: World, _: pytest.MonkeyPatch) -> None:
    path = world.root / "ci/environments/staging.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("stage: staging", "stage: test"), encoding="utf-8")


def _no_key(world: World, _: pytest.MonkeyPatch) -> None:
    public = "A" * 43 + "="
    world.write("ci/stages.yaml", f"trusted_keys: [{{name: ci, public: {public}}}]\n{STAGES}")


def _key_is_none(_: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UPDATEGATE_SIGNING_KEY", "hunter2-is-not-a-key")


def _key_file_missing(_: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UPDATEGATE_SIGNING_KEY_FILE", "nowhere.pem")


def _damaged_ledger(world: World, _: pytest.MonkeyPatch) -> None:
    world.write("ci/promotions.jsonl", "{}\n")


def _ledger_is_a_folder(world: World, _: pytest.MonkeyPatch) -> None:
    (world.root / "ci/promotions.jsonl").mkdir()


def _key_there(world: World, _: pytest.MonkeyPatch) -> None:
    world.write("key.pem", "a key")


CASES: dict[str, tuple[list[str], int, Callable[[World, pytest.MonkeyPatch], None]]] = {
    "no_stages": (PROMOTE, 2, _no_stages),
    "to_misspelt": (["promote", "reports/v.json", "--to", "stagging"], 2, _nothing),
    "to_the_first": (["promote", "reports/v.json", "--to", "test"], 2, _nothing),
    "to_left_out": (["promote", "reports/v.json"], 2, _nothing),
    "no_verdict": (["promote", "reports/nowhere", "--to", "staging"], 2, _nothing),
    "damaged_verdict": (PROMOTE, 2, _damaged_verdict),
    "verdict_is_no_json": (PROMOTE, 2, _verdict_is_no_json),
    "wrong_stage": (PROMOTE, 2, _wrong_stage),
    "no_key": (PROMOTE, 2, _no_key),
    "key_is_none": (PROMOTE, 2, _key_is_none),
    "key_file_missing": (PROMOTE, 2, _key_file_missing),
    "damaged_ledger": (PROMOTE, 3, _damaged_ledger),
    "ledger_is_a_folder": (PROMOTE, 3, _ledger_is_a_folder),
    "no_ledger": (["ledger", "verify"], 2, _nothing),
    "head_misspelt": (["ledger", "verify", "--head", "17"], 2, _nothing),
    "verify_damaged": (["ledger", "verify"], 1, _damaged_ledger),
    "key_there": (["ledger", "new-key", "key.pem"], 2, _key_there),
    "parity_with_itself": (["parity", "test", "test"], 2, _nothing),
    "parity_misspelt": (["parity", "test", "prodution"], 2, _nothing),
    "rollout_misspelt": (["rollout-check", "reports/v.json", "--at", "prod"], 2, _nothing),
    "rollout_scope_misspelt": (
        ["rollout-check", "reports/v.json", "--at", "staging", "--scope", "rolout"],
        2,
        _nothing,
    ),
    "shard_misspelt": (["run", "test", "--shard", "3"], 2, _nothing),
    "shard_too_many": (["run", "test", "--shard", "4/4"], 2, _nothing),
    "durations_alone": (["run", "test", "--durations", "reports/x"], 2, _nothing),
}


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_in_a_command_or_its_files(
    name: str, world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    world.verdict().rename(world.root / "reports/v.json")
    arguments, code, prepare = CASES[name]
    prepare(world, monkeypatch)
    assert execute(arguments) == code
    text = told(capsys, world)
    assert "hunter2" not in text
    golden(name, text)
