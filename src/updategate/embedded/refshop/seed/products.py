"""Reads the products: one line each becomes a product with prices, visibility, variants."""

from __future__ import annotations

import difflib
from decimal import ROUND_HALF_UP, Decimal
from itertools import product as combinations
from pathlib import Path
from typing import Any

import yaml

from updategate.embedded.refshop.dal.ids import SYSTEM_CURRENCY, derived_id

from .errors import SeedError
from .notation import LANGUAGES, Rows, id_of

_RATES = {"standard": Decimal(19), "reduced": Decimal(7), "zero": Decimal(0)}
_KEYS = {
    *("name", "category", "maker", "gross", "tax", "stock", "weight", "tiers", "trade", "currencies", "list", "unit"),
    *("min", "max", "steps", "closeout", "hidden", "inactive", "options", "material", "ean", "topseller"),
    "free_shipping",
}


def read_products(file: Path) -> Rows:
    """Return the rows of all products and their variants."""
    rows: Rows = []
    for number, line in yaml.safe_load(file.read_text(encoding="utf-8")).items():
        unknown = next((key for key in line if key not in _KEYS), None)
        if unknown:
            nearest = difflib.get_close_matches(unknown, _KEYS, n=1)
            hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
            raise SeedError(f"{file.name}: {number}: unknown key {unknown!r}{hint}")
        rows += _product(number, line)
    return rows


def _product(number: str, line: dict[str, Any]) -> Rows:
    id_ = id_of("product", number)
    tax = line.get("tax", "standard")
    rate = _RATES[tax]
    product: dict[str, Any] = {
        "id": id_,
        "productNumber": number,
        "taxId": id_of("tax", tax),
        "manufacturerId": id_of("product_manufacturer", line["maker"]),
        "deliveryTimeId": id_of("delivery_time", "1-3-days"),
        "active": not line.get("inactive", False),
        "stock": line["stock"],
        "isCloseout": line.get("closeout", False),
        "minPurchase": line.get("min", 1),
        "purchaseSteps": line.get("steps", 1),
        "maxPurchase": line.get("max"),
        "shippingFree": line.get("free_shipping", False),
        "markAsTopseller": line.get("topseller", False),
        "weight": line.get("weight"),
        "ean": line.get("ean"),
        "translations": _texts(line["name"]),
        "price": _prices(line["gross"], rate, line.get("currencies"), line.get("list")),
        "categories": [{"id": id_of("category", line["category"])}],
        "media": [{"id": derived_id("product_media", number), "mediaId": _media_id(number), "position": 1}],
        "coverId": derived_id("product_media", number),
        "prices": _tiers(number, line, rate),
    }
    if not line.get("hidden"):
        channels = ("storefront", "headless")
        product["visibilities"] = [
            {
                "id": derived_id("product_visibility", number, channel),
                "salesChannelId": id_of("sales_channel", channel),
                "visibility": 30,
            }
            for channel in channels
        ]
    if "unit" in line:
        unit, content, reference = line["unit"]
        product |= {"unitId": id_of("unit", unit), "purchaseUnit": content, "referenceUnit": reference}
    if "material" in line:
        product["properties"] = [{"id": id_of("property_group_option", line["material"])}]
    media = {
        "id": _media_id(number),
        "fileName": number.lower(),
        "fileExtension": "png",
        "mimeType": "image/png",
        "private": False,
        "translations": {language: {"alt": text["name"]} for language, text in _texts(line["name"]).items()},
    }
    rows: Rows = [("media", media), ("product", product)]
    if "options" in line:
        rows += _variants(number, line, rate)
    return rows


def _variants(number: str, line: dict[str, Any], rate: Decimal) -> Rows:
    settings = dict(line["options"])
    stock, surcharge = settings.pop("stock"), settings.pop("surcharge", {})
    parent = id_of("product", number)
    rows: Rows = [
        (
            "product_configurator_setting",
            {
                "id": derived_id("product_configurator_setting", number, str(option)),
                "productId": parent,
                "optionId": id_of("property_group_option", str(option)),
                "position": position,
            },
        )
        for options in settings.values()
        for position, option in enumerate(options)
    ]
    for chosen in combinations(*settings.values()):
        name = "-".join([number, *(str(option).upper() for option in chosen)])
        extra = sum((Decimal(str(surcharge.get(option, 0))) for option in chosen), Decimal(0))
        variant: dict[str, Any] = {
            "id": id_of("product", name),
            "parentId": parent,
            "productNumber": name,
            "stock": stock,
            "active": True,
            "options": [{"id": id_of("property_group_option", str(option))} for option in chosen],
        }
        if extra:
            variant["price"] = _prices(Decimal(str(line["gross"])) + extra, rate, None, None)
        rows.append(("product", variant))
    return rows


def _tiers(number: str, line: dict[str, Any], rate: Decimal) -> list[dict[str, Any]]:
    rows = []
    for key, rule in (("trade", "trade"), ("tiers", "always")):
        tiers = sorted((line.get(key) or {}).items())
        if tiers and tiers[0][0] != 1:
            tiers.insert(0, (1, line["gross"]))
        for position, (start, gross) in enumerate(tiers):
            row = {
                "id": derived_id("product_price", number, rule, str(start)),
                "ruleId": id_of("rule", rule),
                "quantityStart": start,
                "price": _prices(gross, rate, None, None),
            }
            if position + 1 < len(tiers):
                row["quantityEnd"] = tiers[position + 1][0] - 1
            rows.append(row)
    return rows


def _prices(gross: Any, rate: Decimal, currencies: dict[str, Any] | None, crossed: Any) -> list[dict[str, Any]]:
    prices = [_price(SYSTEM_CURRENCY, gross, rate)]
    if crossed is not None:
        prices[0]["listPrice"] = _price(SYSTEM_CURRENCY, crossed, rate)
    for currency, amount in (currencies or {}).items():
        prices.append(_price(id_of("currency", currency), amount, rate))
    return prices


def _price(currency_id: str, gross: Any, rate: Decimal) -> dict[str, Any]:
    amount = Decimal(str(gross))
    net = (amount / (100 + rate) * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    # JSON knows no decimals: these are the shortest texts of two-digit amounts, and read back as such
    return {"currencyId": currency_id, "net": _number(net), "gross": _number(amount), "linked": True}


def _number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _texts(name: dict[str, str] | str) -> dict[str, dict[str, str]]:
    names = name if isinstance(name, dict) else dict.fromkeys(LANGUAGES, name)
    details = {"en": "For workshop and site. {}.", "de": "Für Werkstatt und Baustelle. {}."}
    return {
        LANGUAGES[language]: {"name": text, "description": f"<p>{details[language].format(text)}</p>"}
        for language, text in names.items()
    }


def _media_id(number: str) -> str:
    return derived_id("media", number)
