"""Faults of pages and of connections are told apart."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.refshop.conformance.harness import RunningShop
from updategate.clients.browser import FailedRequest, WindowSettings, window
from updategate.clients.errors import ShopUnreachableError
from updategate.clients.storefront import PageElementMissingError, PageStatusError, Storefront

pytestmark = pytest.mark.browser

Open = Callable[..., Storefront]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_shop_that_is_away_is_unreachable(browser: Browser) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with window(browser, WindowSettings(base_url=url, timeout=5), tracing=False) as view:
        storefront = Storefront(view, version="6.6.7.1")
        with pytest.raises(ShopUnreachableError, match="ERR_CONNECTION_REFUSED"):
            storefront.home.open()


def test_an_element_that_does_not_appear_is_named(browser: Browser, shops: Callable[[str], RunningShop]) -> None:
    settings = WindowSettings(base_url=shops("6.6.7.1").url, timeout=0.5)
    overrides = {"account_login": {"submit": ".not-in-this-theme"}}
    with window(browser, settings, tracing=False) as view:
        storefront = Storefront(view, version="6.6.7.1", overrides=overrides)
        storefront.account_login.open()
        with pytest.raises(PageElementMissingError) as error:
            storefront.account_login.log_in("a@example.com", "some-pass-1")
        fault = error.value
        assert (fault.page, fault.name, fault.selector) == ("account_login", "submit", ".not-in-this-theme")
        assert fault.url == f"{settings.base_url}/account/login"
        assert str(fault) == (
            "On the page 'account_login' the element 'submit' (.not-in-this-theme) did not appear; the browser is at"
            f" {settings.base_url}/account/login. If the theme names it differently, set it in the environment file"
            " under selectors: account_login.submit"
        )


def test_a_page_that_is_not_there_is_a_status(open_storefront: Open) -> None:
    storefront = open_storefront("6.6.7.1")
    with pytest.raises(PageStatusError, match="was answered with HTTP 404"):
        storefront.detail.open("0" * 32)
    assert storefront.window.failed_requests == [
        FailedRequest("GET", f"{storefront.window.base_url}/detail/{'0' * 32}", 404, "Not Found")
    ]


@pytest.mark.parametrize("version", ["6.5.8.14", "6.6.6.1", "6.6.7.1"])
def test_the_preflight_finds_every_selector_of_the_pages_that_need_no_preparation(
    open_storefront: Open, version: str
) -> None:
    storefront = open_storefront(version)
    for page in ("home", "search", "account_login", "account_register", "cart"):
        assert storefront.missing_selectors(page) == [], page


def test_the_preflight_names_what_a_theme_lacks(open_storefront: Open) -> None:
    storefront = open_storefront("6.6.7.1", overrides={"home": {"logo": ".other-logo"}})
    assert [str(each) for each in storefront.missing_selectors("home")] == ["home.logo (.other-logo)"]
    everything = storefront.missing_selectors("detail", "/detail/" + "0" * 32)
    assert {each.name for each in everything} == {"name", "number"}


def test_a_trace_is_written_on_demand_only(
    browser: Browser, shops: Callable[[str], RunningShop], tmp_path: Path
) -> None:
    with window(browser, WindowSettings(base_url=shops("6.6.7.1").url)) as view:
        Storefront(view, version="6.6.7.1").home.open()
        trace = view.save_trace(tmp_path / "traces" / "home.zip")
        assert trace is not None
        assert trace.read_bytes().startswith(b"PK")
        assert view.save_trace(tmp_path / "again.zip") is None
