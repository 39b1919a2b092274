"""The adapter of OData v4, against a small server that reads filters, keys and pages as the standard says."""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tests.erp.serving import serving
from updategate.clients.erp import (
    Address,
    Article,
    Erp,
    ErpRefusedError,
    ErpSignInError,
    ErpUnreachableError,
    OrderLine,
    StockLevel,
    TierPrice,
)
from updategate.clients.erp.odata import OData
from updategate.clients.erp.odata_http import literal
from updategate.config.erp import ErpSettings
from updategate.domain.money import eur

MAPPING = """
service: /v2.0/company
tables:
  articles:
    at: items
    key: id
    fields: {number: number, name: displayName, net: unitPrice}
    constants: {type: Inventory}
  prices:
    at: salesPrices
    key: id
    fields: {price_list: code, number: itemNo, from_quantity: minimumQuantity, net: unitPrice}
  stock: {at: journalLines, fields: {number: itemNo, pieces: quantity}}
  stock_levels: {at: items, key: id, fields: {number: number, pieces: inventory, promised: reserved}}
  cancellations: {at: cancellations, fields: {order: orderId}}
  customers:
    at: customers
    key: id
    fields:
      {number: number, name: displayName, email: email, street: addressLine1, zipcode: postalCode, city: city,
       country: country}
  orders:
    at: salesOrders
    key: id
    fields: {key: id, reference: externalDocumentNumber, state: status, net: totalNet, tax: totalTax, total: totalGross}
    states: {Canceled: cancelled, Shipped: shipped}
    lines: {at: salesOrderLines, fields: {article: lineObjectNumber, quantity: quantity, net: unitPrice}}
"""


class Service:
    """Entity sets in memory; pages of two."""

    def __init__(self) -> None:
        self.sets: dict[str, list[dict[str, Any]]] = {}
        self.url = ""
        self.requests: list[str] = []

    def answer(self, method: str, target: str, headers: dict[str, str], body: Any) -> tuple[int, Any]:
        self.requests.append(f"{method} {unquote(target)}")
        if headers.get("Authorization") != "Basic " + base64.b64encode(b"clerk:correct").decode():
            return 401, {"error": {"code": "401", "message": "no"}}
        parts = urlsplit(target)
        path = unquote(parts.path).removeprefix("/v2.0/company/")
        if path == "":
            return 200, {"value": []}
        found = re.fullmatch(r"(\w+)(?:\((.+)\))?", path)
        if not found:
            return 404, {"error": {"code": "NotFound", "message": path}}
        name, key = found[1], found[2]
        rows = self.sets.setdefault(name, [])
        if method == "POST":
            row = {"id": str(uuid.uuid4()), **body}
            if name == "items" and any(entry["number"] == row["number"] for entry in rows):
                return 400, {"error": {"code": "EntityWithSameKeyExists", "message": "the number is taken"}}
            rows.append(row)
            if name == "journalLines":
                next(r for r in self.sets["items"] if r["number"] == body["itemNo"])["inventory"] = body["quantity"]
            return 201, row
        if key is not None:
            row = next((entry for entry in rows if entry["id"] == key), None)
            if row is None or headers.get("If-Match") != "*":
                return (404 if row is None else 428), {
                    "error": {"code": "x", "message": "no such entity, or no If-Match"}
                }
            rows.remove(row) if method == "DELETE" else row.update(body)
            return (204, None) if method == "DELETE" else (200, row)
        return self._page(rows, parse_qs(parts.query), target)

    def _page(self, rows: list[dict[str, Any]], query: dict[str, list[str]], target: str) -> tuple[int, Any]:
        for clause in query.get("$filter", [""])[0].split(" and "):
            if begins := re.fullmatch(r"startswith\((\w+),'([^']*)'\)", clause):
                rows = [row for row in rows if row[begins[1]].startswith(begins[2])]
                continue
            field, value = re.fullmatch(r"(\w+) eq '((?:[^']|'')*)'", clause).groups()  # type: ignore[union-attr]
            rows = [row for row in rows if row[field] == value.replace("''", "'")]
        skip = int(query.get("$skip", ["0"])[0])
        body: dict[str, Any] = {"value": rows[skip : skip + 2]}
        if "$expand" not in query:
            body["value"] = [{k: v for k, v in row.items() if k != "salesOrderLines"} for row in body["value"]]
        if len(rows) > skip + 2:
            base = re.sub(r"&\$skip=\d+", "", target)
            body["@odata.nextLink"] = f"{self.url}{base}&$skip={skip + 2}"
        return 200, body


@pytest.fixture
def service() -> Iterator[Service]:
    state = Service()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.loads(text) if text else None
            status, answer = state.answer(self.command, self.path, dict(self.headers.items()), body)
            content = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_DELETE = _serve

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with serving(Handler) as state.url:
        yield state


def settings(service: Service, folder: Path, password: str = "correct") -> ErpSettings:
    file = folder / "mapping.yaml"
    file.write_text(MAPPING, encoding="utf-8")
    given = {"adapter": "odata", "url": service.url, "username": "clerk", "password": password, "mapping": str(file)}
    return ErpSettings.model_validate(given)


