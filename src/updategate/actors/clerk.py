"""The clerk: one of the merchant's people who works in the administration, in a browser."""

from __future__ import annotations

from updategate.actors.purchase import Buyable, Placed
from updategate.actors.recorder import Recorder
from updategate.clients.administration import Administration, OrderSheet, ProductRow
from updategate.domain.money import Money


class Clerk:
    """Somebody with a user of the administration."""

    def __init__(self, administration: Administration, username: str, password: str, recorder: Recorder) -> None:
        self._administration = administration
        self._username = username
        self._password = password
        self._recorder = recorder

    def mistypes_the_password(self) -> bool:
        """Open the administration and try to log in with a wrong password; whether it opened."""
        with self._recorder.step(f"tries to log in to the administration as {self._username}"):
            self._administration.open()
            return self._administration.log_in(self._username, f"{self._password}-mistyped")

    def logs_in(self) -> bool:
        """Log in; whether the administration opened."""
        with self._recorder.step(f"logs in to the administration as {self._username}"):
            self._administration.open()
            return self._administration.log_in(self._username, self._password) and self._administration.is_open()

    def finds_product(self, product: Buyable) -> ProductRow:
        """Look a product up in the list of products."""
        with self._recorder.step(f"looks {product.number} up in the list of products"):
            return self._administration.product(product.number)

    def finds_order(self, order: Placed) -> Money:
        """Look an order up in the list of orders; returns what the list says that it cost."""
        with self._recorder.step(f"looks {order} up in the list of orders"):
            return self._administration.order_total(order.number)

    def finds_customer(self, email: str) -> str:
        """Look a customer up in the list of customers; returns what stands in the row."""
        with self._recorder.step(f"looks {email} up in the list of customers"):
            return self._administration.customer(email)

    def opens_order(self, order: Placed) -> OrderSheet:
        """Open the page of an order."""
        with self._recorder.step(f"opens {order} in the administration"):
            return self._administration.order(order.id)

    def complaints(self) -> list[str]:
        """Errors of the administration's scripts that nobody caught."""
        return self._administration.faults()
