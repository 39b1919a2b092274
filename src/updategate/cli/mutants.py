"""``updategate mutants``: does the gate catch what it claims to catch."""

from __future__ import annotations

import random
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import click

from updategate.cli.options import console, json_option, policy_option, print_json, project_root
from updategate.config.exit_codes import ExitCode
from updategate.config.registry import load_registry
from updategate.operations.mutants.before import sources_of
from updategate.operations.mutants.carrying_out import NotCarriedOutError, Workplace
from updategate.operations.mutants.catalogue import Mutant, all_mutants, chosen
from updategate.operations.mutants.catching import PRICE_LEDGER
from updategate.operations.mutants.children import Children
from updategate.operations.mutants.kept import KEPT, Kept, excused_in, kept_in
from updategate.operations.mutants.reference_shop import ShopNotStartedError
from updategate.operations.mutants.results import Result, Results, fragile, useless
from updategate.operations.mutants.sweep import Extent, Sweep
from updategate.operations.mutants.table import PAGE, page_of

FOLDER = Path("reports") / "mutants"
HEALTHY = Path("reports") / "healthy-runs"


@click.command()
@click.option("--list", "list_only", is_flag=True, help="Print the names of all mutants, one a line.")
@click.option("--only", multiple=True, metavar="NAME", help="Only this mutant; several.")
@click.option("--group", "groups", multiple=True, metavar="NAME", help="Only the mutants of this group; several.")
@click.option("--all", "whole", is_flag=True, help="Carry every process out, also after the first catch.")
@click.option("--lanes", type=click.IntRange(1, 16), default=2, show_default=True, help="Mutants at the same time.")
@click.option("--minutes", type=click.FloatRange(min=0), help="Begin no mutant after that; the next call goes on.")
@click.option("--again", is_flag=True, help="Look for mutants again that the same sources have been tried with.")
@click.option("--sample", type=click.IntRange(1), help="Only so many of the mutants that were caught before.")
@click.option("--seed", help="What the sample is drawn by.  [default: today's date]")
@click.option("--table", is_flag=True, help=f"Keep the results in {KEPT}, and write {PAGE} from it.")
@click.option("--folder", type=click.Path(path_type=Path), help=f"Where results are kept.  [default: {FOLDER}]")
@policy_option
@json_option
def mutants(
    list_only: bool,
    only: tuple[str, ...],
    groups: tuple[str, ...],
    whole: bool,
    lanes: int,
    minutes: float | None,
    again: bool,
    sample: int | None,
    seed: str | None,
    table: bool,
    folder: Path | None,
    policy: str,
    as_json: bool,
) -> ExitCode:
    """Update the reference shop to every mutant, and see whether the gate catches it.

    A mutant is caught when the verdict is fail, by a process that the mutant can touch, with expected and actual. Exit
    code 0: all caught, 1: one was missed, 3: not all had their turn, or the gate was not sure.
    """
    if list_only:
        for mutant in all_mutants():
            click.echo(mutant.name)
        return ExitCode.PASS
    root = project_root()
    folder = (folder or root / FOLDER).absolute()
    if table:
        return _keep(root, folder)
    screen = console(as_json=as_json)
    kept = kept_in(root)
    wanted = chosen(all_mutants(), only, groups)
    # what caught a mutant before is looked at first, unless everything is carried out anyway
    first = {} if whole else kept.first_catches()
    extent = Extent(lanes=lanes, whole=whole, seconds=minutes * 60 if minutes is not None else None, first=first)
    if sample:
        wanted = _sampled(wanted, kept, sample, seed or f"{datetime.now(UTC):%Y-%m-%d}")
        extent = replace(extent, quick_only=True)
    registry = load_registry(root / "suites" / "processes.yaml")
    sources = sources_of(root)
    place = Workplace(root, policy, Children())
    sweep = Sweep(place, registry.processes, folder, sources, extent, lambda line: screen.print(line, markup=False))
    for mutant in wanted if again else ():
        sweep.results.forget(mutant.name)
    waiting = _without_results(wanted, sweep.results, sources, whole=whole)
    screen.print(f"{len(wanted)} mutants, {len(wanted) - len(waiting)} of them tried before with the same sources.")
    complete = True
    with _ended_with(place.children):
        try:
            if waiting:
                sweep.prepare(waiting)
                complete = sweep.play(waiting)
        except (NotCarriedOutError, ShopNotStartedError) as error:
            click.echo(f"Nothing can be told: {error}", err=True)
            return ExitCode.INCONCLUSIVE
    found = sweep.results.all(sources)
    results = [found[mutant.name] for mutant in wanted if mutant.name in found]
    excused = excused_in(root)
    processes = [process.id for process in registry.processes if process.id not in sweep.unusable]
    if as_json:
        print_json(
            {
                "caught": sum(result.outcome == "caught" for result in results),
                "total": len(wanted),
                "complete": complete,
                "unusable": sweep.unusable,
                "excused": {name: why for name, why in excused.items() if name in found},
                "useless": useless(results, processes) if whole else None,
                "fragile": fragile(results) if whole else None,
                "mutants": [result.as_json() for result in results],
            }
        )
    missed = [result for result in results if result.outcome != "caught" and result.name not in excused]
    screen.print(f"{sum(result.outcome == 'caught' for result in results)} of {len(wanted)} mutants caught.")
    for result in missed:
        outcome = result.outcome if sample or not result.left else "not caught yet"
        screen.print(f"  {outcome}: {result.name} – {result.description}", markup=False)
    if whole and complete:
        screen.print(f"Catch nothing: {', '.join(useless(results, processes)) or 'none'}", markup=False)
        for name, process in fragile(results).items():
            screen.print(f"Only {process} catches {name}", markup=False)
    final = [result for result in missed if sample or not result.left]
    return _exit_code(final, complete=complete and len(results) == len(wanted))


