"""A visitor of the storefront without a browser: requests, forms, what is on the page."""

from __future__ import annotations

import json
import os
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parents[3]
PASSWORD = "Bench-pass-1"


def recordings_or_skip() -> Path:
    folder = Path(os.environ.get("UPDATEGATE_RECORDINGS") or ROOT.parent / "shared" / "recordings")
    if (folder / "selectors.json").is_file():
        return folder
    reason = f"no recordings of a real Shopware in {folder}; name their folder in UPDATEGATE_RECORDINGS"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def new_email() -> str:
    return f"sf-{uuid.uuid4().hex[:10]}@example.com"


@dataclass
class Visitor:
    """Keeps cookies, follows nothing by itself."""

    url: str
    session: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str, **given: Any) -> requests.Response:
        return self.session.get(self._at(path), allow_redirects=False, timeout=30, **given)

    def post(self, path: str, fields: dict[str, str] | list[tuple[str, str]], **given: Any) -> requests.Response:
        return self.session.post(self._at(path), data=fields, allow_redirects=False, timeout=30, **given)

    def page(self, path: str) -> BeautifulSoup:
        """Follow redirects to a page that must be well."""
        response = self.session.get(self._at(path), timeout=30)
        assert response.status_code == 200, (path, response.status_code, response.text[:300])
        return soup(response)

    def _at(self, path: str) -> str:
        return path if path.startswith("http") else f"{self.url}{path}"

    # -- tasks ------------------------------------------------------------------------------------------------------

    def add(self, product_id: str, quantity: int = 1) -> requests.Response:
        key = f"lineItems[{product_id}]"
        return self.post(
            "/checkout/line-item/add",
            {
                f"{key}[id]": product_id,
                f"{key}[referencedId]": product_id,
                f"{key}[type]": "product",
                f"{key}[quantity]": str(quantity),
                "redirectTo": "frontend.cart.offcanvas",
            },
        )

    def register(self, *, email: str | None = None, guest: bool = False, **changes: str) -> requests.Response:
        form = self.page("/checkout/register" if guest else "/account/register").select_one("form.register-form")
        assert form is not None
        country = form.select_one("[name='billingAddress[countryId]'] option[selected]")
        assert country is not None
        fields = {
            "redirectTo": "frontend.checkout.confirm.page" if guest else "frontend.account.home.page",
            "errorRoute": "frontend.checkout.register.page" if guest else "frontend.account.register.page",
            "accountType": "private",
            "firstName": "Stora",
            "lastName": "Front",
            "email": email or new_email(),
            "billingAddress[street]": "Teststrasse 5",
            "billingAddress[city]": "Berlin",
            "billingAddress[zipcode]": "10115",
            "billingAddress[countryId]": str(country["value"]),
            "shopware_surname_confirm": "",
        }
        if not guest:
            fields |= {"createCustomerAccount": "true", "password": PASSWORD}
        return self.post("/account/register", fields | changes)

    def order(self, **fields: str) -> requests.Response:
        """Send the order with terms accepted and the hash of the page shown."""
        found = self.page("/checkout/confirm").select_one("#confirmOrderForm input[name=hash]")
        sent = {"tos": "on"} | ({"hash": str(found["value"])} if found else {})
        return self.post("/checkout/order", sent | fields)

    def cart(self) -> dict[str, Any]:
        cart: dict[str, Any] = json.loads(self.get("/checkout/cart.json").text)
        return cart


def soup(response: requests.Response | str) -> BeautifulSoup:
    return BeautifulSoup(response if isinstance(response, str) else response.text, "html.parser")


def alerts(page: BeautifulSoup) -> list[str]:
    """The messages of a page in order, without the one for browsers that have no JavaScript."""
    boxes = [box for box in page.select(".alert .alert-content-container") if box.find_parent("noscript") is None]
    return [" ".join(box.get_text().split()) for box in boxes]


@dataclass
class AdminApi:
    """Changes the shop behind the storefront's back."""

    url: str
    client_id: str
    client_secret: str

    def request(self, method: str, path: str, body: Any = None) -> requests.Response:
        token = requests.post(
            f"{self.url}/api/oauth/token",
            json={
                "grant_type": "client_credentials",
                "client_id": self.client_id,
                "client_secret": self.client_secret,
            },
            timeout=30,
        ).json()["access_token"]
        response = requests.request(
            method,
            f"{self.url}{path}",
            json=body,
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
            timeout=30,
        )
        assert response.status_code < 300, response.text
        return response

    def search(self, entity: str, **criteria: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.request("POST", f"/api/search/{entity}", criteria).json()["data"]
        return found
