"""Starts the shop and the ERP of a test session, and carries processes out against them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

ENVIRONMENT = """
name: test
url: ${TEST_SHOP_URL}
sales_channel: {access_key: "${TEST_ACCESS_KEY}"}
admin: {client_id: "${TEST_CLIENT_ID}", client_secret: "${TEST_CLIENT_SECRET}"}
permits: {carts: true, customers: true, orders: true, admin_write: true}
sinks: {mail: none, payment: nobody, erp: a Tryton of this test}
"""
ERP = """
erp: {adapter: tryton, url: "${TEST_ERP_URL}", database: erp, username: connector, password: "${TEST_ERP_PASSWORD}"}
"""


@dataclass
class Embedded:
    """A process of ours, and what it told when it was ready."""

    process: subprocess.Popen[str]
    facts: dict[str, Any]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(15)
        if self.process.stdout:
            self.process.stdout.close()


def start(module: str, *arguments: str, variables: Mapping[str, str] | None = None, seconds: float = 300) -> Embedded:
    """Start ``updategate.embedded.MODULE`` and wait for its line."""
    command = [sys.executable, "-m", f"updategate.embedded.{module}", "--json", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **(variables or {})})
    lines: list[str] = []
    reader = threading.Thread(target=lambda: lines.append(process.stdout.readline() if process.stdout else ""))
    reader.start()
    reader.join(seconds)
    if not lines or not lines[0]:
        process.kill()
        raise AssertionError(f"{module} did not start")
    return Embedded(process, json.loads(lines[0]))


@dataclass(frozen=True)
class Outcome:
    """What a run said: its exit code, and status and message by process."""

    code: int
    status: dict[str, str]
    message: dict[str, str]


def carry_out(
    folder: Path, environment: str, variables: Mapping[str, str], *processes: str, seconds: float = 400
) -> Outcome:
    """Run processes in one worker with an environment file of this text."""
    done = run(folder, environment, variables, *processes, "--json", seconds=seconds)
    assert done.stdout.strip(), done.stderr
    found = json.loads(done.stdout)["processes"]
    return Outcome(
        done.returncode,
        {name: entry["status"] for name, entry in found.items()},
        {name: entry["message"] for name, entry in found.items()},
    )


def run(
    folder: Path, environment: str, variables: Mapping[str, str], *arguments: str, seconds: float = 400
) -> subprocess.CompletedProcess[str]:
    """Run ``updategate run`` with processes (``ERP-001``) and options (``--json``)."""
    processes = [argument for argument in arguments if not argument.startswith("-")]
    folder.mkdir(parents=True, exist_ok=True)
    file, policy = folder / "environment.yaml", folder / "policy.yaml"
    file.write_text(environment, encoding="utf-8")
    policy.write_text(f"policy: test\nscopes: {{chosen: {{processes: [{', '.join(processes)}]}}}}\n", encoding="utf-8")
    command = [
        str(Path(sys.executable).with_name("updategate")), "run", str(file), "--policy", str(policy),
        "--scope", "chosen", "--run-folder", str(folder / "run"), "-n", "0",
        *(argument for argument in arguments if argument.startswith("-")),
    ]  # fmt: skip
    # what a test finds is no history of the checkout
    own = {**os.environ, "UPDATEGATE_HISTORY": "off", **variables}
    return subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, timeout=seconds, check=False)
