"""Accounts: register, log in and out, addresses, passwords."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.refshop.store_api.visitor import Visitor
from updategate.embedded.refshop.shop import Shop


def test_registration_logs_in_with_a_new_token(visitor: Visitor) -> None:
    before = visitor.get("/context").token
    reply = visitor.post("/account/register", visitor.registration("rita@example.com"))
    assert reply.status == 200
    assert reply.token != before
    assert visitor.post("/account/customer").body["email"] == "rita@example.com"


def test_cart_goes_along_when_a_visitor_registers(visitor: Visitor) -> None:
    visitor.add("WS-1001", 2)
    visitor.post("/account/register", visitor.registration("rita@example.com"))
    assert [line["quantity"] for line in visitor.get("/checkout/cart").body["lineItems"]] == [2]


def test_one_context_a_customer(visitor: Visitor) -> None:
    """The second login finds the token of the first, and with it the cart."""
    visitor.login()
    visitor.add("WS-1001")
    elsewhere = Visitor(visitor.shop)
    elsewhere.login()
    assert elsewhere.token == visitor.token
    assert len(elsewhere.get("/checkout/cart").body["lineItems"]) == 1


def test_carts_are_joined_at_login(visitor: Visitor) -> None:
    visitor.login()
    visitor.add("WS-1001")
    guest = Visitor(visitor.shop)
    guest.add("WS-1002")
    guest.login()
    numbers = {line["payload"]["productNumber"] for line in guest.get("/checkout/cart").body["lineItems"]}
    assert numbers == {"WS-1001", "WS-1002"}


def test_logout_gives_a_token_without_customer(visitor: Visitor) -> None:
    visitor.login()
    token = visitor.token
    assert visitor.post("/account/logout").token != token
    assert visitor.post("/account/customer").status == 403


def test_token_in_the_body_up_to_65(shop_of: Callable[[str], Shop]) -> None:
    old, new = Visitor(shop_of("6.5.8.14")).login(), Visitor(shop_of("6.6.7.1")).login()
    assert old.body["contextToken"] == old.token
    assert "contextToken" not in new.body


@pytest.mark.parametrize(
    ("email", "password", "code"),
    [
        ("karl@example.com", "wrong", "CHECKOUT__CUSTOMER_AUTH_BAD_CREDENTIALS"),
        ("nobody@example.com", "wrong", "CHECKOUT__CUSTOMER_NOT_FOUND"),
    ],
)
def test_wrong_credentials(visitor: Visitor, email: str, password: str, code: str) -> None:
    reply = visitor.login(email, password)
    assert (reply.status, reply.codes) == (401, [code])


def test_too_many_attempts(visitor: Visitor) -> None:
    replies = [visitor.login(password="wrong") for _ in range(11)]
    assert [reply.status for reply in replies] == [401] * 10 + [429]
    assert replies[-1].codes == ["CHECKOUT__CUSTOMER_AUTH_THROTTLED"]
    assert visitor.login("anna@example.com").status == 200


def test_registration_is_checked_as_a_whole(visitor: Visitor) -> None:
    body = visitor.registration("no-mail", password="short", firstName="", billingAddress={"street": ""})
    reply = visitor.post("/account/register", body)
    assert reply.status == 400
    assert {"/email", "/password", "/firstName", "/billingAddress/street", "/billingAddress/city"} <= set(
        reply.pointers
    )


def test_address_can_be_used_once(visitor: Visitor) -> None:
    reply = visitor.post("/account/register", visitor.registration("karl@example.com"))
    assert (reply.status, reply.codes) == (400, ["VIOLATION::CUSTOMER_EMAIL_NOT_UNIQUE"])


def test_guests_may_use_an_address_again(visitor: Visitor) -> None:
    body = visitor.registration("karl@example.com", guest=True)
    del body["password"]
    assert visitor.post("/account/register", body).status == 200
    assert visitor.post("/account/customer").body["guest"] is True


def test_storefront_must_be_a_domain_of_the_channel(visitor: Visitor) -> None:
    reply = visitor.post(
        "/account/register", visitor.registration("rita@example.com", storefrontUrl="http://evil.test")
    )
    assert (reply.status, reply.pointers) == (400, ["/storefrontUrl"])


def test_password_change(visitor: Visitor) -> None:
    visitor.login()
    body = {"password": "Shop-pass-1", "newPassword": "Shop-pass-2", "newPasswordConfirm": "Shop-pass-2"}
    assert visitor.post("/account/change-password", {**body, "password": "wrong"}).status == 400
    assert visitor.post("/account/change-password", body).status == 200
    assert Visitor(visitor.shop).login().status == 401
    assert Visitor(visitor.shop).login(password="Shop-pass-2").status == 200


def test_forgotten_password(visitor: Visitor) -> None:
    sent: list[str] = []
    visitor.shop.events.on("customer.recovery.request", lambda name, **_: sent.append(name))
    reply = visitor.post(
        "/account/recovery-password", {"email": "karl@example.com", "storefrontUrl": visitor.channel_url}
    )
    assert (reply.status, len(sent)) == (200, 1)
    hash_ = visitor.shop.store.all("customer_recovery")[0]["hash"]
    body = {"hash": hash_, "newPassword": "Shop-pass-3", "newPasswordConfirm": "Shop-pass-3"}
    assert visitor.post("/account/recovery-password-confirm", body).status == 200
    assert visitor.login(password="Shop-pass-3").status == 200


def test_addresses(visitor: Visitor) -> None:
    visitor.login()
    country = visitor.shop.store.where("country", iso="AT")[0]["id"]
    entered = {"firstName": "Karl", "lastName": "Kunde", "street": "Ring 1", "zipcode": "1010", "city": "Wien"}
    invalid = visitor.post("/account/address", {**entered, "city": ""})
    assert (invalid.status, set(invalid.pointers)) == (400, {"/city", "/countryId"})
    created = visitor.post("/account/address", {**entered, "countryId": country})
    assert created.status == 200
    assert len(visitor.post("/account/list-address").body["elements"]) == 2
    assert visitor.patch(f"/account/address/default-shipping/{created.body['id']}", {}).status == 204
    assert visitor.post("/account/customer").body["defaultShippingAddressId"] == created.body["id"]


def test_address_of_a_delivery_decides_about_the_tax(visitor: Visitor) -> None:
    visitor.login()
    rate = visitor.add("WS-1001").body["price"]["calculatedTaxes"][0]["taxRate"]
    country = visitor.shop.store.where("country", iso="AT")[0]["id"]
    entered = {"firstName": "K", "lastName": "K", "street": "Ring 1", "zipcode": "1010", "city": "Wien"}
    address = visitor.post("/account/address", {**entered, "countryId": country}).body["id"]
    visitor.patch("/context", {"shippingAddressId": address})
    abroad = visitor.get("/checkout/cart").body["price"]["calculatedTaxes"][0]["taxRate"]
    assert (rate, abroad) == (19, 20)


def test_nobody_else_s_address(visitor: Visitor) -> None:
    visitor.login()
    other = visitor.shop.store.where("customer", email="anna@example.com")[0]["defaultBillingAddressId"]
    assert visitor.patch("/context", {"billingAddressId": other}).status == 400
    assert visitor.delete(f"/account/address/{other}").status in (400, 403, 404)
