"""The pages have what a real Shopware's pages have: elements, forms, titles, texts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup

from tests.refshop.conformance.harness import RunningShop
from tests.refshop.storefront.conftest import VERSIONS
from tests.refshop.storefront.recorded_pages import taken_pages
from tests.refshop.storefront.visitor import alerts, recordings_or_skip

pytestmark = pytest.mark.recordings

# The off-canvas cart is put together in the browser: tests/clients/storefront counts it there.
IN_BROWSER = {"offcanvas-cart"}

# Made by Shopware's JavaScript or a part of its theme that the reference shop does without.
FORMS = (
    "#productDetailPageBuyProductForm",
    "form.login-form",
    "form.register-form",
    "form.header-search-form",
    "form.cart-add-product",
    "form.cart-add-promotion",
    "form.line-item-quantity-container",
    "#changePaymentForm",
    "#changeShippingForm",
    "#confirmOrderForm",
    "#profilePersonalForm",
    "#profileMailForm",
    "#profilePasswordForm",
)

PAGES = (
    "home", "listing", "search-suggest", "search", "detail", "detail-tier", "detail-variant", "detail-soldout", "cart",
    "login", "login-bad", "register", "checkout-register", "confirm", "finish", "account", "order-history", "not-found",
)  # fmt: skip

RECORDED = (
    "home", "home-de", "listing", "search", "detail", "detail-tier", "detail-variant", "detail-soldout", "cart",
    "cart-promotion-unknown", "login", "login-bad", "register", "checkout-register", "confirm", "finish", "account",
    "order-history", "account-profile", "account-address", "account-order-edit", "logout", "not-found",
)  # fmt: skip


@pytest.fixture(scope="session")
def pages(recorded_shop: Callable[[str], RunningShop]) -> Callable[[str], dict[str, BeautifulSoup]]:
    taken: dict[str, dict[str, BeautifulSoup]] = {}

    def of(version: str) -> dict[str, BeautifulSoup]:
        if version not in taken:
            taken[version] = taken_pages(recorded_shop(version).url)
        return taken[version]

    return of


def recorded_page(version: str, name: str) -> dict[str, Any]:
    file = recordings_or_skip() / version / "storefront" / "pages" / f"{name}.json"
    page: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return page


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", PAGES)
def test_selectors_match_as_often_as_recorded(
    pages: Callable[[str], dict[str, BeautifulSoup]], version: str, name: str
) -> None:
    table = json.loads((recordings_or_skip() / "selectors.json").read_text(encoding="utf-8"))["pages"][name]
    page = pages(version)[name]
    expected = {selector: counts[version] for selector, counts in table.items()}
    assert {selector: len(page.select(selector)) for selector in expected} == expected


def test_every_recorded_page_is_counted_somewhere() -> None:
    table = json.loads((recordings_or_skip() / "selectors.json").read_text(encoding="utf-8"))["pages"]
    assert set(table) == set(PAGES) | IN_BROWSER


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", RECORDED)
def test_forms_send_the_fields_that_were_recorded(
    pages: Callable[[str], dict[str, BeautifulSoup]], version: str, name: str
) -> None:
    expected = {
        form["selector"]: (
            form["action"].strip(),
            form["method"],
            sorted({_plain(x["name"]) for x in form["fields"] if x["name"]}),
        )
        for form in recorded_page(version, name)["forms"]
        if form["selector"] in FORMS and form["action"]
    }
    page = pages(version)[name]
    found = {}
    for selector in expected:
        form = page.select_one(selector)
        assert form is not None, selector
        fields = [*form.select("[name]"), *(page.select(f"[form={form['id']}][name]") if form.get("id") else ())]
        names = sorted({_plain(str(each["name"])) for each in fields})
        found[selector] = (str(form["action"]), str(form.get("method", "get")), names)
    assert _without_ids(found) == _without_ids(_with_outside_fields(expected))


def _with_outside_fields(forms: dict[str, tuple[str, str, list[str]]]) -> dict[str, tuple[str, str, list[str]]]:
    """The recording lists a form's own fields; the terms stand outside of theirs."""
    if "#confirmOrderForm" in forms and forms["#confirmOrderForm"][0].endswith("/checkout/order"):
        action, method, names = forms["#confirmOrderForm"]
        return {**forms, "#confirmOrderForm": (action, method, sorted({*names, "tos"}))}
    return forms


def _plain(name: str) -> str:
    return re.sub(r"[0-9a-f]{32}", "<uuid>", name)


def _without_ids(forms: dict[str, tuple[str, str, list[str]]]) -> dict[str, tuple[str, str, list[str]]]:
    return {selector: (_plain(action), method, names) for selector, (action, method, names) in forms.items()}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", RECORDED)
def test_title_language_and_body_class_are_those_recorded(
    pages: Callable[[str], dict[str, BeautifulSoup]], version: str, name: str
) -> None:
    recorded, page = recorded_page(version, name), pages(version)[name]
    assert page.title is not None
    assert page.body is not None
    assert page.html is not None
    assert page.title.get_text().strip() == recorded["title"]
    assert page.body["class"] == recorded["body_class"].split()
    assert page.html["lang"] == recorded["lang"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ["cart-promotion-unknown", "login-bad"])
def test_messages_are_those_recorded(pages: Callable[[str], dict[str, BeautifulSoup]], version: str, name: str) -> None:
    expected = [alert["text"] for alert in recorded_page(version, name)["alerts"]]
    assert expected
    assert alerts(pages(version)[name]) == expected


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", [name for name in RECORDED if name != "search-suggest"])
def test_buttons_bear_the_recorded_texts(
    pages: Callable[[str], dict[str, BeautifulSoup]], version: str, name: str
) -> None:
    """Every recorded button that has an id of its own or belongs to the purchase says the same."""
    wanted = (
        "begin-checkout-btn",
        "btn-buy",
        "#confirmFormSubmit",
        "order-hide-btn",
        "#addPromotion",
        "#addProductButton",
    )
    page = pages(version)[name]
    missing = []
    for button in recorded_page(version, name)["buttons"]:
        text, selector = button["text"], button["selector"]
        if text and any(part in selector for part in wanted):
            texts = [" ".join(each.get_text(" ").split()) for each in page.select(selector)]
            if not any(text in each for each in texts):
                missing.append((selector, text, texts))
    assert missing == []
