"""What a price is: definitions that go in, calculated prices that come out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .money import HUNDRED, ZERO, cast


class TaxState(StrEnum):
    """Whether prices contain tax, are without it, or know none."""

    GROSS = "gross"
    NET = "net"
    FREE = "tax-free"


@dataclass(frozen=True, slots=True)
class TaxRule:
    """A tax rate, and the share of the amount (in per cent) that it applies to."""

    rate: Decimal
    percentage: Decimal = HUNDRED


@dataclass(frozen=True, slots=True)
class CalculatedTax:
    """The tax of one rate on ``price``; the price is gross or net as the whole cart is."""

    tax: Decimal
    rate: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True)
class ListPrice:
    """A former price that is struck through."""

    price: Decimal
    discount: Decimal
    percentage: Decimal


@dataclass(frozen=True, slots=True)
class ReferencePriceDefinition:
    """The measure that a comparable price is stated for: 0.75 l bought, price for 1 l."""

    purchase_unit: Decimal
    reference_unit: Decimal
    unit_name: str


@dataclass(frozen=True, slots=True)
class ReferencePrice:
    """The price of one reference unit."""

    price: Decimal
    definition: ReferencePriceDefinition


@dataclass(frozen=True, slots=True)
class CalculatedPrice:
    """A price with its taxes by rate, in the order in which the rates appeared."""

    unit: Decimal
    total: Decimal
    taxes: tuple[CalculatedTax, ...] = ()
    rules: tuple[TaxRule, ...] = ()
    quantity: int = 1
    reference: ReferencePrice | None = None
    list_price: ListPrice | None = None
    regulation: Decimal | None = None

    @property
    def tax_amount(self) -> Decimal:
        """The sum of all taxes."""
        return sum((tax.tax for tax in self.taxes), ZERO)

    def repeated(self, count: int) -> CalculatedPrice:
        """Return the sum of ``count`` such prices, for adding up many equal ones."""
        if count == 1:
            return self
        times = Decimal(count)
        taxes = tuple(CalculatedTax(tax.tax * times, tax.rate, tax.price * times) for tax in self.taxes)
        return CalculatedPrice(self.unit * times, self.total * times, taxes, self.rules)


NOTHING = CalculatedPrice(ZERO, ZERO)


@dataclass(frozen=True, slots=True)
class CartPrice:
    """What the cart costs. ``raw_total`` is the total before it was rounded to what can be paid."""

    net: Decimal
    total: Decimal
    position: Decimal
    taxes: tuple[CalculatedTax, ...]
    rules: tuple[TaxRule, ...]
    tax_state: TaxState
    raw_total: Decimal

    @property
    def tax_amount(self) -> Decimal:
        """The sum of all taxes."""
        return sum((tax.tax for tax in self.taxes), ZERO)

    @classmethod
    def empty(cls, tax_state: TaxState = TaxState.GROSS) -> CartPrice:
        """Return the price of an empty cart."""
        return cls(ZERO, ZERO, ZERO, (), (), tax_state, ZERO)


@dataclass(frozen=True, slots=True)
class QuantityPriceDefinition:
    """A unit price in the cart's currency and tax state, times a quantity."""

    price: Decimal
    rules: tuple[TaxRule, ...]
    quantity: int = 1
    list_price: Decimal | None = None
    regulation: Decimal | None = None
    reference: ReferencePriceDefinition | None = None
    calculated: bool = True

    def times(self, quantity: int) -> QuantityPriceDefinition:
        """Return the same price for another quantity."""
        if quantity == self.quantity:
            return self
        return QuantityPriceDefinition(
            self.price, self.rules, quantity, self.list_price, self.regulation, self.reference, self.calculated
        )


@dataclass(frozen=True, slots=True)
class PercentagePriceDefinition:
    """A share of other items' prices; negative for a discount."""

    percentage: Decimal


@dataclass(frozen=True, slots=True)
class AbsolutePriceDefinition:
    """An amount whose tax follows other items; negative for a discount."""

    price: Decimal


PriceDefinition = QuantityPriceDefinition | PercentagePriceDefinition | AbsolutePriceDefinition


def merged_taxes(prices: Iterable[CalculatedPrice]) -> tuple[CalculatedTax, ...]:
    """Add up taxes and their base by rate."""
    by_rate: dict[Decimal, CalculatedTax] = {}
    for price in prices:
        for tax in price.taxes:
            before = by_rate.get(tax.rate)
            by_rate[tax.rate] = (
                tax
                if before is None
                else CalculatedTax(cast(before.tax + tax.tax), tax.rate, cast(before.price + tax.price))
            )
    return tuple(by_rate.values())


def merged_rules(prices: Iterable[CalculatedPrice]) -> tuple[TaxRule, ...]:
    """Return each rate once, with the share it first had."""
    by_rate: dict[Decimal, TaxRule] = {}
    for price in prices:
        for rule in price.rules:
            by_rate.setdefault(rule.rate, rule)
    return tuple(by_rate.values())


def total_of(prices: Iterable[CalculatedPrice]) -> CalculatedPrice:
    """Add up prices."""
    prices = list(prices)
    return CalculatedPrice(
        cast(sum((price.unit for price in prices), ZERO)),
        cast(sum((price.total for price in prices), ZERO)),
        merged_taxes(prices),
        merged_rules(prices),
    )


def highest_tax_rule(prices: Iterable[CalculatedPrice]) -> tuple[TaxRule, ...]:
    """Return the highest rate for the whole amount; nothing where there is no tax."""
    rules = merged_rules(prices)
    if not rules:
        return ()
    return (TaxRule(max(rule.rate for rule in rules)),)
