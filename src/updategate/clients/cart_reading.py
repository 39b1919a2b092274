"""Reads carts and orders, as the Store API and the Admin API deliver them, into the views of the domain."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from updategate.clients.json_text import Json, JsonObject
from updategate.domain.money import Money
from updategate.domain.views import (
    CartErrorView,
    CartView,
    LineItemView,
    OrderView,
    ShippingView,
    TaxState,
    TaxView,
)

# 6.5 does not say which messages keep an order from being placed; these do in its source (Cart\Error)
_BLOCKING_BEFORE_6_6 = frozenset(
    {
        "product-out-of-stock",
        "product-not-found",
        "product-stock-reached",
        "min-order-quantity",
        "purchase-steps-quantity",
        "shipping-method-blocked",
        "payment-method-blocked",
        "shipping-address-blocked",
        "incomplete-line-item",
    }
)


class UnreadableAnswerError(ValueError):
    """The shop answered with JSON that lacks what a cart or an order always has."""


def read_cart(body: Json, currency: str) -> CartView:
    """Read a cart; ``currency`` is the ISO code of its context, which the cart itself does not tell."""
    if not isinstance(body, dict) or not isinstance(body.get("price"), dict):
        message = f"a cart has a price and line items, but the answer is {str(body)[:200]}"
        raise UnreadableAnswerError(message)
    price = body["price"]
    return CartView(
        lines=tuple(_line(item, currency) for item in body.get("lineItems") or []),
        shipping=tuple(_delivery(entry, currency) for entry in body.get("deliveries") or []),
        net_total=_money(price.get("netPrice"), currency),
        position_total=_money(price.get("positionPrice"), currency),
        total=Money.from_json_number(price["totalPrice"], currency),
        raw_total=_money(price.get("rawTotal"), currency),
        tax_state=TaxState(price["taxStatus"]) if price.get("taxStatus") else None,
        taxes=_taxes(price.get("calculatedTaxes"), currency),
        errors=read_cart_errors(body.get("errors")),
    )


def read_cart_errors(errors: Json) -> tuple[CartErrorView, ...]:
    """Read a cart's messages, delivered as a map (or, when there is none, as an empty list)."""
    entries: Iterable[JsonObject] = errors.values() if isinstance(errors, dict) else errors or []
    found = []
    for entry in entries:
        key = str(entry.get("messageKey") or entry.get("key") or "")
        blocks = entry.get("block")
        found.append(
            CartErrorView(
                key=key,
                level=int(entry.get("level") or 0),
                message=str(entry.get("message") or ""),
                blocks_order=bool(blocks) if blocks is not None else key in _BLOCKING_BEFORE_6_6,
            )
        )
    return tuple(found)


def read_order(body: Json, currency: str | None = None) -> OrderView:
    """Read an order; ``currency`` is needed where the answer was asked for without the currency."""
    if not isinstance(body, dict) or not isinstance(body.get("price"), dict):
        message = f"an order has a price, but the answer is {str(body)[:200]}"
        raise UnreadableAnswerError(message)
    known = body.get("currency")
    code = str(known["isoCode"]) if isinstance(known, dict) else currency
    if code is None:
        message = "the order came without its currency; ask for the association 'currency'"
        raise UnreadableAnswerError(message)
    price = body["price"]
    items = body.get("lineItems")
    deliveries = body.get("deliveries") or []
    shipping = body.get("shippingCosts") or {}
    transaction = last_transaction(body)
    customer = body.get("orderCustomer") or {}
    return OrderView(
        number=body.get("orderNumber"),
        total=Money.from_json_number(body.get("amountTotal", price.get("totalPrice")), code),
        lines=None if items is None else tuple(_line(item, code) for item in _in_order(items)),
        shipping=_money(body.get("shippingTotal"), code),
        net_total=_money(body.get("amountNet", price.get("netPrice")), code),
        position_total=_money(body.get("positionPrice", price.get("positionPrice")), code),
        raw_total=_money(price.get("rawTotal"), code),
        tax_state=TaxState(price["taxStatus"]) if price.get("taxStatus") else None,
        taxes=_taxes(price.get("calculatedTaxes"), code),
        state=_state(body),
        payment_state=_state(transaction),
        delivery_state=_state(main_delivery(deliveries)),
        payment_method=_name(transaction.get("paymentMethod")),
        shipping_method=_name(main_delivery(deliveries).get("shippingMethod")),
        email=customer.get("email"),
        customer_number=customer.get("customerNumber"),
        shipping_taxes=_taxes(shipping.get("calculatedTaxes"), code),
    )


