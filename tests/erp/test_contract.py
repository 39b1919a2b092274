"""The seven breaks of real connectors: recorded before, each is found by the replay after the update.

The reference shop plays the versions. What the replay does with odd recordings is asked of a stand-in shop.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from tests.erp.conftest import shop_variables
from tests.erp.processes import Embedded, start
from tests.erp.serving import serving
from updategate.cli.contract import contract
from updategate.clients.connection import admin_api
from updategate.config.environment import Environment
from updategate.operations.contract import Reads, read_tape, record, replay
from updategate.operations.contract.schema import hints_between, schema_of

Answer = tuple[int, dict[str, str], Any]
Version = Callable[[str, str, Any, dict[str, str]], Answer]
JSON = {"Content-Type": "application/json"}
ID = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
DAYS = {"name": "Contract days", "min": 1, "max": 2, "unit": "day"}
Request = tuple[str, str, Any, dict[str, str]]

ENVIRONMENT = """
name: contract
url: ${TEST_SHOP_URL}
sales_channel: {access_key: "${TEST_ACCESS_KEY}"}
admin: {client_id: "${TEST_CLIENT_ID}", client_secret: "${TEST_CLIENT_SECRET}"}
permits: {carts: true, customers: true, admin_write: true}
connector: {adapter: described, customer_password: "${TEST_CUSTOMER_PASSWORD}", idle: {quiet_seconds: 1}}
"""


def environment_at(url: str) -> Environment:
    secret = {"client_id": "SWIACONTRACT", "client_secret": "contract-secret-key"}
    permits = {"carts": True, "admin_write": True}
    connector = {"adapter": "described", "customer_password": "another-secret", "idle": {"quiet_seconds": 1}}
    data = {"name": "contract", "url": url, "sales_channel": {"access_key": "SWSCCONTRACT"}, "admin": secret}
    return Environment.model_validate({**data, "permits": permits, "connector": connector})


@contextmanager
def shop_of(version: Version) -> Iterator[str]:
    """A shop that answers sign-ins by itself and everything else as a version does."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path == "/api/oauth/token":
                answer: Answer = 200, JSON, {"access_token": "x" * 20, "expires_in": 600, "token_type": "Bearer"}
            else:
                sent = json.loads(text) if text else None
                answer = version(self.command, self.path, sent, dict(self.headers.items()))
            status, headers, body = answer
            content = b"" if body is None else json.dumps(body).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_DELETE = _serve

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with serving(Handler) as url:
        yield url


def found(entity: dict[str, Any]) -> Answer:
    return 200, JSON, {"total": 1, "data": [{"id": ID, **entity}]}


def takes_anything(method: str, path: str, sent: Any, headers: dict[str, str]) -> Answer:
    return 200, JSON, {"data": {"id": ID}}


def login_65(method: str, path: str, sent: Any, headers: dict[str, str]) -> Answer:
    return 200, {**JSON, "sw-context-token": "t" * 32}, {"contextToken": "t" * 32, "redirectUrl": None}


def customer(**fields: Any) -> Version:
    return lambda method, path, sent, headers: found({"email": "ada@example.com", **fields})


LOGIN: Request = (
    "POST", "/store-api/account/login", {"username": "ada@updategate.example", "password": "Contract-pass-1"}, {},
)  # fmt: skip

# 6.5.8.4 and 6.4 as clients knew them; what is; what is to come
BEFORE = ("--shopware-version", "6.5.8.14", "--as-in", "6.5.8.4", "--as-in", "6.4")
TODAY = ("--shopware-version", "6.6.7.1")
LATER = ("--shopware-version", "6.6.7.1", "--as-in", "6.7.13")
SYNCED = [{"key": "write", "entity": "tax", "action": "upsert", "payload": [{"taxRate": 5}]}]
UNNAMED = {"name": "Invoice of the contract"}

