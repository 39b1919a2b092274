"""The storefront in a real browser: page objects that know Shopware's markup so that nobody else has to."""

from updategate.clients.storefront.account import (
    AccountLogin,
    AccountOrderEdit,
    AccountOrders,
    AccountOverview,
    AccountRegister,
    OrderRow,
)
from updategate.clients.storefront.cart import Cart, Offcanvas
from updategate.clients.storefront.catalogue import Detail, Home, Listing, ProductBox, Search, Tier
from updategate.clients.storefront.checkout import CheckoutRegister, Confirm, Finish
from updategate.clients.storefront.errors import (
    PageElementMissingError,
    PageStatusError,
    StorefrontError,
    UnexpectedPageError,
)
from updategate.clients.storefront.money_text import MoneyTextError, parse_money, parse_rate
from updategate.clients.storefront.page import Alert
from updategate.clients.storefront.selectors import MissingSelector, Selectors, UnknownElementError
from updategate.clients.storefront.storefront import Storefront

__all__ = [
    "AccountLogin",
    "AccountOrderEdit",
    "AccountOrders",
    "AccountOverview",
    "AccountRegister",
    "Alert",
    "Cart",
    "CheckoutRegister",
    "Confirm",
    "Detail",
    "Finish",
    "Home",
    "Listing",
    "MissingSelector",
    "MoneyTextError",
    "Offcanvas",
    "OrderRow",
    "PageElementMissingError",
    "PageStatusError",
    "ProductBox",
    "Search",
    "Selectors",
    "Storefront",
    "StorefrontError",
    "Tier",
    "UnexpectedPageError",
    "UnknownElementError",
    "parse_money",
    "parse_rate",
]
