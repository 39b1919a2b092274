"""Purchases in a real browser at the reference shop, in every version that it can be."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
import requests

from tests.clients.storefront.conftest import VERSIONS
from tests.refshop.conformance.harness import RunningShop
from updategate.clients.storefront import Alert, Storefront, UnexpectedPageError
from updategate.domain.money import Money, eur
from updategate.domain.parties import Address, Customer
from updategate.domain.views import TaxState

pytestmark = pytest.mark.browser

Open = Callable[..., Storefront]
PASSWORD = "Bench-pass-1"


def customer() -> Customer:
    return Customer(
        email=f"browser-{uuid.uuid4().hex[:10]}@example.com",
        first_name="Greta",
        last_name="Gast",
        billing_address=Address("Greta", "Gast", "Teststr. 1", "10115", "Berlin", "DE"),
    )


def product_of(shop: RunningShop, number: str) -> str:
    """The id of a product, asked from the Store API."""
    answer = requests.post(
        f"{shop.url}/store-api/product",
        json={"filter": [{"type": "equals", "field": "productNumber", "value": number}]},
        headers={"sw-access-key": shop.facts["access_key"]},
        timeout=30,
    )
    return str(answer.json()["elements"][0]["id"])


@pytest.mark.parametrize("version", VERSIONS)
def test_a_guest_buys(open_storefront: Open, shops: Callable[[str], RunningShop], version: str) -> None:
    storefront = open_storefront(version)
    storefront.detail.open(product_of(shops(version), "WS-1008"))
    assert storefront.detail.price() == eur("33.33")
    offcanvas = storefront.detail.buy(2)
    assert offcanvas.alerts() == (Alert("success", "2 products added to your shopping cart."),)
    (line,) = offcanvas.lines()
    assert (line.number, line.quantity, line.unit_price, line.total) == ("WS-1008", 2, eur("33.33"), eur("66.66"))
    assert (offcanvas.subtotal(), offcanvas.shipping()) == (eur("66.66"), eur("5.90"))
    offcanvas.set_quantity("WS-1008", 3)
    assert offcanvas.subtotal() == eur("99.99")
    offcanvas.go_to_checkout()
    confirm = storefront.checkout_register.register_guest(customer())
    assert (confirm.cart_hash() is None) == version.startswith("6.5")
    assert confirm.shipping_address() == ("Greta Gast", "Teststr. 1", "10115 Berlin", "Germany")

    summary = confirm.summary()
    assert summary.position_total == eur("99.99")
    assert summary.tax_state is TaxState.GROSS
    assert summary.net_total is not None
    assert summary.taxes is not None
    assert summary.total == summary.position_total + summary.shipping_total
    assert summary.net_total + sum((tax.tax for tax in summary.taxes), eur("0")) == summary.total
    assert [tax.rate for tax in summary.taxes] == [Decimal(19)]

    before = confirm.shipping_method()
    other = next(name for name in confirm.shipping_methods() if name != before)
    confirm.choose_shipping(other)
    assert confirm.shipping_method() == other
    confirm.choose_payment(confirm.payment_methods()[-1])
    agreed = confirm.summary()
    confirm.accept_terms()
    finish = confirm.place_order()
    assert finish.order_number().isdigit()
    assert len(finish.order_id()) == 32
    ordered = finish.summary()
    assert (ordered.lines, ordered.total, ordered.taxes) == (agreed.lines, agreed.total, agreed.taxes)
    assert storefront.window.failed_requests == []
    assert [entry for entry in storefront.window.console if entry.level != "warning"] == []


@pytest.mark.parametrize("version", VERSIONS)
def test_a_customer_buys_after_login_and_finds_the_order(
    open_storefront: Open, shops: Callable[[str], RunningShop], version: str
) -> None:
    storefront, person = open_storefront(version), customer()
    storefront.account_register.open()
    storefront.account_register.register(person, PASSWORD)
    storefront.account_overview.open()
    assert person.email in storefront.account_overview.profile()
    storefront.account_overview.log_out()

    storefront.account_login.open()
    with pytest.raises(UnexpectedPageError, match="Could not find an account that matches the given credentials"):
        storefront.account_login.log_in(person.email, "wrong-pass-1")
    storefront.account_login.log_in(person.email, PASSWORD)
    storefront.detail.open(product_of(shops(version), "WS-1008"))
    storefront.detail.buy().go_to_checkout()
    total = storefront.confirm.summary().total
    storefront.confirm.accept_terms()
    number = storefront.confirm.place_order().order_number()

    storefront.account_orders.open()
    (row,) = storefront.account_orders.orders()
    assert (row.number, row.state, row.payment_state) == (number, "Open", "Open")
    shown = storefront.account_orders.details(number)
    assert shown.total == total
    assert [line.number for line in shown.lines or ()] == ["WS-1008"]

    edit = storefront.account_orders.change_payment(number)
    other = next(name for name in edit.payment_methods() if name != edit.payment_method())
    edit.choose_payment(other)
    finish = edit.complete()
    assert f"Payment method: {other}" in finish.details()
    assert finish.summary().total == total


def test_a_double_click_makes_one_order(open_storefront: Open, shops: Callable[[str], RunningShop]) -> None:
    storefront, person = open_storefront("6.6.7.1"), customer()
    storefront.account_register.open()
    storefront.account_register.register(person, PASSWORD)
    storefront.detail.open(product_of(shops("6.6.7.1"), "WS-1008"))
    storefront.detail.buy().go_to_checkout()
    storefront.confirm.accept_terms()
    number = storefront.confirm.place_order_with_double_click().order_number()
    storefront.account_orders.open()
    assert [row.number for row in storefront.account_orders.orders()] == [number]


def test_an_order_without_accepted_terms_is_told_at_once(
    open_storefront: Open, shops: Callable[[str], RunningShop]
) -> None:
    storefront = open_storefront("6.6.7.1")
    storefront.detail.open(product_of(shops("6.6.7.1"), "WS-1008"))
    storefront.detail.buy().go_to_checkout()
    confirm = storefront.checkout_register.register_guest(customer())
    with pytest.raises(UnexpectedPageError, match=r"expected|Expected to come to the finish page.*tos:"):
        confirm.place_order()


def test_catalogue_cart_and_switches(open_storefront: Open, shops: Callable[[str], RunningShop]) -> None:
    storefront = open_storefront("6.6.7.1")
    storefront.home.open()
    categories = storefront.home.categories()
    assert len(categories) >= 4
    storefront.home.open_category(categories[1])
    products = storefront.listing.products()
    assert products
    storefront.listing.sort("price-desc")
    prices = [box.price for box in storefront.listing.products()]
    assert prices == sorted(prices, key=lambda price: price.amount, reverse=True)
    assert storefront.home.suggestions("spanner")
    storefront.search.open_term("spanner")
    assert storefront.search.products()

    storefront.search.buy(next(box.name for box in storefront.search.products() if not box.from_price))
    storefront.offcanvas.go_to_cart()
    storefront.cart.add_promotion("NO-SUCH-CODE")
    assert storefront.cart.alerts()[0].kind == "danger"
    (line,) = storefront.cart.lines()
    storefront.cart.set_quantity(line.number, 2)
    (doubled,) = storefront.cart.lines()
    assert line.total * 2 == doubled.total
    storefront.cart.remove(line.number)
    assert storefront.cart.lines() == ()

    storefront.home.open()
    storefront.home.switch_currency("GBP")
    assert storefront.home.cart_total() == Money.of("0.00", "GBP")
    storefront.home.switch_language("Deutsch")
    assert storefront.home.locale == "de-DE"
    assert storefront.home.cart_total() == Money.of("0.00", "GBP")


def test_cash_rounding_shows_the_total_before_and_after(
    open_storefront: Open, shops: Callable[[str], RunningShop]
) -> None:
    """In Swiss francs there is nothing below five centimes: 3 × 32.00 and shipping are paid to the nearest."""
    storefront = open_storefront("6.6.7.1", currency="EUR")
    storefront.home.open()
    storefront.home.switch_currency("CHF")
    storefront.detail.open(product_of(shops("6.6.7.1"), "WS-1008"))
    assert storefront.detail.price().currency == "CHF"
    storefront.detail.buy(3).go_to_cart()
    summary = storefront.cart.summary()
    assert summary.raw_total is not None
    assert summary.total.currency == summary.raw_total.currency == "CHF"
    assert summary.total.amount % Decimal("0.05") == 0
    assert abs(summary.total.amount - summary.raw_total.amount) < Decimal("0.05")
    assert summary.position_total is not None
    assert summary.raw_total == summary.position_total + summary.shipping_total


def test_a_company_sees_net_prices(open_storefront: Open, shops: Callable[[str], RunningShop]) -> None:
    storefront = open_storefront("6.6.7.1")
    storefront.account_login.open()
    storefront.account_login.log_in("berta@example.com", "Shop-pass-1")
    storefront.detail.open(product_of(shops("6.6.7.1"), "WS-1008"))
    storefront.detail.buy(2).go_to_cart()
    summary = storefront.cart.summary()
    assert summary.tax_state is TaxState.NET
    assert summary.taxes
    assert summary.net_total is not None
    assert summary.total == summary.net_total + sum((tax.tax for tax in summary.taxes), eur("0"))


def test_what_a_person_sees_can_be_kept(open_storefront: Open, tmp_path: Path) -> None:
    storefront = open_storefront("6.6.7.1")
    storefront.home.open()
    picture = storefront.window.screenshot(tmp_path / "deep" / "home.png", full_page=False)
    assert picture.read_bytes().startswith(b"\x89PNG")