#: request, what the client reads of the answer, the versions, and what the replay has to say
CASES: dict[str, tuple[Request, str, tuple[str, ...], tuple[str, ...], tuple[str, str, str]]] = {
    "kivitendo: media without body": (
        ("POST", "/api/media?_response=true", None, {}), "data.id", BEFORE, TODAY, ("status", "", "400 0")),
    "OpenXE: media with an empty list": (
        ("POST", "/api/media?_response=true", [], {}), "data.id", BEFORE, TODAY, ("status", "", "400 0")),
    "kivitendo: media no longer loaded with product media": (
        ("POST", "/api/search/product-media", {"limit": 5}, {}), "data.media.url", TODAY, LATER,
        ("null_now", "data.media", "null")),
    "shopware-pwa: contextToken no longer in the body": (
        LOGIN, "contextToken", BEFORE, TODAY, ("missing_field", "contextToken", "absent")),
    "Store API clients: token no longer echoed": (
        ("GET", "/store-api/context", None, {}), "header:sw-context-token", TODAY, LATER,
        ("missing_header", "sw-context-token", "absent")),
    "Admin API clients: fail-on-error is ignored": (
        ("POST", "/api/_action/sync", SYNCED, {"fail-on-error": "false"}), "success", BEFORE, TODAY,
        ("status", "", "400 c1051bb4-d103-4f74-8988-acbcafc7fdc3")),
    "all: customers without a default payment method": (
        ("POST", "/api/search/customer", {"limit": 5}, {}), "data.defaultPaymentMethodId", TODAY, LATER,
        ("missing_field", "data.defaultPaymentMethodId", "absent")),
    "all: payment methods need a technical name": (
        ("POST", "/api/payment-method?_response=true", UNNAMED, {}), "data.id", TODAY, LATER,
        ("status", "", "400 c1051bb4-d103-4f74-8988-acbcafc7fdc3")),
    "all: shipping methods need a technical name": (
        ("POST", "/api/shipping-method?_response=true", {**UNNAMED, "deliveryTime": DAYS}, {}), "data.id",
        TODAY, LATER, ("status", "", "400 c1051bb4-d103-4f74-8988-acbcafc7fdc3")),
    "all: documents without fileType": (
        ("POST", "/api/search/document", {"limit": 5}, {}), "data.fileType", TODAY, LATER,
        ("missing_field", "data.fileType", "absent")),
}  # fmt: skip


def taped(environment: Environment, file: Path, *requests_: Request) -> Environment:
    """Record requests of a connector through the proxy."""

    def connector(proxy: str) -> None:
        for method, path, body, headers in requests_:
            content = None if body is None else json.dumps(body)
            sent = {"Authorization": "Bearer very-secret-token", "sw-access-key": "SWSCCONTRACT", **JSON, **headers}
            requests.request(method, proxy + path, data=content, headers=sent, timeout=20)

    done = record(environment, file, ready=connector, until_interrupted=lambda: None)
    assert done.exchanges == len(requests_)
    return environment


def environment_of(shop: Embedded) -> Environment:
    facts = shop.facts
    data = {
        "name": "contract",
        "url": facts["url"],
        "sales_channel": {"access_key": facts["access_key"]},
        "admin": {"client_id": facts["client_id"], "client_secret": facts["client_secret"]},
        "permits": {"carts": True, "admin_write": True},
        "connector": {"adapter": "described", "customer_password": "Contract-pass-1", "idle": {"quiet_seconds": 1}},
    }
    return Environment.model_validate(data)


@pytest.fixture(scope="module")
def shop_as() -> Iterator[Callable[[tuple[str, ...]], Embedded]]:
    """Reference shops with these options, each started once, with the customer and the document of the cases."""
    shops: dict[tuple[str, ...], Embedded] = {}

    def started(options: tuple[str, ...]) -> Embedded:
        if options not in shops:
            shops[options] = start("refshop", "--with-parent", *options, seconds=60)
            facts = shops[options].facts
            registered(facts["url"], facts["access_key"])
            documented(shops[options])
        return shops[options]

    yield started
    for shop in shops.values():
        shop.stop()


def documented(shop: Embedded) -> None:
    """An order of the customer, and its invoice."""
    url, store = shop.facts["url"], {"sw-access-key": shop.facts["access_key"], **JSON}
    login = {"username": "ada@updategate.example", "password": "Contract-pass-1"}
    signed_in = requests.post(f"{url}/store-api/account/login", json=login, headers=store, timeout=20)
    store["sw-context-token"] = signed_in.headers["sw-context-token"]
    wanted = {"limit": 1, "filter": [{"type": "equals", "field": "available", "value": True}]}
    found = requests.post(f"{url}/store-api/product", json=wanted, headers=store, timeout=20).json()["elements"]
    line = {"type": "product", "referencedId": found[0]["id"], "quantity": 1}
    requests.post(f"{url}/store-api/checkout/cart/line-item", json={"items": [line]}, headers=store, timeout=20)
    order = requests.post(f"{url}/store-api/checkout/order", json={}, headers=store, timeout=20)
    assert order.status_code == 200, order.text
    made = requests.post(
        f"{url}/api/_action/order/document/invoice/create",
        json=[{"orderId": order.json()["id"], "config": {}}],
        headers=signed_in_as_admin(shop),
        timeout=20,
    )
    assert made.json()["data"], made.text


def signed_in_as_admin(shop: Embedded) -> dict[str, str]:
    key = {name: shop.facts[name] for name in ("client_id", "client_secret")}
    answer = requests.post(
        f"{shop.facts['url']}/api/oauth/token", json={"grant_type": "client_credentials", **key}, timeout=20
    )
    return {"Authorization": f"Bearer {answer.json()['access_token']}", "Accept": "application/json"}


