"""``updategate history``: runs over time."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Table

from updategate.cli.options import console, json_option, print_json
from updategate.config.errors import ConfigError, unknown_name
from updategate.config.exit_codes import ExitCode
from updategate.config.process_environment import history_url
from updategate.history.importing import import_folders
from updategate.history.store import History
from updategate.reports.trends import write_trend_pages

store_option = click.option(
    "--store",
    metavar="URL",
    help="sqlite:///FILE or postgresql://…  [default: UPDATEGATE_HISTORY, else sqlite:///reports/history.sqlite]",
)


@click.group()
def history() -> None:
    """Keep runs in a store, and look at them over time.

    A PostgreSQL address holds a password: give it by the variable UPDATEGATE_HISTORY.
    """


@history.command("import")
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))
@store_option
@json_option
def import_(folders: tuple[Path, ...], store: str | None, as_json: bool) -> ExitCode:
    """Store all runs in FOLDERS and below them; a run that is known already is not stored again."""
    with History(store or history_url()) as opened:
        done = import_folders(opened, folders)
    if as_json:
        print_json(asdict(done))
    screen = console(as_json=as_json)
    screen.print(f"{done.added} runs stored, {done.known} known already, {done.verdicts} verdicts noted.")
    for reason in done.left_out:
        screen.print(f"Left out: {reason}", markup=False, soft_wrap=True)
    return ExitCode.PASS


@history.command("list")
@click.option("--environment", help="Only runs of this environment.")
@click.option("--last", type=click.IntRange(1), default=30, show_default=True, help="The newest so many.")
@store_option
@json_option
def list_(environment: str | None, last: int, store: str | None, as_json: bool) -> ExitCode:
    """List the newest runs."""
    with History(store or history_url()) as opened:
        runs = opened.runs(environment=environment, last=last)
    if as_json:
        print_json({"runs": [asdict(run) for run in runs]})
        return ExitCode.PASS
    table = Table(box=None, pad_edge=False)
    for title in ("began", "run", "environment", "kind", "phase", "scope", "Shopware", "verdict"):
        table.add_column(title)
    for run in runs:
        told = run.verdict or ("" if run.complete else "incomplete")
        table.add_row(
            run.at[:16], run.run, run.environment, run.kind, run.phase or "", run.scope, run.core or "?", told
        )
    console().print(table)
    return ExitCode.PASS


@history.command()
@click.argument("subject", required=False)
@click.option("--environment", help="Of which environment.  [default: the only one there is]")
@click.option("--last", type=click.IntRange(2), default=200, show_default=True, help="Without SUBJECT: so many runs.")
@click.option("--output", type=click.Path(path_type=Path), default=Path("reports/history"), show_default=True)
@store_option
@json_option
def trend(
    subject: str | None, environment: str | None, last: int, output: Path, store: str | None, as_json: bool
) -> ExitCode:
    """Write the trend page: durations, flakiness and indicators across updates.

    SUBJECT is the id of a process or the name of an indicator; it is then drawn over all of its runs.
    """
    with History(store or history_url()) as opened:
        pages = write_trend_pages(opened, output, _environment(opened, environment), subject=subject, last=last)
    if as_json:
        print_json({"pages": [str(page) for page in pages]})
    for page in pages:
        console(as_json=as_json).print(f"Trend page: {page}", soft_wrap=True)
    return ExitCode.PASS


@history.command()
@click.option("--keep-days", type=click.IntRange(1), help="Keep runs that began in the last so many days.")
@click.option("--keep-runs", type=click.IntRange(1), help="Keep the newest so many of each environment.")
@store_option
@json_option
def prune(keep_days: int | None, keep_runs: int | None, store: str | None, as_json: bool) -> ExitCode:
    """Forget old runs. The folders of the runs stay."""
    if keep_days is None and keep_runs is None:
        raise click.UsageError("Say what is kept: --keep-days or --keep-runs.")
    with History(store or history_url()) as opened:
        gone = opened.prune(keep_days=keep_days, keep_runs=keep_runs)
        left = opened.count()
    if as_json:
        print_json({"forgotten": gone, "kept": left})
    console(as_json=as_json).print(f"{gone} runs forgotten, {left} kept.")
    return ExitCode.PASS


def _environment(opened: History, wanted: str | None) -> str:
    known = opened.environments()
    if not known:
        raise ConfigError.single(
            "history", "", "The history is empty.", "Import run folders: updategate history import reports"
        )
    if wanted is None:
        if len(known) == 1:
            return known[0]
        raise click.UsageError(
            f"The history holds several environments ({', '.join(known)}): name one by --environment."
        )
    if wanted not in known:
        raise ConfigError.single("history", "--environment", *unknown_name("environment", wanted, known))
    return wanted
