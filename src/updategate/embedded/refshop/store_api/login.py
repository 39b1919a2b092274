"""Logging in and out: which token stands for whom, and what becomes of the carts."""

from __future__ import annotations

from typing import Any

from updategate.embedded.refshop.cart.items import Cart
from updategate.embedded.refshop.dal.store import Doc

from .cart_store import calculated, current_cart, delete_cart, move_cart, save_cart, stored_cart
from .context_endpoints import reopened
from .http import Call
from .session import ENTITY, load

_FORGOTTEN = {"billingAddressId": None, "shippingAddressId": None}


def log_in(call: Call, customer: Doc) -> str:
    """Log the customer in; return the token: the one that the customer has already, or a new one.

    The cart of the visitor goes on with the new token, or is put into the cart that the customer had.
    """
    shop, session = call.shop, call.session
    now = shop.clock.now()
    shop.store.upsert("customer", {"id": customer["id"], "lastLogin": now.isoformat(timespec="milliseconds")})
    known = _row_of_customer(call, customer["id"])
    if known is None or known["id"] == session.token:
        token = renewed_token(call, customer["id"])
        reopened(call, token)
        shop.events.emit("checkout.customer.login", customer_id=customer["id"], token=token)
        return token
    guest_token, token = session.token, str(known["id"])
    if (load(shop, token, session.channel["id"]) or {}).get("expired"):
        token = _renewed(call, token, customer["id"])
    guest = current_cart(shop, session)
    reopened(call, token)
    _merge(call, guest)
    if guest_token != token:
        delete_cart(shop, guest_token)
        shop.store.delete(ENTITY, guest_token)
    shop.events.emit("checkout.customer.login", customer_id=customer["id"], token=token)
    return token


def renewed_token(call: Call, customer_id: str) -> str:
    """Give the visitor's context and cart a new token, and put the customer in."""
    return _renewed(call, call.session.token, customer_id)


def _renewed(call: Call, old: str, customer_id: str | None) -> str:
    shop = call.shop
    token = shop.ids.token()
    row = shop.store.get(ENTITY, old)
    payload: dict[str, Any] = dict((row or {}).get("payload") or {})
    payload = {key: value for key, value in {**payload, **_FORGOTTEN}.items() if value is not None}
    payload.pop("permissions", None)
    if customer_id:
        payload["customerId"] = customer_id
    with shop.store.transaction():
        shop.store.delete(ENTITY, old)
        shop.store.upsert(
            ENTITY,
            {
                "id": token,
                "payload": payload,
                "salesChannelId": call.session.channel["id"],
                "customerId": customer_id,
                "changedAt": shop.clock.now().isoformat(),
            },
        )
        move_cart(shop, old, token)
    return token


def log_out(call: Call, *, forget: bool) -> str:
    """Log out; return a token for a new visitor. ``forget``: cart and context are deleted, else kept for a login."""
    shop, session = call.shop, call.session
    customer = session.customer or {}
    if forget or customer.get("guest"):
        delete_cart(shop, session.token)
        shop.store.delete(ENTITY, session.token)
    else:
        _renewed(call, session.token, customer.get("id"))
    shop.events.emit("checkout.customer.logout", customer_id=customer.get("id"))
    token = shop.ids.token()
    reopened(call, token)
    return token


def forget_customer(call: Call, customer_id: str) -> None:
    """Let no token stand for the customer any more."""
    for row in call.shop.store.where(ENTITY, customerId=customer_id):
        payload = {
            key: value
            for key, value in (row.get("payload") or {}).items()
            if key not in ("customerId", "billingAddressId", "shippingAddressId")
        }
        call.shop.store.upsert(ENTITY, {"id": row["id"], "customerId": None, "payload": payload})


def _row_of_customer(call: Call, customer_id: str) -> Doc | None:
    channel = call.session.channel["id"]
    rows = call.shop.store.where(ENTITY, customerId=customer_id, salesChannelId=channel)
    return rows[0] if rows else None


def _merge(call: Call, guest: Cart) -> None:
    shop, session = call.shop, call.session
    mine = stored_cart(shop, session.token)
    for item in guest.items.values() if shop.behaviour.merges_cart_at_login() else ():
        known = mine.items.get(item.id)
        if known is None:
            mine.items[item.id] = item
        elif known.stackable and item.stackable:
            known.quantity += item.quantity
            known.data_timestamp = None
    mine.codes += [code for code in guest.codes if code not in mine.codes]
    if mine.items:
        save_cart(shop, calculated(shop, session, mine))
