"""Calculates prices and taxes: per item first, then summed by rate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from updategate.embedded.refshop.behaviour import Behaviour

from .money import HUNDRED, ZERO, Rounding, cast, settle
from .prices import (
    CalculatedPrice,
    CalculatedTax,
    CartPrice,
    ListPrice,
    QuantityPriceDefinition,
    ReferencePrice,
    TaxRule,
    TaxState,
    merged_taxes,
    total_of,
)


@dataclass(frozen=True, slots=True)
class Calculator:
    """Calculates in one currency and tax state.

    ``vertical``: taxes of the cart are calculated from the sums by rate instead of being added up from the items
    (a setting of the sales channel). ``rounds_tax_base``: the amount that a tax of a line is taken from is rounded
    too (since 6.6.7).
    """

    behaviour: Behaviour
    item_rounding: Rounding
    total_rounding: Rounding
    tax_state: TaxState = TaxState.GROSS
    vertical: bool = False
    rounds_tax_base: bool = True

    # -- one item ---------------------------------------------------------------------------------------------------

    def quantity(self, definition: QuantityPriceDefinition) -> CalculatedPrice:
        """Return the price of ``definition.quantity`` pieces with their taxes.

        The tax of one piece is multiplied unrounded and rounded once for the line.
        """
        unit = self._unit(definition)
        count = Decimal(definition.quantity)
        taxes = () if self.tax_state is TaxState.FREE else self._line_taxes(unit, definition.rules, count)
        return CalculatedPrice(
            cast(unit),
            cast(self._round(unit * count)),
            taxes,
            () if self.tax_state is TaxState.FREE else definition.rules,
            definition.quantity,
            self._reference(unit, definition),
            self._list_price(unit, definition),
            self._regulation(definition),
        )

    def percentage(self, percentage: Decimal, prices: Sequence[CalculatedPrice]) -> CalculatedPrice:
        """Return this share of the prices; its tax is split as theirs is."""
        base = total_of(prices)
        net = base.total - base.tax_amount if self.tax_state is TaxState.GROSS else base.total
        share = self.behaviour.percentage_discount(base.total, net, abs(percentage))
        amount = share if percentage >= 0 else -share
        rates = self.behaviour.discount_rates(self.shares(base))
        return self.quantity(QuantityPriceDefinition(cast(self._round(amount)), rates))

    def absolute(self, amount: Decimal, prices: Sequence[CalculatedPrice], quantity: int = 1) -> CalculatedPrice:
        """Return the amount; its tax is split as that of the prices is."""
        rates = self.behaviour.discount_rates(self.shares(total_of(prices)))
        return self.quantity(QuantityPriceDefinition(cast(amount), rates, quantity))

    def shares(self, price: CalculatedPrice) -> tuple[TaxRule, ...]:
        """Return the rates of a price with the share of each in per cent."""
        return tuple(TaxRule(tax.rate, cast(self.behaviour.tax_share(tax.price, price.total))) for tax in price.taxes)

    # -- the cart ---------------------------------------------------------------------------------------------------

    def amount(self, items: Iterable[CalculatedPrice], shipping: Iterable[CalculatedPrice]) -> CartPrice:
        """Return the price of the cart."""
        items = list(items)
        positions = total_of(items).total
        everything = [*items, *shipping]
        total = total_of(everything)
        if self.tax_state is TaxState.FREE:
            return CartPrice(total.total, total.total, positions, (), (), TaxState.FREE, total.total)
        taxed = everything if self.behaviour.shipping_is_taxed(self.tax_state.value) else items
        taxes = self._cart_taxes(taxed)
        tax = cast(sum((each.tax for each in taxes), ZERO))
        if self.tax_state is TaxState.GROSS:
            net = self.item_rounding.math(self.behaviour.cart_net(total.total, tax, len(items)), self.behaviour)
            payable = self.total_rounding.cash(total.total, self.behaviour)
            return CartPrice(net, payable, positions, taxes, total.rules, TaxState.GROSS, total.total)
        raw = cast(total.total + tax)
        payable = self.total_rounding.cash(raw, self.behaviour)
        return CartPrice(total.total, payable, positions, taxes, total.rules, TaxState.NET, raw)

    # -- inside -----------------------------------------------------------------------------------------------------

    def _round(self, amount: Decimal) -> Decimal:
        if self.tax_state is TaxState.GROSS or self.item_rounding.round_for_net:
            return self.item_rounding.cash(amount, self.behaviour)
        return self.item_rounding.math(amount, self.behaviour)

    def _unit(self, definition: QuantityPriceDefinition) -> Decimal:
        price = cast(definition.price)
        if not definition.calculated and self.tax_state is TaxState.GROSS:
            price += sum((tax.tax for tax in self._taxes(price, definition.rules, net=True)), ZERO)
        return self._round(price)

    def _taxes(self, amount: Decimal, rules: Iterable[TaxRule], *, net: bool) -> list[CalculatedTax]:
        decide = self.behaviour.tax_on_net if net else self.behaviour.tax_in_gross
        result = []
        for rule in rules:
            part = amount if rule.percentage == HUNDRED else amount / HUNDRED * rule.percentage
            result.append(CalculatedTax(cast(decide(part, rule.rate)), rule.rate, cast(part)))
        return result

    def _line_taxes(self, unit: Decimal, rules: tuple[TaxRule, ...], count: Decimal) -> tuple[CalculatedTax, ...]:
        taxes = self._taxes(unit, rules, net=self.tax_state is TaxState.NET)
        return tuple(
            CalculatedTax(
                self._round_tax(self.behaviour.line_tax(tax.tax, count)), tax.rate, self._tax_base(tax.price * count)
            )
            for tax in taxes
        )

    def _tax_base(self, amount: Decimal) -> Decimal:
        if self.rounds_tax_base:
            return self.item_rounding.math(amount, self.behaviour)
        return cast(amount)

    def _round_tax(self, tax: Decimal) -> Decimal:
        return self.behaviour.round_tax(settle(tax), self.item_rounding.decimals, ZERO)

    def _cart_taxes(self, prices: list[CalculatedPrice]) -> tuple[CalculatedTax, ...]:
        taxes: Iterable[CalculatedTax] = merged_taxes(prices)
        if self.vertical:
            total = total_of(prices)
            taxes = self._taxes(total.total, self.shares(total), net=self.tax_state is TaxState.NET)
        rounding = self.item_rounding
        return tuple(CalculatedTax(rounding.math(tax.tax, self.behaviour), tax.rate, tax.price) for tax in taxes)

    def _as_shown(self, price: Decimal, definition: QuantityPriceDefinition) -> Decimal:
        if self.tax_state is TaxState.GROSS:
            if not definition.calculated:
                price += sum((tax.tax for tax in self._taxes(price, definition.rules, net=True)), ZERO)
            return self._round(price)
        return price if definition.calculated else self._round(price)

    def _list_price(self, unit: Decimal, definition: QuantityPriceDefinition) -> ListPrice | None:
        if not definition.list_price:
            return None
        price = self._as_shown(definition.list_price, definition)
        percentage = Rounding().math(self.behaviour.saved_percentage(unit, price), self.behaviour) if price else ZERO
        return ListPrice(cast(price), cast(unit - price), percentage)

    def _regulation(self, definition: QuantityPriceDefinition) -> Decimal | None:
        return self._as_shown(definition.regulation, definition) if definition.regulation else None

    def _reference(self, unit: Decimal, definition: QuantityPriceDefinition) -> ReferencePrice | None:
        measure = definition.reference
        if measure is None or measure.purchase_unit <= 0 or measure.reference_unit <= 0:
            return None
        price = self.behaviour.reference_price(unit, measure.purchase_unit, measure.reference_unit)
        return ReferencePrice(self.item_rounding.math(price, self.behaviour), measure)
