"""JUnit XML of a verdict: what works is a passed case, so that a pipeline shows how much was looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from updategate.gate.verdict import Reason, Verdict
from updategate.reports.words import headline

Outcome = Literal["passed", "failure", "error", "skipped"]
_ILLEGAL = {code: None for code in (*range(32), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)) if chr(code) not in "\t\n\r"}
_OF_WEIGHT: dict[str, Outcome] = {"fail": "failure", "inconclusive": "error", "note": "passed"}


@dataclass(frozen=True, slots=True)
class Case:
    """One case: ``failure`` speaks against the update, ``error`` leaves it undecided."""

    group: str
    name: str
    outcome: Outcome
    message: str = ""
    text: str = ""
    seconds: float = 0.0


def verdict_junit(verdict: Verdict) -> str:
    """The verdict as a case of its own, one case for each process, and one for each other reason.

    So a pipeline that reads nothing but this file is never green on a verdict that does not release.
    """
    suites = {
        "verdict": [_verdict_case(verdict)],
        "processes": _process_cases(verdict),
        "other evidence": _other_cases(verdict),
    }
    root = Element("testsuites", name=f"updategate {verdict.environment} {verdict.scope}")
    for name, cases in suites.items():
        if cases:
            _suite(root, name, cases)
    for key in ("tests", "failures", "errors", "skipped"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _verdict_case(verdict: Verdict) -> Case:
    outcome: Outcome = {"pass": "passed", "fail": "failure"}.get(verdict.verdict, "error")  # type: ignore[assignment]
    return Case("verdict", "may this update go one stage further", outcome, headline(verdict, "en"))


def _process_cases(verdict: Verdict) -> list[Case]:
    by_process: dict[str, list[Reason]] = {}
    for reason in verdict.reasons:
        # what the allowance says is no fault of the process that it names first
        if reason.process and reason.code != "allowance":
            by_process.setdefault(reason.process, []).append(reason)
    cases = []
    for result in verdict.comparison.processes:
        reasons = by_process.get(result.process, [])
        outcomes = [_OF_WEIGHT[reason.weight] for reason in reasons]
        outcome: Outcome = "failure" if "failure" in outcomes else "error" if "error" in outcomes else "passed"
        if outcome == "passed" and result.change == "not_tested":
            outcome = "skipped"
        text = "\n".join(_detail(reason) for reason in reasons)
        message = reasons[0].message if reasons else result.message
        cases.append(
            Case(
                f"processes.{result.owner}",
                f"{result.process} {result.title}",
                outcome,
                message,
                text,
                result.seconds_after or 0.0,
            )
        )
    return cases


def _other_cases(verdict: Verdict) -> list[Case]:
    cases = [
        Case("gate", f"{reason.code} {number}", _OF_WEIGHT[reason.weight], reason.message, _detail(reason))
        for number, reason in enumerate(
            (reason for reason in verdict.reasons if not reason.process or reason.code == "allowance"), start=1
        )
    ]
    if verdict.performance == "not_slower":
        cases.append(Case("gate", "performance", "passed", "not slower than before the update"))
    cases += [
        Case("gate", f"indicator {one.name} {one.limit}", "passed", "met")
        for one in verdict.indicators
        if one.result == "met"
    ]
    return cases


def _detail(reason: Reason) -> str:
    lines = [reason.message]
    if reason.expected is not None or reason.actual is not None:
        lines += [f"expected: {reason.expected}", f"actual:   {reason.actual}"]
    if reason.evidence:
        lines.append(f"evidence: {reason.evidence}")
    return "\n".join(lines)


def _suite(root: Element, name: str, cases: Sequence[Case]) -> None:
    suite = SubElement(root, "testsuite", name=name)
    counts = {
        "tests": len(cases),
        "failures": sum(1 for case in cases if case.outcome == "failure"),
        "errors": sum(1 for case in cases if case.outcome == "error"),
        "skipped": sum(1 for case in cases if case.outcome == "skipped"),
    }
    suite.attrib.update({key: str(number) for key, number in counts.items()})
    suite.set("time", f"{sum(case.seconds for case in cases):.3f}")
    for case in cases:
        element = SubElement(
            suite, "testcase", classname=_clean(case.group), name=_clean(case.name), time=f"{case.seconds:.3f}"
        )
        if case.outcome == "passed":
            if case.text:
                SubElement(element, "system-out").text = _clean(case.text)
        elif case.outcome == "skipped":
            SubElement(element, "skipped", message=_clean(case.message))
        else:
            SubElement(element, case.outcome, message=_clean(case.message)).text = _clean(case.text)


def _clean(text: str) -> str:
    return text.translate(_ILLEGAL)
