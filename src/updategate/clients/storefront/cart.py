"""The cart: off-canvas and as a page of its own."""

from __future__ import annotations

from updategate.clients.storefront.errors import UnexpectedPageError
from updategate.clients.storefront.figures import FiguresPage
from updategate.domain.money import Money


class Offcanvas(FiguresPage):
    """The cart that slides in from the right after something was put into it."""

    page_name = "offcanvas"

    def set_quantity(self, number: str, quantity: int) -> None:
        """Change the quantity of the line with this product number; wait for the new amounts."""
        field = self._get("quantity_input", page="line", within=self._line_with(number))
        shown = self._get("cart").element_handle()
        with self._loading("/checkout/offcanvas", replaces=shown):
            field.fill(str(quantity))
            field.blur()  # as when a person goes on: only then the field has changed
        self._get("cart")

    def remove(self, key: str) -> None:
        """Remove the line with this product number (a promotion: with this label)."""
        line = self._line_with(key)
        shown = self._get("cart").element_handle()
        with self._loading("/checkout/offcanvas", replaces=shown):
            self._click("remove", within=line)
        self._get("cart")

    def add_promotion(self, code: str) -> None:
        """Enter a promotion code; what the shop says of it is in ``alerts``."""
        shown = self._get("cart").element_handle()
        self._fill("promotion_input", code)
        with self._loading("/checkout/offcanvas", replaces=shown):
            self._click("promotion_submit")
        self._get("cart")

    def subtotal(self) -> Money:
        """Return the sum of the lines."""
        return self._money(self._text("subtotal"))

    def shipping(self) -> Money:
        """Return the shipping costs."""
        return self._money(self._text("shipping"))

    def go_to_checkout(self) -> None:
        """Click the button to the checkout: who is not logged in comes to the registration."""
        with self._leaving("the checkout"):
            self._click("checkout_button")

    def go_to_cart(self) -> None:
        """Click the link to the page of the cart."""
        with self._leaving("the page of the cart"):
            self._click("cart_link")

    def close(self) -> None:
        """Close the off-canvas cart."""
        panel = self._get("panel").element_handle()
        self._click("close")
        panel.wait_for_element_state("hidden")


class Cart(FiguresPage):
    """The page of the cart."""

    page_name = "cart"

    def open(self, *, language_path: str = "") -> None:
        """Go to the cart."""
        self._open(f"{language_path}/checkout/cart")
        self._get("main")

    def is_empty(self, *, language_path: str = "") -> bool:
        """Go to the cart and look whether it lists nothing; an empty cart's page lacks the elements of a cart."""
        self._open(f"{language_path}/checkout/cart")
        if not self.path.endswith("/checkout/cart"):
            raise UnexpectedPageError("the page of the cart", self.url, self._said())
        return not self.lines()

    def set_quantity(self, number: str, quantity: int) -> None:
        """Change the quantity of a line; the form sends itself, the page loads anew."""
        field = self._get("quantity_input", page="line", within=self._line_with(number))
        self._when_ready(field.locator("xpath=ancestor::form"))
        with self._leaving("the cart with the new quantity"):
            field.fill(str(quantity))
            field.blur()

    def remove(self, key: str) -> None:
        """Remove the line with this product number (a promotion: with this label)."""
        line = self._line_with(key)
        with self._leaving("the cart without the line"):
            self._click("remove", page="line", within=line)

    def add_promotion(self, code: str) -> None:
        """Enter a promotion code; what the shop says of it is in ``alerts``."""
        self._fill("promotion_input", code)
        with self._leaving("the cart with the promotion"):
            self._click("promotion_submit")

    def add_product(self, number: str) -> None:
        """Enter a product number."""
        self._fill("product_input", number)
        with self._leaving("the cart with the product"):
            self._click("product_submit")

    def go_to_checkout(self) -> None:
        """Click the button to the checkout: who is not logged in comes to the registration."""
        with self._leaving("the checkout"):
            self._click("checkout_button")
