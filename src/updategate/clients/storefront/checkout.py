"""From the cart to the order: registration or login, confirmation, finish."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator

from updategate.clients.storefront.errors import PageElementMissingError, UnexpectedPageError
from updategate.clients.storefront.figures import FiguresPage
from updategate.clients.storefront.registration import RegistrationForm
from updategate.domain.parties import Customer

# On submit Shopware's script makes this the page to which the browser's back button leads from the finish page.
_ORDERS = "/account/order"


class CheckoutRegister(RegistrationForm):
    """Who is not logged in says here who they are."""

    page_name = "checkout_register"

    def open(self, *, language_path: str = "") -> None:
        """Go to the page; the cart must not be empty."""
        self._open(f"{language_path}/checkout/register")
        self._get("form")

    def register_guest(self, customer: Customer) -> Confirm:
        """Go on without an account."""
        self._fill_customer(customer)
        toggle = self._all("guest_toggle")
        if toggle.count() and toggle.first.is_checked():  # the box says "Create a customer account"
            toggle.first.uncheck()
        return self._register()

    def register_account(self, customer: Customer, password: str) -> Confirm:
        """Create an account on the way."""
        self._fill_customer(customer)
        toggle = self._all("guest_toggle")
        if toggle.count() and not toggle.first.is_checked():
            toggle.first.check()
        self._fill("password", password)
        return self._register()

    def log_in(self, email: str, password: str) -> Confirm:
        """Open the login above the form and log in."""
        if not self._all("login_email").first.is_visible():
            self._click("login_toggle")
        self._fill("login_email", email)
        self._fill("login_password", password)
        with self._leaving("the confirmation page"):
            self._click("login_submit")
        return self._arrived()

    def _register(self) -> Confirm:
        self._submit("submit", "the confirmation page")
        return self._arrived()

    def _arrived(self) -> Confirm:
        if "/checkout/confirm" not in self.path:
            raise UnexpectedPageError("the confirmation page", self.url, self._said())
        return self._storefront.confirm


class MethodsPage(FiguresPage):
    """Radios that send themselves: payment and shipping methods."""

    def payment_methods(self) -> tuple[str, ...]:
        """Return the names of the payment methods offered."""
        return self._method_names("payment")

    def payment_method(self) -> str:
        """Return the name of the payment method chosen."""
        return self._chosen("payment")

    def choose_payment(self, name: str) -> None:
        """Choose a payment method by its name, and wait for the page with it."""
        self._choose("payment", name)

    def _method_names(self, kind: str) -> tuple[str, ...]:
        self._get(kind, hidden=True)
        return tuple(text.strip() for text in self._all(f"{kind}_label").all_text_contents())

    def _method(self, kind: str, name: str) -> Locator:
        names = self._method_names(kind)
        if name not in names:
            css, there = self._css(kind), ", ".join(names)
            detail = f"offers no {name!r} (there is: {there})"
            raise PageElementMissingError(self.page_name, kind, css, self.url, detail=detail)
        return self._all(kind).nth(names.index(name))

    def _chosen(self, kind: str) -> str:
        for name in self._method_names(kind):
            if self._method(kind, name).locator(self._css(f"{kind}_input")).is_checked():
                return name
        css = self._css(f"{kind}_input")
        raise PageElementMissingError(self.page_name, f"{kind}_input", css, self.url, detail="has nothing chosen")

    def _choose(self, kind: str, name: str) -> None:
        method = self._method(kind, name)
        radio = method.locator(self._css(f"{kind}_input"))
        if radio.is_checked():
            return
        self._when_ready(self._get(f"{kind}_form"))
        if not method.is_visible() and self._all("more_methods").count():
            self._click("more_methods")
        with self._leaving(f"the page with {name}"):
            method.locator("label").first.click(no_wait_after=True)
        if self._chosen(kind) != name:
            said = self._said()
            raise UnexpectedPageError(f"the page with {name} chosen", self.url, said)


class Confirm(MethodsPage):
    """The last page before the order."""

    page_name = "confirm"

    def open(self, *, language_path: str = "") -> None:
        """Go to the page; a customer or guest must be logged in and the cart must not be empty."""
        self._open(f"{language_path}/checkout/confirm")
        if "/checkout/confirm" not in self.path:
            raise UnexpectedPageError("the confirmation page", self.url, self._said())
        self._get("form", hidden=True)

    def shipping_methods(self) -> tuple[str, ...]:
        """Return the names of the shipping methods offered."""
        return self._method_names("shipping")

    def shipping_method(self) -> str:
        """Return the name of the shipping method chosen."""
        return self._chosen("shipping")

    def choose_shipping(self, name: str) -> None:
        """Choose a shipping method by its name, and wait for the page with its costs."""
        self._choose("shipping", name)

    def shipping_address(self) -> tuple[str, ...]:
        """Return the lines of the shipping address."""
        return _lines(self._text("shipping_address"))

    def billing_address(self) -> tuple[str, ...]:
        """Return the lines of the billing address (or the sentence that it is the same)."""
        return _lines(self._text("billing_address"))

    def cart_hash(self) -> str | None:
        """Return the hash that guards against changed prices; ``None`` before 6.6."""
        field = self._all("hash")
        return field.first.get_attribute("value") if field.count() else None

    def accept_terms(self) -> None:
        """Tick the terms, and the waiver of the right of withdrawal where digital goods ask for it."""
        for name in ("tos", "revocation"):
            box = self._all(name)
            if box.count():  # 6.7 shops may accept the terms without a box
                box.first.check()

    def place_order(self) -> Finish:
        """Click the order button once."""
        self._submit("submit", "the finish page", not_to=_ORDERS)
        return self._arrived()

    def place_order_with_double_click(self) -> Finish:
        """Double-click the order button, as impatient people do."""
        self._submit(
            "submit", "the finish page", not_to=_ORDERS, task=lambda button: button.dblclick(no_wait_after=True)
        )
        return self._arrived()

    def submit(self) -> None:
        """Click the order button, wherever that leads: for orders that the shop must refuse."""
        self._submit("submit", "a page of the checkout", not_to=_ORDERS)

    def _arrived(self) -> Finish:
        if "/checkout/finish" not in self.path:
            raise UnexpectedPageError("the finish page", self.url, self._said())
        self._get("number", page="finish")
        return self._storefront.finish


class Finish(FiguresPage):
    """The page after the order."""

    page_name = "finish"

    def open(self, order_id: str, *, language_path: str = "") -> None:
        """Go to the finish page of an order of the customer who is logged in."""
        self._open(f"{language_path}/checkout/finish?orderId={order_id}")
        self._get("number")

    def order_number(self) -> str:
        """Return the order number."""
        found = self._get("number")
        number = found.get_attribute("data-order-number")
        if number:
            return number
        text = re.search(r"[#:]\s*(\S+)\s*$", found.inner_text())
        if text is None:
            detail = f"shows no order number: {found.inner_text()!r}"
            raise PageElementMissingError(self.page_name, "number", self._css("number"), self.url, detail=detail)
        return text.group(1)

    def order_id(self) -> str:
        """Return the order's id from the address."""
        ids = parse_qs(urlsplit(self.url).query).get("orderId", [])
        if not ids:
            raise UnexpectedPageError("a finish page with an orderId in its address", self.url, ())
        return ids[0]

    def details(self) -> tuple[str, ...]:
        """Return the lines that name payment and shipping method."""
        return _lines(self._text("details"))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
