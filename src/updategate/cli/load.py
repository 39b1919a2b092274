"""``updategate load``, ``campaign`` and ``load-worker``: put load on a shop, and compare its speed with another's."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import cast

import click
from rich.console import Console
from rich.table import Table

from updategate.baseline.comparison import Comparison
from updategate.baseline.decision import Pace
from updategate.baseline.quantiles import GroupSummary
from updategate.campaign.conduct import LoadRun, ProfileResult, Workers, compare_side_by_side, play_profile
from updategate.campaign.watching import ServerWatcher
from updategate.cli.holding import SILENCE_UNDER_LOAD, holding, wait_option
from updategate.cli.options import console, json_option, print_json, project_root
from updategate.clients.metrics import FiguresError
from updategate.config.environment import environment_path, load_environment
from updategate.config.errors import ConfigError
from updategate.config.exit_codes import ExitCode
from updategate.config.monitoring import load_monitoring, monitoring_path
from updategate.config.process_environment import for_child
from updategate.config.profile import load_profile, profile_path
from updategate.evidence.provenance import provenance_of, run_name
from updategate.evidence.reader import RunEvidence, read_evidence
from updategate.evidence.records import Phase
from updategate.load.guard import LoadStoppedError
from updategate.operations.fingerprint import read_build
from updategate.operations.preflight import obstacle

SCENARIOS = Path("scenarios")
processes_option = click.option(
    "--processes", type=click.IntRange(0, 64), default=0, help="Load from so many processes on this machine."
)
workers_option = click.option(
    "--workers", type=click.IntRange(0, 64), default=0, help="Wait for so many workers from elsewhere (load-worker)."
)
bind_option = click.option(
    "--bind", default="127.0.0.1", show_default=True, help="Where a master of --workers listens."
)
port_option = click.option("--port", type=click.IntRange(0, 65535), default=5557, show_default=True, help="Its port.")
folder_option = click.option(
    "--run-folder", type=click.Path(path_type=Path), help="Where evidence goes.  [default: reports/<run id>]"
)


@click.command()
@click.argument("env")
@click.option("--profile", default="smoke", show_default=True, help="A name under scenarios/profiles, or a file.")
@click.option("--phase", type=click.Choice(["before", "after"]), help="Before or after the update.")
@processes_option
@workers_option
@bind_option
@port_option
@folder_option
@wait_option
@json_option
def load(
    env: str,
    profile: str,
    phase: str | None,
    processes: int,
    workers: int,
    bind: str,
    port: int,
    run_folder: Path | None,
    wait: float,
    as_json: bool,
) -> ExitCode:
    """Play all stages of a profile on ENV and keep the evidence; judges nothing.

    Exit code 0: measured, 1: requests failed, 3: nothing was measured, or not soundly.
    """
    job = _job(env, profile, run_folder, _workers(processes, workers, bind, port), phase)
    if isinstance(job, ExitCode):
        return job
    screen = console(as_json=as_json)
    screen.print(f"{job.profile.title or job.profile.profile} ({job.profile.seconds:g} s)")
    try:
        with holding(job.environment, "load", wait, screen, SILENCE_UNDER_LOAD):
            result = play_profile(job)
    except LoadStoppedError as error:
        click.echo(f"Load was stopped: {error}.", err=True)
        return ExitCode.INCONCLUSIVE
    screen.print(_groups_table({"": result.groups}))
    _show_troubles(screen, result)
    if as_json:
        print_json(_profile_json(job, result))
    if result.troubles:
        return ExitCode.INCONCLUSIVE
    return ExitCode.FAIL if any(group.failed or group.dropped for group in result.groups.values()) else ExitCode.PASS


@click.command()
@click.argument("env")
@click.option("--profile", default="baseline", show_default=True, help="A name under scenarios/profiles, or a file.")
@click.option("--reference", help="A copy of the shop as it was before the update.  [default: the environment's]")
@click.option("--resume", "resume_from", type=click.Path(path_type=Path), help="Take up a campaign that was killed.")
@click.option("--monitoring", help="A name under ci/monitoring, or a file: figures of the shops' machines.")
@click.option("--restart-command", help="Redeploys both shops and waits for them, for profiles with restarts.")
@click.option("--allow-self", is_flag=True, help="Compare the shop with itself, to measure false alarms.")
@processes_option
@workers_option
@bind_option
@port_option
@folder_option
@wait_option
@json_option
def campaign(
    env: str,
    profile: str,
    reference: str | None,
    resume_from: Path | None,
    monitoring: str | None,
    restart_command: str | None,
    allow_self: bool,
    processes: int,
    workers: int,
    bind: str,
    port: int,
    run_folder: Path | None,
    wait: float,
    as_json: bool,
) -> ExitCode:
    """Compare ENV's speed with its reference, side by side, until it is decided.

    Exit code 0: not slower, 1: slower, more failures, or a higher cost; 3: inconclusive, or load was stopped.
    """
    job = _job(env, profile, run_folder, _workers(processes, workers, bind, port), None)
    if isinstance(job, ExitCode):
        return job
    shop = reference or job.environment.reference
    if not shop:
        raise ConfigError.single(
            str(job.environment_file),
            "reference",
            "There is no shop to compare with.",
            "Write 'reference: URL' (a copy of the shop as it was before the update), or give --reference.",
        )
    screen = console(as_json=as_json)
    old = _resumed(resume_from, job)

    def progress(done: int, most: int, found: Comparison | None) -> None:
        if found is not None:
            screen.print(f"  after {done} of at most {most} units: {found.pace.value.replace('_', ' ')}")

    watcher = _watcher(monitoring)
    both = {job.environment.url: job.environment}
    both.setdefault(shop.rstrip("/"), job.environment.model_copy(update={"url": shop.rstrip("/")}))
    restart = _restart(restart_command, job)
    try:
        with ExitStack() as shops:
            for held in both.values():
                shops.enter_context(holding(held, "campaign", wait, screen, SILENCE_UNDER_LOAD))
            done = compare_side_by_side(
                job, shop, progress=progress, watcher=watcher, restart=restart, resume=old, allow_self=allow_self
            )
    except LoadStoppedError as error:
        click.echo(f"Load was stopped: {error}.\nGo on with: --resume {job.folder}", err=True)
        return ExitCode.INCONCLUSIVE
    found = done.comparison
    show_comparison(screen, found)
    for cost in done.costs:
        screen.print(f"  [red]more[/red]: {cost.text}" if cost.worse else f"  {cost.text}")
    for fault in watcher.faults[:3] if watcher else ():
        screen.print(f"  [yellow]no figures:[/yellow] {fault}")
    for fault in done.left_behind:
        screen.print(f"[red]Not removed:[/red] {fault}")
    if as_json:
        costs = [{"indicator": cost.indicator, "worse": cost.worse, "text": cost.text} for cost in done.costs]
        print_json({**comparison_json(job.run, found), "costs": costs})
    if any(cost.worse for cost in done.costs):
        return ExitCode.FAIL
    return {Pace.NOT_SLOWER: ExitCode.PASS, Pace.SLOWER: ExitCode.FAIL}.get(found.pace, ExitCode.INCONCLUSIVE)


def _restart(command: str | None, job: LoadRun) -> Callable[[int], None] | None:
    """What redeploys both shops; a command that fails stops the campaign, which can be resumed."""
    restarts = job.profile.comparison.restarts
    if bool(restarts) != bool(command):
        raise ConfigError.single(
            job.profile_source,
            "comparison.restarts",
            f"The profile compares {restarts} deployments, and no command redeploys the shops."
            if restarts
            else "A restart command is given, but the profile compares units, not deployments.",
            "Give --restart-command for a profile with restarts, and only for such a one.",
        )
    if command is None:
        return None
    arguments = shlex.split(command)

    def redeploy(epoch: int) -> None:
        done = subprocess.run(  # noqa: S603 - the user's own command, without a shell
            arguments, env=for_child({"UPDATEGATE_DEPLOYMENT": str(epoch)}), capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            told = (done.stderr or done.stdout).strip().splitlines()
            message = f"the restart command ended with {done.returncode}: {told[-1] if told else 'no output'}"
            raise LoadStoppedError(message)

    return redeploy


def _watcher(monitoring: str | None) -> ServerWatcher | None:
    if monitoring is None:
        return None
    path = monitoring_path(monitoring, project_root())
    try:
        return ServerWatcher(load_monitoring(path))
    except FiguresError as error:
        raise ConfigError.single(str(path), "", f"{error}.") from None


@click.command("load-worker")
@click.argument("env")
@click.option("--master-host", default="127.0.0.1", show_default=True)
@click.option("--master-port", type=click.IntRange(1, 65535), default=5557, show_default=True)
def load_worker(env: str, master_host: str, master_port: int) -> ExitCode:
    """Make load for a master on another machine, until it ends. ENV is read here, secrets from this environment."""
    root = project_root()
    path = environment_path(env, root).absolute()
    load_environment(path)  # mistakes are told here, not in the child
    command = [sys.executable, "-m", "updategate.load", "--environment", str(path)]
    command += ["--scenarios", str(root / SCENARIOS), "--worker"]
    command += ["--master-host", master_host, "--master-port", str(master_port)]
    done = subprocess.run(command, env=for_child({}), check=False)  # noqa: S603 - our own interpreter and arguments
    return ExitCode.PASS if done.returncode == 0 else ExitCode.INCONCLUSIVE


def _workers(processes: int, workers: int, bind: str, port: int) -> Workers:
    if processes and workers:
        raise click.UsageError("Give either --processes (here) or --workers (elsewhere), not both.")
    if workers:
        return Workers(workers, remote=True, bind=bind, port=port)
    return Workers(processes)


def _job(env: str, profile: str, run_folder: Path | None, workers: Workers, phase: str | None) -> LoadRun | ExitCode:
    root = project_root()
    file = environment_path(env, root).absolute()
    environment = load_environment(file)
    source = profile_path(profile, root)
    chosen = load_profile(source)
    folder = run_folder or root / "reports" / run_name(f"{environment.name}-{chosen.profile}")
    found = obstacle(environment)
    if found is not None:
        click.echo(str(found), err=True)
        return ExitCode.USAGE if found.kind == "configuration" else ExitCode.INCONCLUSIVE
    came_from = provenance_of(environment, root, profile=source)
    job = LoadRun(
        environment_file=file,
        environment=environment,
        profile=chosen,
        profile_source=str(source),
        scenarios=root / SCENARIOS,
        folder=folder.absolute(),
        variables=for_child({}),
        provenance=came_from,
        build=read_build(environment),
        phase=cast("Phase | None", phase),
        workers=workers,
    )
    job.journeys()
    return job


def _resumed(folder: Path | None, job: LoadRun) -> RunEvidence | None:
    if folder is None:
        return None
    old = read_evidence(folder)
    if old.started is None or old.started.provenance.profile_hash != job.provenance.profile_hash:
        raise ConfigError.single(
            str(folder), "", "This run was measured with another profile.", "Resume with the profile it began with."
        )
    if old.started.build != job.build:
        raise ConfigError.single(
            str(folder), "", "The shop is not the build it was when this run began.", "Begin a new campaign."
        )
    return old


def _show_troubles(screen: Console, result: ProfileResult) -> None:
    for trouble in result.troubles:
        screen.print(f"[yellow]Not sound:[/yellow] {trouble}")
    for fault, count in sorted(result.faults.items(), key=lambda entry: -entry[1])[:5]:
        screen.print(f"[red]{count} ×[/red] {fault}")
    for left in result.left_behind:
        screen.print(f"[red]Not removed:[/red] {left}")


def _groups_table(arms: Mapping[str, Mapping[str, GroupSummary]]) -> Table:
    table = Table("group", "shop", "requests", "p50 ms", "p95 ms", "p99 ms", "errors", "1/s")
    for arm, groups in arms.items():
        for name, group in groups.items():
            times = [f"{value * 1000:.0f}" if value is not None else "–" for value in (group.p50, group.p95, group.p99)]
            table.add_row(name, arm, str(group.due), *times, f"{group.error_ratio:.1%}", f"{group.throughput:.1f}")
    return table


def show_comparison(screen: Console, found: Comparison) -> None:
    """The comparison for people: groups of both shops, changes with their bounds, and the verdict on speed."""
    screen.print(_groups_table({"before": found.before, "after": found.after}))
    if found.judgement is not None:
        table = Table("p95", "change", "at least", "at most", "would have found", "")
        for metric in found.judgement.metrics:
            verdict = (
                "[red]slower[/red]" if metric.slower else "[green]not slower[/green]" if metric.not_slower else "?"
            )
            table.add_row(
                metric.metric,
                f"{metric.change:+.1%}",
                f"{metric.lower:+.1%}",
                f"{metric.upper:+.1%}",
                f"{metric.detectable:+.1%}",
                verdict,
            )
        screen.print(table)
    for reason in found.reasons:
        screen.print(f"  {reason}")
    screen.print(
        f"Speed: {found.pace.value.replace('_', ' ')} ({found.units} units, {found.set_aside} pairs set aside)"
    )


def comparison_json(run: str, found: Comparison) -> dict[str, object]:
    """The comparison as one object."""
    metrics = found.judgement.metrics if found.judgement else ()
    return {
        "run": run,
        "pace": found.pace.value,
        "units": found.units,
        "set_aside": found.set_aside,
        "reasons": list(found.reasons),
        "metrics": [
            {
                "metric": metric.metric,
                "change": metric.change,
                "lower": metric.lower,
                "upper": metric.upper,
                "detectable": metric.detectable,
                "slower": metric.slower,
                "not_slower": metric.not_slower,
            }
            for metric in metrics
        ],
        "groups": {
            arm: {name: _group_json(group) for name, group in groups.items()}
            for arm, groups in (("before", found.before), ("after", found.after))
        },
    }


def _group_json(group: GroupSummary) -> dict[str, object]:
    return {
        "due": group.due,
        "answered": group.answered,
        "p50": group.p50,
        "p95": group.p95,
        "p99": group.p99,
        "error_ratio": group.error_ratio,
        "throughput": group.throughput,
    }


def _profile_json(job: LoadRun, result: ProfileResult) -> dict[str, object]:
    return {
        "run": job.run,
        "folder": str(job.folder),
        "groups": {name: _group_json(group) for name, group in result.groups.items()},
        "faults": dict(result.faults),
        "troubles": list(result.troubles),
        "left_behind": list(result.left_behind),
    }
