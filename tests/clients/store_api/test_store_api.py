from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.clients.fake_shop import FakeShop
from updategate.clients.cart_reading import UnreadableAnswerError, read_cart, read_order
from updategate.clients.errors import ApiError
from updategate.clients.json_text import read_json
from updategate.clients.store_api import Registration, StoreApi
from updategate.clients.transport import RequestsTransport
from updategate.config.process_environment import recordings_folder
from updategate.domain.money import eur
from updategate.domain.parties import Address
from updategate.domain.views import TaxState

ADA = Address("Ada", "Lovelace", "Prüfweg 12", "10115", "Berlin", "DE")


@pytest.fixture
def api(fake_shop: FakeShop) -> Iterator[StoreApi]:
    transport = RequestsTransport(fake_shop.url)
    yield StoreApi(transport, "SWSCKEY")
    transport.close()


def test_the_token_of_the_last_answer_is_sent_with_the_next_request(fake_shop: FakeShop, api: StoreApi) -> None:
    fake_shop.answers("POST", "/store-api/account/login", {"redirectUrl": None}, sw_context_token="after-login")
    fake_shop.answers("GET", "/store-api/checkout/cart", {})
    api.token = "before"

    api.login("ada@x.example", "secret-1")
    api.raw_cart()

    assert [asked.headers.get("sw-context-token") for asked in fake_shop.asked] == ["before", "after-login"]
    assert {asked.headers["sw-access-key"] for asked in fake_shop.asked} == {"SWSCKEY"}


def test_the_token_in_the_body_counts_where_no_header_tells_it(fake_shop: FakeShop, api: StoreApi) -> None:
    fake_shop.answers("POST", "/store-api/account/login", {"contextToken": "in-body"})
    api.login("ada@x.example", "secret-1")
    assert api.token == "in-body"


def test_a_refused_request_does_not_change_the_token(fake_shop: FakeShop, api: StoreApi) -> None:
    fake_shop.answers("POST", "/store-api/account/login", {"errors": []}, status=401, sw_context_token="other")
    api.token = "mine"
    assert api.raw_login("ada@x.example", "wrong").status == 401
    assert api.token == "mine"


def test_an_error_tells_status_code_pointer_and_detail(fake_shop: FakeShop, api: StoreApi) -> None:
    errors = [
        {"code": "VIOLATION::IS_BLANK_ERROR", "detail": "No street.", "source": {"pointer": "/billingAddress/street"}},
        {"code": "VIOLATION::TOO_SHORT_ERROR", "detail": "Too short.", "source": {"pointer": "/password"}},
    ]
    fake_shop.answers("POST", "/store-api/account/register", {"errors": errors}, status=400)

    with pytest.raises(ApiError) as caught:
        api.register(Registration("ada@x.example", ADA, "http://shop", "short").to_json({"DE": "1" * 32}, None))

    error = caught.value
    assert (error.status, error.code, error.pointer) == (400, "VIOLATION::IS_BLANK_ERROR", "/billingAddress/street")
    assert str(error) == (
        "POST /store-api/account/register answered 400: "
        "VIOLATION::IS_BLANK_ERROR at /billingAddress/street: No street.; "
        "VIOLATION::TOO_SHORT_ERROR at /password: Too short."
    )


def test_an_error_page_that_is_no_json_is_quoted(fake_shop: FakeShop, api: StoreApi) -> None:
    fake_shop.answers("GET", "/store-api/context", b"<h1>Bad gateway</h1>", status=502, content_type="text/html")
    with pytest.raises(ApiError, match="answered 502: no Shopware error, but: '<h1>Bad gateway</h1>'"):
        api.context()


def test_a_guest_registers_without_password_and_a_company_with_its_name() -> None:
    guest = Registration("ada@x.example", ADA, "http://shop").to_json({"DE": "1" * 32}, "2" * 32)
    assert guest["guest"] is True
    assert "password" not in guest
    company = Registration("ada@x.example", ADA, "http://shop", "p", company="Ltd", vat_ids=["DE1"])
    body = company.to_json({"DE": "1" * 32}, None)
    assert (body["accountType"], body["vatIds"], body["billingAddress"]["company"]) == ("business", ["DE1"], "Ltd")


