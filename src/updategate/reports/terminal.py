"""What the verbs print for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from updategate.config.exit_codes import ExitCode
from updategate.evidence.reader import RunEvidence
from updategate.gate.verdict import Reason, Verdict
from updategate.reports.formats import duration, without_class
from updategate.reports.progress import RunState
from updategate.reports.words import headline, parted, prices_told, states, step_of, words

STATUS_STYLE = {"passed": "green", "failed": "red", "broken": "magenta", "skipped": "yellow", "not_applicable": "dim"}
VERDICT_STYLE = {"pass": "bold white on green", "fail": "bold white on red", "inconclusive": "bold black on yellow"}
MARKS = {"passed": "✓", "failed": "✗", "broken": "!", "skipped": "–", "not_applicable": "·"}


class Page(Protocol):
    """Shows a run elsewhere while it goes on."""

    @property
    def url(self) -> str:
        """Where."""

    def tell(self) -> None:
        """The state has changed."""

    def __enter__(self) -> object: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class RunProgress:
    """Follows a run: a bar where a person watches, a line for each process elsewhere."""

    def __init__(
        self,
        console: Console,
        environment: str,
        scope: str,
        total: int,
        *,
        workers: int = 1,
        expected: Mapping[str, float] | None = None,
        live: Callable[[RunState], Page] | None = None,
    ) -> None:
        """``expected`` holds typical seconds by process; ``live`` makes a page that shows the state."""
        self._console = console
        self._total = total
        self.state = RunState(environment, scope, total, workers, expected or {})
        self._page = live(self.state) if live is not None else None
        self._title = f"{environment} · {scope}"
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[told]}"),
            console=console,
            disable=not console.is_terminal,
            transient=True,
        )
        self._task = self._bar.add_task(escape(self._title), total=total, told="")

    def __enter__(self) -> Self:
        left = self.state.seconds_left()
        told = f", about {duration(left, 'en')}" if left and self.state.expected else ""
        self._console.print(f"Running {escape(self._title)}: {self._total} processes{told}")
        if self._page is not None:
            self._page.__enter__()
            self._console.print(f"Live page: {self._page.url}", soft_wrap=True)
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()
        if self._page is not None:
            self._page.__exit__(kind, error, trace)

    def take(self, record: dict[str, Any]) -> None:
        """Show one record of the run."""
        self.state.take(record)
        if self._page is not None:
            self._page.tell()
        if record["type"] != "process_finished":
            return
        done, failing, left = len(self.state.finished), len(self.state.failing), self.state.seconds_left()
        told = f"[red]{failing} failing[/red] " if failing else ""
        told += f"about {duration(left, 'en')} left" if left else ""
        self._bar.update(self._task, completed=done, told=told)
        status = record["status"]
        style = STATUS_STYLE[status]
        message = f"  {escape(record['message'])}" if status != "passed" and record["message"] else ""
        self._console.print(
            f"[{style}]{MARKS[status]} {record['process']} {status}[/{style}] {record['seconds']:.1f} s "
            f"[dim]({done}/{self._total})[/dim]{message}"
        )


def show_run(console: Console, evidence: RunEvidence, code: ExitCode, left: Sequence[str]) -> None:
    """Counts and problems of a run that has ended."""
    counts = evidence.finished.counts if evidence.finished else {}
    told = ", ".join(f"{number} {status}" for status, number in sorted(counts.items())) or "nothing finished"
    missing = sorted(set(evidence.started.processes) - evidence.processes.keys()) if evidence.started else []
    console.print(f"[bold]{evidence.name}[/bold]: {told}")
    for defect in evidence.defects:
        console.print(f"[yellow]Evidence incomplete:[/yellow] {escape(defect.message)}")
    if missing:
        console.print(f"[yellow]No result for:[/yellow] {', '.join(missing)}")
    for results in evidence.processes.values():
        failed = results[-1]
        if failed.status == "failed" and (failed.expected or failed.actual) and "expected" not in failed.message:
            console.print(
                f"[red]{failed.process}[/red]: expected {escape(str(failed.expected))}, "
                f"actual {escape(str(failed.actual))}"
            )
    for problem in left:
        console.print(f"[yellow]Left in the shop:[/yellow] {escape(problem)} – run `updategate clean` later.")
    console.print(f"Evidence: {evidence.folder}", soft_wrap=True)
    meaning = {0: "complete and green", 1: "something failed", 3: "incomplete"}
    console.print(f"Result: {meaning.get(int(code), code.name.lower())} (exit {int(code)})")


def show_verdict(console: Console, verdict: Verdict, pages: Sequence[Path]) -> None:
    """The verdict, its reasons, what changed, and where the pages are."""
    style = VERDICT_STYLE[verdict.verdict]
    console.print(f"[{style}] {verdict.verdict.upper()} [/{style}] {escape(headline(verdict, 'en'))}")
    told = f"{step_of(verdict, 'en')}, scope {verdict.scope}, environment {verdict.environment}"
    console.print(escape(told))
    for reason in verdict.reasons:
        console.print(_reason_line(reason))
    changed, absent = parted(verdict)
    if changed:
        table = Table(box=None, pad_edge=False)
        for title in ("process", "", "before", "after", "change"):
            table.add_column(title)
        for result in changed:
            table.add_row(
                result.process,
                escape(result.title),
                result.before or "–",
                result.after or "–",
                states("change", "en")[result.change],
            )
        console.print(table)
    if prices := prices_told(verdict, "en"):
        console.print(prices)
    if absent:
        console.print(words("en")["not_here"].format(names=", ".join(absent)), style="dim")
    for page in pages:
        console.print(f"Report: {page}", soft_wrap=True)


def _reason_line(reason: Reason) -> str:
    colour = {"fail": "red", "inconclusive": "yellow", "note": "dim"}[reason.weight]
    text = f"[{colour}]• {escape(without_class(reason.message))}[/{colour}]"
    sides = (("expected", reason.expected), ("actual", reason.actual))
    told = ", ".join(f"{name} {escape(side)}" for name, side in sides if side is not None)
    if told and "expected" not in reason.message and reason.code != "adjustment":
        text += f"\n  {told}"
    return text


class Examined(Protocol):
    """A finding of the doctor."""

    @property
    def level(self) -> str:
        """``ok``, ``mend``, ``unknown`` or ``note``."""

    @property
    def subject(self) -> str:
        """What was examined."""

    @property
    def message(self) -> str:
        """What was found."""

    @property
    def cure(self) -> str:
        """What to do."""


def show_examination(console: Console, environment: str, findings: Sequence[Examined]) -> None:
    """The doctor's findings, each with what to do."""
    marks = {"ok": "[green]✓[/green]", "mend": "[red]✗[/red]", "unknown": "[yellow]?[/yellow]", "note": "[dim]·[/dim]"}
    for finding in findings:
        console.print(f"{marks[finding.level]} {escape(finding.subject)}: {escape(finding.message)}")
        if finding.cure:
            console.print(f"    → {escape(finding.cure)}")
    mend = sum(1 for finding in findings if finding.level == "mend")
    console.print(f"{escape(environment)}: {'fit to be tested' if not mend else f'{mend} things to mend'}")
