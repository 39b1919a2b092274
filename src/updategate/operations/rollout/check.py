"""The evidence of a roll-out: the fingerprint, the baseline, the watch."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from updategate.baseline.decision import Pace, Rule
from updategate.baseline.files import baseline_path, compare_with_baseline, read_baseline
from updategate.clients.errors import ShopError
from updategate.config.environment import Environment, secrets_of
from updategate.config.policy import Policy
from updategate.config.process_environment import actor
from updategate.config.stages import StageEntry, Stages, WatchRules
from updategate.evidence.provenance import provenance_of
from updategate.evidence.reader import RunEvidence
from updategate.evidence.records import Build, Indicator, Rollout, RunStarted
from updategate.evidence.writer import EvidenceWriter
from updategate.gate.verdict import Verdict
from updategate.operations.fingerprint import read_build
from updategate.operations.promote import look
from updategate.operations.rollout.watching import Round, sights_of, watch
from updategate.promotion.comparison import Compared, compare_builds, compare_environments
from updategate.promotion.decision import Live
from updategate.promotion.ledger import Entry, append, examine
from updategate.promotion.signing import SigningKey

NOT_PROMOTED = "What was rolled out was never promoted to {stage}: the ledger knows no promotion of this verdict."


@dataclass(frozen=True, slots=True)
class Expected:
    """What should stand at a stage: the promoted verdict, and the SHA-256 of its file."""

    verdict: Verdict
    digest: str
    stage: StageEntry

    @classmethod
    def of(cls, verdict: Verdict, content: bytes, stage: StageEntry) -> Expected:
        """From a verdict and the bytes of its file."""
        return cls(verdict, hashlib.sha256(content).hexdigest(), stage)


@dataclass(frozen=True, slots=True)
class RolloutCheck:
    """The checks of one roll-out, written into ``folder`` as evidence of kind ``rollout``."""

    environment: Environment
    policy: Policy
    policy_file: Path
    expected: Expected
    ledger: Path
    stages: Stages
    folder: Path
    root: Path

    def carry_out(self, loads: Sequence[RunEvidence], rules: WatchRules | None, tell: Callable[[Round], None]) -> Path:
        """Check fingerprint, speed (where there are ``loads``), and watch (where there are ``rules``).

        Returns the folder with the evidence. Ctrl-C ends the watch; the evidence then says so.
        """
        writer = EvidenceWriter(self.folder, self.folder.name, secrets=secrets_of(self.environment))
        live = look(self.environment, self.policy)
        self._start(writer, live)
        try:
            for record in (*self._promoted(), *self._fingerprint(live), *self._speed(loads)):
                writer.write(record)
            if rules is not None:
                self._watch(writer, rules, tell)
        except KeyboardInterrupt:
            writer.finish(self._build(), interrupted=True, reason="the watch was interrupted")
            return self.folder
        except BaseException as error:
            writer.finish(live.build, interrupted=True, reason=f"{type(error).__name__}: {error}")
            raise
        writer.finish(self._build())
        return self.folder

    def _start(self, writer: EvidenceWriter, live: Live) -> None:
        environment = self.environment
        writer.write(
            RunStarted(
                kind="rollout",
                scope="rollout",
                phase="after",
                build=live.build,
                environment=live.facts.model_dump() if live.facts else {},
                provenance=provenance_of(environment, self.root, policy=self.policy_file),
            )
        )

    def _build(self) -> Build | None:
        try:
            return read_build(self.environment)
        except ShopError:
            return None

    def _promoted(self) -> list[Rollout]:
        """That the ledger knows the promotion; a ledger that was changed decides nothing."""
        stage = self.expected.stage.name
        known = examine(self.ledger, self.stages.trusted_keys)
        if known.damages or known.doubts:
            told = str(known.damages[0]) if known.damages else known.doubts[0]
            message = f"Whether this was promoted to {stage} is not known: {told}."
            return [Rollout(check="fingerprint", ok=None, expected="an untouched ledger", actual=told, message=message)]
        promoted = [entry for entry in known.entries if entry.event == "promoted" and entry.stage == stage]
        if promoted and promoted[-1].verdict == self.expected.digest:
            return []
        last = f"the last one is of {promoted[-1].at[:16]}" if promoted else "there is none"
        message = NOT_PROMOTED.format(stage=stage)
        return [Rollout(check="fingerprint", ok=False, expected="the last promotion", actual=last, message=message)]

    def _fingerprint(self, live: Live) -> list[Rollout]:
        verdict, stage = self.expected.verdict, self.expected.stage
        validated, bound = verdict.build.after, verdict.fingerprint
        if live.build is None or validated is None or bound is None:
            told = live.problem or "the verdict is bound to no build"
            message = f"Whether {stage.name} is what was validated is not known: {told}."
            return [Rollout(check="fingerprint", ok=None, expected="an answer", actual="none", message=message)]
        today = datetime.now(UTC).date()
        build = compare_builds(validated, live.build)
        environment = compare_environments(bound.facts, live.facts, stage.exceptions, today)
        records = [*_differences(build, stage.name), *_differences(environment, stage.name)]
        if not records:
            records.append(
                Rollout(check="fingerprint", ok=True, expected=bound.build, actual=bound.build, message="As validated.")
            )
        return records

    def _speed(self, loads: Sequence[RunEvidence]) -> list[Rollout]:
        """The load runs after the roll-out against the environment's own stored baseline."""
        if not loads:
            if not self.policy.performance.required:
                return []
            message = "The speed after the roll-out was not measured, and the policy requires it."
            return [Rollout(check="performance", ok=None, expected="a run of load", actual="none", message=message)]
        started = loads[0].started
        profile = started.scope if started else "unknown"
        path = baseline_path(self.root, self.environment.name, profile)
        if not path.is_file():
            message = (
                f"There is no baseline of {profile} for {self.environment.name}: nothing to compare the speed with."
            )
            return [Rollout(check="performance", ok=None, expected=str(path), actual="no file", message=message)]
        foreign = [run.name for run in loads if not self._is_own_load(run)]
        if foreign:
            message = f"{', '.join(foreign)}: no run of load on {self.environment.name}."
            return [Rollout(check="performance", ok=None, expected="its own load", actual="another", message=message)]
        rule = Rule()
        compared = compare_with_baseline(read_baseline(path), loads, rule)
        worst = max(compared.metrics, key=lambda metric: metric.change, default=None)
        actual = f"{worst.metric} {worst.change:+.1%}" if worst else "nothing was compared"
        expected = f"p95 at most {rule.tolerance:+.0%} against {compared.runs} stored runs"
        ok = {Pace.NOT_SLOWER: True, Pace.SLOWER: False}.get(compared.pace)
        texts = {
            True: "As fast as before.",
            False: f"{self.environment.name} is slower than its own baseline: {actual}.",
            None: f"Whether it is slower than its baseline is not decided: {'; '.join(compared.reasons) or actual}.",
        }
        return [Rollout(check="performance", ok=ok, expected=expected, actual=actual, message=texts[ok])]

    def _is_own_load(self, run: RunEvidence) -> bool:
        return (
            run.started is not None
            and run.started.kind == "load"
            and run.started.provenance.environment == self.environment.name
        )

    def _watch(self, writer: EvidenceWriter, rules: WatchRules, tell: Callable[[Round], None]) -> None:
        expected = (
            f"at most {rules.errors_at_most:.1%} of looks wrong and p95 up to {rules.p95_at_most:g} ms "
            f"for {rules.minutes:g} minutes, every {rules.every:g} s"
        )

        def keep(state: Round) -> None:
            writer.write(Indicator(name="watch.error_ratio", value=state.error_ratio, unit="1", samples=state.looks))
            writer.write(Indicator(name="watch.p95", value=round(state.p95, 1), unit="ms", samples=state.looks))
            tell(state)

        try:
            watched = watch(sights_of(self.environment), rules, keep)
        except (ShopError, LookupError) as error:
            message = f"The shop cannot be watched: {error}."
            writer.write(Rollout(check="watch", ok=None, expected=expected, actual=str(error), message=message))
            return
        texts = {
            True: "Stayed within its limits.",
            False: f"A limit was broken while {self.environment.name} was watched: {watched.actual}.",
            None: f"Too few looks to decide: {watched.looks}, at least {rules.least} are needed.",
        }
        writer.write(
            Rollout(check="watch", ok=watched.ok, expected=expected, actual=watched.actual, message=texts[watched.ok])
        )


