"""Asks one cell: puts the product into an empty cart, reads what the shop charges, and empties the cart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from updategate.clients.cart_reading import UnreadableAnswerError, read_cart
from updategate.clients.errors import ApiError
from updategate.clients.store_api import StoreApi
from updategate.domain.money import Money
from updategate.domain.price_cells import Cell
from updategate.domain.views import CartView, TaxView
from updategate.evidence.records import Amount, Ledger, TaxCharged
from updategate.operations.price_ledger.assortment import OnSale, PriceRules
from updategate.operations.price_ledger.market import Market
from updategate.operations.price_ledger.visitors import Chair, Visitors

NO_LONGER_SOLD = "product-not-found"


@dataclass(frozen=True, slots=True)
class Counter:
    """Where a buyer stands: a session set to one currency and one country, and the rules that hold there."""

    api: StoreApi
    currency: str
    currency_id: str
    matching: Sequence[str]

    @classmethod
    def at(cls, api: StoreApi, visitors: Visitors, chair: Chair, currency: str, market: Market) -> Counter:
        """Set a session to a currency. Raises LookupError where the shop keeps to another currency or country."""
        api.switch(**visitors.settings(chair, currency))
        context = api.ask("GET", "/context")
        set_to = str(context["currency"]["isoCode"])
        country = str(((context.get("shippingLocation") or {}).get("country") or {}).get("iso") or "")
        if set_to != currency or country != chair[2]:
            message = f"the session is in {set_to} and {country}, and not in {currency} and {chair[2]}"
            raise LookupError(message)
        rules = (context.get("context") or {}).get("ruleIds") or ()
        return cls(api, currency, market.currencies[currency], tuple(str(rule) for rule in rules))


class Products(Protocol):
    """What is on sale, by product number."""

    def get(self, number: str, /) -> OnSale | None:
        """The product of a number; None where it is not on sale."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Turns cells into facts."""

    products: Products
    rules: PriceRules

    def ask(self, cell: Cell, counter: Counter) -> Ledger:
        """What the shop charges. Raises ShopError where it does not answer, UnreadableAnswerError where it is none."""
        product = self.products.get(cell.product)
        if product is None:
            return _record(cell).model_copy(update={"sold": False, "messages": (NO_LONGER_SOLD,)})
        item = {"id": product.id, "referencedId": product.id, "type": "product", "quantity": cell.quantity}
        answer = counter.api.raw_add(item)
        if not answer.ok:
            raise ApiError.of(answer)
        view = read_cart(answer.json(), counter.currency)
        counter.api.delete_cart()
        return self._read(cell, product, view, counter)

    def _read(self, cell: Cell, product: OnSale, view: CartView, counter: Counter) -> Ledger:
        messages = tuple(sorted({error.key for error in view.errors}))
        lines = [line for line in view.lines if line.type == "product"]
        if not lines:
            return _record(cell).model_copy(update={"sold": False, "messages": messages})
        if len(lines) > 1 or lines[0].number != cell.product:
            there = ", ".join(line.key for line in lines)
            message = f"the cart should hold {cell.product} alone, and holds {there}"
            raise UnreadableAnswerError(message)
        line = lines[0]
        if line.unit_price is None:
            message = f"the line of {cell.product} has no unit price"
            raise UnreadableAnswerError(message)
        rule = self.rules.responsible(product, line.quantity, line.unit_price, counter.currency_id, counter.matching)
        return _record(cell).model_copy(
            update={
                "in_cart": line.quantity,
                "unit_price": amount_of(line.unit_price),
                "total": amount_of(line.total),
                "taxes": _taxes(line.taxes),
                "tax_state": str(view.tax_state) if view.tax_state else None,
                "cart_total": amount_of(view.total),
                "cart_taxes": _taxes(view.taxes),
                "rule": rule,
                "messages": messages,
            }
        )


def unread(cell: Cell, why: str) -> Ledger:
    """A cell that could not be asked."""
    return _record(cell).model_copy(update={"error": why})


def not_sold(cell: Cell, why: str) -> Ledger:
    """A cell that the shop has no answer to: the product, the group, the currency or the country is gone."""
    return _record(cell).model_copy(update={"sold": False, "messages": (why,)})


def _record(cell: Cell) -> Ledger:
    return Ledger(
        product=cell.product,
        customer_group=cell.customer_group,
        customer=cell.customer,
        quantity=cell.quantity,
        currency=cell.currency,
        country=cell.country,
    )


def amount_of(money: Money) -> Amount:
    """Money as evidence keeps it, with at least two decimals."""
    return Amount(amount=decimal_text(money.amount), currency=money.currency)


def decimal_text(amount: Decimal) -> str:
    """An amount with at least two decimals, and without an exponent."""
    exponent = amount.as_tuple().exponent
    return f"{amount:.2f}" if isinstance(exponent, int) and exponent > -2 else f"{amount:f}"


def _taxes(taxes: Sequence[TaxView] | None) -> tuple[TaxCharged, ...] | None:
    if taxes is None:
        return None
    return tuple(
        TaxCharged(
            rate=f"{tax.rate.normalize():f}",
            tax=decimal_text(tax.tax.amount),
            base=decimal_text(tax.price.amount) if tax.price is not None else None,
        )
        for tax in taxes
    )
