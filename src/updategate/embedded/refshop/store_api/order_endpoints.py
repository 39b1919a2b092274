"""Orders: place, list, cancel, pay."""

from __future__ import annotations

from typing import Any

from updategate.embedded.refshop.cart.hashes import cart_hash
from updategate.embedded.refshop.cart.items import Cart
from updategate.embedded.refshop.dal import state_machine
from updategate.embedded.refshop.dal.store import Doc
from updategate.embedded.refshop.order.placing import Buyer, Terms, place_order

from . import errors, validation
from .account_endpoints import success
from .cart_store import current_cart, delete_cart
from .entities import Presenter, found_in_search, search_result
from .http import Answer, Call, Endpoint
from .login import renewed_token
from .searching import criteria_of, find, merged, tree_of, trimmed
from .session import offered

Json = dict[str, Any]

_PLACED_TREE: Any = {
    "orderCustomer": {"salutation": {}},
    "deliveries": {
        "shippingMethod": {},
        "shippingOrderAddress": {"country": {}, "countryState": {}},
        "stateMachineState": {},
    },
    "transactions": {"paymentMethod": {}, "stateMachineState": {}},
    "lineItems": {"cover": {}, "downloads": {"media": {}}},
    "currency": {},
    "addresses": {"country": {}, "countryState": {}},
    "stateMachineState": {},
}
_FINAL_PAYMENT_STATES = ("paid", "paid_partially", "refunded", "cancelled")
_LISTED_TREE: Any = {"orderCustomer": {}, "billingAddress": {}}


def cart_at_arrival(call: Call) -> Cart:
    """Read and calculate the cart when the request comes in: calls that overlap order the same cart."""
    return current_cart(call.shop, call.session)


def place(call: Call) -> Answer:
    """Make orders of the cart."""
    cart: Cart = call.snapshot
    session, shop = call.session, call.shop
    wanted = call.get("hash")
    if wanted and not shop.version.is_65 and wanted != cart_hash(cart, session.context):
        detail = f"Content hash mismatch for cart token: {cart.token}"
        raise errors.refused(409, "CHECKOUT__CART_HASH_MISMATCH", detail, token=cart.token)
    comment = str(call.get("customerComment") or "").strip()
    cart.customer_comment = comment or cart.customer_comment
    cart.affiliate_code = call.get("affiliateCode") or cart.affiliate_code
    cart.campaign_code = call.get("campaignCode") or cart.campaign_code
    if any(error.blocks for error in cart.errors.values()):
        listed = "\n".join(f"{error.key}: {error.message}" for error in cart.errors.values())
        count = len(cart.errors)
        detail = f"The cart is invalid, got {count} error(s): {listed}"
        raise errors.refused(500, "CHECKOUT__CART_INVALID", detail, errorCount=count, errors=listed)
    if not cart.items:
        raise errors.refused(400, "CHECKOUT__CART_EMPTY", "Cart is empty")
    buyer, terms = buyer_of(call), terms_of(call)
    order_id = ""
    for _ in range(shop.behaviour.orders_of_cart(cart.token)):
        order_id = place_order(shop, cart, buyer, terms)
    if shop.behaviour.cart_is_emptied_by_order():
        delete_cart(shop, session.token)
    order = shop.store.get("order", order_id) or {}
    return Answer(order_json(call, order, _PLACED_TREE))


def buyer_of(call: Call) -> Buyer:
    """Return who orders."""
    customer, buyer, store = call.session.customer, call.session.context.customer, call.shop.store
    if customer is None or buyer is None:
        raise errors.not_logged_in()
    billing = store.get("customer_address", buyer.billing.id) or {}
    shipping_id = call.shop.behaviour.delivery_address(buyer.shipping.id, buyer.billing.id)
    shipping = store.get("customer_address", shipping_id) or {}
    return Buyer(customer, billing, shipping, call.client)


def terms_of(call: Call) -> Terms:
    """Return the terms of an order: what it keeps of its context."""
    session, context = call.session, call.session.context
    return Terms(
        session.channel["id"],
        session.language_id,
        session.currency,
        context.payment_method.id,
        context.item_rounding,
        context.total_rounding,
        context.rule_ids,
    )


