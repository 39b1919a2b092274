"""Each fault of a connector is caught by the process that should, and by its own words."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.erp.processes import ENVIRONMENT, ERP, carry_out

# the process that has to fail, by mutant
CAUGHT_BY = {
    "duplicate_order_on_retry": "ERP-007",
    "lost_order_at_page_boundary": "ERP-006",
    "timezone_in_changed_since": "ERP-006",
    "stale_stock": "ERP-003",
    "stock_ignores_open_orders": "ERP-003",
    "zero_stock_not_sent": "ERP-004",
    "price_without_tax_state": "ERP-001",
    "tier_prices_pile_up": "ERP-002",
    "visibilities_without_id": "ERP-001",
    "product_twice": "ERP-001",
    "custom_fields_as_text": "ERP-013",
    "custom_fields_replace_all": "ERP-013",
    "silent_partial_batch": "ERP-005",
    "last_batch_forgotten": "ERP-016",
    "order_without_shipping_costs": "ERP-007",
    "tracking_lost": "ERP-008",
    "partial_delivery_as_whole": "ERP-008",
    "cancellation_forgotten": "ERP-009",
    "refund_always_whole": "ERP-010",
    "pictures_pile_up": "ERP-014",
    "media_with_empty_body": "ERP-014",
    "document_without_deep_link": "ERP-011",
    "addresses_pile_up": "ERP-012",
    "customers_one_way": "ERP-012",
    "gives_up_at_once": "ERP-007",
}
# the quick ones stand for all where nobody asks for the whole sweep
ALWAYS = {"price_without_tax_state", "customers_one_way"}
SWEEP = os.environ.get("UPDATEGATE_ERP_SWEEP") == "1"


def test_every_mutant_has_a_process() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "updategate.embedded.connector", "--list-mutants"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    # one that is never idle is no failure of the shop: it is told apart in test_counterparts.py
    assert set(done.stdout.split()) == {*CAUGHT_BY, "never_idle"}


@pytest.mark.parametrize("mutant", CAUGHT_BY)
def test_mutant_is_caught(mutant: str, variables: dict[str, str], tmp_path: Path) -> None:
    if not SWEEP and mutant not in ALWAYS:
        pytest.skip("the whole sweep takes minutes: set UPDATEGATE_ERP_SWEEP=1")
    process = CAUGHT_BY[mutant]
    connector = f"connector: {{embedded: true, through: fault_proxy, mutants: [{mutant}]}}\n"
    outcome = carry_out(tmp_path, ENVIRONMENT + ERP + connector, variables, process)
    assert outcome.status == {process: "failed"}, outcome.message
    assert outcome.code == 1
