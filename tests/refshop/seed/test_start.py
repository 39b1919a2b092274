"""Starting and stopping the shop."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap

import psutil
import pytest
import requests

from tests.refshop.conformance.harness import ROOT, running_shop

COMMAND = [sys.executable, "-m", "updategate.embedded.refshop"]


def _run(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *options], capture_output=True, text=True, cwd=ROOT, timeout=30, check=False)


def test_it_says_where_it_is_and_leaves_cleanly() -> None:
    with running_shop("--shopware-version", "6.6.6.1", "--plugin", "AcmeB2bPrices=2.1.0") as shop:
        assert {"url", "access_key", "client_id", "client_secret"} <= set(shop.facts)
        token = requests.post(
            f"{shop.url}/api/oauth/token",
            json={
                "grant_type": "client_credentials",
                "client_id": shop.facts["client_id"],
                "client_secret": shop.facts["client_secret"],
            },
            timeout=10,
        ).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        version = requests.get(f"{shop.url}/api/_info/version", headers=headers, timeout=10).json()
        assert version == {"version": "6.6.6.1"}
        plugins = requests.post(f"{shop.url}/api/search/plugin", json={}, headers=headers, timeout=10).json()["data"]
        assert {plugin["name"]: plugin["version"] for plugin in plugins}["AcmeB2bPrices"] == "2.1.0"
        process = shop.process
    assert process.returncode == 0


def test_it_leaves_when_its_parent_has_gone() -> None:
    parent = textwrap.dedent(
        f"""
        import subprocess
        child = subprocess.Popen({[*COMMAND, "--json", "--with-parent"]!r}, stdout=subprocess.PIPE, text=True)
        print(child.stdout.readline(), end="", flush=True)
        """
    )
    answer = subprocess.run(
        [sys.executable, "-c", parent], capture_output=True, text=True, cwd=ROOT, timeout=30, check=True
    )
    pid = json.loads(answer.stdout)["pid"]
    if psutil.pid_exists(pid):
        psutil.Process(pid).wait(timeout=15)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--shopware-version", "6.6"], "cannot be Shopware 6.6: it knows 6.5.8.14, 6.6.6.1, 6.6.7.1"),
        (["--mutant", "tax-one-sent"], "Did you mean tax-one-cent?"),
        (["--plugin", "AcmeB2bPrices"], "--plugin wants NAME=VERSION such as AcmeB2bPrices=2.1.0"),
        (["--mailer", "http://x"], "--mailer wants smtp://HOST:PORT"),
    ],
)
def test_a_wrong_option_is_a_usage_error(options: list[str], message: str) -> None:
    answer = _run(*options)
    assert answer.returncode == 2
    assert message in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_port_that_is_taken_is_named() -> None:
    with running_shop() as shop:
        answer = _run("--port", shop.url.rpartition(":")[2])
    assert answer.returncode == 2
    assert "cannot be used" in answer.stderr


def test_mutants_can_be_listed() -> None:
    names = _run("--list-mutants").stdout.split()
    assert {"tax-one-cent", "double-order", "tier-off-by-one"} <= set(names)
