"""Turns a catalogue as a shop's Admin API gives it (recorded, or kept in tests/data) into the calculator's input."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from updategate.domain.catalogue import (
    AdvancedPrice,
    Country,
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
)
from updategate.domain.context import PricingContext
from updategate.domain.parties import Address, Customer
from updategate.domain.promotions import Discount, DiscountScope, DiscountType, Promotion
from updategate.domain.rounding import CashRounding
from updategate.domain.rules import Always, BillingCountry, CartAmount, Condition, InCustomerGroup, Rule

DEFAULT_CURRENCY_ID = "b7d2554b0ce847cd82f3ac9bd1c0dfca"

Document = dict[str, Any]


def exact(text: str) -> Any:
    """Read JSON without floats: numbers with a point become decimals."""
    return json.loads(text, parse_float=Decimal)


@dataclass
class Catalogue:
    folder: Path
    documents: dict[str, list[Document]] = field(default_factory=dict)

    def rows(self, entity: str) -> list[Document]:
        if entity not in self.documents:
            content = exact((self.folder / f"{entity}.json").read_text(encoding="utf-8"))
            self.documents[entity] = content["data"]
        return self.documents[entity]

    def by_id(self, entity: str, entity_id: str) -> Document:
        return next(row for row in self.rows(entity) if row["id"] == entity_id)

    def country_iso(self, country_id: str) -> str | None:
        return next((row["iso"] for row in self.rows("country") if row["id"] == country_id), None)

    def currency_iso(self, currency_id: str) -> str:
        return str(self.by_id("currency", currency_id)["isoCode"])

    def prices(self, rows: list[Document]) -> tuple[Price, ...]:
        return tuple(
            Price(Decimal(row["net"]), Decimal(row["gross"]), self.currency_iso(row["currencyId"])) for row in rows
        )

    def tax(self, tax_id: str) -> Tax:
        row = self.by_id("tax", tax_id)
        rules = []
        for rule in row.get("rules") or ():
            iso = self.country_iso(rule["countryId"])
            # every recorded rule is for an entire country; one of another type would have data
            assert not rule.get("data"), rule
            if iso is not None:
                rules.append(TaxRule(iso, Decimal(rule["taxRate"])))
        return Tax(Decimal(row["taxRate"]), tuple(rules))

    def rule(self, rule_id: str) -> Rule:
        row = self.by_id("rule", rule_id)
        conditions = [self._condition(condition) for condition in row["conditions"]]
        assert len(conditions) == 1, row["name"]
        return Rule(row["id"], conditions[0], row["priority"])

    def _condition(self, row: Document) -> Condition:
        value = row.get("value") or {}
        match row["type"], value.get("operator"):
            case "alwaysValid", _:
                return Always()
            case "cartCartAmount", operator:
                return CartAmount(operator, Decimal(value["amount"]))
            case "customerCustomerGroup", "=":
                names = {self.by_id("customer-group", group)["name"] for group in value["customerGroupIds"]}
                return InCustomerGroup(frozenset(names))
            case "customerBillingCountry", "=":
                countries = {self.country_iso(country) or country for country in value["countryIds"]}
                return BillingCountry(frozenset(countries))
        raise AssertionError(f"the loader does not know the condition {row['type']} {value}")

    def product(self, number: str) -> Product:
        row = next(row for row in self.rows("product") if row["productNumber"] == number)
        parent = self.by_id("product", row["parentId"]) if row.get("parentId") else {}

        def inherited(name: str, otherwise: Any = None) -> Any:
            for source in (row, parent):
                if source.get(name) not in (None, []):
                    return source[name]
            return otherwise

        return Product(
            number=number,
            label=inherited("name", number),
            tax=self.tax(inherited("taxId")),
            prices=self.prices(inherited("price")),
            advanced_prices=tuple(
                AdvancedPrice(
                    self.rule(tier["ruleId"]),
                    self.prices(tier["price"]),
                    tier["quantityStart"],
                    tier.get("quantityEnd"),
                )
                for tier in inherited("prices", [])
            ),
            min_purchase=inherited("minPurchase", 1),
            purchase_steps=inherited("purchaseSteps", 1),
            max_purchase=inherited("maxPurchase"),
            closeout=bool(inherited("isCloseout", False)),
            stock=row["availableStock"],
            shipping_free=bool(inherited("shippingFree", False)),
            weight=Decimal(inherited("weight", 0)),
            parent=parent.get("productNumber", ""),
        )

    def shipping_method(self, name: str) -> ShippingMethod:
        row = next(row for row in self.rows("shipping-method") if row["name"] == name)
        return ShippingMethod(
            name=name,
            prices=tuple(self._shipping_price(price) for price in row["prices"]),
            tax_type=ShippingTaxType(row["taxType"]),
            tax=self.tax(row["taxId"]) if row.get("taxId") else None,
        )

    def _shipping_price(self, row: Document) -> ShippingPrice:
        def number(name: str) -> Decimal | None:
            return None if row.get(name) is None else Decimal(row[name])

        return ShippingPrice(
            prices=self.prices(row["currencyPrice"]),
            calculation=ShippingCalculation(row["calculation"]),
            start=number("quantityStart"),
            end=number("quantityEnd"),
            rule=self.rule(row["ruleId"]) if row.get("ruleId") else None,
            calculation_rule=self.rule(row["calculationRuleId"]) if row.get("calculationRuleId") else None,
        )

    def promotions(self) -> list[Promotion]:
        return [self._promotion(row) for row in self.rows("promotion")]

    def _promotion(self, row: Document) -> Promotion:
        def moment(name: str) -> datetime | None:
            return None if row.get(name) is None else datetime.fromisoformat(row[name])

        return Promotion(
            id=row["id"],
            name=row["name"],
            code=row.get("code"),
            active=row["active"],
            valid_from=moment("validFrom"),
            valid_until=moment("validUntil"),
            priority=row["priority"],
            prevents_combination=row["preventCombination"],
            discounts=tuple(
                Discount(
                    type=DiscountType(discount["type"]),
                    scope=DiscountScope(discount["scope"]),
                    value=Decimal(discount["value"]),
                )
                for discount in row["discounts"]
            ),
        )

    def currency(self, iso: str, item_rounding: Document, total_rounding: Document) -> Currency:
        row = next(row for row in self.rows("currency") if row["isoCode"] == iso)
        return Currency(
            iso=iso,
            factor=Decimal(row["factor"]),
            item_rounding=rounding(item_rounding),
            total_rounding=rounding(total_rounding),
            tax_free_from=Decimal(row.get("taxFreeFrom") or 0),
        )

    def country(self, iso: str) -> Country:
        row = next(row for row in self.rows("country") if row["iso"] == iso)
        return Country(
            iso=iso,
            customer_tax_free=self._freedom(row["customerTax"]),
            company_tax_free=self._freedom(row["companyTax"]),
            vat_id_pattern=row.get("vatIdPattern") or "",
            checks_vat_id_pattern=row["checkVatIdPattern"],
        )

    def _freedom(self, row: Document) -> TaxFreedom:
        factor = Decimal(self.by_id("currency", row["currencyId"])["factor"])
        return TaxFreedom(row["enabled"], Decimal(row["amount"]), factor)

    def customer(self, email: str) -> Customer:
        row = next(row for row in self.rows("customer") if row["email"] == email)
        billing = next(a for a in row["addresses"] if a["id"] == row["defaultBillingAddressId"])
        address = Address(
            first_name=billing["firstName"],
            last_name=billing["lastName"],
            street=billing["street"],
            zipcode=billing["zipcode"],
            city=billing["city"],
            country=self.country_iso(billing["countryId"]) or "",
            company=billing.get("company"),
        )
        return Customer(
            email=email,
            first_name=row["firstName"],
            last_name=row["lastName"],
            billing_address=address,
            number=row["customerNumber"],
            company=row.get("company"),
            vat_ids=tuple(row.get("vatIds") or ()),
        )

    def group(self, name: str) -> CustomerGroup:
        row = next(row for row in self.rows("customer-group") if row["name"] == name)
        return CustomerGroup(name, row["displayGross"])

    def context(self, cart: Document, version: str) -> PricingContext:
        """Who bought, from what the recording says of the request; the tax state is for the calculator to find."""
        guest = cart["customer"] == "guest"
        return PricingContext(
            currency=self.currency(cart["currency"], cart["item_rounding"], cart["total_rounding"]),
            country=self.country(cart["country"]),
            customer_group=self.group(cart["customer_group"]),
            customer=None if guest else self.customer(cart["customer"]),
            now=datetime.fromisoformat("2026-11-24T20:30:00+00:00"),
            shopware=version,
        )


def rounding(row: Document) -> CashRounding:
    return CashRounding(row["decimals"], Decimal(row["interval"]), row["roundForNet"])
