"""Shows carts as the Store API does."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from updategate.embedded.refshop.cart.catalogue import cached
from updategate.embedded.refshop.cart.errors import CartError
from updategate.embedded.refshop.cart.items import (
    Cart,
    Delivery,
    DeliveryDate,
    DeliveryInformation,
    LineItem,
    QuantityInformation,
)
from updategate.embedded.refshop.cart.money import plain
from updategate.embedded.refshop.cart.prices import (
    CalculatedPrice,
    CalculatedTax,
    CartPrice,
    PercentagePriceDefinition,
    PriceDefinition,
    QuantityPriceDefinition,
    TaxRule,
)
from updategate.embedded.refshop.cart.rules import Condition
from updategate.embedded.refshop.dal.ids import api_time
from updategate.embedded.refshop.shop import Shop

from .entities import Presenter
from .session import Session

Json = dict[str, Any]

_PROMOTION_ALIAS = "shopware_core_checkout_promotion_cart_extension_cart_extension"
_COVER_ENTITIES = ("media", "media_thumbnail")
_SHIPPING_ENTITIES = ("shipping_method", "shipping_method_price", "delivery_time")


def tax_json(tax: CalculatedTax) -> Json:
    """Show a tax."""
    return {
        "tax": plain(tax.tax),
        "taxRate": plain(tax.rate),
        "price": plain(tax.price),
        "apiAlias": "cart_tax_calculated",
    }


def rule_json(rule: TaxRule) -> Json:
    """Show a tax rule."""
    return {"taxRate": plain(rule.rate), "percentage": plain(rule.percentage), "apiAlias": "cart_tax_rule"}


def price_json(price: CalculatedPrice) -> Json:
    """Show a calculated price."""
    reference, before = price.reference, price.list_price
    return {
        "unitPrice": plain(price.unit),
        "quantity": price.quantity,
        "totalPrice": plain(price.total),
        "calculatedTaxes": [tax_json(tax) for tax in price.taxes],
        "taxRules": [rule_json(rule) for rule in price.rules],
        "referencePrice": reference
        and {
            "price": plain(reference.price),
            "purchaseUnit": plain(reference.definition.purchase_unit),
            "referenceUnit": plain(reference.definition.reference_unit),
            "unitName": reference.definition.unit_name,
            "apiAlias": "cart_price_reference",
        },
        "listPrice": before
        and {
            "price": plain(before.price),
            "discount": plain(before.discount),
            "percentage": plain(before.percentage),
            "apiAlias": "cart_list_price",
        },
        "regulationPrice": None
        if price.regulation is None
        else {"price": plain(price.regulation), "apiAlias": "cart_regulation_price"},
        "apiAlias": "calculated_price",
    }


def cart_price_json(price: CartPrice) -> Json:
    """Show the price of a cart."""
    return {
        "netPrice": plain(price.net),
        "totalPrice": plain(price.total),
        "calculatedTaxes": [tax_json(tax) for tax in price.taxes],
        "taxRules": [rule_json(rule) for rule in price.rules],
        "positionPrice": plain(price.position),
        "taxStatus": price.tax_state.value,
        "rawTotal": plain(price.raw_total),
        "apiAlias": "cart_price",
    }


def definition_json(definition: PriceDefinition) -> Json:
    """Show a price definition."""
    if isinstance(definition, QuantityPriceDefinition):
        reference = definition.reference
        shown: Json = {
            "price": plain(definition.price),
            "taxRules": [rule_json(rule) for rule in definition.rules],
            "quantity": definition.quantity,
            "isCalculated": definition.calculated,
            "referencePriceDefinition": reference
            and {
                "purchaseUnit": plain(reference.purchase_unit),
                "referenceUnit": plain(reference.reference_unit),
                "unitName": reference.unit_name,
                "apiAlias": "cart_price_reference_definition",
            },
            "listPrice": None if definition.list_price is None else plain(definition.list_price),
            "regulationPrice": None if definition.regulation is None else plain(definition.regulation),
            "type": "quantity",
        }
    elif isinstance(definition, PercentagePriceDefinition):
        shown = {"percentage": plain(definition.percentage), "filter": None, "type": "percentage"}
    else:
        shown = {"price": plain(definition.price), "filter": None, "type": "absolute"}
    shown["apiAlias"] = f"cart_price_{shown['type']}"
    return shown


def condition_json(condition: Condition) -> Json:
    """Show a condition as Shopware serialises its rule objects."""
    shown: Json = {"_name": condition.type}
    if condition.type.endswith("Container"):
        shown["rules"] = [condition_json(child) for child in condition.children]
    else:
        shown.update({key: value for key, value in condition.value.items() if isinstance(value, str | int | list)})
    shown["apiAlias"] = f"rule_{condition.type}"
    return shown


class CartPresenter:
    """Shows carts of one session."""

    def __init__(self, shop: Shop, session: Session) -> None:
        self._shop = shop
        self._session = session
        self._entities = Presenter(shop, session.languages)
        self._version = shop.version
        self._hidden_payload = {"purchasePrices", *(("priority",) if shop.version.is_65 else ())}

    def cart(self, cart: Cart) -> Json:
        """Show a cart."""
        shown: Json = {}
        if cart.touched:
            shown["extensions"] = {
                "cart-promotions": {
                    "addedCodes": list(cart.codes),
                    "blockedPromotionIds": list(cart.blocked_promotions),
                    "apiAlias": _PROMOTION_ALIAS,
                }
            }
        lines = {item.id: self.item(item) for item in cart.items.values()}
        before_66 = self._version.is_65
        shown |= {
            "price": cart_price_json(cart.price),
            "lineItems": list(lines.values()),
            "errors": {key: self._error(error) for key, error in cart.errors.items()} or [],
            "deliveries": [self._delivery(delivery, lines) for delivery in cart.deliveries],
            "transactions": [self._transaction(cart)],
            "modified": False,
            "customerComment": cart.customer_comment,
            "affiliateCode": cart.affiliate_code,
            "campaignCode": cart.campaign_code,
            "source": cart.source,
        }
        if not before_66:
            shown |= {"hash": cart.hash, "errorHash": cart.error_hash}
        shown["token"] = cart.token
        if self._version.at_least(6, 6, 7):
            shown["states"] = []
        shown["apiAlias"] = "cart"
        return shown

    def _error(self, error: CartError) -> Json:
        if self._version.is_65:
            return error.as_old_json()
        return error.as_json() if self._version.at_least(6, 6, 7) else error.as_bare_json()

    def item(self, item: LineItem) -> Json:
        """Show a line."""
        shown: Json = {
            "payload": {key: value for key, value in item.payload.items() if key not in self._hidden_payload},
            "label": item.label,
            "quantity": item.quantity,
            "priceDefinition": definition_json(item.definition) if item.definition else None,
            "price": price_json(item.price) if item.price else None,
            "good": item.good,
            "description": item.description,
            "cover": self.cover(item.cover_id),
            "deliveryInformation": _information_json(item.delivery),
            "children": [self.item(child) for child in item.children],
            "requirement": condition_json(item.requirement) if item.requirement else None,
            "removable": item.removable,
            "stackable": item.stackable,
            "quantityInformation": _quantities_json(item.quantities),
            "modified": False,
        }
        if self._version.at_least(6, 6, 7):
            shown["shippingCostAware"] = item.shipping_cost_aware
        shown |= {
            "dataTimestamp": api_time(item.data_timestamp) if item.data_timestamp else None,
            "dataContextHash": item.data_hash,
            "uniqueIdentifier": item.unique_id,
            "states": list(item.states),
            "modifiedByApp": False,
            "id": item.id,
            "type": item.type,
            "referencedId": item.referenced_id,
            "apiAlias": "cart_line_item",
        }
        return shown

    def cover(self, media_id: str | None) -> Json | None:
        """Show a picture."""
        if media_id is None:
            return None
        key = (media_id, self._session.languages, self._shop.base_url)
        return cached(
            self._shop,
            "json/covers",
            _COVER_ENTITIES,
            key,
            lambda: self._entities.by_id("media", media_id, {"thumbnails": {}}),
        )

    def location(self) -> Json:
        """Show where the delivery goes to."""
        session, delivery = self._session, self._session.context.customer
        return {
            "country": self.country(session.context.country.id),
            "state": self._entities.by_id("country_state", session.context.state_id),
            "address": self.address(delivery.shipping.id) if delivery else None,
            "apiAlias": "cart_delivery_shipping_location",
        }

    def country(self, country_id: str) -> Json | None:
        """Show a country."""
        key = (country_id, self._session.languages)
        return cached(
            self._shop,
            "json/countries",
            ("country",),
            key,
            lambda: self._entities.by_id("country", country_id),
        )

    def address(self, address_id: str) -> Json | None:
        """Show an address of the customer with its country and salutation."""
        tree: Any = {"country": {}, "countryState": {}, "salutation": {}}
        return self._entities.by_id("customer_address", address_id, tree)

    def shipping_method(self, method_id: str, *, prices: bool) -> Json | None:
        """Show a shipping method."""
        key = (method_id, self._session.languages, prices)
        tree: Any = {"deliveryTime": {}, "prices": {}} if prices else {"deliveryTime": {}}
        return cached(
            self._shop,
            "json/shipping",
            _SHIPPING_ENTITIES,
            key,
            lambda: self._entities.by_id("shipping_method", method_id, tree),
        )

    def _delivery(self, delivery: Delivery, lines: dict[str, Json]) -> Json:
        return {
            "positions": [
                {
                    "lineItem": lines.get(position.item.id) or self.item(position.item),
                    "quantity": position.quantity,
                    "price": price_json(position.price),
                    "identifier": position.item.id,
                    "deliveryDate": _date_json(position.date),
                    "apiAlias": "cart_delivery_position",
                }
                for position in delivery.positions
            ],
            "location": self.location(),
            "deliveryDate": _date_json(delivery.date),
            "shippingMethod": self.shipping_method(delivery.shipping_method_id, prices=True),
            "shippingCosts": price_json(delivery.costs),
            "apiAlias": "cart_delivery",
        }

    def _transaction(self, cart: Cart) -> Json:
        price = cart.price
        amount = CalculatedPrice(price.total, price.total, price.taxes, price.rules)
        shown: Json = {
            "amount": price_json(amount),
            "paymentMethodId": self._session.context.payment_method.id,
        }
        if not self._version.is_65:
            shown["validationStruct"] = None
        shown["apiAlias"] = "cart_transaction"
        return shown


def _information_json(information: DeliveryInformation | None) -> Json | None:
    if information is None:
        return None
    time = information.delivery_time
    return {
        "stock": information.stock,
        "weight": None if information.weight is None else plain(information.weight),
        "freeDelivery": information.free_delivery,
        "restockTime": information.restock_time,
        "deliveryTime": time
        and {
            "name": time.name,
            "min": time.min,
            "max": time.max,
            "unit": time.unit,
            "apiAlias": "cart_delivery_time",
        },
        "height": None if information.height is None else plain(information.height),
        "width": None if information.width is None else plain(information.width),
        "length": None if information.length is None else plain(information.length),
        "apiAlias": "cart_delivery_information",
    }


def _quantities_json(information: QuantityInformation | None) -> Json | None:
    if information is None:
        return None
    return {
        "minPurchase": information.min_purchase,
        "maxPurchase": information.max_purchase,
        "purchaseSteps": information.purchase_steps,
        "apiAlias": "cart_quantity_information",
    }


def _date_json(date: DeliveryDate) -> Json:
    return {"earliest": _time(date.earliest), "latest": _time(date.latest), "apiAlias": "cart_delivery_date"}


def _time(moment: datetime) -> str:
    return api_time(moment)
