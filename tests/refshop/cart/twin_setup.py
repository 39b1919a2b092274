"""What both shops are set up with before their carts are compared: odd prices, shipping matrices, promotions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]


def made(*parts: object) -> str:
    """Return the same id in both shops."""
    return hashlib.md5("-".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()


def product_id(number: int) -> str:
    """Return the id of one of the products below."""
    return made("product", number)


def method_id(number: int) -> str:
    """Return the id of one of the shipping methods below."""
    return made("shipping", number)


class Setup:
    """The rows to write; ``ids`` finds a shop's own: ``currency/EUR``, ``country/AT``, ``tax/standard`` …."""

    def __init__(self, ids: Mapping[str, str]) -> None:
        self._ids = ids

    def prices(self, **amounts: tuple[float, float]) -> list[Json]:
        """Return prices by currency: gross and net."""
        return [
            {"currencyId": self._ids[f"currency/{iso}"], "gross": gross, "net": net, "linked": False}
            for iso, (gross, net) in amounts.items()
        ]

    def rows(self) -> list[tuple[str, list[Json]]]:
        """Return everything by entity, in the order in which it can be written."""
        alone = [row for row in self.promotions() if row["code"] == "EXCL"]
        others = [row for row in self.promotions() if row["code"] != "EXCL"]
        return [
            ("tax", [{"id": made("tax"), "name": "Odd", "taxRate": 33.33}]),
            ("rule", self.rules()),
            ("product", self.products()),
            ("product_price", self.tiers()),
            ("shipping_method", self.shipping_methods()),
            ("promotion", others),
            # writing a promotion without exclusions takes it out of those of others
            ("promotion", alone),
        ]

    def rules(self) -> list[Json]:
        """Return rules with one condition each."""
        red, trade = self._ids["tax/reduced"], self._ids["customer-group/B2B"]
        conditions: dict[str, tuple[int, str, Json | None]] = {
            "always": (1, "alwaysValid", None),
            "amount100": (1, "cartCartAmount", {"operator": ">=", "amount": 100}),
            "trade": (50, "customerCustomerGroup", {"operator": "=", "customerGroupIds": [trade]}),
            "known": (5, "customerLoggedIn", {"isLoggedIn": True}),
            "heavy": (1, "cartWeight", {"operator": ">", "weight": 3}),
            "cheap": (1, "cartLineItemUnitPrice", {"operator": "<=", "amount": 20}),
            "reduced": (1, "cartLineItemTaxation", {"operator": "=", "taxIds": [red]}),
            "dollars": (9, "currency", {"operator": "=", "currencyIds": [self._ids["currency/USD"]]}),
            "three": (1, "cartLineItemsInCartCount", {"operator": ">=", "count": 3}),
            "without1": (1, "cartLineItem", {"operator": "!=", "identifiers": [product_id(1)]}),
        }
        return [
            {
                "id": made("rule", name),
                "name": f"Twin {name}",
                "priority": priority,
                "conditions": [
                    {
                        "id": made("condition", name),
                        "type": "orContainer",
                        "children": [
                            {"id": made("leaf", name), "type": type_, **({"value": value} if value else {})},
                        ],
                    }
                ],
            }
            for name, (priority, type_, value) in conditions.items()
        ]

    def products(self) -> list[Json]:
        """Return products that tell roundings, taxes and limits apart."""
        standard, reduced, odd = self._ids["tax/standard"], self._ids["tax/reduced"], made("tax")
        limits = {"purchaseSteps": 3, "minPurchase": 2, "maxPurchase": 17}
        rows: list[tuple[str, list[Json], float, Json]] = [
            (standard, self.prices(EUR=(9.99, 8.39)), 0.5, {}),
            (reduced, self.prices(EUR=(3.33, 3.11), USD=(4.01, 3.75)), 1.25, {}),
            (odd, self.prices(EUR=(17.77, 13.33)), 0.333, {}),
            (standard, self.prices(EUR=(0.07, 0.0588)), 0.01, {}),
            (standard, self.prices(EUR=(1234.56, 1037.4454)), 10, {"shippingFree": True}),
            (reduced, self.prices(EUR=(12.3456, 11.5379)), 0.2, limits),
            (standard, self.prices(EUR=(49.995, 42.0126)), 0.75, {"isCloseout": True, "stock": 5}),
        ]
        return [
            {
                "id": product_id(number),
                "productNumber": f"TWIN-{number}",
                "name": f"Twin {number}",
                "taxId": tax,
                "price": price,
                "weight": weight,
                "stock": 1000,
                "active": True,
                "visibilities": [
                    {
                        "id": made("visibility", number),
                        "salesChannelId": self._ids["sales-channel"],
                        "visibility": 30,
                    }
                ],
                **more,
            }
            for number, (tax, price, weight, more) in enumerate(rows, 1)
        ]

    def tiers(self) -> list[Json]:
        """Return advanced prices of the first product."""
        rows = [("always", 1, 4, 9.49, 7.97), ("always", 5, None, 8.88, 7.46), ("trade", 1, 9, 7.77, 6.53),
                ("trade", 10, None, 6.66, 5.6), ("dollars", 1, None, 8.5, 7.14)]  # fmt: skip
        return [
            {
                "id": made("tier", rule, start),
                "productId": product_id(1),
                "ruleId": made("rule", rule),
                "quantityStart": start,
                "quantityEnd": end,
                "price": self.prices(EUR=(gross, net)),
            }
            for rule, start, end, gross, net in rows
        ]

    def shipping_methods(self) -> list[Json]:
        """Return methods by quantity, weight and price, with each kind of tax."""
        by_quantity: list[Json] = [
            {"calculation": 1, "quantityStart": 1, "quantityEnd": 3, "currencyPrice": self.prices(EUR=(3.99, 3.35))},
            {"calculation": 1, "quantityStart": 4, "currencyPrice": self.prices(EUR=(7.49, 6.29), USD=(9.09, 7.64))},
            {
                "calculation": 1,
                "quantityStart": 1,
                "ruleId": made("rule", "trade"),
                "currencyPrice": self.prices(EUR=(2.01, 1.69)),
            },
        ]
        by_weight: list[Json] = [
            {"calculation": 3, "quantityStart": 0, "quantityEnd": 1.5, "currencyPrice": self.prices(EUR=(2.5, 2.1))},
            {"calculation": 3, "quantityStart": 1.5, "currencyPrice": self.prices(EUR=(5.01, 4.21))},
        ]
        by_price: list[Json] = [
            {"calculation": 2, "quantityStart": 0, "quantityEnd": 49.99, "currencyPrice": self.prices(EUR=(6.66, 5.6))},
            {"calculation": 2, "quantityStart": 50, "currencyPrice": self.prices(EUR=(0, 0))},
            {
                "calculationRuleId": made("rule", "heavy"),
                "ruleId": made("rule", "known"),
                "currencyPrice": self.prices(EUR=(13.37, 11.24)),
            },
        ]
        taxes: list[Json] = [
            {"taxType": "auto"},
            {"taxType": "highest"},
            {"taxType": "fixed", "taxId": self._ids["tax/reduced"]},
        ]
        return [
            {
                "id": method_id(number),
                "name": f"Twin {number}",
                "technicalName": f"twin_{number}",
                "active": True,
                "deliveryTimeId": self._ids["delivery-time"],
                "availabilityRuleId": made("rule", "always"),
                "prices": [{"id": made("row", number, index), **row} for index, row in enumerate(rows)],
                "salesChannels": [{"id": self._ids["sales-channel"]}],
                **tax,
            }
            for number, (rows, tax) in enumerate(zip((by_quantity, by_weight, by_price), taxes, strict=True), 1)
        ]

    def promotions(self) -> list[Json]:
        """Return a promotion for every kind of discount, each with its code."""
        exclusions = [made("promotion", code) for code in ("PCT10", "ABS7")]
        picked = {"considerAdvancedRules": True, "sorterKey": "PRICE_ASC", "usageKey": "ALL", "pickerKey": "VERTICAL"}
        return [
            self._promotion("PCT10", ("cart", "percentage", 10, {}), priority=9),
            self._promotion("PCT33", ("cart", "percentage", 33.33, {"maxValue": 20})),
            self._promotion("ABS7", ("cart", "absolute", 7.77, {})),
            self._promotion("FIX20", ("cart", "fixed", 20, {})),
            self._promotion("UNIT5", ("cart", "fixed_unit", 5, {})),
            self._promotion("SHIP50", ("delivery", "percentage", 50, {})),
            self._promotion("SHIP2", ("delivery", "absolute", 2, {})),
            self._promotion("SHIPFOR1", ("delivery", "fixed_unit", 1, {})),
            self._promotion("CHEAP", ("cart", "percentage", 25, {"rule": "cheap"})),
            self._promotion("REDUCED", ("cart", "absolute", 3, {"rule": "reduced"})),
            self._promotion("NTH2", ("cart", "percentage", 50, {**picked, "applierKey": "2"})),
            self._promotion("RICH", ("cart", "percentage", 15, {}), cartRules=["amount100"]),
            self._promotion("TRADE", ("cart", "absolute", 4, {}), personaRules=["trade"]),
            self._promotion("WITHOUT1", ("cart", "absolute", 2.22, {}), cartRules=["without1"]),
            self._promotion("ALONE", ("cart", "percentage", 12, {}), priority=5, preventCombination=True),
            self._promotion("EXCL", ("cart", "absolute", 9, {}), priority=3, exclusionIds=exclusions),
            self._promotion("SET3", ("set", "percentage", 20, {}), group=("COUNT", 3, "PRICE_ASC")),
            self._promotion("SETFIX", ("set", "fixed", 15, {}), group=("COUNT", 2, "PRICE_DESC")),
            self._promotion("SETGROSS", ("set", "absolute", 6, {}), group=("PRICE_UNIT_GROSS", 30, "PRICE_ASC")),
            self._promotion("SETNET", ("set", "percentage", 10, {}), group=("PRICE_UNIT_NET", 25, "PRICE_DESC")),
            self._promotion("BIG", ("cart", "absolute", 5000, {})),
        ]

    def _promotion(self, code: str, discount: tuple[str, str, float, Json], **more: Any) -> Json:
        scope, type_, value, settings = discount
        row: Json = {"id": made("discount", code), "scope": scope, "type": type_, "value": value}
        rule = settings.pop("rule", None)
        row |= {"considerAdvancedRules": False, **settings}
        if rule is not None:
            row |= {"considerAdvancedRules": True, "discountRules": [{"id": made("rule", rule)}]}
        group = more.pop("group", None)
        for name in ("cartRules", "personaRules"):
            if name in more:
                more[name] = [{"id": made("rule", each)} for each in more[name]]
        if group is not None:
            packager, size, sorter = group
            key = {"packagerKey": packager, "value": size, "sorterKey": sorter}
            more |= {"useSetGroups": True, "setgroups": [{"id": made("group", code), **key}]}
        return {
            "id": made("promotion", code),
            "name": code,
            "active": True,
            "useCodes": True,
            "code": code,
            "priority": 1,
            "preventCombination": False,
            "useIndividualCodes": False,
            "useSetGroups": False,
            "customerRestriction": False,
            "salesChannels": [
                {"id": made("channel", code), "salesChannelId": self._ids["sales-channel"], "priority": 1}
            ],
            "discounts": [row],
            **more,
        }
