"""A plugin that touches an area makes its processes critical for this update."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.gate.conftest import NOW, OLD, PASSED, RunOf, entry, policy_of, write_run
from updategate.config.errors import ConfigError
from updategate.config.policy import Policy
from updategate.evidence.reader import read_evidence
from updategate.evidence.records import ProcessFinished, Provenance, RunStarted
from updategate.evidence.touched_areas import read_touched_areas
from updategate.evidence.writer import EvidenceWriter
from updategate.gate.judge import judge
from updategate.gate.verdict import Verdict

ENTRIES = (entry("CHK-001"), entry("CHK-002"), entry("CAT-001"))  # CAT-001 is not critical; all are of the area cart
CRITICAL_ONLY = {"scopes": {"critical": {"critical": True}, "full": {"all": True}}}


def compat_run(folder: Path, environment: dict[str, Any]) -> Path:
    writer = EvidenceWriter(folder, folder.name)
    writer.write(
        RunStarted(
            kind="compat",
            scope="compat",
            environment=environment,
            provenance=Provenance(
                environment="test", stage="compat", url="", machine="m", tool_version="0", python="3"
            ),
        )
    )
    writer.finish(None)
    return folder


def verdict(tmp_path: Path, environment: dict[str, Any], after: RunOf, policy: Policy) -> Verdict:
    before = RunOf(dict.fromkeys(after.results, "passed"), build=OLD, scope=after.scope, registry=after.registry)
    runs = [write_run(tmp_path / "after", after), compat_run(tmp_path / "compat", environment)]
    return judge(
        [read_evidence(run) for run in runs],
        [read_evidence(write_run(tmp_path / "before", before))],
        policy,
        NOW,
        policy_source="policy.yaml",
    )


ALLOWING_ONE = {"processes": {"other": {"failures_at_most": 1}}}
ONE_FAILED = RunOf({**PASSED, "CAT-001": "failed"}, registry=ENTRIES)


@pytest.mark.parametrize(
    ("areas", "expected"),
    [({"AcmeCart": ["cart"]}, "fail"), ({"AcmeMail": ["mail"]}, "pass"), ({}, "pass")],
)
def test_a_failure_in_a_touched_area_is_not_allowed_for(
    tmp_path: Path, areas: dict[str, list[str]], expected: str
) -> None:
    found = verdict(tmp_path, {"areas": areas}, ONE_FAILED, policy_of(**ALLOWING_ONE))
    assert found.verdict == expected
    assert [one.critical for one in found.comparison.processes if one.process == "CAT-001"] == [
        bool(expected == "fail")
    ]


def test_a_scope_of_critical_processes_calls_for_what_is_touched(tmp_path: Path) -> None:
    results: dict[str, str | ProcessFinished | None] = {name: "passed" for name in PASSED if name != "CAT-001"}
    run = RunOf(results, scope="critical", registry=ENTRIES)  # it planned only what the registry calls critical
    found = verdict(tmp_path, {"areas": {"AcmeCart": ["cart"]}}, run, policy_of(**CRITICAL_ONLY))
    assert found.verdict == "inconclusive"
    reason = next(reason for reason in found.reasons if reason.process == "CAT-001")
    assert reason.code == "no_record"


def test_compat_evidence_that_names_no_areas_is_a_doubt(tmp_path: Path) -> None:
    found = verdict(tmp_path, {}, RunOf(PASSED, registry=ENTRIES), policy_of())
    assert (found.verdict, [reason.code for reason in found.reasons]) == ("inconclusive", ["areas_unknown"])


def test_folders_are_read_for_a_run(tmp_path: Path) -> None:
    one = compat_run(tmp_path / "one", {"areas": {"AcmeCart": ["cart", "tax"]}})
    two = compat_run(tmp_path / "two", {"areas": {"AcmeTax": ["tax"]}})
    assert read_touched_areas([one, two]) == {"cart": ("AcmeCart",), "tax": ("AcmeCart", "AcmeTax")}


def test_a_run_of_another_kind_is_refused(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", RunOf(PASSED))
    with pytest.raises(ConfigError, match=re.escape("--compat")) as error:
        read_touched_areas([run])
    assert "updategate compat" in str(error.value)
