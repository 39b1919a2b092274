"""``updategate parity``: compare a test environment with production before an update."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from updategate.cli.options import console, json_option, policy_option, print_json, project_root
from updategate.cli.promote import stages_option
from updategate.config.environment import Environment, environment_path, load_environment
from updategate.config.exit_codes import ExitCode
from updategate.config.policy import load_policy, policy_path
from updategate.config.stages import StageException, load_stages, stages_path
from updategate.evidence.provenance import run_name
from updategate.evidence.records import Parity
from updategate.operations.parity import ParityRun, compare_with_production

MARKS = {True: "[green]✓[/green]", False: "[red]✗[/red]", None: "[yellow]?[/yellow]"}


@click.command()
@click.argument("test")
@click.argument("production")
@stages_option
@policy_option
@click.option("--run-folder", type=click.Path(path_type=Path), help="Where evidence goes.  [default: reports/<run id>]")
@json_option
def parity(
    test: str, production: str, stages: Path | None, policy: str, run_folder: Path | None, as_json: bool
) -> ExitCode:
    """Compare TEST with PRODUCTION: version, plugins, settings that matter, theme, counts. Both are only read.

    The evidence goes to 'gate --before': a test environment that is not like production makes the verdict
    inconclusive. Exit code 0: alike, 1: not alike, 3: something could not be asked.
    """
    root = project_root()
    one, other = (load_environment(environment_path(name, root)) for name in (test, production))
    if one.name == other.name:
        raise click.UsageError(f"Both are the environment {one.name}: compare two different ones.")
    policy_file = policy_path(policy, root)
    folder = (run_folder or root / "reports" / f"{run_name(one.name)}-parity").absolute()
    done = compare_with_production(
        one, other, load_policy(policy_file), policy_file, _exceptions(stages, root, other), folder, root
    )
    screen = console(as_json=as_json)
    _show(screen, done, one.name, other.name)
    if as_json:
        print_json(
            {"folder": str(folder), "problems": list(done.problems), "compared": [_row(r) for r in done.records]}
        )
    if any(record.alike is False for record in done.records):
        return ExitCode.FAIL
    return ExitCode.PASS if all(record.alike for record in done.records) else ExitCode.INCONCLUSIVE


def _exceptions(given: Path | None, root: Path, production: Environment) -> tuple[StageException, ...]:
    """The exceptions of production's stage; without a stages file there are none."""
    path = stages_path(given, root)
    if given is None and not path.is_file():
        return ()
    stage = load_stages(path).of_environment(production.name)
    return stage.exceptions if stage else ()


def _row(record: Parity) -> dict[str, object]:
    return record.model_dump(include={"what", "alike", "test", "production", "allowed"})


def _show(screen: Console, done: ParityRun, test: str, production: str) -> None:
    for problem in done.problems:
        click.echo(problem, err=True)
    table = Table("", "what", test, production, "allowed")
    for record in done.records:
        table.add_row(
            MARKS[record.alike],
            *(escape(text) for text in (record.what, record.test, record.production, record.allowed)),
        )
    screen.print(table)
    unlike = sum(1 for record in done.records if not record.alike)
    if unlike:
        screen.print(f"{unlike} of {len(done.records)} comparisons do not hold. Evidence: {escape(str(done.folder))}")
    else:
        screen.print(f"{test} is like {production}. Evidence: {escape(str(done.folder))}")
