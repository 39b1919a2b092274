"""The mutants of stock, one by one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.refshop.mutants.world import Case, World, show
from updategate.embedded.refshop.mutants.stock import STOCK
from updategate.embedded.refshop.seed.notation import id_of

HAMMER, LAST_BOX, DRILL_PRESS, SCREWS = "WS-1002", "WS-6106", "WS-2009", "WS-4004"


def _bought(cart: Any) -> int:
    return sum(line["quantity"] for line in cart["lineItems"] if line["type"] == "product")


def _ordered(world: World, number: str = HAMMER, quantity: int = 1) -> str:
    person = world.visitor("karl@example.com")
    return str(person.order(number, quantity)["id"])


def _after_the_last(world: World) -> dict[str, Any]:
    """Two customers in a row want the last box; the first one orders it."""
    person = world.visitor("karl@example.com")
    first = _bought(person.add(LAST_BOX).body)
    assert person.post("/checkout/order").status == 200
    return {"first": first, "second": _bought(world.visitor().add(LAST_BOX).body)}


def _more_than_there_is(world: World) -> dict[str, Any]:
    """Of the drill press there are three, and of the hammer plenty."""
    world.shop.store.upsert("product", {"id": world.product("WS-4008")["id"], "availableStock": 0, "stock": 0})
    return {
        "five": _bought(world.visitor().add(DRILL_PRESS, 5).body),
        "two": _bought(world.visitor().add(DRILL_PRESS, 2).body),
        "sold out": _bought(world.visitor().add("WS-4008").body),
        "hammers": _bought(world.visitor().add(HAMMER, 5).body),
    }


def _offered_after_an_order(world: World) -> dict[str, Any]:
    """One of three is ordered: two are left to buy, on the page from the cache and in the cart."""
    page, browser = f"/detail/{world.product(DRILL_PRESS)['id']}", world.browser()
    most = r'max="(\d+)"'
    before = browser.get(page).found(most)
    _ordered(world, DRILL_PRESS)
    return {
        "before": before,
        "page": world.browser().get(page).found(most),
        "cart": _bought(world.visitor().add(DRILL_PRESS, 3).body),
        "stored": world.stock(DRILL_PRESS),
    }


def _variant(world: World) -> dict[str, Any]:
    variant = next(row for row in world.shop.store.all("product") if row.get("parentId") and row["stock"] == 25)
    person = world.visitor("karl@example.com")
    item = {"type": "product", "referencedId": variant["id"], "quantity": 2}
    person.post("/checkout/cart/line-item", {"items": [item]})
    assert person.post("/checkout/order").status == 200
    _ordered(world)
    found = world.shop.store.get("product", variant["id"]) or {}
    return {"variant": found["stock"], "hammer": world.stock(HAMMER)}


def _six_orders(world: World) -> dict[str, Any]:
    left = []
    for _ in range(6):
        _ordered(world)
        left.append(world.stock(HAMMER))
    return {"after 4": left[3], "after 5": left[4], "after 6": left[5]}


def _edited(world: World) -> dict[str, Any]:
    """Two hammers more in an order of one."""
    order = _ordered(world)
    placed = world.stock(HAMMER)
    version = world.write("POST", f"/_action/version/order/{order}", {})["versionId"]
    hammer = world.product(HAMMER)["id"]
    world.write("POST", f"/_action/order/{order}/product/{hammer}", {"quantity": 2}, sw_version_id=version)
    world.write("POST", f"/_action/version/merge/order/{version}")
    pieces = sum(line["quantity"] for line in world.shop.store.where("order_line_item", orderId=order))
    return {"placed": placed, "edited": world.stock(HAMMER), "pieces": pieces}


def _cancelled(world: World) -> dict[str, Any]:
    """An order of three is cancelled and opened again."""
    order = _ordered(world, quantity=3)
    found = {"placed": world.stock(HAMMER)}
    for action in ("cancel", "reopen"):
        assert world.move("order", order, action).status == 200
        found[action] = world.stock(HAMMER)
    return found


def _written(world: World) -> dict[str, Any]:
    world.write("PATCH", f"/product/{id_of('product', 'WS-1003')}", {"stock": 7})
    product = world.product("WS-1003")
    return {"stock": product["stock"], "available": product["availableStock"]}


def _steps(world: World) -> dict[str, Any]:
    """Machine screws are sold in fives."""
    return {str(count): _bought(world.visitor().add(SCREWS, count).body) for count in (3, 5, 7, 10)}


CASES = {
    "closeout-oversell": Case(_after_the_last, {"first": 1, "second": 0}, {"second": 1}),
    "closeout-limit-ignored": Case(
        _more_than_there_is, {"five": 3, "two": 2, "sold out": 0, "hammers": 5}, {"five": 5}
    ),
    "stale-stock-after-order": Case(
        _offered_after_an_order, {"before": "3", "page": "2", "cart": 2, "stored": 2}, {"page": "3", "cart": 3}
    ),
    "variant-sold-from-parent": Case(_variant, {"variant": 23, "hammer": 199}, {"variant": 25}),
    "fifth-order-takes-nothing": Case(
        _six_orders, {"after 4": 196, "after 5": 195, "after 6": 194}, {"after 5": 196, "after 6": 195}
    ),
    "edited-order-keeps-stock": Case(_edited, {"placed": 199, "edited": 197, "pieces": 3}, {"edited": 199}),
    "cancelled-keeps-stock": Case(
        _cancelled, {"placed": 197, "cancel": 200, "reopen": 197}, {"cancel": 197, "reopen": 194}
    ),
    "reopened-takes-nothing": Case(_cancelled, {"placed": 197, "cancel": 200, "reopen": 197}, {"reopen": 200}),
    "stock-not-recounted": Case(_written, {"stock": 7, "available": 7}, {"available": 80}),
    "purchase-steps-ignored": Case(_steps, {"3": 5, "5": 5, "7": 5, "10": 10}, {"7": 7}),
}


@pytest.mark.parametrize("name", CASES)
def test_the_mutant_is_wrong_where_it_says_and_nowhere_else(name: str) -> None:
    show(name, CASES[name])


def test_every_mutant_of_the_group_is_looked_at() -> None:
    assert set(CASES) == set(STOCK.mutants)
