r"""What promotions take off the goods: ``Shopware\Core\Checkout\Promotion\Cart\PromotionCalculator``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from updategate.domain.packages import Package, finds_group, packages_for
from updategate.domain.prices import CartPrice, LinePrice, Terms, absolute_price, cart_price, percentage_price
from updategate.domain.promotions import DiscountItem, DiscountScope, DiscountType, Promotion
from updategate.domain.rules import PricedLine, RuleScope
from updategate.domain.views import CartErrorView, TaxState

NOT_ELIGIBLE = "promotion-not-eligible"
EXCLUDED = "promotion-excluded"


def eligible(promotion: Promotion, scope: RuleScope, terms: Terms) -> bool:
    """Whether the conditions of a promotion hold: ``PromotionEntity::getPreconditionRule``."""
    if promotion.customer_restriction:
        customer = scope.context.customer
        number = customer.number.lower() if customer and customer.number else None
        if number not in {allowed.lower() for allowed in promotion.customers}:
            return False
        alternatives = [promotion.cart_rules, promotion.order_rules]
    else:
        alternatives = [promotion.customer_rules, promotion.cart_rules, promotion.order_rules]
    if any(rules and not any(rule.matches(scope) for rule in rules) for rules in alternatives):
        return False
    if not promotion.use_set_groups:
        return True
    return all(finds_group(group, scope, terms) for group in promotion.set_groups)


@dataclass(frozen=True, slots=True)
class Exclusions:
    """Whom promotions shut out, by promotion id; ``preventing`` are those that were found to shut out all others."""

    excluded: frozenset[str]
    preventing: frozenset[str]


def exclusions_of(items: Sequence[DiscountItem], scope: RuleScope, terms: Terms) -> Exclusions:
    """Tell which promotions are shut out by others: ``PromotionCalculator::buildExclusions``.

    In the order in which they are tried, so that of two that exclude each other the first one stands.
    """
    excluded: set[str] = set()
    preventing: set[str] = set()
    for item in items:
        promotion = item.promotion
        if promotion.id in excluded:
            continue
        if promotion.prevents_combination:
            preventing.add(promotion.id)
        if eligible(promotion, scope, terms):
            excluded |= excluded_by(promotion, items)
    return Exclusions(frozenset(excluded), frozenset(preventing))


def excluded_by(promotion: Promotion, items: Sequence[DiscountItem]) -> frozenset[str]:
    """Tell whom this promotion shuts out: those it names or, if it prevents combination, all the others there are."""
    if promotion.prevents_combination:
        return frozenset(item.promotion.id for item in items) - {promotion.id}
    return promotion.excludes


def discount_lines(
    items: Sequence[DiscountItem], exclusions: Exclusions, scope: RuleScope, terms: Terms
) -> tuple[list[PricedLine], list[CartErrorView]]:
    """Price the discounts on goods, each on the cart as those before it left it.

    ``scope`` holds the products only: when promotions are tried there are no shipping costs yet. A discount of zero
    is left out.
    """
    added: list[PricedLine] = []
    errors: list[CartErrorView] = []
    for item in items:
        if item.discount.scope is DiscountScope.DELIVERY:
            continue
        lines = (*scope.lines, *added)
        costs = cart_price([line.price for line in lines], [], terms)
        current = RuleScope(scope.context, lines, costs)
        if not eligible(item.promotion, current, terms):
            errors += _unless_automatic(item, NOT_ELIGIBLE)
        elif item.promotion.id in exclusions.excluded:
            errors += _unless_automatic(item, EXCLUDED)
        else:
            price = _discount_price(item, current, costs, terms)
            if price.total:
                added.append(PricedLine(item.id, item.promotion.name, 1, price, code=item.code))
    return added, errors


def notice(key: str, item: DiscountItem) -> CartErrorView:
    """Tell a message about a promotion; none of them blocks the order."""
    return CartErrorView(key, 0, item.promotion.name)


def _unless_automatic(item: DiscountItem, key: str) -> list[CartErrorView]:
    return [notice(key, item)] if item.code else []


def _discount_price(item: DiscountItem, scope: RuleScope, cart: CartPrice, terms: Terms) -> LinePrice:
    packages = packages_for(item, scope, terms)
    affected = [piece.price for package in packages for piece in package]
    price = _calculated(item, packages, affected, scope, terms)
    limit = _most(cart, terms)
    if abs(price.total) > abs(limit):
        return absolute_price(-abs(limit), affected, terms)
    return price


def _most(cart: CartPrice, terms: Terms) -> Decimal:
    """Tell the most that may be taken off: what the cart costs (net carts: without tax), rounded to the coin."""
    return cart.net if terms.tax_state is TaxState.NET else cart.total


def _calculated(
    item: DiscountItem,
    packages: Sequence[Package],
    affected: Sequence[LinePrice],
    scope: RuleScope,
    terms: Terms,
) -> LinePrice:
    discount = item.discount
    value = discount.value_in(scope.context)
    total = sum((price.total for price in affected), Decimal(0))
    if discount.type is DiscountType.PERCENTAGE:
        price = percentage_price(-abs(value), affected, terms)
        most = discount.max_value_in(scope.context)
        if most is None or abs(price.total) <= abs(most):
            return price
        return absolute_price(-abs(most), affected, terms)
    if discount.type is DiscountType.ABSOLUTE:
        return absolute_price(-min(abs(value), total), affected, terms)
    if discount.type is DiscountType.FIXED:
        # Shopware takes the difference either way: a fixed price above what the goods cost is a discount too
        return absolute_price(-abs(total - abs(value) * len(packages)), affected, terms)
    above = sum((max(price.unit - abs(value), Decimal(0)) for price in affected), Decimal(0))
    return absolute_price(-above, affected, terms)
