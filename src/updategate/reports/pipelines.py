"""What a pipeline shows of a verdict: a summary in Markdown, annotations, and GitLab's code quality report."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from updategate.gate.verdict import Reason, Verdict
from updategate.reports.formats import duration, percent
from updategate.reports.sections.processes import ORDER
from updategate.reports.words import (
    Language,
    headline,
    parted,
    prices_told,
    reason_text,
    states,
    step_of,
    title_of,
    words,
)

SIGNS = {"pass": "✅", "fail": "❌", "inconclusive": "❔"}
MOST_ROWS = 30
MOST_ANNOTATIONS = 10
"""GitHub shows ten errors and ten warnings of a step, and drops the rest without a word."""
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|<>~@&-])")


def markdown(verdict: Verdict, language: Language = "en", page: str = "verdict.html") -> str:
    """The verdict for a job summary or a note in a merge request. Nothing of the shop's is read as Markdown.

    ``page`` names the file with everything else.
    """
    text, change, status = words(language), states("change", language), states("status", language)
    lines = [
        f"## {SIGNS[verdict.verdict]} {text['title']}: {text[verdict.verdict]}",
        "",
        headline(verdict, language),
        "",
        f"{_cell(verdict.environment)} · {text['scope']} {_cell(verdict.scope)} · {_cell(step_of(verdict, language))}",
        "",
    ]
    weighty = [reason for reason in verdict.reasons if reason.weight != "note"]
    if weighty:
        lines += [f"### {text['all_reasons']}", ""]
        lines += [_reason_line(reason, language) for reason in weighty[:MOST_ROWS]]
        if len(weighty) > MOST_ROWS:
            lines.append(f"- {text['more_rows'].format(count=len(weighty) - MOST_ROWS)}")
        lines.append("")
    changed, absent = parted(verdict)
    changed.sort(key=lambda result: (ORDER.index(result.change), result.process))
    if changed:
        head = [text[key] for key in ("process", "result", "before", "after", "expected", "actual")]
        lines += [f"| {' | '.join(head)} |", "|" + " --- |" * len(head)]
        for result in changed[:MOST_ROWS]:
            told = (
                f"{result.process} {title_of(result, language)}",
                change[result.change],
                status[result.before or "missing"],
                status[result.after or "missing"],
                result.expected or "",
                result.actual or "",
            )
            lines.append(f"| {' | '.join(_cell(cell) for cell in told)} |")
        if len(changed) > MOST_ROWS:
            lines += ["", text["more_rows"].format(count=len(changed) - MOST_ROWS)]
        lines.append("")
    if prices := prices_told(verdict, language):
        lines += [prices, ""]
    if absent:
        lines += [text["not_here"].format(names=", ".join(absent)), ""]
    for record in verdict.speed:
        lines.append(f"{_cell(record.profile)}: {states('pace', language)[record.pace]}")
        lines += [
            f"- {_cell(metric.metric)} {percent(metric.change, language)}" for metric in record.metrics if metric.slower
        ]
    working = sum(1 for result in verdict.comparison.processes if result.change == "unchanged")
    seconds = sum(result.seconds_after or 0 for result in verdict.comparison.processes)
    lines += [text["working_after"].format(count=working) + f" ({duration(seconds, language)}). {_cell(page)}", ""]
    return "\n".join(lines)


def _reason_line(reason: Reason, language: Language) -> str:
    line = f"- **{words(language)['fail' if reason.weight == 'fail' else 'inconclusive']}** "
    line += _cell(reason_text(reason, language))
    if reason.process is None and (reason.expected is not None or reason.actual is not None):
        text = words(language)  # those of processes stand in the table below
        line += f" {text['expected']}: {_code(reason.expected)}, {text['actual']}: {_code(reason.actual)}"
    return line


def _cell(text: str) -> str:
    """Text as Markdown shows it, in one line: nothing in it is formatting, a mention or HTML."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split())).replace("\\-", "-").replace("\\@", "@\u200b")


def _code(text: str | None) -> str:
    if text is None:
        return "–"
    plain = " ".join(text.split())
    fence = "`" * (1 + max((len(run) for run in re.findall(r"`+", plain)), default=0))
    return f"{fence} {plain} {fence}" if "`" in plain else f"`{plain}`"


def github_annotations(verdict: Verdict) -> str:
    """Workflow commands: errors for what fails the update, warnings for doubts; ten of each at most."""
    lines = []
    for weight, command in (("fail", "error"), ("inconclusive", "warning")):
        reasons = [reason for reason in verdict.reasons if reason.weight == weight]
        shown = reasons if len(reasons) <= MOST_ANNOTATIONS else reasons[: MOST_ANNOTATIONS - 1]
        for reason in shown:
            text = reason.message
            if reason.expected is not None or reason.actual is not None:
                text += f"\nexpected: {reason.expected}\nactual: {reason.actual}"
            title = _property(f"updategate: {reason.process or reason.code}")
            lines.append(f"::{command} title={title}::{_data(text)}")
        if len(shown) < len(reasons):
            lines.append(f"::{command} title=updategate::and {len(reasons) - len(shown)} more, see the job summary")
    return "".join(f"{line}\n" for line in lines)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def gitlab_code_quality(verdict: Verdict) -> str:
    """GitLab's code quality report: each weighty reason, with a fingerprint that stays from run to run."""
    severities = {"fail": "blocker", "inconclusive": "major"}
    found: list[dict[str, Any]] = []
    seen: dict[str, int] = {}
    for reason in verdict.reasons:
        if reason.weight == "note":
            continue
        path, line = _place(reason)
        subject = f"{reason.code}|{reason.process or ''}|{path if reason.code == 'adjustment' else ''}"
        seen[subject] = seen.get(subject, 0) + 1
        found.append(
            {
                "description": reason.message,
                "check_name": f"updategate.{reason.code}",
                "fingerprint": hashlib.sha256(f"{subject}|{seen[subject]}".encode()).hexdigest(),
                "severity": severities[reason.weight],
                "location": {"path": path, "lines": {"begin": line}},
            }
        )
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _place(reason: Reason) -> tuple[str, int]:
    """File and line: of a plugin's code for an adjustment, else the registry of processes."""
    path, _, line = (reason.evidence or "").rpartition(":")
    if reason.code == "adjustment" and path and line.isdigit():
        return path, max(int(line), 1)
    return "suites/processes.yaml", 1
