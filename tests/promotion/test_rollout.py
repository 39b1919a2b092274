"""After a roll-out: as validated, promoted, as fast as before, and watched for a set time."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.baseline.test_files import days, load_run
from tests.promotion.conftest import World
from updategate.cli import execute
from updategate.clients.errors import ShopError
from updategate.config.policy import Policy, load_policy
from updategate.config.stages import WatchRules, load_stages
from updategate.evidence.reader import RunEvidence, read_evidence
from updategate.evidence.records import Indicator, Provenance, Rollout, RunStarted
from updategate.evidence.writer import EvidenceWriter
from updategate.gate.judge import judge
from updategate.gate.verdict import Verdict
from updategate.operations.promote import environment_of, read_verdict
from updategate.operations.rollout import check as check_module
from updategate.operations.rollout.check import Expected, RolloutCheck
from updategate.operations.rollout.watching import Round, Sight, Watched, sights_of, watch
from updategate.promotion.ledger import examine

__all__ = ["load_run"]


@dataclass
class Clock:
    """A clock that moves only when something waits or looks."""

    now: float = 0.0
    waits: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


def watched(answers: Iterator[float | None], rules: WatchRules, clock: Clock | None = None) -> Watched:
    """Watch one page whose looks take these seconds; None is a look that goes wrong."""
    ticking = clock or Clock()

    def look() -> None:
        seconds = next(answers)
        ticking.now += seconds or 0.1
        if seconds is None:
            message = "answered 503"
            raise ShopError(message)

    rounds: list[Round] = []
    result = watch([Sight("home page", look)], rules, rounds.append, clock=ticking, wait_for_next_round=ticking.wait)
    assert rounds == result.rounds
    return result


def steady(seconds: float) -> Iterator[float | None]:
    while True:
        yield seconds


RULES = WatchRules(minutes=10, every=10, errors_at_most=0.1, p95_at_most=1000, window=20, least=10)


def test_a_quiet_shop_is_watched_for_the_whole_time() -> None:
    clock = Clock()
    result = watched(steady(0.2), RULES, clock)
    assert (result.ok, result.ended_early, len(result.rounds)) == (True, False, 60)
    assert clock.now == pytest.approx(590.2)
    assert result.rounds[-1].p95 == pytest.approx(200)


def test_errors_beyond_the_limit_end_the_watch_with_what_was_seen() -> None:
    result = watched(iter([0.1] * 12 + [None] * 5), RULES)
    assert (result.ok, result.ended_early, len(result.rounds)) == (False, True, 14)
    assert "home page: answered 503" in result.actual


def test_few_looks_break_no_limit() -> None:
    answers = iter([None, *([0.1] * 100)])
    assert watched(answers, RULES).ok


def test_slow_answers_end_the_watch() -> None:
    result = watched(iter([0.1] * 10 + [3.0] * 10), RULES)
    assert (result.ok, result.ended_early) == (False, True)
    assert "p95 3000 ms" in result.actual or "p95 1550 ms" in result.actual


def test_a_fault_that_lies_behind_is_forgotten() -> None:
    answers = iter([0.1] * 9 + [None] + [0.1] * 50)
    result = watched(answers, RULES)
    assert (result.ok, result.rounds[-1].error_ratio) == (True, 0.0)


def test_too_short_a_watch_decides_nothing() -> None:
    assert watched(steady(0.1), RULES.model_copy(update={"minutes": 1})).ok is None


def test_rounds_that_take_longer_than_their_time_do_not_move_the_end() -> None:
    clock = Clock()
    result = watched(steady(25), RULES.model_copy(update={"p95_at_most": 60_000}), clock)
    assert clock.waits[:3] == [0.0, 0.0, 0.0]
    assert clock.now <= 10 * 60 + 25
    assert result.ok


def test_what_is_looked_at_in_a_shop(world: World) -> None:
    sights = sights_of(environment_of(load_stages(world.root / "ci/stages.yaml").named("staging", "x"), world.root))
    assert [sight.name for sight in sights] == ["home page", "listing", "product page", "search", "Store API"]
    for sight in sights:
        sight.look()
    world.staging.broken.add("/search")
    with pytest.raises(ShopError, match="answered 500"):
        sights[3].look()


@dataclass
class Rolled:
    """A roll-out of a promoted verdict to staging, and the checks of it."""

    world: World
    verdict: Path
    checks: int = 0

    def check(self, *, loads: tuple[RunEvidence, ...] = (), rules: WatchRules | None = None) -> RunEvidence:
        root = self.world.root
        self.checks += 1
        stages = load_stages(root / "ci/stages.yaml")
        stage = stages.named("staging", "stages.yaml")
        _, content, validated = read_verdict(self.verdict)
        policy_file = root / "ci/policies/default.yaml"
        folder = root / "reports" / f"check-{self.checks}"
        RolloutCheck(
            environment=environment_of(stage, root),
            policy=load_policy(policy_file),
            policy_file=policy_file,
            expected=Expected.of(validated, content, stage),
            ledger=root / stages.ledger,
            stages=stages,
            folder=folder,
            root=root,
        ).carry_out(loads, rules, lambda _: None)
        return read_evidence(folder)

    def told(self, **more: Any) -> list[tuple[bool | None, str]]:
        return [(record.ok, record.message) for record in self.check(**more).of_type(Rollout)]


@pytest.fixture
def rolled(world: World, capsys: pytest.CaptureFixture[str]) -> Rolled:
    verdict = world.verdict()
    assert execute(["promote", str(verdict), "--to", "staging"]) == 0
    capsys.readouterr()
    world.validated(world.staging)
    return Rolled(world, verdict)


def test_what_was_validated_stands_there(rolled: Rolled) -> None:
    assert rolled.told() == [(True, "As validated.")]


def test_another_build_is_not_what_was_validated(rolled: Rolled) -> None:
    rolled.world.staging.plugins["AcmeB2bPrices"] = "1.0.0"
    rolled.world.staging.flags = ("V6_6_0_0", "V6_7_0_0")
    told = rolled.told()
    assert [ok for ok, _ in told] == [False, False]
    assert told[0][1] == (
        "staging is not what was validated: plugin AcmeB2bPrices: expected 1.1.0 (active), found 1.0.0 (active)."
    )


def test_a_shop_that_does_not_tell_its_build_is_a_doubt(rolled: Rolled) -> None:
    rolled.world.staging.broken.add("/api/_info/version")
    ((ok, message),) = rolled.told()
    assert (ok, "is not known" in message) == (None, True)


def test_what_was_never_promoted_fails(rolled: Rolled) -> None:
    rolled.verdict = rolled.world.verdict()
    told = rolled.told()
    assert told[0] == (
        False,
        "What was rolled out was never promoted to staging: the ledger knows no promotion of this verdict.",
    )


def test_a_ledger_that_was_changed_decides_nothing(rolled: Rolled) -> None:
    path = rolled.world.root / "ci/promotions.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("6.6.7.1", "6.6.7.2"), encoding="utf-8")
    assert rolled.told()[0][0] is None


def test_speed_without_a_baseline_of_its_own_is_a_doubt(rolled: Rolled) -> None:
    folder = rolled.world.root / "reports/load"
    writer = EvidenceWriter(folder, "load")
    source = Provenance(environment="staging", stage="staging", url="", machine="m", tool_version="0", python="3")
    writer.write(RunStarted(kind="load", scope="peak", provenance=source))
    writer.finish(None)
    ok, message = rolled.told(loads=(read_evidence(folder),))[-1]
    assert (ok, message) == (None, "There is no baseline of peak for staging: nothing to compare the speed with.")


@pytest.mark.parametrize(
    ("p95", "ok", "told"),
    [(101.0, True, "As fast as before."), (140.0, False, "staging is slower than its own baseline: cart +38")],
)
def test_speed_is_held_against_the_shops_own_baseline(
    p95: float, ok: bool, told: str, rolled: Rolled, load_run: Callable[..., RunEvidence]
) -> None:
    days(load_run, rolled.world.root, 12)
    answer, message = rolled.told(loads=(load_run(20, p95),))[-1]
    assert (answer, message.startswith(told)) == (ok, True), message


def test_load_of_another_shop_says_nothing(
    rolled: Rolled, load_run: Callable[..., RunEvidence], monkeypatch: pytest.MonkeyPatch
) -> None:
    days(load_run, rolled.world.root, 12)
    run = load_run(20)
    assert run.started is not None
    other = run.started.provenance.model_copy(update={"environment": "laptop"})
    started = run.started.model_copy(update={"provenance": other})
    ok, message = rolled.told(loads=(replace(run, started=started),))[-1]
    assert (ok, "no run of load on staging" in message) == (None, True)


def test_speed_that_the_policy_requires_and_nobody_measured_is_a_doubt(rolled: Rolled) -> None:
    policy = rolled.world.root / "ci/policies/default.yaml"
    policy.write_text(policy.read_text(encoding="utf-8") + "performance: {required: true}\n", encoding="utf-8")
    assert rolled.told()[-1][0] is None


def test_a_watch_leaves_its_figures_and_its_answer(rolled: Rolled) -> None:
    rules = WatchRules(minutes=0.004, every=0.05, least=5, p95_at_most=5000)
    run = rolled.check(rules=rules)
    answer = run.of_type(Rollout)[-1]
    assert (answer.check, answer.ok) == ("watch", True)
    names = {record.name for record in run.of_type(Indicator)}
    assert names == {"watch.error_ratio", "watch.p95"}
    rolled.world.staging.broken.add("/search")
    assert rolled.check(rules=rules).of_type(Rollout)[-1].ok is False


def test_a_watch_that_is_interrupted_keeps_its_evidence_and_decides_nothing(
    rolled: Rolled, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: Any, __: Any, tell: Callable[[Round], None]) -> None:
        tell(Round(1, 5, 0.0, 12.0))
        raise KeyboardInterrupt

    monkeypatch.setattr(check_module, "watch", interrupted)
    run = rolled.check(rules=WatchRules())
    assert run.finished is not None
    assert (run.finished.interrupted, len(run.of_type(Indicator))) == (True, 2)
    assert "evidence_interrupted" in {reason.code for reason in verdict_of(rolled, [run]).reasons}


def verdict_of(rolled: Rolled, runs: list[RunEvidence]) -> Verdict:
    policy: Policy = load_policy(rolled.world.root / "ci/policies/default.yaml")
    return judge(runs, [], policy, datetime.now(UTC), policy_source="policy")


SUITE = """\
import pytest