def _differences(compared: Compared, stage: str) -> list[Rollout]:
    return [
        Rollout(
            check="fingerprint",
            ok=False if difference.known else None,
            expected=difference.expected,
            actual=difference.actual,
            message=f"{stage} is not what was validated: {difference}."
            if difference.known
            else f"Whether {stage} is what was validated is not known: {difference}.",
        )
        for difference in compared.differences
    ]


def note_in_ledger(check: RolloutCheck, verdict: Verdict, key: SigningKey | None) -> Entry:
    """Write the outcome of a check into the ledger; raises LedgerError or ConfigError."""
    stage = check.expected.stage
    bound = check.expected.verdict.fingerprint
    return append(
        check.ledger,
        Entry(
            seq=1,
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            event="checked",
            stage=stage.name,
            environment_name=stage.environment_name,
            build=bound.build if bound else None,
            environment=bound.environment if bound else None,
            core=verdict.build.after.core if verdict.build.after else None,
            verdict=check.expected.digest,
            runs=tuple(run.run for run in verdict.provenance.runs),
            policy_hash=verdict.provenance.policy_hash,
            by=actor(),
            refusals=tuple(reason.message for reason in verdict.reasons if reason.weight == "fail"),
            doubts=tuple(reason.message for reason in verdict.reasons if reason.weight == "inconclusive"),
            notes=(f"The check after the roll-out says {verdict.verdict}.",),
            tool_version=metadata.version("updategate"),
        ),
        key,
        check.stages.trusted_keys,
    )