@pytest.mark.parametrize("name", CASES)
def test_break_of_a_real_connector_is_found(
    name: str, tmp_path: Path, shop_as: Callable[[tuple[str, ...]], Embedded]
) -> None:
    (method, path, body, headers), read, before, after, expected = CASES[name]
    tape, reads, shop = tmp_path / "tape.jsonl", Reads(endpoints={"*": (read,)}), shop_as(before)
    own = {**signed_in_as_admin(shop), "sw-access-key": shop.facts["access_key"], **headers}
    # a token that is new is told by every version: the client has one before it asks for the context
    first = [(*LOGIN[:3], own)] if path == "/store-api/context" else []
    taped(environment_of(shop), tape, *first, (method, path, body, own))
    unchanged = replay(environment_of(shop), read_tape(tape), reads=reads)
    changed = replay(environment_of(shop_as(after)), read_tape(tape), reads=reads)
    assert (unchanged.changes, unchanged.replayed, unchanged.left) == ([], 1 + len(first), [])
    assert [(change.kind, change.where, change.now) for change in changed.changes] == [expected]


def test_schemas_hint_at_what_a_version_removed_and_requires(
    shop_as: Callable[[tuple[str, ...]], Embedded],
) -> None:
    before, after = (admin_api(environment_of(shop_as(options))) for options in (TODAY, LATER))
    assert before is not None
    assert after is not None
    touched = {"customer", "document", "payment_method", "product_media"}
    assert [str(hint) for hint in hints_between(schema_of(before), schema_of(after), touched)] == [
        "customer.defaultPaymentMethodId is no longer described",
        "document.fileType is no longer described",
        "payment_method.technicalName is required now",
    ]


def test_recording_holds_no_secret(tmp_path: Path) -> None:
    tape = tmp_path / "tape.jsonl"
    with shop_of(login_65) as url:
        taped(environment_at(url), tape, LOGIN, ("POST", "/api/search/x", {"client_secret": "abcdef"}, {}))
    text = tape.read_text(encoding="utf-8")
    for secret in ("very-secret-token", "SWSCCONTRACT", "Contract-pass-1", "abcdef", "t" * 32):
        assert secret not in text
    assert "ada@updategate.example" in text


def test_only_what_the_connector_reads_counts(tmp_path: Path) -> None:
    tape = tmp_path / "tape.jsonl"
    request: Request = ("POST", "/api/search/customer", {"ids": [ID]}, {})
    with shop_of(customer(title="Dr.", defaultPaymentMethodId=ID)) as url:
        taped(environment_at(url), tape, request)
    reads = Reads(endpoints={"POST /api/search/*": ("data.email", "data.title")})
    with shop_of(customer(title="Dr.")) as url:
        assert replay(environment_at(url), read_tape(tape), reads=reads).changes == []
    with shop_of(customer(defaultPaymentMethodId=ID)) as url:
        found_changes = replay(environment_at(url), read_tape(tape), reads=reads).changes
    assert [(change.kind, change.where) for change in found_changes] == [("missing_field", "data.title")]


def test_changed_default_is_told(tmp_path: Path) -> None:
    def created(active: bool) -> Version:
        return lambda method, path, sent, headers: (200, JSON, {"data": {"id": ID, "active": active, "name": "x"}})

    tape = tmp_path / "tape.jsonl"
    with shop_of(created(active=True)) as url:
        taped(environment_at(url), tape, ("POST", "/api/tag?_response=true", {"name": "x"}, {}))
    with shop_of(created(active=False)) as url:
        changes = replay(environment_at(url), read_tape(tape)).changes
    assert [(change.kind, change.where, change.then, change.now) for change in changes] == [
        ("default", "active", "True", "False")
    ]


def test_what_a_disturbance_answered_is_not_replayed(tmp_path: Path) -> None:
    tape = tmp_path / "tape.jsonl"
    line = {"seq": 1, "method": "GET", "path": "/api/_info/version", "request_headers": {}, "status": 503,
            "response_headers": {}, "fault": "maintenance"}  # fmt: skip
    tape.write_text(json.dumps(line) + "\n", encoding="utf-8")
    with shop_of(takes_anything) as url:
        done = replay(environment_at(url), read_tape(tape))
    assert (done.replayed, done.skipped) == (0, {"disturbed when it was recorded": 1})


