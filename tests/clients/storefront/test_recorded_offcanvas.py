"""The off-canvas cart is put together in the browser: there it has what the recorded one had."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.clients.storefront.conftest import VERSIONS
from tests.refshop.conformance.harness import RunningShop, recordings_dir, running_shop
from tests.refshop.storefront.recorded_pages import PHONE
from updategate.clients.browser import WindowSettings, window
from updategate.clients.storefront import Storefront

pytestmark = [pytest.mark.browser, pytest.mark.recordings]


@pytest.fixture(params=VERSIONS)
def shop(request: pytest.FixtureRequest) -> Iterator[tuple[str, RunningShop]]:
    options = ("--shopware-version", request.param, "--seed", "recordings", "--recordings", str(recordings_dir()))
    with running_shop(*options) as running:
        yield request.param, running


def test_selectors_match_as_often_as_recorded(browser: Browser, shop: tuple[str, RunningShop]) -> None:
    version, running = shop
    table = json.loads((recordings_dir() / "selectors.json").read_text(encoding="utf-8"))["pages"]["offcanvas-cart"]
    expected = {selector: counts[version] for selector, counts in table.items()}
    with window(browser, WindowSettings(base_url=running.url, timeout=10), tracing=False) as view:
        storefront = Storefront(view, version=version)
        storefront.detail.open(PHONE)
        storefront.detail.buy()
        assert {selector: view.page.locator(selector).count() for selector in expected} == expected
