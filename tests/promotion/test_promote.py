"""`updategate promote`: what was validated goes one stage further, and nothing else does."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.promotion.conftest import AFTER, BEFORE, STAGES, World
from updategate.cli import execute
from updategate.config.stages import load_stages
from updategate.operations.fingerprint import lock_hash_of_file
from updategate.promotion.ledger import Entry, examine
from updategate.promotion.signing import new_key


def promote(world: World, verdict: Path, capsys: pytest.CaptureFixture[str], to: str = "staging") -> tuple[int, str]:
    code = execute(["promote", str(verdict), "--to", to])
    captured = capsys.readouterr()
    text = captured.out + captured.err
    assert "Traceback" not in text
    return int(code), text


def entries(world: World) -> tuple[Entry, ...]:
    found = examine(world.root / "ci/promotions.jsonl")
    assert found.damages == ()
    return found.entries


def test_what_was_validated_is_promoted_and_the_ledger_knows_it(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    verdict = world.verdict()
    code, text = promote(world, verdict, capsys)
    assert (code, "Promoted to staging: Shopware 6.6.7.1" in text) == (0, True), text
    (entry,) = entries(world)
    assert (entry.event, entry.from_stage, entry.stage) == ("promoted", "test", "staging")
    assert entry.build == json.loads(verdict.read_text(encoding="utf-8"))["fingerprint"]["build"]


def test_no_shop_is_written_to(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    promote(world, world.verdict(), capsys)
    asked = {*world.test.asked, *world.staging.asked}
    reading = ("GET /", "POST /api/search/", "POST /api/oauth/token", "POST /store-api/context")
    assert asked
    assert [request for request in asked if not request.startswith(reading)] == []


def staging_with(more: str) -> str:
    return STAGES.replace("{name: staging, plan: minor}", f"{{name: staging, plan: minor, {more}}}")


def _old(world: World, verdict: Path) -> None:
    world.grow_old(verdict, 200)


def _drifted_plugin(world: World, _: Path) -> None:
    world.test.plugins["AcmeB2bPrices"] = "1.1.1"


def _new_plugin_at_target(world: World, _: Path) -> None:
    world.staging.plugins["SwagExtra"] = "2.0.0"


def _other_start(world: World, _: Path) -> None:
    world.staging.version = "6.5.8.14"


def _other_plan(world: World, _: Path) -> None:
    plan = world.root / "ci/updates/minor.yaml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("6.6.7.1", "6.6.10.0"), encoding="utf-8")


def _plan_without_the_plugin(world: World, _: Path) -> None:
    plan = world.root / "ci/updates/minor.yaml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("plugins: {AcmeB2bPrices: 1.1.0}\n", ""), encoding="utf-8")


def _setting_differs(world: World, _: Path) -> None:
    world.staging.settings = {"core.cart.maxQuantity": 5}


def _theme_differs(world: World, _: Path) -> None:
    world.staging.css = "body{color:blue}"


def _flag_differs(world: World, _: Path) -> None:
    world.staging.flags = ("V6_6_0_0", "V6_7_0_0")


def _edited_build(_: World, verdict: Path) -> None:
    text = verdict.read_text(encoding="utf-8").replace('"version": "1.1.0"', '"version": "1.2.0"')
    verdict.write_text(text, encoding="utf-8")


def _verdict_fails(_: World, verdict: Path) -> None:
    body = json.loads(verdict.read_text(encoding="utf-8"))
    body["verdict"] = "fail"
    body["reasons"] = [{"code": "regressed", "weight": "fail", "message": "CHK-001 failed."}]
    verdict.write_text(json.dumps(body), encoding="utf-8")


def _another_environment(_: World, verdict: Path) -> None:
    body = json.loads(verdict.read_text(encoding="utf-8"))
    body["environment"] = "laptop"
    verdict.write_text(json.dumps(body), encoding="utf-8")


REFUSED: dict[str, tuple[Callable[[World, Path], None], str]] = {
    "old": (_old, "The verdict is too old: its runs are 200 hours old, the policy allows 168"),
    "drifted": (
        _drifted_plugin,
        "changed since it was validated: plugin AcmeB2bPrices: expected 1.1.0 (active)",
    ),
    "more at the target": (_new_plugin_at_target, "plugin SwagExtra: expected not there, found 2.0.0 (active)"),
    "other start": (
        _other_start,
        "not what the validated update began with: Shopware: expected 6.6.6.1, found 6.5.8.14",
    ),
    "other plan": (_other_plan, "does not lead to what was validated: Shopware: expected 6.6.7.1, found 6.6.10.0"),
    "plan without plugin": (_plan_without_the_plugin, "AcmeB2bPrices: expected 1.1.0 (active), found 1.0.0 (active)"),
    "setting": (_setting_differs, "settings.core.cart.maxQuantity: expected '100', found '5'"),
    "theme": (_theme_differs, "has another environment than the one that was validated: theme: expected"),
    "flag": (_flag_differs, "feature flags: expected none more, found V6_7_0_0"),
    "edited": (_edited_build, "The verdict was changed: its fingerprint is not that of its build"),
    "fail": (_verdict_fails, "The verdict is fail. CHK-001 failed."),
    "other environment": (_another_environment, "The verdict is of the environment laptop, but test is test"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_the_difference_listed(name: str, world: World, capsys: pytest.CaptureFixture[str]) -> None:
    verdict = world.verdict()
    change, told = REFUSED[name]
    change(world, verdict)
    code, text = promote(world, verdict, capsys)
    assert code == 1, text
    assert told in text
    (entry,) = entries(world)
    assert entry.event == "refused"
    assert any(told in refusal for refusal in entry.refusals)


def _inconclusive(_: World, verdict: Path) -> None:
    body = json.loads(verdict.read_text(encoding="utf-8"))
    body["verdict"] = "inconclusive"
    verdict.write_text(json.dumps(body), encoding="utf-8")


def _no_fingerprint(_: World, verdict: Path) -> None:
    body = json.loads(verdict.read_text(encoding="utf-8"))
    body["fingerprint"] = None
    verdict.write_text(json.dumps(body), encoding="utf-8")


def _from_the_future(world: World, verdict: Path) -> None:
    world.grow_old(verdict, -2)


def _source_broken(world: World, _: Path) -> None:
    world.test.broken.add("/api/_info/version")


def _target_broken(world: World, _: Path) -> None:
    world.staging.broken.add("/api/search/plugin")


def _settings_untold(world: World, _: Path) -> None:
    world.staging.broken.add("/api/_action/system-config")


def _required_unknown(world: World, _: Path) -> None:
    policy = world.root / "ci/policies/default.yaml"
    policy.write_text(policy.read_text(encoding="utf-8") + "promotion: {requires: [lock_hash]}\n", encoding="utf-8")


UNDECIDED: dict[str, tuple[Callable[[World, Path], None], str]] = {
    "inconclusive": (_inconclusive, "The verdict is inconclusive"),
    "no fingerprint": (_no_fingerprint, "does not say which build it is bound to"),
    "future": (_from_the_future, "lie in the future"),
    "source broken": (_source_broken, "cannot be asked whether it changed since"),
    "target broken": (_target_broken, "cannot be asked what it is now"),
    "settings untold": (_settings_untold, "settings cannot be compared: expected 1 settings, found unknown"),
    "required": (_required_unknown, "requires that lock_hash is known"),
}


@pytest.mark.parametrize("name", UNDECIDED)
def test_not_decided_is_not_promoted(name: str, world: World, capsys: pytest.CaptureFixture[str]) -> None:
    verdict = world.verdict()
    change, told = UNDECIDED[name]
    change(world, verdict)
    code, text = promote(world, verdict, capsys)
    assert code == 3, text
    assert told in text
    assert [entry.event for entry in entries(world)] == ["undecided"]


def test_a_listed_exception_with_its_reason_lets_an_environment_differ(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    exceptions = (
        "exceptions: [{what: settings.core.cart.*, reason: a smaller shop},"
        " {what: theme, reason: has a banner, expires: 2026-01-01}]"
    )
    world.write(
        "ci/stages.yaml",
        STAGES.replace("{name: staging, plan: minor}", f"{{name: staging, plan: minor, {exceptions}}}"),
    )
    world.staging.settings = {"core.cart.maxQuantity": 5}
    code, text = promote(world, world.verdict(), capsys)
    assert code == 0, text
    assert (
        "Exception at staging: settings.core.cart.maxQuantity: expected '100', found '5'; excepted: a smaller shop"
        in text
    )
    world.staging.css = "body{color:blue}"
    assert promote(world, world.verdict(), capsys)[0] == 1, "the exception for the theme has expired"


def test_no_stage_is_skipped(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = promote(world, world.verdict(), capsys, to="production")
    assert code == 1
    assert "only what was validated at staging goes to production; this verdict is of test" in text

    world.validated(world.staging)
    code, text = promote(world, world.verdict("staging"), capsys, to="production")
    assert code == 1
    assert "the ledger knows no promotion of this build to staging" in text


def test_the_whole_way_from_test_to_production(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert promote(world, world.verdict(), capsys)[0] == 0
    world.validated(world.staging)
    staging = world.verdict("staging")
    assert promote(world, staging, capsys, to="production")[0] == 0
    assert [(entry.event, entry.stage) for entry in entries(world)] == [
        ("promoted", "staging"),
        ("promoted", "production"),
    ]
    # another build than the one that came through staging
    other = AFTER.model_copy(update={"core": "6.6.7.2"})
    world.staging.version = "6.6.7.2"
    code, text = promote(world, world.verdict("staging", after=other), capsys, to="production")
    assert code == 1
    assert "the ledger knows no promotion of this build to staging (the last one there was Shopware 6.6.7.1)" in text


def test_a_target_that_is_there_already_is_told(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.validated(world.staging)
    code, text = promote(world, world.verdict(), capsys)
    assert code == 0
    assert "is what was validated already; there is nothing to roll out" in text
    world.staging.settings = {}
    assert promote(world, world.verdict(), capsys)[0] == 1


def test_a_stage_that_does_not_outlive_its_validation_is_not_asked(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.write("ci/stages.yaml", STAGES.replace("{name: test}", "{name: test, ephemeral: true}"))
    verdict = world.verdict()
    world.test.asked.clear()
    code, text = promote(world, verdict, capsys)
    assert (code, world.test.asked) == (0, []), text
    assert "does not outlive its validation" in text


def test_a_rehearsal_leaves_the_ledger_alone(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["promote", str(world.verdict()), "--to", "staging", "--dry-run"]) == 0
    assert not (world.root / "ci/promotions.jsonl").exists()
    assert "this was a rehearsal" in capsys.readouterr().out


def test_the_lock_file_that_will_be_rolled_out_must_be_the_validated_one(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = world.write("composer.lock", '{"packages": [{"name": "shopware/core", "version": "v6.6.7.1"}]}')
    world.write(
        "ci/environments/test.yaml",
        (world.root / "ci/environments/test.yaml").read_text(encoding="utf-8")
        + f"fingerprint: {{composer_lock: {lock}}}\n",
    )
    known = {"lock_hash": lock_hash_of_file(lock)}
    verdict = world.verdict(after=AFTER.model_copy(update=known))
    code, text = promote(world, verdict, capsys)
    assert code == 3
    assert "composer.lock cannot be compared" in text
    with_lock = STAGES.replace(
        "{name: staging, plan: minor}", "{name: staging, plan: minor, composer_lock: composer.lock}"
    )
    world.write("ci/stages.yaml", with_lock)
    assert promote(world, verdict, capsys)[0] == 0
    world.write("other.lock", '{"packages": [{"name": "shopware/core", "version": "v6.6.7.2"}]}')
    world.write("ci/stages.yaml", with_lock.replace("composer_lock: composer.lock", "composer_lock: other.lock"))
    code, text = promote(world, verdict, capsys)
    assert code == 1
    assert "does not lead to what was validated: composer.lock" in text


@pytest.fixture
def trusted(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    key = new_key(world.root / "key.pem")
    world.write("ci/stages.yaml", f"trusted_keys: [{{name: pipeline, public: {key.public}}}]\n{STAGES}")
    monkeypatch.setenv("UPDATEGATE_SIGNING_KEY_FILE", str(world.root / "key.pem"))
    return world


def gate(world: World, name: str) -> Path:
    """A verdict as ``updategate gate`` writes it, signed where a key is given."""
    before = world.run(f"{name}-before", "test", "before", BEFORE)
    after = world.run(f"{name}-after", "test", "after", AFTER)
    assert execute(["gate", "--before", str(before), "--after", str(after)]) == 0
    return after / "verdict.json"


def test_a_signed_verdict_is_promoted_and_the_entry_is_signed(
    trusted: World, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = promote(trusted, gate(trusted, "signed"), capsys)
    assert code == 0, text
    assert "Signed by pipeline" in text
    keys = load_stages(trusted.root / "ci/stages.yaml").trusted_keys
    assert examine(trusted.root / "ci/promotions.jsonl", keys).damages == ()
    assert execute(["ledger", "verify"]) == 0
    secret = (trusted.root / "key.pem").read_text(encoding="utf-8").splitlines()[1]
    for path in trusted.root.rglob("*"):
        if path.is_file() and path.name != "key.pem":
            assert secret.encode() not in path.read_bytes(), path


def test_a_signed_verdict_that_was_changed_is_refused(trusted: World, capsys: pytest.CaptureFixture[str]) -> None:
    verdict = gate(trusted, "changed")
    verdict.write_text(verdict.read_text(encoding="utf-8").replace("CHK-001", "CHK-002"), encoding="utf-8")
    code, text = promote(trusted, verdict, capsys)
    assert code == 1
    assert "the verdict was changed after it was signed" in text


def test_a_verdict_of_a_stranger_is_refused(
    trusted: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    new_key(trusted.root / "strange.pem")
    with monkeypatch.context() as stranger:
        stranger.setenv("UPDATEGATE_SIGNING_KEY", (trusted.root / "strange.pem").read_text(encoding="utf-8"))
        verdict = gate(trusted, "strange")
    code, text = promote(trusted, verdict, capsys)
    assert code == 1
    assert "it was not signed by a trusted key" in text


def test_where_keys_are_trusted_an_unsigned_verdict_is_refused(
    trusted: World, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = promote(trusted, trusted.verdict(), capsys)
    assert code == 1
    assert "The verdict is not signed." in text
