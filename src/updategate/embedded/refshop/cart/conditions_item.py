"""Conditions on one item; looked at for a whole cart, they hold if they hold for any of its merchandise."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from . import comparison
from .conditions_cart import CUBIC_METRE, operator_of
from .items import PROMOTION, DeliveryInformation, LineItem
from .money import decimal
from .rules import Condition, Scope, condition_type
from .stored import moment_of

Check = Callable[[Condition, Scope], bool]


def _number(field: str, measure: Callable[[LineItem], Decimal | int | None], factor: Decimal = Decimal(1)) -> Check:
    def check(condition: Condition, scope: Scope) -> bool:
        expected = condition.value.get(field)
        expected = None if expected is None else decimal(expected) * factor
        return scope.any_good(
            lambda item: comparison.number(measure(item), operator_of(condition), expected, scope.behaviour)
        )

    return check


def _ids(field: str, actual: Callable[[LineItem], Iterable[str | None]]) -> Check:
    def check(condition: Condition, scope: Scope) -> bool:
        expected = condition.value.get(field)
        return scope.any_good(lambda item: comparison.ids(actual(item), operator_of(condition), expected))

    return check


def _flag(field: str, payload_key: str) -> Check:
    def check(condition: Condition, scope: Scope) -> bool:
        expected = bool(condition.value.get(field))
        return scope.any_good(lambda item: bool(item.payload.get(payload_key)) is expected)

    return check


def _listed(*keys: str) -> Callable[[LineItem], list[str]]:
    return lambda item: [each for key in keys for each in item.payload.get(key) or ()]


def _of_delivery(measure: Callable[[DeliveryInformation], Any]) -> Callable[[LineItem], Any]:
    return lambda item: None if item.delivery is None else measure(item.delivery)


def _purchase_price(kind: str) -> Callable[[LineItem], Decimal | None]:
    def measure(item: LineItem) -> Decimal | None:
        prices = item.payload.get("purchasePrices")
        return decimal(prices.get(kind)) if prices and prices.get(kind) is not None else None

    return measure


def _list_price_ratio(item: LineItem) -> Decimal | None:
    return item.price.list_price.percentage if item.price and item.price.list_price else None


condition_type("cartLineItemUnitPrice")(_number("amount", lambda item: item.price.unit if item.price else None))
condition_type("cartLineItemTotalPrice")(_number("amount", lambda item: item.price.total if item.price else None))
condition_type("cartLineItemListPrice")(
    _number("amount", lambda item: item.price.list_price.price if item.price and item.price.list_price else None)
)
condition_type("cartLineItemListPriceRatio")(_number("amount", _list_price_ratio))
condition_type("cartLineItemStock")(_number("stock", _of_delivery(lambda delivery: delivery.stock)))
condition_type("cartLineItemActualStock")(_number("stock", lambda item: item.payload.get("stock")))
condition_type("cartLineItemDimensionHeight")(_number("amount", _of_delivery(lambda delivery: delivery.height)))
condition_type("cartLineItemDimensionWidth")(_number("amount", _of_delivery(lambda delivery: delivery.width)))
condition_type("cartLineItemDimensionLength")(_number("amount", _of_delivery(lambda delivery: delivery.length)))
condition_type("cartLineItemDimensionWeight")(_number("amount", _of_delivery(lambda delivery: delivery.weight)))
condition_type("cartLineItemDimensionVolume")(
    _number("amount", _of_delivery(lambda delivery: delivery.volume), CUBIC_METRE)
)
condition_type("cartLineItemInCategory")(_ids("categoryIds", _listed("categoryIds")))
condition_type("cartLineItemInProductStream")(_ids("streamIds", _listed("streamIds")))
condition_type("cartLineItemTag")(_ids("identifiers", _listed("tagIds")))
condition_type("cartLineItemProperty")(_ids("identifiers", _listed("propertyIds", "optionIds")))
condition_type("cartLineItemPropertyValue", "cartLineItemVariantValue")(
    _ids("identifiers", _listed("propertyIds", "optionIds"))
)
condition_type("cartLineItemTaxation")(_ids("taxIds", lambda item: [item.payload.get("taxId")]))
condition_type("cartLineItemOfManufacturer")(_ids("manufacturerIds", lambda item: [item.payload.get("manufacturerId")]))
condition_type("cartLineItemClearanceSale")(_flag("clearanceSale", "isCloseout"))
condition_type("cartLineItemIsNew")(_flag("isNew", "isNew"))
condition_type("cartLineItemPromoted")(_flag("isPromoted", "markAsTopseller"))


@condition_type("cartLineItemPurchasePrice")
def _purchase(condition: Condition, scope: Scope) -> bool:
    kind = "net" if condition.value.get("isNet", True) else "gross"
    return _number("amount", _purchase_price(kind))(condition, scope)


@condition_type("cartLineItem")
def _line_item(condition: Condition, scope: Scope) -> bool:
    wanted, operator = condition.value.get("identifiers"), operator_of(condition)

    def check(item: LineItem) -> bool:
        parent = item.payload.get("parentId")
        if parent is not None and comparison.ids([parent], operator, wanted):
            return True
        return comparison.ids([item.referenced_id], operator, wanted)

    return scope.any_good(check)


@condition_type("cartLineItemWithQuantity")
def _with_quantity(condition: Condition, scope: Scope) -> bool:
    wanted, quantity = condition.value.get("id"), condition.value.get("quantity")

    def check(item: LineItem) -> bool:
        if wanted not in (item.referenced_id, item.payload.get("parentId")):
            return False
        if quantity is None:
            return True
        return comparison.number(item.quantity, operator_of(condition), quantity, scope.behaviour)

    return scope.any_good(check)


def _any_line(scope: Scope, check: Callable[[LineItem], bool]) -> bool:
    if scope.item is not None:
        return check(scope.item)
    return scope.cart is not None and any(check(item) for item in scope.cart.flat())


@condition_type("cartLineItemOfType")
def _of_type(condition: Condition, scope: Scope) -> bool:
    wanted = condition.value.get("lineItemType")
    return _any_line(scope, lambda item: comparison.text(item.type, operator_of(condition), wanted))


@condition_type("cartLineItemProductStates")
def _states(condition: Condition, scope: Scope) -> bool:
    wanted = condition.value.get("productState")
    return _any_line(scope, lambda item: comparison.ids(item.states, operator_of(condition), [str(wanted)]))


def _date(field: str, payload_key: str) -> Check:
    def check(condition: Condition, scope: Scope) -> bool:
        expected = moment_of(condition.value.get(field))
        return scope.any_good(
            lambda item: comparison.moment(moment_of(item.payload.get(payload_key)), operator_of(condition), expected)
        )

    return check


condition_type("cartLineItemCreationDate")(_date("lineItemCreationDate", "createdAt"))
condition_type("cartLineItemReleaseDate")(_date("lineItemReleaseDate", "releaseDate"))


@condition_type("cartLineItemCustomField")
def _custom_field(condition: Condition, scope: Scope) -> bool:
    return scope.any_good(lambda item: custom_field_matches(condition, item.payload.get("customFields") or {}))


def custom_field_matches(condition: Condition, fields: Any) -> bool:
    """Compare a custom field with the value of the condition; a switch that was never set is off."""
    field = condition.value.get("renderedField") or {}
    operator, expected = operator_of(condition), condition.value.get("renderedFieldValue")
    actual = fields.get(field.get("name")) if isinstance(fields, dict) else None
    if field.get("type") in ("bool", "switch"):
        actual, expected = bool(actual), expected in (True, 1, "1", "true", "on", "yes")
    if actual is None:
        return operator == "!=" and expected is not None
    if isinstance(actual, list):
        return comparison.ids(actual, operator, expected if isinstance(expected, list) else [str(expected)])
    if operator in ("=", "!="):
        return (actual == expected) is (operator == "=")
    try:
        left, right = decimal(actual), decimal(expected)
    except ArithmeticError:
        return False
    return {">": left > right, "<": left < right, ">=": left >= right, "<=": left <= right}.get(operator, False)


def _promotion_lines(condition: Condition, scope: Scope, key: str, check: Callable[[LineItem], bool]) -> bool:
    if scope.item is not None:
        return check(scope.item)
    lines = scope.cart.of_type(PROMOTION) if scope.cart else []
    if not lines:
        return operator_of(condition) == "!=" and scope.cart is not None
    return any(check(item) for item in lines if item.payload.get(key) is not None)


@condition_type("promotionLineItem")
def _promotion_line(condition: Condition, scope: Scope) -> bool:
    wanted = condition.value.get("identifiers")

    def check(item: LineItem) -> bool:
        return comparison.ids([item.payload.get("promotionId")], operator_of(condition), wanted)

    return _promotion_lines(condition, scope, "promotionId", check)


@condition_type("promotionCodeOfType")
def _promotion_code(condition: Condition, scope: Scope) -> bool:
    wanted = condition.value.get("promotionCodeType")

    def check(item: LineItem) -> bool:
        return comparison.text(item.payload.get("promotionCodeType"), operator_of(condition), wanted)

    return _promotion_lines(condition, scope, "promotionCodeType", check)
