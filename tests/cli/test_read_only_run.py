"""A look at a shop without rights or an environment file: complete, in the browser too, and nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.refshop.conformance.harness import ROOT, running_shop
from updategate.cli import execute
from updategate.config.exit_codes import ExitCode
from updategate.evidence.reader import read_evidence
from updategate.evidence.records import Created


def test_a_shop_is_looked_at_by_its_address_and_key_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("UPDATEGATE_HISTORY", "off")
    with running_shop() as shop:
        key = str(shop.facts["access_key"])
        arguments = ["run", "--url", shop.url, "--access-key", key, "--run-folder", str(tmp_path / "run"), "-n", "0"]
        assert execute(arguments) == ExitCode.PASS
    evidence = read_evidence(tmp_path / "run")
    statuses = {process: results[-1].status for process, results in evidence.processes.items()}
    assert {process for process, status in statuses.items() if status == "passed"} == {
        "CAT-007",
        "CAT-009",
        "CAT-010",
        "CAT-011",
    }
    assert set(statuses.values()) == {"passed", "not_applicable"}
    assert evidence.of_type(Created) == []
