"""An ERP or a connector that cannot be used leaves the verdict open: broken, with the reason, and soon.

The texts are those of ``updategate run``, kept in ``golden``; ``UPDATE_GOLDEN=1`` writes them anew.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.erp.processes import ENVIRONMENT, ERP, carry_out, run

GOLDEN = Path(__file__).parent / "golden"
CONNECTOR = "connector: {embedded: true, through: fault_proxy}\n"
# an answer that nobody waits for may cost the timeout of the section, and never more than this
SECONDS = 90


@pytest.fixture
def silent_address() -> Iterator[str]:
    """An address that takes connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def closed_address() -> Iterator[str]:
    """An address where nobody listens."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{closed.getsockname()[1]}"


def tells(name: str, folder: Path, environment: str, variables: dict[str, str], *processes: str) -> None:
    """The run is incomplete, and says what the golden file says."""
    done = run(folder, environment, variables, *processes, seconds=SECONDS)
    text = done.stdout.replace(str(folder), "FOLDER")
    text = re.sub(r"http://127\.0\.0\.1:\d+", "http://127.0.0.1:PORT", text)
    text = re.sub(r"\b\d+\.\d s\b", "N s", text)
    file = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8"), done.stderr
    assert done.returncode == 3
    assert "Traceback" not in done.stdout + done.stderr


def test_erp_that_cannot_be_reached(closed_address: str, variables: dict[str, str], tmp_path: Path) -> None:
    gone = {**variables, "TEST_ERP_URL": closed_address}
    tells("erp-unreachable", tmp_path, ENVIRONMENT + ERP + CONNECTOR, gone, "ERP-001", "ERP-014")


def test_erp_that_never_answers(silent_address: str, variables: dict[str, str], tmp_path: Path) -> None:
    silent = {**variables, "TEST_ERP_URL": silent_address}
    erp = ERP.replace("adapter: tryton,", "adapter: tryton, timeout: 2,")
    tells("erp-silent", tmp_path, ENVIRONMENT + erp + CONNECTOR, silent, "ERP-001")


def test_erp_that_refuses_the_credentials(variables: dict[str, str], tmp_path: Path) -> None:
    wrong = {**variables, "TEST_ERP_PASSWORD": "not-the-password"}
    tells("erp-credentials", tmp_path, ENVIRONMENT + ERP + CONNECTOR, wrong, "ERP-001")


def test_connector_that_is_never_idle(variables: dict[str, str], tmp_path: Path) -> None:
    never = "connector: {embedded: true, timeout: 3, mutants: [never_idle]}\n"
    tells("connector-never-idle", tmp_path, ENVIRONMENT + ERP + never, variables, "ERP-001")


def test_connector_that_cannot_be_reached(closed_address: str, variables: dict[str, str], tmp_path: Path) -> None:
    gone = "connector: {adapter: described, flows: {articles: {post: ADDRESS/run}}, idle: {status: ADDRESS/status}}\n"
    gone = gone.replace("ADDRESS", closed_address)
    tells("connector-unreachable", tmp_path, ENVIRONMENT + ERP + gone, variables, "ERP-001")


def test_connector_without_an_erp_is_named(variables: dict[str, str], tmp_path: Path) -> None:
    outcome = carry_out(tmp_path, ENVIRONMENT + CONNECTOR, variables, "ERP-001")
    assert outcome.status == {"ERP-001": "not_applicable"}
    assert outcome.message["ERP-001"] == "the shop has no erp"
    assert outcome.code == 3
