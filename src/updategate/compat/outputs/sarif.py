"""SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0), as code scanning platforms read it."""

from __future__ import annotations

import hashlib
from importlib import metadata
from typing import Any

from updategate.compat.model import Finding, Level, Report

_LEVELS = {Level.BLOCKED: "error", Level.REVIEW: "warning", Level.INFO: "note"}


def sarif(report: Report) -> dict[str, Any]:
    """One run; suppressed findings carry their waiver, as SARIF has it."""
    rules = sorted({finding.check for finding in (*report.findings, *report.suppressed)})
    roots = {plugin.name: plugin.path for plugin in report.plugins}
    results = [_result(finding, rules, roots) for finding in (*report.findings, *report.suppressed)]
    notifications = [
        {"level": "warning", "message": {"text": f"{item.plugin}: {item.what}: {item.reason}"}}
        for item in report.skipped
    ]
    notifications += [{"level": "error", "message": {"text": reason}} for reason in report.incomplete]
    return {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "updategate compat",
                        "version": metadata.version("updategate"),
                        "rules": [{"id": rule} for rule in rules],
                    }
                },
                "automationDetails": {"id": f"compat/{report.version_from or 'unknown'}-{report.version_to}"},
                "invocations": [
                    {
                        "executionSuccessful": not report.incomplete,
                        "exitCode": report.exit_code,
                        "toolExecutionNotifications": notifications,
                    }
                ],
                "results": results,
            }
        ],
    }


def repository_path(finding: Finding, roots: dict[str, str]) -> str:
    """The finding's file as the shop's repository names it."""
    root = roots.get(finding.plugin, "")
    return f"{root}/{finding.file}" if root not in {"", "."} else finding.file


def _result(finding: Finding, rules: list[str], roots: dict[str, str]) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": repository_path(finding, roots)}}
    if finding.line:
        physical["region"] = {"startLine": finding.line}
    text = finding.message + (f" Instead: {finding.replacement}" if finding.replacement else "")
    result: dict[str, Any] = {
        "ruleId": finding.check,
        "ruleIndex": rules.index(finding.check),
        "level": _LEVELS[finding.level],
        "message": {"text": text},
        "locations": [{"physicalLocation": physical, "logicalLocations": [{"fullyQualifiedName": finding.symbol}]}],
        "partialFingerprints": {"compatId/v1": hashlib.sha256(finding.id.encode()).hexdigest()},
        "properties": {"plugin": finding.plugin, "owner": finding.owner, "effort": finding.effort.value},
    }
    if finding.waived:
        result["suppressions"] = [{"kind": "external", "justification": finding.waived}]
    return result
