"""A small shop whose amounts can be checked on paper."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from updategate.domain.cart import CartLine, CartTotals, expected_cart
from updategate.domain.catalogue import (
    Country,
    CustomerGroup,
    Price,
    Product,
    ShippingCalculation,
    ShippingMethod,
    ShippingPrice,
    Tax,
)
from updategate.domain.context import PricingContext
from updategate.domain.parties import Address, Customer
from updategate.domain.promotions import Discount, DiscountScope, DiscountType, Promotion
from updategate.domain.rules import Condition, Rule

STANDARD = Tax.of("19", AT="20", CH="8.1")
REDUCED = Tax.of("7", AT="10", CH="2.6")
NET_GROUP = CustomerGroup("B2B", display_gross=False)
GROSS = PricingContext()
NET = PricingContext(customer_group=NET_GROUP)
AUSTRIA = Country("AT")

ADDRESS = Address("Erika", "Muster", "Weg 1", "10115", "Berlin", "DE")


def customer(**fields: Any) -> Customer:
    given = {"email": "erika@example.com", "first_name": "Erika", "last_name": "Muster", "billing_address": ADDRESS}
    return Customer(**{**given, **fields})


def product(number: str, gross: str, net: str | None = None, tax: Tax = STANDARD, **fields: Any) -> Product:
    price = Price.linked(gross, str(tax.rate)) if net is None else Price.of(gross, net)
    return Product(number=number, tax=tax, prices=(price,), **fields)


SCREW = product("SCREW", "11.90", "10.00", weight=Decimal("0.5"))
BOOK = product("BOOK", "10.70", "10.00", REDUCED, weight=Decimal(1))


def row(gross: str, net: str, **fields: Any) -> ShippingPrice:
    numbers = {name: Decimal(fields.pop(name)) for name in ("start", "end") if name in fields}
    return ShippingPrice((Price.of(gross, net),), **numbers, **fields)


FLAT = ShippingMethod("Flat", (row("5.95", "5.00"),))
TIERED = ShippingMethod(
    "Standard",
    (row("4.99", "4.19", start="0", end="99.99"), row("0", "0", start="100")),
)
BY_WEIGHT = ShippingMethod(
    "Heavy",
    (
        row("5.95", "5.00", calculation=ShippingCalculation.WEIGHT, start="0", end="2"),
        row("11.90", "10.00", calculation=ShippingCalculation.WEIGHT, start="2.001"),
    ),
)


def rule(name: str, condition: Condition, priority: int = 100) -> Rule:
    return Rule(name, condition, priority)


def percentage(value: str, code: str | None = "CODE", **fields: Any) -> Promotion:
    return promotion(Discount(DiscountType.PERCENTAGE, Decimal(value)), code=code, **fields)


def absolute(value: str, code: str | None = "CODE", **fields: Any) -> Promotion:
    return promotion(Discount(DiscountType.ABSOLUTE, Decimal(value)), code=code, **fields)


def on_delivery(kind: DiscountType, value: str, **fields: Any) -> Discount:
    return Discount(kind, Decimal(value), DiscountScope.DELIVERY, **fields)


def promotion(*discounts: Discount, code: str | None = "CODE", **fields: Any) -> Promotion:
    name = fields.pop("name", code or "Automatic")
    return Promotion(id=fields.pop("id", name), name=name, discounts=discounts, code=code, **fields)


def cart(*wishes: tuple[Product, int], **arguments: Any) -> CartTotals:
    return expected_cart([CartLine(wanted, quantity) for wanted, quantity in wishes], **arguments)


def tax(totals: CartTotals, rate: str) -> str:
    return next(str(entry.tax.amount) for entry in totals.taxes or () if entry.rate == Decimal(rate))
