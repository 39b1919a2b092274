from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.refshop.conformance.harness import RunningShop, running_shop
from updategate.clients.browser import NoBrowserError, WindowSettings, chromium, find_chromium, window
from updategate.clients.storefront import Storefront

VERSIONS = ("6.5.8.14", "6.6.6.1", "6.6.7.1")


# no longer than a module: while it runs, Playwright's event loop is this thread's, and nothing else can start one
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    configured = os.environ.get("UPDATEGATE_BROWSER")
    with sync_playwright() as playwright:
        try:
            find_chromium(configured, playwright)
        except NoBrowserError as missing:
            if os.environ.get("CI") == "true":
                pytest.fail(str(missing))
            pytest.skip(str(missing))
        with chromium(playwright, configured) as started:
            yield started


@pytest.fixture(scope="session")
def shops() -> Iterator[Callable[[str], RunningShop]]:
    """The reference shop in the version asked for, with its own catalogue."""
    running: dict[str, RunningShop] = {}
    with ExitStack() as stack:

        def shop(version: str) -> RunningShop:
            if version not in running:
                running[version] = stack.enter_context(running_shop("--shopware-version", version))
            return running[version]

        yield shop


@pytest.fixture
def open_storefront(browser: Browser, shops: Callable[[str], RunningShop]) -> Iterator[Callable[..., Storefront]]:
    """Open a new private window onto the shop of a version."""
    with ExitStack() as stack:

        def opened(version: str, **given: object) -> Storefront:
            settings = WindowSettings(base_url=shops(version).url, timeout=10)
            view = stack.enter_context(window(browser, settings, tracing=False))
            return Storefront(view, version=version, **given)  # type: ignore[arg-type]

        yield opened
