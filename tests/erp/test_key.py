"""The connector's integration with restricted rights: ERP-015 names the right that is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.erp.processes import ENVIRONMENT, ERP, Embedded, carry_out
from updategate.actors.erp_key import READ
from updategate.clients.admin_api import AdminApi, Integration
from updategate.clients.exchange_log import ExchangeLog
from updategate.clients.transport import RequestsTransport

CONNECTOR = """
connector:
  embedded: true
  client_id: ${TEST_CONNECTOR_ID}
  client_secret: ${TEST_CONNECTOR_SECRET}
"""
WRITTEN = {
    "product": ("create", "update"),
    "product_visibility": ("create", "update"),
    "order": ("update",),
    "order_delivery": ("update",),
    "order_transaction": ("update",),
    "customer_address": ("update",),
}
# everything that the exchange of articles, stock and orders needs beside what the process tries itself
BESIDE = ("order_customer", "order_address", "state_machine_state", "product_visibility")
RIGHTS = [
    *(f"{entity}:read" for entity in (*READ, *BESIDE)),
    *(f"{entity}:{verb}" for entity, verbs in WRITTEN.items() for verb in verbs),
]
ROLE, INTEGRATION = "1" * 31 + "a", "1" * 31 + "b"
KEY, SECRET = "SWIAUPDATEGATETEST000000001", "secret-of-a-restricted-connector"


@pytest.fixture
def admin(reference_shop: Embedded) -> Iterator[AdminApi]:
    facts = reference_shop.facts
    transport = RequestsTransport(facts["url"], ExchangeLog())
    api = AdminApi(transport, Integration(facts["client_id"], facts["client_secret"]))
    yield api
    api.delete("integration", INTEGRATION)
    api.delete("acl_role", ROLE)
    transport.close()


def with_rights(admin: AdminApi, rights: list[str]) -> dict[str, str]:
    role: dict[str, Any] = {"id": ROLE, "name": "updategate connector", "privileges": rights}
    admin.create("acl_role", role)
    admin.create(
        "integration",
        {"id": INTEGRATION, "label": "updategate connector", "accessKey": KEY, "secretAccessKey": SECRET,
         "admin": False, "aclRoles": [{"id": ROLE}]},
    )  # fmt: skip
    return {"TEST_CONNECTOR_ID": KEY, "TEST_CONNECTOR_SECRET": SECRET}


@pytest.mark.parametrize("right", ["customer_address:read", "order_transaction:update"])
def test_the_right_that_is_missing_is_named(
    right: str, admin: AdminApi, variables: dict[str, str], tmp_path: Path
) -> None:
    key = with_rights(admin, [entry for entry in RIGHTS if entry != right])
    outcome = carry_out(tmp_path, ENVIRONMENT + ERP + CONNECTOR, {**variables, **key}, "ERP-015")
    assert (outcome.code, outcome.status) == (1, {"ERP-015": "failed"}), outcome.message
    assert f"['{right}']" in outcome.message["ERP-015"]


def test_rights_that_a_connector_needs_not_are_no_fault(
    admin: AdminApi, variables: dict[str, str], tmp_path: Path
) -> None:
    lacks = ["document:read", "order_transaction:update"]
    key = with_rights(admin, [entry for entry in RIGHTS if entry not in lacks])
    connector = CONNECTOR + f"  lacks: [{', '.join(lacks)}]\n"
    outcome = carry_out(tmp_path, ENVIRONMENT + ERP + connector, {**variables, **key}, "ERP-015")
    assert (outcome.code, outcome.status) == (0, {"ERP-015": "passed"}), outcome.message
