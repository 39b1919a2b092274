"""Processes with a connector that is only described: here the reference one, as if it were not ours."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.erp.processes import ENVIRONMENT, ERP, Embedded, carry_out, start

DESCRIBED = """
connector:
  adapter: described
  token: ${TEST_CONNECTOR_TOKEN}
  flows:
    articles: {post: "${TEST_CONNECTOR_URL}/sync", body: {flows: [articles]}}
    customers: {command: ["${TEST_PYTHON}", "${TEST_COMMAND}", customers]}
  idle: {status: "${TEST_CONNECTOR_URL}/status", finished: ended, problems: problems}
"""
COMMAND = """
import json, os, sys, time, urllib.request
def ask(path, body=None):
    headers = {"Authorization": "Bearer " + os.environ["TEST_CONNECTOR_TOKEN"]}
    request = urllib.request.Request(os.environ["TEST_CONNECTOR_URL"] + path, body, headers)
    return json.load(urllib.request.urlopen(request))
job = ask("/sync", json.dumps({"flows": sys.argv[1:]}).encode())["job"]
while ask(f"/jobs/{job}")["state"] != "done":
    time.sleep(0.1)
"""


@pytest.fixture
def connector(variables: dict[str, str]) -> Iterator[Embedded]:
    running = start(
        "connector", "--shop-url", variables["TEST_SHOP_URL"], "--erp-url", variables["TEST_ERP_URL"],
        variables={
            "CONNECTOR_CLIENT_ID": variables["TEST_CLIENT_ID"],
            "CONNECTOR_CLIENT_SECRET": variables["TEST_CLIENT_SECRET"],
            "CONNECTOR_ACCESS_KEY": variables["TEST_ACCESS_KEY"],
            "CONNECTOR_ERP_PASSWORD": variables["TEST_ERP_PASSWORD"],
        },
        seconds=30,
    )  # fmt: skip
    yield running
    running.stop()


def test_processes_with_a_described_connector(connector: Embedded, variables: dict[str, str], tmp_path: Path) -> None:
    command = tmp_path / "connector.py"
    command.write_text(COMMAND, encoding="utf-8")
    known = {
        **variables,
        "TEST_CONNECTOR_URL": connector.facts["url"],
        "TEST_CONNECTOR_TOKEN": connector.facts["token"],
        "TEST_PYTHON": sys.executable,
        "TEST_COMMAND": str(command),
    }
    outcome = carry_out(tmp_path, ENVIRONMENT + ERP + DESCRIBED, known, "ERP-005", "ERP-012")
    assert (outcome.code, outcome.status) == (0, {"ERP-005": "passed", "ERP-012": "passed"}), outcome.message
