"""``updategate update``: play the whole evaluation of an update."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from updategate.cli import price_ledger
from updategate.cli.options import compat_arguments, console, json_option, print_json, project_root
from updategate.config.environment import Environment, environment_path, load_environment
from updategate.config.exit_codes import ExitCode, of_verdict
from updategate.config.own_suites import registry_of
from updategate.config.policy import load_policy, policy_path
from updategate.config.process_environment import for_child
from updategate.config.update_plan import UpdatePlan, load_plan, plan_path
from updategate.evidence.provenance import file_hash, provenance, run_name
from updategate.evidence.reader import ledger_of, read_evidence
from updategate.evidence.touched_areas import read_touched_areas
from updategate.gate.judge import judge
from updategate.gate.verdict import Verdict
from updategate.operations.cleaning import clean_run
from updategate.operations.run_suites import SuiteRun, run_suites
from updategate.operations.update.engine import Update, UpdateStoppedError, runs_of
from updategate.operations.update.settling import Check
from updategate.reports.html import write_verdict_page
from updategate.reports.terminal import RunProgress, show_verdict


@click.command()
@click.argument("env")
@click.option("--plan", help="A name under ci/updates, or a file.  [default: the environment's name]")
@click.option("--to", help="Target version of the core, instead of the plan's.")
@click.option("--plugin", "plugins", multiple=True, metavar="NAME=VERSION", help="Target version of a plugin; several.")
@click.option("--scope", help="The policy's selection of processes, instead of the plan's.")
@click.option("--resume", type=click.Path(path_type=Path), help="Take up an update that was interrupted.")
@click.option("--redo", multiple=True, metavar="STEP", help="With --resume: run this command again.")
@click.option("--done", multiple=True, metavar="STEP", help="With --resume: this command did its work.")
@json_option
def update(
    env: str,
    plan: str | None,
    to: str | None,
    plugins: tuple[str, ...],
    scope: str | None,
    resume: Path | None,
    redo: tuple[str, ...],
    done: tuple[str, ...],
    as_json: bool,
) -> ExitCode:
    """Evaluate an update of ENV: validate, update, validate again, decide, and roll back on a fail.

    Exit code 0: the update may go one stage further, 1: it must not, 3: no decision, or it stopped half-way.
    """
    root = project_root()
    file = environment_path(env, root).absolute()
    environment = load_environment(file)
    chosen = load_plan(plan_path(plan or environment.name, root)).targeting(to, _versions(plugins))
    if scope:
        chosen = chosen.model_copy(update={"scope": scope})
    if (redo or done) and not resume:
        raise click.UsageError("--redo and --done go with --resume FOLDER.")
    folder = (resume or root / "reports" / f"{run_name(environment.name)}-update").absolute()
    screen = console(as_json=as_json)
    screen.print(f"Update {chosen.update} of {environment.name} in {folder}", soft_wrap=True)
    running = Update(
        plan=chosen,
        environment=environment,
        folder=folder,
        variables=for_child({}),
        run_phase=lambda phase, into: _suites(root, file, environment, chosen, phase, into, as_json=as_json),
        tell=lambda line: screen.print(line, markup=False, style="dim"),
        redo=frozenset(redo),
        done=frozenset(done),
    )
    try:
        running.play()
    except UpdateStoppedError as stopped:
        click.echo(str(stopped), err=True)
        click.echo(f"Take it up with: updategate update {env} --resume {folder}", err=True)
        return stopped.code
    verdict = _judge(running, root, chosen)
    pages = [write_verdict_page(verdict, folder, language) for language in ("en", "de")]
    (folder / "verdict.json").write_text(verdict.to_json(), encoding="utf-8")
    show_verdict(screen, verdict, pages)
    rolled_back = running.roll_back() if verdict.verdict == "fail" and chosen.rollback else []
    for check in rolled_back:
        screen.print(_rollback_line(check))
    if as_json:
        print_json({"verdict": verdict.verdict, "folder": str(folder), "rolled_back": [c.ok for c in rolled_back]})
    return of_verdict(verdict.verdict)


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
    with RunProgress(console(as_json=as_json), f"{environment.name} {phase}", plan.scope, len(chosen)) as progress:
        run = run_suites(
            root=root,
            environment=str(file),
            suites=environment.suites,
            folder=folder,
            scope=plan.scope,
            policy=str(policy_file),
            phase=phase,
            workers=plan.workers,
            extra=compat_arguments(plan.compat),
            variables=for_child({}),
            progress=progress.take,
        )
    clean_run(environment, run.evidence)
    if recorded is not None and not recorded.complete and run.exit_code == ExitCode.PASS:
        return replace(run, exit_code=ExitCode.INCONCLUSIVE)
    return run


def _judge(running: Update, root: Path, plan: UpdatePlan) -> Verdict:
    policy_file = policy_path(plan.policy, root)
    environment = running.environment
    facts = running.evidence(
        provenance(
            environment=environment.name,
            stage=environment.stage,
            url=environment.url,
            root=root,
            policy=policy_file,
            machine_class=environment.machine_class,
        )
    )
    return judge(
        [
            *runs_of(running.folder, "after"),
            read_evidence(facts),
            *(read_evidence(folder) for folder in plan.compat),
        ],
        runs_of(running.folder, "before"),
        load_policy(policy_file),
        datetime.now(UTC),
        policy_source=str(policy_file),
        policy_hash=file_hash(policy_file),
    )


def _rollback_line(check: Check) -> str:
    if check.ok:
        return f"Rolled back: {check.actual} is there again."
    return f"[red]Not rolled back:[/red] expected {check.expected}, actual {check.actual}. The shop needs a person."
