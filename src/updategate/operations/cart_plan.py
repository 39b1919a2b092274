"""The small shop in which carts are read from a real one.

Everything is plain data in Shopware's words, with keys instead of ids and amounts as texts, so that a plan can be
written to a file with what a shop charged for it, and be understood there without the shop.
"""

from __future__ import annotations

from typing import Any

Plan = dict[str, Any]

_CENTS = {"decimals": 2, "interval": "0.01", "roundForNet": True}


def shop() -> Plan:
    """Describe the shop in which the carts are filled."""
    return {
        "currencies": _currencies(),
        "countries": _countries(),
        "taxes": _taxes(),
        "groups": [{"key": "GROSS", "displayGross": True}, {"key": "NET", "displayGross": False}],
        "channels": [
            {"key": "HORIZONTAL", "taxCalculationType": "horizontal"},
            {"key": "VERTICAL", "taxCalculationType": "vertical"},
        ],
        "customers": _customers(),
        "rules": _rules(),
        "products": _products(),
        "shippingMethods": _shipping_methods(),
        "promotions": _promotions(),
    }


def _rounding(decimals: int, interval: str, *, for_net: bool) -> Plan:
    return {"decimals": decimals, "interval": interval, "roundForNet": for_net}


def _currency(key: str, factor: str, item: Plan | None = None, total: Plan | None = None, **more: object) -> Plan:
    return {"key": key, "factor": factor, "itemRounding": item or _CENTS, "totalRounding": total or _CENTS, **more}


def _currencies() -> list[Plan]:
    coin = _rounding(2, "0.05", for_net=False)
    return [
        _currency("EUR", "1"),
        _currency("XUA", "1.25", total=_rounding(2, "0.05", for_net=True)),
        _currency("XUB", "0.8913", item=coin, total=_rounding(2, "0.10", for_net=False)),
        _currency("XUC", "149.57", item=_rounding(0, "1", for_net=True), total=_rounding(0, "1", for_net=True)),
        _currency("XUD", "1.1", item=_rounding(3, "0.01", for_net=True), total=_rounding(3, "0.01", for_net=True)),
        _currency("XUE", "2", taxFreeFrom="200"),
        _currency(
            "XUF",
            "1.07",
            countryRoundings=[
                {"country": "C2", "itemRounding": coin, "totalRounding": _rounding(2, "0.50", for_net=True)},
                {"country": "C1", "itemRounding": _CENTS, "totalRounding": coin},
            ],
        ),
    ]


def _countries() -> list[Plan]:
    free = {"enabled": True, "amount": "0", "currency": "EUR"}
    return [
        {"key": "C1"},
        {"key": "C2", "customerTax": free},
        {"key": "C3", "companyTax": free, "vatIdPattern": r"XC\d{6}", "checkVatIdPattern": True},
        {"key": "C4", "companyTax": {**free, "amount": "100"}},
        {"key": "C5", "customerTax": {**free, "amount": "150", "currency": "XUA"}},
        {"key": "C6"},
        {"key": "C7"},
    ]


def _taxes() -> list[Plan]:
    def country(key: str, rate: str, **more: object) -> Plan:
        return {"country": key, "rate": rate, "type": "entire_country", **more}

    zips = {"type": "zip_code_range", "fromZipCode": "80000", "toZipCode": "89999"}
    return [
        {"key": "T19", "rate": "19", "rules": [country("C1", "20"), country("C6", "21"), country("C6", "17", **zips)]},
        {
            "key": "T7",
            "rate": "7",
            "rules": [country("C1", "10"), country("C6", "9", type="zip_code", zipCode="80331")],
        },
        {"key": "T0", "rate": "0", "rules": [country("C1", "4")]},
        {"key": "T55", "rate": "5.5", "rules": []},
        {"key": "T81", "rate": "8.1", "rules": []},
    ]


