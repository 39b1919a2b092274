"""Makes an order of a calculated cart."""

from __future__ import annotations

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
            stock.order_placed(store, shop.version, order_id)
        _count_promotions(store, cart, buyer, order_id)
        customer_id = buyer.customer["id"]
        store.upsert("customer", {"id": customer_id, "lastPaymentMethodId": terms.payment_method_id})
        store.after_commit(lambda: _forget_pages(shop, cart))
        shop.events.emit("checkout.order.placed", order_id=order_id, customer_id=customer_id)
    return order_id


def _store_order(shop: Shop, cart: Cart, buyer: Buyer, terms: Terms) -> str:
    store = shop.store
    now = api_time(shop.clock.now())
    order_id = shop.ids.new()
    shipping_costs = total_of(cart.shipping_prices()) if cart.deliveries else CalculatedPrice(Decimal(0), Decimal(0))
    shipping_id, billing_id = _store_addresses(shop, buyer, order_id, delivered=bool(cart.deliveries))
    number = number_range.reserve(store, "order", terms.sales_channel_id, clock=shop.clock)
    price = cart.price
    store.upsert(
        "order",
        {
            "id": order_id,
            "versionId": _live(),
            "autoIncrement": 1 + store.count("order"),
            "orderNumber": shop.behaviour.order_number(number),
            "currencyId": terms.currency["id"],
            "currencyFactor": terms.currency.get("factor") or 1,
            "salesChannelId": terms.sales_channel_id,
            "languageId": terms.language_id,
            "billingAddressId": billing_id,
            "orderDateTime": now,
            "orderDate": f"{now[:10]}T00:00:00.000+00:00",
            "price": cart_price_doc(price),
            "amountTotal": plain(price.total),
            "amountNet": plain(price.net),
            "positionPrice": plain(price.position),
            "taxStatus": price.tax_state.value,
            "shippingCosts": price_doc(shipping_costs),
            "shippingTotal": plain(shipping_costs.total),
            "itemRounding": rounding_doc(terms.item_rounding),
            "totalRounding": rounding_doc(terms.total_rounding),
            "ruleIds": list(terms.rule_ids),
            "stateId": state_machine.initial_state(store, "order.state")["id"],
            "deepLinkCode": shop.ids.token(),
            "customerComment": cart.customer_comment,
            "affiliateCode": cart.affiliate_code,
            "campaignCode": cart.campaign_code,
            "source": cart.source,
        },
    )
    _store_customer(store, buyer, order_id)
    lines = store_lines(shop, cart, order_id)
    for delivery in cart.deliveries:
        store_delivery(shop, delivery, order_id, shipping_id, lines)
    _store_transaction(shop, cart, order_id, terms)
    return order_id


def _live() -> str:
    from updategate.embedded.refshop.dal.ids import LIVE_VERSION  # noqa: PLC0415

    return LIVE_VERSION


def rounding_doc(rounding: Rounding) -> dict[str, Any]:
    """Return a rounding as it is stored."""
    return {
        "decimals": rounding.decimals,
        "interval": float(rounding.interval),
        "roundForNet": rounding.round_for_net,
    }


def _store_addresses(shop: Shop, buyer: Buyer, order_id: str, *, delivered: bool) -> tuple[str, str]:
    shipping_id = _store_address(shop, buyer.shipping, order_id) if delivered else ""
    if delivered and buyer.billing["id"] == buyer.shipping["id"]:
        return shipping_id, shipping_id
    return shipping_id, _store_address(shop, buyer.billing, order_id)


def _store_address(shop: Shop, address: Doc, order_id: str) -> str:
    row: Doc = {field: address[field] for field in _ADDRESS_FIELDS if address.get(field)}
    row |= {"id": shop.ids.new(), "versionId": _live(), "orderId": order_id}
    return shop.store.upsert("order_address", row)


def _store_customer(store: EntityStore, buyer: Buyer, order_id: str) -> None:
    row: Doc = {field: buyer.customer.get(field) for field in _CUSTOMER_FIELDS}
    row |= {
        "versionId": _live(),
        "orderId": order_id,
        "customerId": buyer.customer["id"],
        "remoteAddress": _anonymous(buyer.remote_address),
    }
    store.upsert("order_customer", row)


def _anonymous(address: str) -> str:
    head, separator, _ = address.rpartition(".")
    return f"{head}{separator}0" if separator else address


def store_lines(shop: Shop, cart: Cart, order_id: str, known: dict[str, str] | None = None) -> dict[str, str]:
    """Store the lines of a cart; return their ids by the cart's identifiers. ``known`` lines are replaced."""
    ids: dict[str, str] = {}
    for position, item in enumerate(cart.items.values(), 1):
        _store_line(shop, item, order_id, position, None, ids, known or {})
    return ids


def _store_line(
    shop: Shop,
    item: LineItem,
    order_id: str,
    position: int,
    parent_id: str | None,
    ids: dict[str, str],
    known: dict[str, str],
) -> None:
    if item.price is None:
        raise ValueError(f"line item {item.id} has no price")
    row: Doc = {
        "id": known.get(item.id) or shop.ids.new(),
        "versionId": _live(),
        "orderId": order_id,
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
        "parentId": parent_id,
        "coverId": item.cover_id,
        "payload": _plain_payload(item.payload),
        "states": list(item.states),
    }
    if not shop.version.is_65:
        row["promotionId"] = item.payload.get("promotionId") if item.type == PROMOTION else None
    ids[item.id] = shop.store.upsert("order_line_item", row)
    for child_position, child in enumerate(item.children, 1):
        _store_line(shop, child, order_id, child_position, ids[item.id], ids, known)


def _plain_payload(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, dict):
        return {key: _plain_payload(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain_payload(each) for each in value]
    return value


def store_delivery(
    shop: Shop, delivery: Delivery, order_id: str, address_id: str, lines: dict[str, str], known: str | None = None
) -> str:
    """Store a delivery with its positions; ``known`` is the id of the row that it replaces."""
    store = shop.store
    row: Doc = {
        "versionId": _live(),
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
            "stateId": state_machine.initial_state(store, "order_delivery.state")["id"],
        }
    else:
        row["id"] = known
        for old in store.where("order_delivery_position", orderDeliveryId=known):
            store.delete("order_delivery_position", old["id"])
    delivery_id = store.upsert("order_delivery", row)
    for position in delivery.positions:
        if position.item.id in lines:
            store.upsert(
                "order_delivery_position",
                {
                    "versionId": _live(),
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
    shop.store.upsert(
        "order_transaction",
        {
            "id": shop.ids.new(),
            "versionId": _live(),
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
