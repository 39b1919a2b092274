"""Annotations in pull requests: GitHub workflow commands, and GitLab's code quality report."""

from __future__ import annotations

import hashlib
from typing import Any

from updategate.compat.model import Level, Report
from updategate.compat.outputs.sarif import repository_path

_COMMANDS = {Level.BLOCKED: "error", Level.REVIEW: "warning", Level.INFO: "notice"}
_SEVERITIES = {Level.BLOCKED: "blocker", Level.REVIEW: "minor", Level.INFO: "info"}


def github(report: Report) -> str:
    """One `::error file=…,line=…::…` line for each finding; information is left out."""
    roots = {plugin.name: plugin.path for plugin in report.plugins}
    lines = []
    for finding in report.findings:
        if finding.level is Level.INFO:
            continue
        place = f"file={_property(repository_path(finding, roots))},line={max(finding.line, 1)}"
        title = _property(f"{finding.plugin}: {finding.check}")
        text = finding.message + (f" Instead: {finding.replacement}" if finding.replacement else "")
        lines.append(f"::{_COMMANDS[finding.level]} {place},title={title}::{_message(text)}")
    return "".join(f"{line}\n" for line in lines)


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def gitlab(report: Report) -> list[dict[str, Any]]:
    """GitLab's code quality format."""
    roots = {plugin.name: plugin.path for plugin in report.plugins}
    return [
        {
            "description": f"{finding.plugin}: {finding.message}",
            "check_name": finding.check,
            "fingerprint": hashlib.sha256(finding.id.encode()).hexdigest(),
            "severity": _SEVERITIES[finding.level],
            "location": {"path": repository_path(finding, roots), "lines": {"begin": max(finding.line, 1)}},
        }
        for finding in report.findings
    ]
