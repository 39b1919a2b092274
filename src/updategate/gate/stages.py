"""What binds a verdict to a place: the fingerprint, parity with production, shards, checks after a roll-out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from updategate.config.policy import ParityRules
from updategate.evidence.fingerprint import build_id, environment_id
from updategate.evidence.reader import RunEvidence
from updategate.evidence.records import EnvironmentFacts, Parity, Phase, Rollout
from updategate.gate.soundness import doubt
from updategate.gate.verdict import Fingerprint, Reason


def fingerprint(after: Sequence[RunEvidence], before: Sequence[RunEvidence]) -> Fingerprint | None:
    """What the verdict is bound to; None where no process run knows its build."""
    started = [run.started for run in after if run.started and run.started.kind == "processes"]
    build = next((start.build for start in started if start.build), None)
    if build is None:
        return None
    facts = _facts(after)
    return Fingerprint(
        build=build_id(build),
        environment=environment_id(facts) if facts else None,
        facts=facts,
        facts_before=_facts(before),
    )


def _facts(runs: Sequence[RunEvidence]) -> EnvironmentFacts | None:
    started = (run.started for run in runs if run.started and run.started.kind == "processes")
    return next((start.facts for start in started if start.facts), None)


def environment_changes(runs: Sequence[RunEvidence], phase: Phase) -> list[Reason]:
    """Runs of one phase must have found the same theme and settings, or it is not known what was tested."""
    known = [(run.name, run.started.facts) for run in runs if run.started and run.started.facts]
    reasons = []
    for name, facts in known[1:]:
        first_name, first = known[0]
        changed = [what for what in ("theme", "settings") if _differ(getattr(first, what), getattr(facts, what))]
        if changed:
            message = f"The {phase} runs {first_name} and {name} found another {' and other '.join(changed)}."
            reasons.append(doubt("environment_changed", message, evidence=name))
    return reasons


def _differ(one: object, other: object) -> bool:
    return one is not None and other is not None and one != other


def shard_doubts(runs: Sequence[RunEvidence], phase: Phase) -> list[Reason]:
    """A scope that was shared out must be there with all its shares, shared out the same way."""
    shards = [run.started.shard for run in runs if run.started and run.started.shard]
    if not shards:
        return []
    counts = {int(shard.partition("/")[2]) for shard in shards}
    if len(counts) > 1:
        told = ", ".join(sorted(shards))
        return [doubt("shards", f"The {phase} runs are shards of different divisions: {told}.")]
    (count,) = counts
    missing = sorted(set(range(1, count + 1)) - {int(shard.partition("/")[0]) for shard in shards})
    if missing:
        told = ", ".join(f"{number}/{count}" for number in missing)
        return [doubt("shards", f"The {phase} run is not complete: shard {told} is missing.")]
    return []


def parity_doubts(runs: Sequence[RunEvidence], rules: ParityRules) -> list[Reason]:
    """What makes the tested environment unlike production, as far as it was compared."""
    compared = [run for run in runs if run.started and run.started.kind == "parity"]
    if not compared:
        # after a roll-out the environment is the stage itself, and nothing that stands for it
        if not rules.required or any(run.started and run.started.kind == "rollout" for run in runs):
            return []
        message = "The environment was not compared with production, and the policy requires it."
        return [doubt("parity_missing", message)]
    return [reason for run in compared for reason in _unlike(run)] + _old(compared, runs, rules)


def _unlike(run: RunEvidence) -> list[Reason]:
    records = run.of_type(Parity)
    if not records:
        return [doubt("parity", "The comparison with production holds nothing.", evidence=run.name)]
    return [
        Reason(
            code="parity",
            weight="inconclusive",
            message=(
                f"The environment is not like production: {record.what}."
                if record.alike is False
                else f"Whether the environment is like production is not known: {record.what}."
            ),
            expected=f"{record.production}{f' ({record.allowed})' if record.allowed else ''}",
            actual=record.test,
            evidence=f"{run.name}:{record.seq + 1}",
        )
        for record in records
        if not record.alike
    ]


def _old(compared: Sequence[RunEvidence], runs: Sequence[RunEvidence], rules: ParityRules) -> list[Reason]:
    tested = [run.started.at for run in runs if run.started and run.started.kind == "processes" and run.started.at]
    reasons = []
    for run in compared:
        if not tested or run.started is None or not run.started.at:
            continue
        hours = abs((_time(min(tested)) - _time(run.started.at)).total_seconds()) / 3600
        if hours > rules.max_hours:
            message = (
                f"The comparison with production is {hours:.0f} hours away from the run that it speaks for; "
                f"the policy allows {rules.max_hours:g}."
            )
            reasons.append(doubt("parity_old", message, evidence=run.name))
    return reasons


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def rollout_reasons(after: Sequence[RunEvidence]) -> list[Reason]:
    """What the checks after a roll-out say: one that failed decides, one that could not be decided is a doubt."""
    reasons = []
    for run in after:
        for record in run.of_type(Rollout):
            if record.ok:
                continue
            failed = record.ok is False
            reasons.append(
                Reason(
                    code="rollout" if failed else "rollout_undecided",
                    weight="fail" if failed else "inconclusive",
                    message=record.message or f"The check of the {record.check} after the roll-out did not pass.",
                    expected=record.expected,
                    actual=record.actual,
                    evidence=f"{run.name}:{record.seq + 1}",
                )
            )
    return reasons
