"""What Shopware Commercial offers business customers: quotes, prices agreed with one customer, and more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from updategate.actors.purchase import Buyable, PlacedOrder
from updategate.actors.recorder import Recorder
from updategate.actors.shop_access import ShopAccess
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.customers import Login
from updategate.actors.test_data.products import Tier
from updategate.actors.test_data.workbench import Workbench
from updategate.clients.admin_api import AdminApi, Criteria
from updategate.clients.cart_reading import read_order
from updategate.clients.errors import ApiError
from updategate.clients.json_text import JsonObject
from updategate.domain.views import OrderView

_WITH: JsonObject = {"associations": {"lineItems": {}, "currency": {}, "stateMachineState": {}}}
# what a quote always has, by the public schema of the Store API (Quote, QuoteLineItem)
_QUOTE = ("id", "currencyId", "customerId", "languageId", "salesChannelId", "stateId")
_QUOTE_LINE = ("id", "identifier", "label", "position", "quantity", "quoteId", "states")


@dataclass(frozen=True, slots=True)
class Feature:
    """A list of the Store API that a business customer has, and what each of its entries has by the public schema."""

    name: str
    method: str
    path: str
    required: tuple[str, ...]


FEATURES: Mapping[str, Feature] = {
    feature.name: feature
    for feature in (
        Feature("employees", "POST", "/employee", ("id", "email", "firstName", "lastName", "languageId")),
        Feature("roles", "POST", "/role", ("id", "name")),
        Feature("approval rules", "POST", "/approval-rule", ("id", "name")),
        Feature("budgets", "POST", "/budgets", ("id", "name")),
        Feature("shopping lists", "POST", "/shopping-lists", ("id", "customerId", "salesChannelId")),
    )
}


class ContractBrokenError(AssertionError):
    """An answer lacks what the public schema promises."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A quote: its id and number, its state, and its figures, read as those of an order."""

    id: str
    number: str
    state: str
    figures: OrderView
    order_id: str | None = None


