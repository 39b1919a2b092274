"""Orders over HTTP: what is stored, what it does to stock, promotions and customers; and when it is refused."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.refshop.conformance.harness import running_shop
from tests.refshop.store_api.visitor import Visitor
from updategate.embedded.refshop.dal import state_machine
from updategate.embedded.refshop.shop import Shop


@pytest.fixture
def karl(visitor: Visitor) -> Visitor:
    visitor.login()
    return visitor


def test_order_costs_what_the_cart_cost(karl: Visitor) -> None:
    karl.add("WS-1001", 4)
    cart = karl.redeem("SAVE10").body
    order = karl.post("/checkout/order", {"customerComment": "to the door"}).body
    assert order["price"] == cart["price"]
    assert order["amountTotal"] == cart["price"]["totalPrice"] == 95.54
    assert order["shippingTotal"] == cart["deliveries"][0]["shippingCosts"]["totalPrice"] == 5.9
    assert [line["totalPrice"] for line in order["lineItems"]] == [99.6, -9.96]
    assert order["transactions"][0]["amount"]["totalPrice"] == 95.54
    assert order["customerComment"] == "to the door"
    assert karl.get("/checkout/cart").body["lineItems"] == []


def test_rounding_of_the_currency_is_kept(karl: Visitor) -> None:
    franc = karl.shop.store.where("currency", isoCode="CHF")[0]
    karl.patch("/context", {"currencyId": franc["id"]})
    order = karl.shop.store.get("order", karl.order()["id"])
    assert order is not None
    assert order["totalRounding"]["interval"] == franc["totalRounding"]["interval"] == 0.05
    assert round(order["amountTotal"] / 0.05, 6).is_integer()
    assert order["currencyFactor"] == franc["factor"]


def test_states_numbers_and_links(karl: Visitor) -> None:
    first, second = karl.order(), karl.order()
    assert int(second["orderNumber"]) == int(first["orderNumber"]) + 1
    assert first["deepLinkCode"] != second["deepLinkCode"]
    store, id_ = karl.shop.store, first["id"]
    rows = [
        store.get("order", id_),
        *store.where("order_transaction", orderId=id_),
        *store.where("order_delivery", orderId=id_),
    ]
    assert len(rows) == 3
    for row in rows:
        state = store.get("state_machine_state", row["stateId"] if row else "")
        assert state is not None
        assert state["technicalName"] == "open"


@pytest.mark.parametrize(("version", "stock"), [("6.6.7.1", 117), ("6.5.8.14", 120)])
def test_stock_goes_down_when_the_version_says_so(shop_of: Callable[[str], Shop], version: str, stock: int) -> None:
    visitor = Visitor(shop_of(version))
    visitor.login()
    visitor.order("WS-1001", 3)
    product = visitor.product("WS-1001")
    assert (product["stock"], product["availableStock"]) == (stock, 117)


def test_cancelled_order_gives_its_stock_back(karl: Visitor) -> None:
    order = karl.order("WS-1001", 3)
    karl.shop.store.upsert(
        "system_config",
        {"id": "c" * 32, "configurationKey": "core.cart.enableOrderRefunds", "configurationValue": True},
    )
    assert karl.post("/order/state/cancel", {"orderId": order["id"]}).status == 200
    assert karl.product("WS-1001")["availableStock"] == 120


def test_last_pieces_can_be_bought_once(karl: Visitor) -> None:
    karl.order("WS-2009", 3)
    reply = karl.add("WS-2009")
    assert [error["messageKey"] for error in reply.body["errors"].values()] == ["product-out-of-stock"]


def test_promotion_counts_its_orders(karl: Visitor) -> None:
    promotion = karl.shop.store.where("promotion", code="ONCE5")[0]["id"]
    karl.redeem("ONCE5")
    karl.add("WS-1001")
    karl.redeem("ONCE5")
    assert karl.post("/checkout/order").status == 200
    stored = karl.shop.store.get("promotion", promotion)
    assert stored is not None
    assert (stored["orderCount"], list(stored["ordersPerCustomerCount"].values())) == (1, [1])
    karl.add("WS-1001")
    errors = karl.redeem("ONCE5").body["errors"]
    assert {error["messageKey"] for error in errors.values()} == {"promotion-not-found"}


def test_price_is_that_of_the_moment_of_the_order(karl: Visitor) -> None:
    hammer = karl.product("WS-1001")
    karl.add("WS-1001")
    dearer = [{**price, "gross": 99.0, "net": 83.19} for price in hammer["price"]]
    karl.shop.store.upsert("product", {"id": hammer["id"], "price": dearer})
    assert karl.post("/checkout/order").body["positionPrice"] == 99


def test_empty_cart_cannot_be_ordered(karl: Visitor) -> None:
    reply = karl.post("/checkout/order")
    assert (reply.status, reply.codes) == (400, ["CHECKOUT__CART_EMPTY"])


def test_order_needs_a_customer(visitor: Visitor) -> None:
    visitor.add("WS-1001")
    reply = visitor.post("/checkout/order")
    assert (reply.status, reply.codes) == (403, ["CHECKOUT__CUSTOMER_NOT_LOGGED_IN"])


def test_invalid_cart_answers_500(karl: Visitor) -> None:
    karl.add("WS-1001")
    method = karl.get("/context").body["shippingMethod"]["id"]
    karl.shop.store.upsert("shipping_method", {"id": method, "active": False})
    reply = karl.post("/checkout/order")
    assert (reply.status, reply.codes) == (500, ["CHECKOUT__CART_INVALID"])
    assert karl.shop.store.all("order") == []


def test_orders_are_the_customer_s_own(karl: Visitor) -> None:
    mine = karl.order()
    other = Visitor(karl.shop)
    other.login("anna@example.com")
    theirs = other.order("WS-1002")
    listed = karl.post("/order").body["orders"]["elements"]
    assert [order["id"] for order in listed] == [mine["id"]]
    assert other.post("/order/state/cancel", {"orderId": mine["id"]}).status in (403, 404)
    assert [order["id"] for order in other.post("/order").body["orders"]["elements"]] == [theirs["id"]]


def test_guest_finds_the_order_by_its_link(visitor: Visitor) -> None:
    body = visitor.registration("guest@example.com", guest=True)
    del body["password"]
    visitor.post("/account/register", body)
    order = visitor.order()
    stranger = Visitor(visitor.shop)
    link = [{"type": "equals", "field": "deepLinkCode", "value": order["deepLinkCode"]}]
    assert stranger.post("/order", {"filter": link}).status == 403
    wrong = stranger.post("/order", {"filter": link, "email": "guest@example.com", "zipcode": "99999"})
    assert wrong.status == 403
    found = stranger.post("/order", {"filter": link, "email": "guest@example.com", "zipcode": "10115"})
    assert [each["id"] for each in found.body["orders"]["elements"]] == [order["id"]]


def test_payment_can_be_changed_while_nothing_is_paid(karl: Visitor) -> None:
    order = karl.order()
    methods = {row["technicalName"]: row["id"] for row in karl.post("/payment-method?onlyAvailable=1").body["elements"]}
    other = next(id_ for id_ in methods.values() if id_ != order["transactions"][0]["paymentMethodId"])
    reply = karl.post("/order/payment", {"orderId": order["id"], "paymentMethodId": other})
    assert reply.status == 200
    rows = karl.shop.store.where("order_transaction", orderId=order["id"])
    assert other in {row["paymentMethodId"] for row in rows}


def test_events_of_an_order(karl: Visitor) -> None:
    heard: list[dict[str, Any]] = []
    karl.shop.events.on("checkout.order.placed", lambda _name, **facts: heard.append(facts))
    order = karl.order()
    assert [facts["order_id"] for facts in heard] == [order["id"]]


def test_orders_at_once_are_several_orders() -> None:
    """Like Shopware, the shop has no key that tells a repeated order from a second one."""
    with running_shop() as running:
        key = {"sw-access-key": str(running.facts["access_key"])}
        api = f"{running.url}/store-api"
        login = requests.post(
            f"{api}/account/login",
            json={"username": "karl@example.com", "password": "Shop-pass-1"},
            headers=key,
            timeout=10,
        )
        headers = {**key, "sw-context-token": login.headers["sw-context-token"]}
        found = requests.post(
            f"{api}/product",
            json={"filter": [{"type": "equals", "field": "productNumber", "value": "WS-1001"}]},
            headers=headers,
            timeout=10,
        ).json()["elements"][0]["id"]
        item = {"id": found, "referencedId": found, "type": "product", "quantity": 1}
        requests.post(f"{api}/checkout/cart/line-item", json={"items": [item]}, headers=headers, timeout=10)
        with ThreadPoolExecutor(4) as pool:
            replies = list(
                pool.map(
                    lambda _: requests.post(f"{api}/checkout/order", json={}, headers=headers, timeout=20), range(4)
                )
            )
    placed = [reply.json()["orderNumber"] for reply in replies if reply.status_code == 200]
    assert len(placed) >= 1
    assert len(set(placed)) == len(placed)
    assert {reply.status_code for reply in replies} <= {200, 400}


def test_completed_orders_count_for_the_customer(karl: Visitor) -> None:
    order = karl.order()
    store, version, emit = karl.shop.store, karl.shop.version, karl.shop.events.emit
    customer = store.where("customer", email="karl@example.com")[0]
    assert customer["orderCount"] == 0
    for action in ("process", "complete"):
        state_machine.transition(store, version, "order", order["id"], action, emit=emit)
    counted = store.get("customer", customer["id"])
    assert counted is not None
    assert (counted["orderCount"], counted["orderTotalAmount"]) == (1, order["amountTotal"])
    state_machine.transition(store, version, "order", order["id"], "reopen", emit=emit)
    reopened = store.get("customer", customer["id"])
    assert reopened is not None
    assert reopened["orderCount"] == 0
