"""The mutants of orders and their states, one by one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.refshop.mutants.world import Case, World, show
from updategate.embedded.refshop.mutants.orders import ORDERS
from updategate.embedded.refshop.seed.notation import id_of


def _twice(world: World) -> dict[str, Any]:
    person = world.visitor("karl@example.com")
    person.add("WS-1001")
    statuses = [person.post("/checkout/order").status for _ in range(2)]
    return {"first": statuses[0], "second": statuses[1], "orders": world.shop.store.count("order")}


def _six(world: World) -> dict[str, Any]:
    """Numbers and payments of six orders of a hammer with shipping: 30.80."""
    orders = [world.visitor("karl@example.com").order("WS-1001") for _ in range(6)]
    paid = [order["transactions"][0]["amount"]["totalPrice"] for order in orders]
    numbers = [int(order["orderNumber"]) - 10000 for order in orders]
    return {"numbers": numbers, "paid": paid, "totals": [order["amountTotal"] for order in orders]}


def _kept(world: World) -> dict[str, Any]:
    """Berta's invoice goes to Gewerbepark 3, the goods to Gewerbepark 5."""
    person = world.visitor("berta@example.com")
    person.add("WS-1001")
    order = person.post("/checkout/order", {"customerComment": "Please ring twice"}).body
    streets = {address["id"]: address["street"] for address in order["addresses"]}
    return {
        "comment": world.row("order", id=order["id"])["customerComment"],
        "to": order["deliveries"][0]["shippingOrderAddress"]["street"],
        "billed": streets[order["billingAddressId"]],
        "total": order["amountTotal"],
    }


def _blocked(world: World) -> dict[str, Any]:
    """Cash is taken up to 300, express shipping always."""
    found = {}
    for name, count in (("below", 1), ("above", 2)):
        person = world.visitor("anna@example.com")
        person.add("WS-2007", count)
        person.patch("/context", {"paymentMethodId": id_of("payment_method", "cash")})
        found[name] = person.post("/checkout/order").status
        world.shop.store.delete("cart", person.token)
    return found


def _states(world: World) -> dict[str, Any]:
    """What an order, its payment and its delivery may do, and what is noted of it."""
    order = world.visitor("karl@example.com").order("WS-1001")
    payment, delivery = order["transactions"][0]["id"], order["deliveries"][0]["id"]
    found: dict[str, Any] = {"complete an open order": world.move("order", order["id"], "complete").status}
    for action in ("paid", "refund_partially"):
        world.move("order_transaction", payment, action)
    found["payment"] = _state(world, "order_transaction", payment)
    found["ship"] = world.move("order_delivery", delivery, "ship").status
    found["delivery"] = _state(world, "order_delivery", delivery)
    rows = world.shop.store.where("state_machine_history", referencedId=delivery)
    return found | {"noted of the delivery": len(rows)}


def _state(world: World, entity: str, id_: str) -> str:
    row = world.row(entity, id=id_)
    return str(world.row("state_machine_state", id=row["stateId"])["technicalName"])


def _cancelled_payment(world: World) -> dict[str, Any]:
    order = world.visitor("karl@example.com").order("WS-1001")
    payment = order["transactions"][0]["id"]
    answer = world.move("order_transaction", payment, "cancel").status
    return {
        "payment": answer,
        "state": _state(world, "order_transaction", payment),
        "order": world.move("order", order["id"], "cancel").status,
    }


_STATES = {
    "complete an open order": 400,
    "payment": "refunded_partially",
    "ship": 200,
    "delivery": "shipped",
    "noted of the delivery": 1,
}
_SIX = {"numbers": [0, 1, 2, 3, 4, 5], "paid": [30.8] * 6, "totals": [30.8] * 6}
_KEPT = {"comment": "Please ring twice", "to": "Gewerbepark 5", "billed": "Gewerbepark 3", "total": 30.8}

CASES = {
    "double-order": Case(_twice, {"first": 200, "second": 400, "orders": 1}, {"second": 200, "orders": 2}),
    "order-number-repeated": Case(_six, _SIX, {"numbers": [0, 1, 2, 3, 3, 5]}),
    "payment-one-cent-short": Case(_six, _SIX, {"paid": [30.8, 30.8, 30.8, 30.8, 30.79, 30.8]}),
    "comment-lost": Case(_kept, _KEPT, {"comment": None}),
    "delivered-to-billing-address": Case(_kept, _KEPT, {"to": "Gewerbepark 3"}),
    "blocked-payment-accepted": Case(_blocked, {"below": 200, "above": 500}, {"above": 200}),
    "illegal-transition": Case(_states, _STATES, {"complete an open order": 200}),
    "partial-refund-counts-whole": Case(_states, _STATES, {"payment": "refunded"}),
    "payment-cannot-be-cancelled": Case(
        _cancelled_payment,
        {"payment": 200, "state": "cancelled", "order": 200},
        {"payment": 500, "state": "open"},
    ),
    "history-missing": Case(_states, _STATES, {"noted of the delivery": 0}),
}


@pytest.mark.parametrize("name", CASES)
def test_the_mutant_is_wrong_where_it_says_and_nowhere_else(name: str) -> None:
    show(name, CASES[name])


def test_every_mutant_of_the_group_is_looked_at() -> None:
    assert set(CASES) == set(ORDERS.mutants)
