"""Shopware Commercial: carried out where it is installed, told where it never was, failed where it was lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.refshop.conformance.harness import running_shop
from updategate.actors.commercial import FEATURES, Commercial, ContractBrokenError
from updategate.actors.identity import Identity
from updategate.actors.recorder import MemoryJournal, SilentRecorder
from updategate.actors.shop_access import ShopAccess
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.workbench import Workbench
from updategate.cli import execute
from updategate.clients.errors import ApiError
from updategate.clients.json_text import write_json
from updategate.clients.transport import Answer, Call
from updategate.config.exit_codes import ExitCode
from updategate.evidence.reader import read_evidence

PROCESSES = ["B2B-004", "B2B-021", "B2B-022", "B2B-027", "B2B-023", "B2B-024", "B2B-025", "B2B-026"]


@contextmanager
def serving(*options: str) -> Iterator[dict[str, Any]]:
    with running_shop(*options) as shop:
        yield shop.facts


def run(folder: Path, phase: str, served: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> ExitCode:
    monkeypatch.setenv("COMMERCIAL_KEY", served["access_key"])
    monkeypatch.setenv("COMMERCIAL_SECRET", served["client_secret"])
    environment = {
        "name": "commercial",
        "url": served["url"],
        "sales_channel": {"access_key": "${COMMERCIAL_KEY}"},
        "admin": {"client_id": served["client_id"], "client_secret": "${COMMERCIAL_SECRET}"},
        "permits": {"carts": True, "customers": True, "orders": True, "admin_write": True},
        "sinks": {"mail": "none", "payment": "nobody is charged", "erp": "none"},
    }
    (folder / f"{phase}.yaml").write_text(yaml.safe_dump(environment))
    policy = {"policy": "commercial", "scopes": {"commercial": {"processes": PROCESSES}}}
    (folder / "policy.yaml").write_text(yaml.safe_dump(policy))
    return execute(
        ["run", str(folder / f"{phase}.yaml"), "--scope", "commercial", "--policy", str(folder / "policy.yaml"),
         "--phase", phase, "-n", "0", "--run-folder", str(folder / phase)]
    )  # fmt: skip


def statuses(folder: Path) -> dict[str, str]:
    return {process: found[-1].status for process, found in read_evidence(folder).processes.items()}


def test_quotes_and_agreed_prices_are_tested_where_they_are_and_fail_where_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving("--plugin", "SwagCommercial=6.8.0", "--plugin", "SwagDynamicAccess=2.1.0") as served:
        assert run(tmp_path, "before", served, monkeypatch) is ExitCode.PASS
    installed = dict.fromkeys(PROCESSES[:4], "passed")
    assert statuses(tmp_path / "before") == installed | dict.fromkeys(PROCESSES[4:], "not_applicable")

    with serving() as served:
        run(tmp_path, "after", served, monkeypatch)
    code = execute(
        ["gate", "--before", str(tmp_path / "before"), "--after", str(tmp_path / "after"),
         "--policy", str(tmp_path / "policy.yaml")]
    )  # fmt: skip
    assert code is ExitCode.FAIL
    verdict = json.loads((tmp_path / "after" / "verdict.json").read_text())
    gone = {reason["process"] for reason in verdict["reasons"] if reason["code"] in ("capability_gone", "allowance")}
    assert gone & {"B2B-021", "B2B-022"}
    assert "B2B-027" in gone
    # what never was there is told, and decides nothing
    assert any(gap["what"].startswith("B2B-024") for gap in verdict["not_tested"])
    assert not {"B2B-023", "B2B-024", "B2B-025", "B2B-026"} & {reason["process"] for reason in verdict["reasons"]}


class Answering:
    """A shop that gives one answer."""

    base_url = "http://shop.example"

    def __init__(self, status: int, body: Any) -> None:
        self._answer = status, body
        self.asked: list[str] = []

    def send(self, call: Call) -> Answer:
        self.asked.append(str(call))
        status, body = self._answer
        return Answer(str(call), status, {"sw-context-token": "t"}, write_json(body).encode(), 0.0)


def people(shop: Answering) -> tuple[Commercial, Shopper]:
    access = ShopAccess(transport=shop, access_key="k", storefront_url="u", known_currency="EUR")
    identity = Identity("seed", "B2B-023")
    bench = Workbench(access, identity, MemoryJournal())
    return Commercial(access, SilentRecorder(), bench), Shopper(access, identity, SilentRecorder(), bench)


EMPLOYEE = {"id": "1", "email": "a@example.com", "firstName": "A", "lastName": "B", "languageId": "l"}


@pytest.mark.parametrize("feature", FEATURES)
def test_who_is_not_logged_in_must_be_refused(feature: str) -> None:
    commercial, stranger = people(Answering(403, {"errors": [{"code": "CHECKOUT__CUSTOMER_NOT_LOGGED_IN"}]}))
    assert commercial.is_closed_to_strangers(stranger, feature)
    commercial, stranger = people(Answering(200, {"elements": []}))
    assert not commercial.is_closed_to_strangers(stranger, feature)


def test_entries_must_have_what_the_schema_promises() -> None:
    commercial, buyer = people(Answering(200, {"elements": [EMPLOYEE]}))
    assert commercial.sees(buyer, "employees") == 1
    lacking = {name: value for name, value in EMPLOYEE.items() if name != "email"}
    commercial, buyer = people(Answering(200, {"elements": [EMPLOYEE, lacking]}))
    with pytest.raises(ContractBrokenError, match="employees lacks email"):
        commercial.sees(buyer, "employees")


def test_a_customer_who_is_not_entitled_is_no_failure_but_a_broken_route_is() -> None:
    commercial, buyer = people(Answering(403, {"errors": [{"code": "B2B__EMPLOYEE_MISSING_PERMISSION"}]}))
    assert commercial.sees(buyer, "employees") is None
    commercial, buyer = people(Answering(500, {"errors": [{"code": "0"}]}))
    with pytest.raises(ApiError):
        commercial.sees(buyer, "employees")
    commercial, buyer = people(Answering(200, {"oops": 1}))
    with pytest.raises(ContractBrokenError, match="no list"):
        commercial.sees(buyer, "employees")


@pytest.mark.parametrize("lacking", ["stateId", "lineItems"])
def test_a_quote_must_be_one(lacking: str) -> None:
    price = {"netPrice": 1, "totalPrice": 1, "positionPrice": 1, "taxStatus": "net", "calculatedTaxes": []}
    quote: dict[str, Any] = dict.fromkeys(("id", "currencyId", "customerId", "languageId", "salesChannelId"), "x")
    line = dict.fromkeys(("id", "identifier", "label", "quoteId"), "x") | {"position": 1, "quantity": 1, "states": []}
    quote |= {"stateId": "s", "price": price, "lineItems": [line], "currency": {"isoCode": "EUR"}}
    commercial, buyer = people(Answering(200, quote))
    assert commercial.sees_quote(buyer, "x").figures.total.amount == 1
    commercial, buyer = people(Answering(200, {key: value for key, value in quote.items() if key != lacking}))
    with pytest.raises(ContractBrokenError):
        commercial.sees_quote(buyer, "x")
