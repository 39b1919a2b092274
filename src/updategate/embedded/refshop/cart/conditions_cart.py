"""Conditions on the cart as a whole, on the place and on the time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from . import comparison
from .items import PROMOTION, Cart, LineItem
from .money import ZERO, decimal
from .rules import Condition, Scope, all_of, condition_type, holds
from .stored import moment_of

#: conditions state volumes in m³, products their lengths in mm
CUBIC_METRE = Decimal(1000**3)


def operator_of(condition: Condition) -> str:
    """Return the operator, ``=`` where none is stored."""
    return str(condition.value.get("operator") or "=")


def _cart_number(
    field: str, measure: Callable[[Scope], Decimal | int | None], factor: Decimal = Decimal(1)
) -> Callable[[Condition, Scope], bool]:
    def check(condition: Condition, scope: Scope) -> bool:
        if scope.cart is None:
            return False
        expected = condition.value.get(field)
        expected = None if expected is None else decimal(expected) * factor
        return comparison.number(measure(scope), operator_of(condition), expected, scope.behaviour)

    return check


def filtered_goods(condition: Condition, scope: Scope) -> list[LineItem]:
    """Return the merchandise that satisfies the conditions inside this one."""
    if scope.item is not None:
        goods = [scope.item] if scope.item.good else []
    else:
        goods = scope.cart.goods() if scope.cart else []
    if not condition.children:
        return goods
    inner = all_of(condition.children)
    return [item for item in goods if holds(inner, scope.of_item(item))]


def _weight(scope: Scope) -> Decimal:
    goods = scope.cart.goods() if scope.cart else []
    return sum(((item.delivery.weight or ZERO) * item.quantity for item in goods if item.delivery is not None), ZERO)


def _volume(scope: Scope) -> Decimal:
    goods = scope.cart.goods() if scope.cart else []
    return sum((item.delivery.volume * item.quantity for item in goods if item.delivery is not None), ZERO)


def _of_cart(measure: Callable[[Cart], Decimal | int]) -> Callable[[Scope], Decimal | int | None]:
    return lambda scope: None if scope.cart is None else measure(scope.cart)


def _shipping(scope: Scope) -> Decimal:
    return sum((price.total for price in scope.cart.shipping_prices()), ZERO) if scope.cart else ZERO


condition_type("cartCartAmount")(_cart_number("amount", _of_cart(lambda cart: cart.price.total)))
condition_type("cartPositionPrice")(_cart_number("amount", _of_cart(lambda cart: cart.price.position)))
condition_type("cartLineItemsInCartCount", "cartLineItemsInCart")(
    _cart_number("count", _of_cart(lambda cart: len(cart.items)))
)
condition_type("promotionsInCartCount")(_cart_number("count", _of_cart(lambda cart: len(cart.of_type(PROMOTION)))))
condition_type("cartWeight")(_cart_number("weight", _weight))
condition_type("cartVolume")(_cart_number("volume", _volume, CUBIC_METRE))
condition_type("cartShippingCost")(_cart_number("cartShippingCost", _shipping))


@condition_type("cartGoodsPrice")
def _goods_price(condition: Condition, scope: Scope) -> bool:
    total = sum((item.price.total for item in filtered_goods(condition, scope) if item.price), ZERO)
    return comparison.number(total, operator_of(condition), condition.value.get("amount"), scope.behaviour)


@condition_type("cartGoodsCount")
def _goods_count(condition: Condition, scope: Scope) -> bool:
    count = len(filtered_goods(condition, scope))
    return comparison.number(count, operator_of(condition), condition.value.get("count"), scope.behaviour)


@condition_type("cartLineItemGoodsTotal")
def _goods_total(condition: Condition, scope: Scope) -> bool:
    goods = filtered_goods(condition, scope)
    if scope.item is not None and not goods:
        return False
    count = sum(item.quantity for item in goods)
    return comparison.number(count, operator_of(condition), condition.value.get("count"), scope.behaviour)


@condition_type("promotionValue")
def _promotion_value(condition: Condition, scope: Scope) -> bool:
    if scope.cart is None:
        return False
    items = scope.cart.of_type(PROMOTION)
    if condition.children:
        inner = all_of(condition.children)
        items = [item for item in items if holds(inner, scope.of_item(item))]
    value = -sum((item.price.total for item in items if item.price), ZERO)
    return comparison.number(value, operator_of(condition), condition.value.get("amount"), scope.behaviour)


@condition_type("cartTotalPurchasePrice")
def _purchase_total(condition: Condition, scope: Scope) -> bool:
    if scope.cart is None:
        return False
    kind = str(condition.value.get("type") or "gross")
    total = ZERO
    for item in scope.cart.goods():
        prices = item.payload.get("purchasePrices") or {}
        total += decimal(prices.get(kind)) * item.quantity
    return comparison.number(total, operator_of(condition), condition.value.get("amount"), scope.behaviour)


@condition_type("cartHasDeliveryFreeItem")
def _has_free_item(condition: Condition, scope: Scope) -> bool:
    items = [scope.item] if scope.item is not None else (scope.cart.flat() if scope.cart else [])
    free = any(item.delivery is not None and item.delivery.free_delivery for item in items)
    return free is bool(condition.value.get("allowed", True))


@condition_type("cartTaxDisplay")
def _tax_display(condition: Condition, scope: Scope) -> bool:
    return bool(scope.context.tax_state == condition.value.get("taxDisplay", "gross"))


@condition_type("orderAffiliateCode", "orderCampaignCode")
def _code_of_order(condition: Condition, scope: Scope) -> bool:
    if scope.cart is None:
        return False
    if condition.type == "orderAffiliateCode":
        return comparison.text(scope.cart.affiliate_code, operator_of(condition), condition.value.get("affiliateCode"))
    return comparison.text(scope.cart.campaign_code, operator_of(condition), condition.value.get("campaignCode"))


def _context_id(field: str, actual: Callable[[Scope], str]) -> Callable[[Condition, Scope], bool]:
    def check(condition: Condition, scope: Scope) -> bool:
        return comparison.ids([actual(scope)], operator_of(condition), condition.value.get(field))

    return check


condition_type("currency")(_context_id("currencyIds", lambda scope: scope.context.currency.id))
condition_type("language")(_context_id("languageIds", lambda scope: scope.context.languages[0]))
condition_type("salesChannel")(_context_id("salesChannelIds", lambda scope: scope.context.sales_channel_id))
condition_type("paymentMethod")(_context_id("paymentMethodIds", lambda scope: scope.context.payment_method.id))
condition_type("shippingMethod")(_context_id("shippingMethodIds", lambda scope: scope.context.shipping_method.id))


@condition_type("dateRange")
def _date_range(condition: Condition, scope: Scope) -> bool:
    start, end = moment_of(condition.value.get("fromDate")), moment_of(condition.value.get("toDate"))
    if not condition.value.get("useTime"):
        start = start and _midnight(start)
        end = end and _midnight(end + timedelta(days=1))
    now = scope.context.now
    return not (start is not None and start > now) and not (end is not None and end <= now)


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


@condition_type("timeRange")
def _time_range(condition: Condition, scope: Scope) -> bool:
    now = scope.context.now

    def at(text: str) -> datetime:
        hour, _, minute = text.partition(":")
        return now.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)

    start, end = at(str(condition.value.get("fromTime") or "0:0")), at(str(condition.value.get("toTime") or "0:0"))
    if end < start:
        return not end <= now <= start
    return start <= now <= end


@condition_type("dayOfWeek")
def _day_of_week(condition: Condition, scope: Scope) -> bool:
    return comparison.number(
        scope.context.now.isoweekday(), operator_of(condition), condition.value.get("dayOfWeek"), scope.behaviour
    )
