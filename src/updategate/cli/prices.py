"""``updategate prices``: compare price lists of an ERP with what the shop charges."""

from __future__ import annotations

from pathlib import Path

import click

from updategate.cli import price_ledger
from updategate.cli.holding import holding, wait_option
from updategate.cli.options import console, json_option, print_json, project_root
from updategate.config.environment import environment_path, load_environment
from updategate.config.exit_codes import ExitCode
from updategate.evidence.provenance import run_name
from updategate.evidence.reader import LEDGER_FOLDER
from updategate.evidence.records import ListChecked, Phase
from updategate.operations.preflight import obstacle
from updategate.operations.price_ledger.recording import LedgerRun, Task
from updategate.operations.run_suites import SuiteRunRefused

SCOPE = "price lists"


@click.command()
@click.argument("env")
@click.argument("lists", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--phase",
    type=click.Choice(["before", "after"]),
    help="Before or after the update; after it, a product that is gone deviates and is no mistake in the list.",
)
@click.option("--run-folder", type=click.Path(path_type=Path), help="Where evidence goes.  [default: reports/<run id>]")
@wait_option
@json_option
def prices(
    env: str, lists: tuple[Path, ...], phase: Phase | None, run_folder: Path | None, wait: float, as_json: bool
) -> ExitCode:
    """Ask the shop of ENV for every price of the LISTS (YAML files that describe a CSV or XLSX file).

    Each row that deviates stands in the evidence and in <list>-deviations.csv. Exit code 0: every price is the
    list's, 1: some are not, 2: a mistake in a list, 3: not all could be asked.
    """
    root = project_root()
    environment = load_environment(environment_path(env, root).absolute())
    screen = console(as_json=as_json)
    found = obstacle(environment)
    if found is not None:
        click.echo(str(found), err=True)
        return ExitCode.USAGE if found.kind == "configuration" else ExitCode.INCONCLUSIVE
    folder = (run_folder or root / "reports" / f"{run_name(environment.name)}-prices") / LEDGER_FOLDER
    with holding(environment, "prices", wait, screen):
        try:
            done = price_ledger.carry_out(
                environment,
                folder,
                Task(ledger=False, price_lists=lists),
                run=folder.parent.name,
                root=root,
                scope=SCOPE,
                phase=phase,
                policy_file=None,
                screen=screen,
            )
        except SuiteRunRefused as refused:
            click.echo(refused.text, err=True)
            return refused.exit_code
    screen.print(f"Evidence and deviating rows: {folder}", soft_wrap=True)
    if as_json:
        lists_ = [record.model_dump(exclude={"v", "seq", "at", "run", "worker", "type"}) for record in _checked(done)]
        print_json({"run": done.evidence.name, "folder": str(folder), "price_lists": lists_})
    if done.deviating:
        return ExitCode.FAIL
    return ExitCode.PASS if done.complete else ExitCode.INCONCLUSIVE


def _checked(done: LedgerRun) -> list[ListChecked]:
    return done.evidence.of_type(ListChecked)
