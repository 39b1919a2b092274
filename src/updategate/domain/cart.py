r"""What a cart must cost: the whole calculation, from products, context, shipping method and promotions to the total.

After ``Shopware\Core\Checkout\Cart`` (``Processor``, ``CartRuleLoader``) and
``Shopware\Core\Content\Product`` (``Cart\ProductCartProcessor``, ``SalesChannel\Price\ProductPriceCalculator``).
Nothing here asks a shop: a suite compares what this says with what the shop says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

from updategate.domain.catalogue import Product, ShippingMethod
from updategate.domain.context import PricingContext
from updategate.domain.discounts import Exclusions, discount_lines, exclusions_of
from updategate.domain.money import Money
from updategate.domain.prices import CartPrice, LinePrice, TaxAmount, TaxShare, Terms, cart_price, quantity_price
from updategate.domain.product_price import stored_price
from updategate.domain.promotions import DiscountItem, Promotion, items_to_try
from updategate.domain.rounding import ARITHMETIC
from updategate.domain.rules import PricedLine, Rule, RuleScope, in_order
from updategate.domain.shipping import Delivery, delivery_of, discounted
from updategate.domain.views import (
    CartErrorView,
    CartView,
    LineItemView,
    ShippingView,
    TaxState,
    TaxView,
)

CartTotals = CartView
"""What the calculator says has the shape of what a shop says, so that both compare field by field."""

_MAX_ITERATIONS = 7
_NOTICE, _WARNING, _ERROR = 0, 10, 20


@dataclass(frozen=True, slots=True)
class CartLine:
    """A wish: so many pieces of a product."""

    product: Product
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is being calculated, the same in every iteration."""

    lines: tuple[CartLine, ...]
    context: PricingContext
    shipping: ShippingMethod | None
    items: tuple[DiscountItem, ...]
    errors: tuple[CartErrorView, ...]


@dataclass(frozen=True, slots=True)
class _Result:
    """A cart as one run of the processors leaves it."""

    lines: tuple[PricedLine, ...]
    delivery: Delivery
    price: CartPrice
    errors: tuple[CartErrorView, ...]

    def scope(self, context: PricingContext) -> RuleScope:
        return RuleScope(context, self.lines, self.price)

    def differs(self, other: _Result) -> bool:
        """Whether the rules have to be asked again: ``CartRuleLoader::cartChanged``."""
        ours, theirs = ([line.id for line in result.lines] for result in (self, other))
        return ours != theirs or self.price.total != other.price.total


def expected_cart(
    lines: Iterable[CartLine],
    *,
    context: PricingContext | None = None,
    shipping: ShippingMethod | None = None,
    promotions: Sequence[Promotion] = (),
    codes: Sequence[str] | None = None,
) -> CartTotals:
    """Calculate what a cart must cost.

    ``promotions`` are those that the shop has; ``codes`` the codes that the buyer entered, in that order (by default
    the code of every given promotion). Lines of the same product are put together, and quantities are corrected as
    Shopware corrects them, each correction with an error in the result. Without ``shipping`` there is no delivery.
    """
    context = context or PricingContext()
    with localcontext(ARITHMETIC):
        kept, corrections = _corrected(lines, context)
        entered = codes if codes is not None else [promo.code for promo in promotions if promo.code is not None]
        items, unknown = items_to_try(promotions, entered, context) if kept else ([], [])
        errors = [*corrections, *(CartErrorView("promotion-not-found", _ERROR, code) for code in unknown)]
        wish = _Wish(tuple(kept), context, shipping, tuple(items), tuple(errors))
        return _view(_calculated(wish), wish)


def _calculated(wish: _Wish) -> _Result:
    """Iterate until rules and cart agree: ``CartRuleLoader::load``.

    Shopware starts with every rule as matching, and gives up after seven rounds.
    """
    context = wish.context
    every = in_order(_rules_of(wish))
    rules = every
    terms = context.terms()
    result = _processed(wish, terms, rules)
    for _ in range(_MAX_ITERATIONS):
        before = result
        rules = [rule for rule in rules if rule.matches(result.scope(context))]
        result = _processed(wish, terms, rules)
        matching = [rule for rule in every if rule.matches(result.scope(context))]
        if [rule.id for rule in matching] == [rule.id for rule in rules] and not result.differs(before):
            break
        rules = matching
    return _with_tax_state(wish, terms, rules, result)


def _with_tax_state(wish: _Wish, terms: Terms, rules: Sequence[Rule], result: _Result) -> _Result:
    """Calculate once more where the amount decides on the tax: ``CartRuleLoader::validateTaxFree``.

    The rules are not asked again.
    """
    net = result.price.positions
    if terms.tax_state is TaxState.GROSS:
        net -= sum((line.price.tax for line in result.lines), Decimal(0))
    tax_state = wish.context.tax_state_of(net)
    if tax_state is terms.tax_state:
        return result
    return _processed(wish, replace(terms, tax_state=tax_state), rules)


