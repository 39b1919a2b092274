"""The administration in a browser, as far as it shows whether people can work with it.

The elements are those of 6.5 and 6.6, where they were run; the names of 6.7 that differ stand behind them and were not
run against a live shop.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from updategate.clients.browser import Window
from updategate.clients.errors import ShopError
from updategate.clients.storefront.money_text import parse_money
from updategate.domain.money import Money

USERNAME = "#sw-field--username, .sw-login-login input[name='sw-field--username'], .sw-login-login input[type='text']"
PASSWORD = "#sw-field--password, .sw-login-login input[type='password']"  # noqa: S105 - it is a selector
LOG_IN = ".sw-login__login-action, .sw-login__submit button[type='submit']"
MENU = ".sw-admin-menu"
ROW = ".sw-data-grid__body .sw-data-grid__row"
HEADLINE = ".smart-bar__header h2"
SUMMARY = ".sw-order-detail__summary"
_LOCALE = re.compile(r"[a-z]{2,3}-[A-Z]{2}")
_TOKEN = re.compile(r"/api/oauth/token")
# the whole administration is one script of several megabytes
_LOADS_WITHIN_SECONDS = 60.0


class AdministrationError(ShopError):
    """The administration does not show what it has to."""


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product in the list of products: number, gross price in the system's currency, stock."""

    number: str
    price: Money
    stock: int


@dataclass(frozen=True, slots=True)
class OrderSheet:
    """An order as its page shows it: the headline, and the amounts of the summary from the positions to the total."""

    headline: str
    amounts: tuple[Money, ...]


class Administration:
    """One window onto the administration. ``currency`` is the ISO code of the amounts that are read."""

    def __init__(self, window: Window, *, currency: str = "EUR") -> None:
        self._window = window
        self._page = window.page
        self._currency = currency
        self._seen = 0

    def open(self) -> None:
        """Go to the login."""
        self._page.goto(f"{self._window.base_url}/admin", wait_until="commit")
        self._wait(USERNAME, "the login", _LOADS_WITHIN_SECONDS)

    def log_in(self, username: str, password: str) -> bool:
        """Send name and password; whether the administration opened."""
        self._page.locator(USERNAME).first.fill(username)
        self._page.locator(PASSWORD).first.fill(password)
        with self._page.expect_response(_TOKEN) as answer:
            self._page.locator(LOG_IN).first.click()
        if not answer.value.ok:
            return False
        self._wait(MENU, "the menu", _LOADS_WITHIN_SECONDS)
        # 6.6 throws a refused password at the console, some time after it has shown it
        self._seen = len(self._window.console)
        return True

    def is_open(self) -> bool:
        """Whether somebody is logged in."""
        return self._page.locator(MENU).count() > 0

    def product(self, number: str) -> ProductRow:
        """Search the list of products for a number and read the row."""
        row = self._row("sw/product/index", number)
        cells = {name: self._cell(row, css) for name, css in _PRODUCT_CELLS.items()}
        return ProductRow(cells["number"], self._money(cells["price"]), int(re.sub(r"\D", "", cells["stock"]) or 0))

    def order_total(self, number: str) -> Money:
        """Search the list of orders for a number and read the amount of its row."""
        return self._money(self._cell(self._row("sw/order/index", number), ".sw-data-grid__cell--amountTotal"))

    def customer(self, email: str) -> str:
        """Search the list of customers for an e-mail address and read the row."""
        return " ".join(self._row("sw/customer/index", email).inner_text().split())

    def order(self, order_id: str) -> OrderSheet:
        """Open an order and read its headline and its summary."""
        self._go(f"sw/order/detail/{order_id}/general")
        summary = self._wait(SUMMARY, "the summary of the order")
        headline = self._wait(HEADLINE, "the headline of the order")
        amounts = [self._money(text) for text in summary.locator("dd").all_inner_texts() if text.strip()]
        return OrderSheet(" ".join(headline.inner_text().split()), tuple(amounts))

    def faults(self) -> list[str]:
        """Return the errors of scripts since the login that nobody caught."""
        return [entry.text for entry in self._window.console[self._seen :] if entry.level == "pageerror"]

    def _row(self, path: str, term: str) -> Locator:
        self._go(f"{path}?{urlencode({'term': term, 'page': 1, 'limit': 25})}")
        found = self._page.locator(ROW).filter(has_text=term)
        return self._await(found.first, f"a row with {term}")

    def _cell(self, row: Locator, css: str) -> str:
        return self._await(row.locator(css).first, f"the cell {css}").inner_text().strip()

    def _go(self, path: str) -> None:
        self._page.goto(f"{self._window.base_url}/admin#/{path}", wait_until="commit")

    def _wait(self, css: str, what: str, seconds: float | None = None) -> Locator:
        return self._await(self._page.locator(css).first, what, seconds)

    def _await(self, element: Locator, what: str, seconds: float | None = None) -> Locator:
        within = seconds or self._window.settings.answer_timeout
        try:
            element.wait_for(timeout=within * 1000)
        except PlaywrightTimeoutError:
            message = f"the administration did not show {what} within {within:g} s; it is at {self._page.url}"
            raise AdministrationError(message) from None
        except PlaywrightError as fault:
            message = f"the administration broke down while it had to show {what}: {fault.message.splitlines()[0]}"
            raise AdministrationError(message) from fault
        return element

    def _money(self, text: str) -> Money:
        # numbers are printed as the user's language has it, which the page names
        language = str(self._page.evaluate("document.documentElement.lang") or "")
        locale = language if _LOCALE.fullmatch(language) else "en-GB"
        return parse_money(text, locale=locale, currency=self._currency)


_PRODUCT_CELLS = {
    "number": ".sw-data-grid__cell--productNumber",
    "price": "[class*='sw-data-grid__cell--price']",
    "stock": ".sw-data-grid__cell--stock",
}