class Commercial:
    """Both sides of what was agreed: the buyer's (with a shopper) and the merchant's."""

    def __init__(self, access: ShopAccess, recorder: Recorder, workbench: Workbench) -> None:
        self._access = access
        self._recorder = recorder
        self._workbench = workbench

    @property
    def _admin(self) -> AdminApi:
        self._access.require("admin_write", "Answering a quote")
        return self._access.back_office

    # -- quotes

    def asks_for_quote(self, buyer: Shopper, comment: str) -> Quote:
        """Ask for a quote with the buyer's cart."""
        with self._recorder.step("asks for a quote", comment=comment):
            self._access.require("orders", "Asking for a quote")
            body = buyer.api.ask("POST", "/quote/request", {"comment": comment})
            quote_id = str(body["id"])
            self._workbench.afterwards(lambda: self._forgets(quote_id))
            return self.sees_quote(buyer, quote_id)

    def sees_quote(self, buyer: Shopper, quote_id: str) -> Quote:
        """Look at a quote."""
        with self._recorder.step("looks at the quote"):
            body = buyer.api.ask("POST", f"/quote/detail/{quote_id}", _WITH, name="/quote/detail/{id}")
            return _quote(body, buyer.api.currency)

    def cannot_see_quote(self, buyer: Shopper, quote_id: str) -> int:
        """Try to look at a quote that belongs to somebody else; returns the HTTP status of the refusal."""
        with self._recorder.step("tries to look at the quote of somebody else"):
            answer = buyer.api.raw("POST", f"/quote/detail/{quote_id}", _WITH, name="/quote/detail/{id}")
            if answer.ok:
                message = f"the shop shows the quote {quote_id} to somebody else"
                raise ContractBrokenError(message)
            return answer.status

    def sees_quotes(self, buyer: Shopper) -> list[str]:
        """The numbers of the buyer's quotes."""
        with self._recorder.step("looks at the list of quotes"):
            body = buyer.api.ask("POST", "/quotes", _WITH)
            return [str(row.get("quoteNumber")) for row in body.get("elements") or []]

    def declines(self, buyer: Shopper, quote: Quote, comment: str) -> None:
        """Say no to a quote."""
        with self._recorder.step("declines the quote", comment=comment):
            path = f"/quote/{quote.id}/decline"
            buyer.api.ask("POST", path, {"comment": comment}, name="/quote/{id}/decline")

    def orders(self, buyer: Shopper, quote: Quote) -> PlacedOrder:
        """Order what a quote offers."""
        with self._recorder.step(f"orders by quote {quote.number}"):
            self._access.require("orders", "Ordering by a quote")
            self._workbench.announces_order(buyer.email)
            path = f"/quote/order/{quote.id}"
            body = buyer.api.ask("POST", path, {"customerComment": "updategate"}, name="/quote/order/{id}")
            return PlacedOrder.of(body, buyer.api.currency, buyer.email)

    def cannot_order(self, buyer: Shopper, quote: Quote) -> int:
        """Try to order by a quote that was not answered, or was declined; returns the HTTP status of the refusal."""
        with self._recorder.step(f"tries to order by quote {quote.number}"):
            self._workbench.announces_order(buyer.email)
            answer = buyer.api.raw("POST", f"/quote/order/{quote.id}", {}, name="/quote/order/{id}")
            if answer.ok:
                message = f"the shop took an order by the quote {quote.number}, which is {quote.state}"
                raise ContractBrokenError(message)
            return answer.status

    def replies(self, quote: Quote) -> None:
        """Send the offer to the buyer, as it stands: by whatever transition leads to the state ``replied``."""
        with self._recorder.step(f"replies to quote {quote.number}"):
            path = f"/_action/state-machine/quote/{quote.id}/state"
            ways = self._admin.ask("GET", path, name="/_action/state-machine/quote/{id}/state")["transitions"]
            actions = [str(way["actionName"]) for way in ways if way["toStateName"] == "replied"]
            if not actions:
                message = f"no transition leads from {quote.state} to replied: {[way['actionName'] for way in ways]}"
                raise LookupError(message)
            self._admin.ask("POST", f"{path}/{actions[0]}", {}, name="/_action/state-machine/quote/{id}/state/{action}")

    def _forgets(self, quote_id: str) -> None:
        self._admin.delete("quote", quote_id)

    # -- prices

    def agrees_on(self, customer: Login, product: Buyable, tiers: Sequence[Tier]) -> None:
        """Give one customer prices of their own (``/api/_action/custom-price``)."""
        with self._recorder.step(f"agrees on a price of {product.number} with {customer.number}"):
            ranges = [
                {
                    "quantityStart": tier.from_quantity,
                    "quantityEnd": tier.to_quantity,
                    "price": self._workbench.place.price_json(tier.net, tier.gross),
                }
                for tier in tiers
            ]
            self._workbench.afterwards(lambda: self.ends_agreement(customer, product))
            payload = {"productId": product.id, "customerId": customer.id, "price": ranges}
            self._custom_price("upsert", payload)

    def ends_agreement(self, customer: Login, product: Buyable) -> None:
        """Take a customer's own prices of a product back."""
        with self._recorder.step(f"ends the agreement on {product.number} with {customer.number}"):
            self._custom_price("delete", {"productIds": [product.id], "customerIds": [customer.id]})

    def _custom_price(self, action: str, payload: JsonObject) -> None:
        body = self._admin.ask("POST", "/_action/custom-price", [{"action": action, "payload": [payload]}])
        # mistakes do not change the status, by the documentation
        errors = body.get("errors") if isinstance(body, dict) else None
        if errors:
            message = f"the custom price was not written: {errors}"
            raise ContractBrokenError(message)

    # -- the rest of the B2B components

    def is_closed_to_strangers(self, stranger: Shopper, feature: str) -> bool:
        """Whether somebody who is not logged in is refused a list."""
        asked = FEATURES[feature]
        with self._recorder.step(f"tries to look at {feature} without an account"):
            answer = stranger.api.raw(asked.method, asked.path, {})
            return answer.status in (401, 403)

    def sees(self, buyer: Shopper, feature: str) -> int | None:
        """Look at a list; returns how many entries it has, ``None`` where this customer is not entitled to it.

        Raises ``ContractBrokenError`` where an entry lacks what the public schema promises.
        """
        asked = FEATURES[feature]
        with self._recorder.step(f"looks at {feature}"):
            answer = buyer.api.raw(asked.method, asked.path, {})
            if answer.status == 403:
                return None
            if not answer.ok:
                raise ApiError.of(answer)
            body = answer.json()
            elements = body.get("elements") if isinstance(body, dict) else body
            if not isinstance(elements, list):
                message = f"{asked.path} answers no list of {feature}"
                raise ContractBrokenError(message)
            for entry in elements:
                _demand(entry, asked.required, feature)
            return len(elements)

    def quotes_left(self, customer: Login) -> int:
        """How many quotes of a customer the shop has."""
        with self._recorder.step(f"counts the quotes of {customer.number}"):
            return len(self._admin.search("quote", Criteria().equals("customerId", customer.id)).data)


def _quote(body: JsonObject, currency: str) -> Quote:
    _demand(body, _QUOTE, "a quote")
    lines = body.get("lineItems")
    if not isinstance(lines, list) or not lines:
        message = "a quote has the lines of the cart that it was asked for"
        raise ContractBrokenError(message)
    for line in lines:
        _demand(line, _QUOTE_LINE, "a line of a quote")
    state = body.get("stateMachineState") or {}
    return Quote(
        id=str(body["id"]),
        number=str(body.get("quoteNumber") or ""),
        state=str(state.get("technicalName") or ""),
        figures=read_order({**body, "orderNumber": body.get("quoteNumber")}, currency),
        order_id=body.get("orderId"),
    )


def _demand(entry: JsonObject, required: Sequence[str], what: str) -> None:
    lacking = [name for name in required if entry.get(name) is None]
    if lacking:
        message = f"{what} lacks {', '.join(lacking)}"
        raise ContractBrokenError(message)