def order_json(call: Call, order: Doc, tree: Any) -> Json:
    """Show an order."""
    return Presenter(call.shop, call.session.languages).entity("order", order, tree)


def list_orders(call: Call) -> Answer:
    """Show the customer's orders, or one order to whoever has its link and knows its address."""
    customer = call.session.customer
    link = _deep_link(call)
    if customer is None and link is None:
        raise errors.not_logged_in()
    fixed: list[Json] = [{"type": "equals", "field": "salesChannelId", "value": call.session.channel["id"]}]
    if link is None and customer is not None:
        fixed.append({"type": "equals", "field": "orderCustomer.customerId", "value": customer["id"]})
    criteria = criteria_of(call, "order", fixed)
    criteria.offset = call.shop.behaviour.orders_offset(criteria.offset)
    found = find(call, "order", criteria)
    token = None
    if link is not None:
        token = _check_link(call, found.docs)
    tree = merged(_LISTED_TREE, tree_of(criteria))
    if call.shop.version.is_65:
        tree = merged(tree, {"stateMachineState": {}})
        if "deliveries" in tree:
            tree["deliveries"]["shippingOrderAddress"] = {}
    elements = [_with_numbers(call, order, order_json(call, order, tree)) for order in found.docs]
    limit = criteria.limit or len(elements)
    result = search_result("order", elements, found.total, limit=limit, aggregations=found.aggregations or [])
    shown: Json = {"apiAlias": "order-route-response-struct", "orders": result, "paymentChangeable": []}
    if call.get("checkPromotion"):
        shown["paymentChangeable"] = {order["id"]: True for order in found.docs}
    return Answer(trimmed(shown, criteria.includes), token=token)


def _with_numbers(call: Call, order: Doc, shown: Json) -> Json:
    extensions = found_in_search(autoIncrement=order.get("autoIncrement"), orderNumber=order.get("orderNumber"))
    return {"extensions": extensions, **shown, "documents": _documents(call, order)}


def _documents(call: Call, order: Doc) -> list[Json]:
    """Show the documents that were sent and that customers may see in their account."""
    presenter = Presenter(call.shop, call.session.languages)
    return [
        presenter.entity("document", row, {"documentType": {}})
        for row in call.shop.store.where("document", orderId=order["id"])
        if row.get("sent") and (row.get("config") or {}).get("displayInCustomerAccount") in (True, "true")
    ]


def _deep_link(call: Call) -> str | None:
    filters = call.get("filter")
    for each in filters if isinstance(filters, list) else ():
        if isinstance(each, dict) and each.get("field") in ("deepLinkCode", "order.deepLinkCode"):
            return str(each.get("value"))
    return None


def _check_link(call: Call, orders: list[Doc]) -> str | None:
    customer, store = call.session.customer, call.shop.store
    if not orders:
        raise errors.refused(404, "CHECKOUT__ORDER_NOT_FOUND", "Order not found")
    for order in orders:
        owner = next(iter(store.where("order_customer", orderId=order["id"])), {})
        if customer is not None and owner.get("customerId") == customer["id"]:
            continue
        email, zipcode = call.get("email"), call.get("zipcode")
        if not email or not zipcode:
            raise errors.refused(403, "CHECKOUT__GUEST_NOT_AUTHENTICATED", "Guest not authenticated.")
        billing = store.get("order_address", order["billingAddressId"]) or {}
        known = str(owner.get("email") or "").casefold() == str(email).casefold()
        same_place = str(billing.get("zipcode") or "").casefold() == str(zipcode).casefold()
        if not (known and same_place):
            raise errors.refused(
                403, "CHECKOUT__GUEST_WRONG_CREDENTIALS", "Wrong credentials for guest authentication."
            )
        guest = store.get("customer", owner.get("customerId") or "")
        if call.get("login") and guest is not None and guest.get("guest"):
            return renewed_token(call, guest["id"])
    return None


def cancel(call: Call) -> Answer:
    """Cancel an order of the customer."""
    order = _own_order(call)
    if not validation.setting(call, "core.cart.enableOrderRefunds"):
        # Shopware's route itself does not look at the setting of the storefront
        pass
    shop = call.shop
    state, _ = state_machine.transition(
        shop.store, shop.version, "order", order["id"], "cancel", emit=shop.events.emit, behaviour=shop.behaviour
    )
    return Answer(Presenter(call.shop, call.session.languages).entity("state_machine_state", state))