@pytest.mark.process("CHK-001")
def test_one(): pass

@pytest.mark.process("CHK-002")
def test_two(): pass

@pytest.mark.process("CAT-001")
def test_three(): pass
"""


@pytest.fixture
def with_suites(rolled: Rolled) -> Rolled:
    rolled.world.write("suites/test_all.py", SUITE)
    rolled.world.write("pytest.ini", "[pytest]\naddopts = -p no:locust --import-mode=importlib\n")
    policy = rolled.world.root / "ci/policies/default.yaml"
    text = policy.read_text(encoding="utf-8").replace("scopes:\n", "scopes:\n  rollout: {effects_within: [canary]}\n")
    policy.write_text(text, encoding="utf-8")
    return rolled


def test_the_verb_from_processes_to_the_ledger(with_suites: Rolled, capsys: pytest.CaptureFixture[str]) -> None:
    root, verdict = with_suites.world.root, with_suites.verdict
    command = ["rollout-check", str(verdict), "--at", "staging", "-n", "0", "--minutes", "0"]
    code = execute([*command, "--run-folder", str(root / "reports/good")])
    text = capsys.readouterr().out
    assert code == 0, text
    assert "3 processes" in text
    with_suites.world.staging.plugins["AcmeB2bPrices"] = "1.0.9"
    assert execute([*command, "--run-folder", str(root / "reports/bad")]) == 1
    assert "staging is not what was validated: plugin AcmeB2bPrices" in capsys.readouterr().out
    found = examine(root / "ci/promotions.jsonl")
    assert [entry.event for entry in found.entries] == ["promoted", "checked", "checked"]
    assert found.entries[1].refusals == ()
    assert found.entries[2].refusals
    writes = [request for request in with_suites.world.staging.asked if request.startswith(("PATCH", "DELETE"))]
    assert writes == []


def test_ctrl_c_ends_the_watch_with_evidence_and_3(with_suites: Rolled) -> None:
    root = with_suites.world.root
    command = [sys.executable, "-c", "from updategate.cli import main; main()", "rollout-check"]
    arguments = [str(with_suites.verdict), "--at", "staging", "-n", "0", "--minutes", "5", "--every", "0.2"]
    process = subprocess.Popen(
        [*command, *arguments, "--run-folder", "reports/ended"],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # heed Ctrl-C even where the tests themselves run in the background
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "round 2" in line:
            process.send_signal(signal.SIGINT)
            break
    rest = process.stdout.read()
    process.stdout.close()
    assert process.wait(timeout=30) == 3, "".join(lines) + rest
    assert "Traceback" not in rest
    run = read_evidence(root / "reports/ended/rollout")
    assert run.finished is not None
    assert run.finished.reason == "the watch was interrupted"
    assert (root / "reports/ended/verdict.json").is_file()
