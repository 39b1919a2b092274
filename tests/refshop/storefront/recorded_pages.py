"""The pages of a recorded purchase, taken again from the reference shop."""

from __future__ import annotations

from bs4 import BeautifulSoup

from tests.refshop.storefront.visitor import PASSWORD, Visitor, new_email, soup

PHONE = "3f87f9e09c74fff68e69724bb4ce07c6"


def taken_pages(url: str) -> dict[str, BeautifulSoup]:
    """Walk through the shop as the recording did; return every page by the recording's name for it."""
    visitor = Visitor(url)
    pages = {
        "home": visitor.page("/"),
        "home-de": visitor.page("/de"),
        "listing": visitor.page("/Electronics/"),
        "search-suggest": visitor.page("/suggest?search=phone"),
        "search": visitor.page("/search?search=phone"),
        "detail": visitor.page(f"/detail/{PHONE}"),
        "detail-variant": visitor.page("/detail/b0f2344ffe2645eec69a64435c87a108"),
        "detail-tier": visitor.page("/detail/7ea487c63c4a16714847642ac6afb2d3"),
        "detail-soldout": visitor.page("/detail/287aaee8da03655c45e1db2d4f529569"),
        "not-found": soup(visitor.get("/this-does-not-exist")),
    }
    visitor.add(PHONE, 2)
    visitor.post("/checkout/promotion/add", {"code": "BENCH10", "redirectTo": "frontend.cart.offcanvas"})
    visitor.page("/checkout/offcanvas")
    pages["cart"] = visitor.page("/checkout/cart")
    visitor.post("/checkout/promotion/add", {"code": "NOSUCH", "redirectTo": "frontend.checkout.cart.page"})
    pages["cart-promotion-unknown"] = visitor.page("/checkout/cart")
    pages["login"] = visitor.page("/account/login")
    pages["login-bad"] = soup(visitor.post("/account/login", {"username": "nobody@example.com", "password": "x"}))
    pages["register"] = visitor.page("/account/register")
    pages["checkout-register"] = visitor.page("/checkout/register")
    email = new_email()
    registered = visitor.register(guest=True, email=email, createCustomerAccount="true", password=PASSWORD)
    assert registered.headers["location"] == "/checkout/confirm", registered.text[:500]
    pages["confirm"] = visitor.page("/checkout/confirm")
    ordered = visitor.order()
    pages["finish"] = visitor.page(ordered.headers["location"])
    pages["account"] = visitor.page("/account")
    pages["order-history"] = visitor.page("/account/order")
    pages["account-profile"] = visitor.page("/account/profile")
    pages["account-address"] = visitor.page("/account/address")
    order_id = ordered.headers["location"].partition("orderId=")[2]
    pages["account-order-edit"] = visitor.page(f"/account/order/edit/{order_id}")
    visitor.get("/account/logout")
    pages["logout"] = visitor.page("/account/login")
    return pages
