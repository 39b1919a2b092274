"""Whether a browser starts and the pages have the elements that the suites use, for this version and theme."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Playwright, sync_playwright

from updategate.clients.browser import BasicAuth, WindowSettings, chromium, film_program, window
from updategate.clients.connection import store_api
from updategate.clients.errors import NoBrowserError, ShopError
from updategate.clients.storefront import Storefront
from updategate.config.environment import Environment
from updategate.config.process_environment import browser_path, films_failures
from updategate.operations.fingerprint import read_build

PagePath = tuple[str, str | None]
Told = tuple[Literal["ok", "mend", "unknown", "note"], str, str, str]


def window_settings(environment: Environment) -> WindowSettings:
    """How a browser window onto this environment is opened."""
    auth = environment.http.basic_auth
    return WindowSettings(
        base_url=environment.storefront_url,
        basic_auth=BasicAuth(auth.username, auth.password.get_secret_value()) if auth else None,
        ignore_https_errors=not environment.http.verify_tls or environment.http.ca_file is not None,
        proxy=environment.http.proxy,
        locale=environment.storefront.locale,
    )


def browser_findings(environment: Environment) -> Iterator[Told]:
    """Level, subject, message and cure of each page that was looked at."""
    build = read_build(environment)
    pages = list(_pages(environment))
    try:
        with (
            sync_playwright() as playwright,
            chromium(playwright, browser_path()) as browser,
            window(browser, window_settings(environment), tracing=False) as opened,
        ):
            if films_failures():
                yield _filming(playwright)
            storefront = Storefront(
                opened, version=build.core if build else "", overrides=environment.storefront.selectors
            )
            for page, path in pages:
                missing = storefront.missing_selectors(page, path)
                yield _told(page, [f"{one.name} ({one.css})" for one in missing])
    except NoBrowserError as error:
        yield "mend", "browser", str(error), "Install Chromium: processes in the browser cannot be carried out."
    except PlaywrightError as error:
        yield "unknown", "pages", str(error).splitlines()[0], "Open the storefront in a browser and look."


def _filming(playwright: Playwright) -> Told:
    try:
        program = film_program(playwright)
    except NoBrowserError as missing:
        return "note", "films", str(missing), "Failures are kept without a film: with a picture and a trace."
    return "ok", "films", f"failures are filmed, with {program}", ""


def _told(page: str, missing: list[str]) -> Told:
    if not missing:
        return "ok", f"page {page}", "has the elements that the suites use", ""
    return (
        "mend",
        f"page {page}",
        f"these elements are not there: {', '.join(missing)}",
        "If a theme moved them, write their selectors under storefront.selectors in the environment file.",
    )


def _pages(environment: Environment) -> Iterator[PagePath]:
    """The pages that can be looked at without writing anything."""
    for page in ("home", "search", "account_login", "account_register"):
        yield page, None
    try:
        category, product = _samples(environment)
    except (ShopError, KeyError, ValueError):
        return
    if category:
        yield "listing", f"/navigation/{category}"
    if product:
        yield "detail", f"/detail/{product}"


def _samples(environment: Environment) -> tuple[str | None, str | None]:
    """A category with products, and a product that can be opened."""
    answer = store_api(environment).raw(
        "POST", "/product", {"limit": 1, "includes": {"product": ["id", "categoryIds"]}}
    )
    rows = answer.json().get("elements") or [] if answer.ok else []
    if not rows:
        return None, None
    categories = rows[0].get("categoryIds") or [None]
    return categories[0], str(rows[0]["id"])
