"""Shows a price ledger while it is recorded, and what it came to."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from updategate.evidence.reader import RunEvidence
from updategate.evidence.records import LedgerPlan, ListChecked

# where nobody watches a bar, a line for each tenth
_LINES = 10


class LedgerProgress:
    """Follows the asking of prices: a bar where a person watches, ten lines elsewhere."""

    def __init__(self, console: Console, environment: str) -> None:
        self._console = console
        self._environment = escape(environment)
        self._told = ("", 0)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
            transient=True,
        )
        self._task = self._bar.add_task(f"Prices of {self._environment}", total=None)

    def __enter__(self) -> Self:
        self._console.print(f"Writing down the prices of {self._environment}")
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def take(self, what: str, done: int, total: int) -> None:
        """Show what is done, and how much of how much; no ``total`` where that is not known."""
        self._bar.update(
            self._task, description=f"Prices of {self._environment}: {what}", completed=done, total=total or None
        )
        if self._console.is_terminal:
            return
        step = done * _LINES // total if total else 0
        if (what, step) != self._told:
            self._told = (what, step)
            self._console.print(f"  {what}: {done} of {total}" if total else f"  {what}", style="dim")


def show_ledger(console: Console, evidence: RunEvidence, cells: int, seconds: float, stopped: str, unread: int) -> None:
    """What the ledger covers, and what it lacks."""
    for plan in evidence.of_type(LedgerPlan):
        console.print(
            f"[bold]Price ledger[/bold]: {cells} of {plan.cells} cells in {seconds:.0f} s, {plan.products_asked} of "
            f"{plan.products_sold} products, {len(plan.buyers)} buyers, {len(plan.currencies)} currencies, "
            f"{len(plan.countries)} countries"
        )
        if plan.left_out:
            console.print(f"  not asked: {escape('; '.join(plan.left_out))}", style="dim")
    for checked in evidence.of_type(ListChecked):
        console.print(
            f"[bold]Price list {escape(checked.price_list)}[/bold]: {checked.asked} of {checked.rows} rows asked, "
            f"{checked.deviating} deviate, {checked.unread} could not be read"
        )
    if unread:
        console.print(f"[yellow]{unread} cells could not be read.[/yellow]")
    if stopped:
        console.print(f"[yellow]The price ledger is not complete:[/yellow] {escape(stopped)}")
