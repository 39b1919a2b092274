"""The mutants of what other programs are answered, one by one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.refshop.mutants.world import Case, World, show
from updategate.embedded.refshop.mutants.api import API
from updategate.embedded.refshop.seed.notation import LANGUAGES, id_of

EUR, GBP = id_of("currency", "EUR"), id_of("currency", "GBP")


def _tokens(world: World) -> dict[str, Any]:
    person = world.visitor()
    first = person.get("/context")
    second = person.get("/context")
    login = person.login()
    return {
        "first": "sw-context-token" in first.headers,
        "same again": "sw-context-token" in second.headers,
        "login": "sw-context-token" in login.headers,
    }


def _paged(world: World) -> dict[str, Any]:
    """Four payment methods on two pages."""
    found: list[str] = []
    totals = []
    for page in (1, 2):
        body = {"limit": 2, "page": page, "total-count-mode": 1, "sort": [{"field": "position", "order": "ASC"}]}
        answer = world.write("POST", "/search/payment-method", body)
        found += [row["technicalName"].removeprefix("payment_") for row in answer["data"]]
        totals.append(answer["total"])
    return {"found": found, "totals": totals}


def _read_order(world: World) -> dict[str, Any]:
    person = world.visitor("karl@example.com")
    for number in ("WS-1002", "WS-1003", "WS-1005", "WS-1006", "WS-1007"):
        person.add(number)
    order = person.order("WS-1001")
    body = {"ids": [order["id"]], "associations": {"lineItems": {}, "deliveries": {}}}
    read = world.write("POST", "/search/order", body)["data"][0]
    return {"lines": len(read["lineItems"]), "total": read["amountTotal"], "deliveries": len(read["deliveries"])}


def _customer(world: World) -> dict[str, Any]:
    read = world.write("GET", f"/customer/{id_of('customer', 'trade')}")["data"]
    return {"method": read["defaultPaymentMethodId"] == id_of("payment_method", "invoice"), "company": read["company"]}


def _german(world: World) -> dict[str, Any]:
    """A German name is read, and another one written."""
    path = f"/product/{id_of('product', 'WS-1003')}"
    german = {"sw_language_id": LANGUAGES["de"]}
    read = world.write("GET", path, **german)["data"]["name"]
    world.write("PATCH", path, {"name": "Schonhammer"}, **german)
    texts = world.product("WS-1003")["translations"]
    names = {language: texts[id_]["name"] for language, id_ in LANGUAGES.items()}
    return {"read": read, **names, "number": world.product("WS-1003")["productNumber"]}


def _refused_sync(world: World) -> dict[str, Any]:
    """The second of three rows is wrong."""
    ids = [world.product(number)["id"] for number in ("WS-1005", "WS-1006", "WS-1007")]
    rows = [{"id": id_, "stock": stock} for id_, stock in zip(ids, (1, "x", 3), strict=True)]
    one_each = [{"entity": "product", "action": "upsert", "payload": [row]} for row in rows]
    answer = world.admin("POST", "/_action/sync", [{"entity": "product", "action": "upsert", "payload": rows}])
    apart = world.admin("POST", "/_action/sync", one_each)
    return {
        "status": answer.status,
        "pointer": answer.json["errors"][0]["source"]["pointer"],
        "apart": apart.status,
        "stock of the first": world.product("WS-1005")["stock"],
    }


def _six_syncs(world: World) -> dict[str, Any]:
    id_ = id_of("product", "WS-1005")
    body = [{"entity": "product", "action": "upsert", "payload": [{"id": id_, "stock": 5}]}]
    statuses = [world.admin("POST", "/_action/sync", body).status for _ in range(6)]
    return {"first four": statuses[:4], "fifth": statuses[4], "sixth": statuses[5]}


def _deleted(world: World) -> dict[str, Any]:
    """Tier prices of the tape measure are deleted, and one that is not there."""
    product = world.product("WS-3001")["id"]
    prices = [row["id"] for row in world.shop.store.where("product_price", productId=product)]
    answer = world.sync("product_price", *({"id": id_} for id_ in [*prices, "f" * 32]), action="delete")
    cart = world.visitor().add("WS-3001", 10).body
    return {
        "deleted": len(answer["deleted"]["product_price"]),
        "not found": answer["notFound"] or {},
        "unit": cart["lineItems"][0]["price"]["unitPrice"],
    }


def _written(world: World) -> dict[str, Any]:
    """Custom fields one after the other, and prices in two currencies."""
    id_ = world.product("WS-1005")["id"]
    world.sync("product", {"id": id_, "customFields": {"shelf": "A7"}})
    world.sync("product", {"id": id_, "customFields": {"bin": 3}})
    world.sync(
        "product",
        {
            "id": id_,
            "price": [
                {"currencyId": EUR, "net": 10, "gross": 11.9, "linked": False},
                {"currencyId": GBP, "net": 9, "gross": 10.71, "linked": False},
            ],
        },
    )
    read = world.write("GET", f"/product/{id_}")["data"]
    carts = {iso: world.visitor(currency=iso).add("WS-1005").body["price"]["positionPrice"] for iso in ("EUR", "GBP")}
    return {"fields": read["customFields"], **carts}


def _tracked(world: World) -> dict[str, Any]:
    """Two tracking codes are written; then the order is done."""
    order = world.visitor("karl@example.com").order("WS-1001")
    delivery = order["deliveries"][0]["id"]
    world.write("PATCH", f"/order-delivery/{delivery}", {"trackingCodes": ["AB1", "AB2"]})
    before = world.row("order", id=order["id"])["updatedAt"]
    moved = world.move("order", order["id"], "process").status
    return {
        "codes": world.row("order_delivery", id=delivery)["trackingCodes"],
        "moved": moved,
        "dated": world.row("order", id=order["id"])["updatedAt"] != before,
    }


def _merged(world: World) -> dict[str, Any]:
    order = world.visitor("karl@example.com").order("WS-1001")["id"]
    version = world.write("POST", f"/_action/version/order/{order}", {})["versionId"]
    world.write("PATCH", f"/order/{order}", {"customerComment": "edited"}, sw_version_id=version)
    status = world.admin("POST", f"/_action/version/merge/order/{version}").status
    return {"draft": len(version), "merged": status, "comment": world.row("order", id=order)["customerComment"]}


_PAGED = {"found": ["invoicepayment", "prepayment", "cashpayment", "debitpayment"], "totals": [4, 4]}
_READ = {"lines": 6, "total": 121.45, "deliveries": 1}
_SYNC = {"status": 400, "pointer": "/0/1/stock", "apart": 400, "stock of the first": 90}
_DELETED = {"deleted": 3, "not found": {"product_price": ["f" * 32]}, "unit": 8.9}
_WRITTEN = {"fields": {"shelf": "A7", "bin": 3}, "EUR": 11.9, "GBP": 10.71}
_TRACKED = {"codes": ["AB1", "AB2"], "moved": 200, "dated": True}

CASES = {
    "token-not-echoed": Case(_tokens, {"first": True, "same again": True, "login": True}, {"same again": False}),
    "total-is-page": Case(_paged, _PAGED, {"totals": [2, 2]}),
    "row-lost-between-pages": Case(_paged, _PAGED, {"found": ["invoicepayment", "prepayment", "debitpayment"]}),
    "sixth-line-missing": Case(_read_order, _READ, {"lines": 5}),
    "order-amounts-as-text": Case(_read_order, _READ, {"total": "121.45"}),
    "payment-method-null": Case(_customer, {"method": True, "company": "Schreinerei Holz GmbH"}, {"method": False}),
    "language-header-ignored": Case(
        _german,
        {"read": "Gummihammer", "de": "Schonhammer", "en": "Rubber mallet", "number": "WS-1003"},
        {"read": "Rubber mallet", "de": "Gummihammer", "en": "Schonhammer"},
    ),
    "sync-half-written": Case(_refused_sync, _SYNC, {"stock of the first": 1}),
    "fifth-sync-deadlocks": Case(_six_syncs, {"first four": [200] * 4, "fifth": 200, "sixth": 200}, {"fifth": 500}),
    "unknown-deletes-not-told": Case(_deleted, _DELETED, {"not found": {}}),
    "wrong-row-blamed": Case(_refused_sync, _SYNC, {"pointer": "/0/0/stock"}),
    "custom-fields-replaced": Case(_written, _WRITTEN, {"fields": {"bin": 3}}),
    "second-currency-lost": Case(_written, _WRITTEN, {"GBP": 10.61}),
    "second-tracking-code-lost": Case(_tracked, _TRACKED, {"codes": ["AB1"]}),
    "deleted-price-stays": Case(_deleted, _DELETED, {"unit": 7.9}),
    "state-change-undated": Case(_tracked, _TRACKED, {"dated": False}),
    "merge-refused": Case(_merged, {"draft": 32, "merged": 204, "comment": "edited"}, {"merged": 500, "comment": None}),
}


@pytest.mark.parametrize("name", CASES)
def test_the_mutant_is_wrong_where_it_says_and_nowhere_else(name: str) -> None:
    show(name, CASES[name])


def test_every_mutant_of_the_group_is_looked_at() -> None:
    assert set(CASES) == set(API.mutants)