def test_writing_needs_a_permit(tmp_path: Path) -> None:
    tape = tmp_path / "tape.jsonl"
    with shop_of(takes_anything) as url:
        environment = taped(environment_at(url), tape, ("POST", "/api/media?_response=true", {}, {}))
        forbidden = environment.model_copy(update={"permits": type(environment.permits)()})
        done = replay(forbidden, read_tape(tape))
    assert done.replayed == 0
    assert done.skipped == {"it writes, and the environment does not permit admin_write": 1}


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "Nothing was recorded"), ('{"seq": 1, "meth', "Line 1 is no exchange; was the recording cut off?")],
)
def test_recording_that_is_none(text: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from updategate.cli import execute

    tape, file = tmp_path / "tape.jsonl", tmp_path / "environment.yaml"
    tape.write_text(text, encoding="utf-8")
    file.write_text('name: x\nurl: http://127.0.0.1:9\nsales_channel: {access_key: "${TEST_ACCESS_KEY}"}\n')
    monkeypatch.setenv("TEST_ACCESS_KEY", "SWSCCONTRACT")
    assert int(execute(["contract", "replay", str(file), str(tape)])) == 2


CLIENT = """
import os, requests
url = os.environ["UPDATEGATE_PROXY_URL"]
store = {"sw-access-key": os.environ["TEST_ACCESS_KEY"]}
login = {"username": "ada@updategate.example", "password": "Contract-pass-1"}
requests.post(url + "/store-api/account/login", json=login, headers=store).raise_for_status()
requests.get(url + "/store-api/context", headers=store).raise_for_status()
key = {"grant_type": "client_credentials", "client_id": os.environ["TEST_CLIENT_ID"]}
token = requests.post(url + "/api/oauth/token", json={**key, "client_secret": os.environ["TEST_CLIENT_SECRET"]})
admin = {"Authorization": "Bearer " + token.json()["access_token"], "Accept": "application/json"}
named = {"filter": [{"type": "equals", "field": "email", "value": "ada@updategate.example"}]}
requests.post(url + "/api/search/customer", json=named, headers=admin).raise_for_status()
"""
# what is known of the versions, and what the update that is played has broken beside it
PLAYED = {
    ("POST /store-api/account/login", "missing_field", "contextToken"),
    ("GET /store-api/context", "missing_header", "sw-context-token"),
    ("POST /api/search/customer", "null_now", "data.defaultPaymentMethodId"),
}
READS = """
endpoints:
  "POST /store-api/account/login": [contextToken]
  "GET /store-api/context": ["header:sw-context-token"]
  "POST /api/search/customer": [data.email, data.defaultPaymentMethodId]
"""
BROKEN = ("--mutant", "token-not-echoed", "--mutant", "payment-method-null")


def registered(url: str, access_key: str) -> None:
    headers = {"sw-access-key": access_key, **JSON}
    country = requests.post(f"{url}/store-api/country", json={}, headers=headers, timeout=20).json()["elements"][0][
        "id"
    ]
    address = {"street": "Prüfweg 1", "zipcode": "10115", "city": "Berlin", "countryId": country}
    person = {
        "firstName": "Ada",
        "lastName": "Lovelace",
        "email": "ada@updategate.example",
        "password": "Contract-pass-1",
    }
    body = {**person, "storefrontUrl": url, "billingAddress": address, "acceptedDataProtection": True}
    answer = requests.post(f"{url}/store-api/account/register", json=body, headers=headers, timeout=20)
    assert answer.status_code == 200, answer.text


def test_verbs_between_two_versions_of_the_reference_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Recorded on 6.5 and replayed on an update to 6.6 with the breaks that the reference shop plays."""
    file, tape, reads = tmp_path / "environment.yaml", tmp_path / "tape.jsonl", tmp_path / "reads.yaml"
    file.write_text(ENVIRONMENT, encoding="utf-8")
    reads.write_text(READS, encoding="utf-8")
    monkeypatch.setenv("TEST_CUSTOMER_PASSWORD", "Contract-pass-1")
    for version, verb in (("6.5.8.14", "record"), ("6.6.7.1", "replay")):
        shop = start("refshop", "--shopware-version", version, *(BROKEN if verb == "replay" else ()), seconds=60)
        try:
            for name, value in shop_variables(shop).items():
                monkeypatch.setenv(name, value)
            registered(shop.facts["url"], shop.facts["access_key"])
            rest = [sys.executable, "-c", CLIENT] if verb == "record" else ["--reads", str(reads), "--json"]
            done = CliRunner().invoke(contract, [verb, str(file), str(tape), *rest], standalone_mode=False)
            assert done.exception is None, done.output
        finally:
            shop.stop()
    report = json.loads(done.stdout)
    assert {(change["endpoint"], change["kind"], change["where"]) for change in report["changes"]} == PLAYED
    assert (report["replayed"], report["exit_code"], int(done.return_value)) == (3, 1, 1)
    assert "Contract-pass-1" not in tape.read_text(encoding="utf-8")
