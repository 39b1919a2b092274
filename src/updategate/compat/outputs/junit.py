"""JUnit XML: every check of every plugin is a case, passed ones too; blocked findings fail, skipped ones say why."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from updategate.compat.model import Finding, Level, Report

_ILLEGAL = {code: None for code in range(32) if chr(code) not in "\t\n\r"}


def junit(report: Report) -> str:
    """One suite for each plugin."""
    root = Element("testsuites", name=f"compat {report.version_from} to {report.version_to}")
    names = [plugin.name for plugin in report.plugins]
    names += sorted({ran.plugin for ran in report.ran} | {item.plugin for item in report.skipped}, key=str)
    for name in dict.fromkeys(names):
        _suite(root, report, name)
    if report.incomplete:
        suite = SubElement(root, "testsuite", name="completeness", tests="1", failures="0", errors="1", skipped="0")
        case = SubElement(suite, "testcase", classname="compat", name="everything could be checked")
        SubElement(case, "error", message="incomplete").text = _clean("\n".join(report.incomplete))
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _clean(text: str) -> str:
    return text.translate(_ILLEGAL)


def _suite(root: Element, report: Report, name: str) -> None:
    findings = [finding for finding in report.findings if finding.plugin == name]
    blocked = [finding for finding in findings if finding.level is Level.BLOCKED]
    suite = SubElement(root, "testsuite", name=_clean(name or "project"))
    failed = {finding.check for finding in blocked}
    tests = skipped = 0
    for ran in report.ran:
        if ran.plugin != name or ran.check in failed:
            continue
        case = SubElement(suite, "testcase", classname=_clean(name or "project"), name=ran.check)
        lines = [f"{ran.places} place(s) looked at."]
        lines += [_line(finding) for finding in findings if finding.check == ran.check]
        SubElement(case, "system-out").text = _clean("\n".join(lines))
        tests += 1
    for finding in blocked:
        title = f"{finding.check}: {finding.symbol}"
        case = SubElement(
            suite, "testcase", classname=_clean(name), name=_clean(title), file=finding.file, line=str(finding.line)
        )
        SubElement(case, "failure", message=_clean(finding.message), type="blocked").text = _clean(_line(finding))
        tests += 1
    for item in report.skipped:
        if item.plugin == name:
            case = SubElement(suite, "testcase", classname=_clean(name), name=_clean(item.what))
            SubElement(case, "skipped", message=_clean(item.reason))
            tests, skipped = tests + 1, skipped + 1
    suite.attrib.update(tests=str(tests), failures=str(len(blocked)), errors="0", skipped=str(skipped))


def _line(finding: Finding) -> str:
    instead = f" Instead: {finding.replacement}" if finding.replacement else ""
    return f"{finding.level}: {finding.file}:{finding.line}: {finding.message}{instead}"
