"""Whether a verdict lets its build go one stage further. Pure: what the shops say comes in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from updategate.config.policy import Policy
from updategate.config.stages import StageEntry, Stages
from updategate.config.update_plan import UpdatePlan
from updategate.evidence.fingerprint import build_id
from updategate.evidence.records import Build, EnvironmentFacts, Plugin
from updategate.gate.verdict import Verdict
from updategate.promotion.comparison import Compared, compare_builds, compare_environments
from updategate.promotion.ledger import Entry
from updategate.promotion.signing import Signed

Outcome = Literal["promoted", "refused", "undecided"]
CLOCK_TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Live:
    """A shop as it was found just now; ``problem`` says why something could not be asked."""

    build: Build | None = None
    facts: EnvironmentFacts | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be rolled out at the target: the update plan and the hash of the lock file, where one is named."""

    update: UpdatePlan
    lock_hash: str | None = None


@dataclass(slots=True)
class Decision:
    """The answer: ``refusals`` stand against it, ``doubts`` leave it open, ``notes`` are told."""

    refusals: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        """A refusal outweighs a doubt; without either, the build is promoted."""
        return "refused" if self.refusals else "undecided" if self.doubts else "promoted"


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that a decision rests on.

    ``source`` is the shop of the stage before the target, ``source_name`` its environment's name; ``found`` is the
    target's shop as it is now.
    """

    verdict: Verdict
    signed: Signed
    stages: Stages
    target: StageEntry
    policy: Policy
    ledger: Sequence[Entry]
    source_name: str
    source: Live
    found: Live
    plan: Plan | None
    now: datetime


def decide(case: Case) -> Decision:
    """Decide on one promotion."""
    decision = Decision()
    _verdict(case, decision)
    _age(case, decision)
    _signature(case, decision)
    _way(case, decision)
    if case.verdict.build.after is not None and case.verdict.fingerprint is not None:
        _source(case, decision, case.verdict.build.after)
        _target(case, decision, case.verdict.build.after)
        _required(case, decision, case.verdict.build.after)
    return decision


def _verdict(case: Case, decision: Decision) -> None:
    verdict = case.verdict
    if verdict.verdict == "fail":
        first = next((reason.message for reason in verdict.reasons if reason.weight == "fail"), "")
        decision.refusals.append(f"The verdict is fail. {first}".strip())
    elif verdict.verdict == "inconclusive":
        first = next((reason.message for reason in verdict.reasons if reason.weight == "inconclusive"), "")
        decision.doubts.append(f"The verdict is inconclusive. {first}".strip())
    build, print_ = verdict.build.after, verdict.fingerprint
    if build is None or print_ is None:
        decision.doubts.append(
            "The verdict does not say which build it is bound to. Judge its runs again with 'updategate gate'."
        )
    elif print_.build != build_id(build):
        decision.refusals.append("The verdict was changed: its fingerprint is not that of its build.")


def _age(case: Case, decision: Decision) -> None:
    times = [datetime.fromisoformat(run.at) for run in case.verdict.provenance.runs if run.phase == "after" and run.at]
    if not times:
        decision.doubts.append("The verdict rests on no run from after the update whose time is known.")
        return
    age = case.now - min(times)
    limit = case.policy.promotion.max_hours
    if age < -CLOCK_TOLERANCE:
        decision.doubts.append(
            f"The verdict's runs lie in the future ({min(times).isoformat(timespec='minutes')}): a clock is wrong."
        )
    elif age > timedelta(hours=limit):
        hours = age.total_seconds() / 3600
        decision.refusals.append(
            f"The verdict is too old: its runs are {hours:.0f} hours old, the policy allows {limit:g}. Validate again."
        )


def _signature(case: Case, decision: Decision) -> None:
    if case.signed.problem:
        decision.refusals.append(f"The verdict's signature does not hold: {case.signed.problem}.")
    elif case.signed.by:
        decision.notes.append(f"Signed by {case.signed.by}.")
    elif case.policy.promotion.signature or case.stages.trusted_keys:
        decision.refusals.append(
            "The verdict is not signed. Judge with UPDATEGATE_SIGNING_KEY or UPDATEGATE_SIGNING_KEY_FILE set."
        )
    else:
        decision.notes.append("The verdict is not signed: that it was not edited is taken on trust.")


def _way(case: Case, decision: Decision) -> None:
    """The verdict must come from the stage right before, and the build must have come there in the same way."""
    came_from = case.stages.before(case.target)
    if came_from is None:
        decision.refusals.append(f"{case.target.name} is the first stage: nothing is promoted to it.")
        return
    tested = sorted({run.stage or "unknown" for run in case.verdict.provenance.runs if run.kind == "processes"})
    if tested != [came_from.name]:
        decision.refusals.append(
            f"A stage was skipped: only what was validated at {came_from.name} goes to {case.target.name}; this "
            f"verdict is of {', '.join(tested) or 'no process run'}."
        )
    elif case.verdict.environment != case.source_name:
        decision.refusals.append(
            f"The verdict is of the environment {case.verdict.environment}, but {came_from.name} is {case.source_name}."
        )
    stage = came_from
    fingerprint = case.verdict.fingerprint.build if case.verdict.fingerprint else None
    while case.stages.before(stage) is not None:
        known = [entry for entry in case.ledger if entry.event == "promoted" and entry.stage == stage.name]
        if not any(entry.build == fingerprint for entry in known):
            decision.refusals.append(
                f"A stage was skipped: the ledger knows no promotion of this build to {stage.name}"
                f"{f' (the last one there was Shopware {known[-1].core})' if known else ''}."
            )
        stage = case.stages.before(stage) or stage


def _source(case: Case, decision: Decision, validated: Build) -> None:
    """The shop that was validated must still be what was validated."""
    came_from = case.stages.before(case.target)
    if came_from is None:
        return
    if came_from.ephemeral:
        decision.notes.append(f"The shop of {came_from.name} does not outlive its validation; it was not asked again.")
        return
    where = f"{came_from.name} ({came_from.environment_name})"
    if case.source.problem or case.source.build is None:
        decision.doubts.append(
            f"{where} cannot be asked whether it changed since: {case.source.problem or 'no answer'}"
        )
        return
    compared = compare_builds(validated, case.source.build)
    _tell(decision, compared, f"{where} changed since it was validated")
    facts = case.verdict.fingerprint.facts if case.verdict.fingerprint else None
    _tell(decision, compare_environments(facts, case.source.facts), f"{where} changed since it was validated")


def _target(case: Case, decision: Decision, validated: Build) -> None:
    """The target must stand where the validated update began, and its plan must lead where that one ended."""
    where = f"{case.target.name} ({case.target.environment_name})"
    if case.found.problem or case.found.build is None:
        decision.doubts.append(f"{where} cannot be asked what it is now: {case.found.problem or 'no answer'}")
        return
    if not compare_builds(validated, case.found.build).differences:
        decision.notes.append(f"{where} is what was validated already; there is nothing to roll out.")
        _environment(case, decision, where, after=True)
        return
    before = case.verdict.build.before
    if before is None:
        decision.doubts.append("The verdict has no run from before the update: what it was updated from is not known.")
    else:
        start = compare_builds(before, case.found.build)
        _tell(decision, start, f"{where} is not what the validated update began with")
        _environment(case, decision, where, after=False)
    if case.plan is None:
        decision.doubts.append(f"{where} has no plan: what will be rolled out there is not known.")
        return
    planned = plan_outcome(case.found.build, case.plan, validated)
    outcome = compare_builds(validated, planned)
    _tell(decision, outcome, f"The plan of {case.target.name} does not lead to what was validated")
    for what in outcome.unknown:
        decision.notes.append(f"Not compared, because no stage tells it: {what}.")


def _environment(case: Case, decision: Decision, where: str, *, after: bool) -> None:
    """Theme and settings of the target against those of the validation, after its update or before it."""
    bound = case.verdict.fingerprint
    facts = (bound.facts if after else bound.facts_before) if bound else None
    compared = compare_environments(facts, case.found.facts, case.target.exceptions, case.now.date())
    _tell(decision, compared, f"{where} has another environment than the one that was validated")
    decision.notes.extend(f"Exception at {case.target.name}: {text}." for text in compared.excepted)
    decision.notes.extend(f"Not compared, because no stage tells it: {what}." for what in compared.unknown)


def plan_outcome(found: Build, plan: Plan, validated: Build) -> Build:
    """The build that the plan leads to from the one that was found.

    What no plan can say before it is played, the migrations and the flags that come with a version, is taken from the
    validated build; the check after the roll-out compares it.
    """
    versions = plan.update.plugins
    plugins = {plugin.name: plugin for plugin in found.plugins}
    for name, version in versions.items():
        held = plugins.get(name)
        plugins[name] = (
            held.model_copy(update={"version": version, "pending": None})
            if held
            else Plugin(name=name, version=version, active=True)
        )
    core = plan.update.to or found.core
    lock = plan.lock_hash
    if lock is None and validated.lock_hash is not None and core == found.core and not versions:
        lock = found.lock_hash
    return Build(
        core=core,
        plugins=tuple(plugins[name] for name in sorted(plugins)),
        lock_hash=lock,
        migrations=validated.migrations,
        flags=validated.flags,
    )


def _required(case: Case, decision: Decision, validated: Build) -> None:
    facts = case.verdict.fingerprint.facts if case.verdict.fingerprint else None
    known: dict[str, object] = {
        "lock_hash": validated.lock_hash,
        "migrations": validated.migrations,
        "flags": validated.flags,
        "theme": facts.theme if facts else None,
        "settings": facts.settings if facts else None,
    }
    for name in case.policy.promotion.requires:
        if known[name] is None:
            decision.doubts.append(f"The policy requires that {name} is known, and the verdict does not know it.")


def _tell(decision: Decision, compared: Compared, head: str) -> None:
    decision.refusals.extend(f"{head}: {difference}." for difference in compared.real)
    decision.doubts.extend(f"{head}? {difference}." for difference in compared.doubtful)