def read_transaction(body: JsonObject, currency: str) -> OrderView:
    """Read what the order's transaction says: the amount to pay, its taxes and its state."""
    transaction = last_transaction(body)
    amount = transaction.get("amount")
    if not isinstance(amount, dict):
        message = f"the order {body.get('orderNumber')} has no transaction with an amount"
        raise UnreadableAnswerError(message)
    return OrderView(
        number=body.get("orderNumber"),
        total=Money.from_json_number(amount["totalPrice"], currency),
        taxes=_taxes(amount.get("calculatedTaxes"), currency),
        payment_state=_state(transaction),
        payment_method=_name(transaction.get("paymentMethod")),
    )


def last_transaction(order: JsonObject) -> JsonObject:
    """Return the newest transaction, the one that counts; empty where the order came without."""
    transactions = order.get("transactions") or []
    return max(transactions, key=lambda entry: str(entry.get("createdAt")), default={})


def main_delivery(deliveries: list[JsonObject]) -> JsonObject:
    """Return the delivery of the goods: discounts on shipping costs are deliveries with a negative price."""
    return max(
        deliveries,
        key=lambda entry: Decimal(str((entry.get("shippingCosts") or {}).get("totalPrice") or 0)),
        default={},
    )


def _line(item: JsonObject, currency: str) -> LineItemView:
    payload = item.get("payload") or {}
    price = item.get("price") or {}
    number = payload.get("productNumber") if item.get("type") == "product" else payload.get("code")
    return LineItemView(
        number=str(number or ""),
        label=str(item.get("label") or ""),
        quantity=int(item.get("quantity") or 0),
        unit_price=_money(item.get("unitPrice", price.get("unitPrice")), currency),
        total=Money.from_json_number(item.get("totalPrice", price.get("totalPrice", 0)), currency),
        taxes=_taxes(price.get("calculatedTaxes"), currency),
        type=str(item.get("type") or ""),
    )


def _in_order(items: list[JsonObject]) -> list[JsonObject]:
    return sorted(items, key=lambda item: int(item.get("position") or 0))


def _delivery(entry: JsonObject, currency: str) -> ShippingView:
    costs = entry.get("shippingCosts") or {}
    return ShippingView(
        total=Money.from_json_number(costs.get("totalPrice", 0), currency),
        taxes=_taxes(costs.get("calculatedTaxes"), currency),
        method=_name(entry.get("shippingMethod")),
    )


def _taxes(entries: Json, currency: str) -> tuple[TaxView, ...] | None:
    if entries is None:
        return None
    found = [
        TaxView(
            rate=Decimal(str(entry["taxRate"])),
            tax=Money.from_json_number(entry["tax"], currency),
            price=_money(entry.get("price"), currency),
        )
        for entry in (entries.values() if isinstance(entries, dict) else entries)
    ]
    return tuple(sorted(found, key=lambda tax: tax.rate))


def _money(number: Json, currency: str) -> Money | None:
    return None if number is None else Money.from_json_number(number, currency)


def _state(entity: JsonObject) -> str | None:
    state = entity.get("stateMachineState")
    return str(state["technicalName"]) if isinstance(state, dict) else None


def _name(entity: Json) -> str | None:
    if not isinstance(entity, dict):
        return None
    translated = entity.get("translated")
    name = translated.get("name") if isinstance(translated, dict) else None
    return str(name or entity.get("name") or "") or None