def _customers() -> list[Plan]:
    company = {"company": "Muster AG"}
    return [
        {"key": "GROSS-C1", "group": "GROSS", "country": "C1"},
        {"key": "NET-C7", "group": "NET", "country": "C7", **company, "vatIds": ["DE123456789"]},
        {"key": "NET-C1", "group": "NET", "country": "C1", **company},
        {"key": "NET-C2", "group": "NET", "country": "C2", **company},
        {"key": "COMPANY-C3", "group": "GROSS", "country": "C3", **company, "vatIds": ["XC123456"]},
        {"key": "WRONG-C3", "group": "NET", "country": "C3", **company, "vatIds": ["DE123456789"]},
        {"key": "NO-VAT-C3", "group": "GROSS", "country": "C3", **company},
        {"key": "COMPANY-C4", "group": "GROSS", "country": "C4", **company, "vatIds": ["ANYTHING"]},
        {"key": "NET-C5", "group": "NET", "country": "C5"},
        {"key": "ZIP-C6", "group": "GROSS", "country": "C6", "zipcode": "80331"},
        {"key": "RANGE-C6", "group": "NET", "country": "C6", "zipcode": "81000"},
    ]


def _rules() -> list[Plan]:
    def of(key: str, priority: int, kind: str, **value: object) -> Plan:
        return {"key": key, "priority": priority, "condition": {"type": kind, **value}}

    return [
        of("ALWAYS", 1, "alwaysValid"),
        of("NET-GROUP", 20, "customerCustomerGroup", groups=["NET"]),
        of("CART-100", 10, "cartCartAmount", operator=">=", amount="100"),
        of("GOODS-60", 5, "cartGoodsPrice", operator=">=", amount="60"),
        of("TO-C1", 30, "customerShippingCountry", countries=["C1"]),
        of("IS-BOOK", 2, "cartLineItem", products=["BOOK"]),
        of("IS-MUG-OR-PEN", 3, "cartLineItem", products=["MUG", "PEN"]),
        of("DEARER-THAN-20", 4, "cartLineItemUnitPrice", operator=">", amount="20"),
        of("HAS-STAMP", 6, "cartLineItem", products=["STAMP"]),
    ]


def _product(key: str, tax: str, gross: str, net: str, **more: object) -> Plan:
    return {"key": key, "tax": tax, "prices": [{"currency": "EUR", "net": net, "gross": gross}], **more}


def _tier(rule: str, start: int, end: int | None, gross: str, net: str) -> Plan:
    price = {"currency": "EUR", "net": net, "gross": gross}
    return {"rule": rule, "quantityStart": start, "quantityEnd": end, "prices": [price]}


def _products() -> list[Plan]:
    mug = _product("MUG", "T19", "11.99", "10.08", weight="0.4", length="100", width="90", height="120")
    mug["prices"].append({"currency": "XUA", "net": "12.77", "gross": "15.20"})
    return [
        mug,
        _product("BOOK", "T7", "24.95", "23.32", weight="0.75", length="210", width="150", height="30"),
        _product("APPLE", "T7", "0.37", "0.35", weight="0.2", maxPurchase=500),
        _product(
            "PEN",
            "T19",
            "1.79",
            "1.5042",
            weight="0.02",
            advancedPrices=[
                _tier("ALWAYS", 1, 9, "1.79", "1.50"),
                _tier("ALWAYS", 10, 24, "1.49", "1.25"),
                _tier("ALWAYS", 25, None, "1.19", "1.00"),
                _tier("NET-GROUP", 1, 4, "1.55", "1.3025"),
                _tier("NET-GROUP", 5, None, "1.11", "0.9328"),
            ],
        ),
        _product(
            "LAMP", "T19", "189.90", "159.58", weight="3.2", advancedPrices=[_tier("CART-100", 2, None, "175", "147")]
        ),
        _product("SAFE", "T19", "333.33", "280.11", weight="28.5", length="400", width="350", height="300"),
        _product("PILLOW", "T81", "19.05", "17.62", weight="0.9", shippingFree=True),
        _product("GIFT", "T0", "15.00", "15.00", weight="0.1"),
        _product("STAMP", "T55", "7.13", "6.76", weight="0.01"),
        _product("BREAD", "T7", "3.10", "2.9", weight="1", minPurchase=2, purchaseSteps=2),
    ]


