"""Turns a planned shop into what the Admin API takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from updategate.actors.test_data.workbench import SYSTEM_CURRENCY
from updategate.clients.admin_api import AdminApi, Criteria
from updategate.clients.json_text import JsonObject
from updategate.operations.cart_keys import CartShop
from updategate.operations.cart_plan import Plan

_API_CHANNEL = "f183ee5650cf4bdb8a774337575067a6"
_VISIBLE = 30


def payloads(admin: AdminApi, plan: Plan, shop: CartShop) -> Iterator[tuple[str, list[JsonObject]]]:
    """Yield what to create, in an order in which everything that is referred to comes first."""
    given = _Given.of(admin)
    build = _Payloads(shop, given)
    own = [currency for currency in plan["currencies"] if currency["key"] != "EUR"]
    yield "country", [build.country(row) for row in plan["countries"]]
    yield "currency", [build.currency(row) for row in own]
    # a country's limit can be in a currency of ours, which had to wait for the countries of its roundings
    yield "country", [build.country(row, currencies=True) for row in plan["countries"]]
    yield "tax", [build.tax(row) for row in plan["taxes"]]
    yield "customer_group", [build.group(row) for row in plan["groups"]]
    yield "rule", [build.rule(row) for row in plan["rules"]]
    yield "shipping_method", [build.shipping_method(row) for row in plan["shippingMethods"]]
    yield "sales_channel", [build.channel(row, plan) for row in plan["channels"]]
    yield "product", [build.product(row) for row in plan["products"]]
    yield "promotion", [build.promotion(row) for row in plan["promotions"]]
    # Shopware makes exclusions mutual, and takes them back when it indexes an excluded promotion after the other
    yield "promotion", [build.exclusions(row) for row in plan["promotions"] if "exclusions" in row]
    yield "customer", [build.customer(row) for row in plan["customers"]]


@dataclass(frozen=True, slots=True)
class _Given:
    """What the real shop already has and ours needs."""

    language_id: str
    payment_method_id: str
    category_id: str
    delivery_time_id: str
    salutation_id: str
    tax_rule_types: Mapping[str, str]

    @classmethod
    def of(cls, admin: AdminApi) -> _Given:
        channels = admin.search("sales_channel", Criteria().equals("active", value=True).limit(1)).data
        if not channels:
            message = "the shop has no active sales channel to take the navigation and payment method of"
            raise LookupError(message)
        types = admin.search("tax_rule_type", Criteria().limit(50)).data
        return cls(
            language_id=str(channels[0]["languageId"]),
            payment_method_id=str(channels[0]["paymentMethodId"]),
            category_id=str(channels[0]["navigationCategoryId"]),
            delivery_time_id=admin.ids("delivery_time", Criteria().limit(1))[0],
            salutation_id=admin.ids("salutation", Criteria().limit(1))[0],
            tax_rule_types={str(row["technicalName"]): str(row["id"]) for row in types},
        )


@dataclass(frozen=True, slots=True)
class _Payloads:
    """Turns rows of the plan into what the Admin API takes."""

    shop: CartShop
    given: _Given

    def country(self, row: Plan, *, currencies: bool = False) -> JsonObject:
        def freedom(name: str) -> JsonObject:
            tax = row.get(name) or {"enabled": False, "amount": "0", "currency": "EUR"}
            currency = tax["currency"] if currencies else "EUR"
            return {
                "enabled": tax["enabled"],
                "amount": Decimal(tax["amount"]),
                "currencyId": self.shop.id("currency", currency),
            }

        return {
            "id": self.shop.id("country", row["key"]),
            "name": self.shop.identity.name(row["key"]),
            "iso": row["key"],
            "iso3": f"X{row['key']}",
            "active": True,
            "shippingAvailable": True,
            "position": 99,
            "customerTax": freedom("customerTax"),
            "companyTax": freedom("companyTax"),
            "vatIdPattern": row.get("vatIdPattern"),
            "checkVatIdPattern": row.get("checkVatIdPattern", False),
        }

    def currency(self, row: Plan) -> JsonObject:
        return {
            "id": self.shop.id("currency", row["key"]),
            "isoCode": row["key"],
            "name": self.shop.identity.name(row["key"]),
            "shortName": row["key"],
            "symbol": row["key"],
            "factor": Decimal(row["factor"]),
            "position": 99,
            "itemRounding": _rounding(row["itemRounding"]),
            "totalRounding": _rounding(row["totalRounding"]),
            "taxFreeFrom": Decimal(row.get("taxFreeFrom", "0")),
            "countryRoundings": [
                {
                    "id": self.shop.id("rounding", f"{row['key']} {override['country']}"),
                    "countryId": self.shop.id("country", override["country"]),
                    "itemRounding": _rounding(override["itemRounding"]),
                    "totalRounding": _rounding(override["totalRounding"]),
                }
                for override in row.get("countryRoundings", [])
            ],
        }

    def tax(self, row: Plan) -> JsonObject:
        return {
            "id": self.shop.id("tax", row["key"]),
            "name": self.shop.identity.name(row["key"]),
            "taxRate": Decimal(row["rate"]),
            "position": 99,
            "rules": [self._tax_rule(row["key"], number, rule) for number, rule in enumerate(row["rules"])],
        }

    def _tax_rule(self, tax: str, number: int, rule: Plan) -> JsonObject:
        data = {name: rule[name] for name in ("zipCode", "fromZipCode", "toZipCode") if name in rule}
        payload: JsonObject = {
            "id": self.shop.id("tax rule", f"{tax} {number}"),
            "countryId": self.shop.id("country", rule["country"]),
            "taxRuleTypeId": self.given.tax_rule_types[rule["type"]],
            "taxRate": Decimal(rule["rate"]),
        }
        return payload | ({"data": data} if data else {})

    def group(self, row: Plan) -> JsonObject:
        return {
            "id": self.shop.id("group", row["key"]),
            "name": self.shop.identity.name(row["key"]),
            "displayGross": row["displayGross"],
        }

    def rule(self, row: Plan) -> JsonObject:
        return {
            "id": self.shop.id("rule", row["key"]),
            "name": self.shop.identity.name(row["key"]),
            "priority": row["priority"],
            "conditions": [{"id": self.shop.id("condition", row["key"]), **self._condition(row["condition"])}],
        }

    def _condition(self, condition: Plan) -> JsonObject:
        value: JsonObject = {}
        for plural, entity, field in (
            ("groups", "group", "customerGroupIds"),
            ("countries", "country", "countryIds"),
            ("products", "product", "identifiers"),
        ):
            if plural in condition:
                value = {"operator": "=", field: [self.shop.id(entity, key) for key in condition[plural]]}
        if "amount" in condition:
            value = {"operator": condition["operator"], "amount": Decimal(condition["amount"])}
        return {"type": condition["type"]} | ({"value": value} if value else {})

    def prices(self, rows: list[Plan]) -> list[JsonObject]:
        return [
            {
                "currencyId": self.shop.id("currency", row["currency"]),
                "net": Decimal(row["net"]),
                "gross": Decimal(row["gross"]),
                "linked": False,
            }
            for row in rows
        ]

    def product(self, row: Plan) -> JsonObject:
        plain = ("shippingFree", "minPurchase", "purchaseSteps", "maxPurchase")
        measures = ("weight", "length", "width", "height")
        return {
            "id": self.shop.id("product", row["key"]),
            "productNumber": self.shop.number(row["key"]),
            "name": self.shop.identity.name(row["key"]),
            "active": True,
            "stock": 10000,
            "taxId": self.shop.id("tax", row["tax"]),
            "price": self.prices(row["prices"]),
            "prices": [
                {
                    "id": self.shop.id("tier", f"{row['key']} {number}"),
                    "ruleId": self.shop.id("rule", tier["rule"]),
                    "quantityStart": tier["quantityStart"],
                    "quantityEnd": tier["quantityEnd"],
                    "price": self.prices(tier["prices"]),
                }
                for number, tier in enumerate(row.get("advancedPrices", []))
            ],
            "visibilities": [
                {
                    "id": self.shop.id("visibility", f"{row['key']} {channel}"),
                    "salesChannelId": self.shop.id("channel", channel),
                    "visibility": _VISIBLE,
                }
                for channel in self.shop.channels
            ],
            **{name: row[name] for name in plain if name in row},
            **{name: Decimal(row[name]) for name in measures if name in row},
        }

    def shipping_method(self, row: Plan) -> JsonObject:
        return {
            "id": self.shop.id("shipping", row["key"]),
            "name": self.shop.identity.name(row["key"]),
            "technicalName": self.shop.identity.technical_name(row["key"]),
            "active": True,
            "deliveryTimeId": self.given.delivery_time_id,
            "availabilityRuleId": self.shop.id("rule", "ALWAYS"),
            "taxType": row["taxType"],
            "taxId": self.shop.id("tax", row["tax"]) if "tax" in row else None,
            "prices": [
                {
                    "id": self.shop.id("shipping price", f"{row['key']} {number}"),
                    "calculation": price["calculation"],
                    "quantityStart": _number(price["quantityStart"]),
                    "quantityEnd": _number(price["quantityEnd"]),
                    "currencyPrice": self.prices(price["prices"]),
                    "ruleId": self._optional_rule(price.get("rule")),
                    "calculationRuleId": self._optional_rule(price.get("calculationRule")),
                }
                for number, price in enumerate(row["prices"])
            ],
        }

    def _optional_rule(self, key: str | None) -> str | None:
        return None if key is None else self.shop.id("rule", key)

    def channel(self, row: Plan, plan: Plan) -> JsonObject:
        def all_of(entity: str, name: str) -> list[JsonObject]:
            return [{"id": self.shop.id(entity, other["key"])} for other in plan[name]]

        return {
            "id": self.shop.id("channel", row["key"]),
            "typeId": _API_CHANNEL,
            "name": self.shop.identity.name(row["key"]),
            "accessKey": self.shop.access_key(row["key"]),
            "active": True,
            "languageId": self.given.language_id,
            "currencyId": SYSTEM_CURRENCY,
            "paymentMethodId": self.given.payment_method_id,
            "shippingMethodId": self.shop.id("shipping", "FLAT"),
            "countryId": self.shop.id("country", "C7"),
            "navigationCategoryId": self.given.category_id,
            "customerGroupId": self.shop.id("group", "GROSS"),
            "taxCalculationType": row["taxCalculationType"],
            "languages": [{"id": self.given.language_id}],
            "paymentMethods": [{"id": self.given.payment_method_id}],
            "currencies": all_of("currency", "currencies"),
            "countries": all_of("country", "countries"),
            "shippingMethods": all_of("shipping", "shippingMethods"),
        }

    def customer(self, row: Plan) -> JsonObject:
        address: JsonObject = {
            "id": self.shop.id("address", row["key"]),
            "salutationId": self.given.salutation_id,
            "firstName": "Cart",
            "lastName": row["key"],
            "street": "Weg 1",
            "zipcode": row.get("zipcode", "10115"),
            "city": "Berlin",
            "countryId": self.shop.id("country", row["country"]),
        }
        return {
            "id": self.shop.id("customer", row["key"]),
            "customerNumber": self.shop.number(row["key"]),
            "salesChannelId": self.shop.id("channel", "HORIZONTAL"),
            "groupId": self.shop.id("group", row["group"]),
            "languageId": self.given.language_id,
            "defaultPaymentMethodId": self.given.payment_method_id,
            "salutationId": self.given.salutation_id,
            "firstName": "Cart",
            "lastName": row["key"],
            "email": self.shop.email(row["key"]),
            "password": self.shop.password(row["key"]),
            "accountType": "business" if "company" in row else "private",
            "company": row.get("company"),
            "vatIds": row.get("vatIds"),
            "addresses": [address],
            "defaultBillingAddressId": address["id"],
            "defaultShippingAddressId": address["id"],
        }

    def promotion(self, row: Plan) -> JsonObject:
        key = row["key"]
        code = {} if row["code"] is None else {"code": self.shop.code(row["code"])}
        return {
            "id": self.shop.id("promotion", key),
            "name": self.shop.identity.name(key),
            "active": True,
            "priority": row["priority"],
            "useCodes": row["code"] is not None,
            "useIndividualCodes": False,
            "useSetGroups": row.get("useSetGroups", False),
            "customerRestriction": False,
            "exclusive": False,
            "preventCombination": row.get("preventCombination", False),
            "cartRules": self._rules(row.get("cartRules", [])),
            "personaRules": self._rules(row.get("customerRules", [])),
            "salesChannels": [
                {
                    "id": self.shop.id("promotion channel", f"{key} {channel}"),
                    "salesChannelId": self.shop.id("channel", channel),
                    "priority": 1,
                }
                for channel in self.shop.channels
            ],
            "discounts": [self._discount(key, number, discount) for number, discount in enumerate(row["discounts"])],
            "setgroups": [
                {
                    "id": self._ordered("set group", key, number),
                    "packagerKey": group["packagerKey"],
                    "sorterKey": group["sorterKey"],
                    "value": Decimal(group["value"]),
                    "setGroupRules": self._rules(group["rules"]),
                }
                for number, group in enumerate(row.get("setGroups", []))
            ],
            **code,
        }

    def exclusions(self, row: Plan) -> JsonObject:
        excluded = [self.shop.id("promotion", other) for other in row["exclusions"]]
        return {"id": self.shop.id("promotion", row["key"]), "exclusionIds": excluded}

    def _discount(self, key: str, number: int, row: Plan) -> JsonObject:
        discount_id = self._ordered("discount", key, number)
        filters = ("sorterKey", "applierKey", "usageKey", "pickerKey")
        return {
            "id": discount_id,
            "scope": row["scope"],
            "type": row["type"],
            "value": Decimal(row["value"]),
            "maxValue": _number(row.get("maxValue")),
            "considerAdvancedRules": row.get("considerAdvancedRules", False),
            "discountRules": self._rules(row.get("rules", [])),
            "promotionDiscountPrices": [
                {
                    "id": self.shop.id("discount price", f"{key} {number} {currency}"),
                    "currencyId": self.shop.id("currency", currency),
                    "price": Decimal(price),
                }
                for currency, price in row.get("currencyValues", {}).items()
            ],
            **{name: row[name] for name in filters if name in row},
        }

    def _ordered(self, entity: str, key: str, number: int) -> str:
        """Make ids that sort as planned: Shopware reads discounts and set groups in no order but their id's."""
        return f"{number:02x}{self.shop.id(entity, f'{key} {number}')[2:]}"

    def _rules(self, keys: list[str]) -> list[JsonObject]:
        return [{"id": self.shop.id("rule", key)} for key in keys]


def _rounding(row: Plan) -> JsonObject:
    return {
        "decimals": row["decimals"],
        "interval": Decimal(row["interval"]),
        "roundForNet": row["roundForNet"],
    }


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
