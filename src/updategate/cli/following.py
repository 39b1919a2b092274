"""How a run is followed: what earlier runs say of it, the live page, and what it leaves for later ones.

A history that cannot be used never stops a run.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console

from updategate.config.errors import ConfigError
from updategate.config.process_environment import history_url, keeps_history
from updategate.evidence.reader import RunEvidence
from updategate.gate.verdict import Verdict
from updategate.history.store import History
from updategate.history.trends import expected_seconds
from updategate.reports.progress import RunState
from updategate.reports.terminal import Page

RUNS_LOOKED_AT = 30
live_option = click.option(
    "--live",
    metavar="PORT",
    type=click.IntRange(0, 65535),
    help="Show the run on a page at http://127.0.0.1:PORT/ while it goes on (0: any free port).",
)


def live_page(port: int | None) -> Callable[[RunState], Page] | None:
    """Makes the live page of a run; None where nobody asked for one. A port that is not free is a mistake."""
    if port is None:
        return None

    def made(state: RunState) -> Page:
        # a web server takes a third of a second to import, which other runs need not wait for
        from updategate.reports.live import LivePage, PortTakenError

        try:
            return LivePage(state, port)
        except PortTakenError as error:
            raise click.UsageError(str(error)) from None

    return made


def typical_durations(root: Path, environment: str) -> dict[str, float]:
    """Process → typical seconds in this environment; nothing where there is no history yet."""
    if not keeps_history():
        return {}
    try:
        with History(history_url(root)) as history:
            return expected_seconds(
                history.processes(history.runs(environment=environment, kind="processes", last=RUNS_LOOKED_AT))
            )
    except ConfigError:
        return {}


def note_run(root: Path, evidence: RunEvidence, screen: Console) -> None:
    """Note a run that has ended in the history."""
    if not keeps_history():
        return
    try:
        with History(history_url(root)) as history:
            history.add(evidence)
    except ConfigError as error:
        screen.print(f"The run is not in the history: {error}", markup=False, soft_wrap=True)


def note_verdict(verdict: Verdict, screen: Console) -> None:
    """Note a verdict at its runs, where there is a history already."""
    url = history_url()
    file = Path(url.removeprefix("sqlite:///"))
    if not keeps_history() or (url.startswith("sqlite:///") and not file.is_file()):
        return
    try:
        with History(url) as history:
            history.judge(verdict)
    except ConfigError as error:
        screen.print(f"The verdict is not in the history: {error}", markup=False, soft_wrap=True)
