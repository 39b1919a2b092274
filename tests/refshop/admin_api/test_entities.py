"""Writing and finding entities, each test with a product of its own."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.refshop.admin_api.conftest import Api

EUR = "b7d2554b0ce847cd82f3ac9bd1c0dfca"
SYSTEM = "2fbb5fe2e29a4d70aa5854ce7ce3e20b"


def _price(gross: float = 11.9, net: float = 10) -> list[dict[str, Any]]:
    return [{"currencyId": EUR, "gross": gross, "net": net, "linked": True}]


@pytest.fixture
def product(api: Api) -> dict[str, Any]:
    id_ = uuid4().hex
    row = {
        "id": id_,
        "productNumber": f"T-{id_[:8]}",
        "name": "Test product",
        "stock": 5,
        "taxId": api.first("tax", taxRate=19)["id"],
        "price": _price(),
    }
    api.ok("POST", "/product", row)
    return row


def test_a_new_product_gets_its_defaults_and_what_is_derived(api: Api, product: dict[str, Any]) -> None:
    stored = api.ok("GET", f"/product/{product['id']}")["data"]
    assert (stored["availableStock"], stored["available"], stored["minPurchase"], stored["active"]) == (
        5,
        True,
        1,
        True,
    )
    assert stored["translated"]["name"] == "Test product"
    assert stored["states"] == ["is-physical"]


def test_a_patch_of_stock_sets_available_stock(api: Api, product: dict[str, Any]) -> None:
    api.ok("PATCH", f"/product/{product['id']}", {"stock": 2, "isCloseout": True, "minPurchase": 3})
    stored = api.ok("GET", f"/product/{product['id']}")["data"]
    assert (stored["availableStock"], stored["available"]) == (2, False)


def test_texts_fall_back_to_the_system_language(api: Api, product: dict[str, Any]) -> None:
    german = api.first("language", name="Deutsch")["id"]
    path = f"/product/{product['id']}"
    before = api.ok("GET", path, **{"sw-language-id": german})["data"]
    assert (before["name"], before["translated"]["name"]) == (None, "Test product")
    api.ok("PATCH", path, {"name": "Prüfstück"}, **{"sw-language-id": german})
    assert api.ok("GET", path, **{"sw-language-id": german})["data"]["name"] == "Prüfstück"
    assert api.ok("GET", path)["data"]["name"] == "Test product"


def test_variants_inherit_when_asked_to(api: Api, product: dict[str, Any]) -> None:
    variant = {"parentId": product["id"], "productNumber": f"{product['productNumber']}-1", "stock": 1}
    api.ok("POST", "/product", variant)
    found = {"filter": [{"type": "equals", "field": "productNumber", "value": variant["productNumber"]}]}
    plain = api.ok("POST", "/search/product", found)["data"][0]
    assert (plain["price"], plain["taxId"], plain["translated"]["name"]) == (None, None, None)
    inherited = api.ok("POST", "/search/product", found, **{"sw-inheritance": "1"})["data"][0]
    assert inherited["price"][0]["gross"] == 11.9
    assert inherited["translated"]["name"] == "Test product"
    assert api.ok("GET", f"/product/{product['id']}")["data"]["childCount"] == 1


def test_nothing_of_a_sync_is_kept_if_one_operation_fails(api: Api, product: dict[str, Any]) -> None:
    operations = [
        {"key": "good", "entity": "product", "action": "upsert", "payload": [{"id": product["id"], "stock": 99}]},
        {"key": "bad", "entity": "product", "action": "upsert", "payload": [{"id": product["id"], "stock": "x"}]},
    ]
    answer = api.call("POST", "/_action/sync", operations)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["source"]["pointer"] == "/bad/0/stock"
    assert api.ok("GET", f"/product/{product['id']}")["data"]["stock"] == 5


def test_every_missing_field_is_named(api: Api) -> None:
    answer = api.call("POST", "/product", {"description": "x"})
    pointers = [error["source"]["pointer"] for error in answer.json()["errors"]]
    assert pointers == ["/0/taxId", "/0/price", "/0/productNumber", "/0/stock", f"/0/translations/{SYSTEM}/name"]


def test_children_go_with_their_product(api: Api, product: dict[str, Any]) -> None:
    rule = api.first("rule", name="Trade customers")["id"]
    price = {"productId": product["id"], "ruleId": rule, "quantityStart": 1, "price": _price(9, 7.56)}
    api.ok("POST", "/_action/sync", [{"entity": "product_price", "action": "upsert", "payload": [price]}])
    gone = api.ok(
        "POST", "/_action/sync", [{"entity": "product", "action": "delete", "payload": [{"id": product["id"]}]}]
    )
    assert gone["deleted"]["product"] == [product["id"]]
    assert len(gone["deleted"]["product_price"]) == 1
    left = {"filter": [{"type": "equals", "field": "productId", "value": product["id"]}]}
    assert api.ok("POST", "/search/product-price", left)["total"] == 0


def test_what_is_in_use_cannot_be_deleted(api: Api, product: dict[str, Any]) -> None:
    answer = api.call("DELETE", f"/tax/{product['taxId']}")
    assert (answer.status_code, api.codes(answer)) == (409, ["FRAMEWORK__DELETE_RESTRICTED"])


def test_a_required_id_follows_from_the_row_around(api: Api) -> None:
    address, number = uuid4().hex, uuid4().hex[:10]
    customer = {
        "id": uuid4().hex,
        "customerNumber": number,
        "groupId": api.first("customer-group")["id"],
        "salesChannelId": api.first("sales-channel")["id"],
        "defaultPaymentMethodId": api.first("payment-method", technicalName="payment_prepayment")["id"],
        "firstName": "Test",
        "lastName": "Person",
        "email": f"{number}@example.com",
        "password": "Test-pass-1",
        "defaultShippingAddressId": address,
        "defaultBillingAddress": {
            "id": address,
            "firstName": "Test",
            "lastName": "Person",
            "street": "Street 1",
            "zipcode": "1",
            "city": "Town",
            "countryId": api.first("country", iso="DE")["id"],
        },
    }
    api.ok("POST", "/customer", customer)
    stored = api.ok("POST", "/search/customer", {"ids": [customer["id"]], "associations": {"addresses": {}}})["data"][0]
    assert [row["customerId"] for row in stored["addresses"]] == [customer["id"]]
    assert "password" not in stored


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ([{"type": "prefix", "field": "productNumber", "value": "WS-4"}], 8),
        ([{"type": "equals", "field": "manufacturer.name", "value": "chemora"}], 6),
        ([{"type": "equals", "field": "categories.name", "value": "Screws"}], 8),
        (
            [
                {"type": "prefix", "field": "productNumber", "value": "WS-"},
                {"type": "not", "operator": "or", "queries": [{"type": "equals", "field": "parentId", "value": None}]},
            ],
            14,
        ),
        ([{"type": "range", "field": "price", "parameters": {"gte": 349}}], 2),
        ([{"type": "equalsAny", "field": "productNumber", "value": "WS-1001|WS-1002|nothing"}], 2),
        ([{"type": "equals", "field": "isCloseout", "value": True}], 3),
    ],
)
def test_filters_count_exactly(api: Api, filters: list[dict[str, Any]], expected: int) -> None:
    only_seeded = {"type": "prefix", "field": "productNumber", "value": "WS-"}
    body = {"filter": [only_seeded, *filters], "limit": 1, "total-count-mode": 1, "includes": {"product": ["id"]}}
    found = api.ok("POST", "/search/product", body)
    assert found["total"] == expected
    assert len(found["data"]) == 1


def test_pages_follow_each_other(api: Api) -> None:
    numbers: list[str] = []
    for page in (1, 2, 3):
        body = {
            "filter": [{"type": "prefix", "field": "productNumber", "value": "WS-40"}],
            "sort": [{"field": "productNumber"}],
            "limit": 3,
            "page": page,
            "includes": {"product": ["productNumber"]},
        }
        numbers += [row["productNumber"] for row in api.ok("POST", "/search/product", body)["data"]]
    assert numbers == [f"WS-400{number}" for number in range(1, 9)]


def test_a_version_is_worked_on_apart_and_merged(api: Api, product: dict[str, Any]) -> None:
    version = api.ok("POST", f"/_action/version/product/{product['id']}", {})["versionId"]
    path, header = f"/product/{product['id']}", {"sw-version-id": version}
    api.ok("PATCH", path, {"name": "Draft"}, **header)
    assert api.ok("GET", path)["data"]["name"] == "Test product"
    assert api.ok("GET", path, **header)["data"]["name"] == "Draft"
    api.ok("POST", f"/_action/version/merge/product/{version}")
    assert api.ok("GET", path)["data"]["name"] == "Draft"


def test_numbers_are_reserved_once_and_previews_are_free(api: Api) -> None:
    path = "/_action/number-range/reserve/product"
    preview = api.ok("GET", f"{path}?preview=1")["number"]
    assert api.ok("GET", f"{path}?preview=1")["number"] == preview
    assert api.ok("GET", path)["number"] == preview
    assert api.ok("GET", path)["number"] == f"SW{int(preview[2:]) + 1}"


def test_the_shop_describes_itself(api: Api) -> None:
    document = api.ok("GET", "/_info/openapi3.json")
    assert document["info"]["version"] == "6.6.7.1"
    assert {"/product", "/search/product", "/product/{id}"} <= set(document["paths"])
    assert "productNumber" in document["components"]["schemas"]["Product"]["required"]
    schema = api.ok("GET", "/_info/entity-schema.json")
    assert schema["product"]["properties"]["tax"]["relation"] == "many_to_one"
