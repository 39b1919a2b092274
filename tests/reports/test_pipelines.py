"""What pipelines show: JUnit XML, a summary that is safe Markdown, annotations, GitLab's code quality report."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import jsonschema
import pytest
from defusedxml.ElementTree import fromstring
from rich.console import Console

from tests.reports.stories import Kind, Story
from updategate.cli import execute
from updategate.config.exit_codes import ExitCode
from updategate.reports.junit import verdict_junit
from updategate.reports.pipelines import github_annotations, gitlab_code_quality, markdown
from updategate.reports.publish import publish
from updategate.reports.terminal import show_verdict
from updategate.reports.words import LANGUAGES, step_of

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("kind", ["pass", "fail", "inconclusive"])
def test_junit_is_green_only_where_the_update_may_go_on(stories: dict[Kind, Story], kind: Kind) -> None:
    verdict = stories[kind].verdict
    root = fromstring(verdict_junit(verdict))
    assert (root.get("failures") != "0", root.get("errors") != "0") == {
        "pass": (False, False),
        "fail": (True, False),
        "inconclusive": (False, True),
    }[kind]
    cases = root.findall(".//testcase")
    assert int(root.get("tests")) == len(cases)
    names = {case.get("name", "").split(" ")[0] for case in cases}
    assert {result.process for result in verdict.comparison.processes} <= names
    for suite in root:
        assert int(suite.get("tests")) == len(suite)


def test_a_failed_case_names_expected_actual_and_evidence(stories: dict[Kind, Story]) -> None:
    verdict = stories["fail"].verdict
    first = verdict.comparison.processes[[r.change for r in verdict.comparison.processes].index("regressed")]
    case = next(
        case
        for case in fromstring(verdict_junit(verdict)).iter("testcase")
        if case.get("name", "").startswith(f"{first.process} ")
    )
    text = case.find("failure").text
    assert f"expected: {first.expected}" in text
    assert f"actual:   {first.actual}" in text
    assert f"evidence: {first.evidence_after}" in text


def test_hostile_names_break_neither_xml_nor_markdown_nor_annotations(hostile: Story) -> None:
    verdict = hostile.verdict
    root = fromstring(verdict_junit(verdict))
    assert any("<img src=x" in (case.get("name") or "") for case in root.iter("testcase"))
    text = markdown(verdict)
    for line in text.splitlines():
        if not line.startswith("- **"):  # reasons hold code, in which nothing is formatting
            assert "<img" not in line.replace("\\<", "")
    table = [line for line in text.splitlines() if line.startswith("| ")]
    assert len({line.replace("\\|", "").count("|") for line in table}) == 1
    annotations = github_annotations(verdict).splitlines()
    assert all(line.startswith(("::error title=", "::warning title=")) for line in annotations)


def test_a_control_character_of_a_shop_does_not_make_the_xml_unreadable(stories: dict[Kind, Story]) -> None:
    verdict = stories["fail"].verdict
    reason = verdict.reasons[0].model_copy(update={"message": "bell \x07 and \x1b[31mred"})
    broken = verdict.model_copy(update={"reasons": (reason, *verdict.reasons[1:])})
    assert "bell  and [31mred" in verdict_junit(broken)
    fromstring(verdict_junit(broken))


@pytest.mark.parametrize("language", LANGUAGES)
def test_summary_says_verdict_reasons_and_changes(stories: dict[Kind, Story], language: str) -> None:
    text = markdown(stories["fail"].verdict, language)  # type: ignore[arg-type]
    assert text.startswith(
        {"en": "## ❌ Update verdict: Fail\n", "de": "## ❌ Urteil zum Update: Nicht bestanden\n"}[language]
    )
    assert "6.6.6.1 → 6.6.7.1" in text
    for process in stories["fail"].verdict.comparison.regressed:
        assert f"| {process} " in text


def test_what_the_shop_has_not_got_is_one_line_and_prices_another(stories: dict[Kind, Story]) -> None:
    verdict = stories["pass"].verdict
    absent = [
        one.model_copy(update={"before": "not_applicable", "after": "not_applicable", "change": "not_tested"})
        for one in verdict.comparison.processes[:2]
    ]
    comparison = verdict.comparison.model_copy(
        update={"processes": (*absent, *verdict.comparison.processes[2:])},
    )
    assert verdict.ledger_summary
    told = verdict.model_copy(update={"comparison": comparison})
    prices = f"{verdict.ledger_summary.compared} prices were asked before and after the update; none differs."
    names = f"Does not apply to this shop: {absent[0].process}, {absent[1].process}"
    screen = StringIO()
    show_verdict(Console(file=screen, width=200), told, [])
    for text in (markdown(told), screen.getvalue()):
        assert text.count(absent[0].process) == 1
        assert {prices, names} <= set(text.splitlines())


def test_a_step_is_that_of_the_core_or_of_the_plugins(stories: dict[Kind, Story]) -> None:
    verdict = stories["pass"].verdict
    assert step_of(verdict, "en") == "Shopware 6.6.6.1 → 6.6.7.1"
    after = verdict.build.after
    assert after
    old = tuple(plugin.model_copy(update={"version": "0.9"}) for plugin in after.plugins[:1])
    before = after.model_copy(update={"plugins": (*old, *after.plugins[1:])})
    alone = verdict.model_copy(update={"build": verdict.build.model_copy(update={"before": before})})
    plugin = after.plugins[0]
    assert step_of(alone, "de") == f"Shopware 6.6.7.1, {plugin.name} 0.9 → {plugin.version}"
    assert f"{plugin.name} 0.9 → {plugin.version}" in markdown(alone)


def test_github_shows_ten_at_most_and_says_so(stories: dict[Kind, Story]) -> None:
    verdict = stories["fail"].verdict
    many = verdict.model_copy(update={"reasons": verdict.reasons[:1] * 14})
    lines = github_annotations(many).splitlines()
    assert len(lines) == 10
    assert lines[-1] == "::error title=updategate::and 5 more, see the job summary"
    assert "%0Aexpected: " in lines[0]
    assert github_annotations(stories["pass"].verdict) == ""


def test_gitlab_fingerprints_stay_and_differ(stories: dict[Kind, Story]) -> None:
    verdict = stories["fail"].verdict
    found = json.loads(gitlab_code_quality(verdict))
    assert len({one["fingerprint"] for one in found}) == len(found) > 3
    again = verdict.model_copy(
        update={"reasons": tuple(r.model_copy(update={"actual": "something else"}) for r in verdict.reasons)}
    )
    assert [one["fingerprint"] for one in json.loads(gitlab_code_quality(again))] == [
        one["fingerprint"] for one in found
    ]
    assert {one["severity"] for one in found} == {"blocker"}
    assert {"path": "src/Service/OrderExport.php", "lines": {"begin": 40}} in [one["location"] for one in found]
    assert json.loads(gitlab_code_quality(stories["pass"].verdict)) == []


def test_the_published_json_satisfies_the_documented_schema(stories: dict[Kind, Story], tmp_path: Path) -> None:
    schema = json.loads((ROOT / "docs/reference/verdict.schema.json").read_text(encoding="utf-8"))
    for kind, story in stories.items():
        publish(story.verdict, tmp_path / kind, before=story.before, after=story.after)
        jsonschema.validate(json.loads((tmp_path / kind / "verdict.json").read_text(encoding="utf-8")), schema)
        assert sorted(path.name for path in (tmp_path / kind).iterdir()) == [
            "verdict.de.html",
            "verdict.de.md",
            "verdict.gitlab.json",
            "verdict.html",
            "verdict.json",
            "verdict.junit.xml",
            "verdict.md",
        ]


def test_in_a_github_workflow_the_gate_writes_the_summary_and_annotations(
    stories: dict[Kind, Story], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    policy = tmp_path / "policy.yaml"
    policy.write_text("policy: test\nscopes: {full: {all: true}}\n", encoding="utf-8")
    story = stories["fail"]
    before, after = (str(runs[0].folder) for runs in (story.before, story.after))
    output = str(tmp_path / "out")
    code = execute(["gate", "--policy", str(policy), "--output", output, "--before", before, "--after", after])
    assert code is ExitCode.FAIL
    assert "Update verdict: Fail" in summary.read_text(encoding="utf-8")
    assert "::error title=updategate%3A CHK-" in capsys.readouterr().out
