"""Makes an order of a calculated cart."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from updategate.embedded.refshop.cart.items import PRODUCT, PROMOTION, Cart, Delivery, LineItem
from updategate.embedded.refshop.cart.money import Rounding, plain
from updategate.embedded.refshop.cart.prices import CalculatedPrice, total_of
from updategate.embedded.refshop.dal import number_range, state_machine, stock
from updategate.embedded.refshop.dal.ids import api_time
from updategate.embedded.refshop.dal.store import Doc, EntityStore
from updategate.embedded.refshop.shop import Shop

from .prices import cart_price_doc, definition_doc, price_doc
from .rows import OrderRows

_ADDRESS_FIELDS = (
    "company", "department", "salutationId", "title", "firstName", "lastName", "street", "zipcode", "city",
    "phoneNumber", "additionalAddressLine1", "additionalAddressLine2", "countryId", "countryStateId", "customFields",
)  # fmt: skip
_CUSTOMER_FIELDS = (
    "email", "firstName", "lastName", "salutationId", "title", "vatIds", "company", "customerNumber", "customFields",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who orders: the stored customer, the two addresses in use, and where the order comes from."""

    customer: Doc
    billing: Doc
    shipping: Doc
    remote_address: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What an order keeps of its context."""

    sales_channel_id: str
    language_id: str
    currency: Doc
    payment_method_id: str
    item_rounding: Rounding
    total_rounding: Rounding
    rule_ids: tuple[str, ...]


def place_order(shop: Shop, cart: Cart, buyer: Buyer, terms: Terms) -> str:
    """Store the order with everything that belongs to it; lower stock, count promotions; return its id."""
    store = shop.store
    with store.transaction():
        order_id = _store_order(shop, cart, buyer, terms)
        if shop.behaviour.order_takes_stock():
            with nullcontext() if shop.behaviour.ordered_stock_is_seen() else store.unnoticed("product"):
                stock.order_placed(store, shop.version, order_id, shop.behaviour)
        if shop.behaviour.redemption_counts():
            _count_promotions(store, cart, buyer, order_id)
        customer_id = buyer.customer["id"]
        store.upsert("customer", {"id": customer_id, "lastPaymentMethodId": terms.payment_method_id})
        store.after_commit(lambda: _forget_pages(shop, cart))
        shop.events.emit("checkout.order.placed", order_id=order_id, customer_id=customer_id)
    return order_id


def _store_order(shop: Shop, cart: Cart, buyer: Buyer, terms: Terms) -> str:
    store, rows = shop.store, OrderRows(shop.store)
    now = api_time(shop.clock.now())
    order_id = shop.ids.new()
    shipping_id, billing_id = _store_addresses(shop, rows, buyer, order_id, delivered=bool(cart.deliveries))
    number = number_range.reserve(store, "order", terms.sales_channel_id, clock=shop.clock)
    rows.upsert(
        "order",
        {
            "id": order_id,
            "autoIncrement": 1 + store.count("order"),
            "orderNumber": shop.behaviour.order_number(number),
            "currencyId": terms.currency["id"],
            "currencyFactor": terms.currency.get("factor") or 1,
            "salesChannelId": terms.sales_channel_id,
            "languageId": terms.language_id,
            "billingAddressId": billing_id,
            "orderDateTime": now,
            "orderDate": f"{now[:10]}T00:00:00.000+00:00",
            **totals_doc(cart),
            "itemRounding": rounding_doc(terms.item_rounding),
            "totalRounding": rounding_doc(terms.total_rounding),
            "ruleIds": list(terms.rule_ids),
            "stateId": state_machine.initial_state(store, "order.state")["id"],
            "deepLinkCode": shop.ids.token(),
            "customerComment": shop.behaviour.order_comment(cart.customer_comment),
            "affiliateCode": cart.affiliate_code,
            "campaignCode": cart.campaign_code,
            "source": cart.source,
        },
    )
    _store_customer(rows, buyer, order_id)
    lines = store_lines(shop, rows, cart, order_id)
    for delivery in cart.deliveries:
        store_delivery(shop, rows, delivery, order_id, shipping_id, lines)
    _store_transaction(shop, cart, order_id, terms)
    return order_id


def totals_doc(cart: Cart) -> Doc:
    """Return what an order keeps of the sums of its cart."""
    costs = total_of(cart.shipping_prices()) if cart.deliveries else CalculatedPrice(Decimal(0), Decimal(0))
    return {
        "price": cart_price_doc(cart.price),
        "amountTotal": plain(cart.price.total),
        "amountNet": plain(cart.price.net),
        "positionPrice": plain(cart.price.position),
        "taxStatus": cart.price.tax_state.value,
        "shippingCosts": price_doc(costs),
        "shippingTotal": plain(costs.total),
    }


def rounding_doc(rounding: Rounding) -> dict[str, Any]:
    """Return a rounding as it is stored."""
    return {
        "decimals": rounding.decimals,
        "interval": float(rounding.interval),
        "roundForNet": rounding.round_for_net,
    }


def _store_addresses(shop: Shop, rows: OrderRows, buyer: Buyer, order_id: str, *, delivered: bool) -> tuple[str, str]:
    shipping_id = _store_address(shop, rows, buyer.shipping, order_id) if delivered else ""
    if delivered and buyer.billing["id"] == buyer.shipping["id"]:
        return shipping_id, shipping_id
    return shipping_id, _store_address(shop, rows, buyer.billing, order_id)


def _store_address(shop: Shop, rows: OrderRows, address: Doc, order_id: str) -> str:
    row: Doc = {field: address[field] for field in _ADDRESS_FIELDS if address.get(field)}
    row |= {"id": shop.ids.new(), "orderId": order_id}
    return rows.upsert("order_address", row)


def _store_customer(rows: OrderRows, buyer: Buyer, order_id: str) -> None:
    row: Doc = {field: buyer.customer.get(field) for field in _CUSTOMER_FIELDS}
    row |= {
        "orderId": order_id,
        "customerId": buyer.customer["id"],
        "remoteAddress": _anonymous(buyer.remote_address),
    }
    rows.upsert("order_customer", row)


def _anonymous(address: str) -> str:
    head, separator, _ = address.rpartition(".")
    return f"{head}{separator}0" if separator else address


def store_lines(
    shop: Shop, rows: OrderRows, cart: Cart, order_id: str, known: dict[str, str] | None = None
) -> dict[str, str]:
    """Store the lines of a cart; return their ids by the cart's identifiers. ``known`` lines are replaced."""
    ids: dict[str, str] = {}
    writing = _LineWriting(shop, rows, order_id, ids, known or {})
    for position, item in enumerate(cart.items.values(), 1):
        writing.store(item, position, None)
    return ids


