"""``updategate rollout-check``: a shop right after a roll-out."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from updategate.cli.holding import holding, wait_option
from updategate.cli.options import console, json_option, policy_option, print_json, project_root
from updategate.cli.promote import stages_option
from updategate.cli.publishing import publish_verdict
from updategate.config.environment import environment_path
from updategate.config.exit_codes import ExitCode, of_verdict
from updategate.config.own_suites import registry_of
from updategate.config.policy import load_policy, policy_path
from updategate.config.process_environment import for_child
from updategate.config.stages import WatchRules, load_stages, stages_path
from updategate.evidence.provenance import file_hash, run_name
from updategate.evidence.reader import RunEvidence, read_evidence
from updategate.gate.judge import judge
from updategate.operations.cleaning import clean_run
from updategate.operations.preflight import obstacle
from updategate.operations.promote import environment_of, ledger_path, read_verdict, signing_key_of
from updategate.operations.rollout.check import Expected, RolloutCheck, note_in_ledger
from updategate.operations.rollout.watching import Round
from updategate.operations.run_suites import SuiteRunRefused, run_suites
from updategate.promotion.ledger import LedgerError
from updategate.promotion.signing import SigningKey
from updategate.reports.terminal import RunProgress


@click.command("rollout-check")
@click.argument("verdict", type=click.Path(path_type=Path))
@click.option("--at", required=True, help="The stage that was rolled out to: staging or production.")
@stages_option
@policy_option
@click.option("--scope", default="rollout", show_default=True, help="The policy's selection of processes.")
@click.option("--minutes", type=click.FloatRange(min=0), help="Watch so long.  [default: as the stages file says]")
@click.option(
    "--every", type=click.FloatRange(min=0.1), help="Look every so many seconds.  [default: the stages file's]"
)
@click.option(
    "--load-run",
    "loads",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A run of 'updategate load' after the roll-out, for the environment's own baseline; one a day.",
)
@click.option("-n", "--workers", type=click.IntRange(0, 32), default=2, show_default=True, help="Parallel workers.")
@click.option("--run-folder", type=click.Path(path_type=Path), help="Where evidence goes.  [default: reports/<run id>]")
@wait_option
@json_option
def rollout_check(
    verdict: Path,
    at: str,
    stages: Path | None,
    policy: str,
    scope: str,
    minutes: float | None,
    every: float | None,
    loads: tuple[Path, ...],
    workers: int,
    run_folder: Path | None,
    wait: float,
    as_json: bool,
) -> ExitCode:
    """Check a shop after VERDICT's build was rolled out to it, and watch it for a set time.

    Promoted, the same fingerprint, read-only processes, one canary order where it is permitted, as fast as its own
    baseline, and then within its limits. Exit code 0: as validated, 1: not, 3: not known. --minutes 0 watches nothing.
    """
    root = project_root()
    stages_file, policy_file = stages_path(stages, root), policy_path(policy, root)
    described = load_stages(stages_file)
    stage = described.named(at, str(stages_file))
    environment = environment_of(stage, root)
    _, content, validated = read_verdict(verdict)
    key = signing_key_of(described)
    rules_of_release = load_policy(policy_file)
    chosen = rules_of_release.select(scope, registry_of(environment, root).processes, str(policy_file))
    load_runs = [read_evidence(run) for run in loads]
    rules = _rules(stage.watch, minutes, every)
    folder = (run_folder or root / "reports" / f"{run_name(environment.name)}-rollout").absolute()
    screen = console(as_json=as_json)
    found = obstacle(environment)
    if found is not None:
        click.echo(str(found), err=True)
        return ExitCode.USAGE if found.kind == "configuration" else ExitCode.INCONCLUSIVE
    check = RolloutCheck(
        environment=environment,
        policy=rules_of_release,
        policy_file=policy_file,
        expected=Expected.of(validated, content, stage),
        ledger=ledger_path(described, root),
        stages=described,
        folder=folder / "rollout",
        root=root,
    )
    with holding(environment, "rollout-check", wait, screen):
        with RunProgress(screen, environment.name, scope, len(chosen)) as progress:
            try:
                suites = run_suites(
                    root=root,
                    environment=str(_environment_file(stage.environment_name, root)),
                    suites=environment.suites,
                    folder=folder / "processes",
                    scope=scope,
                    policy=str(policy_file),
                    phase="after",
                    workers=min(workers, len(chosen)),
                    variables=for_child({}),
                    progress=progress.take,
                )
            except SuiteRunRefused as refused:
                click.echo(refused.text, err=True)
                return refused.exit_code
        cleaned = clean_run(environment, suites.evidence)
        for problem in cleaned.problems:
            click.echo(f"Left behind: {problem}", err=True)
        if suites.evidence.finished is None or suites.evidence.finished.interrupted:
            rules = None
        if rules is not None:
            screen.print(f"Watching for {rules.minutes:g} minutes, every {rules.every:g} s (Ctrl-C ends it)")

        def tell(state: Round) -> None:
            screen.print(f"  round {state.number}: {state.error_ratio:.1%} wrong, p95 {state.p95:.0f} ms", style="dim")

        watched = read_evidence(check.carry_out(load_runs, rules, tell))
    return _conclude(check, [suites.evidence, watched], folder, as_json=as_json, key=key)


def _rules(stage: WatchRules, minutes: float | None, every: float | None) -> WatchRules | None:
    if minutes == 0:
        return None
    changes = {name: value for name, value in (("minutes", minutes), ("every", every)) if value is not None}
    return stage.model_copy(update=changes)


def _environment_file(name: str, root: Path) -> Path:
    return environment_path(name, root).absolute()


def _conclude(
    check: RolloutCheck, runs: list[RunEvidence], folder: Path, *, as_json: bool, key: SigningKey | None
) -> ExitCode:
    verdict = judge(
        runs,
        [],
        check.policy,
        datetime.now(UTC),
        policy_source=str(check.policy_file),
        policy_hash=file_hash(check.policy_file),
    )
    publish_verdict(verdict, folder, before=(), after=runs, as_json=as_json)
    screen = console(as_json=as_json)
    try:
        entry = note_in_ledger(check, verdict, key)
    except LedgerError as error:
        click.echo(f"The check is not in the ledger: {error}.", err=True)
        return ExitCode.INCONCLUSIVE if verdict.verdict == "pass" else of_verdict(verdict.verdict)
    screen.print(f"Entry {entry.seq} of {check.ledger}: {entry.seq}:{entry.link}")
    if as_json:
        print_json({"verdict": verdict.verdict, "folder": str(folder), "head": f"{entry.seq}:{entry.link}"})
    return of_verdict(verdict.verdict)
