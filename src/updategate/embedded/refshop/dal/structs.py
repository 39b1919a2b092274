"""Values that are objects of their own in the API: prices, taxes, rounding."""

from __future__ import annotations

from typing import Any

_ROUNDING = "shopware_core_framework_data_abstraction_layer_pricing_cash_rounding_config"
_VARIANT_LISTING = "shopware_core_content_product_data_abstraction_layer_variant_listing_config"
_TAX_FREE = "shopware_core_framework_data_abstraction_layer_tax_free_config"


def formatted(type_: str, value: Any) -> Any:
    """Return the value of a field of this type as the API prints it."""
    if value is None:
        return None
    formatter = _FORMATTERS.get(type_)
    return plain(value) if formatter is None else formatter(value)


def plain(value: Any) -> Any:
    """Return the value with whole floats as integers: the plain JSON of the API has no ``199.0``."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def _struct(value: Any, alias: str | None, **defaults: Any) -> dict[str, Any]:
    content = {"extensions": [], **defaults, **plain(value)}
    if alias:
        content["apiAlias"] = alias
    return content


def _price(value: dict[str, Any]) -> dict[str, Any]:
    result = _struct(value, "price")
    for name in ("listPrice", "percentage", "regulationPrice"):
        result.setdefault(name, None)
    for name in ("listPrice", "regulationPrice"):
        if isinstance(result[name], dict):
            result[name] = _price(result[name])
    return result


def _prices(value: Any) -> Any:
    if isinstance(value, dict):
        value = list(value.values())
    return [_price(price) for price in value]


def _taxes(value: dict[str, Any]) -> dict[str, Any]:
    result = dict(value)
    if "calculatedTaxes" in result:
        result["calculatedTaxes"] = [_struct(tax, "cart_tax_calculated") for tax in _rows(result["calculatedTaxes"])]
    if "taxRules" in result:
        rules = _rows(result["taxRules"])
        result["taxRules"] = [_struct({"percentage": 100, **rule}, "cart_tax_rule") for rule in rules]
    return result


def _rows(value: Any) -> list[dict[str, Any]]:
    return list(value.values()) if isinstance(value, dict) else list(value or [])


def _calculated_price(value: Any) -> Any:
    return _struct(_taxes(value), "calculated_price", referencePrice=None, listPrice=None, regulationPrice=None)


def _cart_price(value: Any) -> Any:
    return _struct(_taxes(value), "cart_price")


def _price_definition(value: Any) -> Any:
    kind = value.get("type", "quantity")
    defaults: dict[str, Any] = {"referencePriceDefinition": None, "listPrice": None, "regulationPrice": None}
    if kind != "quantity":
        defaults = {"filter": None}
    return _struct(_taxes(value), f"cart_price_{kind}", **defaults)


def _variant_listing(value: Any) -> Any:
    return {
        "extensions": [],
        "mainVariantId": None,
        "configuratorGroupConfig": None,
        **plain(value),
        "apiAlias": _VARIANT_LISTING,
    }


_FORMATTERS = {
    "price": _prices,
    "rounding": lambda value: _struct(value, _ROUNDING),
    "tax_free": lambda value: _struct(value, _TAX_FREE),
    "calculated_price": _calculated_price,
    "cart_price": _cart_price,
    "price_definition": _price_definition,
    "variant_listing": _variant_listing,
}
