"""``updategate run``: collect evidence; judge nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from updategate.cli import price_ledger
from updategate.cli.carrying import carry_option, handover_of, tell_what_stays
from updategate.cli.following import live_option, live_page, note_run, typical_durations
from updategate.cli.holding import holding, wait_option
from updategate.cli.options import (
    compat_arguments,
    compat_option,
    console,
    json_option,
    policy_option,
    print_json,
    project_root,
)
from updategate.config.environment import Environment, environment_path, load_environment, read_only_environment
from updategate.config.exit_codes import ExitCode
from updategate.config.own_suites import registry_of
from updategate.config.policy import load_policy, policy_path
from updategate.config.process_environment import for_child
from updategate.config.registry import carried_out_in
from updategate.evidence.provenance import run_name
from updategate.evidence.reader import ledger_of as read_ledger_of
from updategate.evidence.reader import read_evidence
from updategate.evidence.records import Phase
from updategate.evidence.touched_areas import read_touched_areas
from updategate.evidence.writer import spoil
from updategate.operations.cleaning import Cleaning, clean_carried, clean_run
from updategate.operations.preflight import obstacle
from updategate.operations.run_lock.holder import SHARD
from updategate.operations.run_suites import SuiteRun, SuiteRunRefused, carry_arguments, nothing_open, run_suites
from updategate.operations.shards import Shard, measured
from updategate.reports.terminal import RunProgress, show_run

READ_ONLY_SCOPE = "production"


@click.command()
@click.argument("env", required=False)
@click.option("--scope", help="The policy's selection of processes.  [default: full; with --url: production]")
@policy_option
@click.option("--phase", type=click.Choice(["before", "after"]), help="Before or after the update.")
@click.option("--url", help="Test this shop read-only, without an environment file.")
@click.option("--access-key", help="The sales channel's access key for --url.")
@click.option("-n", "--workers", type=click.IntRange(0, 32), default=4, show_default=True, help="Parallel workers.")
@click.option("--run-folder", type=click.Path(path_type=Path), help="Where evidence goes.  [default: reports/<run id>]")
@click.option("--shard", metavar="I/N", help="Carry only this share of the scope out, one of N; the gate takes all.")
@click.option(
    "--durations",
    multiple=True,
    type=click.Path(path_type=Path),
    help="An earlier run whose durations balance the shards; several.",
)
@compat_option
@click.option(
    "--repeat-each", type=click.IntRange(1), default=1, show_default=True, help="Carry each process out N times."
)
@price_ledger.ledger_option
@price_ledger.ledger_of_option
@carry_option
@wait_option
@live_option
@json_option
def run(
    env: str | None,
    scope: str | None,
    policy: str,
    phase: Phase | None,
    url: str | None,
    access_key: str | None,
    workers: int,
    run_folder: Path | None,
    shard: str | None,
    durations: tuple[Path, ...],
    compat: tuple[Path, ...],
    repeat_each: int,
    ledger: bool | None,
    ledger_of: Path | None,
    carry: Path | None,
    wait: float,
    live: int | None,
    as_json: bool,
) -> ExitCode:
    """Carry out the processes of a scope against ENV and keep the evidence.

    ENV is a name under ci/environments, or a file. Exit code 0: complete and green, 1: something failed,
    3: incomplete.
    """
    root = project_root()
    target = _target(env, url, access_key, root, run_folder)
    environment, file, folder = target
    scope = scope or (READ_ONLY_SCOPE if url else "full")
    policy_file = policy_path(policy, root)
    registry = registry_of(environment, root).critical_in(read_touched_areas(compat))
    chosen = carried_out_in(phase, load_policy(policy_file).select(scope, registry.processes, str(policy_file)))
    if shard:
        chosen = Shard.parse(shard).of(chosen, measured(durations))
    elif durations:
        raise click.UsageError("--durations goes with --shard.")
    # of several shards, the first writes the prices down
    prices = price_ledger.is_wanted(environment, ledger, ledger_of) and (not shard or shard.startswith("1/"))
    earlier = read_ledger_of(ledger_of) if ledger_of else None
    screen = console(as_json=as_json)
    with holding(environment, SHARD if shard else "run", wait, screen) as held:
        # a shop that another updategate takes down meanwhile is held, and not in the way
        found = obstacle(environment)
        if found is not None:
            click.echo(str(found), err=True)
            return ExitCode.USAGE if found.kind == "configuration" else ExitCode.INCONCLUSIVE
        handover = handover_of(environment, carry, root, screen) if phase == "after" else None
        carried = handover.path if handover else carry
        recorded = None
        try:
            if prices:
                recorded = price_ledger.record(
                    environment,
                    folder,
                    root=root,
                    scope=scope,
                    phase=phase,
                    policy_file=policy_file,
                    earlier=earlier,
                    screen=screen,
                )
            with RunProgress(
                screen,
                environment.name,
                scope,
                len(chosen),
                workers=workers,
                expected=typical_durations(root, environment.name),
                live=live_page(live),
            ) as progress:
                done = run_suites(
                    root=root,
                    environment=str(file),
                    suites=environment.suites,
                    folder=folder,
                    scope=scope,
                    policy=str(policy_file),
                    phase=phase,
                    workers=workers,
                    repeat_each=repeat_each,
                    extra=(*_shard_arguments(shard, durations), *compat_arguments(compat), *carry_arguments(carried)),
                    variables=for_child({ACCESS_KEY_VARIABLE: access_key} if url and access_key else {}),
                    progress=progress.take,
                )
        except SuiteRunRefused as refused:
            click.echo(refused.text, err=True)
            return refused.exit_code
        cleaned = clean_run(environment, done.evidence)
        if handover is not None and nothing_open(done.evidence) and not shard:
            cleaned = cleaned.and_also(clean_carried(environment, handover, done.evidence.name))
        if held.lost:
            spoil(done.evidence.folder, held.lost)
    note_run(root, read_evidence(done.evidence.folder), screen)
    show_run(screen, done.evidence, done.exit_code, cleaned.problems)
    tell_what_stays(handover, environment.name, screen)
    code = price_ledger.weighed(done.exit_code, recorded)
    if as_json:
        print_json({**_summary(done, cleaned), **price_ledger.summary(recorded), "exit_code": int(code)})
    return code


def _shard_arguments(shard: str | None, durations: tuple[Path, ...]) -> tuple[str, ...]:
    if not shard:
        return ()
    return ("--shard", shard, *(part for run in durations for part in ("--shard-durations", str(run.absolute()))))


ACCESS_KEY_VARIABLE = "UPDATEGATE_URL_ACCESS_KEY"


def _target(
    env: str | None, url: str | None, access_key: str | None, root: Path, run_folder: Path | None
) -> tuple[Environment, Path, Path]:
    """The environment, its file, and the folder of this run."""
    if url:
        if env:
            raise click.UsageError("Give either ENV or --url, not both.")
        if not access_key:
            raise click.UsageError("--url needs --access-key, the sales channel's key from the administration.")
        environment = read_only_environment(url, access_key)
        folder = run_folder or root / "reports" / run_name(environment.name)
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "environment.yaml"
        file.write_text(
            f"name: {environment.name}\nurl: {environment.url}\n"
            f"sales_channel: {{access_key: '${{{ACCESS_KEY_VARIABLE}}}'}}\n",
            encoding="utf-8",
        )
        return environment, file, folder
    if not env:
        raise click.UsageError("Name an environment (a file, or a name under ci/environments), or give --url.")
    file = environment_path(env, root).absolute()
    environment = load_environment(file)
    return environment, file, run_folder or root / "reports" / run_name(environment.name)


def _summary(done: SuiteRun, cleaned: Cleaning) -> dict[str, Any]:
    evidence = done.evidence
    return {
        "run": evidence.name,
        "folder": str(evidence.folder),
        "exit_code": int(done.exit_code),
        "counts": evidence.finished.counts if evidence.finished else {},
        "left_behind": list(cleaned.problems),
        "processes": {
            process: {
                "status": results[-1].status,
                "seconds": results[-1].seconds,
                "message": results[-1].message,
                "expected": results[-1].expected,
                "actual": results[-1].actual,
            }
            for process, results in sorted(evidence.processes.items())
        },
    }
