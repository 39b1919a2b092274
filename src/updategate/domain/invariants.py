"""What must hold of every cart and order, whatever was bought: also of those that nobody calculated.

Used on what the calculator says and on what a shop says alike. Only what a view shows is checked; a view that shows
too little to check anything yields a violation too, for an unchecked cart is not a good cart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from updategate.domain.money import Money
from updategate.domain.rounding import CENTS, CashRounding
from updategate.domain.views import CartView, LineItemView, OrderView, TaxState, TaxView

_ZERO = Decimal(0)
_HUNDRED = Decimal(100)
_PROMOTION = "promotion"


class Invariant(StrEnum):
    """What can be violated."""

    POSITIONS = "the lines add up to the position total"
    TOTAL = "lines and shipping add up to the raw total"
    NET = "net and taxes add up to the total before rounding"
    ROUNDING = "the total is the raw total, rounded to the coin"
    TAX_SUM = "the taxes of lines and shipping add up to the tax of the cart"
    TAX_RATE = "the tax fits the rate"
    TAX_BASE = "the taxed parts add up to the price"
    UNIT = "unit price by quantity is the total of the line"
    NEGATIVE = "nothing is below zero but discounts"
    TAX_FREE = "a tax-free cart has no taxes"
    CURRENCY = "there is one currency"
    UNCHECKED = "there are figures to check"


@dataclass(frozen=True, slots=True)
class Violation:
    """An invariant that does not hold, where, and what the figures were."""

    invariant: Invariant
    where: str
    expected: str
    actual: str

    def __str__(self) -> str:
        return f"{self.where}: {self.invariant}: expected {self.expected}, found {self.actual}"


def check_invariants(
    totals: CartView | OrderView,
    *,
    item_rounding: CashRounding = CENTS,
    total_rounding: CashRounding = CENTS,
    vertical_taxes: bool = False,
) -> list[Violation]:
    """Check a cart or an order, and give every violation.

    The roundings are the currency's. With ``vertical_taxes`` the tax of the cart is taken from the sum and need not
    be the sum of the taxes of the lines.
    """
    view = totals if isinstance(totals, OrderView) else OrderView.of_cart(totals)
    violations = _check_currency(view)
    if violations:
        return violations
    check = _Check(view, item_rounding, total_rounding, _shipping_taxes(totals))
    violations += check.lines()
    violations += check.rates()
    violations += check.sums()
    violations += check.net()
    violations += check.rounding()
    violations += check.signs()
    violations += check.tax_free()
    if not vertical_taxes:
        violations += check.tax_sums()
    if view.lines is None and view.taxes is None and view.net_total is None:
        violations.append(Violation(Invariant.UNCHECKED, "cart", "lines, taxes or a net total", "only a total"))
    return violations


@dataclass(frozen=True, slots=True)
class _Check:
    view: OrderView
    item_rounding: CashRounding
    total_rounding: CashRounding
    shipping_taxes: tuple[TaxView, ...] | None

    def lines(self) -> list[Violation]:
        found = []
        for line in self.view.lines or ():
            if line.unit_price is not None:
                product = self._rounded(line.unit_price.amount * line.quantity)
                found += self._differs(Invariant.UNIT, f"line {line.key}", product, line.total.amount)
            for tax in line.taxes or ():
                found += self._tax_of_rate(f"line {line.key}", tax)
            found += self._tax_base(line)
        return found

    def rates(self) -> list[Violation]:
        """Check the taxes of shipping, and those of the cart up to what rounding each price makes of them."""
        found = [violation for tax in self.shipping_taxes or () for violation in self._tax_of_rate("shipping", tax)]
        if self.view.lines is not None:
            for tax in self.view.taxes or ():
                found += self._tax_of_rate("cart", tax, prices=self._prices())
        return found

    def sums(self) -> list[Violation]:
        view = self.view
        found: list[Violation] = []
        if view.lines is None:
            return found
        positions = sum((line.total.amount for line in view.lines), _ZERO)
        if view.position_total is not None:
            found += self._differs(Invariant.POSITIONS, "cart", positions, view.position_total.amount)
        if view.shipping is None or view.tax_state is None:
            return found
        prices = positions + view.shipping.amount
        if view.tax_state is not TaxState.NET:
            found += self._differs(Invariant.TOTAL, "cart", prices, self._raw())
        elif view.net_total is not None:
            found += self._differs(Invariant.TOTAL, "cart", prices, view.net_total.amount)
        return found

    def net(self) -> list[Violation]:
        view = self.view
        if view.net_total is None or view.taxes is None:
            return []
        taxes = sum((tax.tax.amount for tax in view.taxes), _ZERO)
        return self._differs(Invariant.NET, "cart", view.net_total.amount + taxes, self._raw())

    def rounding(self) -> list[Violation]:
        view = self.view
        if view.raw_total is None:
            return []
        raw = view.raw_total.amount
        # Shopware leaves a tax-free total as it is
        rounded = raw if view.tax_state is TaxState.TAX_FREE else self.total_rounding.to_coin(raw)
        return self._differs(Invariant.ROUNDING, "cart", rounded, view.total.amount)

    def signs(self) -> list[Violation]:
        """Check that nothing but a discount is negative.

        A 100 % discount is rounded apart from what it takes off, so that the taxes or the net total may be left at a
        cent below zero. And Shopware can take more off the goods of one rate than they cost: a fixed price is limited
        by the whole cart, but taxed as the goods that it is for. So with discounts only all taxes together count.
        """
        view = self.view
        slack = self._step() * self._prices()
        amounts = [
            ("total", view.total, _ZERO),
            ("net total", view.net_total, slack),
            ("shipping", view.shipping, _ZERO),
        ]
        amounts += [(f"line {line.key}", line.total, _ZERO) for line in view.lines or () if line.type != _PROMOTION]
        discounts = [line for line in view.lines or () if line.type == _PROMOTION]
        if discounts and view.taxes:
            amounts.append(("tax", sum((tax.tax for tax in view.taxes[1:]), view.taxes[0].tax), slack))
        else:
            amounts += [(f"tax at {tax.rate:f} %", tax.tax, slack) for tax in view.taxes or ()]
        found = [
            Violation(Invariant.NEGATIVE, where, "at least 0", str(money))
            for where, money, allowed in amounts
            if money is not None and money.amount < -allowed
        ]
        found += [
            Violation(Invariant.NEGATIVE, f"line {line.key}", "at most 0", str(line.total))
            for line in discounts
            if line.total.amount > 0
        ]
        return found

    def tax_free(self) -> list[Violation]:
        if self.view.tax_state is not TaxState.TAX_FREE:
            return []
        taxes = [("cart", tax) for tax in self.view.taxes or ()]
        taxes += [(f"line {line.key}", tax) for line in self.view.lines or () for tax in line.taxes or ()]
        return [Violation(Invariant.TAX_FREE, where, "no tax", f"{tax.tax} at {tax.rate:f} %") for where, tax in taxes]

    def tax_sums(self) -> list[Violation]:
        view, shipping = self.view, self.shipping_taxes
        lines = view.lines
        if lines is None or view.taxes is None or shipping is None or any(line.taxes is None for line in lines):
            return []
        summed: dict[Decimal, Decimal] = {}
        for tax in (*(tax for line in lines for tax in line.taxes or ()), *shipping):
            summed[tax.rate] = summed.get(tax.rate, _ZERO) + tax.tax.amount
        shown = {tax.rate: tax.tax.amount for tax in view.taxes}
        return [
            violation
            for rate in sorted({*summed, *shown})
            for violation in self._differs(
                Invariant.TAX_SUM, f"tax at {rate:f} %", summed.get(rate, _ZERO), shown.get(rate, _ZERO)
            )
        ]

    def _raw(self) -> Decimal:
        raw = self.view.raw_total
        return self.view.total.amount if raw is None else raw.amount

    def _rounded(self, amount: Decimal) -> Decimal:
        rounding = self.item_rounding
        if self.view.tax_state in (None, TaxState.GROSS) or rounding.round_for_net:
            return rounding.to_coin(amount)
        return rounding.to_decimals(amount)

    def _step(self) -> Decimal:
        return Decimal(1).scaleb(-self.item_rounding.decimals)

    def _prices(self) -> int:
        """Count the prices that were rounded apart: at least the lines and one delivery."""
        return len(self.view.lines or ()) + max(1, len(self.shipping_taxes or ()))

    def _tax_of_rate(self, where: str, tax: TaxView, *, prices: int = 1) -> list[Violation]:
        """Check a tax against its rate: half a step for rounding it, and half for the base that was rounded too."""
        if tax.price is None or self.view.tax_state not in (TaxState.GROSS, TaxState.NET):
            return []
        divisor = _HUNDRED + tax.rate if self.view.tax_state is TaxState.GROSS else _HUNDRED
        exact = tax.price.amount * tax.rate / divisor
        if abs(exact - tax.tax.amount) <= self._step() * prices:
            return []
        return [Violation(Invariant.TAX_RATE, f"{where} at {tax.rate:f} %", str(_cents(exact)), str(tax.tax.amount))]

    def _tax_base(self, line: LineItemView) -> list[Violation]:
        taxes = line.taxes or ()
        if not taxes or any(tax.price is None for tax in taxes):
            return []
        parts = sum((tax.price.amount for tax in taxes if tax.price is not None), _ZERO)
        allowed = (self._step() * (len(taxes) + 1) + self.item_rounding.interval) / 2
        if abs(parts - line.total.amount) <= allowed:
            return []
        return [Violation(Invariant.TAX_BASE, f"line {line.key}", str(line.total.amount), str(_cents(parts)))]

    def _differs(self, invariant: Invariant, where: str, expected: Decimal, actual: Decimal) -> list[Violation]:
        if expected == actual:
            return []
        currency = self.view.total.currency
        return [Violation(invariant, where, str(Money(expected, currency)), str(Money(actual, currency)))]


def _cents(amount: Decimal) -> Decimal:
    return CENTS.to_decimals(amount)


def _shipping_taxes(totals: CartView | OrderView) -> tuple[TaxView, ...] | None:
    if isinstance(totals, OrderView):
        return totals.shipping_taxes
    if any(part.taxes is None for part in totals.shipping):
        return None
    return tuple(tax for part in totals.shipping for tax in part.taxes or ())


def _check_currency(view: OrderView) -> list[Violation]:
    currency = view.total.currency
    others = sorted({money.currency for money in _amounts(view)} - {currency})
    return [Violation(Invariant.CURRENCY, "cart", currency, ", ".join(others))] if others else []


def _amounts(view: OrderView) -> Iterable[Money]:
    yield from (
        money for money in (view.shipping, view.net_total, view.position_total, view.raw_total) if money is not None
    )
    yield from (tax.tax for tax in view.taxes or ())
    for line in view.lines or ():
        yield line.total
        if line.unit_price is not None:
            yield line.unit_price
        yield from (tax.tax for tax in line.taxes or ())
