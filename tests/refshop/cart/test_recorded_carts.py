"""Every cart that was recorded from a real Shopware, put together over HTTP: the same to the cent."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import requests

from tests.refshop.conformance.harness import RunningShop, recorded_shop, recordings_dir

pytestmark = pytest.mark.recordings

Json = dict[str, Any]

_PASSWORD = "Bench-pass-1"
_CODES: Mapping[str | None, list[str]] = {None: [], "both": ["BENCH10", "BENCH5EUR"]}


class Client:
    """Puts recorded carts together, as the recorder did: line by line, then code by code."""

    def __init__(self, shop: RunningShop) -> None:
        self._url = shop.url
        self._http = requests.Session()
        self._http.headers["sw-access-key"] = str(shop.facts["access_key"])
        self._tokens: dict[str, str] = {}
        answer = requests.post(
            f"{shop.url}/api/oauth/token",
            json={
                "grant_type": "client_credentials",
                "client_id": shop.facts["client_id"],
                "client_secret": shop.facts["client_secret"],
            },
            timeout=10,
        )
        self._admin = {"Authorization": f"Bearer {answer.json()['access_token']}", "Accept": "application/json"}
        self._currencies = self._ids("currency", "isoCode")
        self._roundings: dict[str, Any] = {}
        self._countries = self._ids("country", "iso")
        self._products = self._ids("product", "productNumber")
        self._methods = self._ids("shipping-method", "name")

    def _ids(self, entity: str, key: str) -> dict[str, str]:
        answer = requests.post(f"{self._url}/api/search/{entity}", json={"limit": 500}, headers=self._admin, timeout=10)
        return {row[key]: row["id"] for row in answer.json()["data"]}

    def charged(self, cart: Json) -> Json:
        """Return what the shop charges for the cart."""
        self._round(cart)
        token = self._token(cart["customer"])
        choice = {
            "currencyId": self._currencies[cart["currency"]],
            "shippingMethodId": self._methods[cart["shipping_method"]],
        }
        if cart["customer"] == "guest":
            choice["countryId"] = self._countries[cart["country"]]
        self._call("PATCH", "/context", token, choice)
        self._call("DELETE", "/checkout/cart", token)
        answer: Json = {}
        for number, quantity in cart["lines_requested"]:
            id_ = self._products[number]
            item = {"id": id_, "referencedId": id_, "type": "product", "quantity": quantity}
            answer = self._call("POST", "/checkout/cart/line-item", token, {"items": [item]})
        code = cart["codes_requested"]
        for each in _CODES.get(code, [code]):
            item = {"type": "promotion", "referencedId": each}
            answer = self._call("POST", "/checkout/cart/line-item", token, {"items": [item]})
        return answer

    def _round(self, cart: Json) -> None:
        """Round the currency as it was rounded when the cart was recorded."""
        rounding = {"itemRounding": cart["item_rounding"], "totalRounding": cart["total_rounding"]}
        if self._roundings.get(cart["currency"]) == rounding:
            return
        self._roundings[cart["currency"]] = rounding
        answer = requests.patch(
            f"{self._url}/api/currency/{self._currencies[cart['currency']]}",
            json=rounding,
            headers=self._admin,
            timeout=10,
        )
        assert answer.status_code == 204, answer.text

    def _token(self, customer: str) -> str:
        if customer == "guest":
            answer = self._http.get(f"{self._url}/store-api/context", timeout=10)
            return answer.headers["sw-context-token"]
        if customer not in self._tokens:
            answer = self._http.post(
                f"{self._url}/store-api/account/login",
                json={"username": customer, "password": _PASSWORD},
                timeout=10,
            )
            self._tokens[customer] = answer.headers["sw-context-token"]
        return self._tokens[customer]

    def _call(self, method: str, path: str, token: str, body: Json | None = None) -> Json:
        answer = self._http.request(
            method, f"{self._url}/store-api{path}", json=body, headers={"sw-context-token": token}, timeout=10
        )
        assert answer.status_code in (200, 204), answer.text
        return dict(answer.json()) if answer.content else {}


def _price(price: Json) -> Json:
    return {
        "unit": price["unitPrice"],
        "quantity": price["quantity"],
        "total": price["totalPrice"],
        "taxes": _taxes(price),
    }


def _taxes(price: Json) -> list[Json]:
    return [{"rate": tax["taxRate"], "tax": tax["tax"], "price": tax["price"]} for tax in price["calculatedTaxes"]]


def _summary(answer: Json) -> Json:
    price = answer["price"]
    return {
        "lines": [
            {
                "type": line["type"],
                "number": line["payload"].get("productNumber") if line["type"] == "product" else line["referencedId"],
                "label": line["label"],
                "price": _price(line["price"]),
            }
            for line in answer["lineItems"]
        ],
        "shipping": [_price(delivery["shippingCosts"]) for delivery in answer["deliveries"]],
        "cart": {
            **{key: price[key] for key in ("netPrice", "totalPrice", "positionPrice", "rawTotal", "taxStatus")},
            "taxes": _taxes(price),
        },
    }


def _carts(version: str) -> list[Json]:
    content = json.loads((recordings_dir() / version / "carts.json").read_text(encoding="utf-8"))
    return list(content["carts"])


@pytest.fixture(scope="module", params=["6.6.7.1", "6.5.8.14"])
def replay(request: pytest.FixtureRequest) -> Iterator[tuple[str, Client]]:
    with recorded_shop(request.param) as shop:
        yield request.param, Client(shop)


def test_carts_cost_what_they_cost_in_the_recorded_shop(replay: tuple[str, Client]) -> None:
    version, client = replay
    carts = _carts(version)
    assert len(carts) >= 60
    wrong = {}
    for cart in carts:
        found = _summary(client.charged(cart))
        expected = {key: cart[key] for key in found}
        if found != expected:
            wrong[cart["no"]] = {key: (expected[key], found[key]) for key in found if found[key] != expected[key]}
    assert wrong == {}
