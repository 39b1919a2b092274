"""Reading carts: the plan holds together, and whatever happens the shop is left as it was found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from updategate.clients.admin_api import AdminApi
from updategate.clients.admin_api.sign_in import Integration
from updategate.clients.errors import ApiError
from updategate.clients.json_text import write_json
from updategate.clients.transport import Answer, Call
from updategate.operations.cart_kinds import plan
from updategate.operations.cart_plan import shop
from updategate.operations.read_carts import main, read_carts, write

GIVEN = {
    "/api/search/sales-channel": [
        {"id": "c" * 32, "languageId": "l", "paymentMethodId": "p", "navigationCategoryId": "n"}
    ],
    "/api/search/tax-rule-type": [
        {"id": name, "technicalName": name} for name in ("entire_country", "zip_code", "zip_code_range")
    ],
    "/api/search/delivery-time": [{"id": "d" * 32}],
    "/api/search/salutation": [{"id": "e" * 32}],
}
CART = {
    "lineItems": [
        {
            "type": "product",
            "label": "Mug",
            "quantity": 2,
            "payload": {"productNumber": "X"},
            "price": {"unitPrice": Decimal("1.5"), "quantity": 2, "totalPrice": 3, "calculatedTaxes": []},
        }
    ],
    "deliveries": [],
    "errors": [],
    "price": {
        "netPrice": 3,
        "totalPrice": 3,
        "positionPrice": 3,
        "rawTotal": 3,
        "taxStatus": "tax-free",
        "calculatedTaxes": [],
    },
}


class FakeShop:
    """Takes whatever is written, remembers what is there, and charges 3.00 for every cart."""

    base_url = "http://shop.example"

    def __init__(self, *, fails_at: str = "") -> None:
        self.there: set[tuple[str, str]] = set()
        self.written: dict[str, list[dict[str, Any]]] = {}
        self.fails_at = fails_at

    def send(self, call: Call) -> Answer:
        status, body = self._answer(call)
        return Answer(str(call), status, {"sw-context-token": "t"}, write_json(body).encode(), 0.0)

    def _answer(self, call: Call) -> tuple[int, Any]:
        path = call.path.split("?")[0]
        if self.fails_at and path.startswith(self.fails_at):
            return 500, {"errors": [{"status": "500", "code": "BROKEN", "detail": "broken"}]}
        if path == "/api/oauth/token":
            return 200, {"access_token": "t", "expires_in": 600}
        if path == "/api/_info/version":
            return 200, {"version": "6.6.7.1"}
        if path == "/api/_action/sync":
            for operation in call.json:
                self._sync(operation)
            return 200, {"data": [], "notFound": [], "deleted": []}
        if path.startswith(("/api/search/", "/api/search-ids/")):
            rows = GIVEN.get(path.replace("search-ids", "search"), [])
            ids = [row["id"] for row in rows]
            return 200, {"total": len(rows), "data": ids if "search-ids" in path else rows}
        if call.method == "DELETE" and path.startswith("/api/"):
            _, _, entity, entity_id = path.split("/")
            self.there.discard((entity.replace("-", "_"), entity_id))
            return 204, {}
        if path == "/store-api/context":
            return 200, {"token": "t", "contextToken": "t", "currency": {"isoCode": "EUR", "id": "x"}, **CONTEXT}
        if path == "/store-api/account/login":
            return 200, {"contextToken": "t"}
        return 200, CART

    def _sync(self, operation: dict[str, Any]) -> None:
        for row in operation["payload"]:
            key = (operation["entity"], row["id"])
            if operation["action"] == "delete":
                self.there.discard(key)
            else:
                self.there.add(key)
                self.written.setdefault(operation["entity"], []).append(row)


CONTEXT = {
    "salesChannel": {"id": "s", "languageId": "l", "countryId": "c"},
    "paymentMethod": {"id": "p"},
    "shippingMethod": {"id": "m"},
    "currentCustomerGroup": {"id": "g"},
}


def read(fake: FakeShop, carts: int = 3) -> dict[str, Any]:
    planned = plan(1)
    planned["carts"] = planned["carts"][:carts]
    kept: list[dict[str, Any]] = []
    read_carts(AdminApi(fake, Integration("id", "secret")), fake, planned, kept.append)
    return kept[0]


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for entry in value.values():
            yield from texts(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from texts(entry)
    elif isinstance(value, str):
        yield value


def test_the_same_seed_makes_the_same_plan() -> None:
    assert plan(1) == plan(1)
    assert plan(1)["carts"] != plan(2)["carts"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_everything_that_a_cart_refers_to_is_planned(seed: int) -> None:
    planned = plan(seed)
    keys = {name: [row["key"] for row in rows] for name, rows in planned["shop"].items()}
    for name, rows in keys.items():
        assert len(set(rows)) == len(rows), name
    for cart in planned["carts"]:
        assert cart["channel"] in keys["channels"]
        assert cart["currency"] in keys["currencies"]
        assert cart["shipping"] in keys["shippingMethods"]
        assert cart["customer"] is None or cart["customer"] in keys["customers"]
        assert {key for key, _ in cart["lines"]} <= set(keys["products"])
        assert set(cart["codes"]) <= {*keys["promotions"], "NO-SUCH-CODE"}
        assert all(quantity > 0 for _, quantity in cart["lines"])
    rules = {rule for row in planned["shop"]["promotions"] for rule in row.get("cartRules", [])}
    assert rules <= set(keys["rules"])


def test_the_plan_has_no_floats() -> None:
    assert json.loads(json.dumps(shop()), parse_float=lambda text: pytest.fail(f"a float: {text}")) == shop()


def test_figures_are_kept_as_texts() -> None:
    document = read(FakeShop())
    assert (document["shopware"], document["seed"], len(document["carts"])) == ("6.6.7.1", 1, 3)
    figures = document["carts"][0]["figures"]
    assert figures["cart"]["totalPrice"] == "3"
    assert figures["lines"] == [
        {
            "type": "product",
            "number": "X",
            "label": "Mug",
            "price": {"unit": "1.5", "quantity": 2, "total": "3", "taxes": []},
        }
    ]


def test_nothing_is_left_behind() -> None:
    fake = FakeShop()
    read(fake)
    assert len(fake.written["product"]) == 10
    assert fake.there == set()


@pytest.mark.parametrize("fails_at", ["/store-api/checkout/cart/line-item", "/store-api/context"])
def test_nothing_is_left_behind_when_a_cart_cannot_be_read(fails_at: str) -> None:
    fake = FakeShop(fails_at=fails_at)
    with pytest.raises(ApiError, match="broken"):
        read(fake)
    assert fake.written
    assert fake.there == set()


def test_what_cannot_be_removed_is_named_and_the_figures_are_kept_all_the_same() -> None:
    fake = FakeShop(fails_at="/api/tax/")
    kept: list[Any] = []
    planned = {**plan(1), "carts": []}
    with pytest.raises(RuntimeError, match=r"not all of the shop for reading carts could be removed: tax .*broken"):
        read_carts(AdminApi(fake, Integration("id", "secret")), fake, planned, kept.append)
    assert len(kept) == 1
    assert {entity for entity, _ in fake.there} == {"tax"}


def test_what_is_created_is_known_by_its_mark() -> None:
    fake = FakeShop()
    read(fake, carts=0)
    for entity, rows in fake.written.items():
        for row in rows:
            if "name" in row:
                assert row["name"].startswith("updategate "), entity
    assert all(row["productNumber"].startswith("UG-") for row in fake.written["product"])
    assert all(row["email"].endswith("@updategate.example") for row in fake.written["customer"])


def test_own_sales_channels_keep_promotions_and_prices_from_others() -> None:
    fake = FakeShop()
    read(fake, carts=0)
    ours = {row["id"] for row in fake.written["sales_channel"]}
    bound = [row["salesChannels"] for row in fake.written["promotion"] if "salesChannels" in row]
    assert len(bound) == len(shop()["promotions"])
    assert {channel["salesChannelId"] for channels in bound for channel in channels} == ours
    assert {row["salesChannelId"] for row in fake.written["customer"]} <= ours
    assert "b7d2554b0ce847cd82f3ac9bd1c0dfca" not in {row["id"] for row in fake.written["currency"]}


def test_a_document_is_written_a_cart_a_line(tmp_path: Path) -> None:
    document = read(FakeShop())
    write(document, tmp_path / "carts.json")
    text = (tmp_path / "carts.json").read_text(encoding="utf-8")
    assert json.loads(text) == json.loads(json.dumps(document))
    assert len([line for line in text.splitlines() if line.startswith('{"no"')]) == 3
    assert not any("secret" in entry for entry in texts(document))


ENVIRONMENT = """
name: shop
url: http://127.0.0.1:9
sales_channel: {access_key: "${SHOP_ACCESS_KEY}"}
admin: {client_id: "${SHOP_CLIENT_ID}", client_secret: "${SHOP_CLIENT_SECRET}"}
permits: {carts: true, customers: true, admin_write: true}
"""


class TestCommand:
    @pytest.fixture(autouse=True)
    def _secrets(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("SHOP_ACCESS_KEY", "SHOP_CLIENT_ID", "SHOP_CLIENT_SECRET"):
            monkeypatch.setenv(name, f"secret-{name}")

    def run(self, tmp_path: Path, text: str) -> tuple[int, str]:
        (tmp_path / "shop.yaml").write_text(text, encoding="utf-8")
        result = CliRunner().invoke(main, [str(tmp_path / "shop.yaml"), str(tmp_path / "out.json")])
        assert not (tmp_path / "out.json").exists()
        return result.exit_code, result.output

    @pytest.mark.parametrize("permit", ["carts", "customers", "admin_write"])
    def test_what_is_not_permitted_is_not_done(self, tmp_path: Path, permit: str) -> None:
        code, output = self.run(tmp_path, ENVIRONMENT.replace(f"{permit}: true", f"{permit}: false"))
        assert code == 2
        assert f"write 'permits: {{{permit}: true}}' into its file" in output

    def test_without_an_admin_api_it_says_what_is_missing(self, tmp_path: Path) -> None:
        text = "\n".join(line for line in ENVIRONMENT.splitlines() if not line.startswith("admin:"))
        code, output = self.run(tmp_path, text)
        assert (code, "gives no credentials for the Admin API" in output) == (2, True)

    def test_an_unreachable_shop_is_told_without_traceback_or_secrets(self, tmp_path: Path) -> None:
        code, output = self.run(tmp_path, ENVIRONMENT)
        assert code == 2
        assert "http://127.0.0.1:9" in output
        assert "Traceback" not in output
        assert "secret-" not in output

    def test_a_typo_in_the_environment_is_told(self, tmp_path: Path) -> None:
        code, output = self.run(tmp_path, ENVIRONMENT.replace("permits:", "permitts:"))
        assert (code, "permits" in output) == (2, True)
