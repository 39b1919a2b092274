r"""What a delivery costs, and what promotions take off it.

After ``Shopware\Core\Checkout\Cart\Delivery`` (``DeliveryBuilder``, ``DeliveryCalculator``) and
``Shopware\Core\Checkout\Promotion\Cart\PromotionDeliveryCalculator``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from updategate.domain.catalogue import (
    ShippingCalculation,
    ShippingMethod,
    ShippingPrice,
    ShippingTaxType,
    price_in,
)
from updategate.domain.context import PricingContext
from updategate.domain.discounts import NOT_ELIGIBLE, eligible, excluded_by, notice
from updategate.domain.prices import (
    LinePrice,
    TaxShare,
    Terms,
    highest_share,
    percentage_price,
    quantity_price,
    shares_of,
    sum_prices,
)
from updategate.domain.promotions import DiscountItem, DiscountScope, DiscountType
from updategate.domain.rounding import at_least
from updategate.domain.rules import PricedLine, Rule, RuleScope
from updategate.domain.views import CartErrorView, TaxState

_ZERO = Decimal(0)
_BLOCKED = "shipping-method-blocked"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a cart is sent with. Empty ``costs``: there is nothing to send.

    The first of the costs is the delivery itself; each discount on it is one more, negative.
    """

    costs: tuple[LinePrice, ...] = ()
    error: CartErrorView | None = None


def delivery_of(
    lines: Sequence[PricedLine],
    method: ShippingMethod,
    matching: Sequence[Rule],
    context: PricingContext,
    terms: Terms,
) -> Delivery:
    """Price the delivery of a cart: ``DeliveryCalculator::calculateDelivery``.

    ``matching`` are the rules that match, in order. Without a price that fits, the costs are zero and the method is
    blocked.
    """
    positions = _positions(lines, context)
    if not positions:
        return Delivery()
    shares = _tax_shares(positions, method, context)
    shipped = [line for line in positions if line.product is not None]
    if all(line.product is not None and line.product.shipping_free for line in shipped):
        return Delivery((quantity_price(_ZERO, shares, terms),))
    for rule in (*matching, None):
        rows = [row for row in method.prices if (row.rule.id if row.rule else None) == (rule.id if rule else None)]
        costs = sorted((_amount(row, context, terms), index) for index, row in enumerate(rows))
        for amount, index in costs:
            if _fits(rows[index], shipped, matching):
                return Delivery((quantity_price(amount, shares, terms),))
    return Delivery((LinePrice(_ZERO, _ZERO),), CartErrorView(_BLOCKED, 10, method.name, blocks_order=True))


def discounted(
    delivery: Delivery,
    items: Sequence[DiscountItem],
    scope: RuleScope,
    terms: Terms,
    preventing: frozenset[str] = frozenset(),
) -> tuple[Delivery, list[DiscountItem], list[CartErrorView]]:
    """Take promotions off the shipping costs; also tell which discounts did, for each is shown as a line of zero.

    ``preventing`` are the promotions that were found to prevent combination when discounts on goods were tried: only
    there does ``PromotionCalculator`` note whom they shut out, and it does so whether or not they are eligible.
    """
    tried = _only_lowest_fixed(items, scope.context)
    excluded = _exclusions(tried, items, preventing)
    costs = list(delivery.costs)
    applied: list[DiscountItem] = []
    errors: list[CartErrorView] = []
    if sum_prices(costs).total <= 0:
        return delivery, applied, errors
    for item in tried:
        if item.discount.scope is not DiscountScope.DELIVERY:
            continue
        if not eligible(item.promotion, scope, terms):
            errors += [notice(NOT_ELIGIBLE, item)] if item.code else []
        elif item.promotion.id in excluded:
            errors.append(notice(NOT_ELIGIBLE, item))
        else:
            reduction = _reduction(item, costs, scope.context, terms)
            if reduction is not None:
                costs += [reduction] if reduction.total < 0 else []
                applied.append(item)
    return Delivery(tuple(costs)), applied, errors


