"""Each mutant is wrong in the one way that it says, and the shop without it is right.

Expected amounts are worked out by hand from the seed: a hammer of 24.90 at 19 %, shipping 5.90 below 100, a tape
measure of 8.90 (7.90 from ten pieces), one last box of dust masks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from typing import Any

import pytest
import requests

from tests.refshop.admin_api.conftest import Api, admin
from tests.refshop.conformance.harness import RunningShop, running_shop
from updategate.embedded.refshop.mutants import MUTANTS, UnknownMutantError, mutated
from updategate.embedded.refshop.seed.notation import id_of


class Buyer:
    """A visitor of the Store API."""

    def __init__(self, shop: RunningShop) -> None:
        self._shop = shop
        self._headers = {"sw-access-key": str(shop.facts["access_key"]), "Accept": "application/json"}
        self._headers["sw-context-token"] = self.send("GET", "/context").headers["sw-context-token"]

    def send(self, method: str, path: str, body: Any = None) -> requests.Response:
        return requests.request(
            method, f"{self._shop.url}/store-api{path}", json=body, headers=self._headers, timeout=10
        )

    def put(self, number: str, quantity: int = 1) -> dict[str, Any]:
        item = {"type": "product", "referencedId": id_of("product", number), "quantity": quantity}
        answer = self.send("POST", "/checkout/cart/line-item", {"items": [item]})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def redeem(self, code: str) -> dict[str, Any]:
        item = {"type": "promotion", "referencedId": code}
        return dict(self.send("POST", "/checkout/cart/line-item", {"items": [item]}).json())

    def log_in(self) -> None:
        answer = self.send("POST", "/account/login", {"username": "karl@example.com", "password": "Shop-pass-1"})
        assert answer.status_code == 200, answer.text
        self._headers["sw-context-token"] = answer.headers["sw-context-token"]

    def order(self) -> requests.Response:
        return self.send("POST", "/checkout/order", {})


def _tax(shop: RunningShop) -> float:
    return float(Buyer(shop).put("WS-1001")["lineItems"][0]["price"]["calculatedTaxes"][0]["tax"])


def _discount(shop: RunningShop) -> float:
    buyer = Buyer(shop)
    buyer.put("WS-1009")
    lines = buyer.redeem("SAVE10")["lineItems"]
    return float(next(line["price"]["totalPrice"] for line in lines if line["type"] == "promotion"))


def _shipping(shop: RunningShop) -> tuple[float, float]:
    below, above = Buyer(shop).put("WS-1001"), Buyer(shop).put("WS-2001")
    return tuple(cart["deliveries"][0]["shippingCosts"]["totalPrice"] for cart in (below, above))  # type: ignore[return-value]


def _last_piece(shop: RunningShop) -> list[int]:
    """How many pieces two customers in a row get into their carts, the first of whom orders."""
    buyer = Buyer(shop)
    buyer.log_in()
    first = buyer.put("WS-6106")
    assert buyer.order().status_code == 200
    second = Buyer(shop).put("WS-6106")
    return [sum(line["quantity"] for line in cart["lineItems"]) for cart in (first, second)]


def _tier(shop: RunningShop) -> list[float]:
    return [
        float(Buyer(shop).put("WS-3001", quantity)["lineItems"][0]["price"]["unitPrice"]) for quantity in (9, 10, 11)
    ]


def _submits(shop: RunningShop) -> list[int]:
    buyer = Buyer(shop)
    buyer.log_in()
    buyer.put("WS-1001")
    return [buyer.order().status_code for _ in range(2)]


def _ordered(shop: RunningShop) -> tuple[Api, str]:
    buyer = Buyer(shop)
    buyer.log_in()
    buyer.put("WS-1002", 3)
    answer = buyer.order()
    assert answer.status_code == 200, answer.text
    return admin(shop), str(answer.json()["id"])


def _illegal(shop: RunningShop) -> int:
    api, order = _ordered(shop)
    return api.call("POST", f"/_action/order/{order}/state/complete").status_code


def _after_cancelling(shop: RunningShop) -> int:
    """By how many pieces the stock is lower once an order of three is cancelled."""
    api = admin(shop)
    before = _stock(api, "WS-1002")[0]
    _, order = _ordered(shop)
    api.ok("POST", f"/_action/order/{order}/state/cancel")
    return before - _stock(api, "WS-1002")[0]


def _stock(api: Api, number: str) -> tuple[int, int]:
    product = api.first("product", productNumber=number)
    return product["stock"], product["availableStock"]


def _written_stock(shop: RunningShop) -> tuple[int, int]:
    api = admin(shop)
    api.ok("PATCH", f"/product/{id_of('product', 'WS-1003')}", {"stock": 7})
    return _stock(api, "WS-1003")


def _half_a_sync(shop: RunningShop) -> int:
    api = admin(shop)
    id_ = id_of("product", "WS-1006")
    rows = [{"entity": "product", "action": "upsert", "payload": [{"id": id_, "stock": stock}]} for stock in (1, "x")]
    assert api.call("POST", "/_action/sync", rows).status_code == 400
    return _stock(api, "WS-1006")[0]


#: what to look at, what is right, what the mutant makes of it
CASES: dict[str, tuple[Any, Any, Any]] = {
    "tax-one-cent": (_tax, 3.98, 3.99),
    "promotion-percentage-of-net": (_discount, -6.49, -5.45),
    "shipping-threshold-inverted": (_shipping, (5.9, 0), (0, 5.9)),
    "closeout-oversell": (_last_piece, [1, 0], [1, 1]),
    "tier-off-by-one": (_tier, [8.9, 7.9, 7.9], [8.9, 8.9, 7.9]),
    "double-order": (_submits, [200, 400], [200, 200]),
    "illegal-transition": (_illegal, 400, 200),
    "cancelled-keeps-stock": (_after_cancelling, 0, 3),
    "stock-not-recounted": (_written_stock, (7, 7), (7, 80)),
    "sync-half-written": (_half_a_sync, 110, 1),
}

#: those that need a letterbox or a PDF reader are looked at in tests/refshop/mail
ELSEWHERE = {"invoice-tax-one-cent", "confirmation-twice", "state-mail-missing"}


def test_every_mutant_is_looked_at() -> None:
    assert set(CASES) | ELSEWHERE <= set(MUTANTS)


@pytest.fixture(scope="module")
def right() -> Iterator[RunningShop]:
    with ExitStack() as stack:
        yield stack.enter_context(running_shop())


@pytest.mark.parametrize("name", CASES)
def test_the_mutant_differs_where_it_says(right: RunningShop, name: str) -> None:
    look, expected, mutated_value = CASES[name]
    assert look(right) == expected
    with running_shop("--mutant", name) as wrong:
        assert look(wrong) == mutated_value


def test_mutants_can_be_combined() -> None:
    both = mutated(["tax-one-cent", "double-order"])
    assert both.cart_is_emptied_by_order() is False
    assert both.round_tax(Decimal("3.975"), 2, Decimal(0)) == Decimal("3.99")


def test_an_unknown_mutant_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownMutantError, match=r"Did you mean double-order\?"):
        mutated(["double-orders"])
