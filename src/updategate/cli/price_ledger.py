"""Record the price ledger of a run, for the verbs that do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.console import Console

from updategate.config.environment import Environment
from updategate.config.exit_codes import ExitCode
from updategate.evidence.provenance import provenance_of
from updategate.evidence.reader import LEDGER_FOLDER, RunEvidence
from updategate.evidence.records import Phase
from updategate.operations.price_ledger.recording import LedgerRefusedError, LedgerRun, Task, record_ledger
from updategate.operations.run_suites import SuiteRunRefused
from updategate.reports.ledger_progress import LedgerProgress, show_ledger

ledger_option = click.option(
    "--ledger/--no-ledger",
    "ledger",
    default=None,
    help="Write down the shop's prices first.  [default: where the environment file has a 'ledger' section]",
)
ledger_of_option = click.option(
    "--ledger-of",
    type=click.Path(path_type=Path),
    help="After the update: the run before it, whose prices are asked again.",
)


def is_wanted(environment: Environment, asked: bool | None, earlier: Path | None) -> bool:
    """Whether a run records a ledger: as asked for, or where the environment has settings for one."""
    if asked is False and earlier is not None:
        raise click.UsageError("--ledger-of goes with --ledger.")
    return bool(asked) or earlier is not None or (asked is None and environment.ledger is not None)


def weighed(code: ExitCode, recorded: LedgerRun | None) -> ExitCode:
    """The exit code of a run: without all prices, it is not complete."""
    incomplete = recorded is not None and not recorded.complete
    return ExitCode.INCONCLUSIVE if incomplete and code == ExitCode.PASS else code


def summary(recorded: LedgerRun | None) -> dict[str, Any]:
    """What ``--json`` says of the prices; nothing where none were recorded."""
    if recorded is None:
        return {}
    return {
        "ledger": {
            "cells": recorded.cells,
            "seconds": round(recorded.seconds, 1),
            "unread": recorded.unread,
            "deviating": recorded.deviating,
            "complete": recorded.complete,
        }
    }


def record(
    environment: Environment,
    run_folder: Path,
    *,
    root: Path,
    scope: str,
    phase: Phase | None,
    policy_file: Path,
    earlier: RunEvidence | None,
    screen: Console,
) -> LedgerRun:
    """Record the prices of a run into ``<run>/ledger``, and compare the environment's price lists with them.

    Raises SuiteRunRefused where that cannot be done, or was interrupted: then no process is carried out either.
    """
    lists = [root / path for path in environment.ledger.price_lists] if environment.ledger else []
    done = carry_out(
        environment,
        run_folder / LEDGER_FOLDER,
        Task(earlier=earlier, price_lists=lists),
        run=f"{run_folder.name}-ledger",
        root=root,
        scope=scope,
        phase=phase,
        policy_file=policy_file,
        screen=screen,
    )
    if done.interrupted:
        message = "Interrupted: no process was carried out."
        raise SuiteRunRefused(message, ExitCode.INCONCLUSIVE)
    return done


def carry_out(
    environment: Environment,
    folder: Path,
    task: Task,
    *,
    run: str,
    root: Path,
    scope: str,
    phase: Phase | None,
    policy_file: Path | None,
    screen: Console,
) -> LedgerRun:
    """Ask for prices, show the progress and what came out. Raises SuiteRunRefused where that cannot be done."""
    with LedgerProgress(screen, environment.name) as progress:
        try:
            done = record_ledger(
                environment,
                folder,
                task,
                run=run,
                scope=scope,
                phase=phase,
                provenance=provenance_of(environment, root, policy=policy_file),
                tell=progress.take,
            )
        except LedgerRefusedError as refused:
            raise SuiteRunRefused(str(refused), refused.code) from None
    show_ledger(screen, done.evidence, done.cells, done.seconds, done.stopped, done.unread)
    return done
