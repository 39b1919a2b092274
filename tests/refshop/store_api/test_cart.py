"""The cart over HTTP: what is answered to right and wrong requests."""

from __future__ import annotations

from typing import Any

import pytest

from tests.refshop.store_api.visitor import Visitor


def _errors(body: dict[str, Any]) -> set[str]:
    errors = body["errors"]
    return {error["messageKey"] for error in errors.values()} if errors else set()


def test_adding_the_same_product_adds_up(visitor: Visitor) -> None:
    visitor.add("WS-1001", 2)
    body = visitor.add("WS-1001", 3).body
    assert [(line["quantity"], line["price"]["totalPrice"]) for line in body["lineItems"]] == [(5, 124.5)]
    assert body["price"]["totalPrice"] == 124.5


def test_changing_and_removing(visitor: Visitor) -> None:
    id_ = visitor.product("WS-1001")["id"]
    visitor.add("WS-1001", 2)
    changed = visitor.patch("/checkout/cart/line-item", {"items": [{"id": id_, "quantity": 7}]})
    assert changed.body["lineItems"][0]["quantity"] == 7
    removed = visitor.delete(f"/checkout/cart/line-item?ids[]={id_}")
    assert (removed.status, removed.body["lineItems"]) == (200, [])


def test_cart_is_there_again_and_can_be_deleted(visitor: Visitor) -> None:
    visitor.add("WS-1001")
    assert len(visitor.get("/checkout/cart").body["lineItems"]) == 1
    assert visitor.delete("/checkout/cart").status == 204
    assert visitor.get("/checkout/cart").body["lineItems"] == []


@pytest.mark.parametrize(
    ("number", "quantity", "bought", "error"),
    [
        ("WS-2009", 4, 3, "product-stock-reached"),
        ("WS-2008", 11, 10, "product-stock-reached"),
        ("WS-4004", 3, 5, "min-order-quantity"),
        ("WS-4004", 7, 5, "purchase-steps-quantity"),
    ],
)
def test_problems_answer_200_and_say_so(visitor: Visitor, number: str, quantity: int, bought: int, error: str) -> None:
    reply = visitor.add(number, quantity)
    assert reply.status == 200
    assert [line["quantity"] for line in reply.body["lineItems"] if line["type"] == "product"] == [bought]
    assert _errors(reply.body) - {"promotion-discount-added"} == {error}
    # told once: the corrected cart is in order
    assert _errors(visitor.get("/checkout/cart").body) == set()


def test_sold_out_product_is_not_added(visitor: Visitor) -> None:
    lamp = visitor.product("WS-2009")
    visitor.shop.store.upsert("product", {"id": lamp["id"], "stock": 0, "availableStock": 0})
    reply = visitor.add("WS-2009")
    assert (reply.status, reply.body["lineItems"], _errors(reply.body)) == (200, [], {"product-out-of-stock"})


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (
            {"items": [{"id": "a" * 32, "type": "product", "quantity": 0}]},
            400,
            "CHECKOUT__CART_INVALID_LINE_ITEM_QUANTITY",
        ),
        (
            {"items": [{"id": "a" * 32, "type": "product", "quantity": -1}]},
            400,
            "CHECKOUT__CART_INVALID_LINE_ITEM_QUANTITY",
        ),
        ({"items": [{"id": "a" * 32, "type": "nonsense"}]}, 400, "CHECKOUT__CART_LINE_ITEM_TYPE_NOT_SUPPORTED"),
        ({"items": "all"}, 400, "0"),
    ],
)
def test_wrong_requests(visitor: Visitor, body: dict[str, Any], status: int, code: str) -> None:
    reply = visitor.post("/checkout/cart/line-item", body)
    assert (reply.status, reply.codes) == (status, [code])


def test_unknown_line(visitor: Visitor) -> None:
    reply = visitor.delete(f"/checkout/cart/line-item?ids[]={'0' * 32}")
    assert (reply.status, reply.codes) == (404, ["CHECKOUT__CART_LINE_ITEM_NOT_FOUND"])


def test_prices_cannot_be_brought_along(visitor: Visitor) -> None:
    id_ = visitor.product("WS-1001")["id"]
    item = {"id": id_, "referencedId": id_, "type": "product", "quantity": 1, "priceDefinition": {"price": 1}}
    reply = visitor.post("/checkout/cart/line-item", {"items": [item]})
    assert (reply.status, reply.codes) == (403, ["CHECKOUT__INSUFFICIENT_PERMISSION"])


def test_promotion_codes(visitor: Visitor) -> None:
    visitor.add("WS-1001", 4)
    body = visitor.redeem("SAVE10").body
    assert [line["price"]["totalPrice"] for line in body["lineItems"]] == [99.6, -9.96]
    assert body["price"]["totalPrice"] == 95.54
    assert _errors(visitor.redeem("NONSENSE").body) == {"promotion-not-found"}
    assert _errors(visitor.redeem("AUTUMN23").body) == {"promotion-not-found"}
    assert _errors(visitor.redeem("FIRST100").body) == {"promotion-not-found"}


def test_removing_a_promotion_forgets_its_code(visitor: Visitor) -> None:
    visitor.add("WS-1001")
    line = visitor.redeem("SAVE10").body["lineItems"][1]
    visitor.delete(f"/checkout/cart/line-item?ids[]={line['id']}")
    assert len(visitor.add("WS-1002").body["lineItems"]) == 2


def test_automatic_promotion_can_be_declined(visitor: Visitor) -> None:
    line = visitor.add("WS-1010", 3).body["lineItems"][1]
    assert line["referencedId"] == ""
    visitor.delete(f"/checkout/cart/line-item?ids[]={line['id']}")
    assert len(visitor.add("WS-1001").body["lineItems"]) == 2


def test_shipping_costs_follow_the_amount(visitor: Visitor) -> None:
    below, above = visitor.add("WS-1001", 4).body, visitor.add("WS-1002").body
    assert [body["deliveries"][0]["shippingCosts"]["totalPrice"] for body in (below, above)] == [5.9, 0]


def test_trade_customers_see_net_prices_and_tiers(visitor: Visitor) -> None:
    gross = visitor.add("WS-4001", 1).body["price"]
    trade = Visitor(visitor.shop)
    trade.login("berta@example.com")
    net = trade.add("WS-4001", 1).body["price"]
    assert (gross["taxStatus"], net["taxStatus"]) == ("gross", "net")
    assert net["positionPrice"] < gross["positionPrice"]


def test_hash_changes_with_the_cart(visitor: Visitor) -> None:
    first = visitor.add("WS-1001").body["hash"]
    assert visitor.get("/checkout/cart").body["hash"] == first
    assert visitor.add("WS-1001").body["hash"] != first
