"""Calculates a cart: products, promotions, delivery, discounts on delivery, total; again until the rules settle."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from updategate.embedded.refshop.behaviour import Behaviour

from . import errors
from .context import CheckoutContext
from .delivery import ShippingCalculation, ShippingMethod
from .delivery_discount import DeliveryDiscountCalculation
from .discount import DiscountCalculation
from .hashes import cart_hash, error_hash
from .items import IS_DOWNLOAD, PRODUCT, PROMOTION, Cart, LineItem
from .manual_lines import fill_manual_lines
from .money import ZERO
from .prices import QuantityPriceDefinition, TaxState
from .product import PriceSelection, Product, enrich, max_purchase
from .promotion import Promotion, discount_line
from .rules import Rule, Scope, matching
from .stock import correct_quantity
from .validation import problems

_MOST_ROUNDS = 7

SKIP_PRODUCTS = "skipProductRecalculation"
SKIP_STOCK = "skipProductStockValidation"
SKIP_PROMOTION = "skipPromotion"
SKIP_AUTOMATIC_PROMOTIONS = "skipAutomaticPromotions"
SKIP_DELIVERY_PRICE = "skipDeliveryPriceRecalculation"
KEEP_INACTIVE = "keepInactiveProduct"
OVERWRITE_PRICES = "allowProductPriceOverwrites"
#: what an administrator may do who edits an order
EDIT_ORDER = frozenset(
    {OVERWRITE_PRICES, SKIP_PRODUCTS, SKIP_DELIVERY_PRICE, SKIP_PROMOTION, SKIP_STOCK, KEEP_INACTIVE}
)


class Catalogue(Protocol):
    """What a calculation reads of the shop."""

    system_currency: str

    def product(self, product_id: str, context: CheckoutContext) -> Product | None:
        """Return the product if it is active and visible in the sales channel."""

    def rules(self) -> Sequence[Rule]:
        """Return all valid rules, most important first."""

    def promotions_by_code(self, code: str) -> Sequence[Promotion]:
        """Return promotions that have the code, or an individual code that was not redeemed yet."""

    def automatic_promotions(self) -> Sequence[Promotion]:
        """Return promotions that need no code, most important first."""

    def shipping_method(self, method_id: str, context: CheckoutContext) -> ShippingMethod | None:
        """Return the shipping method with its prices."""

    def currency_factors(self) -> Mapping[str, Decimal]:
        """Return the factor of every currency by id."""

    def max_quantity(self, sales_channel_id: str) -> int:
        """Return how many pieces one line may hold where the product sets no limit."""

    def order_used_promotion(self, order_id: str, promotion_id: str) -> bool:
        """Tell whether an order has the promotion already."""


@dataclass(frozen=True, slots=True)
class Features:
    """What differs between versions.

    ``discounts_in_delivery``: since 6.6.7 promotions are positions of the delivery. ``discounts_by_priority``,
    ``notes_zero_price`` and ``keeps_piece_prices``: since 6.6. ``forgets_timestamps``: before 6.6 a line that was not
    looked up anew because others were loses the time of its last look-up.
    """

    discounts_in_delivery: bool = True
    discounts_by_priority: bool = True
    notes_zero_price: bool = True
    keeps_piece_prices: bool = True
    forgets_timestamps: bool = False


@dataclass(frozen=True, slots=True)
class CartCalculation:
    """Calculates carts for one context."""

    context: CheckoutContext
    catalogue: Catalogue
    behaviour: Behaviour
    features: Features = Features()

    def calculate(self, cart: Cart) -> Cart:
        """Return the calculated cart; sets the rules that hold in the context."""
        everything = self.catalogue.rules()
        rules = list(everything)
        if not cart.new:
            known = set(cart.rule_ids)
            rules = [rule for rule in rules if rule.id in known]
        self._hold(rules)
        given: list[tuple[str, str, int]] | None = _content(cart)
        self._note_lookups(cart)
        cart = self._process(cart)
        for _ in range(_MOST_ROUNDS):
            before = cart
            found = matching(everything, self._scope(cart))
            if given is not None and _ids(found) == self.context.rule_ids and _content(cart) == given:
                # another round would come to the same
                rules = found
                break
            given = None
            rules = matching(rules, self._scope(cart))
            self._hold(rules)
            cart = self._process(cart)
            now = matching(everything, self._scope(cart))
            settled = _ids(now) == _ids(rules)
            if settled and not _changed(before, cart):
                break
            rules = now if not settled else rules
        cart = self._checked_tax_state(cart)
        self._hold(rules)
        cart.rule_ids = self.context.rule_ids
        cart.error_hash = error_hash(cart)
        cart.hash = cart_hash(cart, self.context)
        return cart

    def _note_lookups(self, cart: Cart) -> None:
        context = self.context
        facts = (
            *(context.currency.id, context.customer_group_id, context.tax_state, context.languages),
            *(context.country.id, context.item_rounding.decimals, context.item_rounding.interval),
        )
        digest = hashlib.md5(repr(facts).encode(), usedforsecurity=False).hexdigest()
        products = cart.of_type(PRODUCT)
        wanted = [item for item in products if item.data_timestamp is None or item.data_hash != digest]
        for item in products:
            if item in wanted:
                item.data_timestamp, item.data_hash = context.now, digest
            elif wanted and self.features.forgets_timestamps:
                item.data_timestamp = None

    # -- rules and tax state ----------------------------------------------------------------------------------------

    def _scope(self, cart: Cart) -> Scope:
        return Scope(self.context, self.behaviour, cart)

    def _hold(self, rules: Sequence[Rule]) -> None:
        self.context.rule_ids = _ids(rules)

    def _checked_tax_state(self, cart: Cart) -> Cart:
        before = self.context.tax_state
        net = cart.price.position
        if before is TaxState.GROSS:
            net -= sum((price.tax_amount for price in cart.prices()), ZERO)
        state = self.context.tax_state_for(net, self.catalogue.currency_factors(), self.behaviour)
        if state is before:
            return cart
        self.context.tax_state = state
        cart = self._process(cart)
        if before is not TaxState.FREE:
            self.context.tax_state = before
        return cart

    # -- one round --------------------------------------------------------------------------------------------------

    def _process(self, original: Cart) -> Cart:
        cart = Cart(
            original.token,
            rule_ids=original.rule_ids,
            codes=original.codes,
            blocked_promotions=original.blocked_promotions,
            customer_comment=original.customer_comment,
            affiliate_code=original.affiliate_code,
            campaign_code=original.campaign_code,
            source=original.source,
            new=original.new,
            touched=original.touched,
            manual_shipping=original.manual_shipping,
            order_id=original.order_id,
        )
        if original.items:
            cart.touched = True
            self._collect(original)
        cart.errors = {key: error for key, error in original.errors.items() if error.persistent}
        if original.items:
            self._fill(original, cart)
        self._sum(cart)
        stock_counts = SKIP_STOCK not in self.context.permissions
        for error in problems(cart, self.context, self.behaviour, stock_counts=stock_counts):
            cart.add_error(error)
        return cart

    def _sum(self, cart: Cart) -> None:
        calculator = self.context.calculator(self.behaviour)
        cart.price = calculator.amount(cart.prices(), cart.shipping_prices())

    def _collect(self, original: Cart) -> None:
        selection = PriceSelection(self.context, self.behaviour, self.catalogue.system_currency)
        limit = self.catalogue.max_quantity(self.context.sales_channel_id)
        for item in [each for each in original.items.values() if each.type == PRODUCT]:
            self._collect_product(original, item, selection, limit)
        original.promotions = None
        if SKIP_PROMOTION not in self.context.permissions:
            original.promotions = self._discount_lines(original)

    def _collect_product(self, original: Cart, item: LineItem, selection: PriceSelection, limit: int) -> None:
        permissions = self.context.permissions
        product = self.catalogue.product(item.referenced_id or item.id, self.context)
        if product is None:
            if KEEP_INACTIVE not in permissions:
                del original.items[item.id]
                original.add_error(errors.product_not_found(item.label or item.id))
            return
        if product.has_variants:
            del original.items[item.id]
            return
        kept = item.definition if item.definition is not None and self._keeps_price(item) else None
        line = f"{original.token}/{item.id}"
        priced = self.behaviour.priced_quantity(line, item.quantity)
        enrich(item, product, selection, max_purchase(product, limit, self.behaviour), priced)
        if kept is not None:
            item.definition = kept
        if SKIP_STOCK not in permissions:
            quantity = item.quantity
            correct_quantity(original, item, self.behaviour)
            if item.quantity != quantity and kept is None:
                item.definition = selection.definition(product, self.behaviour.priced_quantity(line, item.quantity))

    def _keeps_price(self, item: LineItem) -> bool:
        permissions = self.context.permissions
        custom = "customPrice" in item.extensions and OVERWRITE_PRICES in permissions
        return custom or SKIP_PRODUCTS in permissions

    def _fill(self, original: Cart, cart: Cart) -> None:
        calculator = self.context.calculator(self.behaviour)
        for item in original.of_type(PRODUCT):
            if isinstance(item.definition, QuantityPriceDefinition):
                item.definition = item.definition.times(item.quantity)
                item.price = calculator.quantity(item.definition)
            item.shipping_cost_aware = IS_DOWNLOAD not in item.states
            cart.items[item.id] = item
        self._sum(cart)
        self._fill_promotions(original, cart)
        if fill_manual_lines(original, cart, calculator):
            self._sum(cart)
        self._fill_deliveries(original, cart)

    def _fill_promotions(self, original: Cart, cart: Cart) -> None:
        if SKIP_PROMOTION in self.context.permissions:
            for item in original.of_type(PROMOTION):
                cart.items[item.id] = item
            return
        lines = original.promotions
        if not lines:
            for item in original.of_type(PROMOTION):
                if not item.referenced_id:
                    cart.add_error(errors.auto_promotion_not_found(item.label or item.id))
            return
        if cart.price.total == 0 and self.features.notes_zero_price:
            cart.add_error(errors.promotions_on_cart_price_zero([line.label or "" for line in lines]))
            return
        self._discounts(lines).apply(lines, original, cart)

    def _fill_deliveries(self, original: Cart, cart: Cart) -> None:
        context = self.context
        method = self.catalogue.shipping_method(context.shipping_method.id, context)
        if method is None:
            return
        calculation = ShippingCalculation(
            context, self.behaviour, self.catalogue.system_currency, self.features.discounts_in_delivery
        )
        if SKIP_DELIVERY_PRICE in context.permissions:
            cart.deliveries = calculation.kept(original.deliveries, cart, method)
        else:
            cart.deliveries = calculation.deliveries(cart, method)
        if original.promotions:
            lines = original.promotions
            DeliveryDiscountCalculation(self._discounts(lines)).apply(lines, original, cart)

    # -- promotions -------------------------------------------------------------------------------------------------

    def _discounts(self, lines: Sequence[LineItem]) -> DiscountCalculation:
        groups = {
            line.payload["promotionId"]: line.extensions["setGroups"]
            for line in lines
            if "setGroups" in line.extensions
        }
        features = self.features
        return DiscountCalculation(
            self.context, self.behaviour, groups, features.discounts_by_priority, features.keeps_piece_prices
        )

    def _discount_lines(self, original: Cart) -> list[LineItem]:
        codes = [item.referenced_id or "" for item in original.of_type(PROMOTION)]
        wanted = list(dict.fromkeys([*(code for code in codes if code), *original.codes]))
        found: list[tuple[str, Promotion]] = []
        if SKIP_AUTOMATIC_PROMOTIONS not in self.context.permissions:
            found += [("", promotion) for promotion in self.catalogue.automatic_promotions()]
        for code in wanted:
            found += [(code, promotion) for promotion in self.catalogue.promotions_by_code(code)]
        lines: list[LineItem] = []
        used: set[str] = set()
        sellable = any(item.type != PROMOTION for item in original.items.values())
        for code, promotion in found:
            if not self._may_use(promotion, original):
                continue
            if promotion.id in original.blocked_promotions:
                continue
            used.add(code)
            for discount in promotion.discounts if sellable else ():
                line = discount_line(code, promotion, discount, self.context, self.behaviour)
                if promotion.set_groups:
                    line.extensions["setGroups"] = promotion.set_groups
                before = original.items.get(line.id)
                line.unique_id = before.unique_id if before is not None else ""
                lines.append(line)
        for code in wanted:
            if code not in used:
                if code in original.codes:
                    original.codes.remove(code)
                original.add_error(errors.promotion_not_found(code))
        return lines

    def _may_use(self, promotion: Promotion, cart: Cart) -> bool:
        if not promotion.is_offered(self.context, self.behaviour):
            return False
        if cart.order_id and self.catalogue.order_used_promotion(cart.order_id, promotion.id):
            return True
        customer = self.context.customer
        return promotion.may_be_used(customer.id if customer else None, self.behaviour)


def _ids(rules: Sequence[Rule]) -> tuple[str, ...]:
    return tuple(rule.id for rule in rules)


def _content(cart: Cart) -> list[tuple[str, str, int]]:
    return [(item.id, item.type, item.quantity) for item in cart.items.values()]


def _changed(before: Cart, after: Cart) -> bool:
    return before.price.total != after.price.total or [(item.id, item.type) for item in before.items.values()] != [
        (item.id, item.type) for item in after.items.values()
    ]
