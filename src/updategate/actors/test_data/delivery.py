"""Shipping and payment methods that only carts with the test's own products are offered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from updategate.actors.test_data.products import Offer
from updategate.actors.test_data.rules import Condition, Rules, has_any_of
from updategate.actors.test_data.workbench import Workbench
from updategate.clients.admin_api import Criteria
from updategate.clients.json_text import JsonObject
from updategate.domain.money import Money

# Shopware's DeliveryCalculator::CALCULATION_BY_*
BY_QUANTITY, BY_PRICE, BY_WEIGHT = 1, 2, 3
_OFFLINE = ("invoicepayment", "prepayment", "cashpayment")
INVOICE = "Shopware\\Core\\Checkout\\Payment\\Cart\\PaymentHandler\\InvoicePayment"


@dataclass(frozen=True, slots=True)
class Shipping:
    """A shipping method of the test."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment method, of the test or of the merchant."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Rate:
    """What shipping costs from a value or weight on (inclusive) to another (inclusive; ``None``: no limit)."""

    gross: Money
    net: Money
    from_value: str = "0"
    to_value: str | None = None


class Delivery:
    """Creates shipping methods and payment methods."""

    def __init__(self, workbench: Workbench, rules: Rules) -> None:
        self._workbench = workbench
        self._rules = rules

    def ships(
        self,
        key: str,
        products: Sequence[Offer],
        *rates: Rate,
        by: Literal["price", "weight"] = "price",
        tax: Literal["auto", "highest"] = "auto",
        only_if: Sequence[Condition] = (),
    ) -> Shipping:
        """Create a shipping method that is offered to carts with one of the products, and if ``only_if`` holds.

        The rates go ``by`` the price of the goods, or by their weight in kilograms. ``tax`` ``auto`` spreads the tax of
        the shipping costs over the rates of the goods.
        """
        identity, place = self._workbench.identity, self._workbench.place
        rule = self._available(f"shipping {key}", products, only_if)
        shipping = Shipping(identity.id(f"shipping {key}"), identity.name(f"shipping {key}"))
        payload: JsonObject = {
            "id": shipping.id,
            "name": shipping.name,
            "technicalName": identity.technical_name(f"shipping {key}"),
            "active": True,
            "position": 900,
            "taxType": tax,
            "deliveryTimeId": self._delivery_time(),
            "availabilityRuleId": rule["id"],
            "prices": [
                {
                    "id": identity.id(f"shipping {key} rate {position}"),
                    "calculation": BY_WEIGHT if by == "weight" else BY_PRICE,
                    "quantityStart": Decimal(rate.from_value),
                    "quantityEnd": None if rate.to_value is None else Decimal(rate.to_value),
                    "currencyPrice": place.price_json(rate.net, rate.gross),
                }
                for position, rate in enumerate(rates)
            ],
            "salesChannels": [{"id": place.sales_channel_id}],
        }
        self._workbench.create(("rule", rule, str(rule["name"])), ("shipping_method", payload, shipping.name))
        return shipping

    def offline_payments(self) -> list[Payment]:
        """Return the merchant's payment methods that move no money and that every cart is offered.

        Invoice comes before prepayment and cash on delivery; none at all is an error.
        """
        return self._workbench.access.once("offline payments", self._look_for_offline_payments)

    def _look_for_offline_payments(self) -> list[Payment]:
        place = self._workbench.place
        criteria = (
            Criteria()
            .equals("active", value=True)
            .equals("salesChannels.id", place.sales_channel_id)
            .associate("availabilityRule.conditions")
        )
        offered = list(self._workbench.admin.pages("payment_method", criteria))
        found = [
            Payment(str(method["id"]), str((method.get("translated") or {}).get("name") or method["name"]))
            for word in _OFFLINE
            for method in offered
            if word in str(method["handlerIdentifier"]).lower() and _matches_always(method.get("availabilityRule"))
        ]
        if not found:
            names = ", ".join(str(method.get("name")) for method in offered) or "none"
            message = (
                "the suites order with a payment method that moves no money (invoice, prepayment, cash on delivery) "
                f"and that every cart is offered; the sales channel has: {names}"
            )
            raise LookupError(message)
        return found

    def offers_payment(self, key: str, products: Sequence[Offer], *, only_if: Sequence[Condition] = ()) -> Payment:
        """Create a payment method like the invoice, offered to carts with one of the products.

        It can be chosen but not ordered with: that would need the sales channel itself to be written, of which other
        carts would notice.
        """
        identity, place = self._workbench.identity, self._workbench.place
        rule = self._available(f"payment {key}", products, only_if)
        payment = Payment(identity.id(f"payment {key}"), identity.name(f"payment {key}"))
        payload: JsonObject = {
            "id": payment.id,
            "name": payment.name,
            "technicalName": identity.technical_name(f"payment {key}"),
            "handlerIdentifier": INVOICE,
            "active": True,
            "afterOrderEnabled": True,
            "position": 900,
            "availabilityRuleId": rule["id"],
            "salesChannels": [{"id": place.sales_channel_id}],
        }
        self._workbench.create(("rule", rule, str(rule["name"])), ("payment_method", payload, payment.name))
        return payment

    def _available(self, key: str, products: Sequence[Offer], only_if: Sequence[Condition]) -> JsonObject:
        return self._rules.payload(f"for {key}", has_any_of([offer.id for offer in products]), *only_if)

    def _delivery_time(self) -> str:
        return self._workbench.access.once("delivery time", self._look_for_a_delivery_time)

    def _look_for_a_delivery_time(self) -> str:
        found = self._workbench.admin.search("delivery_time", Criteria().limit(1)).first()
        if found is None:
            message = "the shop has no delivery time; a shipping method needs one"
            raise LookupError(message)
        return str(found["id"])


def _matches_always(rule: JsonObject | None) -> bool:
    """Whether a rule matches every cart: there is none, or all it asks is an amount of at least zero."""
    conditions = [entry for entry in (rule or {}).get("conditions") or [] if "Container" not in str(entry["type"])]
    if rule is None:
        return True
    return bool(conditions) and all(
        entry["type"] == "cartCartAmount"
        and entry["value"].get("operator") == ">="
        and Decimal(str(entry["value"].get("amount"))) == 0
        for entry in conditions
    )