@dataclass(frozen=True, slots=True)
class _LineWriting:
    shop: Shop
    rows: OrderRows
    order_id: str
    ids: dict[str, str]
    known: dict[str, str]

    def store(self, item: LineItem, position: int, parent_id: str | None) -> None:
        """Store a line, and what is in it."""
        row = _line_doc(item, position)
        row |= {
            "id": self.known.get(item.id) or self.shop.ids.new(),
            "orderId": self.order_id,
            "parentId": parent_id,
        }
        if not self.shop.version.is_65:
            row["promotionId"] = item.payload.get("promotionId") if item.type == PROMOTION else None
        self.ids[item.id] = self.rows.upsert("order_line_item", row)
        for child_position, child in enumerate(item.children, 1):
            self.store(child, child_position, self.ids[item.id])


def _line_doc(item: LineItem, position: int) -> Doc:
    if item.price is None:
        raise ValueError(f"line item {item.id} has no price")
    return {
        "identifier": item.id,
        "referencedId": item.referenced_id,
        "productId": item.referenced_id if item.type == PRODUCT else None,
        "quantity": item.quantity,
        "type": item.type,
        "label": item.label,
        "description": item.description,
        "good": item.good,
        "removable": item.removable,
        "stackable": item.stackable,
        "position": position,
        "price": price_doc(item.price),
        "unitPrice": plain(item.price.unit),
        "totalPrice": plain(item.price.total),
        "priceDefinition": definition_doc(item.definition) if item.definition else None,
        "coverId": item.cover_id,
        "payload": _plain_payload(item.payload),
        "states": list(item.states),
    }


