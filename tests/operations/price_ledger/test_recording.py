"""A price ledger of a running reference shop: complete, to be repeated, and gone without a trace."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.refshop.conformance.harness import running_shop
from updategate.actors.cleaning import leftovers
from updategate.clients.admin_api import AdminApi, Criteria, Integration
from updategate.clients.store_api import StoreApi
from updategate.clients.transport import RequestsTransport
from updategate.config.environment import Environment
from updategate.config.errors import ConfigError
from updategate.config.exit_codes import ExitCode
from updategate.config.loading import build
from updategate.config.policy import LedgerRules
from updategate.evidence.records import Ledger, LedgerPlan, ListChecked, ListDeviation, Provenance
from updategate.gate import ledger as gate
from updategate.gate import price_lists as list_gate
from updategate.operations.price_ledger import crew as crew_module
from updategate.operations.price_ledger.recording import LedgerRefusedError, LedgerRun, Task, record_ledger

FROM = Provenance(environment="ref", stage="test", url="u", machine="m", tool_version="0", python="3")
Record = Callable[..., LedgerRun]


@pytest.fixture(scope="module")
def served() -> Iterator[dict[str, Any]]:
    with running_shop() as shop:
        yield shop.facts


@pytest.fixture(scope="module")
def transport(served: dict[str, Any]) -> Iterator[RequestsTransport]:
    connection = RequestsTransport(served["url"])
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def admin(served: dict[str, Any], transport: RequestsTransport) -> AdminApi:
    return AdminApi(transport, Integration(served["client_id"], served["client_secret"]))


def environment_of(served: dict[str, Any], ledger: dict[str, Any] | None = None, **more: Any) -> Environment:
    data = {
        "name": "ref",
        "url": served["url"],
        "sales_channel": {"access_key": served["access_key"]},
        "admin": {"client_id": served["client_id"], "client_secret": served["client_secret"]},
        "permits": {"carts": True, "customers": True, "admin_write": True},
        "ledger": {"cells": 70, "seconds": 600, "currencies": ["EUR", "CHF"], **(ledger or {})},
        **more,
    }
    return build({key: value for key, value in data.items() if value is not None}, Environment, "test")


@pytest.fixture
def record(served: dict[str, Any], tmp_path: Path) -> Record:
    """Record prices of the shop: ``record("before", ledger={...}, phase="before", earlier=...)``."""

    def of(name: str, ledger: dict[str, Any] | None = None, phase: Any = None, **task: Any) -> LedgerRun:
        more = {key: task.pop(key) for key in ("permits", "admin") if key in task}
        told = task.pop("tell", lambda *_: None)
        lists = task.pop("lists", None)
        return record_ledger(
            environment_of(served, ledger, **more),
            tmp_path / name,
            Task(ledger=False, price_lists=lists) if lists else Task(**task),
            run=name,
            scope="full",
            phase=phase,
            provenance=FROM,
            tell=told,
        )

    return of


def compared(after: LedgerRun, before: LedgerRun) -> gate.LedgerJudgement:
    return gate.compare([after.evidence], [before.evidence], LedgerRules())


def test_the_same_cells_are_asked_again_and_cost_the_same(record: Record, admin: AdminApi) -> None:
    known = admin.count("customer")
    before = record("before", phase="before")
    again = record("again", phase="before")
    after = record("after", phase="after", earlier=before.evidence)

    assert before.complete
    assert before.cells == 70
    (plan,) = before.evidence.of_type(LedgerPlan)
    assert plan.pairs == plan.covered or plan.products_asked > 1
    assert {"Standard customer group", "Trade customers (net)"} <= set(plan.buyers)
    assert (plan.currencies, plan.cells) == (("EUR", "CHF"), 70)
    digests = {run.evidence.of_type(LedgerPlan)[0].digest for run in (before, again, after)}
    assert len(digests) == 1
    rows = before.evidence.of_type(Ledger)
    assert {row.tax_state for row in rows if row.customer_group == "Trade customers (net)"} <= {"net", "tax-free"}
    assert all(row.taxes is not None and row.cart_total and row.in_cart for row in rows)
    judgement = compared(after, before)
    assert (judgement.differences, judgement.reasons) == ((), ())
    # nobody stays behind
    assert (admin.count("customer"), leftovers(admin), before.evidence.leftovers()) == (known, {}, [])


def test_a_cent_in_a_price_rule_is_found_and_named(record: Record, admin: AdminApi) -> None:
    before = record("before", ledger={"cells": 150, "currencies": ["EUR"], "countries": ["DE"]}, phase="before")
    asked = {(row.product, row.quantity) for row in before.evidence.of_type(Ledger) if row.rule == "Trade customers"}
    assert asked
    rows = list(admin.pages("product_price", Criteria().associate("rule", "product").sort("id")))
    row = next(
        row
        for row in rows
        if row["rule"]["name"] == "Trade customers"
        and any(row["product"]["productNumber"] == product
                and row["quantityStart"] <= quantity <= (row["quantityEnd"] or quantity)
                for product, quantity in asked)
    )  # fmt: skip
    dearer = [{**price, "net": price["net"] + Decimal("0.01")} for price in row["price"]]
    admin.patch("product_price", row["id"], {"price": dearer})
    try:
        after = record("after", phase="after", earlier=before.evidence)
    finally:
        admin.patch("product_price", row["id"], {"price": row["price"]})

    differences = compared(after, before).differences
    assert {difference.product for difference in differences} == {row["product"]["productNumber"]}
    assert {difference.rule for difference in differences} == {"Trade customers"}
    assert {difference.by for difference in differences} == {"0.01"}


def test_a_product_that_is_gone_is_a_difference(record: Record, admin: AdminApi) -> None:
    before = record("before", phase="before")
    number = before.evidence.of_type(Ledger)[0].product
    (product_id,) = admin.ids("product", Criteria().equals("productNumber", number))
    admin.patch("product", product_id, {"active": False})
    try:
        after = record("after", phase="after", earlier=before.evidence)
    finally:
        admin.patch("product", product_id, {"active": True})

    judgement = compared(after, before)
    gone = [row for row in before.evidence.of_type(Ledger) if row.product == number]
    assert len(judgement.differences) == len(gone)
    assert {difference.after for difference in judgement.differences} == {"not sold (product-not-found)"}
    assert [reason.code for reason in judgement.reasons] == ["ledger"]


def test_without_rights_guests_ask_alone(record: Record) -> None:
    run = record("guests", ledger={"cells": 20}, admin=None, permits={"carts": True})
    assert run.complete
    assert {row.customer_group for row in run.evidence.of_type(Ledger)} == {"Standard customer group"}
    assert {row.rule for row in run.evidence.of_type(Ledger)} == {None}


def customer_of(served: dict[str, Any], admin: AdminApi) -> dict[str, Any]:
    found = admin.search("customer", Criteria().equals("guest", value=False).sort("customerNumber").limit(1)).first()
    assert found is not None
    admin.patch("customer", str(found["id"]), {"password": "Of-the-ledger-1"})
    return found


def test_an_existing_customer_asks_and_a_filled_cart_is_left_alone(
    record: Record, served: dict[str, Any], admin: AdminApi, transport: RequestsTransport
) -> None:
    customer = customer_of(served, admin)
    known = {"customers": [{"email": customer["email"], "password": "Of-the-ledger-1"}]}
    session = StoreApi(transport, served["access_key"])
    session.login(str(customer["email"]), "Of-the-ledger-1")
    session.delete_cart()
    run = record("customer", ledger=known)
    own = [row for row in run.evidence.of_type(Ledger) if row.customer == customer["customerNumber"]]
    assert own
    assert run.complete
    assert session.cart().lines == ()
    assert session.context().currency == "EUR"

    (product,) = admin.search("product", Criteria().equals("productNumber", own[0].product)).data
    session.add_product(str(product["id"]), 2)
    try:
        with pytest.raises(LedgerRefusedError, match=r"cart of .* is not empty") as refused:
            record("refused", ledger=known)
        assert refused.value.code is ExitCode.USAGE
        assert [line.quantity for line in session.cart().lines] == [2]
    finally:
        session.delete_cart()


@pytest.mark.parametrize(
    ("ledger", "permits", "told"),
    [
        ({"groups": ["Trde"]}, None, "no customer group 'Trde'"),
        ({"currencies": ["XTS"]}, None, "no currency 'XTS'"),
        ({"countries": ["XX"]}, None, "no country 'XX'"),
        ({"customers": [{"email": "a@example.com", "password": "wrong-password"}]}, None, "cannot log in"),
        ({}, {}, r"permits: \{carts: true\}"),
    ],
)
def test_mistakes_in_the_settings_are_told(
    record: Record, admin: AdminApi, ledger: dict[str, Any], permits: dict[str, Any] | None, told: str
) -> None:
    more = {} if permits is None else {"permits": permits}
    with pytest.raises(LedgerRefusedError, match=told) as refused:
        record("refused", ledger=ledger, **more)
    assert refused.value.code is ExitCode.USAGE
    assert leftovers(admin) == {}


def test_ctrl_c_leaves_valid_evidence_and_no_customers(
    record: Record, admin: AdminApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = threading.Event()
    waited = crew_module.wait
    interrupted: list[bool] = []

    def wait_and_stop(futures: Any) -> Any:
        while True:
            state = waited(futures, timeout=0.02)
            if some.is_set() and not interrupted:
                interrupted.append(True)
                raise KeyboardInterrupt
            if not state.not_done:
                return state

    monkeypatch.setattr(crew_module, "wait", wait_and_stop)
    run = record("stopped", ledger={"cells": 60}, tell=lambda _, done, __: some.set() if done > 5 else None)
    assert run.interrupted
    assert not run.complete
    assert 5 < run.cells < 60
    assert [defect.code for defect in run.evidence.defects] == ["interrupted"]
    assert (leftovers(admin), run.evidence.leftovers()) == ({}, [])
    judgement = gate.compare([run.evidence], [run.evidence], LedgerRules())
    assert {reason.code for reason in judgement.reasons} == {"ledger_partial"}


def listed(folder: Path, *rows: str, **changes: Any) -> Path:
    described = {
        "price_list": "trade",
        "file": "trade.csv",
        "columns": {"product": "product", "price": "price", "quantity": "from", "customer_group": "group"},
        "fixed": {"currency": "EUR", "country": "DE"},
        "prices": "net",
        "values": {"customer_group": {"H": "Trade customers (net)", "X": "No such group"}},
        **changes,
    }
    (folder / "trade.yaml").write_text(yaml.safe_dump(described))
    (folder / "trade.csv").write_text("\n".join(["product,from,group,price", *rows]) + "\n")
    return folder / "trade.yaml"


def test_every_deviation_from_a_price_list_is_a_row(record: Record, tmp_path: Path) -> None:
    # 1 to 4 drills 139.00 gross, from 5 on 129.00: 116.81 and 108.40 net
    path = listed(tmp_path, "WS-2001,1,H,116.81", "WS-2001,4,H,116.80", "WS-2001,5,H,108.40", "WS-2001,6,H,116.81")
    run = record("list", lists=[path], phase="before")
    (checked,) = run.evidence.of_type(ListChecked)
    assert (checked.rows, checked.asked, checked.equal, checked.deviating, checked.unread) == (4, 4, 2, 2, 0)
    found = {row.row: row for row in run.evidence.of_type(ListDeviation)}
    assert {row: (one.expected.amount, one.actual.amount if one.actual else None) for row, one in found.items()} == {
        3: ("116.80", "116.81"),
        5: ("116.81", "108.40"),
    }
    assert {one.rule for one in found.values()} == {"Trade customers"}
    table = (tmp_path / "list" / "trade-deviations.csv").read_text().splitlines()
    assert sorted(table[1:]) == [
        "3,WS-2001,Trade customers (net),,4,EUR,DE,116.80,116.81,0.01,Trade customers,promotion-discount-added",
        "5,WS-2001,Trade customers (net),,6,EUR,DE,116.81,108.40,-8.41,Trade customers,promotion-discount-added",
    ]
    # before and after the update the same: not the update's doing
    judgement = list_gate.compare([run.evidence], [run.evidence], LedgerRules())
    assert {row.change for row in judgement.rows} == {"pre_existing"}
    assert [reason.weight for reason in judgement.reasons] == ["note"]
    alone = list_gate.compare([run.evidence], [], LedgerRules())
    assert ({row.change for row in alone.rows}, [reason.weight for reason in alone.reasons]) == ({"failed"}, ["fail"])


def test_what_the_shop_does_not_know_is_a_mistake_before_an_update_and_a_deviation_after(
    record: Record, tmp_path: Path
) -> None:
    path = listed(tmp_path, "WS-2001,1,H,116.81", "WS-9999,1,H,1.00", "WS-2001,1,X,1.00")
    with pytest.raises(ConfigError) as refused:
        record("unknown", lists=[path], phase="before")
    told = str(refused.value)
    assert "trade.csv: row 3, column product\n  The sales channel sells no product 'WS-9999'." in told
    assert "trade.csv: row 4, column group\n  The shop has no customer group 'No such group'." in told

    run = record("gone", lists=[path], phase="after")
    (checked,) = run.evidence.of_type(ListChecked)
    assert (checked.asked, checked.equal, checked.deviating) == (3, 1, 2)
    assert {row.messages for row in run.evidence.of_type(ListDeviation)} == {
        ("product-not-found",),
        ("the shop has no customer group No such group",),
    }


def test_a_list_of_gross_prices_says_nothing_about_a_net_group(record: Record, tmp_path: Path) -> None:
    path = listed(tmp_path, "WS-2001,1,H,139.00", prices="gross")
    run = record("gross", lists=[path])
    (checked,) = run.evidence.of_type(ListChecked)
    assert (checked.equal, checked.unread) == (0, 1)
    assert not run.complete
    judgement = list_gate.compare([run.evidence], [], LedgerRules())
    assert [reason.code for reason in judgement.reasons] == ["price_list_unread"]
