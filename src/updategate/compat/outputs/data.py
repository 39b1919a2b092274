"""The report as JSON, as `docs/reference` fixes it, and as records of evidence for the gate."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from updategate.compat.model import Finding, Level, Report
from updategate.evidence import records
from updategate.evidence.provenance import provenance
from updategate.evidence.writer import EvidenceWriter

SCHEMA = 1


def finding_data(finding: Finding) -> dict[str, Any]:
    """One finding with the keys of the interface first; empty extras are left out."""
    data: dict[str, Any] = {
        "plugin": finding.plugin,
        "file": finding.file,
        "line": finding.line,
        "symbol": finding.symbol,
        "level": finding.level.value,
        "check": finding.check,
        "message": finding.message,
        "replacement": finding.replacement,
        "id": finding.id,
        "owner": finding.owner,
        "effort": finding.effort.value,
        "lines": list(finding.lines or (finding.line,)),
    }
    for name in ("deprecated", "upgrade", "evidence", "diff", "waived"):
        if getattr(finding, name):
            data[name] = getattr(finding, name)
    return data


def report_data(report: Report) -> dict[str, Any]:
    """The whole report."""
    return {
        "schema": SCHEMA,
        "from": report.version_from,
        "to": report.version_to,
        "result": {0: "nothing blocked", 1: "blocked", 3: "inconclusive"}[report.exit_code],
        "counts": {level.value: report.count(level) for level in Level},
        "findings": [finding_data(finding) for finding in report.findings],
        "suppressed": [finding_data(finding) for finding in report.suppressed],
        "ran": [{"plugin": ran.plugin, "check": ran.check, "places": ran.places} for ran in report.ran],
        "skipped": [{"plugin": item.plugin, "what": item.what, "reason": item.reason} for item in report.skipped],
        "plugins": [
            {
                "name": plugin.name,
                "version": plugin.version,
                "owner": plugin.owner.value,
                "path": plugin.path,
                "files": plugin.files,
                "areas": list(plugin.areas),
            }
            for plugin in report.plugins
        ],
        "areas": {plugin.name: list(plugin.areas) for plugin in report.plugins},
        "critical_areas": list(touched_areas(report)),
        "incomplete": report.incomplete,
        "notes": report.notes,
    }


def touched_areas(report: Report) -> tuple[str, ...]:
    """Areas that any plugin touches: their processes are critical for this update."""
    return tuple(sorted({area for plugin in report.plugins for area in plugin.areas}))


def finding_records(report: Report) -> list[records.Finding]:
    """Findings as records of evidence. Waived ones are none: the report keeps them as suppressed."""
    return [
        records.Finding(
            plugin=finding.plugin,
            file=finding.file,
            line=finding.line,
            symbol=finding.symbol,
            level=finding.level.value,
            check=finding.check,
            message=finding.message,
            replacement=finding.replacement or None,
        )
        for finding in report.findings
    ]


def write_evidence(report: Report, folder: Path, environment: str, root: Path) -> Path:
    """A run of kind `compat` in `folder/evidence.jsonl`, for `updategate gate --after`.

    What ran incompletely ends as interrupted, so that the gate cannot pass on it. `root` is the checkout whose commit
    the provenance names.
    """
    started = datetime.now(UTC)
    writer = EvidenceWriter(folder, f"compat-{started:%Y%m%dT%H%M%SZ}")
    source = provenance(environment=environment, stage="compat", url="", root=root)
    facts = {
        "from": report.version_from,
        "to": report.version_to,
        "areas": {plugin.name: list(plugin.areas) for plugin in report.plugins},
        "critical_areas": list(touched_areas(report)),
        "suppressed": [f"{finding.id}: {finding.waived}" for finding in report.suppressed],
        "skipped": [f"{item.plugin}: {item.what}: {item.reason}" for item in report.skipped],
    }
    writer.write(records.RunStarted(kind="compat", scope="compat", environment=facts, provenance=source))
    for record in finding_records(report):
        writer.write(record)
    reason = "; ".join(report.incomplete) or ("" if report.plugins and report.ran else "no plugin was checked")
    writer.finish(None, interrupted=bool(reason), reason=reason)
    return writer.path
