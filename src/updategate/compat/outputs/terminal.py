"""The report for people at a terminal."""

from __future__ import annotations

from collections import Counter

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from updategate.compat.model import Finding, Level, Report

_COLOURS = {Level.BLOCKED: "red", Level.REVIEW: "yellow", Level.INFO: "dim"}


def print_report(report: Report, console: Console, *, details: bool) -> None:
    """Findings by plugin, then what ran, what did not, and what was suppressed.

    `details` also lists what is only information; without it those are counted.
    """
    title = f"Shopware {report.version_from or '?'} → {report.version_to}"
    console.print(f"[bold]{title}[/bold]: {len(report.plugins)} plugin(s)")
    for plugin in report.plugins:
        found = [finding for finding in report.findings if finding.plugin == plugin.name]
        counts = Counter(finding.level for finding in found)
        words = ", ".join(f"[{_COLOURS[level]}]{counts[level]} {level}[/]" for level in Level if counts[level])
        version = f" {plugin.version}" if plugin.version else ""
        console.print(
            f"\n[bold]{escape(plugin.name)}{escape(version)}[/bold] ({plugin.owner.value}): {words or 'no finding'}"
        )
        if plugin.areas:
            console.print(f"  touches {', '.join(plugin.areas)}", style="dim")
        for finding in found:
            if details or finding.level is not Level.INFO:
                _print_finding(finding, console)
    _print_coverage(report, console)


def _print_finding(finding: Finding, console: Console) -> None:
    colour = _COLOURS[finding.level]
    more = f" (+{len(finding.lines) - 1} lines)" if len(finding.lines) > 1 else ""
    console.print(f"  [{colour}]{finding.level:7}[/] {escape(finding.file)}:{finding.line}{more}", highlight=False)
    console.print(f"          {escape(finding.message)}", highlight=False)
    for label, text in (("instead", finding.replacement), ("source", finding.evidence), ("upgrade", finding.upgrade)):
        if text:
            console.print(f"          [dim]{label}:[/] {escape(text)}", highlight=False, soft_wrap=True)


def _print_coverage(report: Report, console: Console) -> None:
    table = Table(title="What was checked", title_justify="left", box=None, pad_edge=False)
    table.add_column("check")
    table.add_column("places", justify="right")
    places: Counter[str] = Counter()
    for ran in report.ran:
        places[ran.check] += ran.places
    for check, count in sorted(places.items()):
        table.add_row(check, str(count))
    console.print()
    console.print(table)
    if report.skipped:
        console.print("\n[bold]Not checked[/bold]")
        for item in report.skipped:
            console.print(f"  {escape(item.plugin)}: {escape(item.what)}: {escape(item.reason)}", highlight=False)
    if report.suppressed:
        console.print("\n[bold]Suppressed by waivers[/bold]")
        for finding in report.suppressed:
            console.print(f"  {escape(finding.id)}: {escape(finding.waived)}", highlight=False)
    for note in report.notes:
        console.print(f"[yellow]Note:[/] {escape(note)}", highlight=False)
    for reason in report.incomplete:
        console.print(f"[yellow]Incomplete:[/] {escape(reason)}", highlight=False)
    console.print(f"\n{summary(report)}")


def summary(report: Report) -> str:
    """One sentence that never claims more than was looked at."""
    blocked, review = report.count(Level.BLOCKED), report.count(Level.REVIEW)
    if report.exit_code == 1:
        return f"{blocked} adjustment(s) must be made before the update, {review} place(s) need a look."
    if report.exit_code == 3:
        return "Inconclusive: not everything could be checked, so nothing can be said about compatibility."
    return (
        f"Nothing blocked in what was checked; {review} place(s) need a look. This does not prove compatibility:"
        " run the processes."
    )
