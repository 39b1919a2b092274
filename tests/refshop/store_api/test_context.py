"""Contexts: tokens, what is chosen for them, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.refshop.store_api.visitor import Visitor
from updategate.embedded.refshop.dal.ids import SettableClock


def test_every_visitor_gets_a_token(reader: Visitor) -> None:
    first = Visitor(reader.shop).get("/context")
    second = Visitor(reader.shop).get("/context")
    assert first.token == first.body["token"]
    assert first.token != second.token


def test_token_is_kept(reader: Visitor) -> None:
    token = reader.get("/context").token
    assert reader.get("/context").body["token"] == token


def test_choices_are_kept_with_the_token(visitor: Visitor) -> None:
    pound = visitor.shop.store.where("currency", isoCode="GBP")[0]["id"]
    assert visitor.get("/context").body["currency"]["isoCode"] == "EUR"
    assert visitor.patch("/context", {"currencyId": pound}).status == 200
    assert visitor.get("/context").body["currency"]["isoCode"] == "GBP"


def test_currency_header_is_ignored(reader: Visitor) -> None:
    pound = reader.shop.store.where("currency", isoCode="GBP")[0]["id"]
    reply = reader.call("GET", "/context", None, sw_currency_id=pound)
    assert reply.body["currency"]["isoCode"] == "EUR"


def test_language_header_speaks_for_one_request(reader: Visitor) -> None:
    german = next(row["id"] for row in reader.shop.store.all("language") if row["name"] == "Deutsch")
    product = reader.product("WS-1001")["id"]
    english = reader.post(f"/product/{product}").body["product"]["translated"]["name"]
    reader.language = german
    translated = reader.post(f"/product/{product}").body["product"]["translated"]["name"]
    reader.language = None
    assert english != translated
    assert reader.post(f"/product/{product}").body["product"]["translated"]["name"] == english


def test_unknown_choices_are_refused_one_by_one(reader: Visitor) -> None:
    reply = reader.patch("/context", {"currencyId": "0" * 32, "shippingMethodId": "1" * 32})
    assert reply.status == 400
    assert reply.codes == ["VIOLATION::ENTITY_DOES_NOT_EXISTS"] * 2
    assert reply.pointers == ["/shippingMethodId", "/currencyId"]


def test_addresses_need_a_customer(reader: Visitor) -> None:
    reply = reader.patch("/context", {"shippingAddressId": "0" * 32})
    assert (reply.status, reply.codes) == (403, ["CHECKOUT__CUSTOMER_NOT_LOGGED_IN"])


def test_access_key(reader: Visitor) -> None:
    missing = reader.call("GET", "/context", None, sw_access_key="")
    wrong = reader.call("GET", "/context", None, sw_access_key="SWSCNOSUCHKEY")
    assert (missing.status, wrong.status) == (401, 412)
    assert wrong.codes == ["FRAMEWORK__ROUTING_SALES_CHANNEL_NOT_FOUND"]


def test_maintenance_closes_the_api(visitor: Visitor) -> None:
    visitor.shop.store.upsert("sales_channel", {"id": visitor.channel["id"], "maintenance": True})
    reply = visitor.get("/checkout/cart")
    assert (reply.status, reply.codes) == (503, ["FRAMEWORK__API_SALES_CHANNEL_MAINTENANCE_MODE"])
    own = {"id": visitor.channel["id"], "maintenanceIpWhitelist": ["127.0.0.1"]}
    visitor.shop.store.upsert("sales_channel", own)
    assert visitor.get("/checkout/cart").status == 200


def test_context_is_forgotten_after_a_day(visitor: Visitor) -> None:
    clock = SettableClock(datetime(2026, 3, 4, tzinfo=UTC))
    visitor.shop.clock = clock
    visitor.login()
    token = visitor.token
    clock.advance(timedelta(hours=20))
    assert visitor.post("/account/customer").status == 200
    clock.advance(timedelta(hours=25))
    reply = visitor.post("/account/customer")
    assert reply.status == 403
    assert reply.token != token


def test_wrong_method_and_unknown_route(reader: Visitor) -> None:
    assert reader.call("PUT", "/context").status == 405
    assert reader.get("/nonsense").status == 404
