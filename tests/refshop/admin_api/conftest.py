from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from tests.refshop.conformance.harness import RunningShop, running_shop


@dataclass
class Api:
    """The Admin API with a token; answers are kept as they came."""

    shop: RunningShop
    token: str
    headers: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        sent = {"Authorization": f"Bearer {self.token}", "Accept": "application/json", **self.headers, **headers}
        return requests.request(
            method, f"{self.shop.url}/api{path}", json=body, headers=sent, timeout=10, allow_redirects=False
        )

    def ok(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        answer = self.call(method, path, body, **headers)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def first(self, entity: str, **equals: Any) -> dict[str, Any]:
        filters = [{"type": "equals", "field": name, "value": value} for name, value in equals.items()]
        return self.ok("POST", f"/search/{entity}", {"filter": filters, "limit": 1})["data"][0]

    def codes(self, answer: requests.Response) -> list[str]:
        return [error["code"] for error in answer.json()["errors"]]


def token(shop: RunningShop, **grant: str) -> dict[str, Any]:
    answer = requests.post(f"{shop.url}/api/oauth/token", json=grant, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer.json()


def admin(shop: RunningShop) -> Api:
    facts = shop.facts
    granted = token(
        shop, grant_type="client_credentials", client_id=facts["client_id"], client_secret=facts["client_secret"]
    )
    return Api(shop, granted["access_token"])


@pytest.fixture(scope="session")
def shop() -> Iterator[RunningShop]:
    with running_shop() as running:
        yield running


@pytest.fixture(scope="session")
def api(shop: RunningShop) -> Api:
    return admin(shop)