def _own_order(call: Call, key: str = "orderId") -> Doc:
    id_ = call.get(key)
    if not id_:
        raise errors.refused(400, "CHECKOUT__INVALID_REQUEST_PARAMETER", 'The parameter "orderId" is invalid.')
    order = call.shop.store.get("order", str(id_))
    customer = call.session.customer or {}
    owner = next(iter(call.shop.store.where("order_customer", orderId=str(id_))), {}) if order else {}
    if order is None or owner.get("customerId") != customer.get("id"):
        raise errors.refused(
            404, "FRAMEWORK__ENTITY_NOT_FOUND", f"order for id {id_} not found.", entity="order", identifier=str(id_)
        )
    return order


def set_payment(call: Call) -> Answer:
    """Pay an order with another method: the open payment is cancelled, a new one opened."""
    order, store = _own_order(call), call.shop.store
    method_id = str(call.get("paymentMethodId") or "")
    method = store.get("payment_method", method_id)
    usable = method is not None and method.get("active") and method.get("afterOrderEnabled", True)
    if not usable or method_id not in offered(call.shop, "payment_method", call.session.channel["id"]):
        detail = f'Could not find payment method with id "{method_id}"'
        raise errors.refused(
            404, "CHECKOUT__UNKNOWN_PAYMENT_METHOD", detail, entity="payment method", field="id", value=method_id
        )
    rows = sorted(store.where("order_transaction", orderId=order["id"]), key=lambda row: str(row.get("createdAt")))
    last = rows[-1] if rows else None
    states = {
        row["id"]: str((store.get("state_machine_state", row["stateId"]) or {}).get("technicalName")) for row in rows
    }
    if last is not None and states[last["id"]] in ("paid", "paid_partially"):
        raise errors.refused(
            403, "CHECKOUT__ORDER_PAYMENT_METHOD_NOT_CHANGEABLE", "The order has an active transaction - {{ type }}"
        )
    with store.transaction():
        if last is not None and last["paymentMethodId"] == method_id and states[last["id"]] == "open":
            return success(call)
        for row in rows:
            if states[row["id"]] not in (*_FINAL_PAYMENT_STATES, "failed"):
                shop, entity = call.shop, "order_transaction"
                state_machine.transition(
                    store, shop.version, entity, row["id"], "cancel", emit=shop.events.emit, behaviour=shop.behaviour
                )
        amount = (
            dict(last["amount"]) if last else {"unitPrice": order["amountTotal"], "totalPrice": order["amountTotal"]}
        )
        store.upsert(
            "order_transaction",
            {
                "id": call.shop.ids.new(),
                "versionId": order.get("versionId"),
                "orderId": order["id"],
                "paymentMethodId": method_id,
                "amount": amount,
                "validationData": [],
                "stateId": state_machine.initial_state(store, "order_transaction.state")["id"],
            },
        )
    call.shop.events.emit("checkout.order.payment_method.changed", order_id=order["id"])
    return success(call)


def handle_payment(call: Call) -> Answer:
    """Start the payment of an order: the methods of this shop need no redirect."""
    id_ = str(call.get("orderId") or "")
    order = call.shop.store.get("order", id_) if id_ else None
    if order is None:
        detail = f"The order with id {id_} is invalid or could not be found."
        raise errors.refused(404, "CHECKOUT__INVALID_ORDER_ID", detail, orderId=id_)
    return Answer({"apiAlias": "array_struct", "redirectUrl": None})


ENDPOINTS = [
    Endpoint(
        "POST",
        "/store-api/checkout/order",
        place,
        login=True,
        guest=True,
        threaded=True,
        snapshot=cart_at_arrival,
    ),
    Endpoint("GET", "/store-api/order", list_orders),
    Endpoint("POST", "/store-api/order", list_orders),
    Endpoint("POST", "/store-api/order/state/cancel", cancel, login=True, guest=True),
    Endpoint("POST", "/store-api/order/payment", set_payment, login=True, guest=True),
    Endpoint("GET", "/store-api/handle-payment", handle_payment),
    Endpoint("POST", "/store-api/handle-payment", handle_payment),
]
