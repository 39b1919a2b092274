"""Stored baselines: ``scenarios/baselines/<environment>/<profile>.json``, changed by ``baseline accept`` and a review.

A file holds the accepted runs of one profile on one environment and one class of machine. It is text under
version control: what a release is compared with is seen, discussed and approved like code.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from updategate.baseline.decision import Pace, Rule
from updategate.baseline.stored import LEAST_ANSWERS, StoredComparison, compare_stored
from updategate.config.errors import ConfigError, unknown_name
from updategate.evidence.reader import RunEvidence
from updategate.evidence.records import Indicator, Slice

BASELINES = Path("scenarios") / "baselines"
SCHEMA = 1


class _Stored(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StoredGroup(_Stored):
    """One group of a run: times in milliseconds."""

    p50: float
    p95: float
    p99: float
    error_ratio: float
    throughput: float
    answered: int


class StoredRun(_Stored):
    """One accepted run. ``day`` is its unit; ``probe`` holds p95 in ms of the calibration probe beside it."""

    run: str
    day: str
    core: str | None
    commit: str | None
    machine: str
    tool_version: str
    groups: dict[str, StoredGroup]
    probe: dict[str, float] | None = None


class Baseline(_Stored):
    """The accepted runs of one profile on one environment."""

    schema_version: int = SCHEMA
    environment: str
    profile: str
    profile_hash: str
    machine_class: str
    probe: str | None = None
    runs: tuple[StoredRun, ...] = ()


def baseline_path(root: Path, environment: str, profile: str) -> Path:
    """Where the baseline of a profile on an environment is kept."""
    return root / BASELINES / environment / f"{profile}.json"


def list_baselines(root: Path) -> list[tuple[Path, Baseline]]:
    """All baselines with their files."""
    return [(path, read_baseline(path)) for path in sorted((root / BASELINES).glob("*/*.json"))]


def read_baseline(path: Path) -> Baseline:
    """Read one file; a ConfigError says what is wrong with it."""
    if not path.is_file():
        known = [found.stem for found in path.parent.glob("*.json")]
        message, cure = unknown_name("baseline", path.stem, known)
        raise ConfigError.single(str(path), "", message, cure)
    try:
        found = Baseline.model_validate_json(path.read_text(encoding="utf-8"))
    except (ValidationError, OSError, UnicodeDecodeError) as error:
        raise ConfigError.single(
            str(path), "", f"This is no baseline: {str(error).splitlines()[0]}.", "Restore it from version control."
        ) from None
    if found.schema_version > SCHEMA:
        raise ConfigError.single(str(path), "schema_version", "This baseline was written by a newer version.")
    return found


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Write the file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    partial.write_text(json.dumps(baseline.model_dump(mode="json"), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    partial.rename(path)


class NotAcceptableError(ValueError):
    """A run that cannot become part of a baseline."""


def run_of(evidence: RunEvidence, probe: RunEvidence | None = None) -> StoredRun:
    """A run of load as it is stored; raises NotAcceptableError for one that says nothing sound about the shop."""
    started, name = evidence.started, evidence.name
    if started is None or started.kind != "load":
        msg = f"{name} is no run of load"
        raise NotAcceptableError(msg)
    if evidence.defects:
        msg = f"{name}: its evidence is not complete: {evidence.defects[0].message}"
        raise NotAcceptableError(msg)
    slices = evidence.of_type(Slice)
    troubles = [trouble for record in slices for trouble in record.troubles]
    if not slices or troubles:
        msg = f"{name}: not a sound measurement: {(troubles or ['nothing was measured'])[0]}"
        raise NotAcceptableError(msg)
    values: dict[str, dict[str, Indicator]] = {}
    for record in evidence.of_type(Indicator):
        group, _, quantity = record.name.rpartition(".")
        values.setdefault(group, {})[quantity] = record
    groups = {}
    for group, found in sorted(values.items()):
        if not {"p50", "p95", "p99", "error_ratio", "throughput"} <= set(found):
            continue
        answered = found["p95"].samples or 0
        if answered < LEAST_ANSWERS:
            msg = f"{name}: {group} has only {answered} right answers, {LEAST_ANSWERS} are needed"
            raise NotAcceptableError(msg)
        groups[group] = StoredGroup(
            **{key: found[key].value for key in ("p50", "p95", "p99", "error_ratio", "throughput")}, answered=answered
        )
    if not groups:
        msg = f"{name}: no group was answered"
        raise NotAcceptableError(msg)
    return StoredRun(
        run=name,
        day=started.at[:10],
        core=started.build.core if started.build else None,
        commit=started.provenance.commit,
        machine=started.provenance.machine,
        tool_version=started.provenance.tool_version,
        groups=groups,
        probe=None if probe is None else {group: stored.p95 for group, stored in run_of(probe).groups.items()},
    )


def _facts(evidence: RunEvidence) -> tuple[str, str, str, str]:
    started = evidence.started
    if started is None or not started.provenance.profile_hash:
        msg = f"{evidence.name}: the evidence does not say which profile was played"
        raise NotAcceptableError(msg)
    machine_class = started.provenance.machine_class
    if not machine_class:
        msg = f"{evidence.name}: the environment file names no machine_class, so times cannot be compared later"
        raise NotAcceptableError(msg)
    return started.provenance.environment, started.scope, started.provenance.profile_hash, machine_class


def accept(
    root: Path, evidence: RunEvidence, *, probe: RunEvidence | None = None, probe_name: str | None = None
) -> tuple[Path, Baseline]:
    """Add a run to its baseline (made if there is none) and write the file; returns both.

    Raises: NotAcceptableError: the run is not sound, of another profile or machine class, or of a day that is
        there already.

    """
    environment, profile, profile_hash, machine_class = _facts(evidence)
    path = baseline_path(root, environment, profile)
    if path.is_file():
        baseline = read_baseline(path)
    else:
        baseline = Baseline(
            environment=environment,
            profile=profile,
            profile_hash=profile_hash,
            machine_class=machine_class,
            probe=probe_name,
        )
    problem = mismatch(baseline, profile_hash, machine_class)
    if problem:
        msg = f"{evidence.name}: {problem}"
        raise NotAcceptableError(msg)
    if (baseline.probe is None) != (probe is None):
        msg = f"{evidence.name}: {'a' if baseline.probe else 'no'} calibration probe belongs to it"
        raise NotAcceptableError(msg)
    run = run_of(evidence, probe)
    if any(stored.day == run.day for stored in baseline.runs):
        msg = f"{run.run}: there is a run of {run.day} already; runs of one day are not independent, accept one a day"
        raise NotAcceptableError(msg)
    runs = tuple(sorted([*baseline.runs, run], key=lambda stored: stored.day))
    baseline = baseline.model_copy(update={"runs": runs})
    write_baseline(path, baseline)
    return path, baseline


def mismatch(baseline: Baseline, profile_hash: str, machine_class: str) -> str:
    """Why a run cannot be compared with a baseline; empty where it can."""
    if baseline.machine_class != machine_class:
        return f"measured on machine class '{machine_class}', but the baseline is of '{baseline.machine_class}'"
    if baseline.profile_hash != profile_hash:
        return "measured with another version of the profile than the baseline"
    return ""


def compare_with_baseline(
    baseline: Baseline, runs: Sequence[RunEvidence], rule: Rule, *, probes: Sequence[RunEvidence] | None = None
) -> StoredComparison:
    """Hold runs after the update against a baseline; what cannot be compared is inconclusive, with the reason."""
    reasons = []
    for evidence in runs:
        try:
            _, _, profile_hash, machine_class = _facts(evidence)
        except NotAcceptableError as error:
            reasons.append(str(error))
            continue
        problem = mismatch(baseline, profile_hash, machine_class)
        if problem:
            reasons.append(f"{evidence.name}: {problem}")
    if (baseline.probe is None) != (probes is None):
        reasons.append("the baseline and the run after the update must both have a calibration probe, or neither")
    if reasons:
        return StoredComparison(Pace.INCONCLUSIVE, (), {}, len(baseline.runs), tuple(reasons))
    try:
        after = (
            [run_of(evidence) for evidence in runs]
            if probes is None
            else [run_of(evidence, probe) for evidence, probe in zip(runs, probes, strict=True)]
        )
    except NotAcceptableError as error:
        return StoredComparison(Pace.INCONCLUSIVE, (), {}, len(baseline.runs), (str(error),))
    if len({run.day for run in after}) < len(after):
        reason = "several runs after the update are of one day: they are not independent, compare one a day"
        return StoredComparison(Pace.INCONCLUSIVE, (), {}, len(baseline.runs), (reason,))
    return compare_stored(
        [_p95(run) for run in baseline.runs],
        [_p95(run) for run in after],
        rule,
        stored_probe=[run.probe or {} for run in baseline.runs] if baseline.probe else None,
        after_probe=[run.probe or {} for run in after] if probes else None,
    )


def _p95(run: StoredRun) -> dict[str, float]:
    return {name: group.p95 for name, group in run.groups.items()}
