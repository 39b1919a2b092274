r"""What a product costs before it is in a cart, and what is shown beside its price.

After ``Shopware\Core\Content\Product\SalesChannel\Price\ProductPriceCalculator``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from updategate.domain.catalogue import Price, Product, price_in
from updategate.domain.context import PricingContext
from updategate.domain.money import Money
from updategate.domain.prices import Terms
from updategate.domain.rounding import ARITHMETIC, cast, php_round
from updategate.domain.rules import Rule
from updategate.domain.views import TaxState

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class ListPrice:
    """What a price is said to be reduced from; ``percentage`` is how much lower the price is."""

    price: Money
    percentage: Decimal


@dataclass(frozen=True, slots=True)
class ShownPrice:
    """A price as a product page shows it; what is ``None`` is not shown.

    ``reference_price`` is for ``Product.reference_unit``.
    """

    unit: Money
    list_price: ListPrice | None = None
    regulation_price: Money | None = None
    reference_price: Money | None = None


def product_price(product: Product, quantity: int, context: PricingContext, matching: Sequence[Rule] = ()) -> Money:
    """Tell what one piece costs a buyer of ``quantity`` pieces where the given rules match, in order.

    The rules that depend on the cart have to be known already; ``expected_cart`` finds them out.
    """
    return shown_price(product, quantity, context, matching).unit


def shown_price(product: Product, quantity: int, context: PricingContext, matching: Sequence[Rule] = ()) -> ShownPrice:
    """Tell all that is shown of a price; see ``product_price``.

    Shopware does not round list and regulation prices in net and tax-free contexts (``NetPriceCalculator``).
    """
    with localcontext(ARITHMETIC):
        price = stored_price(product, quantity, context, matching)
        terms = context.terms()
        unit = terms.round_item(cast(_amount(price, terms)))
        return ShownPrice(
            unit=_money(unit, context),
            list_price=_list_price(price.list_price, unit, terms, context),
            regulation_price=_regulation_price(price, terms, context),
            reference_price=_reference_price(product, unit, terms, context),
        )


def stored_price(product: Product, quantity: int, context: PricingContext, matching: Sequence[Rule]) -> Price:
    """Find the price that counts: of the first matching rule that has any, else the product's own.

    Among the tiers of the rule, the first that goes far enough or, if none does, the last
    (``ProductCartProcessor::getPriceDefinition``).
    """
    prices = product.prices
    for rule in matching:
        tiers = [tier for tier in product.advanced_prices if tier.rule.id == rule.id]
        if tiers:
            tiers.sort(key=lambda tier: tier.from_quantity)
            reaching = (tier for tier in tiers if quantity <= (tier.to_quantity or tier.from_quantity))
            prices = next(reaching, tiers[-1]).prices
            break
    return price_in(prices, context.currency, context.default_currency)


def _amount(price: Price, terms: Terms) -> Decimal:
    return price.gross if terms.tax_state is TaxState.GROSS else price.net


def _shown(price: Price, terms: Terms) -> Decimal:
    amount = cast(_amount(price, terms))
    return terms.item_rounding.to_coin(amount) if terms.tax_state is TaxState.GROSS else amount


def _money(amount: Decimal, context: PricingContext) -> Money:
    return Money(amount, context.currency.iso)


def _list_price(price: Price | None, unit: Decimal, terms: Terms, context: PricingContext) -> ListPrice | None:
    if price is None or not _amount(price, terms):
        return None
    shown = _shown(price, terms)
    return ListPrice(_money(shown, context), php_round(_HUNDRED - unit / shown * _HUNDRED, 2))


def _regulation_price(price: Price, terms: Terms, context: PricingContext) -> Money | None:
    """Show the lowest price of the last 30 days where it is another than the price."""
    if price.regulation_price is None:
        return None
    lowest = _amount(price.regulation_price, terms)
    if not lowest or _amount(price, terms) in (0, lowest):
        return None
    return _money(_shown(price.regulation_price, terms), context)


def _reference_price(product: Product, unit: Decimal, terms: Terms, context: PricingContext) -> Money | None:
    purchase, reference = product.purchase_unit, product.reference_unit
    if not product.unit or purchase is None or reference is None or purchase == reference:
        return None
    if purchase <= 0 or reference <= 0:
        return None
    return _money(terms.item_rounding.to_decimals(unit / purchase * reference), context)
