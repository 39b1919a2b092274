r"""The arithmetic of one price: unit, quantity, tax of each rate; and of sums of prices.

After ``Shopware\Core\Checkout\Cart\Price`` (``GrossPriceCalculator``, ``NetPriceCalculator``,
``QuantityPriceCalculator``, ``AbsolutePriceCalculator``, ``PercentagePriceCalculator``, ``AmountCalculator``) and
``Shopware\Core\Checkout\Cart\Tax`` (``TaxCalculator``, ``PercentageTaxRuleBuilder``).

A law book would take the tax from the total of a line. Shopware takes it from the *unit*, keeps 14 digits of it,
multiplies by the quantity and rounds then; and it rounds line by line before it sums up (horizontal) or takes the
tax from the sum of all lines (vertical), as the sales channel says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from updategate.domain.rounding import CENTS, CashRounding, cast
from updategate.domain.views import TaxState

_HUNDRED = Decimal(100)
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the arithmetic has to know of the context.

    ``vertical`` is the sales channel's tax calculation type. ``rounds_tax_base``: since 6.6.7.0 Shopware also rounds
    the amount from which a tax was taken; before, it showed it as it came out.
    """

    tax_state: TaxState
    item_rounding: CashRounding = CENTS
    total_rounding: CashRounding = CENTS
    vertical: bool = False
    rounds_tax_base: bool = True

    def round_item(self, value: Decimal) -> Decimal:
        """Round a price of a line: to the coin, or in net and tax-free carts as ``round_for_net`` says."""
        if self.tax_state is TaxState.GROSS or self.item_rounding.round_for_net:
            return self.item_rounding.to_coin(value)
        return self.item_rounding.to_decimals(value)


@dataclass(frozen=True, slots=True)
class TaxShare:
    """Which part of a price is taxed at which rate, both in percent: Shopware's ``TaxRule``."""

    rate: Decimal
    percentage: Decimal = _HUNDRED

    def __post_init__(self) -> None:
        _cast_fields(self, "percentage")


@dataclass(frozen=True, slots=True)
class TaxAmount:
    """The tax of one rate and the price it was taken from: Shopware's ``CalculatedTax``."""

    rate: Decimal
    tax: Decimal
    price: Decimal

    def __post_init__(self) -> None:
        _cast_fields(self, "tax", "price")


@dataclass(frozen=True, slots=True)
class LinePrice:
    """A calculated price: Shopware's ``CalculatedPrice``. All amounts are in the tax state of the cart."""

    unit: Decimal
    total: Decimal
    quantity: int = 1
    taxes: tuple[TaxAmount, ...] = ()
    shares: tuple[TaxShare, ...] = ()

    def __post_init__(self) -> None:
        _cast_fields(self, "unit", "total")

    @property
    def tax(self) -> Decimal:
        """The taxes of all rates together."""
        return sum((amount.tax for amount in self.taxes), _ZERO)


@dataclass(frozen=True, slots=True)
class CartPrice:
    """The amounts at the foot of a cart: Shopware's ``CartPrice``."""

    net: Decimal
    total: Decimal
    positions: Decimal
    raw_total: Decimal
    taxes: tuple[TaxAmount, ...]
    tax_state: TaxState

    def __post_init__(self) -> None:
        _cast_fields(self, "net", "total", "positions", "raw_total")


def _cast_fields(struct: TaxShare | TaxAmount | LinePrice | CartPrice, *names: str) -> None:
    """Store figures as Shopware's price structs do: every one is cast when it is stored."""
    for name in names:
        object.__setattr__(struct, name, cast(getattr(struct, name)))


def _tax_of(price: Decimal, share: TaxShare, tax_state: TaxState) -> TaxAmount:
    """Take the unrounded tax of one share: ``TaxCalculator::calculateTaxFromGrossPrice`` or ``…FromNetPrice``."""
    part = price / _HUNDRED * share.percentage
    divisor = _HUNDRED + share.rate if tax_state is TaxState.GROSS else _HUNDRED
    return TaxAmount(share.rate, part * share.rate / divisor, part)


