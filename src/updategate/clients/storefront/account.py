"""The customer's account: login, registration, overview, orders."""

from __future__ import annotations

from dataclasses import dataclass

from updategate.clients.storefront.checkout import Finish, MethodsPage
from updategate.clients.storefront.errors import PageElementMissingError, UnexpectedPageError
from updategate.clients.storefront.figures import READ_ROWS, FiguresPage
from updategate.clients.storefront.page import StorefrontPage
from updategate.clients.storefront.registration import RegistrationForm
from updategate.domain.parties import Customer
from updategate.domain.views import OrderView


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in the list. The states are the names that the shop shows, in the page's language."""

    number: str
    state: str
    delivery_state: str | None
    payment_state: str
    payment_method: str
    shipping_method: str | None


class AccountLogin(StorefrontPage):
    """Login."""

    page_name = "account_login"

    def open(self, *, language_path: str = "") -> None:
        """Go to the login."""
        self._open(f"{language_path}/account/login")
        self._get("email")

    def log_in(self, email: str, password: str) -> AccountOverview:
        """Log in; ``UnexpectedPageError`` holds the shop's message when it refuses."""
        self._fill("email", email)
        self._fill("password", password)
        self._submit("submit", "the account")
        if self.path.rstrip("/").endswith("/account/login"):
            raise UnexpectedPageError("the account", self.url, self._said())
        return self._storefront.account_overview


class AccountRegister(RegistrationForm):
    """Registration outside the checkout."""

    page_name = "account_register"

    def open(self, *, language_path: str = "") -> None:
        """Go to the registration."""
        self._open(f"{language_path}/account/register")
        self._get("form")

    def register(self, customer: Customer, password: str) -> AccountOverview:
        """Create an account; the shop logs in at once."""
        self._fill_customer(customer)
        self._fill("password", password)
        self._submit("submit", "the account")
        if self.path.rstrip("/").endswith("/account/register"):
            raise UnexpectedPageError("the account", self.url, self._said())
        return self._storefront.account_overview


class CustomerGroupRegister(RegistrationForm):
    """Registration for a customer group, which the merchant approves."""

    page_name = "customer_group_register"

    def open(self, group_id: str, *, language_path: str = "") -> None:
        """Go to the form of a group; ``PageStatusError`` where the group takes nobody."""
        self._open(f"{language_path}/customer-group-registration/{group_id}")
        self._get("form")

    def title(self) -> str:
        """The headline that the merchant gave the form."""
        return self._text("title")

    def apply(self, customer: Customer, password: str) -> AccountOverview:
        """Create an account and ask for the group; the shop logs in at once."""
        self._get("requested_group", hidden=True)
        self._fill_customer(customer)
        self._fill("password", password)
        self._submit("submit", "the account")
        if "/account" not in self.path or self.path.rstrip("/").endswith("/account/register"):
            raise UnexpectedPageError("the account", self.url, self._said())
        return self._storefront.account_overview


class AccountOverview(StorefrontPage):
    """The start page of the account."""

    page_name = "account_overview"

    def open(self, *, language_path: str = "") -> None:
        """Go to the account; who is not logged in comes to the login instead, which is an error here."""
        self._open(f"{language_path}/account")
        if "/account/login" in self.path:
            raise UnexpectedPageError("the account", self.url, ("nobody is logged in",))
        self._get("overview")

    def profile(self) -> tuple[str, ...]:
        """Return the lines of the personal data: name and e-mail address."""
        return tuple(line.strip() for line in self._text("profile").splitlines() if line.strip())

    def log_out(self) -> None:
        """Log out."""
        with self._leaving("the login after logging out"):
            self._click("logout")


class AccountOrders(FiguresPage):
    """The orders of the account. Reading lines or sums needs ``open_details`` first."""

    page_name = "account_orders"

    def open(self, *, language_path: str = "") -> None:
        """Go to the list of orders."""
        self._open(f"{language_path}/account/order")
        self._get("orders")

    def orders(self) -> tuple[OrderRow, ...]:
        """Return the orders shown, newest first."""
        orders = self._all("order")
        return tuple(self._row(index) for index in range(orders.count()))

    def details(self, number: str) -> OrderView:
        """Unfold an order and return what it shows."""
        order = self._all("order").nth(self._index(number))
        details = order.locator(self._css("details")).first
        if not details.is_visible():
            self._click("details_button", within=order)
            self._get("details", within=order)
        rows = order.locator(self._css("summary_row")).evaluate_all(READ_ROWS)
        if not rows or rows[-1][2] is None:
            css = self._css("summary_row")
            raise PageElementMissingError(self.page_name, "summary_row", css, self.url)
        row = self._row(self._index(number))
        return OrderView(
            number=number,
            lines=self._lines_in(order),
            shipping=self._money(rows[0][2]) if len(rows) > 1 else None,
            total=self._money(rows[-1][2]),
            payment_method=row.payment_method,
            shipping_method=row.shipping_method,
        )

    def change_payment(self, number: str) -> AccountOrderEdit:
        """Open the order's menu and go to the change of its payment method."""
        order = self._all("order").nth(self._index(number))
        self._click("actions", within=order)
        with self._leaving("the change of the payment method"):
            self._click("change_payment", within=order)
        self._get("form", page="account_order_edit", hidden=True)
        return self._storefront.account_order_edit

    def _index(self, number: str) -> int:
        numbers = [row.number for row in self.orders()]
        if number not in numbers:
            css, there = self._css("order"), ", ".join(numbers) or "no order"
            detail = f"shows no order {number} (there is: {there})"
            raise PageElementMissingError(self.page_name, "order", css, self.url, detail=detail)
        return numbers.index(number)

    def _row(self, index: int) -> OrderRow:
        order = self._all("order").nth(index)
        values = [text.strip() for text in order.locator(self._css("values")).all_text_contents()]
        with_delivery = len(values) == 4
        if len(values) not in (2, 4):
            css = self._css("values")
            detail = f"shows {len(values)} values beside an order, not 2 or 4: {values}"
            raise PageElementMissingError(self.page_name, "values", css, self.url, detail=detail)
        return OrderRow(
            number=self._get("order_number", within=order).inner_text().strip(),
            state=self._get("status", within=order).inner_text().strip().split("\n")[-1].strip(),
            delivery_state=values[0] if with_delivery else None,
            payment_state=values[1] if with_delivery else values[0],
            payment_method=values[2] if with_delivery else values[1],
            shipping_method=values[3] if with_delivery else None,
        )


class AccountOrderEdit(MethodsPage):
    """Changing the payment of an order."""

    page_name = "account_order_edit"

    def open(self, order_id: str, *, language_path: str = "") -> None:
        """Go to the change of an order's payment method."""
        self._open(f"{language_path}/account/order/edit/{order_id}")
        self._get("form", hidden=True)

    def complete(self) -> Finish:
        """Click the button that completes the payment with the method chosen."""
        self._submit("submit", "the finish page")
        if "/checkout/finish" not in self.path:
            raise UnexpectedPageError("the finish page", self.url, self._said())
        return self._storefront.finish
