"""The mutants of customers' accounts, one by one."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.refshop.mutants.world import Case, World, show
from updategate.embedded.refshop.mutants.accounts import ACCOUNTS
from updategate.embedded.refshop.seed.notation import id_of


def _logins(world: World) -> dict[str, Any]:
    return {email: world.visitor().login(email).status for email in ("karl@example.com", "Karl@Example.com")}


def _carts(world: World) -> dict[str, Any]:
    """A visitor puts a hammer into the cart and logs in, for the first and for the second time."""
    found = {}
    for name, number in (("first", "WS-1001"), ("second", "WS-1002")):
        person = world.visitor()
        person.add(number)
        person.login("karl@example.com")
        lines = person.get("/checkout/cart").body["lineItems"]
        found[name] = sorted(line["payload"]["productNumber"] for line in lines)
    return found


def _registered(world: World) -> dict[str, Any]:
    """Somebody registers for the trade group; somebody orders as a guest and registers then."""
    trade = world.visitor()
    group = id_of("customer_group", "b2b")
    trade.post("/account/register", trade.registration("trade@example.com", requestedGroupId=group))
    guest = world.visitor()
    guest.post("/account/register", guest.registration("guest@example.com", guest=True))
    answer = guest.post("/account/register", guest.registration("later@example.com"))
    return {
        "answer": answer.status,
        "login": world.visitor().login("later@example.com", "long-enough-1").status,
        "group": world.row("customer", email="trade@example.com")["requestedGroupId"] == group,
        "others": world.visitor().login("trade@example.com", "long-enough-1").status,
    }


def _addresses(world: World) -> dict[str, Any]:
    person = world.visitor("karl@example.com")
    entered = {
        "firstName": "Karl",
        "lastName": "Kunde",
        "street": "Ring 2",
        "zipcode": "48149",
        "city": "Münster",
        "countryId": id_of("country", "DE"),
    }
    made = person.post("/account/address", entered).body
    answer = person.patch(f"/account/address/{made['id']}", {**entered, "street": "Ring 3"})
    kept = {row["id"]: row["street"] for row in person.get("/account/list-address").body["elements"]}
    return {"new": made["street"], "answer": answer.status, "changed": kept[made["id"]]}


def _recovered(world: World) -> dict[str, Any]:
    person = world.visitor()
    person.post("/account/recovery-password", {"email": "karl@example.com", "storefrontUrl": person.channel_url})
    link = re.search(r"hash=(\w+)", world.letters()[-1])
    assert link is not None
    new = {"hash": link.group(1), "newPassword": "Brand-new-1", "newPasswordConfirm": "Brand-new-1"}
    answer = person.post("/account/recovery-password-confirm", new)
    return {
        "answer": answer.status,
        "new password": world.visitor().login(password="Brand-new-1").status,
        "old password": world.visitor().login().status,
    }


def _payment(world: World) -> dict[str, Any]:
    person = world.visitor("karl@example.com")
    before = person.get("/context").body["paymentMethod"]["translated"]["name"]
    answer = person.post(f"/account/change-payment-method/{id_of('payment_method', 'cash')}")
    after = world.visitor("karl@example.com").get("/context").body["paymentMethod"]["translated"]["name"]
    return {"before": before, "answer": answer.status, "after": after}


def _orders(world: World) -> dict[str, Any]:
    person = world.visitor("karl@example.com")
    for _ in range(3):
        person.order("WS-1001")
    sort = [{"field": "orderNumber", "order": "ASC"}]
    pages = [person.post("/order", {"limit": 2, "page": page, "sort": sort}).body["orders"] for page in (1, 2)]
    first, second = ([order["orderNumber"] for order in page["elements"]] for page in pages)
    return {"first page": first, "second page": second}


def _menu(world: World) -> dict[str, Any]:
    browser = world.browser()
    browser.log_in("karl@example.com")
    pages = {
        "product": f"/detail/{world.product('WS-1001')['id']}",
        "list": f"/navigation/{id_of('category', 'tools')}",
        "account": "/account",
    }
    return {name: "account-menu-login-button" in browser.get(path).text for name, path in pages.items()}


_REGISTERED = {"answer": 200, "login": 200, "group": True, "others": 200}

CASES = {
    "email-case-counts": Case(_logins, {"karl@example.com": 200, "Karl@Example.com": 200}, {"Karl@Example.com": 401}),
    "cart-lost-at-second-login": Case(
        _carts, {"first": ["WS-1001"], "second": ["WS-1001", "WS-1002"]}, {"second": ["WS-1001"]}
    ),
    "registration-after-guest-order": Case(_registered, _REGISTERED, {"login": 401}),
    "requested-group-lost": Case(_registered, _REGISTERED, {"group": False}),
    "changed-address-lost": Case(
        _addresses, {"new": "Ring 2", "answer": 200, "changed": "Ring 3"}, {"changed": "Ring 2"}
    ),
    "recovered-password-lost": Case(
        _recovered,
        {"answer": 200, "new password": 200, "old password": 401},
        {"new password": 401, "old password": 200},
    ),
    "payment-choice-lost": Case(
        _payment,
        {"before": "Paid in advance", "answer": 200, "after": "Cash on delivery"},
        {"after": "Paid in advance"},
    ),
    "second-page-of-orders": Case(
        _orders, {"first page": ["10000", "10001"], "second page": ["10002"]}, {"second page": ["10000", "10001"]}
    ),
    "menu-offers-login": Case(
        _menu, {"product": False, "list": False, "account": False}, {"product": True, "list": True}
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_mutant_is_wrong_where_it_says_and_nowhere_else(name: str) -> None:
    show(name, CASES[name])


def test_every_mutant_of_the_group_is_looked_at() -> None:
    assert set(CASES) == set(ACCOUNTS.mutants)