def _row(
    gross: str, net: str, calculation: int, start: str | None = None, end: str | None = None, **more: object
) -> Plan:
    return {
        "prices": [{"currency": "EUR", "net": net, "gross": gross}],
        "calculation": calculation,
        "quantityStart": start,
        "quantityEnd": end,
        **more,
    }


def _shipping_methods() -> list[Plan]:
    count, price, weight, volume = 1, 2, 3, 4
    own_currency = _row("6.49", "5.45", price, "0")
    own_currency["prices"].append({"currency": "XUA", "net": "7.33", "gross": "8.72"})
    return [
        {"key": "FLAT", "taxType": "auto", "prices": [own_currency]},
        {
            "key": "BY-PRICE",
            "taxType": "auto",
            "prices": [_row("7.77", "6.53", price, "0", "49.99"), _row("3.33", "2.80", price, "50")],
        },
        {
            "key": "BY-WEIGHT",
            "taxType": "highest",
            "prices": [
                _row("4.10", "3.45", weight, "0", "2"),
                _row("8.20", "6.89", weight, "2", "20"),
                _row("39", "32.77", weight, "20"),
            ],
        },
        {
            "key": "BY-VOLUME",
            "taxType": "fixed",
            "tax": "T7",
            "prices": [_row("5.55", "5.19", volume, "0", "5000000"), _row("11.11", "10.38", volume, "5000000")],
        },
        {
            "key": "BY-COUNT",
            "taxType": "auto",
            "prices": [_row("2.50", "2.10", count, "1", "5"), _row("5.05", "4.24", count, "6")],
        },
        {
            "key": "BY-RULE",
            "taxType": "auto",
            "prices": [
                _row("9.90", "8.32", price, "0"),
                _row("1.23", "1.03", price, "0", rule="CART-100"),
                _row("14.95", "12.56", price, "0", "300", rule="TO-C1"),
                _row("2.22", "1.87", price, rule="NET-GROUP", calculationRule="GOODS-60"),
            ],
        },
    ]


def _promotion(key: str, *discounts: Plan, **more: object) -> Plan:
    return {"key": key, "code": key, "priority": 1, "discounts": list(discounts), **more}


def _discount(kind: str, value: str, scope: str = "cart", **more: object) -> Plan:
    return {"type": kind, "value": value, "scope": scope, **more}


def _advanced(**fields: object) -> Plan:
    return {"considerAdvancedRules": True, **fields}


def _sets(*groups: tuple[str, str, str, list[str]]) -> Plan:
    listed = [
        {"packagerKey": packager, "value": value, "sorterKey": sorter, "rules": rules}
        for packager, value, sorter, rules in groups
    ]
    return {"useSetGroups": True, "setGroups": listed}


def _promotions() -> list[Plan]:
    return [*_plain_promotions(), *_set_promotions(), *_delivery_promotions(), *_competing_promotions()]


def _plain_promotions() -> list[Plan]:
    cheapest = _advanced(sorterKey="PRICE_ASC", applierKey="1", usageKey="ALL")
    dearest = _advanced(sorterKey="PRICE_DESC", applierKey="ALL", usageKey="2")
    return [
        _promotion("PCT", _discount("percentage", "12.5")),
        _promotion("ALL-OFF", _discount("percentage", "100")),
        _promotion("MAX", _discount("percentage", "50", maxValue="7.77")),
        _promotion(
            "MAX-OWN", _discount("percentage", "50", maxValue="7", currencyValues={"XUA": "3.33", "XUB": "2.02"})
        ),
        _promotion("ABS", _discount("absolute", "9.99")),
        _promotion("ABS-OWN", _discount("absolute", "9.99", currencyValues={"XUB": "4.44"})),
        _promotion("FIXED", _discount("fixed", "49.99")),
        _promotion("FIXED-UNIT", _discount("fixed_unit", "9.49")),
        _promotion("BOOKS", _discount("percentage", "30", **_advanced(rules=["IS-BOOK"]))),
        _promotion("BOOKS-ABS", _discount("absolute", "20", **_advanced(rules=["IS-BOOK", "DEARER-THAN-20"]))),
        _promotion("BOOKS-UNIT", _discount("fixed_unit", "15", **_advanced(rules=["DEARER-THAN-20"]))),
        _promotion("CHEAPEST", _discount("percentage", "100", **cheapest)),
        _promotion("DEAREST", _discount("percentage", "25", **dearest)),
        _promotion("FROM-100", _discount("percentage", "10"), cartRules=["CART-100"]),
        _promotion("NET-ONLY", _discount("absolute", "5"), customerRules=["NET-GROUP"]),
        _promotion("STAMPS", _discount("percentage", "3"), code=None, cartRules=["HAS-STAMP"]),
        _promotion("TWO", _discount("absolute", "2"), _discount("percentage", "20")),
    ]


