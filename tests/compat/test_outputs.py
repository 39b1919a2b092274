# ruff: noqa: E501 - rows of code examples read better on one line
"""Outputs: JSON, SARIF, JUnit, annotations, evidence, adjustment document, waivers."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
import yaml
from rich.console import Console

from tests.compat.bench import PHP, Bench, php
from updategate.compat.model import CompatError, Level, Report
from updategate.compat.outputs.adjustments import LANGUAGES, check_words, read_state, words, write_documents
from updategate.compat.outputs.annotations import github, gitlab
from updategate.compat.outputs.data import finding_records, report_data, touched_areas, write_evidence
from updategate.compat.outputs.junit import junit
from updategate.compat.outputs.sarif import sarif
from updategate.compat.outputs.terminal import print_report, summary
from updategate.compat.waivers import Waiver, read_waivers
from updategate.evidence.reader import read_evidence

GONE = "Shopware\\Core\\Checkout\\Cart\\OldThing"
DAY = date(2026, 1, 1)


@pytest.fixture
def report(bench: Bench) -> Report:
    return make(bench).run()


def make(bench: Bench) -> Bench:
    bench.core(php(GONE, "{}", head="/** @deprecated tag:v6.6.0 - Use NewThing | Other instead */"), {})
    return bench.plugin(
        {
            "src/A.php": f"{PHP}namespace Acme;\nclass A extends \\{GONE} {{}}\n$x = $y instanceof \\{GONE};",
            "src/B.php": f"{PHP}$x = $y instanceof \\{GONE};",
        }
    )


def test_json_has_the_keys_of_the_interface(report: Report) -> None:
    data = report_data(report)
    assert {"findings", "ran", "skipped"} <= data.keys()
    keys = {"plugin", "file", "line", "symbol", "level", "check", "message", "replacement"}
    assert all(keys <= item.keys() for item in data["findings"])
    assert data["result"] == "blocked"
    assert data["counts"] == {"blocked": 1, "review": 1, "info": 0}
    assert data["areas"] == {"AcmeExample": ["cart"]}


def test_json_satisfies_its_published_schema(bench: Bench) -> None:
    schema = json.loads((Path(__file__).parents[2] / "docs/reference/compat.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    make(bench).plugin(
        {"src/big.php": b"<?php \0", "tests/A.php": PHP}, "Other", extra={"shopware-plugin-class": "O\\Other"}
    )
    for waivers in ([], [waiver()]):
        jsonschema.validate(json.loads(json.dumps(report_data(bench.run(waivers=waivers)))), schema)


def test_sarif(report: Report) -> None:
    data = sarif(report)
    assert data["version"] == "2.1.0"
    (run,) = data["runs"]
    first = run["results"][0]
    assert first["level"] == "error"
    assert run["tool"]["driver"]["rules"][first["ruleIndex"]]["id"] == first["ruleId"] == "symbol-missing"
    place = first["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "custom/plugins/AcmeExample/src/A.php"}, "region": {"startLine": 3}}
    assert len({item["partialFingerprints"]["compatId/v1"] for item in run["results"]}) == len(run["results"])
    assert run["invocations"][0]["exitCode"] == 1


def test_junit_has_passed_cases(report: Report) -> None:
    root = ET.fromstring(junit(report).encode())  # noqa: S314 - our own output
    suite = root.find("testsuite[@name='AcmeExample']")
    assert suite is not None
    cases = suite.findall("testcase")
    assert int(suite.get("tests", "0")) == len(cases)
    failed = [case for case in cases if case.find("failure") is not None]
    assert [case.get("file") for case in failed] == ["src/A.php"]
    assert suite.get("failures") == "1"
    passed = [case for case in cases if case.find("failure") is None and case.find("skipped") is None]
    assert {"override-signature", "service-removed", "composer-constraint"} <= {case.get("name") for case in passed}
    assert "symbol-missing" not in {case.get("name") for case in passed}


def test_junit_of_an_incomplete_run_is_an_error(bench: Bench) -> None:
    bench.core({}, {}).plugin({"src/big.php": b"<?php \0"})
    root = ET.fromstring(junit(bench.run()).encode())  # noqa: S314 - our own output
    assert root.find("testsuite[@name='completeness']/testcase/error") is not None


def test_github_annotations(report: Report) -> None:
    lines = github(report).splitlines()
    assert lines[0].startswith(
        "::error file=custom/plugins/AcmeExample/src/A.php,line=3,title=AcmeExample%3A symbol-missing::"
    )
    assert lines[1].startswith("::warning file=custom/plugins/AcmeExample/src/B.php,line=2")
    assert len(lines) == 2


def test_gitlab_code_quality(report: Report) -> None:
    first = gitlab(report)[0]
    assert first["severity"] == "blocker"
    assert first["location"] == {"path": "custom/plugins/AcmeExample/src/A.php", "lines": {"begin": 3}}
    assert len(first["fingerprint"]) == 64


def test_terminal_states_what_ran(report: Report) -> None:
    console = Console(record=True, width=200, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    print_report(report, console, details=True)
    console.file.close()
    text = console.export_text()
    assert "AcmeExample 1.0.0" in text
    assert "instead: Use NewThing | Other instead" in text
    assert "What was checked" in text
    assert "symbol-missing" in text
    assert "1 adjustment(s) must be made" in text


def test_no_finding_never_reads_as_compatible(bench: Bench) -> None:
    report = bench.core({}, {}).plugin({"src/A.php": PHP}).run()
    assert report.exit_code == 0
    assert "does not prove compatibility" in summary(report)


def test_evidence_for_the_gate(report: Report, tmp_path: Path) -> None:
    path = write_evidence(report, tmp_path / "run", "staging", tmp_path)
    evidence = read_evidence(path.parent)
    assert not evidence.defects
    assert evidence.started is not None
    assert evidence.started.kind == "compat"
    assert evidence.started.provenance.environment == "staging"
    assert evidence.started.environment["critical_areas"] == ["cart"]
    levels = [getattr(record, "level", "") for record in evidence.records if record.type == "finding"]
    assert levels == ["blocked", "review"]
    assert [record.level for record in finding_records(report)] == ["blocked", "review"]
    assert touched_areas(report) == ("cart",)


def test_incomplete_run_is_an_interrupted_one(bench: Bench, tmp_path: Path) -> None:
    bench.core({}, {}).plugin({"src/big.php": b"<?php \0"})
    path = write_evidence(bench.run(), tmp_path / "run", "staging", tmp_path)
    evidence = read_evidence(path.parent)
    assert evidence.finished is not None
    assert evidence.finished.interrupted
    assert "was not read" in evidence.finished.reason


# ---- the adjustment document -----------------------------------------------------------------------------------


def documents(bench: Bench, folder: Path, day: date = DAY, **changes: Any) -> dict[str, str]:
    write_documents(bench.run(**changes), folder, day)
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def test_document_in_two_languages_and_two_formats(bench: Bench, tmp_path: Path) -> None:
    texts = documents(make(bench), tmp_path / "doc")
    assert set(texts) == {
        "adjustments.json",
        *(f"adjustments.{lang}.{kind}" for lang in LANGUAGES for kind in ("md", "html")),
    }
    assert "# Adjustments before the update: Shopware 6.5.8.14 → 6.6.0.0" in texts["adjustments.en.md"]
    assert "# Anpassungen vor dem Update: Shopware 6.5.8.14 → 6.6.0.0" in texts["adjustments.de.md"]
    assert "Necessary adjustments: 1 new, 0 open, 0 done" in texts["adjustments.en.md"]
    assert "Use NewThing \\| Other instead" in texts["adjustments.en.md"], "a pipe must not break the table"
    assert '<html lang="de">' in texts["adjustments.de.html"]
    assert "src/A.php:3" in texts["adjustments.en.html"]
    for text in texts.values():
        assert "{{" not in text
    rows = [line for line in texts["adjustments.en.md"].splitlines() if line.startswith("| new")]
    assert all(row.replace("\\|", "").count("|") == 8 for row in rows)


def test_second_run_shows_open_done_and_new(bench: Bench, tmp_path: Path) -> None:
    folder = tmp_path / "doc"
    documents(make(bench), folder)
    again = documents(bench, folder, date(2026, 1, 2))
    assert "0 new, 1 open, 0 done" in again["adjustments.en.md"]
    state = read_state(folder)
    assert state is not None
    assert {item["since"] for item in state["items"]} == {"2026-01-01"}
    plugin = bench.project / "custom/plugins/AcmeExample/src"
    (plugin / "A.php").write_text(f"{PHP}class C {{ function f() {{ return \\{GONE}::make(); }} }}")
    third = documents(bench, folder, date(2026, 1, 3))
    assert "0 new, 1 open, 0 done" in third["adjustments.en.md"], "the same symbol elsewhere is the same adjustment"
    (plugin / "A.php").write_text(PHP)
    (plugin / "B.php").write_text(PHP)
    fourth = documents(bench, folder, date(2026, 1, 4))
    assert "0 new, 0 open, 1 done" in fourth["adjustments.en.md"]
    assert "### Done" in fourth["adjustments.en.md"]
    assert "(2026-01-04)" in fourth["adjustments.en.md"]
    (plugin / "A.php").write_text(f"{PHP}class A extends \\{GONE} {{}}")
    fifth = documents(bench, folder, date(2026, 1, 5))
    assert "1 new, 0 open, 0 done" in fifth["adjustments.en.md"], "what comes back is new again"


def test_plugin_that_was_not_checked_is_not_done(bench: Bench, tmp_path: Path) -> None:
    folder = tmp_path / "doc"
    make(bench).plugin({"src/A.php": PHP}, "Other", extra={"shopware-plugin-class": "O\\Other"})
    documents(bench, folder)
    texts = documents(bench, folder, only=frozenset({"Other"}))
    assert "0 new, 1 open, 0 done" in texts["adjustments.en.md"]


def test_markup_in_a_plugin_stays_text(bench: Bench, tmp_path: Path) -> None:
    bench.core({"src/Storefront/Resources/views/storefront/a.html.twig": "{% block x %}1{% endblock %}"}, {})
    name = "<script>alert(1)</script>"
    bench.plugin({"src/Resources/views/storefront/b.html.twig": "{% sw_include '@Storefront/storefront/a.html.twig' %}"},
                 extra={"shopware-plugin-class": f"A\\{name}"})  # fmt: skip
    texts = documents(bench, tmp_path / "doc")
    assert "<script>" not in texts["adjustments.en.html"]
    assert "<script>" not in texts["adjustments.en.md"]


def test_damaged_state_is_not_overwritten(bench: Bench, tmp_path: Path) -> None:
    folder = tmp_path / "doc"
    folder.mkdir()
    (folder / "adjustments.json").write_text("{")
    with pytest.raises(CompatError, match="Restore it from version control"):
        documents(make(bench), folder)
    assert (folder / "adjustments.json").read_text() == "{"


def test_every_check_has_words_in_every_language() -> None:
    sources = Path(check_words.__code__.co_filename).parents[1]
    import re

    text = "\n".join(path.read_text(encoding="utf-8") for path in sources.rglob("*.py"))
    names = set(re.findall(r'CHECK\w*\s*=\s*"([\w-]+)"', text)) | set(re.findall(r'check="([\w-]+)"', text))
    names -= {"rule"}
    assert len(names) > 20
    for name in sorted(names):
        assert name in words()["checks"], name
        for language in LANGUAGES:
            assert set(words()["checks"][name][language]) == {"what", "why", "todo"}, (name, language)
    frames = words()["frame"]
    assert frames["en"].keys() == frames["de"].keys()


# ---- waivers ---------------------------------------------------------------------------------------------------


def waiver(**changes: Any) -> Waiver:
    values = {
        "id": "AcmeExample/symbol-missing/src/A.php/*",
        "expires": date(2026, 2, 1),
        "reason": "replaced in March",
    }
    return Waiver(**{**values, **changes})


def test_waived_finding_does_not_gate_but_is_stated(bench: Bench, tmp_path: Path) -> None:
    report = make(bench).run(waivers=[waiver(by="Kim")])
    assert report.count(Level.BLOCKED) == 0
    assert report.exit_code == 0
    assert [item.waived for item in report.suppressed] == ["replaced in March (Kim), until 2026-02-01"]
    assert report_data(report)["suppressed"][0]["waived"]
    assert sarif(report)["runs"][0]["results"][-1]["suppressions"] == [
        {"kind": "external", "justification": "replaced in March (Kim), until 2026-02-01"}]  # fmt: skip
    write_documents(report, tmp_path, DAY)
    assert "replaced in March" in (tmp_path / "adjustments.de.md").read_text(encoding="utf-8")


def test_expired_waiver_is_ignored_and_reported(bench: Bench) -> None:
    report = make(bench).run(waivers=[waiver(expires=date(2025, 12, 31))])
    assert report.exit_code == 1
    assert any("expired on 2025-12-31" in note for note in report.notes)


def test_waiver_holds_on_its_last_day(bench: Bench) -> None:
    assert make(bench).run(waivers=[waiver(expires=DAY)]).exit_code == 0


def test_waiver_that_covers_nothing_is_reported(bench: Bench) -> None:
    report = make(bench).run(waivers=[waiver(id="Other/*/x/y")])
    assert any("covers nothing any more" in note for note in report.notes)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"waivers": [{"id": "A/b/c", "expires": date(2026, 1, 1)}]}, "'reason' is missing"),
        ({"waivers": [{"id": "A/b/c", "reason": "x"}]}, "'expires' is missing"),
        ({"waivers": [{"id": "A/b/c", "reason": "x", "expires": "soon"}]}, "must be a date like 2026-12-31"),
        ({"waivers": [{"id": "*", "reason": "x", "expires": date(2026, 1, 1)}]}, "would cover everything"),
        (
            {"waivers": [{"idd": "A", "reason": "x", "expires": date(2026, 1, 1)}]},
            "unknown key 'idd'. Did you mean 'id'?",
        ),
        ({"waiver": []}, "expected one key `waivers`"),
        ([], "expected one key `waivers`"),
    ],
)
def test_waiver_file_that_is_refused(tmp_path: Path, data: Any, message: str) -> None:
    path = tmp_path / "waivers.yaml"
    path.write_text(yaml.safe_dump(data))
    with pytest.raises(CompatError) as error:
        read_waivers(path)
    assert message in str(error.value)
    assert "waivers.yaml" in str(error.value)


def test_waiver_file(tmp_path: Path) -> None:
    path = tmp_path / "waivers.yaml"
    path.write_text("waivers:\n  - {id: A/*, expires: 2026-12-31, reason: later, by: Kim}\n")
    assert read_waivers(path) == [Waiver("A/*", date(2026, 12, 31), "later", "Kim")]
    with pytest.raises(CompatError, match="cannot be read"):
        read_waivers(tmp_path / "none.yaml")
