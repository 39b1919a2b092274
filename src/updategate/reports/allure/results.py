"""Allure results made from evidence: for load, compat, update and prices, and for processes that never ended."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from updategate.evidence.reader import RunEvidence
from updategate.evidence.records import Finding, Ledger, Performance, ProcessEntry, UpdateStep
from updategate.gate.verdict import Verdict

Status = Literal["passed", "failed", "broken", "skipped", "unknown"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to be shown beside a result."""

    name: str
    type: str
    suffix: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Result:
    """One Allure result. ``message`` begins with what became of it in brackets: the categories look for that."""

    name: str
    full_name: str
    status: Status
    epic: str
    feature: str
    story: str
    message: str = ""
    severity: str = "normal"
    owner: str = ""
    at: str = ""
    seconds: float = 0.0
    attachments: tuple[Attachment, ...] = ()
    extra: dict[str, str] = field(default_factory=dict)


def results_of(run: RunEvidence, verdict: Verdict | None) -> list[Result]:
    """What a run that pytest did not write results of has to say, as results."""
    kind = run.started.kind if run.started else "processes"
    tellers: dict[str, Callable[[RunEvidence], Iterator[Result]]] = {
        "processes": _unfinished,
        "ledger": lambda one: _prices(one, verdict),
        "load": _speeds,
        "compat": _plugins,
        "update": _steps,
    }
    results = list(tellers[kind](run)) if kind in tellers else []
    if run.defects:
        told = "; ".join(defect.message for defect in run.defects)
        results.append(
            Result(
                "The evidence is complete",
                f"evidence.{run.name}",
                "broken",
                "Evidence",
                "evidence",
                run.name,
                f"[inconclusive] {told}",
                "blocker",
            )
        )
    return results


def missing(entry: ProcessEntry) -> Result:
    """A process of the scope without a finished record: never green, whatever else passed."""
    return Result(
        name=f"{entry.id} {entry.title}",
        full_name=f"process.{entry.id}",
        status="broken",
        epic="Business processes",
        feature=entry.areas[0] if entry.areas else "other",
        story=f"{entry.id} {entry.title}",
        message="[inconclusive] The process has no finished record: its worker was killed, or it was never begun.",
        severity="critical" if entry.critical else "normal",
        owner=entry.owner,
    )


def _unfinished(run: RunEvidence) -> Iterator[Result]:
    if run.started is None:
        return
    entries = {entry.id: entry for entry in run.started.registry}
    for process in run.started.processes:
        if process not in run.processes and process in entries:
            yield missing(entries[process])


def _prices(run: RunEvidence, verdict: Verdict | None) -> Iterator[Result]:
    groups: dict[str, list[Ledger]] = {}
    for row in run.of_type(Ledger):
        groups.setdefault(row.customer_group, []).append(row)
    after = bool(run.started and run.started.phase == "after")
    for group, rows in groups.items():
        differences = [one for one in (verdict.ledger if verdict and after else ()) if one.customer_group == group]
        unexplained = [one for one in differences if not one.intended]
        unread = [row for row in rows if row.error]
        status: Status = "failed" if unexplained else "broken" if unread else "passed"
        message = ""
        if unexplained:
            first = unexplained[0]
            message = (
                f"[regressed] {len(unexplained)} of {len(rows)} prices differ; first: {first.product} × "
                f"{first.quantity}: before {first.before}, after {first.after}"
            )
        elif unread:
            message = f"[inconclusive] {len(unread)} prices could not be read; first: {unread[0].error}"
        attachments = [_table("prices", ["product", "quantity", "currency", "country", "unit price", "total", "rule"], [
            [row.product, row.quantity, row.currency, row.country,
             row.unit_price.amount if row.unit_price else "", row.total.amount if row.total else "", row.rule or ""]
            for row in rows
        ])]  # fmt: skip
        if differences:
            attachments.append(_table("differences", ["product", "quantity", "before", "after", "intended"], [
                [one.product, one.quantity, one.before, one.after, one.intended or ""] for one in differences
            ]))  # fmt: skip
        yield Result(
            f"Prices of {group}", f"prices.{group}", status, "Prices", "price ledger", group, message, "critical",
            at=run.started.at if run.started else "", attachments=tuple(attachments),
        )  # fmt: skip