def test_a_country_that_is_not_offered_is_named() -> None:
    with pytest.raises(KeyError, match="does not offer the country DE; it offers AT, CH"):
        Registration("ada@x.example", ADA, "http://shop").to_json({"CH": "1", "AT": "2"}, None)


def test_all_pages_of_countries_are_read(fake_shop: FakeShop, api: StoreApi) -> None:
    first = [{"iso": f"{number:03}", "id": str(number)} for number in range(100)]
    fake_shop.answers("POST", "/store-api/country", {"elements": first})
    fake_shop.answers("POST", "/store-api/country", {"elements": [{"iso": "DE", "id": "x"}]})
    assert len(api.countries()) == 101
    assert [asked.json["page"] for asked in fake_shop.asked] == [1, 2]


def test_something_else_than_a_cart_is_told() -> None:
    with pytest.raises(UnreadableAnswerError, match=r"a cart has a price and line items, but the answer is \[\]"):
        read_cart([], "EUR")
    with pytest.raises(UnreadableAnswerError, match="the order came without its currency"):
        read_order({"price": {"totalPrice": 1}})


def recorded(version: str, name: str) -> dict:
    path = recordings_folder() / version / "store-api" / f"{name}.json"
    if not path.is_file():
        pytest.skip(f"no recording {path}")
    return read_json(path.read_text())["response"]["body"]


@pytest.mark.recordings
@pytest.mark.parametrize("version", ["6.5.8.14", "6.6.6.1", "6.6.7.1"])
def test_a_recorded_cart_is_read_to_the_cent(version: str) -> None:
    cart = read_cart(recorded(version, "cart-promotion"), "EUR")
    assert (cart.total, cart.net_total, cart.tax_state) == (eur("634.50"), eur("533.20"), TaxState.GROSS)
    assert cart.line("BENCH-001").unit_price == eur("199.00")
    assert cart.line("BENCH10").total == eur("-70.50")
    assert [(tax.rate, tax.tax) for tax in cart.taxes or ()] == [(Decimal(19), eur("101.30"))]
    assert [error.key for error in cart.errors] == ["promotion-discount-added"]


@pytest.mark.recordings
@pytest.mark.parametrize("version", ["6.5.8.14", "6.6.7.1"])
def test_a_recorded_message_says_whether_it_blocks_the_order(version: str) -> None:
    (error,) = read_cart(recorded(version, "cart-out-of-stock"), "EUR").errors
    assert (error.key, error.level, error.blocks_order) == ("product-out-of-stock", 20, True)
    (error,) = read_cart(recorded(version, "cart-promotion-unknown"), "EUR").errors
    assert (error.key, error.blocks_order) == ("promotion-not-found", False)


@pytest.mark.recordings
@pytest.mark.parametrize("version", ["6.5.8.14", "6.6.7.1"])
def test_a_recorded_order_is_read_to_the_cent(version: str) -> None:
    order = read_order(recorded(version, "order-place-guest"))
    assert (order.total, order.shipping, order.net_total) == (eur("24.99"), eur("4.99"), eur("21.00"))
    assert (order.state, order.payment_state, order.delivery_state) == ("open", "open", "open")
    listed = read_order(recorded(version, "order-list")["orders"]["elements"][0], "EUR")
    assert listed.lines is not None
    assert sum((line.total for line in listed.lines), eur("0.00")) == listed.position_total


@pytest.mark.recordings
def test_every_recorded_cart_can_be_read() -> None:
    files = sorted(Path(recordings_folder()).glob("*/store-api/cart-*.json"))
    if not files:
        pytest.skip("no recordings")
    read = 0
    for path in files:
        exchange = read_json(path.read_text())
        body = exchange["response"]["body"]
        if exchange["response"]["status"] == 200 and isinstance(body, dict) and "price" in body:
            cart = read_cart(body, "EUR")
            assert json.dumps(str(cart)), path
            read += 1
    assert read >= 30