def _exit_code(missed: Sequence[Result], *, complete: bool) -> ExitCode:
    if any(result.outcome == "missed" for result in missed):
        return ExitCode.FAIL
    return ExitCode.PASS if complete and not missed else ExitCode.INCONCLUSIVE


def _sampled(mutants: Sequence[Mutant], kept: Kept, count: int, seed: str) -> tuple[Mutant, ...]:
    """Of the mutants that a process caught before, so many, chosen by the seed."""
    processes = {name for name, found in kept.first_catches().items() if found[0] != PRICE_LEDGER}
    caught = [mutant for mutant in mutants if mutant.name in kept.caught & processes]
    if not caught:
        raise click.UsageError(f"{KEPT} lists no mutant that was caught: keep a sweep first, with --table.")
    drawn = random.Random(seed).sample(caught, min(count, len(caught)))  # noqa: S311 - a choice, not a secret
    return tuple(mutant for mutant in caught if mutant in drawn)


def _without_results(mutants: Sequence[Mutant], results: Results, sources: str, *, whole: bool) -> tuple[Mutant, ...]:
    found = results.all(sources)
    done = {
        name for name, result in found.items() if (result.whole or not whole) and not result.problem and not result.left
    }
    return tuple(mutant for mutant in mutants if mutant.name not in done)


def _keep(root: Path, folder: Path) -> ExitCode:
    kept = Kept.of(root, folder, root / HEALTHY)
    kept.write(root)
    (root / PAGE).write_text(page_of(kept), encoding="utf-8")
    click.echo(f"{KEPT} and {PAGE}: {kept.told()}")
    return ExitCode.PASS


@contextmanager
def _ended_with(children: Children) -> Iterator[None]:
    """Whatever ends this process on request ends what it started first."""

    def asked(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    earlier = signal.signal(signal.SIGTERM, asked)
    try:
        yield
    finally:
        children.end_all()
        signal.signal(signal.SIGTERM, earlier)