def _plain_payload(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, dict):
        return {key: _plain_payload(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain_payload(each) for each in value]
    return value


def store_delivery(
    shop: Shop,
    rows: OrderRows,
    delivery: Delivery,
    order_id: str,
    address_id: str,
    lines: dict[str, str],
    known: str | None = None,
) -> str:
    """Store a delivery with its positions; ``known`` is the id of the row that it replaces."""
    row: Doc = {
        "orderId": order_id,
        "shippingOrderAddressId": address_id,
        "shippingMethodId": delivery.shipping_method_id,
        "shippingDateEarliest": f"{delivery.date.earliest:%Y-%m-%d}T00:00:00.000+00:00",
        "shippingDateLatest": f"{delivery.date.latest:%Y-%m-%d}T00:00:00.000+00:00",
        "shippingCosts": price_doc(delivery.costs),
    }
    if known is None:
        row |= {
            "id": shop.ids.new(),
            "trackingCodes": [],
            "stateId": state_machine.initial_state(shop.store, "order_delivery.state")["id"],
        }
    else:
        row["id"] = known
        for old in rows.where("order_delivery_position", orderDeliveryId=known):
            rows.delete("order_delivery_position", old["id"])
    delivery_id = rows.upsert("order_delivery", row)
    for position in delivery.positions:
        if position.item.id in lines:
            rows.upsert(
                "order_delivery_position",
                {
                    "orderDeliveryId": delivery_id,
                    "orderLineItemId": lines[position.item.id],
                    "price": price_doc(position.price),
                    "unitPrice": plain(position.price.unit),
                    "totalPrice": plain(position.price.total),
                    "quantity": position.quantity,
                },
            )
    return delivery_id


def _store_transaction(shop: Shop, cart: Cart, order_id: str, terms: Terms) -> None:
    total = shop.behaviour.transaction_amount(cart.price.total)
    amount = CalculatedPrice(total, total, cart.price.taxes, cart.price.rules)
    OrderRows(shop.store).upsert(
        "order_transaction",
        {
            "id": shop.ids.new(),
            "orderId": order_id,
            "paymentMethodId": terms.payment_method_id,
            "amount": price_doc(amount),
            "validationData": [],
            "stateId": state_machine.initial_state(shop.store, "order_transaction.state")["id"],
        },
    )


def _count_promotions(store: EntityStore, cart: Cart, buyer: Buyer, order_id: str) -> None:
    customer_id = buyer.customer["id"]
    for item in cart.of_type(PROMOTION):
        promotion = store.get("promotion", str(item.payload.get("promotionId") or ""))
        if promotion is None:
            continue
        counts = dict(promotion.get("ordersPerCustomerCount") or {})
        counts[customer_id] = int(counts.get(customer_id) or 0) + 1
        store.upsert(
            "promotion",
            {
                "id": promotion["id"],
                "orderCount": int(promotion.get("orderCount") or 0) + 1,
                "ordersPerCustomerCount": counts,
                "updatedAt": promotion.get("updatedAt"),
            },
        )
        name = f"{buyer.customer.get('firstName')} {buyer.customer.get('lastName')}"
        for code in store.where("promotion_individual_code", code=item.payload.get("code")):
            redeemed = {"orderId": order_id, "customerId": customer_id, "customerName": name}
            store.upsert("promotion_individual_code", {"id": code["id"], "payload": redeemed})


def _forget_pages(shop: Shop, cart: Cart) -> None:
    shop.http_cache.invalidate({f"product-{item.referenced_id}" for item in cart.of_type(PRODUCT)})
