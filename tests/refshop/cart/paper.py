"""A shop on paper: products, rules and promotions in memory, to calculate carts without a store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from updategate.embedded.refshop.behaviour import Behaviour
from updategate.embedded.refshop.cart.context import Address, CheckoutContext, Country, Currency, Customer, Method
from updategate.embedded.refshop.cart.delivery import ShippingMethod, ShippingPrice
from updategate.embedded.refshop.cart.items import PRODUCT, Cart, DeliveryInformation, DeliveryTime, LineItem
from updategate.embedded.refshop.cart.money import Rounding
from updategate.embedded.refshop.cart.prices import TaxState
from updategate.embedded.refshop.cart.process import CartCalculation, Features
from updategate.embedded.refshop.cart.product import AdvancedPrice, CurrencyAmount, CurrencyPrice, Product
from updategate.embedded.refshop.cart.promotion import Discount, Promotion, SetGroup
from updategate.embedded.refshop.cart.rules import Condition, Rule, all_of

EURO, DOLLAR = "euro", "dollar"
STANDARD, REDUCED = "standard", "reduced"
RATES = {STANDARD: Decimal(19), REDUCED: Decimal(7)}
CHANNEL = "channel"
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
SOON = DeliveryTime("1-3 days", 1, 3, "day")


def amount(gross: str, net: str, currency: str = EURO) -> CurrencyPrice:
    """Return a price in one currency."""
    return CurrencyPrice(currency, CurrencyAmount(Decimal(gross), Decimal(net)))


def product(id_: str, gross: str, net: str, **changes: Any) -> Product:
    """Return a product that nothing limits."""
    base = Product(
        id_,
        id_.upper(),
        id_.title(),
        STANDARD,
        (amount(gross, net),),
        (),
        has_variants=False,
        is_closeout=False,
        available_stock=1000,
        min_purchase=1,
        max_purchase=None,
        purchase_steps=1,
        delivery=DeliveryInformation(1000, Decimal(1), free_delivery=False, restock_time=None, delivery_time=SOON),
        states=("is-physical",),
        cover_id=None,
        reference=None,
        payload={},
        facts={},
    )
    return replace(base, **changes)


def tier(rule_id: str, start: int, end: int | None, gross: str, net: str) -> AdvancedPrice:
    """Return an advanced price."""
    return AdvancedPrice(f"{rule_id}-{start}", rule_id, start, end, (amount(gross, net),))


def rule(id_: str, *conditions: Condition, priority: int = 1) -> Rule:
    """Return a rule for which all conditions must hold."""
    return Rule(id_, id_, priority, all_of(conditions))


def condition(type_: str, **value: Any) -> Condition:
    """Return one condition."""
    return Condition(type_, value)


ALWAYS = condition("alwaysValid")


def discount(scope: str, type_: str, value: str, **more: Any) -> Discount:
    """Return a discount of a promotion."""
    return Discount(f"{scope}-{type_}-{value}", scope, type_, Decimal(value), **more)


def promotion(code: str, *discounts: Discount, **changes: Any) -> Promotion:
    """Return a running promotion; without a code an automatic one."""
    base = Promotion(
        f"promotion-{code or 'automatic'}",
        f"Promotion {code}".strip(),
        1,
        active=True,
        valid_from=None,
        valid_until=None,
        sales_channel_ids=frozenset({CHANNEL}),
        use_codes=bool(code),
        use_individual_codes=False,
        code=code or None,
        prevent_combination=False,
        exclusion_ids=(),
        max_redemptions=None,
        max_redemptions_per_customer=None,
        order_count=0,
        orders_per_customer={},
        condition=ALWAYS,
        discounts=tuple(replace(each, id=f"{code}-{each.id}") for each in discounts),
    )
    return replace(base, **changes)


def set_group(packager: str, value: str, sorter: str = "PRICE_ASC", *rules: Condition) -> SetGroup:
    """Return a group of a set."""
    return SetGroup(f"{packager}-{value}-{sorter}", packager, Decimal(value), sorter, rules)


def shipping(*rows: ShippingPrice, tax_type: str = "auto", tax_id: str | None = None) -> ShippingMethod:
    """Return a shipping method."""
    return ShippingMethod("shipping", "Standard", True, None, SOON, tax_type, tax_id, rows)


def row(
    gross: str,
    net: str,
    start: str = "0",
    end: str | None = None,
    calculation: int = 2,
    rule_id: str | None = None,
) -> ShippingPrice:
    """Return a row of the price matrix."""
    limit = None if end is None else Decimal(end)
    return ShippingPrice(
        f"{calculation}-{start}-{rule_id}", rule_id, calculation, Decimal(start), limit, None, (amount(gross, net),)
    )


GERMANY = Country("de", "Germany", "DE")


def customer(group_id: str = "consumers", country: Country = GERMANY, **changes: Any) -> Customer:
    """Return somebody who is logged in."""
    address = Address("address", country, None, "10115", "Berlin", "Street 1", "mr", "Ada", "Byron")
    base = Customer("ada", "1000", group_id, False, None, (), address, address, (), {})
    return replace(base, **changes)


def context(**changes: Any) -> CheckoutContext:
    """Return the context of a guest in Germany who pays in euro and sees gross prices."""
    method = Method("payment", "Invoice", True, None)
    base = CheckoutContext(
        "token",
        CHANNEL,
        Currency(EURO, "EUR", Decimal(1), True),
        "consumers",
        True,
        None,
        method,
        Method("shipping", "Standard", True, None),
        GERMANY,
        None,
        None,
        Rounding(),
        Rounding(),
        ("en",),
        RATES,
        frozenset({"de", "ch"}),
        frozenset({"payment"}),
        False,
        NOW,
    )
    result = replace(base, **changes)
    if "tax_state" not in changes:
        result.tax_state = result.first_tax_state(Behaviour())
    return result


def net_context(**changes: Any) -> CheckoutContext:
    """Return the context of a group that sees net prices."""
    return context(display_gross=False, tax_state=TaxState.NET, **changes)


@dataclass
class PaperShop:
    """A catalogue in memory, and carts calculated with it."""

    products: Sequence[Product] = ()
    all_rules: Sequence[Rule] = ()
    promotions: Sequence[Promotion] = ()
    method: ShippingMethod = field(default_factory=lambda: shipping(row("0", "0")))
    behaviour: Behaviour = field(default_factory=Behaviour)
    system_currency: str = EURO
    features: Features = field(default_factory=Features)

    def product(self, product_id: str, context: CheckoutContext) -> Product | None:
        """Return a product."""
        del context
        return next((each for each in self.products if each.id == product_id), None)

    def rules(self) -> Sequence[Rule]:
        """Return the rules, most important first."""
        return sorted(self.all_rules, key=lambda each: -each.priority)

    def promotions_by_code(self, code: str) -> Sequence[Promotion]:
        """Return the promotions of a code."""
        return [each for each in self.promotions if each.code == code]

    def automatic_promotions(self) -> Sequence[Promotion]:
        """Return those that need no code."""
        return [each for each in self.promotions if not each.use_codes]

    def shipping_method(self, method_id: str, context: CheckoutContext) -> ShippingMethod | None:
        """Return the shipping method."""
        del method_id, context
        return self.method

    def currency_factors(self) -> Mapping[str, Decimal]:
        """Return the factors."""
        return {EURO: Decimal(1), DOLLAR: Decimal("1.1")}

    def max_quantity(self, sales_channel_id: str) -> int:
        """Return the shop's limit a line."""
        del sales_channel_id
        return 100

    def order_used_promotion(self, order_id: str, promotion_id: str) -> bool:
        """Nothing was ordered here."""
        del order_id, promotion_id
        return False

    def cart(self, lines: Mapping[str, int], *codes: str, where: CheckoutContext | None = None) -> Cart:
        """Put products into a cart one after the other, then the codes, as a customer does."""
        where = where or context()
        cart = Cart("token")
        for id_, quantity in lines.items():
            cart.items[id_] = LineItem(id_, PRODUCT, id_, quantity, removable=True, stackable=True)
            cart = self.calculated(cart, where)
        for code in codes:
            cart.codes.append(code)
            cart = self.calculated(cart, where)
        return cart

    def calculated(self, cart: Cart, where: CheckoutContext) -> Cart:
        """Calculate a cart once more."""
        cart.errors = {}
        cart = CartCalculation(where, self, self.behaviour, self.features).calculate(cart)
        cart.new = False
        return cart
