"""Lists, searches, single products, navigation."""

from __future__ import annotations

from typing import Any

import pytest

from tests.refshop.store_api.visitor import Visitor


def _root(reader: Visitor) -> str:
    return str(reader.channel["navigationCategoryId"])


def _listing(reader: Visitor, **body: Any) -> dict[str, Any]:
    reply = reader.post(f"/product-listing/{_root(reader)}", body)
    assert reply.status == 200, reply.body
    return dict(reply.body)


def _prices(listing: dict[str, Any]) -> list[float]:
    return [row["calculatedCheapestPrice"]["unitPrice"] for row in listing["elements"]]


def test_pages_go_through_everything_once(reader: Visitor) -> None:
    total = _listing(reader, limit=7)["total"]
    ids = [
        row["id"]
        for page in range(1, total // 7 + 2)
        for row in _listing(reader, limit=7, p=page, order="name-asc")["elements"]
    ]
    assert len(ids) == len(set(ids)) == total


@pytest.mark.parametrize(("order", "descending"), [("price-asc", False), ("price-desc", True)])
def test_sorted_by_price(reader: Visitor, order: str, descending: bool) -> None:
    prices = [row["calculatedPrice"]["unitPrice"] for row in _listing(reader, order=order)["elements"]]
    rough = [price for price in prices if price > 30]
    assert rough == sorted(rough, reverse=descending)


def test_filters_narrow_the_list(reader: Visitor) -> None:
    everything = _listing(reader)
    cheap = _listing(reader, **{"max-price": 20})
    assert 0 < cheap["total"] < everything["total"]
    assert all(price <= 20 for price in _prices(cheap))
    maker = everything["aggregations"]["manufacturer"]["entities"][0]["id"]
    made = _listing(reader, manufacturer=maker)
    assert {row["manufacturerId"] for row in made["elements"]} == {maker}
    assert made["currentFilters"]["manufacturer"] == [maker]


def test_unknown_sorting_falls_back(reader: Visitor) -> None:
    assert _listing(reader, order="nonsense")["sorting"] == _listing(reader)["sorting"]


def test_variants_are_listed_once(reader: Visitor) -> None:
    numbers = [row["productNumber"] for row in _listing(reader)["elements"]]
    assert len([number for number in numbers if number.startswith("WS-6001")]) == 1


def test_search(reader: Visitor) -> None:
    found = reader.post("/search", {"search": "hammer"}).body
    assert {"WS-1001", "WS-1002"} <= {row["productNumber"] for row in found["elements"]}
    assert reader.post("/search", {"search": "zzzz"}).body["total"] == 0
    assert reader.post("/search", {"search": " "}).codes == ["FRAMEWORK__MISSING_REQUEST_PARAMETER"]


def test_parent_shows_its_cheapest_variant(reader: Visitor) -> None:
    parent = reader.product("WS-6001")["id"]
    body = reader.post(f"/product/{parent}").body
    assert body["product"]["parentId"] == parent
    assert {group["name"] for group in body["configurator"]} != set()
    assert body["product"]["calculatedCheapestPrice"]["hasRange"] is True
    assert body["product"]["calculatedPrice"]["unitPrice"] == 79.9


def test_variant_with_chosen_options(reader: Visitor) -> None:
    parent = reader.product("WS-6001")["id"]
    wanted = reader.product("WS-6001-BLACK-XL")
    options = {
        reader.shop.store.get("property_group_option", row["optionId"])["groupId"]: row["optionId"]  # type: ignore[index]
        for row in reader.shop.store.where("product_option", productId=wanted["id"])
    }
    reply = reader.post(f"/product/{parent}/find-variant", {"options": options})
    assert reply.body["variantId"] == wanted["id"]
    unknown = reader.post(f"/product/{parent}/find-variant", {"options": {next(iter(options)): "0" * 32}})
    assert (unknown.status, unknown.codes) == (404, ["CONTENT__PRODUCT_VARIANT_NOT_FOUND"])


def test_tiers_of_trade_customers(visitor: Visitor) -> None:
    id_ = visitor.product("WS-4001")["id"]
    private = visitor.post(f"/product/{id_}").body["product"]["calculatedPrices"]
    visitor.login("berta@example.com")
    trade = visitor.post(f"/product/{id_}").body["product"]["calculatedPrices"]
    assert [price["unitPrice"] for price in trade] != [price["unitPrice"] for price in private]
    assert trade == sorted(trade, key=lambda price: -price["unitPrice"])


def test_invisible_products_are_not_found(visitor: Visitor) -> None:
    hammer = visitor.product("WS-1001")
    visitor.shop.store.upsert("product", {"id": hammer["id"], "active": False})
    reply = visitor.post(f"/product/{hammer['id']}")
    assert (reply.status, reply.codes) == (404, ["CONTENT__PRODUCT_NOT_FOUND"])
    assert visitor.post("/search", {"search": "WS-1001"}).body["total"] == 0


def test_navigation(reader: Visitor) -> None:
    tree = reader.post("/navigation/main-navigation/main-navigation").body
    assert tree
    first = tree[0]
    assert {child["parentId"] for child in first["children"]} <= {first["id"]}
    category = reader.post(f"/category/{first['id']}").body
    assert category["cmsPage"]["sections"][0]["blocks"]
    crumbs = reader.get(f"/breadcrumb/{first['id']}?type=category").body["breadcrumbs"]
    assert [crumb["categoryId"] for crumb in crumbs] == [first["id"]]


def test_methods_that_are_available(reader: Visitor) -> None:
    everything = reader.post("/shipping-method").body["elements"]
    available = reader.post("/shipping-method?onlyAvailable=1").body["elements"]
    assert {row["id"] for row in available} <= {row["id"] for row in everything}
    assert everything[0]["id"] == reader.channel["shippingMethodId"]


def test_newsletter_with_double_opt_in(visitor: Visitor) -> None:
    body = {"email": "news@example.com", "option": "subscribe", "storefrontUrl": visitor.channel_url}
    assert visitor.post("/newsletter/subscribe", body).status == 204
    row = visitor.shop.store.where("newsletter_recipient", email="news@example.com")[0]
    assert row["status"] in ("notSet", "direct")
    assert visitor.post("/newsletter/subscribe", {**body, "option": "nonsense"}).pointers == ["/option"]
    assert visitor.post("/newsletter/unsubscribe", {"email": "news@example.com"}).status == 204


def test_contact_form_is_checked(reader: Visitor) -> None:
    reply = reader.post("/contact-form", {"email": "a@example.com"})
    assert (reply.status, set(reply.pointers)) == (400, {"/salutationId", "/subject", "/comment"})


def test_reviews_wait_for_approval(visitor: Visitor) -> None:
    visitor.login()
    id_ = visitor.product("WS-1001")["id"]
    short = visitor.post(f"/product/{id_}/review", {"title": "Good", "content": "short", "points": 9})
    assert (short.status, set(short.pointers)) == (400, {"/title", "/content", "/points"})
    review = {"title": "Solid tool", "content": "It does what a hammer should do, day after day.", "points": 5}
    assert visitor.post(f"/product/{id_}/review", review).status == 204
    assert visitor.post(f"/product/{id_}/reviews").body["elements"] == []
    row = visitor.shop.store.all("product_review")[0]
    visitor.shop.store.upsert("product_review", {"id": row["id"], "status": True})
    assert len(visitor.post(f"/product/{id_}/reviews").body["elements"]) == 1


def test_includes_leave_only_what_is_asked_for(reader: Visitor) -> None:
    body = {"limit": 1, "includes": {"product": ["id", "name"]}}
    row = reader.post("/product", body).body["elements"][0]
    assert set(row) == {"id", "name", "apiAlias"}


def test_wishlist(visitor: Visitor) -> None:
    id_ = visitor.product("WS-1001")["id"]
    assert visitor.get("/customer/wishlist").codes == ["CHECKOUT__WISHLIST_IS_NOT_ACTIVATED"]
    visitor.shop.store.upsert(
        "system_config",
        {"id": "e" * 32, "configurationKey": "core.cart.wishlistEnabled", "configurationValue": True},
    )
    assert visitor.get("/customer/wishlist").codes == ["CHECKOUT__CUSTOMER_NOT_LOGGED_IN"]
    visitor.login()
    assert visitor.get("/customer/wishlist").codes == ["CHECKOUT__WISHLIST_NOT_FOUND"]
    assert visitor.post(f"/customer/wishlist/add/{id_}").status == 200
    assert visitor.post(f"/customer/wishlist/add/{id_}").codes == ["CHECKOUT__DUPLICATE_WISHLIST_PRODUCT"]
    assert [row["id"] for row in visitor.get("/customer/wishlist").body["products"]["elements"]] == [id_]
    assert visitor.delete(f"/customer/wishlist/delete/{id_}").status == 200
    assert visitor.delete(f"/customer/wishlist/delete/{id_}").codes == ["CHECKOUT__WISHLIST_PRODUCT_NOT_FOUND"]


def test_gateway_offers_what_is_available(reader: Visitor) -> None:
    body = reader.get("/checkout/gateway").body
    available = reader.post("/payment-method?onlyAvailable=1").body["elements"]
    assert [row["id"] for row in body["paymentMethods"]] == [row["id"] for row in available]
    assert body["errors"] == []


def test_readable_addresses_on_request(reader: Visitor) -> None:
    path = f"/product/{reader.product('WS-1001')['id']}"
    assert reader.post(path).body["product"]["seoUrls"] is None
    urls = reader.call("POST", path, {}, sw_include_seo_urls="1").body["product"]["seoUrls"]
    assert [url["routeName"] for url in urls] == ["frontend.detail.page"]
    assert urls[0]["languageId"] == reader.get("/context").body["context"]["languageIdChain"][0]