def _set_promotions() -> list[Plan]:
    anything: list[str] = []
    three = ("COUNT", "3", "PRICE_ASC", anything)
    two_dear = ("COUNT", "2", "PRICE_DESC", anything)
    one_cheap = ("COUNT", "1", "PRICE_ASC", anything)
    mug_or_pen = ("COUNT", "1", "PRICE_DESC", ["IS-MUG-OR-PEN"])
    book = ("COUNT", "1", "PRICE_ASC", ["IS-BOOK"])
    vertical = _advanced(sorterKey="PRICE_ASC", applierKey="1", usageKey="ALL", pickerKey="VERTICAL")
    horizontal = _advanced(sorterKey="PRICE_DESC", applierKey="1", usageKey="2", pickerKey="HORIZONTAL")
    return [
        _promotion("SET-PCT", _discount("percentage", "20", "set"), **_sets(three)),
        _promotion("SET-FIXED", _discount("fixed", "29.99", "set"), **_sets(mug_or_pen, book)),
        _promotion("SET-ABS", _discount("absolute", "6.66", "set"), **_sets(two_dear)),
        _promotion("SET-UNIT", _discount("fixed_unit", "8.88", "set"), **_sets(three)),
        _promotion("SET-VERTICAL", _discount("percentage", "100", "set", **vertical), **_sets(three)),
        _promotion("SET-HORIZONTAL", _discount("percentage", "50", "set", **horizontal), **_sets(three)),
        _promotion("GROUP-2", _discount("percentage", "100", "setgroup-2"), **_sets(two_dear, one_cheap)),
        _promotion("GROUP-1", _discount("fixed", "25", "setgroup-1"), **_sets(mug_or_pen, book)),
        _promotion(
            "SET-GROSS", _discount("percentage", "15", "set"), **_sets(("PRICE_UNIT_GROSS", "30", "PRICE_ASC", []))
        ),
        _promotion("SET-NET", _discount("absolute", "4", "set"), **_sets(("PRICE_UNIT_NET", "25", "PRICE_DESC", []))),
    ]


def _delivery_promotions() -> list[Plan]:
    return [
        _promotion("SHIP-PCT", _discount("percentage", "33", "delivery")),
        _promotion("SHIP-FREE", _discount("percentage", "100", "delivery")),
        _promotion("SHIP-MAX", _discount("percentage", "80", "delivery", maxValue="1.50")),
        _promotion("SHIP-ABS", _discount("absolute", "2.34", "delivery")),
        _promotion("SHIP-FIXED", _discount("fixed_unit", "1.99", "delivery")),
        _promotion("SHIP-FIXED-2", _discount("fixed_unit", "0.99", "delivery")),
        _promotion("BOTH", _discount("percentage", "5"), _discount("percentage", "50", "delivery")),
    ]


def _competing_promotions() -> list[Plan]:
    return [
        _promotion("FIRST", _discount("absolute", "30"), priority=10),
        _promotion("ALONE", _discount("percentage", "7"), priority=8, preventCombination=True),
        _promotion("EXCLUDES-PCT", _discount("absolute", "3"), priority=6, exclusions=["PCT"]),
    ]
