"""One Allure report of all runs: nothing is lost, the same test of two versions stays apart, the second lock holds."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.reports.stories import Kind, Story
from updategate.cli import execute
from updategate.config.exit_codes import ExitCode
from updategate.evidence.reader import read_evidence
from updategate.evidence.records import ProcessStarted
from updategate.reports.allure import generation
from updategate.reports.allure.gathering import Gathered, gather
from updategate.reports.allure.generation import AllureMissingError, Node, find_allure, find_node, write_config

ALLURE_HOME = os.environ.get("UPDATEGATE_TEST_ALLURE", "")


def results_in(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*-result.json"))]


def label(result: dict[str, Any], name: str) -> str:
    return next((one["value"] for one in reversed(result["labels"]) if one["name"] == name), "")


def as_pytest_writes(folder: Path, process: str, status: str, message: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{process}-attachment.txt").write_text("GET / 200", encoding="utf-8")
    data = {
        "uuid": process,
        "historyId": "the same in every run",
        "fullName": f"suites.test_{process}",
        "name": f"test_{process}",
        "status": status,
        "labels": [{"name": "story", "value": f"{process} title"}, {"name": "epic", "value": "Business processes"}],
        "parameters": [{"name": "quantity", "value": "10"}],
        "statusDetails": {"message": message},
        "attachments": [{"name": "last", "source": f"{process}-attachment.txt", "type": "text/plain"}],
    }
    (folder / f"{process}-result.json").write_text(json.dumps(data), encoding="utf-8")


@pytest.fixture
def gathered(stories: dict[Kind, Story], tmp_path: Path) -> Gathered:
    story = stories["fail"]
    for runs, status in ((story.before, "passed"), (story.after, "failed")):
        as_pytest_writes(runs[0].folder / "allure-results", "CHK-001", status, "net is 24.10 EUR")
    return gather([*story.before, *story.after], tmp_path / "allure-results", story.verdict)


def test_every_kind_of_run_is_in_one_report(gathered: Gathered) -> None:
    results = results_in(gathered.folder)
    assert len(results) == gathered.results
    epics = Counter(label(result, "epic") for result in results)
    assert set(epics) == {"Business processes", "Prices", "Performance", "Plugin compatibility", "Update"}
    assert epics["Performance"] == 1 + 5
    assert {label(result, "environment") for result in results} == {
        "staging, Shopware 6.6.6.1, before",
        "staging, Shopware 6.6.7.1, after",
    }
    for name in ("environment.properties", "categories.json", "executor.json"):
        assert (gathered.folder / name).stat().st_size > 0
    for result in results:
        for attachment in result.get("attachments", ()):
            assert (gathered.folder / attachment["source"]).is_file()


def test_the_same_test_of_two_versions_stays_apart(gathered: Gathered) -> None:
    # pytest's own files have the same name in both runs here: the later one would hide the earlier
    same = [result for result in results_in(gathered.folder) if result["fullName"] == "suites.test_CHK-001"]
    assert len(same) == 2
    assert len({result["historyId"] for result in same}) == 2
    assert len({result["uuid"] for result in same}) == 2


def test_what_the_verdict_says_is_told_by_each_result(gathered: Gathered) -> None:
    regressed = next(
        result
        for result in results_in(gathered.folder)
        if result["fullName"] == "suites.test_CHK-001" and label(result, "phase") == "after"
    )
    assert label(regressed, "change") == "regressed"
    assert regressed["statusDetails"]["message"].startswith("[regressed] net is")
    prices = {result["name"]: result for result in results_in(gathered.folder) if label(result, "epic") == "Prices"}
    assert prices["Prices of Retail"]["status"] in ("failed", "passed")
    statuses = Counter(
        (label(result, "phase"), result["status"])
        for result in results_in(gathered.folder)
        if label(result, "epic") == "Prices"
    )
    assert statuses["before", "passed"] == 2
    assert statuses["after", "failed"] == 1


def test_a_process_without_a_record_is_broken_and_a_table_holds_no_formula(
    stories: dict[Kind, Story], hostile: Story, tmp_path: Path
) -> None:
    folder = tmp_path / "killed"
    folder.mkdir()
    lines = (stories["pass"].after[0].folder / "evidence.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if '"CHK-002"' not in line or '"run_started"' in line]
    (folder / "evidence.jsonl").write_text("".join(kept[:-1]), encoding="utf-8")
    killed = read_evidence(folder)
    assert any(isinstance(record, ProcessStarted) for record in killed.records)
    found = {result["name"]: result for result in results_in(gather([killed], tmp_path / "results").folder)}
    lost = next(result for name, result in found.items() if name.startswith("CHK-002 "))
    assert lost["status"] == "broken"
    assert lost["statusDetails"]["message"].startswith("[inconclusive]")
    assert found["The evidence is complete"]["status"] == "broken"
    gather(list(hostile.after), tmp_path / "hostile", hostile.verdict)
    for table in (tmp_path / "hostile").glob("*.csv"):
        for line in table.read_text(encoding="utf-8").splitlines():
            assert not line.startswith(("=", "+", "-", "@"))


def test_history_ids_stay_from_run_to_run(stories: dict[Kind, Story], tmp_path: Path) -> None:
    runs = stories["pass"].after
    one, other = (gather(runs, tmp_path / name, stories["pass"].verdict) for name in ("one", "other"))
    ids = [sorted(result["historyId"] for result in results_in(where.folder)) for where in (one, other)]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == len(ids[0])


def test_the_second_lock_wants_every_result_and_no_new_failure(gathered: Gathered, tmp_path: Path) -> None:
    text = write_config(gathered, tmp_path, 'a "title"', tmp_path / "h.jsonl", append_history=False).read_text("utf-8")
    after = next(arm for arm in gathered.arms if arm.phase == "after")
    assert f"minTestsCount: {after.results}" in text
    assert "maxFailures: 0" in text
    assert 'environmentsTested: ["staging, Shopware 6.6.7.1, after"]' in text
    assert '["pre_existing", "waived", "intended"]' in text
    assert "appendHistory: false" in text


def test_without_allure_the_results_are_left_and_the_message_says_what_to_do(
    stories: dict[Kind, Story], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_node() -> Node:
        raise AllureMissingError("Allure 3 needs Node 22 or newer (there is no Node). Install it")

    monkeypatch.setattr(generation, "find_node", no_node)
    output = tmp_path / "out"
    runs = [str(run.folder) for run in stories["pass"].after]
    assert execute(["report", *runs, "--output", str(output)]) is ExitCode.INCONCLUSIVE
    assert "Allure 2 reads them too" in capsys.readouterr().err
    assert len(results_in(output / "allure-results")) > 10
    assert execute(["report", *runs, "--output", str(output), "--results-only"]) is ExitCode.PASS


def test_an_old_node_is_refused_by_its_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "node"
    program.write_text("#!/bin/sh\necho v20.20.2\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(AllureMissingError, match=r"is version 20\.20\.2"):
        find_node()


def test_npm_that_cannot_reach_its_registry_is_told(tmp_path: Path) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'npm error network' >&2\nexit 1\n", encoding="utf-8")
    npm.chmod(0o755)
    with pytest.raises(AllureMissingError, match="npm error network"):
        find_allure(Node("node", (str(npm),), (22,)), tmp_path / "cache", dict(os.environ))


def test_a_torn_line_of_history_is_left_out(tmp_path: Path) -> None:
    history = tmp_path / "history.jsonl"
    history.write_text('{"a": 1}\n{"b": \n{"c": 3}\n', encoding="utf-8")
    generation._mend(history)
    assert history.read_text(encoding="utf-8") == '{"a": 1}\n{"c": 3}\n'


@pytest.mark.skipif(not ALLURE_HOME, reason="needs UPDATEGATE_TEST_ALLURE: a folder with node_modules/allure 3")
@pytest.mark.parametrize(("kind", "passed"), [("pass", True), ("fail", False)])
def test_allure_itself_generates_the_report_and_its_gate_agrees(
    stories: dict[Kind, Story], tmp_path: Path, kind: Kind, passed: bool
) -> None:
    (tmp_path / ".allure").mkdir()
    (tmp_path / ".allure" / generation.ALLURE).symlink_to(ALLURE_HOME)
    story = stories[kind]
    output = tmp_path / "out"
    found = gather([*story.before, *story.after], output / "allure-results", story.verdict)
    for _ in range(2):
        made = generation.generate(found, output, "updategate", output / "history.jsonl", dict(os.environ))
    assert made.gate_passed is passed, made.gate_text
    assert made.page.is_file()
    assert len((output / "history.jsonl").read_text(encoding="utf-8").splitlines()) == 2
