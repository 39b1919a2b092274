"""Sessions, cookies, HTTP cache, languages, currencies, maintenance: what does not depend on the recorded catalogue."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.refshop.conformance.harness import RunningShop, running_shop
from tests.refshop.storefront.visitor import PASSWORD, AdminApi, Visitor, alerts, new_email, soup


@pytest.fixture
def admin(default_shop: RunningShop) -> AdminApi:
    return AdminApi(default_shop.url, default_shop.facts["client_id"], default_shop.facts["client_secret"])


@pytest.fixture
def product(admin: AdminApi) -> dict[str, object]:
    """A simple product that can be bought."""
    found = admin.search(
        "product",
        limit=1,
        filter=[
            {"type": "equals", "field": "parentId", "value": None},
            {"type": "equals", "field": "childCount", "value": 0},
            {"type": "equals", "field": "active", "value": True},
            {"type": "equals", "field": "isCloseout", "value": False},
            {"type": "equals", "field": "minPurchase", "value": 1},
            {"type": "range", "field": "stock", "parameters": {"gte": 50}},
        ],
        sort=[{"field": "productNumber", "order": "ASC"}],
    )
    return found[0]


def cookies(visitor: Visitor) -> dict[str, str]:
    return {cookie.name: str(cookie.value) for cookie in visitor.session.cookies}


# -- cookies ----------------------------------------------------------------------------------------------------------


def test_cookies_tell_the_cache_who_is_asking(visitor: Visitor, product: dict[str, str]) -> None:
    visitor.get("/account/login")
    assert set(cookies(visitor)) == {"session-"}
    visitor.add(product["id"])
    assert cookies(visitor)["sw-states"] == "cart-filled"
    visitor.page("/checkout/cart")
    assert set(cookies(visitor)) == {"session-", "sw-states", "sw-cache-hash"}
    visitor.post(f"/checkout/line-item/delete/{product['id']}", {"redirectTo": "frontend.checkout.cart.page"})
    visitor.page("/checkout/cart")
    assert set(cookies(visitor)) == {"session-"}


def test_a_login_changes_the_session_and_the_states(visitor: Visitor) -> None:
    email = new_email()
    visitor.register(email=email)
    assert cookies(visitor)["sw-states"].split(",")[0] == '"logged-in' or "logged-in" in cookies(visitor)["sw-states"]
    visitor.get("/account/logout")
    before = cookies(visitor)["session-"]
    answer = visitor.post("/account/login", {"username": email, "password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (302, "/account")
    assert cookies(visitor)["session-"] != before
    assert "logged-in" in cookies(visitor)["sw-states"]
    set_cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in set_cookie
    assert "samesite=lax" in set_cookie


def test_an_old_session_id_does_not_become_a_login(visitor: Visitor, default_shop: RunningShop) -> None:
    visitor.get("/account/login")
    known_to_others = cookies(visitor)["session-"]
    visitor.register()
    other = Visitor(default_shop.url)
    other.session.cookies.set("session-", known_to_others)
    assert other.get("/account").headers["location"].startswith("/account/login")


# -- HTTP cache -------------------------------------------------------------------------------------------------------


def test_pages_come_from_the_cache_until_something_changes(
    visitor: Visitor, admin: AdminApi, default_shop: RunningShop, product: dict[str, str]
) -> None:
    path = visitor.get(f"/detail/{product['id']}").headers["location"]
    first, second = Visitor(default_shop.url).get(path), Visitor(default_shop.url).get(path)
    assert first.text == second.text
    assert "set-cookie" in first.headers
    assert "set-cookie" not in second.headers
    assert int(second.headers["age"]) >= 0
    admin.request("PATCH", f"/api/product/{product['id']}", {"description": "Freshly described"})
    assert "Freshly described" in Visitor(default_shop.url).get(path).text
    admin.request("PATCH", f"/api/product/{product['id']}", {"description": product["description"]})


def test_a_cart_bypasses_the_cache(visitor: Visitor, product: dict[str, str]) -> None:
    visitor.add(product["id"])
    path = visitor.get(f"/detail/{product['id']}").headers["location"]
    visitor.get(path)
    again = visitor.get(path)
    assert again.headers["age"] == "0"


def test_messages_never_get_into_the_cache(visitor: Visitor, default_shop: RunningShop) -> None:
    visitor.post("/checkout/product/add-by-number", {"number": "NO-SUCH", "redirectTo": "frontend.home.page"})
    shown = visitor.page("/?p=1")
    assert alerts(shown) == ['Product "NO-SUCH" not found.']
    assert alerts(Visitor(default_shop.url).page("/?p=1")) == []


def test_every_currency_has_its_own_cached_pages(
    visitor: Visitor, default_shop: RunningShop, product: dict[str, str]
) -> None:
    other = Visitor(default_shop.url)
    pounds = other.page("/account/login").select_one(".currency-form input[name=currencyId]:not([checked])")
    path = visitor.get(f"/detail/{product['id']}").headers["location"]
    euro = visitor.page(path).select_one("meta[itemprop=priceCurrency]")["content"]
    other.post("/checkout/configure", {"currencyId": pounds["value"], "redirectTo": "frontend.home.page"})
    foreign = other.page(path).select_one("meta[itemprop=priceCurrency]")["content"]
    assert euro == "EUR"
    assert foreign != "EUR"
    assert Visitor(default_shop.url).page(path).select_one("meta[itemprop=priceCurrency]")["content"] == "EUR"


# -- languages --------------------------------------------------------------------------------------------------------


def test_german_pages_print_german_texts_and_prices(visitor: Visitor, product: dict[str, str]) -> None:
    english = visitor.page(f"/detail/{product['id']}")
    german = visitor.page(f"/de/detail/{product['id']}")
    assert german.html["lang"] == "de-DE"
    price, preis = (page.select_one(".product-detail-price").get_text().strip() for page in (english, german))
    assert price.startswith("€")
    assert preis.endswith("€*")
    assert preis == price.removeprefix("€").removesuffix("*").translate(str.maketrans(",.", ".,")) + "\u00a0€*"
    assert german.select_one(".btn-buy").get_text().strip() == "In den Warenkorb"


def test_switching_the_language_leads_to_the_same_page(visitor: Visitor, product: dict[str, str]) -> None:
    page = visitor.page(f"/detail/{product['id']}")
    german = page.select_one(".language-form input[name=languageId]:not([checked])")["value"]
    answer = visitor.post(
        "/checkout/language",
        {
            "languageId": german,
            "redirectTo": "frontend.detail.page",
            "redirectParameters[productId]": product["id"],
            "redirectParameters[_httpCache]": "1",
        },
    )
    assert answer.status_code == 302
    assert answer.headers["location"] == f"{visitor.url}/de/detail/{product['id']}"
    assert visitor.page(answer.headers["location"]).html["lang"] == "de-DE"
    assert visitor.post("/checkout/language", {"languageId": "nonsense"}).status_code == 400


# -- account ----------------------------------------------------------------------------------------------------------


def test_registration_errors_are_shown_in_the_form(visitor: Visitor) -> None:
    email = new_email()
    assert visitor.register(email=email).status_code == 302
    visitor.get("/account/logout")
    again = visitor.register(email=email)
    assert again.status_code == 200
    page = soup(again)
    assert alerts(page) != []
    assert page.select_one("#personalMail")["value"] == email
    assert page.select_one("#personalFirstName")["value"] == "Stora"


def test_the_honeypot_keeps_machines_out(visitor: Visitor) -> None:
    answer = visitor.register(shopware_surname_confirm="I am a machine")
    assert answer.headers["location"] == "/"
    assert visitor.get("/account").headers["location"].startswith("/account/login")


def test_the_account_needs_a_login_and_comes_back(visitor: Visitor) -> None:
    paths = ("/account", "/account/order", "/account/profile", "/account/address", "/account/payment")
    for path in paths:
        answer = visitor.get(path)
        assert answer.status_code == 302
        assert answer.headers["location"].startswith("/account/login?redirectTo=frontend.account.")
    login = visitor.page(visitor.get("/account/order").headers["location"])
    assert login.select_one("form.login-form input[name=redirectTo]")["value"] == "frontend.account.order.page"
    visitor.register()
    for path in paths:
        assert visitor.get(path).status_code == 200


def test_profile_addresses_and_password_can_be_changed(visitor: Visitor) -> None:
    email = new_email()
    visitor.register(email=email)
    form = visitor.page("/account/profile").select_one("#profilePersonalForm")
    salutation = form.select("select[name=salutationId] option[value]")[-1]["value"]
    visitor.post(
        "/account/profile",
        {"accountType": "private", "salutationId": salutation, "firstName": "Changed", "lastName": "Front"},
    )
    page = visitor.page("/account/profile")
    assert alerts(page) == ["Profile has been updated."]
    assert page.select_one("#personalFirstName")["value"] == "Changed"

    create = visitor.page("/account/address/create")
    country = create.select_one("[name='address[countryId]'] option[selected]")["value"]
    fields = {
        "address[salutationId]": salutation,
        "address[firstName]": "Second",
        "address[lastName]": "Home",
        "address[street]": "Andere 2",
        "address[zipcode]": "80331",
        "address[city]": "Muenchen",
        "address[countryId]": country,
    }
    assert visitor.post("/account/address/create", fields).headers["location"] == "/account/address"
    overview = visitor.page("/account/address")
    assert alerts(overview) == ["Address has been saved."]
    assert "Andere 2" in overview.select_one(".other-address").get_text()
    default = overview.select_one(".other-address form[action*='default-billing']")["action"]
    assert visitor.post(default, {}).status_code == 302
    assert "Andere 2" in visitor.page("/account/address").select_one(".billing-address").get_text()

    changed = {"password[newPassword]": "Other-pass-2", "password[newPasswordConfirm]": "Other-pass-2"}
    visitor.post("/account/profile/password", {**changed, "password[password]": "wrong-pass"})
    assert alerts(visitor.page("/account/profile")) == ["Password could not be changed."]
    visitor.post("/account/profile/password", {**changed, "password[password]": PASSWORD})
    assert alerts(visitor.page("/account/profile")) == ["Your password has been updated."]
    visitor.get("/account/logout")
    answer = visitor.post("/account/login", {"username": email, "password": "Other-pass-2"})
    assert answer.headers["location"] == "/account"


def test_recovering_a_password_does_not_tell_who_is_known(visitor: Visitor) -> None:
    messages = []
    for email in ("nobody@example.com", new_email()):
        visitor.post("/account/recover", {"email[email]": email})
        messages.append(alerts(visitor.page("/account/recover")))
    assert messages[0] == messages[1] != []


# -- the rest ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def own_shop() -> Iterator[RunningShop]:
    """A shop of one test alone, because it is closed in between."""
    with running_shop() as shop:
        yield shop


def test_maintenance_closes_the_storefront_only(own_shop: RunningShop) -> None:
    admin = AdminApi(own_shop.url, own_shop.facts["client_id"], own_shop.facts["client_secret"])
    visitor, channel = Visitor(own_shop.url), own_shop.facts["sales_channel_id"]
    assert visitor.get("/maintenance").headers["location"] == "/"
    admin.request("PATCH", f"/api/sales-channel/{channel}", {"maintenance": True})
    closed = visitor.get("/")
    assert (closed.status_code, closed.headers["location"]) == (307, "/maintenance")
    page = visitor.get("/maintenance")
    assert page.status_code == 503
    assert soup(page).title.get_text() == ""
    assert visitor.get("/bundles/storefront/storefront.css").status_code == 200
    admin.request("PATCH", f"/api/sales-channel/{channel}", {"maintenanceIpWhitelist": ["127.0.0.1"]})
    assert visitor.get("/").status_code == 200
    admin.request("PATCH", f"/api/sales-channel/{channel}", {"maintenance": False, "maintenanceIpWhitelist": None})
    assert Visitor(own_shop.url).get("/").status_code == 200


def test_robots_and_sitemap_name_what_there_is(visitor: Visitor, product: dict[str, str]) -> None:
    assert f"Sitemap: {visitor.url}/sitemap.xml" in visitor.get("/robots.txt").text
    sitemap = visitor.get("/sitemap.xml").text
    assert visitor.get(f"/detail/{product['id']}").headers["location"] in sitemap


def test_nothing_on_any_page_comes_from_elsewhere(visitor: Visitor, product: dict[str, str]) -> None:
    visitor.add(product["id"])
    for path in ("/", f"/detail/{product['id']}", "/checkout/cart", "/checkout/register", "/account/login"):
        page = visitor.page(path)
        sources = [str(each.get("src") or each.get("href")) for each in page.select("[src], link[rel]")]
        assert sources
        assert [source for source in sources if not source.startswith(("/", visitor.url))] == []
        for source in set(sources):
            assert visitor.get(source).status_code == 200, source


def test_text_from_outside_is_escaped(visitor: Visitor) -> None:
    page = visitor.get("/search?search=<script>alert(1)</script>").text
    assert "<script>alert(1)" not in page
    visitor.post("/checkout/promotion/add", {"code": "<b>x</b>", "redirectTo": "frontend.checkout.cart.page"})
    visitor.post("/checkout/product/add-by-number", {"number": "<i>y</i>", "redirectTo": "frontend.checkout.cart.page"})
    assert "<i>y</i>" not in visitor.get("/checkout/cart").text


def test_unknown_and_broken_addresses_are_404(visitor: Visitor) -> None:
    for path in ("/nothing", f"/detail/{'0' * 32}", f"/navigation/{'0' * 32}", "/bundles/storefront/..%2frouting.py"):
        assert visitor.get(path).status_code == 404, path