@pytest.fixture
def erp(service: Service, tmp_path: Path) -> Iterator[OData]:
    adapter = OData(settings(service, tmp_path))
    port: Erp = adapter
    port.check()
    yield adapter
    adapter.close()


def test_an_article_is_created_once_and_then_changed(erp: OData, service: Service) -> None:
    erp.save_articles([Article("UG-1", "Table", eur("84.03"))])
    erp.save_articles([Article("UG-1", "Bob's table", eur("92.44"))])
    (item,) = service.sets["items"]
    assert (item["displayName"], item["unitPrice"], item["type"]) == ("Bob's table", 92.44, "Inventory")


def test_tier_prices_are_replaced_page_by_page(erp: OData, service: Service) -> None:
    erp.save_prices("Dealers", {"UG-1": [TierPrice(count, eur("10.00")) for count in (1, 2, 3, 4, 5)]})
    erp.save_prices("Dealers", {"UG-1": [TierPrice(7, eur("9.00"))]})
    assert [row["minimumQuantity"] for row in service.sets["salesPrices"]] == [7]


def test_stock_is_entered_and_read(erp: OData, service: Service) -> None:
    erp.save_articles([Article("UG-1", "Table", eur("84.03"))])
    service.sets["items"][0]["reserved"] = 3
    erp.count_stock({"UG-1": 12})
    assert erp.stock_of("UG-1") == StockLevel(on_hand=12, promised=3)


def test_orders_are_read_over_all_pages_with_lines_and_exact_amounts(erp: OData, service: Service) -> None:
    line = {"lineObjectNumber": "UG-1", "quantity": 2, "unitPrice": 8.403}
    order = {
        "externalDocumentNumber": "10001",
        "status": "Open",
        "totalNet": 16.81,
        "totalTax": 3.19,
        "totalGross": 20.00,
    }
    other = {**order, "externalDocumentNumber": "10002", "id": "x"}
    rows = [{**order, "id": str(number), "salesOrderLines": [line]} for number in range(3)]
    service.sets["salesOrders"] = [rows[0], other, rows[1], {**rows[2], "status": "Canceled"}]
    found = erp.orders("10001")
    assert [entry.state for entry in found] == ["open", "open", "cancelled"]
    assert found[0].lines == (OrderLine("UG-1", 2, eur("8.403")),)
    assert (found[0].net, found[0].tax, found[0].total) == (eur("16.81"), eur("3.19"), eur("20.0"))


def test_customers_are_read_and_moved(erp: OData, service: Service) -> None:
    person = {"id": str(uuid.uuid4()), "number": "C1", "displayName": "Ada", "email": "o'hara@example.com"}
    service.sets["customers"] = [
        {**person, "addressLine1": "Prüfweg 1", "postalCode": "10115", "city": "Berlin", "country": "DE"}
    ]
    (customer,) = erp.customers("o'hara@example.com")
    assert customer.addresses == (Address("Prüfweg 1", "10115", "Berlin"),)
    erp.move_customer(customer, Address("Am See 2", "1010", "Wien", "AT"))
    assert erp.customers("o'hara@example.com")[0].addresses == (Address("Am See 2", "1010", "Wien", "AT"),)


def test_what_is_retired_is_gone(erp: OData, service: Service) -> None:
    erp.save_articles([Article("UG-1", "a", eur("1.00")), Article("UG-2", "b", eur("1.00"))])
    erp.retire(["UG-1"])
    assert [row["number"] for row in service.sets["items"]] == ["UG-2"]


def test_wrong_credentials_and_no_service_are_told_apart(service: Service, tmp_path: Path) -> None:
    with pytest.raises(ErpSignInError, match="refuses the credentials of clerk"):
        OData(settings(service, tmp_path, password="wrong-one")).check()
    nobody = settings(service, tmp_path).model_copy(update={"url": "http://127.0.0.1:9"})
    with pytest.raises(ErpUnreachableError, match="cannot be reached"):
        OData(nobody).check()


def test_the_words_of_the_service_are_told(erp: OData, service: Service) -> None:
    service.sets["salesOrders"] = [{"id": "1", "externalDocumentNumber": "1", "totalGross": "much", "status": "Open"}]
    with pytest.raises(ErpRefusedError, match=r"salesOrders.totalGross holds 'much'"):
        erp.orders("1")


def test_abilities_are_those_of_the_mapping(service: Service, tmp_path: Path) -> None:
    abilities = {"articles", "prices", "stock", "orders", "cancellations", "customers"}
    assert OData.abilities_of(settings(service, tmp_path)) == abilities


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("O'Hara", "'O''Hara'"),
        ("5d115c9c-44e3-ea11-bb43-000d3a2feca1", "5d115c9c-44e3-ea11-bb43-000d3a2feca1"),
        (7, "7"),
    ],
)
def test_literals(value: str | int, written: str) -> None:
    assert literal(value) == written
