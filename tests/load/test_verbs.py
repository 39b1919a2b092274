"""The verbs from end to end, against reference shops: evidence, exit codes, what is left behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from updategate.campaign.real_bench import environment_file, running_shop
from updategate.evidence.reader import read_evidence
from updategate.evidence.records import Created, Indicator, Performance, Removed, Slice

ROOT = Path(__file__).parents[2]
PROFILE = """\
profile: tiny
seed: 5
arrivals: {model: open, rate: 6}
stages: [{seconds: 3}]
mix: MIX
pools: {products: 10, categories: 3, customers: 1}
client: {lag_p99_ms: 5000, cpu: 1, late_share: 1}
comparison: {pairs: 2, kept: 1.5, dropped: 0.2, looks: [3]}
"""


@pytest.fixture(scope="module")
def shops():
    with ExitStack() as stack:
        yield [stack.enter_context(running_shop()) for _ in range(2)]


@pytest.fixture
def prepared(shops, tmp_path):
    """Environment file, a maker of profiles, and a function that runs a verb."""
    file, variables = environment_file(tmp_path, shops[0])

    def profile(mix: str, **replaced: str) -> str:
        path = tmp_path / "tiny.yaml"
        text = PROFILE.replace("MIX", mix)
        for old, new in replaced.items():
            text = text.replace(old, new)
        path.write_text(text)
        return str(path)

    def verb(*arguments: str, **popen: object) -> subprocess.CompletedProcess[str] | subprocess.Popen[str]:
        # a shell that starts the tests in the background ignores Ctrl-C for them, and so for what they start
        heeding = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
        command = [sys.executable, "-c", f"{heeding}; from updategate.cli import main; main()", *arguments]
        options = {"cwd": ROOT, "env": {**os.environ, **variables}, "text": True, **popen}
        if popen:
            return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        return subprocess.run(command, capture_output=True, check=False, timeout=180, **options)

    return str(file), profile, verb, tmp_path


def test_load_buys_measures_and_leaves_nothing_behind(prepared, shops):
    file, profile, verb, tmp_path = prepared
    mix = "{browse: 1, cart: 1, guest_checkout: 1, login_checkout: 1, b2b_reorder: 1, erp_import: 1, order_export: 1}"
    done = verb("load", file, "--profile", profile(mix), "--run-folder", str(tmp_path / "run"), "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert found["left_behind"] == []
    assert found["groups"]["place_order"]["answered"] > 0
    evidence = read_evidence(tmp_path / "run")
    assert evidence.defects == ()
    (record,) = evidence.of_type(Slice)
    assert record.answered == record.due > 0
    assert "listing.p95" in {indicator.name for indicator in evidence.of_type(Indicator)}
    assert {created.entity for created in evidence.of_type(Created)} >= {"customer", "order"}
    assert {removed.entity for removed in evidence.of_type(Removed)} >= {"customer", "order"}
    shop = shops[0]
    credentials = {"grant_type": "client_credentials", "client_id": shop.client_id, "client_secret": shop.client_secret}
    token = requests.post(f"{shop.url}/api/oauth/token", json=credentials, timeout=10).json()["access_token"]
    for entity, field in (("customer", "email"), ("order", "orderCustomer.email"), ("product", "productNumber")):
        value = "UG-" if entity == "product" else "ug-load-"
        answer = requests.post(
            f"{shop.url}/api/search/{entity}",
            json={"filter": [{"type": "prefix", "field": field, "value": value}], "limit": 5},
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
            timeout=10,
        )
        assert answer.json()["data"] == [], entity


def test_a_campaign_of_a_shop_with_its_twin_writes_its_verdict_into_the_evidence(prepared, shops):
    file, profile, verb, tmp_path = prepared
    chosen = profile("{api_listing: 1, api_detail: 1}", **{"rate: 6": "rate: 16"})
    done = verb(
        "campaign",
        file,
        "--profile",
        chosen,
        "--reference",
        shops[1].url,
        "--run-folder",
        str(tmp_path / "run"),
        "--json",
    )
    assert done.returncode in {0, 1, 3}, done.stderr
    found = json.loads(done.stdout)
    (record,) = read_evidence(tmp_path / "run").of_type(Performance)
    assert record.pace == found["pace"]
    assert {"not_slower": 0, "slower": 1, "inconclusive": 3}[record.pace] == done.returncode
    assert found["units"] == 3
    assert {group.arm for group in record.groups} == {"before", "after"}


def test_an_interrupted_campaign_stops_at_once_and_can_be_taken_up(prepared, shops):
    file, profile, verb, tmp_path = prepared
    chosen = profile("{api_listing: 1, api_detail: 1}", **{"rate: 6": "rate: 16"})
    options = ("campaign", file, "--profile", chosen, "--reference", shops[1].url)
    running = verb(*options, "--run-folder", str(tmp_path / "first"), start_new_session=True)
    evidence = tmp_path / "first" / "evidence.jsonl"
    deadline = time.monotonic() + 90
    while not (evidence.exists() and evidence.read_text().count('"type":"slice"') >= 3):
        assert time.monotonic() < deadline, running.communicate(timeout=5)
        running.poll()
        time.sleep(0.1)
    os.killpg(running.pid, signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert running.returncode == 3, out + err
    first = read_evidence(tmp_path / "first")
    assert "interrupted" in {defect.code for defect in first.defects}
    done = verb(*options, "--resume", str(tmp_path / "first"), "--run-folder", str(tmp_path / "second"), "--json")
    assert done.returncode in {0, 1, 3}, done.stderr
    second = read_evidence(tmp_path / "second")
    kept = {record.sha256 for record in first.of_type(Slice)} & {record.sha256 for record in second.of_type(Slice)}
    assert len(kept) >= 2
    other = profile("{api_listing: 1}")
    refused = verb(*options[:3], other, *options[4:], "--resume", str(tmp_path / "first"))
    assert refused.returncode == 2
    assert "measured with another profile" in refused.stderr


def test_deployments_are_compared_where_the_profile_says_so(prepared, shops):
    file, profile, verb, tmp_path = prepared
    chosen = profile("{api_detail: 1}", **{"rate: 6": "rate: 20", "looks: [3]": "looks: [4], restarts: 4"})
    options = ("campaign", file, "--profile", chosen, "--reference", shops[1].url)
    refused = verb(*options)
    assert refused.returncode == 2
    assert "no command redeploys the shops" in refused.stderr
    log = tmp_path / "deployments"
    script = tmp_path / "redeploy"
    script.write_text(f'#!/bin/sh\necho "$UPDATEGATE_DEPLOYMENT" >> {log}\n')
    script.chmod(0o755)
    done = verb(*options, "--restart-command", str(script), "--run-folder", str(tmp_path / "run"), "--json")
    assert done.returncode in {0, 1, 3}, done.stderr
    assert log.read_text().split() == ["0", "1", "2", "3"]
    assert json.loads(done.stdout)["units"] == 4
    failing = verb(*options, "--restart-command", "false", "--run-folder", str(tmp_path / "other"))
    assert failing.returncode == 3
    assert "the restart command ended with 1" in failing.stderr


def test_a_master_waits_for_workers_that_others_start(prepared):
    file, profile, verb, tmp_path = prepared
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    chosen = profile("{api_detail: 1}")
    master = verb(
        "load", file, "--profile", chosen, "--workers", "2", "--port", port,
        "--run-folder", str(tmp_path / "run"), "--json", start_new_session=True,
    )  # fmt: skip
    workers = [verb("load-worker", file, "--master-port", port, start_new_session=True) for _ in range(2)]
    out, err = master.communicate(timeout=120)
    for worker in workers:
        worker.communicate(timeout=30)
    assert master.returncode == 0, out + err
    assert json.loads(out)["groups"]["api_detail"]["answered"] == 18


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("campaign",), "There is no shop to compare with"),
        (("campaign", "--reference", "SELF"), "The reference is the shop itself"),
    ],
)
def test_mistakes_are_told(prepared, shops, arguments, message):
    file, profile, verb, _ = prepared
    named = [shops[0].url if part == "SELF" else part for part in arguments[1:]]
    done = verb(arguments[0], file, "--profile", profile("{api_detail: 1}"), *named)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
