"""``updategate update``: play the whole evaluation of an update."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from updategate.cli import price_ledger
from updategate.cli.following import note_run, typical_durations
from updategate.cli.holding import holding, wait_option
from updategate.cli.options import compat_arguments, console, json_option, print_json, project_root
from updategate.cli.publishing import key_for_verdicts, pdf_option, publish_verdict
from updategate.config.environment import Environment, environment_path, load_environment
from updategate.config.exit_codes import ExitCode, of_verdict
from updategate.config.own_suites import registry_of
from updategate.config.policy import load_policy, policy_path
from updategate.config.process_environment import for_child
from updategate.config.update_plan import UpdatePlan, load_plan, plan_path
from updategate.evidence.handover import FILE_NAME as HANDOVER
from updategate.evidence.provenance import file_hash, provenance_of, run_name
from updategate.evidence.reader import RunEvidence, ledger_of, read_evidence
from updategate.evidence.touched_areas import read_touched_areas
from updategate.evidence.writer import FILE_NAME as EVIDENCE
from updategate.evidence.writer import EvidenceLostError
from updategate.gate.judge import judge
from updategate.operations.cleaning import clean_run
from updategate.operations.run_lock import Held
from updategate.operations.run_lock.holding import USUAL_SILENCE
from updategate.operations.run_suites import SuiteRun, carry_arguments, run_suites
from updategate.operations.update.begun import Begun
from updategate.operations.update.conclusion import seconds_of
from updategate.operations.update.engine import Update, runs_of
from updategate.operations.update.settling import Check
from updategate.operations.update.stopping import UpdateStoppedError
from updategate.reports.terminal import RunProgress


@click.command()
@click.argument("env")
@click.option("--plan", help="A name under ci/updates, or a file.  [default: the environment's name]")
@click.option("--to", help="Target version of the core, instead of the plan's.")
@click.option("--plugin", "plugins", multiple=True, metavar="NAME=VERSION", help="Target version of a plugin; several.")
@click.option("--scope", help="The policy's selection of processes, instead of the plan's.")
@click.option("--run-folder", type=click.Path(path_type=Path), help="Where evidence goes.  [default: reports/<run id>]")
@click.option(
    "--parity",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A run of 'updategate parity': what is not like production makes the verdict inconclusive.",
)
@click.option("--resume", type=click.Path(path_type=Path), help="Take up an update that was interrupted.")
@click.option("--redo", multiple=True, metavar="STEP", help="With --resume: run this command again.")
@click.option("--done", multiple=True, metavar="STEP", help="With --resume: this command did its work.")
@pdf_option
@wait_option
@json_option
def update(
    env: str,
    plan: str | None,
    to: str | None,
    plugins: tuple[str, ...],
    scope: str | None,
    run_folder: Path | None,
    parity: tuple[Path, ...],
    resume: Path | None,
    redo: tuple[str, ...],
    done: tuple[str, ...],
    pdf: bool,
    wait: float,
    as_json: bool,
) -> ExitCode:
    """Evaluate an update of ENV: validate, update, validate again, decide, and roll back on a fail.

    Exit code 0: the update may go one stage further, 1: it must not, 3: no decision, or it stopped half-way.
    """
    root = project_root()
    file = environment_path(env, root).absolute()
    environment = load_environment(file)
    if (redo or done) and not resume:
        raise click.UsageError("--redo and --done go with --resume FOLDER.")
    if resume and run_folder:
        raise click.UsageError("Give either --run-folder, for a new update, or --resume, for one that was begun.")
    given = Begun(
        environment=environment.name,
        plan=str(plan_path(plan or environment.name, root).absolute()) if plan or not resume else "",
        to=to,
        plugins=_versions(plugins),
        scope=scope,
        parity=tuple(str(run.absolute()) for run in parity),
    )
    asked = given.resumed(resume) if resume else given
    chosen = load_plan(Path(asked.plan)).targeting(asked.to, asked.plugins)
    if asked.scope:
        chosen = chosen.model_copy(update={"scope": asked.scope})
    compared = tuple(read_evidence(Path(run)) for run in asked.parity)
    # a key that is none would show only after the update
    key_for_verdicts()
    folder = (resume or run_folder or root / "reports" / f"{run_name(environment.name)}-update").absolute()
    if not resume:
        asked.begin(folder)
    screen = console(as_json=as_json)
    screen.print(f"Update {chosen.update} of {environment.name} in {folder}", soft_wrap=True)
    compares = bool(chosen.performance_profile and environment.reference)
    running = Update(
        plan=chosen,
        environment=environment,
        folder=folder,
        variables=for_child(chosen.variables()),
        run_phase=lambda phase, into: _suites(root, file, environment, chosen, phase, into, as_json=as_json),
        compare_speed=(lambda into: _compare_speed((root, file, environment, chosen), into, screen))
        if compares
        else None,
        tell=lambda line: screen.print(line, markup=False, style="dim"),
        root=root,
        redo=frozenset(redo),
        done=frozenset(done),
    )
    silence = int(chosen.longest_silence()) + USUAL_SILENCE
    with holding(environment, "update", wait, screen, silence) as held:
        return _played(running, root, held, compared, env=env, as_json=as_json, pdf=pdf)


def _played(
    running: Update,
    root: Path,
    held: Held,
    parity: tuple[RunEvidence, ...],
    *,
    env: str,
    as_json: bool,
    pdf: bool,
) -> ExitCode:
    """Play the update, decide, go back on a fail, and leave nothing of the test behind."""
    screen = console(as_json=as_json)
    chosen, folder = running.plan, running.folder
    try:
        running.play()
        _still_ours(held)
        before, after = _runs(running, root, chosen)
        before = [*before, *parity]
    except (UpdateStoppedError, EvidenceLostError) as stopped:
        click.echo(str(stopped), err=True)
        click.echo(f"Take it up with: updategate update {env} --resume {folder}", err=True)
        return stopped.code if isinstance(stopped, UpdateStoppedError) else ExitCode.INCONCLUSIVE
    policy_file = policy_path(chosen.policy, root)
    verdict = judge(
        after,
        before,
        load_policy(policy_file),
        datetime.now(UTC),
        policy_source=str(policy_file),
        policy_hash=file_hash(policy_file),
    )
    publish_verdict(verdict, folder, before=before, after=after, as_json=as_json, pdf=pdf)
    if running.compare_speed is None:
        screen.print(f"[yellow]Performance: not tested[/yellow], {_why_no_speed(running)}.")
    for line in seconds_of(running.journal):
        screen.print(line, style="dim")
    rolled_back = running.roll_back() if verdict.verdict == "fail" and chosen.rollback else []
    for check in rolled_back:
        screen.print(_rollback_line(check))
    for left in running.remove_carried():
        screen.print(f"[red]Not removed:[/red] {left}")
    if as_json:
        print_json({"verdict": verdict.verdict, "folder": str(folder), "rolled_back": [c.ok for c in rolled_back]})
    return of_verdict(verdict.verdict)


def _still_ours(held: Held) -> None:
    if held.lost:
        message = f"What was found is doubtful: {held.lost}."
        raise UpdateStoppedError(message)


def _compare_speed(running: tuple[Path, Path, Environment, UpdatePlan], folder: Path, screen: Console) -> None:
    # load is a heavy import, and few updates measure
    from updategate.cli.speed import compare_speed

    compare_speed(*running, folder, screen)


def _why_no_speed(running: Update) -> str:
    if not running.plan.performance_profile:
        return "the plan names no performance_profile"
    return "the environment names no 'reference', a copy of the shop as it was before"


def _versions(plugins: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for text in plugins:
        name, separator, version = text.partition("=")
        if not separator or not name or not version:
            raise click.UsageError(f"--plugin is written NAME=VERSION, such as AcmeB2bPrices=2.1.0, not '{text}'.")
        found[name] = version
    return found


def _suites(
    root: Path, file: Path, environment: Environment, plan: UpdatePlan, phase: str, folder: Path, *, as_json: bool
) -> SuiteRun:
    policy_file = policy_path(plan.policy, root)
    registry = registry_of(environment, root).critical_in(read_touched_areas(plan.compat))
    chosen = load_policy(policy_file).select(plan.scope, registry.processes, str(policy_file))
    recorded = None
    if price_ledger.is_wanted(environment, None, None):
        recorded = price_ledger.record(
            environment,
            folder,
            root=root,
            scope=plan.scope,
            phase="before" if phase == "before" else "after",
            policy_file=policy_file,
            earlier=ledger_of(folder.parent / "before") if phase == "after" else None,
            screen=console(as_json=as_json),
        )
    screen = console(as_json=as_json)
    with RunProgress(
        screen,
        f"{environment.name} {phase}",
        plan.scope,
        len(chosen),
        workers=plan.workers,
        expected=typical_durations(root, environment.name),
    ) as progress:
        run = run_suites(
            root=root,
            environment=str(file),
            suites=environment.suites,
            folder=folder,
            scope=plan.scope,
            policy=str(policy_file),
            phase=phase,
            workers=plan.workers,
            extra=(*compat_arguments(plan.compat), *carry_arguments(folder.parent / HANDOVER)),
            variables=for_child({}),
            progress=progress.take,
        )
    clean_run(environment, run.evidence)
    note_run(root, run.evidence, screen)
    return replace(run, exit_code=price_ledger.weighed(run.exit_code, recorded))


def _runs(running: Update, root: Path, plan: UpdatePlan) -> tuple[list[RunEvidence], list[RunEvidence]]:
    """The evidence from before and from after the update."""
    environment = running.environment
    facts = running.evidence(provenance_of(environment, root, policy=policy_path(plan.policy, root)))
    compat = [read_evidence(folder) for folder in plan.compat]
    speed = running.folder / "performance"
    compared = [read_evidence(speed)] if running.compare_speed and (speed / EVIDENCE).is_file() else []
    after = [*runs_of(running.folder, "after"), read_evidence(facts), *compat, *compared]
    return runs_of(running.folder, "before"), after


def _rollback_line(check: Check) -> str:
    if check.ok:
        return f"Rolled back: {check.actual} is there again."
    return f"[red]Not rolled back:[/red] expected {check.expected}, actual {check.actual}. The shop needs a person."