def _positions(lines: Sequence[PricedLine], context: PricingContext) -> list[PricedLine]:
    return [
        line for line in lines if (not line.product.download if line.product is not None else context.ships_promotions)
    ]


def _tax_shares(
    positions: Sequence[PricedLine], method: ShippingMethod, context: PricingContext
) -> tuple[TaxShare, ...]:
    prices = [line.price for line in positions]
    if method.tax_type is ShippingTaxType.HIGHEST:
        return highest_share(prices)
    if method.tax_type is ShippingTaxType.FIXED and method.tax is not None:
        return (TaxShare(context.tax_rate(method.tax)),)
    return shares_of(sum_prices(prices))


def _amount(row: ShippingPrice, context: PricingContext, terms: Terms) -> Decimal:
    price = price_in(row.prices, context.currency, context.default_currency)
    return price.gross if terms.tax_state is TaxState.GROSS else price.net


def _fits(row: ShippingPrice, shipped: Sequence[PricedLine], matching: Sequence[Rule]) -> bool:
    if row.calculation_rule is not None:
        return any(rule.id == row.calculation_rule.id for rule in matching)
    value = _measure(row.calculation, shipped)
    return (not row.start or at_least(value, row.start)) and (not row.end or at_least(row.end, value))


def _measure(calculation: ShippingCalculation, shipped: Sequence[PricedLine]) -> Decimal:
    """Measure what has to be paid for: products that are shipping-free, and promotions, do not count."""
    paid = [(line, line.product) for line in shipped if line.product is not None and not line.product.shipping_free]
    if calculation is ShippingCalculation.PRICE:
        return sum((line.price.total for line, _ in paid), _ZERO)
    if calculation is ShippingCalculation.WEIGHT:
        return sum((product.weight * line.quantity for line, product in paid), _ZERO)
    if calculation is ShippingCalculation.VOLUME:
        return sum((product.volume * line.quantity for line, product in paid), _ZERO)
    return Decimal(sum(line.quantity for line, _ in paid))


def _only_lowest_fixed(items: Sequence[DiscountItem], context: PricingContext) -> Sequence[DiscountItem]:
    """Leave only the lowest fixed price of a delivery where there is one: it beats all other discounts on it."""
    fixed = [
        item
        for item in items
        if item.discount.scope is DiscountScope.DELIVERY and item.discount.type is DiscountType.FIXED_UNIT
    ]
    if not fixed:
        return items
    return [min(fixed, key=lambda item: abs(item.discount.value_in(context)))]


def _exclusions(
    tried: Sequence[DiscountItem], items: Sequence[DiscountItem], preventing: frozenset[str]
) -> frozenset[str]:
    excluded: set[str] = set()
    for item in tried:
        promotion = item.promotion
        if promotion.id in excluded:
            continue
        if not promotion.prevents_combination or promotion.id in preventing:
            excluded |= excluded_by(promotion, items)
    return frozenset(excluded)


def _reduction(
    item: DiscountItem, costs: Sequence[LinePrice], context: PricingContext, terms: Terms
) -> LinePrice | None:
    """Price what one discount takes off the delivery, at most what earlier ones left; ``None`` if it saves nothing."""
    discount = item.discount
    delivery = costs[0]
    left = sum_prices(costs).total
    value = abs(discount.value_in(context))
    if discount.type is DiscountType.PERCENTAGE:
        most = discount.max_value_in(context)
        part = min(percentage_price(value, [delivery], terms).total, left, *([] if most is None else [most]))
    elif discount.type is DiscountType.ABSOLUTE:
        part = min(value, left)
    elif discount.type is DiscountType.FIXED_UNIT and left > value:
        part = left - value
    else:
        return None
    return quantity_price(-part, delivery.shares, terms)
