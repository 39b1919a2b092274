"""Prices as orders keep them: JSON without the names that the API adds."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from updategate.embedded.refshop.cart.money import decimal, plain
from updategate.embedded.refshop.cart.prices import (
    AbsolutePriceDefinition,
    CalculatedPrice,
    CalculatedTax,
    CartPrice,
    ListPrice,
    PercentagePriceDefinition,
    PriceDefinition,
    QuantityPriceDefinition,
    ReferencePriceDefinition,
    TaxRule,
)

Json = dict[str, Any]


def taxes_doc(taxes: tuple[CalculatedTax, ...], rules: tuple[TaxRule, ...]) -> Json:
    """Return taxes and tax rules."""
    return {
        "calculatedTaxes": [
            {"tax": plain(tax.tax), "taxRate": plain(tax.rate), "price": plain(tax.price)} for tax in taxes
        ],
        "taxRules": [{"taxRate": plain(rule.rate), "percentage": plain(rule.percentage)} for rule in rules],
    }


def price_doc(price: CalculatedPrice) -> Json:
    """Return a calculated price."""
    before, reference = price.list_price, price.reference
    return {
        "unitPrice": plain(price.unit),
        "quantity": price.quantity,
        "totalPrice": plain(price.total),
        **taxes_doc(price.taxes, price.rules),
        "referencePrice": reference
        and {
            "price": plain(reference.price),
            "purchaseUnit": plain(reference.definition.purchase_unit),
            "referenceUnit": plain(reference.definition.reference_unit),
            "unitName": reference.definition.unit_name,
        },
        "listPrice": before
        and {
            "price": plain(before.price),
            "discount": plain(before.discount),
            "percentage": plain(before.percentage),
        },
        "regulationPrice": None if price.regulation is None else {"price": plain(price.regulation)},
    }


def cart_price_doc(price: CartPrice) -> Json:
    """Return the price of an order."""
    return {
        "netPrice": plain(price.net),
        "totalPrice": plain(price.total),
        **taxes_doc(price.taxes, price.rules),
        "positionPrice": plain(price.position),
        "taxStatus": price.tax_state.value,
        "rawTotal": plain(price.raw_total),
    }


def definition_doc(definition: PriceDefinition) -> Json:
    """Return what a price was calculated from."""
    if isinstance(definition, QuantityPriceDefinition):
        reference = definition.reference
        return {
            "price": plain(definition.price),
            "taxRules": taxes_doc((), definition.rules)["taxRules"],
            "quantity": definition.quantity,
            "isCalculated": definition.calculated,
            "referencePriceDefinition": reference
            and {
                "purchaseUnit": plain(reference.purchase_unit),
                "referenceUnit": plain(reference.reference_unit),
                "unitName": reference.unit_name,
            },
            "listPrice": None if definition.list_price is None else plain(definition.list_price),
            "regulationPrice": None if definition.regulation is None else plain(definition.regulation),
            "type": "quantity",
        }
    if isinstance(definition, PercentagePriceDefinition):
        return {"percentage": plain(definition.percentage), "filter": None, "type": "percentage"}
    return {"price": plain(definition.price), "filter": None, "type": "absolute"}


def definition_of(stored: Json) -> PriceDefinition:
    """Read a stored (or sent) price definition."""
    kind = stored.get("type", "quantity")
    if kind == "percentage":
        return PercentagePriceDefinition(decimal(stored.get("percentage")))
    if kind == "absolute":
        return AbsolutePriceDefinition(decimal(stored.get("price")))
    rules = tuple(
        TaxRule(decimal(rule.get("taxRate")), decimal(rule.get("percentage"), Decimal(100)))
        for rule in stored.get("taxRules") or ()
    )
    before, regulation, reference = (
        stored.get(name) for name in ("listPrice", "regulationPrice", "referencePriceDefinition")
    )
    return QuantityPriceDefinition(
        decimal(stored.get("price")),
        rules,
        int(stored.get("quantity") or 1),
        None if before is None else decimal(before),
        None if regulation is None else decimal(regulation),
        ReferencePriceDefinition(
            decimal(reference.get("purchaseUnit")),
            decimal(reference.get("referenceUnit")),
            str(reference.get("unitName") or ""),
        )
        if reference
        else None,
        calculated=bool(stored.get("isCalculated", True)),
    )


def price_of(stored: Json | None) -> CalculatedPrice | None:
    """Read a stored calculated price."""
    if not stored:
        return None
    before = stored.get("listPrice")
    return CalculatedPrice(
        decimal(stored.get("unitPrice")),
        decimal(stored.get("totalPrice")),
        tuple(
            CalculatedTax(decimal(tax.get("tax")), decimal(tax.get("taxRate")), decimal(tax.get("price")))
            for tax in stored.get("calculatedTaxes") or ()
        ),
        tuple(
            TaxRule(decimal(rule.get("taxRate")), decimal(rule.get("percentage")))
            for rule in stored.get("taxRules") or ()
        ),
        int(stored.get("quantity") or 1),
        None,
        ListPrice(decimal(before.get("price")), decimal(before.get("discount")), decimal(before.get("percentage")))
        if before
        else None,
    )
