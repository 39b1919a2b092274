"""The seven breaks of real connectors: recorded before, each is found by the replay after the update.

Where the reference shop plays both versions it is asked; the others are played by a stand-in shop, which answers as
the versions named in the cases do.
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
from tests.erp.processes import start
from tests.erp.serving import serving
from updategate.cli.contract import contract
from updategate.config.environment import Environment
from updategate.operations.contract import Reads, read_tape, record, replay

Answer = tuple[int, dict[str, str], Any]
Version = Callable[[str, str, Any, dict[str, str]], Answer]
JSON = {"Content-Type": "application/json"}
ID = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"

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
                status, headers, body = 200, JSON, {"access_token": "x" * 20, "expires_in": 600, "token_type": "Bearer"}
            else:
                sent = json.loads(text) if text else None
                status, headers, body = version(self.command, self.path, sent, dict(self.headers.items()))
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


def refused(status: int, code: str, detail: str = "no") -> Answer:
    return status, JSON, {"errors": [{"status": str(status), "code": code, "detail": detail}]}


def found(entity: dict[str, Any]) -> Answer:
    return 200, JSON, {"total": 1, "data": [{"id": ID, **entity}]}


def media_66(method: str, path: str, sent: Any, headers: dict[str, str]) -> Answer:
    if method == "GET":
        return 200, JSON, {}
    detail = "Invalid payload. Should be associative array"
    return (200, JSON, {"data": {"id": ID}}) if isinstance(sent, dict) and sent else refused(400, "0", detail)


# as kivitendo knew 6.5.8.4; 6.5.8.14 refuses an empty body and an empty list as 6.6 does, with 400
def media_65(method: str, path: str, sent: Any, headers: dict[str, str]) -> Answer:
    return 200, JSON, {"data": {"id": ID}}


def product_media(media: Any) -> Version:
    return lambda method, path, sent, headers: found({"mediaId": ID, "position": 0, "media": media})


def login_65(method: str, path: str, sent: Any, headers: dict[str, str]) -> Answer:
    return 200, {**JSON, "sw-context-token": "t" * 32}, {"contextToken": "t" * 32, "redirectUrl": None}


def login_66(method: str, path: str, sent: Any, headers: dict[str, str]) -> Answer:
    return 200, {**JSON, "sw-context-token": "t" * 32}, {"redirectUrl": None}


def context_echo(method: str, path: str, sent: Any, headers: dict[str, str]) -> Answer:
    return 200, {**JSON, "sw-context-token": "t" * 32}, {"token": "t" * 32, "currency": {"isoCode": "EUR"}}


def context_silent(method: str, path: str, sent: Any, headers: dict[str, str]) -> Answer:
    return 200, JSON, {"token": "t" * 32, "currency": {"isoCode": "EUR"}}


def sync_64(method: str, path: str, sent: Any, headers: dict[str, str]) -> Answer:
    given = {name.lower(): value for name, value in headers.items()}
    if given.get("fail-on-error") == "false":
        return (
            200,
            JSON,
            {"success": False, "data": {"write": {"result": [{"errors": [{"code": "C"}]}, {"errors": []}]}}},
        )
    return refused(400, "FRAMEWORK__WRITE_CONSTRAINT_VIOLATION")


def sync_65(method: str, path: str, sent: Any, headers: dict[str, str]) -> Answer:
    return refused(400, "FRAMEWORK__WRITE_CONSTRAINT_VIOLATION")


def method_66(method: str, path: str, sent: Any, headers: dict[str, str]) -> Answer:
    return 204, {"Location": f"/api/payment-method/{ID}"}, None


def method_67(method: str, path: str, sent: Any, headers: dict[str, str]) -> Answer:
    if "technicalName" in (sent or {}):
        return method_66(method, path, sent, headers)
    return refused(400, "c1051bb4-d103-4f74-8988-acbcafc7fdc3", "This value should not be blank.")


def customer(**fields: Any) -> Version:
    return lambda method, path, sent, headers: found({"email": "ada@example.com", **fields})


CASES: dict[str, tuple[tuple[str, str, Any, dict[str, str]], Version, Version, tuple[str, str]]] = {
    "kivitendo: media without body": (
        ("POST", "/api/media?_response=true", None, {}), media_65, media_66, ("status", "")),
    "OpenXE: media with an empty list": (
        ("POST", "/api/media?_response=true", [], {}), media_65, media_66, ("status", "")),
    "kivitendo: media no longer loaded with product media": (
        ("POST", "/api/search/product-media", {"ids": [ID]}, {}),
        product_media({"id": ID, "url": "https://shop/x.png"}), product_media(None), ("null_now", "data.media")),
    "shopware-pwa: contextToken no longer in the body": (
        ("POST", "/store-api/account/login", {"username": "ada@example.com", "password": "secret"}, {}),
        login_65, login_66, ("missing_field", "contextToken")),
    "Store API clients: token no longer echoed": (
        ("GET", "/store-api/context", None, {}), context_echo, context_silent, ("missing_header", "sw-context-token")),
    "Admin API clients: fail-on-error is ignored": (
        ("POST", "/api/_action/sync", [{"key": "write"}], {"fail-on-error": "false"}),
        sync_64, sync_65, ("status", "")),
    "all: customers without a default payment method": (
        ("POST", "/api/search/customer", {"ids": [ID]}, {}),
        customer(defaultPaymentMethodId=ID), customer(), ("missing_field", "data.defaultPaymentMethodId")),
    "SwagMigrationAssistant: default payment method can be null": (
        ("POST", "/api/search/customer", {"ids": [ID]}, {}),
        customer(defaultPaymentMethodId=ID), customer(defaultPaymentMethodId=None),
        ("null_now", "data.defaultPaymentMethodId")),
    "all: payment methods need a technical name": (
        ("POST", "/api/payment-method", {"name": "Invoice"}, {}), method_66, method_67, ("status", "")),
    "all: documents without fileType": (
        ("POST", "/api/search/document", {"ids": [ID]}, {}),
        customer(fileType="pdf", config={"documentNumber": "1000"}), customer(config={"documentNumber": "1000"}),
        ("missing_field", "data.fileType")),
}  # fmt: skip


def taped(url: str, file: Path, *requests_: tuple[str, str, Any, dict[str, str]]) -> Environment:
    """Record requests of a connector through the proxy."""
    environment = environment_at(url)

    def connector(proxy: str) -> None:
        for method, path, body, headers in requests_:
            content = None if body is None else json.dumps(body)
            sent = {"Authorization": "Bearer very-secret-token", "sw-access-key": "SWSCCONTRACT", **JSON, **headers}
            requests.request(method, proxy + path, data=content, headers=sent, timeout=20)

    done = record(environment, file, ready=connector, until_interrupted=lambda: None)
    assert done.exchanges == len(requests_)
    return environment


@pytest.mark.parametrize("name", CASES)
def test_break_of_a_real_connector_is_found(name: str, tmp_path: Path) -> None:
    request, before, after, expected = CASES[name]
    tape = tmp_path / "tape.jsonl"
    with shop_of(before) as url:
        taped(url, tape, request)
        unchanged = replay(environment_at(url), read_tape(tape))
    with shop_of(after) as url:
        changed = replay(environment_at(url), read_tape(tape))
    assert unchanged.changes == []
    assert unchanged.replayed == 1
    assert [(change.kind, change.where) for change in changed.changes] == [expected]


def test_recording_holds_no_secret(tmp_path: Path) -> None:
    tape = tmp_path / "tape.jsonl"
    login = CASES["shopware-pwa: contextToken no longer in the body"][0]
    with shop_of(login_65) as url:
        taped(url, tape, login, ("POST", "/api/search/x", {"client_secret": "abcdef"}, {}))
    text = tape.read_text(encoding="utf-8")
    for secret in ("very-secret-token", "SWSCCONTRACT", 'secret\\"}', "abcdef", "t" * 32):
        assert secret not in text
    assert "ada@example.com" in text


def test_only_what_the_connector_reads_counts(tmp_path: Path) -> None:
    tape = tmp_path / "tape.jsonl"
    request = ("POST", "/api/search/customer", {"ids": [ID]}, {})
    with shop_of(customer(title="Dr.", defaultPaymentMethodId=ID)) as url:
        taped(url, tape, request)
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
        taped(url, tape, ("POST", "/api/tag?_response=true", {"name": "x"}, {}))
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
    with shop_of(media_65) as url:
        done = replay(environment_at(url), read_tape(tape))
    assert (done.replayed, done.skipped) == (0, {"disturbed when it was recorded": 1})


def test_writing_needs_a_permit(tmp_path: Path) -> None:
    tape = tmp_path / "tape.jsonl"
    with shop_of(media_65) as url:
        environment = taped(url, tape, ("POST", "/api/media?_response=true", {}, {}))
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
