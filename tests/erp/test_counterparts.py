"""An ERP or a connector that cannot be used leaves the verdict open: broken, with the reason, and soon."""

from __future__ import annotations

import socket
from pathlib import Path

from tests.erp.processes import ENVIRONMENT, ERP, carry_out

CONNECTOR = "connector: {embedded: true, through: fault_proxy}\n"


def test_erp_that_cannot_be_reached(variables: dict[str, str], tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        outcome = carry_out(tmp_path, ENVIRONMENT + ERP + CONNECTOR, {**variables, "TEST_ERP_URL": url}, "ERP-001")
    assert outcome.code == 3
    assert outcome.status == {"ERP-001": "broken"}
    assert outcome.message["ERP-001"].startswith(f"The ERP {url} cannot be reached: connection refused.")


def test_erp_that_refuses_the_credentials(variables: dict[str, str], tmp_path: Path) -> None:
    wrong = {**variables, "TEST_ERP_PASSWORD": "not-the-password"}
    outcome = carry_out(tmp_path, ENVIRONMENT + ERP + CONNECTOR, wrong, "ERP-001", "ERP-014")
    assert outcome.code == 3
    assert outcome.status == {"ERP-001": "broken", "ERP-014": "broken"}
    assert "refuses the credentials of connector" in outcome.message["ERP-001"]


def test_connector_that_is_never_idle(variables: dict[str, str], tmp_path: Path) -> None:
    never = "connector: {embedded: true, timeout: 3, mutants: [never_idle]}\n"
    outcome = carry_out(tmp_path, ENVIRONMENT + ERP + never, variables, "ERP-001")
    assert outcome.code == 3
    assert outcome.status == {"ERP-001": "broken"}
    assert "was still not idle 3 s after articles was started" in outcome.message["ERP-001"]


def test_connector_without_an_erp_is_named(variables: dict[str, str], tmp_path: Path) -> None:
    outcome = carry_out(tmp_path, ENVIRONMENT + CONNECTOR, variables, "ERP-001")
    assert outcome.status == {"ERP-001": "not_applicable"}
    assert outcome.message["ERP-001"] == "the shop has no erp"
    assert outcome.code == 3