def quantity_price(unit: Decimal, shares: Sequence[TaxShare], terms: Terms, quantity: int = 1) -> LinePrice:
    """Price a line: ``QuantityPriceCalculator``.

    Tax-free carts price like net ones and drop the taxes, so that ``round_for_net`` counts for them too.
    """
    rounded = terms.round_item(cast(unit))
    total = terms.round_item(rounded * quantity)
    if terms.tax_state is TaxState.TAX_FREE:
        return LinePrice(rounded, total, quantity)
    to_decimals = terms.item_rounding.to_decimals
    taxes = []
    for amount in (_tax_of(rounded, share, terms.tax_state) for share in shares):
        base = amount.price * quantity
        base = to_decimals(base) if terms.rounds_tax_base else base
        taxes.append(TaxAmount(amount.rate, to_decimals(amount.tax * quantity), base))
    return LinePrice(rounded, total, quantity, tuple(taxes), tuple(shares))


def sum_prices(prices: Iterable[LinePrice]) -> LinePrice:
    """Add prices up, taxes by rate: ``PriceCollection::sum``."""
    unit = total = _ZERO
    taxes: dict[Decimal, TaxAmount] = {}
    shares: dict[Decimal, TaxShare] = {}
    for price in prices:
        unit += price.unit
        total += price.total
        for share in price.shares:
            shares.setdefault(share.rate, share)
        for amount in price.taxes:
            so_far = taxes.get(amount.rate, TaxAmount(amount.rate, _ZERO, _ZERO))
            taxes[amount.rate] = TaxAmount(so_far.rate, so_far.tax + amount.tax, so_far.price + amount.price)
    return LinePrice(unit, total, 1, tuple(taxes.values()), tuple(shares.values()))


def shares_of(price: LinePrice) -> tuple[TaxShare, ...]:
    """Split by how much of the price is taxed at which rate: ``PercentageTaxRuleBuilder::buildRules``."""
    if price.total <= 0:
        return tuple(TaxShare(amount.rate, _ZERO) for amount in price.taxes)
    return tuple(TaxShare(amount.rate, amount.price / price.total * _HUNDRED) for amount in price.taxes)


def highest_share(prices: Iterable[LinePrice]) -> tuple[TaxShare, ...]:
    """Take the highest rate of all the prices for the whole: ``PriceCollection::getHighestTaxRule``."""
    rates = [share.rate for share in sum_prices(prices).shares]
    return (TaxShare(max(rates)),) if rates else ()


def absolute_price(value: Decimal, spread_over: Sequence[LinePrice], terms: Terms) -> LinePrice:
    """Price an amount whose tax is spread over the rates of others: ``AbsolutePriceCalculator``."""
    return quantity_price(value, shares_of(sum_prices(spread_over)), terms)


def percentage_price(percentage: Decimal, of: Sequence[LinePrice], terms: Terms) -> LinePrice:
    """Price a percentage of others, rounded before its tax is taken: ``PercentagePriceCalculator``."""
    total = sum_prices(of)
    value = terms.round_item(total.total / _HUNDRED * percentage)
    return quantity_price(value, shares_of(total), terms)


def cart_price(lines: Sequence[LinePrice], shipping: Sequence[LinePrice], terms: Terms) -> CartPrice:
    """Add the cart up: ``AmountCalculator``.

    A tax-free total is *not* rounded to the coin: Shopware leaves it as the sum of its lines, whatever the currency's
    total rounding. In net carts the total is rounded to the coin even where ``round_for_net`` is off, since
    ``AmountCalculator::calculateNetAmount`` does not look at it.
    """
    everything = sum_prices([*lines, *shipping])
    positions = sum_prices(lines).total
    total = everything.total
    if terms.tax_state is TaxState.TAX_FREE:
        return CartPrice(total, total, positions, total, (), terms.tax_state)
    taxes = _cart_taxes(everything, terms)
    tax = sum((amount.tax for amount in taxes), _ZERO)
    if terms.tax_state is TaxState.GROSS:
        net = terms.item_rounding.to_decimals(total - tax)
        return CartPrice(net, terms.total_rounding.to_coin(total), positions, total, taxes, terms.tax_state)
    raw = total + tax
    return CartPrice(total, terms.total_rounding.to_coin(raw), positions, raw, taxes, terms.tax_state)


def _cart_taxes(everything: LinePrice, terms: Terms) -> tuple[TaxAmount, ...]:
    amounts: Iterable[TaxAmount] = everything.taxes
    if terms.vertical:
        amounts = (_tax_of(everything.total, share, terms.tax_state) for share in shares_of(everything))
    to_decimals = terms.item_rounding.to_decimals
    return tuple(TaxAmount(amount.rate, to_decimals(amount.tax), amount.price) for amount in amounts)
