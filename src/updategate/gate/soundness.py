"""Whether the evidence can carry a verdict at all: complete, of one shop, of one build."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from updategate.evidence.reader import RunEvidence
from updategate.evidence.records import Build, Phase, RunStarted
from updategate.gate.verdict import Reason


def doubt(code: str, message: str, *, evidence: str | None = None, process: str | None = None, **facts: str) -> Reason:
    """A reason to be unsure; ``facts`` are the parts of its sentence."""
    return Reason(code=code, weight="inconclusive", message=message, evidence=evidence, process=process, facts=facts)


def file_doubts(runs: Iterable[RunEvidence], phase: Phase) -> list[Reason]:
    """Everything that is wrong with the evidence files themselves."""
    reasons = []
    for run in runs:
        for defect in run.defects:
            where = f"{run.name}:{defect.line}" if defect.line else run.name
            reasons.append(
                doubt(
                    f"evidence_{defect.code}",
                    f"The evidence of the {phase} run {run.name} is not complete: {defect.message}.",
                    evidence=where,
                    run=run.name,
                    defect=defect.message,
                )
            )
        if run.started and run.started.phase and run.started.phase != phase:
            reasons.append(
                doubt(
                    "phase",
                    f"{run.name} was recorded as the {run.started.phase} run, but is given as the {phase} run.",
                    evidence=run.name,
                    run=run.name,
                )
            )
    return reasons


def build_doubts(runs: Sequence[RunEvidence], phase: Phase) -> list[Reason]:
    """The shop must be known, be the same in all runs of a phase, and not change while it was tested."""
    reasons: list[Reason] = []
    builds: list[tuple[str, Build]] = []
    for run in runs:
        if run.started is None:
            continue
        start, end = run.started.build, run.finished.build if run.finished else None
        if start is None or end is None:
            if run.started.kind == "processes" and (start is None or not run.defects):
                reasons.append(
                    doubt(
                        "build_unknown",
                        f"What the {phase} run {run.name} tested is not known: the shop's version could not be read.",
                        evidence=run.name,
                        run=run.name,
                    )
                )
        elif start != end:
            reasons.append(
                doubt(
                    "build_changed",
                    f"The shop changed during the {phase} run {run.name}: {build_difference(start, end)}.",
                    evidence=run.name,
                    run=run.name,
                )
            )
        if start is not None:
            builds.append((run.name, start))
    for name, build in builds[1:]:
        if build != builds[0][1]:
            reasons.append(
                doubt(
                    "builds_differ",
                    f"The {phase} runs {builds[0][0]} and {name} tested different builds: "
                    f"{build_difference(builds[0][1], build)}.",
                    evidence=name,
                    run=f"{builds[0][0]}, {name}",
                )
            )
    return reasons


def environment_doubts(after: Sequence[RunEvidence], before: Sequence[RunEvidence]) -> list[Reason]:
    """Before and after must be the same environment, scope and kind of machine."""
    reasons: list[Reason] = []
    starts = [run.started for run in (*after, *before) if run.started]
    names = {start.provenance.environment for start in starts}
    if len(names) > 1:
        reasons.append(
            doubt(
                "environments_differ",
                f"The runs come from different environments: {', '.join(sorted(names))}.",
                names=", ".join(sorted(names)),
            )
        )
    scopes = {start.scope for start in starts if start.kind == "processes"}
    if len(scopes) > 1:
        told = ", ".join(sorted(scopes))
        reasons.append(doubt("scopes_differ", f"The runs have different scopes: {told}.", names=told))
    return [*reasons, *_measured_apart(starts)]


def _measured_apart(starts: Iterable[RunStarted]) -> list[Reason]:
    """Times of another load profile, or of another class of machine, are no baseline for these."""
    measured = [start.provenance for start in starts if start.kind == "load"]
    reasons = []
    profiles = {told.profile_hash for told in measured if told.profile_hash}
    if len(profiles) > 1:
        message = "The load runs played different profiles, so their times cannot be compared."
        reasons.append(doubt("profiles_differ", message))
    machines = sorted({told.machine_class for told in measured if told.machine_class})
    if len(machines) > 1:
        told = ", ".join(machines)
        message = f"The load runs were measured on different classes of machine: {told}."
        reasons.append(doubt("machines_differ", message, names=told))
    return reasons


def build_difference(one: Build, other: Build) -> str:
    """What differs between two builds, in words; empty when nothing does."""
    parts = []
    if one.core != other.core:
        parts.append(f"Shopware {one.core} → {other.core}")
    old = {plugin.name: plugin for plugin in one.plugins}
    new = {plugin.name: plugin for plugin in other.plugins}
    for name in sorted(old.keys() | new.keys()):
        was, now = old.get(name), new.get(name)
        if was == now:
            continue
        if was is None or now is None:
            parts.append(f"plugin {name} {'removed' if now is None else 'added'}")
        elif was.version != now.version:
            parts.append(f"plugin {name} {was.version} → {now.version}")
        else:
            parts.append(f"plugin {name} {'activated' if now.active else 'deactivated'}")
    for field, what in (("lock_hash", "composer.lock"), ("migrations", "migrations"), ("flags", "feature flags")):
        if getattr(one, field) != getattr(other, field):
            parts.append(f"{what} changed")
    return ", ".join(parts)
