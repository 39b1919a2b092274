"""``updategate baseline``: accept, list, show and compare the stored runs of a profile."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from updategate.baseline.decision import Pace, Rule
from updategate.baseline.files import (
    Baseline,
    NotAcceptableError,
    accept,
    baseline_path,
    compare_with_baseline,
    list_baselines,
    read_baseline,
)
from updategate.baseline.stored import LEAST_RUNS
from updategate.cli.options import console, json_option, print_json, project_root
from updategate.config.errors import ConfigError
from updategate.config.exit_codes import ExitCode
from updategate.evidence.reader import RunEvidence, read_evidence

run_argument = click.argument("run", type=click.Path(path_type=Path))
probe_option = click.option("--probe", type=click.Path(path_type=Path), help="The calibration probe's run beside it.")


@click.group()
def baseline() -> None:
    """Stored runs that later runs are held against, under scenarios/baselines; changed only by review."""


@baseline.command("accept")
@run_argument
@probe_option
@click.option("--probe-name", help="What the probe is, e.g. 'reference shop 6.6.7.1'; for a new baseline.")
@json_option
def accept_run(run: Path, probe: Path | None, probe_name: str | None, as_json: bool) -> ExitCode:
    """Add RUN (a folder of 'updategate load') to the baseline of its environment and profile; one run a day."""
    if probe is not None and not probe_name:
        probe_name = read_evidence(probe).name
    try:
        path, found = accept(
            project_root(),
            read_evidence(run),
            probe=read_evidence(probe) if probe else None,
            probe_name=probe_name if probe else None,
        )
    except NotAcceptableError as error:
        raise ConfigError.single(str(run), "", f"{error}.") from None
    screen = console(as_json=as_json)
    screen.print(f"{path} now holds {len(found.runs)} runs. Commit it: a baseline changes only by review.")
    if len(found.runs) < LEAST_RUNS:
        screen.print(f"{LEAST_RUNS - len(found.runs)} more days are needed before anything is compared with it.")
    if as_json:
        print_json({"file": str(path), "runs": len(found.runs)})
    return ExitCode.PASS


@baseline.command("list")
@json_option
def list_all(as_json: bool) -> ExitCode:
    """List all baselines."""
    found = list_baselines(project_root())
    if as_json:
        print_json({"baselines": [_summary(path, entry) for path, entry in found]})
        return ExitCode.PASS
    screen = console()
    if not found:
        screen.print("There are no baselines yet; 'updategate baseline accept RUN' makes one.")
        return ExitCode.PASS
    table = Table("environment", "profile", "machine class", "runs", "days", "probe")
    for _, entry in found:
        days = f"{entry.runs[0].day} to {entry.runs[-1].day}" if entry.runs else "–"
        table.add_row(
            entry.environment, entry.profile, entry.machine_class, str(len(entry.runs)), days, entry.probe or "–"
        )
    screen.print(table)
    return ExitCode.PASS


@baseline.command("show")
@click.argument("environment")
@click.argument("profile")
@json_option
def show(environment: str, profile: str, as_json: bool) -> ExitCode:
    """Show the runs of one baseline."""
    found = read_baseline(baseline_path(project_root(), environment, profile))
    if as_json:
        print_json(found.model_dump(mode="json"))
        return ExitCode.PASS
    groups = sorted({name for run in found.runs for name in run.groups})
    table = Table("day", "core", *(f"{name} p95 ms" for name in groups))
    for run in found.runs:
        cells = [f"{run.groups[name].p95:.0f}" if name in run.groups else "–" for name in groups]
        table.add_row(run.day, run.core or "–", *cells)
    console().print(table)
    return ExitCode.PASS


@baseline.command("compare")
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--probe", "probes", multiple=True, type=click.Path(path_type=Path), help="Each run's probe, in order.")
@click.option("--tolerance", type=float, default=0.02, show_default=True, help="Change that does not matter.")
@click.option("--margin", type=float, default=0.15, show_default=True, help="Change that must be excluded.")
@json_option
def compare(
    runs: tuple[Path, ...], probes: tuple[Path, ...], tolerance: float, margin: float, as_json: bool
) -> ExitCode:
    """Hold RUNS from after the update (one a day) against the baseline of their environment and profile.

    Exit code 0: not slower, 1: slower, 3: inconclusive.
    """
    if probes and len(probes) != len(runs):
        msg = f"{len(runs)} runs but {len(probes)} probes: give one --probe for each run."
        raise click.UsageError(msg)
    evidence = [read_evidence(run) for run in runs]
    found = read_baseline(_path_of(evidence[0]))
    result = compare_with_baseline(
        found,
        evidence,
        Rule(tolerance=tolerance, margin=margin),
        probes=[read_evidence(probe) for probe in probes] if probes else None,
    )
    screen = console(as_json=as_json)
    table = Table("p95", "change", "at least", "at most", "would have found", "run to run")
    for metric in result.metrics:
        bounds = (metric.change, metric.lower, metric.upper, metric.detectable)
        table.add_row(metric.metric, *(f"{value:+.1%}" for value in bounds), f"{result.spread[metric.metric]:.1%}")
    screen.print(table)
    for reason in result.reasons:
        screen.print(f"  {reason}")
    screen.print(f"Speed against {result.runs} stored runs: {result.pace.value.replace('_', ' ')}")
    if as_json:
        print_json(
            {
                "pace": result.pace.value,
                "runs": result.runs,
                "reasons": list(result.reasons),
                "spread": dict(result.spread),
                "metrics": [vars(metric) for metric in result.metrics],
            }
        )
    return {Pace.NOT_SLOWER: ExitCode.PASS, Pace.SLOWER: ExitCode.FAIL}.get(result.pace, ExitCode.INCONCLUSIVE)


def _path_of(evidence: RunEvidence) -> Path:
    if evidence.started is None or evidence.started.kind != "load":
        raise ConfigError.single(
            str(evidence.folder), "", "This is no run of load.", "Name a run of 'updategate load'."
        )
    return baseline_path(project_root(), evidence.started.provenance.environment, evidence.started.scope)


def _summary(path: Path, entry: Baseline) -> dict[str, object]:
    return {
        "file": str(path),
        "environment": entry.environment,
        "profile": entry.profile,
        "machine_class": entry.machine_class,
        "runs": len(entry.runs),
        "probe": entry.probe,
    }