def _processed(wish: _Wish, terms: Terms, rules: Sequence[Rule]) -> _Result:
    """Run the processors once: products, promotions, delivery, promotions on the delivery."""
    context = wish.context
    errors = list(wish.errors)
    lines = [_priced(line, context, terms, rules) for line in wish.lines]
    scope = _scope(lines, Delivery(), context, terms)
    exclusions = Exclusions(frozenset(), frozenset())
    if wish.items and scope.price and scope.price.total == 0 and context.refuses_promotions_on_zero:
        names = ", ".join(item.promotion.name for item in wish.items)
        errors.append(CartErrorView("promotions-on-cart-price-zero-error", _NOTICE, names))
    elif wish.items:
        items = wish.items
        if context.sorts_promotions:
            items = tuple(sorted(items, key=lambda item: -item.promotion.priority))
        exclusions = exclusions_of(items, scope, terms)
        added, notices = discount_lines(items, exclusions, scope, terms)
        lines += added
        errors += notices
    delivery = Delivery()
    if wish.shipping is not None:
        delivery = delivery_of(lines, wish.shipping, rules, context, terms)
        scope = _scope(lines, delivery, context, terms)
        delivery, applied, notices = discounted(delivery, wish.items, scope, terms, exclusions.preventing)
        nothing = quantity_price(Decimal(0), (), terms)
        lines += [PricedLine(item.id, item.promotion.name, 1, nothing, code=item.code) for item in applied]
        errors += notices
    if delivery.error is not None:
        errors.append(delivery.error)
    price = cart_price([line.price for line in lines], delivery.costs, terms)
    return _Result(tuple(lines), delivery, price, tuple(errors))


def _scope(lines: Sequence[PricedLine], delivery: Delivery, context: PricingContext, terms: Terms) -> RuleScope:
    price = cart_price([line.price for line in lines], delivery.costs, terms)
    return RuleScope(context, tuple(lines), price)


def _priced(line: CartLine, context: PricingContext, terms: Terms, rules: Sequence[Rule]) -> PricedLine:
    """Price a product: ``ProductPriceCalculator``, then ``ProductCartProcessor``.

    The unit price is rounded before it is multiplied, and again with the line.
    """
    product = line.product
    price = stored_price(product, line.quantity, context, rules)
    shares = (TaxShare(context.tax_rate(product.tax)),)
    value = price.gross if terms.tax_state is TaxState.GROSS else price.net
    unit = quantity_price(value, shares, terms).unit
    calculated = quantity_price(unit, shares, terms, line.quantity)
    return PricedLine(product.number, product.label or product.number, line.quantity, calculated, product)


def _corrected(lines: Iterable[CartLine], context: PricingContext) -> tuple[list[CartLine], list[CartErrorView]]:
    """Put lines of one product together and correct quantities: ``ProductCartProcessor::validateStock``."""
    wanted: dict[str, CartLine] = {}
    for line in lines:
        if line.quantity < 1:
            message = f"a cart has at least one piece of {line.product.number}, not {line.quantity}"
            raise ValueError(message)
        before = wanted.get(line.product.number)
        quantity = line.quantity + (before.quantity if before else 0)
        wanted[line.product.number] = CartLine(line.product, quantity)
    kept: list[CartLine] = []
    errors: list[CartErrorView] = []
    for line in wanted.values():
        quantity, error = _allowed(line, context)
        if quantity:
            kept.append(CartLine(line.product, quantity))
        errors += [error] if error else []
    return kept, errors


def max_purchase(product: Product, context: PricingContext) -> int:
    r"""Tell how many pieces may be bought: ``Shopware\Core\Content\Product\ProductMaxPurchaseCalculator``."""
    most = context.max_quantity if product.max_purchase is None else product.max_purchase
    if product.closeout and product.stock < most:
        most = product.stock
    return max(_in_steps(product, most), 0)


def _allowed(line: CartLine, context: PricingContext) -> tuple[int, CartErrorView | None]:
    product, wanted = line.product, line.quantity
    most = max_purchase(product, context)
    if most < product.min_purchase:
        return 0, _stock_error("product-out-of-stock", _ERROR, product)
    if most < wanted:
        return _in_steps(product, most), _stock_error("product-stock-reached", _WARNING, product)
    if wanted < product.min_purchase:
        return product.min_purchase, _stock_error("min-order-quantity", _WARNING, product)
    fitting = _in_steps(product, wanted)
    if fitting != wanted:
        return fitting, _stock_error("purchase-steps-quantity", _WARNING, product)
    return wanted, None


def _in_steps(product: Product, quantity: int) -> int:
    return (quantity - product.min_purchase) // product.purchase_steps * product.purchase_steps + product.min_purchase


def _stock_error(key: str, level: int, product: Product) -> CartErrorView:
    return CartErrorView(key, level, product.label or product.number, blocks_order=True)


def _rules_of(wish: _Wish) -> Iterable[Rule]:
    """Collect the rules that a price can depend on; promotions ask theirs themselves."""
    for line in wish.lines:
        for tier in line.product.advanced_prices:
            yield tier.rule
    for row in wish.shipping.prices if wish.shipping else ():
        for rule in (row.rule, row.calculation_rule):
            if rule is not None:
                yield rule


def _view(result: _Result, wish: _Wish) -> CartView:
    iso = wish.context.currency.iso
    method = wish.shipping.name if wish.shipping else None

    def money(amount: Decimal) -> Money:
        return Money(amount + 0, iso)

    def taxes(amounts: Iterable[TaxAmount]) -> tuple[TaxView, ...]:
        return tuple(TaxView(amount.rate, money(amount.tax), money(amount.price)) for amount in amounts)

    def line_view(line: PricedLine) -> LineItemView:
        price: LinePrice = line.price
        return LineItemView(
            number=line.product.number if line.product else line.code,
            label=line.label,
            quantity=line.quantity,
            unit_price=money(price.unit),
            total=money(price.total),
            taxes=taxes(price.taxes),
            type="product" if line.product else "promotion",
        )

    price = result.price
    return CartView(
        lines=tuple(line_view(line) for line in result.lines),
        shipping=tuple(ShippingView(money(cost.total), taxes(cost.taxes), method) for cost in result.delivery.costs),
        net_total=money(price.net),
        position_total=money(price.positions),
        total=money(price.total),
        raw_total=money(price.raw_total),
        tax_state=price.tax_state,
        taxes=taxes(price.taxes),
        errors=result.errors,
    )
