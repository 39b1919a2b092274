"""Products as a cart sees them, and which of their prices applies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from updategate.embedded.refshop.behaviour import Behaviour

from .context import CheckoutContext, Currency
from .items import IS_PHYSICAL, DeliveryInformation, LineItem, QuantityInformation
from .prices import (
    CalculatedPrice,
    QuantityPriceDefinition,
    ReferencePriceDefinition,
    TaxState,
)


@dataclass(frozen=True, slots=True)
class CurrencyAmount:
    """A price in one currency, with and without tax."""

    gross: Decimal
    net: Decimal

    def of(self, tax_state: TaxState) -> Decimal:
        """Return the amount that a customer with this tax state sees."""
        return self.gross if tax_state is TaxState.GROSS else self.net


@dataclass(frozen=True, slots=True)
class CurrencyPrice:
    """A product's price in one currency, perhaps with a former price."""

    currency_id: str
    amount: CurrencyAmount
    list_price: CurrencyAmount | None = None
    regulation: CurrencyAmount | None = None


@dataclass(frozen=True, slots=True)
class AdvancedPrice:
    """A price for the customers of one rule, from one quantity to another (both included)."""

    id: str
    rule_id: str
    start: int
    end: int | None
    prices: tuple[CurrencyPrice, ...]


@dataclass(frozen=True, slots=True)
class Product:
    """A product with everything that a variant inherits from its parent filled in."""

    id: str
    number: str
    name: str | None
    tax_id: str
    prices: tuple[CurrencyPrice, ...]
    advanced: tuple[AdvancedPrice, ...]
    has_variants: bool
    is_closeout: bool
    available_stock: int
    min_purchase: int
    max_purchase: int | None
    purchase_steps: int
    delivery: DeliveryInformation
    states: tuple[str, ...]
    cover_id: str | None
    reference: ReferencePriceDefinition | None
    payload: Mapping[str, Any]
    facts: Mapping[str, Any]
    # prices agreed with the customer: they come before all others
    agreed: tuple[AdvancedPrice, ...] = ()


def price_in_currency(
    prices: Sequence[CurrencyPrice], currency: Currency, system_currency: str, behaviour: Behaviour
) -> CurrencyPrice:
    """Return the price that was entered for the currency, else the one in the system's currency."""
    by_currency = {price.currency_id: price for price in prices}
    own = by_currency.get(currency.id) if behaviour.entered_price_counts(currency.iso_code) else None
    return own or by_currency.get(system_currency) or prices[0]


class PriceSelection:
    """Finds and calculates the prices of products for one context."""

    def __init__(self, context: CheckoutContext, behaviour: Behaviour, system_currency: str) -> None:
        self._context = context
        self._behaviour = behaviour
        self._system_currency = system_currency
        self._calculator = context.calculator(behaviour)

    def plain_price(self, product: Product) -> CalculatedPrice:
        """Return the product's own price for one piece."""
        return self._calculator.quantity(self._definition(product, product.prices))

    def advanced_prices(self, product: Product) -> list[tuple[AdvancedPrice, CalculatedPrice]]:
        """Return the calculated tiers of the most important rule that holds and has prices."""
        return [
            (tier, self._calculator.quantity(self._definition(product, tier.prices, tier.end or tier.start)))
            for tier in self.tiers(product)
        ]

    def tiers(self, product: Product) -> list[AdvancedPrice]:
        """Return the tiers of the most important rule that holds and has prices, smallest quantity first."""
        if product.agreed:
            return self._behaviour.tiers(sorted(product.agreed, key=lambda price: price.start))
        by_rule: dict[str, list[AdvancedPrice]] = {}
        for price in product.advanced:
            by_rule.setdefault(price.rule_id, []).append(price)
        for rule_id in self._behaviour.price_rule_order(self._context.rule_ids):
            if rule_id in by_rule:
                return self._behaviour.tiers(sorted(by_rule[rule_id], key=lambda price: price.start))
        return []

    def definition(self, product: Product, quantity: int) -> QuantityPriceDefinition:
        """Return what one piece costs if this many are bought.

        The price of the product page (rounded) is what the cart goes on with.
        """
        tier = self.tier_for(self.tiers(product), quantity)
        prices = product.prices if tier is None else tier.prices
        shown = self._calculator.quantity(self._definition(product, prices))
        return QuantityPriceDefinition(
            shown.unit,
            shown.rules,
            quantity,
            shown.list_price.price if shown.list_price else None,
            None,
            shown.reference.definition if shown.reference else None,
        )

    def tier_for(self, tiers: Sequence[AdvancedPrice], quantity: int) -> AdvancedPrice | None:
        """Return the tier of the quantity: the first that ends no earlier, or the last one."""
        start = 1
        for tier in tiers:
            end = tier.start if tier.end is None else tier.end
            if self._behaviour.tier_applies(quantity, start, end):
                return tier
            start = end + 1
        return tiers[-1] if tiers else None

    def price_of(self, product: Product, prices: Sequence[CurrencyPrice]) -> CalculatedPrice:
        """Return what one piece of the product costs at these prices."""
        return self._calculator.quantity(self._definition(product, prices))

    def amount(self, prices: Sequence[CurrencyPrice]) -> Decimal:
        """Return the price in the context's currency and tax state, not rounded."""
        context = self._context
        price = price_in_currency(prices, context.currency, self._system_currency, self._behaviour)
        value = price.amount.of(context.tax_state)
        if price.currency_id == context.currency.id:
            return value
        return self._behaviour.in_currency(value, context.currency.factor)

    def _definition(
        self, product: Product, prices: Sequence[CurrencyPrice], quantity: int = 1
    ) -> QuantityPriceDefinition:
        context = self._context
        price = price_in_currency(prices, context.currency, self._system_currency, self._behaviour)
        own = price.currency_id == context.currency.id

        def converted(amount: CurrencyAmount | None) -> Decimal | None:
            if amount is None:
                return None
            value = amount.of(context.tax_state)
            return value if own else self._behaviour.in_currency(value, context.currency.factor)

        value = price.amount.of(context.tax_state)
        regulation = price.regulation
        if regulation is not None and (value == 0 or value == regulation.of(context.tax_state)):
            regulation = None
        return QuantityPriceDefinition(
            converted(price.amount) or Decimal(0),
            context.tax_rules(product.tax_id),
            quantity,
            converted(price.list_price),
            converted(regulation),
            product.reference,
        )


def max_purchase(product: Product, fallback: int, behaviour: Behaviour) -> int:
    """Return how many pieces one line may hold: the product's limit or the shop's, and the stock of a closeout."""
    limit = fallback if product.max_purchase is None else product.max_purchase
    if product.is_closeout:
        limit = behaviour.closeout_limit(product.available_stock, limit)
    return max(fitted_quantity(product.min_purchase, limit, product.purchase_steps), 0)


def fitted_quantity(minimum: int, wanted: int, steps: int) -> int:
    """Return the greatest quantity up to ``wanted`` that is the minimum plus whole steps."""
    return (wanted - minimum) // steps * steps + minimum


def enrich(item: LineItem, product: Product, selection: PriceSelection, limit: int, priced: int) -> None:
    """Fill the line with what the product says.

    ``limit`` is the greatest quantity allowed, ``priced`` the quantity that the price goes by.
    """
    item.label = product.name
    item.cover_id = product.cover_id or item.cover_id
    item.states = product.states
    if IS_PHYSICAL in product.states:
        item.delivery = product.delivery
    item.definition = selection.definition(product, priced)
    item.quantities = QuantityInformation(product.min_purchase, limit, product.purchase_steps)
    item.payload = {**item.payload, **product.payload}
