"""The shopper with a browser: the same tasks as the shopper, done on the pages of the storefront."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from updategate.actors.identity import Identity
from updategate.actors.purchase import Buyable, Choosable, Traces
from updategate.actors.recorder import Recorder
from updategate.actors.shop_access import ShopAccess
from updategate.actors.test_data.customers import GERMANY, Login
from updategate.clients.storefront import Finish, Storefront
from updategate.clients.storefront.errors import PageStatusError
from updategate.domain.money import Money
from updategate.domain.parties import Address, Customer
from updategate.domain.views import CartView, LineItemView

NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class OrderOnPage:
    """An order as the finish page names it, with the lines and sums that the page shows."""

    id: str
    number: str
    email: str
    page: CartView

    @property
    def lines(self) -> tuple[LineItemView, ...]:
        """The lines that the page lists."""
        return self.page.lines

    def __str__(self) -> str:
        return f"order {self.number}"


class BrowserShopper:
    """One person with a private window."""

    def __init__(
        self,
        storefront: Storefront,
        access: ShopAccess,
        identity: Identity,
        recorder: Recorder,
        traces: Traces,
        *,
        number: int = 1,
    ) -> None:
        self.storefront = storefront
        self._number = number
        self._access = access
        self._identity = identity
        self._recorder = recorder
        self._traces = traces
        self.email = ""

    # -- looking around

    def sees_price(self, product: Buyable) -> Money:
        """Open a product's page and read its price."""
        with self._recorder.step(f"looks at the page of {product.number}"):
            self.storefront.detail.open(product.id)
            return self.storefront.detail.price()

    def is_shown(self, product: Buyable) -> bool:
        """Whether the product has a page for this person."""
        with self._recorder.step(f"looks whether {product.number} has a page"):
            try:
                self.storefront.detail.open(product.id)
            except PageStatusError as hidden:
                if hidden.status != NOT_FOUND:
                    raise
                return False
            return True

    def sees_product(self, product: Buyable) -> tuple[str, Money]:
        """Open a product's page; returns the number and the price that it shows."""
        with self._recorder.step(f"looks at the page of {product.number}"):
            self.storefront.detail.open(product.id)
            return self.storefront.detail.number(), self.storefront.detail.price()

    def sees_tiers(self, product: Buyable) -> list[tuple[int, Money]]:
        """Open a product's page and read its table of prices by quantity."""
        with self._recorder.step(f"looks at the price table of {product.number}"):
            self.storefront.detail.open(product.id)
            return [(tier.quantity, tier.price) for tier in self.storefront.detail.tiers()]

    def chooses_option(self, label: str) -> tuple[str, Money]:
        """Choose an option of a product with variants; returns number and price of the page that comes."""
        with self._recorder.step(f"chooses the option {label}"):
            self.storefront.detail.choose_option(label)
            return self.storefront.detail.number(), self.storefront.detail.price()

    def other_languages(self) -> list[tuple[str, str]]:
        """Return locale and name of the languages that the sales channel offers besides its own."""
        api = self._access.session()
        own = api.context().language_id
        return sorted((code, name) for language_id, code, name in api.named_languages() if language_id != own)

    def other_currencies(self) -> list[tuple[str, str]]:
        """Return ISO code and name of the currencies that the sales channel offers besides its own."""
        api = self._access.session()
        return sorted((iso, name) for iso, name in api.named_currencies() if iso != api.currency)

    def switches_language(self, name: str) -> str:
        """Choose a language on the home page; returns the locale that the page is in then."""
        with self._recorder.step(f"switches to {name}"):
            self.storefront.home.open()
            self.storefront.home.switch_language(name)
            return self.storefront.home.locale

    def switches_currency(self, iso: str, name: str) -> Money:
        """Choose a currency; returns the sum beside the cart symbol."""
        with self._recorder.step(f"switches to {name}"):
            self.storefront.home.switch_currency(iso, name)
            return self.storefront.home.cart_total()

    # -- cart

    def puts_in_cart(self, product: Buyable, quantity: int = 1) -> None:
        """Open a product's page and put it into the cart."""
        with self._recorder.step(f"puts {quantity} × {product.number} into the cart in the browser", quantity=quantity):
            self._access.require("carts", "Filling a cart")
            self.storefront.detail.open(product.id)
            self.storefront.detail.buy(quantity)

    def sees_cart(self) -> CartView:
        """Open the cart's page and read it."""
        with self._recorder.step("looks at the cart's page"):
            self.storefront.cart.open()
            return self.storefront.cart.summary()

    def orders_by_number(self, number: str) -> list[str]:
        """Enter a product number in the form of the cart's page; returns what the page says of it."""
        with self._recorder.step(f"enters the product number {number}"):
            self._access.require("carts", "Filling a cart")
            self.storefront.cart.open()
            self.storefront.cart.add_product(number)
            return [alert.text for alert in self.storefront.cart.alerts()]

    def has_an_empty_cart(self) -> bool:
        """Open the cart's page and look whether it lists nothing."""
        with self._recorder.step("looks whether the cart is empty"):
            return self.storefront.cart.is_empty()

    def goes_to_checkout(self) -> None:
        """Click from the off-canvas cart to the checkout."""
        with self._recorder.step("goes to the checkout"):
            self.storefront.offcanvas.go_to_checkout()

    # -- person

    def goes_on_as_guest(self, address: Address = GERMANY) -> str:
        """Fill in the form of the checkout without opening an account; returns the e-mail address used."""
        email = self._identity.email(f"browser guest{self._number}")
        with self._recorder.step("goes on as a guest in the browser", email=email):
            self._access.require("customers", "Registering a customer")
            self._traces.announces_customer(email)
            self.storefront.checkout_register.register_guest(_customer(email, address, guest=True))
            self.email = email
        return email

    def asks_for_group(self, group_id: str, address: Address = GERMANY, *, company: str | None = None) -> Login:
        """Open an account on the page of a customer group, and with it ask to belong to the group."""
        email, password = self._identity.email(f"applicant{self._number}"), self._identity.password("applicant")
        with self._recorder.step("asks on its page to belong to the group", email=email):
            self._access.require("customers", "Registering a customer")
            self._traces.announces_customer(email)
            page = self.storefront.customer_group_register
            page.open(group_id)
            page.apply(_customer(email, replace(address, company=company), guest=False), password)
            self.email = email
        return Login(id="", number="", email=email, password=password, address=address, company=company)

    def sees_group_page(self, group_id: str) -> str | None:
        """Open the page on which one asks to belong to a group; returns its headline, ``None`` where it is closed."""
        with self._recorder.step("looks at the page of the group"):
            try:
                self.storefront.customer_group_register.open(group_id)
            except PageStatusError as closed:
                if closed.status != NOT_FOUND:
                    raise
                return None
            return self.storefront.customer_group_register.title()

    def logs_in(self, login: Login) -> None:
        """Log in on the account's page."""
        with self._recorder.step(f"logs in as {login.email} in the browser"):
            self.storefront.account_login.open()
            self.storefront.account_login.log_in(login.email, login.password)
            self.email = login.email

    def logs_out(self) -> None:
        """Log out on the account's page."""
        with self._recorder.step("logs out in the browser"):
            self.storefront.account_overview.open()
            self.storefront.account_overview.log_out()
            self.email = ""

    def sees_profile(self) -> tuple[str, ...]:
        """Open the account and read the personal data."""
        with self._recorder.step("looks at the account in the browser"):
            self.storefront.account_overview.open()
            return self.storefront.account_overview.profile()

    # -- checkout

    def chooses(self, *, shipping: Choosable | None = None, payment: Choosable | None = None) -> CartView:
        """Choose shipping and payment on the confirmation page and read its sums."""
        chosen = ", ".join(method.name for method in (shipping, payment) if method is not None)
        with self._recorder.step(f"chooses {chosen} on the confirmation page"):
            self.storefront.confirm.open()
            if payment is not None:
                self.storefront.confirm.choose_payment(payment.name)
            if shipping is not None:
                self.storefront.confirm.choose_shipping(shipping.name)
            return self.storefront.confirm.summary()

    def sees_confirmation(self) -> CartView:
        """Open the confirmation page and read its sums."""
        with self._recorder.step("looks at the confirmation page"):
            self.storefront.confirm.open()
            return self.storefront.confirm.summary()

    def offered_shipping(self) -> tuple[str, ...]:
        """Return the names of the shipping methods on the confirmation page."""
        with self._recorder.step("looks which shipping methods are offered"):
            return self.storefront.confirm.shipping_methods()

    def messages(self) -> list[str]:
        """Return the messages on the page."""
        with self._recorder.step("reads the messages on the page"):
            return [alert.text for alert in self.storefront.confirm.alerts()]

    def places_order(self) -> OrderOnPage:
        """Accept the terms, click the order button once and read the finish page."""
        with self._recorder.step("clicks the order button"):
            self._about_to_order()
            return self._read(self.storefront.confirm.place_order)

    def places_order_with_a_double_click(self) -> OrderOnPage:
        """Accept the terms, double-click the order button and read the finish page."""
        with self._recorder.step("double-clicks the order button"):
            self._about_to_order()
            return self._read(self.storefront.confirm.place_order_with_double_click)

    def complaints(self) -> list[str]:
        """Return what the browser complained about: script errors and requests to the shop that failed."""
        window = self.storefront.window
        errors = [f"{entry.level}: {entry.text}" for entry in window.console if entry.level in {"error", "pageerror"}]
        failed = [f"{fault.method} {fault.url}: {fault.status or fault.reason}" for fault in window.faults_of_shop()]
        return errors + failed

    def _about_to_order(self) -> None:
        self._access.require("orders", "Placing an order")
        self._traces.announces_order(self.email)
        self.storefront.confirm.accept_terms()

    def _read(self, place: Callable[[], Finish]) -> OrderOnPage:
        finish = place()
        return OrderOnPage(finish.order_id(), finish.order_number(), self.email, finish.summary())


def _customer(email: str, address: Address, *, guest: bool) -> Customer:
    return Customer(
        email=email,
        first_name=address.first_name,
        last_name=address.last_name,
        billing_address=address,
        company=address.company,
        guest=guest,
    )
