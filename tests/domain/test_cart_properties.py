"""What holds of every calculated cart, of whatever kind."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, localcontext

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain import strategies as make
from updategate.domain.cart import CartLine, expected_cart
from updategate.domain.catalogue import Currency, ShippingMethod
from updategate.domain.context import PricingContext
from updategate.domain.invariants import Invariant, Violation, check_invariants
from updategate.domain.promotions import Discount, DiscountScope, DiscountType, Promotion
from updategate.domain.rounding import CashRounding
from updategate.domain.views import CartView, TaxState

settings.register_profile("domain", deadline=None, max_examples=60)
settings.load_profile("domain")

ZERO = Decimal(0)


def violations(cart: CartView, context: PricingContext) -> list[Violation]:
    item, total = context.currency.rounding_for(context.country.iso)
    return check_invariants(cart, item_rounding=item, total_rounding=total, vertical_taxes=context.vertical_taxes)


def promotion(kind: DiscountType, value: str, **more: object) -> Promotion:
    discount = Discount(kind, Decimal(value), **more)  # type: ignore[arg-type]
    return Promotion("id", "name", (discount,), code="CODE")


@given(make.lines(), make.contexts(), make.shipping_methods())
def test_invariants_hold_without_promotions(
    lines: list[CartLine], context: PricingContext, shipping: ShippingMethod
) -> None:
    assert violations(expected_cart(lines, context=context, shipping=shipping), context) == []


@given(make.lines(), make.contexts(), make.shipping_methods(), make.promotions())
def test_invariants_hold_with_promotions(
    lines: list[CartLine], context: PricingContext, shipping: ShippingMethod, promotions: list[Promotion]
) -> None:
    cart = expected_cart(lines, context=context, shipping=shipping, promotions=promotions)
    assert violations(cart, context) == []


@given(make.lines(), make.contexts(), make.shipping_methods(), st.randoms())
def test_the_order_of_lines_does_not_change_the_total(
    lines: list[CartLine], context: PricingContext, shipping: ShippingMethod, random: object
) -> None:
    shuffled = list(lines)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one = expected_cart(lines, context=context, shipping=shipping)
    other = expected_cart(shuffled, context=context, shipping=shipping)
    assert (one.total, one.net_total, one.shipping_total) == (other.total, other.net_total, other.shipping_total)
    assert {tax.rate: tax.tax for tax in one.taxes or ()} == {tax.rate: tax.tax for tax in other.taxes or ()}


@given(make.lines(), make.contexts(), make.promotions(most=1), st.randoms())
def test_the_order_of_lines_does_not_change_a_discount(
    lines: list[CartLine], context: PricingContext, promotions: list[Promotion], random: object
) -> None:
    shuffled = list(lines)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one = expected_cart(lines, context=context, promotions=promotions)
    other = expected_cart(shuffled, context=context, promotions=promotions)
    assert sorted(str(line.total) for line in one.lines) == sorted(str(line.total) for line in other.lines)


@given(make.lines(), make.contexts(tax_free=True))
def test_a_tax_free_cart_has_no_tax_and_its_net_is_its_total(lines: list[CartLine], context: PricingContext) -> None:
    cart = expected_cart(lines, context=context)
    assert cart.tax_state is TaxState.TAX_FREE
    assert cart.taxes == ()
    assert cart.net_total == cart.total == cart.raw_total == cart.position_total


@given(make.lines(), make.contexts(tax_free=False))
def test_the_customer_group_decides_between_gross_and_net(lines: list[CartLine], context: PricingContext) -> None:
    cart = expected_cart(lines, context=context)
    assert cart.tax_state is (TaxState.GROSS if context.customer_group.display_gross else TaxState.NET)


@given(make.lines(), make.contexts(), st.decimals("0.1", "100", places=1))
def test_shares_of_a_discount_add_up_to_the_discount(
    lines: list[CartLine], context: PricingContext, percentage: Decimal
) -> None:
    """Each share of a discount is rounded apart, so that all together may be off by half a step a share."""
    cart = expected_cart(lines, context=context, promotions=[promotion(DiscountType.PERCENTAGE, str(percentage))])
    step = Decimal(1).scaleb(-context.currency.item_rounding.decimals)
    for line in cart.lines:
        if line.type == "promotion" and line.taxes:
            shares = sum((tax.price.amount for tax in line.taxes if tax.price), ZERO)
            assert abs(shares - line.total.amount) <= step * len(line.taxes) / 2


@given(make.lines(), make.contexts())
def test_a_hundred_percent_off_leaves_nothing_to_pay(lines: list[CartLine], context: PricingContext) -> None:
    context = replace(context, currency=Currency())
    cart = expected_cart(lines, context=context, promotions=[promotion(DiscountType.PERCENTAGE, "100")])
    assert cart.position_total is not None
    assert cart.position_total.amount == 0
    if cart.tax_state is not TaxState.NET:
        assert cart.total.amount == 0
    # in net carts taxes of goods and discount are rounded apart and may leave a cent a line
    assert abs(cart.total.amount) <= Decimal("0.01") * len(cart.lines)


@given(make.lines(), make.contexts(), st.sampled_from([DiscountType.ABSOLUTE, DiscountType.FIXED_UNIT]), make.cents)
def test_no_discount_on_goods_goes_below_zero(
    lines: list[CartLine], context: PricingContext, kind: DiscountType, value: Decimal
) -> None:
    cart = expected_cart(lines, context=context, promotions=[promotion(kind, str(value))])
    assert cart.total.amount >= 0


@given(make.lines(), make.contexts(), st.decimals("0.5", "100", places=1), make.cents)
def test_a_maximum_limits_a_percentage(
    lines: list[CartLine], context: PricingContext, percentage: Decimal, most: Decimal
) -> None:
    context = replace(context, currency=Currency())
    limited = promotion(DiscountType.PERCENTAGE, str(percentage), max_value=most)
    cart = expected_cart(lines, context=context, promotions=[limited])
    assert all(-line.total.amount <= most for line in cart.lines if line.type == "promotion")


@given(make.lines(), make.contexts(), make.shipping_methods(), st.integers(1, 100))
def test_discounts_on_delivery_never_make_it_negative(
    lines: list[CartLine], context: PricingContext, shipping: ShippingMethod, percentage: int
) -> None:
    off = promotion(DiscountType.PERCENTAGE, str(percentage), scope=DiscountScope.DELIVERY)
    cart = expected_cart(lines, context=context, shipping=shipping, promotions=[off, off])
    plain = expected_cart(lines, context=context, shipping=shipping)
    assert 0 <= cart.shipping_total.amount <= plain.shipping_total.amount
    assert cart.position_total == plain.position_total


@given(make.lines(), make.contexts())
def test_a_promotion_that_takes_nothing_off_is_not_shown(lines: list[CartLine], context: PricingContext) -> None:
    cart = expected_cart(lines, context=context, promotions=[promotion(DiscountType.PERCENTAGE, "0")])
    assert cart.lines == expected_cart(lines, context=context).lines


@given(make.lines(), make.contexts(), make.shipping_methods(), make.promotions())
def test_whatever_the_callers_decimal_context_the_result_is_the_same(
    lines: list[CartLine], context: PricingContext, shipping: ShippingMethod, promotions: list[Promotion]
) -> None:
    usual = expected_cart(lines, context=context, shipping=shipping, promotions=promotions)
    with localcontext() as narrow:
        narrow.prec = 6
        assert expected_cart(lines, context=context, shipping=shipping, promotions=promotions) == usual


@given(make.lines(most=3), make.contexts(), st.integers(1, 5))
def test_lines_of_one_product_are_put_together(lines: list[CartLine], context: PricingContext, more: int) -> None:
    apart = [*lines, CartLine(lines[0].product, more)]
    together = [CartLine(lines[0].product, lines[0].quantity + more), *lines[1:]]
    assert expected_cart(apart, context=context) == expected_cart(together, context=context)


@given(make.cents, make.factors, make.roundings)
def test_rounding_twice_is_rounding_once(gross: Decimal, factor: Decimal, rounding: CashRounding) -> None:
    once = rounding.to_coin(gross * factor)
    assert rounding.to_coin(once) == once
    assert rounding.to_coin(-gross * factor) == -once


@given(make.lines(), make.contexts(), make.shipping_methods(), make.promotions())
def test_a_total_that_is_off_is_always_noticed(
    lines: list[CartLine], context: PricingContext, shipping: ShippingMethod, promotions: list[Promotion]
) -> None:
    cart = expected_cart(lines, context=context, shipping=shipping, promotions=promotions)
    broken = replace(cart, total=cart.total + replace(cart.total, amount=Decimal("0.5")))
    assert Invariant.ROUNDING in {violation.invariant for violation in violations(broken, context)}
