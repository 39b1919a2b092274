"""The same carts in a reference shop and in a real Shopware cost the same.

Opt-in, because it fills the real shop with products, rules and promotions: name a disposable copy that holds the
recorded catalogue in UPDATEGATE_DISPOSABLE_SHOP_URL, with _ACCESS_KEY, _CLIENT_ID, _CLIENT_SECRET and _VERSION.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.refshop.cart.twin_setup import Setup, method_id, product_id
from tests.refshop.conformance.harness import recorded_shop

Json = dict[str, Any]

_ENVIRONMENT = "UPDATEGATE_DISPOSABLE_SHOP"
_CUSTOMERS = ("", "", "b2c@example.com", "b2b@example.com", "at@example.com")
_CARTS = int(os.environ.get(f"{_ENVIRONMENT}_CARTS") or 40)

pytestmark = [
    pytest.mark.recordings,
    pytest.mark.skipif(
        not os.environ.get(f"{_ENVIRONMENT}_URL"),
        reason=f"no disposable copy of a real Shopware named in {_ENVIRONMENT}_URL",
    ),
]


class Twin:
    """One of the two shops."""

    def __init__(self, url: str, access_key: str, client_id: str, client_secret: str) -> None:
        self._url = url.rstrip("/")
        self._http = requests.Session()
        self._http.headers["sw-access-key"] = access_key
        self._tokens: dict[str, str] = {}
        answer = requests.post(
            f"{self._url}/api/oauth/token",
            json={"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret},
            timeout=60,
        )
        self._admin = {"Authorization": f"Bearer {answer.json()['access_token']}", "Accept": "application/json"}
        self.ids = self._known(access_key)
        for entity, payload in Setup(self.ids).rows():
            self._sync(entity, payload)

    def _known(self, access_key: str) -> dict[str, str]:
        ids = {
            f"{entity}/{row[key]}": row["id"]
            for entity, key in (("currency", "isoCode"), ("country", "iso"), ("customer-group", "name"))
            for row in self._rows(entity)
        }
        for row in sorted(self._rows("tax"), key=lambda row: str(row["name"])):
            name = "standard" if row["taxRate"] == 19 else "reduced" if row["taxRate"] == 7 else row["name"]
            ids.setdefault(f"tax/{name}", row["id"])
        ids["delivery-time"] = min(row["id"] for row in self._rows("delivery-time") if row["name"] == "1-3 days")
        ids["sales-channel"] = next(row["id"] for row in self._rows("sales-channel") if row["accessKey"] == access_key)
        return ids

    def _rows(self, entity: str) -> list[Json]:
        answer = requests.post(f"{self._url}/api/search/{entity}", json={"limit": 500}, headers=self._admin, timeout=60)
        return list(answer.json()["data"])

    def _sync(self, entity: str, payload: list[Json]) -> None:
        answer = requests.post(
            f"{self._url}/api/_action/sync",
            json=[{"action": "upsert", "entity": entity, "payload": payload}],
            headers=self._admin,
            timeout=120,
        )
        assert answer.status_code == 200, f"{entity}: {answer.text}"

    def charged(self, cart: Json) -> Json:
        """Put the cart together, and return what it costs."""
        token = self._token(cart["customer"])
        choice = {"currencyId": self.ids[f"currency/{cart['currency']}"], "shippingMethodId": cart["method"]}
        if not cart["customer"]:
            choice["countryId"] = self.ids[f"country/{cart['country']}"]
        self._call("PATCH", "/context", token, choice)
        self._call("DELETE", "/checkout/cart", token)
        answer: Json = {}
        for id_, quantity in cart["lines"]:
            item = {"id": id_, "referencedId": id_, "type": "product", "quantity": quantity}
            answer = self._call("POST", "/checkout/cart/line-item", token, {"items": [item]})
        for code in cart["codes"]:
            item = {"type": "promotion", "referencedId": code}
            answer = self._call("POST", "/checkout/cart/line-item", token, {"items": [item]})
        return _summary(answer)

    def _token(self, customer: str) -> str:
        if not customer:
            return self._http.get(f"{self._url}/store-api/context", timeout=60).headers["sw-context-token"]
        if customer not in self._tokens:
            body = {"username": customer, "password": "Bench-pass-1"}
            answer = self._http.post(f"{self._url}/store-api/account/login", json=body, timeout=60)
            self._tokens[customer] = answer.headers["sw-context-token"]
        return self._tokens[customer]

    def _call(self, method: str, path: str, token: str, body: Json | None = None) -> Json:
        answer = self._http.request(
            method, f"{self._url}/store-api{path}", json=body, headers={"sw-context-token": token}, timeout=120
        )
        assert answer.status_code in (200, 204), answer.text
        return dict(answer.json()) if answer.content else {}


def _summary(answer: Json) -> Json:
    price = answer["price"]
    return {
        "lines": [
            (line["type"], line["label"], line["quantity"], *_amounts(line["price"])) for line in answer["lineItems"]
        ],
        "shipping": [_amounts(delivery["shippingCosts"]) for delivery in answer["deliveries"]],
        "totals": [_number(price[key]) for key in ("netPrice", "totalPrice", "positionPrice", "rawTotal")],
        "taxes": _taxes(price),
        "tax state": price["taxStatus"],
        "errors": sorted(answer["errors"] or ()),
    }


def _amounts(price: Json) -> tuple[Any, ...]:
    return _number(price["unitPrice"]), _number(price["totalPrice"]), _taxes(price)


def _taxes(price: Json) -> list[tuple[float, ...]]:
    return [tuple(_number(tax[key]) for key in ("taxRate", "tax", "price")) for tax in price["calculatedTaxes"]]


def _number(value: float) -> float:
    """Without the noise of binary numbers, which a real shop passes on."""
    return round(float(value), 6) + 0.0


def _random_carts(count: int, codes: list[str]) -> Iterator[Json]:
    chance = random.Random(20260304)  # noqa: S311 - chance, not secrecy
    for _ in range(count):
        numbers = chance.sample(range(1, 8), chance.randint(1, 4))
        yield {
            "customer": chance.choice(_CUSTOMERS),
            "currency": chance.choice(["EUR", "EUR", "USD", "GBP"]),
            "country": chance.choice(["DE", "AT", "CH"]),
            "method": method_id(chance.randint(1, 3)),
            "lines": [(product_id(number), chance.choice([1, 1, 2, 3, 5, 10, 12])) for number in numbers],
            "codes": chance.sample(codes, chance.choice([0, 1, 1, 2, 3])),
        }


def test_carts_cost_the_same() -> None:
    name = f"{_ENVIRONMENT}_"
    real = Twin(*(os.environ[f"{name}{part}"] for part in ("URL", "ACCESS_KEY", "CLIENT_ID", "CLIENT_SECRET")))
    codes = [row["code"] for row in Setup(real.ids).promotions()]
    different = []
    with recorded_shop(os.environ.get(f"{name}VERSION") or "6.6.7.1") as running:
        facts = running.facts
        own = Twin(running.url, facts["access_key"], facts["client_id"], facts["client_secret"])
        for cart in _random_carts(_CARTS, codes):
            expected, found = real.charged(cart), own.charged(cart)
            if found != expected:
                different.append(
                    (cart, {key: (expected[key], found[key]) for key in found if found[key] != expected[key]})
                )
    assert different == []
