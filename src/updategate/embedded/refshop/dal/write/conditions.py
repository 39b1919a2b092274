"""Checks the conditions of rules: whether their type exists, and whether they have what they need."""

from __future__ import annotations

from typing import Any

from updategate.embedded.refshop.dal.problems import violation

from .values import Violations, blank

_CHOICE = "8e179f1b-97aa-4560-a02f-2a8b42e49df7"

TYPES = frozenset(
    [
        "allLineItemsContainer",
        "alwaysValid",
        "andContainer",
        "cartCartAmount",
        "cartGoodsCount",
        "cartGoodsPrice",
        "cartHasDeliveryFreeItem",
        "cartLineItem",
        "cartLineItemActualStock",
        "cartLineItemClearanceSale",
        "cartLineItemCreationDate",
        "cartLineItemCustomField",
        "cartLineItemDimensionHeight",
        "cartLineItemDimensionLength",
        "cartLineItemDimensionVolume",
        "cartLineItemDimensionWeight",
        "cartLineItemDimensionWidth",
        "cartLineItemGoodsTotal",
        "cartLineItemInCategory",
        "cartLineItemInProductStream",
        "cartLineItemIsNew",
        "cartLineItemListPrice",
        "cartLineItemListPriceRatio",
        "cartLineItemOfManufacturer",
        "cartLineItemOfType",
        "cartLineItemProductStates",
        "cartLineItemPromoted",
        "cartLineItemProperty",
        "cartLineItemPropertyValue",
        "cartLineItemPurchasePrice",
        "cartLineItemReleaseDate",
        "cartLineItemStock",
        "cartLineItemTag",
        "cartLineItemTaxation",
        "cartLineItemTotalPrice",
        "cartLineItemUnitPrice",
        "cartLineItemVariantValue",
        "cartLineItemWithQuantity",
        "cartLineItemsInCartCount",
        "cartPositionPrice",
        "cartShippingCost",
        "cartTaxDisplay",
        "cartTotalPurchasePrice",
        "cartVolume",
        "cartWeight",
        "currency",
        "customerAffiliateCode",
        "customerAge",
        "customerBillingCity",
        "customerBillingCountry",
        "customerBillingState",
        "customerBillingStreet",
        "customerBillingZipCode",
        "customerBirthday",
        "customerCampaignCode",
        "customerCreatedByAdmin",
        "customerCustomField",
        "customerCustomerGroup",
        "customerCustomerNumber",
        "customerDaysSinceFirstLogin",
        "customerDaysSinceLastLogin",
        "customerDaysSinceLastOrder",
        "customerDefaultPaymentMethod",
        "customerDifferentAddresses",
        "customerEmail",
        "customerIsActive",
        "customerIsCompany",
        "customerIsGuest",
        "customerIsNewsletterRecipient",
        "customerLastName",
        "customerLoggedIn",
        "customerOrderCount",
        "customerOrderTotalAmount",
        "customerSalutation",
        "customerShippingCity",
        "customerShippingCountry",
        "customerShippingState",
        "customerShippingStreet",
        "customerShippingZipCode",
        "customerTag",
        "dateRange",
        "dayOfWeek",
        "language",
        "notContainer",
        "numberOfReviews",
        "orContainer",
        "orderAffiliateCode",
        "orderCampaignCode",
        "orderCreatedByAdmin",
        "orderCustomField",
        "orderDeliveryStatus",
        "orderDocumentType",
        "orderDocumentTypeSent",
        "orderStatus",
        "orderTag",
        "orderTrackingCode",
        "orderTransactionStatus",
        "paymentMethod",
        "promotionCodeOfType",
        "promotionLineItem",
        "promotionValue",
        "promotionsInCartCount",
        "salesChannel",
        "shippingMethod",
        "timeRange",
        "xorContainer",
    ]
)

_NUMERIC = ("=", "<=", ">=", "!=", ">", "<")
_LISTED = ("=", "!=")

#: what the value of a condition must hold: keys, and the operators it knows
_NEEDED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "cartCartAmount": (("amount",), _NUMERIC),
    "cartPositionPrice": (("amount",), _NUMERIC),
    "cartGoodsPrice": (("amount",), _NUMERIC),
    "cartGoodsCount": (("count",), _NUMERIC),
    "cartLineItemsInCartCount": (("count",), _NUMERIC),
    "cartWeight": (("weight",), _NUMERIC),
    "customerCustomerGroup": (("customerGroupIds",), _LISTED),
    "customerBillingCountry": (("countryIds",), (*_LISTED, "empty")),
    "customerShippingCountry": (("countryIds",), (*_LISTED, "empty")),
    "cartLineItem": (("identifiers",), _LISTED),
    "cartLineItemInCategory": (("categoryIds",), (*_LISTED, "empty")),
    "cartLineItemOfManufacturer": (("manufacturerIds",), (*_LISTED, "empty")),
    "currency": (("currencyIds",), _LISTED),
    "salesChannel": (("salesChannelIds",), _LISTED),
    "paymentMethod": (("paymentMethodIds",), _LISTED),
    "shippingMethod": (("shippingMethodIds",), _LISTED),
    "dayOfWeek": (("dayOfWeek",), _LISTED),
}


def check_condition(row: dict[str, Any], path: str) -> Violations:
    """Return what is wrong with a written condition."""
    type_ = row.get("type")
    if type_ is None:
        return []
    if type_ not in TYPES:
        template = "This {{ value }} is not a valid condition type."
        return [
            violation(f"{path}/type", "CONTENT__INVALID_RULE_TYPE_EXCEPTION", template, {"{{ value }}": str(type_)})
        ]
    if type_ not in _NEEDED:
        return []
    value = row.get("value") or {}
    keys, operators = _NEEDED[type_]
    wrong = []
    if value.get("operator") != "empty":
        wrong = [blank(f"{path}/value/{key}") for key in keys if value.get(key) in (None, "", [])]
    chosen = value.get("operator")
    if chosen is None:
        wrong.append(blank(f"{path}/value/operator"))
    elif chosen not in operators:
        shown = ", ".join(f'"{operator}"' for operator in operators)
        wrong.append(
            violation(
                f"{path}/value/operator",
                _CHOICE,
                "The value you selected is not a valid choice.",
                {"{{ value }}": f'"{chosen}"', "{{ choices }}": shown},
            )
        )
    return wrong
