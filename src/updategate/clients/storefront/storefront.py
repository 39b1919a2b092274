"""The storefront of one shop in one browser window: every page object from one place."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from updategate.clients.browser import Window
from updategate.clients.storefront.account import (
    AccountLogin,
    AccountOrderEdit,
    AccountOrders,
    AccountOverview,
    AccountRegister,
    CustomerGroupRegister,
)
from updategate.clients.storefront.cart import Cart, Offcanvas
from updategate.clients.storefront.catalogue import Detail, Home, Listing, Search
from updategate.clients.storefront.checkout import CheckoutRegister, Confirm, Finish
from updategate.clients.storefront.errors import PageStatusError
from updategate.clients.storefront.page import StorefrontPage
from updategate.clients.storefront.selectors import MissingSelector, Selectors


class Storefront:
    """``version`` is the shop's Shopware version, ``overrides`` a theme's selectors (page to name to CSS).

    ``currency`` is the ISO 4217 code that prices are expected in; ``None`` takes what the page shows.
    """

    def __init__(
        self,
        window: Window,
        *,
        version: str,
        overrides: Mapping[str, Mapping[str, str]] | None = None,
        currency: str | None = None,
    ) -> None:
        self.window = window
        self.selectors = Selectors(version, overrides)
        self.currency = currency
        # What the button "Only technically required" sets: the bar would cover what is to be clicked.
        window.context.add_cookies([{"name": "cookie-preference", "value": "1", "url": window.base_url + "/"}])

    def url_of(self, path: str) -> str:
        """Return the address of a path of this shop; full addresses are returned as they are."""
        if path.startswith(("http://", "https://")):
            return path
        return f"{self.window.base_url}/{path.lstrip('/')}"

    @cached_property
    def home(self) -> Home:
        """The start page, and the header that all pages but the checkout have."""
        return Home(self)

    @cached_property
    def listing(self) -> Listing:
        """A category."""
        return Listing(self)

    @cached_property
    def search(self) -> Search:
        """The search result."""
        return Search(self)

    @cached_property
    def detail(self) -> Detail:
        """A product."""
        return Detail(self)

    @cached_property
    def offcanvas(self) -> Offcanvas:
        """The cart that slides in from the right."""
        return Offcanvas(self)

    @cached_property
    def cart(self) -> Cart:
        """The page of the cart."""
        return Cart(self)

    @cached_property
    def checkout_register(self) -> CheckoutRegister:
        """Who is not logged in comes here from the cart."""
        return CheckoutRegister(self)

    @cached_property
    def confirm(self) -> Confirm:
        """The last page before the order."""
        return Confirm(self)

    @cached_property
    def finish(self) -> Finish:
        """The page after the order."""
        return Finish(self)

    @cached_property
    def account_login(self) -> AccountLogin:
        """Login."""
        return AccountLogin(self)

    @cached_property
    def account_register(self) -> AccountRegister:
        """Registration outside the checkout."""
        return AccountRegister(self)

    @cached_property
    def customer_group_register(self) -> CustomerGroupRegister:
        """Registration for a customer group."""
        return CustomerGroupRegister(self)

    @cached_property
    def account_overview(self) -> AccountOverview:
        """The start page of the account."""
        return AccountOverview(self)

    @cached_property
    def account_orders(self) -> AccountOrders:
        """The orders of the account, with their details."""
        return AccountOrders(self)

    @cached_property
    def account_order_edit(self) -> AccountOrderEdit:
        """Changing the payment of an order."""
        return AccountOrderEdit(self)

    def missing_selectors(self, page_name: str, path: str | None = None) -> list[MissingSelector]:
        """Look whether a page shows every required element, and return those that it does not.

        ``path`` says where the page is; without it the page is opened where it always is or, failing that, the page
        shown now is looked at. A page that the shop does not answer well has none of its elements.
        """
        where = path if path is not None else self.selectors.path(page_name)
        page = _Preflight(self, page_name)
        if where is not None:
            try:
                page.open(where)
            except PageStatusError:
                return [
                    MissingSelector(page_name, name, css) for name, css in self.selectors.required(page_name).items()
                ]
        return page.missing_selectors()


class _Preflight(StorefrontPage):
    """Any page, looked at from outside."""

    def __init__(self, storefront: Storefront, page_name: str) -> None:
        super().__init__(storefront)
        self.page_name = page_name

    def open(self, path: str) -> None:
        self._open(path)
