"""What the storefront does at the checkout, on the recorded catalogue, as a real shop was seen to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.refshop.conformance.harness import RunningShop
from tests.refshop.storefront.conftest import VERSIONS
from tests.refshop.storefront.recorded_pages import PHONE
from tests.refshop.storefront.visitor import AdminApi, Visitor, alerts, soup

pytestmark = pytest.mark.recordings

Shops = Callable[[str], RunningShop]


@pytest.fixture(params=VERSIONS)
def shop(recorded_shop: Shops, request: pytest.FixtureRequest) -> RunningShop:
    return recorded_shop(request.param)


@pytest.fixture
def visitor(shop: RunningShop) -> Visitor:
    return Visitor(shop.url)


@pytest.fixture
def admin(shop: RunningShop) -> AdminApi:
    return AdminApi(shop.url, shop.facts["client_id"], shop.facts["client_secret"])


def is_65(shop: RunningShop) -> bool:
    return str(shop.facts["version"]).startswith("6.5")


def text_of(visitor: Visitor, path: str, selector: str) -> list[str]:
    return [" ".join(each.get_text().split()) for each in visitor.page(path).select(selector)]


def test_an_order_without_accepted_terms_comes_back_with_the_reason(shop: RunningShop, visitor: Visitor) -> None:
    visitor.add(PHONE)
    visitor.register(guest=True)
    answer = visitor.post("/checkout/order", {})
    assert answer.status_code == 200
    assert alerts(soup(answer)) == ["tos should not be empty." if is_65(shop) else "Input should not be empty."]
    assert len(visitor.cart()["lineItems"]) == 1


def test_an_order_without_hash_is_placed(visitor: Visitor) -> None:
    visitor.add(PHONE)
    visitor.register(guest=True)
    answer = visitor.post("/checkout/order", {"tos": "on"})
    assert answer.status_code == 302
    assert answer.headers["location"].startswith("/checkout/finish?orderId=")
    assert visitor.cart()["lineItems"] == []


def test_a_price_that_changed_since_the_confirmation_stops_the_order_since_66(
    shop: RunningShop, visitor: Visitor, admin: AdminApi
) -> None:
    (product,) = admin.search("product", filter=[{"type": "equals", "field": "productNumber", "value": "BENCH-020"}])
    visitor.add(product["id"])
    visitor.register(guest=True)
    field = visitor.page("/checkout/confirm").select_one("input[name=hash]")
    price = product["price"]
    admin.request("PATCH", f"/api/product/{product['id']}", {"price": [{**price[0], "gross": 999, "net": 839.5}]})
    try:
        answer = visitor.post("/checkout/order", {"tos": "on"} | ({"hash": str(field["value"])} if field else {}))
        if is_65(shop):
            assert field is None
            assert answer.status_code == 302
        else:
            assert answer.status_code == 200
            assert alerts(soup(answer)) == [
                (
                    "Products or prices in your shopping cart may have changed. Please check your shopping cart before"
                    " placing your order."
                )
            ]
            assert visitor.order().headers["location"].startswith("/checkout/finish?orderId=")
    finally:
        admin.request("PATCH", f"/api/product/{product['id']}", {"price": price})


def test_the_last_piece_cannot_be_ordered_twice(visitor: Visitor, shop: RunningShop, admin: AdminApi) -> None:
    (product,) = admin.search("product", filter=[{"type": "equals", "field": "productNumber", "value": "BENCH-021"}])
    before = {key: product[key] for key in ("stock", "isCloseout")}
    admin.request("PATCH", f"/api/product/{product['id']}", {"stock": 1, "isCloseout": True})
    try:
        other = Visitor(shop.url)
        for each in (visitor, other):
            each.add(product["id"])
            each.register(guest=True)
        assert visitor.order().status_code == 302
        refused = other.post("/checkout/order", {"tos": "on"})
        assert refused.status_code in (200, 302)
        assert "orderId=" not in refused.headers.get("location", "")
        page = other.page("/checkout/cart") if refused.status_code == 302 else soup(refused)
        assert any("is not available any more" in message for message in alerts(page))
    finally:
        admin.request("PATCH", f"/api/product/{product['id']}", before)


def test_figures_of_cart_confirm_finish_and_account_agree_with_the_cart(visitor: Visitor) -> None:
    visitor.add(PHONE, 2)
    visitor.post("/checkout/promotion/add", {"code": "BENCH10", "redirectTo": "frontend.cart.offcanvas"})
    visitor.register(guest=True, createCustomerAccount="true", password="Bench-pass-1")
    assert visitor.cart()["price"]["totalPrice"] == 358.2
    expected = ["€358.20*", "€0.00*", "€358.20*", "€301.00", "€57.20"]  # as the recorded shop showed
    for path in ("/checkout/cart", "/checkout/confirm"):
        assert text_of(visitor, path, "dd.checkout-aside-summary-value") == expected
    finish = visitor.order().headers["location"]
    assert text_of(visitor, finish, "dd.checkout-aside-summary-value") == expected
    assert text_of(visitor, finish, ".line-item-total-price-value") == ["€398.00*", "-€39.80*"]
    assert text_of(visitor, "/account/order", ".order-item-detail-summary dd")[-1] == "€358.20"


def test_choosing_shipping_and_payment_changes_costs_and_comes_back(visitor: Visitor) -> None:
    visitor.add(PHONE)
    visitor.register(guest=True)
    page = visitor.page("/checkout/confirm")
    express = page.find("strong", string="Express").find_previous("input")
    answer = visitor.post(
        "/checkout/configure",
        {
            "redirectTo": "frontend.checkout.confirm.page",
            "redirectParameters": '{"redirected":0}',
            "shippingMethodId": express["value"],
        },
    )
    assert (answer.status_code, answer.headers["location"]) == (302, "/checkout/confirm?redirected=0")
    assert text_of(visitor, "/checkout/confirm", "dd.checkout-aside-summary-value")[1] == "€9.99*"
    checked = visitor.page("/checkout/confirm").select_one("input.shipping-method-input[checked]")
    assert checked is not None
    assert checked["value"] == express["value"]


def test_net_customers_see_net_prices_and_their_tax(visitor: Visitor) -> None:
    visitor.post("/account/login", {"username": "b2b@example.com", "password": "Bench-pass-1"})
    page = visitor.page("/detail/7ea487c63c4a16714847642ac6afb2d3")
    assert "Prices excl. VAT" in page.select_one(".product-detail-tax").get_text()
    visitor.add(PHONE)
    labels = text_of(visitor, "/checkout/cart", "dt.checkout-aside-summary-label")
    assert labels[-1] == "Grand total"
    total = text_of(visitor, "/checkout/cart", "dd.checkout-aside-summary-total")
    assert total
    assert not total[0].endswith("*")
    visitor.post("/checkout/line-item/delete/" + PHONE, {"redirectTo": "frontend.checkout.cart.page"})
    visitor.get("/account/logout")


def test_checkout_pages_lead_where_they_must(visitor: Visitor) -> None:
    assert visitor.get("/checkout/register").headers["location"] == "/checkout/cart"
    assert visitor.get("/checkout/confirm").headers["location"] == "/checkout/register"
    assert visitor.get("/checkout/finish?orderId=" + "0" * 32).headers["location"] == "/checkout/register"
    visitor.add(PHONE)
    visitor.register(guest=True)
    assert visitor.get("/checkout/register").headers["location"] == "/checkout/confirm"
    assert visitor.get("/checkout/finish?orderId=" + "0" * 32).headers["location"] == "/checkout/cart"
    assert alerts(visitor.page("/checkout/cart")) == ["This order could not be found."]


def test_the_cart_as_json_is_the_store_apis(visitor: Visitor) -> None:
    visitor.add(PHONE, 3)
    cart = visitor.cart()
    assert cart["apiAlias"] == "cart"
    assert [(item["label"], item["quantity"], item["price"]["totalPrice"]) for item in cart["lineItems"]] == [
        ("Alpha Phone", 3, 597)
    ]


def test_wrong_quantities_and_numbers_are_told(visitor: Visitor) -> None:
    visitor.add(PHONE, 0)
    visitor.post("/checkout/product/add-by-number", {"number": "NO-SUCH", "redirectTo": "frontend.checkout.cart.page"})
    assert alerts(visitor.page("/checkout/cart")) == [
        "The quantity (0) is incorrect.",
        'Product "NO-SUCH" not found.',
        "Your shopping cart is empty.",
    ]
    visitor.post("/checkout/product/add-by-number", {"number": "BENCH-001"})
    assert alerts(visitor.page("/checkout/offcanvas")) == ["1 product added to your shopping cart."]
    assert visitor.post("/checkout/line-item/add", {}).status_code == 400
    assert visitor.get("/checkout/line-item/add").status_code == 405


def test_an_order_can_get_another_payment_method(visitor: Visitor) -> None:
    visitor.add(PHONE)
    visitor.register(guest=True, createCustomerAccount="true", password="Bench-pass-1")
    order_id = visitor.order().headers["location"].partition("orderId=")[2]
    page = visitor.page(f"/account/order/edit/{order_id}")
    cash = page.find("strong", string="Cash on delivery").find_previous("input")["value"]
    back = visitor.post(f"/account/order/payment/{order_id}", {"paymentMethodId": cash})
    assert back.headers["location"] == f"/account/order/edit/{order_id}"
    chosen = visitor.page(back.headers["location"]).select_one("#confirmOrderForm input[name=paymentMethodId]")
    assert chosen["value"] == cash
    done = visitor.post(f"/account/order/update/{order_id}", {"paymentMethodId": cash})
    assert done.headers["location"] == f"/checkout/finish?orderId={order_id}&changedPayment=1"
    assert "Cash on delivery" in visitor.page(done.headers["location"]).select_one(".finish-order-details").get_text()
