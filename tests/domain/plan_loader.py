"""Turns a plan of carts, kept in tests/data with what real shops charged, into the calculator's input."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from updategate.domain.cart import CartLine, CartTotals, expected_cart
from updategate.domain.catalogue import (
    AdvancedPrice,
    Country,
    CountryRounding,
    Currency,
    CustomerGroup,
    Price,
    Product,
    ShippingCalculation,
    ShippingMethod,
    ShippingPrice,
    ShippingTaxType,
    Tax,
    TaxFreedom,
    TaxRule,
    TaxRuleType,
)
from updategate.domain.context import PricingContext
from updategate.domain.parties import Address, Customer
from updategate.domain.promotions import (
    Discount,
    DiscountScope,
    DiscountType,
    Packager,
    Picker,
    Promotion,
    SetGroup,
    Sorter,
)
from updategate.domain.rounding import CashRounding
from updategate.domain.rules import (
    Always,
    CartAmount,
    Condition,
    GoodsPrice,
    InCustomerGroup,
    LineItemNumber,
    LineItemUnitPrice,
    Rule,
    ShippingCountry,
)

Row = dict[str, Any]

RULE_TYPES = {
    "entire_country": TaxRuleType.ENTIRE_COUNTRY,
    "zip_code": TaxRuleType.ZIP_CODE,
    "zip_code_range": TaxRuleType.ZIP_CODE_RANGE,
}


@dataclass
class PlannedShop:
    shopware: str
    rows: dict[str, list[Row]]

    def row(self, name: str, key: str) -> Row:
        return next(row for row in self.rows[name] if row["key"] == key)

    def calculate(self, cart: Row) -> CartTotals:
        return expected_cart(
            [CartLine(self.product(key), quantity) for key, quantity in cart["lines"]],
            context=self.context(cart),
            shipping=self.shipping_method(cart["shipping"]),
            promotions=[self.promotion(row) for row in self.rows["promotions"]],
            codes=cart["codes"],
        )

    def context(self, cart: Row) -> PricingContext:
        customer = self.row("customers", cart["customer"]) if cart["customer"] else None
        country = customer["country"] if customer else cart["country"] or "C7"
        group = self.row("groups", customer["group"] if customer else "GROSS")
        channel = self.row("channels", cart["channel"])
        return PricingContext(
            currency=self.currency(cart["currency"]),
            country=self.country(country),
            customer_group=CustomerGroup(group["key"], group["displayGross"]),
            customer=self.customer(customer) if customer else None,
            zipcode=customer.get("zipcode", "10115") if customer else None,
            vertical_taxes=channel["taxCalculationType"] == "vertical",
            shopware=self.shopware,
        )

    def currency(self, key: str) -> Currency:
        row = self.row("currencies", key)
        return Currency(
            iso=key,
            factor=Decimal(row["factor"]),
            item_rounding=rounding(row["itemRounding"]),
            total_rounding=rounding(row["totalRounding"]),
            tax_free_from=Decimal(row.get("taxFreeFrom", "0")),
            country_roundings=tuple(
                CountryRounding(
                    override["country"], rounding(override["itemRounding"]), rounding(override["totalRounding"])
                )
                for override in row.get("countryRoundings", [])
            ),
        )

    def country(self, key: str) -> Country:
        row = self.row("countries", key)
        return Country(
            iso=key,
            customer_tax_free=self._freedom(row.get("customerTax")),
            company_tax_free=self._freedom(row.get("companyTax")),
            vat_id_pattern=row.get("vatIdPattern", ""),
            checks_vat_id_pattern=row.get("checkVatIdPattern", False),
        )

    def _freedom(self, row: Row | None) -> TaxFreedom:
        if row is None:
            return TaxFreedom()
        factor = Decimal(self.row("currencies", row["currency"])["factor"])
        return TaxFreedom(row["enabled"], Decimal(row["amount"]), factor)

    def customer(self, row: Row) -> Customer:
        address = Address("Cart", row["key"], "Weg 1", row.get("zipcode", "10115"), "Berlin", row["country"])
        return Customer(
            email="",
            first_name="Cart",
            last_name=row["key"],
            billing_address=address,
            number=row["key"],
            company=row.get("company"),
            vat_ids=tuple(row.get("vatIds", ())),
        )

    def tax(self, key: str) -> Tax:
        row = self.row("taxes", key)
        return Tax(
            Decimal(row["rate"]),
            tuple(
                TaxRule(
                    rule["country"],
                    Decimal(rule["rate"]),
                    RULE_TYPES[rule["type"]],
                    zip_from=rule.get("zipCode", rule.get("fromZipCode")),
                    zip_to=rule.get("toZipCode"),
                )
                for rule in row["rules"]
            ),
        )

    def rule(self, key: str) -> Rule:
        row = self.row("rules", key)
        return Rule(key, self._condition(row["condition"]), row["priority"])

    def _condition(self, row: Row) -> Condition:
        match row["type"]:
            case "alwaysValid":
                return Always()
            case "customerCustomerGroup":
                return InCustomerGroup(frozenset(row["groups"]))
            case "customerShippingCountry":
                return ShippingCountry(frozenset(row["countries"]))
            case "cartLineItem":
                return LineItemNumber(frozenset(row["products"]))
            case "cartCartAmount":
                return CartAmount(row["operator"], Decimal(row["amount"]))
            case "cartGoodsPrice":
                return GoodsPrice(row["operator"], Decimal(row["amount"]))
            case "cartLineItemUnitPrice":
                return LineItemUnitPrice(row["operator"], Decimal(row["amount"]))
        raise AssertionError(f"the loader does not know the condition {row}")

    def _rules(self, keys: list[str] | None) -> tuple[Rule, ...]:
        return tuple(self.rule(key) for key in keys or ())

    def product(self, key: str) -> Product:
        row = self.row("products", key)
        return Product(
            number=key,
            label=key,
            tax=self.tax(row["tax"]),
            prices=prices(row["prices"]),
            advanced_prices=tuple(
                AdvancedPrice(
                    self.rule(tier["rule"]), prices(tier["prices"]), tier["quantityStart"], tier["quantityEnd"]
                )
                for tier in row.get("advancedPrices", [])
            ),
            min_purchase=row.get("minPurchase", 1),
            purchase_steps=row.get("purchaseSteps", 1),
            max_purchase=row.get("maxPurchase"),
            stock=10000,
            shipping_free=row.get("shippingFree", False),
            **{name: Decimal(row.get(name, "0")) for name in ("weight", "length", "width", "height")},
        )

    def shipping_method(self, key: str) -> ShippingMethod:
        row = self.row("shippingMethods", key)
        return ShippingMethod(
            name=key,
            tax_type=ShippingTaxType(row["taxType"]),
            tax=self.tax(row["tax"]) if "tax" in row else None,
            prices=tuple(
                ShippingPrice(
                    prices=prices(price["prices"]),
                    calculation=ShippingCalculation(price["calculation"]),
                    start=number(price["quantityStart"]),
                    end=number(price["quantityEnd"]),
                    rule=self.rule(price["rule"]) if "rule" in price else None,
                    calculation_rule=self.rule(price["calculationRule"]) if "calculationRule" in price else None,
                )
                for price in row["prices"]
            ),
        )

    def promotion(self, row: Row) -> Promotion:
        return Promotion(
            id=row["key"],
            name=row["key"],
            code=row["code"],
            priority=row["priority"],
            prevents_combination=row.get("preventCombination", False),
            # Shopware stores exclusions on both sides
            excludes=frozenset(row.get("exclusions", []))
            | {other["key"] for other in self.rows["promotions"] if row["key"] in other.get("exclusions", [])},
            customer_rules=self._rules(row.get("customerRules")),
            cart_rules=self._rules(row.get("cartRules")),
            use_set_groups=row.get("useSetGroups", False),
            set_groups=tuple(
                SetGroup(
                    id=str(index),
                    value=Decimal(group["value"]),
                    packager=Packager(group["packagerKey"]),
                    sorter=Sorter(group["sorterKey"]),
                    rules=self._rules(group["rules"]),
                )
                for index, group in enumerate(row.get("setGroups", []))
            ),
            discounts=tuple(self._discount(discount) for discount in row["discounts"]),
        )

    def _discount(self, row: Row) -> Discount:
        scope, _, group = row["scope"].partition("-")
        return Discount(
            type=DiscountType(row["type"]),
            value=Decimal(row["value"]),
            scope=DiscountScope(scope),
            group=int(group) if group else None,
            max_value=number(row.get("maxValue")),
            currency_values=tuple((iso, Decimal(value)) for iso, value in row.get("currencyValues", {}).items()),
            advanced_rules=row.get("considerAdvancedRules", False),
            rules=self._rules(row.get("rules")),
            sorter=Sorter(row["sorterKey"]) if "sorterKey" in row else None,
            applier=row.get("applierKey"),
            usage=row.get("usageKey"),
            picker=Picker(row["pickerKey"]) if "pickerKey" in row else None,
        )


def rounding(row: Row) -> CashRounding:
    return CashRounding(row["decimals"], Decimal(row["interval"]), row["roundForNet"])


def prices(rows: list[Row]) -> tuple[Price, ...]:
    return tuple(Price(Decimal(row["net"]), Decimal(row["gross"]), row["currency"]) for row in rows)


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
