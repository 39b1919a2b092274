from __future__ import annotations

import requests

from tests.refshop.admin_api.conftest import Api, token
from tests.refshop.conformance.harness import RunningShop, running_shop

READ_ONLY = {"client_id": "SWIAREFSHOPREADONLYKEY0001", "client_secret": "refshop-readonly-secret"}
USER = {"grant_type": "password", "client_id": "administration", "username": "admin", "password": "shopware"}


def _post(shop: RunningShop, **grant: str) -> requests.Response:
    return requests.post(f"{shop.url}/api/oauth/token", json=grant, timeout=10)


def test_a_refresh_token_can_be_used_once(shop: RunningShop) -> None:
    first = token(shop, **USER)
    renewal = {"grant_type": "refresh_token", "client_id": "administration", "refresh_token": first["refresh_token"]}
    second = token(shop, **renewal)
    assert Api(shop, second["access_token"]).call("GET", "/_info/version").status_code == 200
    again = _post(shop, **renewal)
    assert (again.status_code, again.json()["errors"][0]["detail"]) == (401, "Token has been revoked")


def test_a_refresh_token_is_no_access_token(shop: RunningShop) -> None:
    granted = token(shop, **USER)
    assert Api(shop, granted["refresh_token"]).call("GET", "/_info/version").status_code == 401


def test_a_token_expires() -> None:
    with running_shop("--token-lifetime", "0") as shop:
        granted = token(shop, **USER)
        assert granted["expires_in"] == 0
        answer = Api(shop, granted["access_token"]).call("GET", "/_info/version")
        assert answer.status_code == 401
        assert answer.json()["errors"][0]["detail"] == "Access token could not be verified"


def test_the_eleventh_failure_is_refused_with_the_right_password_too() -> None:
    with running_shop() as shop:
        for _ in range(10):
            assert _post(shop, **{**USER, "password": "wrong"}).status_code == 400
        answer = _post(shop, **USER)
        assert answer.status_code == 429
        assert answer.json()["errors"][0]["code"] == "FRAMEWORK__AUTH_THROTTLED"
        # other users are not held up
        assert _post(shop, **{**USER, "username": "other"}).status_code == 400


def test_a_limited_integration_may_do_what_its_role_names(shop: RunningShop) -> None:
    limited = Api(shop, token(shop, grant_type="client_credentials", **READ_ONLY)["access_token"])
    assert limited.call("POST", "/search/product", {"limit": 1}).status_code == 200
    for method, path, body in (
        ("POST", "/search/order", {}),
        ("POST", "/search/product", {"associations": {"categories": {}}}),
        ("POST", "/product", {"name": "x"}),
        ("POST", "/_action/sync", [{"entity": "product", "action": "delete", "payload": [{"id": "0" * 32}]}]),
    ):
        answer = limited.call(method, path, body)
        assert (answer.status_code, limited.codes(answer)) == (403, ["FRAMEWORK__MISSING_PRIVILEGE_ERROR"]), path


def test_tokens_outlive_a_restart_of_the_shop(tmp_path: object) -> None:
    data = f"{tmp_path}/shop.sqlite"
    with running_shop("--data", data) as shop:
        granted = token(shop, **USER)
    with running_shop("--data", data) as shop:
        assert Api(shop, granted["access_token"]).call("GET", "/_info/version").status_code == 200