def _speeds(run: RunEvidence) -> Iterator[Result]:
    for record in run.of_type(Performance):
        status: Status = {"slower": "failed", "not_slower": "passed"}.get(record.pace, "broken")  # type: ignore[assignment]
        rows = [
            [g.group, g.arm, g.due, g.answered, g.p50, g.p95, g.p99, g.error_ratio, g.throughput] for g in record.groups
        ]
        table = _table(
            "figures", ["group", "arm", "due", "answered", "p50", "p95", "p99", "errors", "per second"], rows
        )
        told = {"failed": "[regressed]", "broken": "[inconclusive]", "passed": ""}[status]
        slower = ", ".join(f"{m.metric} {m.change:+.1%}" for m in record.metrics if m.slower)
        why = "; ".join(record.reasons) or slower or ", ".join(cost.text for cost in record.costs if cost.worse)
        yield Result(
            f"The shop is not slower: {record.profile}", f"speed.{record.profile}.{record.mode}", status, "Performance",
            record.mode.replace("_", " "), record.profile, f"{told} {why}".strip(), "critical", at=record.at,
            attachments=(table,), extra={"profile": record.profile},
        )  # fmt: skip
        for metric in record.metrics:
            one: Status = "failed" if metric.slower else "passed" if metric.not_slower else "broken"
            lower, upper = (f"{x:+.1%}" if x is not None else "open" for x in (metric.lower, metric.upper))
            text = f"{metric.change:+.1%} (from {lower} to {upper})"
            marks = {"failed": "[regressed] ", "passed": "", "broken": "[inconclusive] "}
            yield Result(
                f"{metric.metric}: not slower", f"speed.{record.profile}.{record.mode}.{metric.metric}", one,
                "Performance", record.mode.replace("_", " "), record.profile, marks[one] + text, at=record.at,
                extra={"profile": record.profile},
            )  # fmt: skip


def _plugins(run: RunEvidence) -> Iterator[Result]:
    plugins: dict[str, list[Finding]] = {}
    areas = run.started.environment.get("areas", {}) if run.started else {}
    for name in areas if isinstance(areas, dict) else ():
        plugins.setdefault(str(name), [])
    for finding in run.of_type(Finding):
        plugins.setdefault(finding.plugin, []).append(finding)
    for name, findings in plugins.items():
        blocked = [finding for finding in findings if finding.level == "blocked"]
        rows = [[f.level, f.file, f.line, f.symbol, f.message, f.replacement or ""] for f in findings]
        first = f"; first: {blocked[0].message} ({blocked[0].file}:{blocked[0].line})" if blocked else ""
        yield Result(
            f"{name} fits the new version", f"compat.{name}", "failed" if blocked else "passed", "Plugin compatibility",
            "source code", name, f"[regressed] {len(blocked)} adjustments needed{first}" if blocked else "", "critical",
            at=run.started.at if run.started else "",
            attachments=(_table("findings", ["level", "file", "line", "symbol", "message", "instead"], rows),)
            if rows else (),
        )  # fmt: skip


def _steps(run: RunEvidence) -> Iterator[Result]:
    for step in run.of_type(UpdateStep):
        told = "" if step.ok else f"[regressed] expected {step.expected}, actual {step.actual}. {step.message}"
        yield Result(
            f"Update step: {step.step}", f"update.{step.step}", "passed" if step.ok else "failed", "Update", "steps",
            step.step, told, "blocker", at=step.at, seconds=step.seconds,
        )  # fmt: skip


def _table(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Attachment:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return Attachment(name, "text/csv", "csv", text.getvalue().encode())


def _harmless(cell: Any) -> Any:  # noqa: ANN401 - whatever a cell holds
    """A text that a spreadsheet would take for a formula is marked as text."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def write_result(folder: Path, result: Result, labels: dict[str, str], parameters: dict[str, str]) -> None:
    """Write one result and its attachments; its ids stay the same from run to run."""
    parameters = {**parameters, **result.extra}
    case = _digest(result.full_name)
    history = _digest(case, *(f"{name}={value}" for name, value in sorted(parameters.items())))
    uuid = _digest(history, labels.get("run", ""))
    attachments = []
    for number, attachment in enumerate(result.attachments):
        source = f"{uuid}-{number}-attachment.{attachment.suffix}"
        (folder / source).write_bytes(attachment.content)
        attachments.append({"name": attachment.name, "source": source, "type": attachment.type})
    start = _milliseconds(result.at)
    all_labels = {
        "epic": result.epic, "feature": result.feature, "story": result.story, "severity": result.severity,
        "owner": result.owner, "framework": "updategate", "suite": result.epic, "subSuite": result.feature, **labels,
    }  # fmt: skip
    data: dict[str, Any] = {
        "uuid": uuid,
        "historyId": history,
        "testCaseId": case,
        "fullName": result.full_name,
        "name": result.name,
        "status": result.status,
        "stage": "finished",
        "start": start - round(result.seconds * 1000),
        "stop": start,
        "labels": [{"name": name, "value": value} for name, value in all_labels.items() if value],
        "parameters": [{"name": name, "value": value} for name, value in parameters.items()],
        "attachments": attachments,
    }
    if result.message:
        data["statusDetails"] = {"message": result.message}
    (folder / f"{uuid}-result.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _milliseconds(at: str) -> int:
    try:
        return round(datetime.fromisoformat(at).timestamp() * 1000)
    except ValueError:
        return 0
