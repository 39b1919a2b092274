"""Keeps carts in the store, by context token."""

from __future__ import annotations

from updategate.embedded.refshop.cart.items import Cart, LineItem
from updategate.embedded.refshop.cart.process import CartCalculation, Features
from updategate.embedded.refshop.cart.stored import moment_of
from updategate.embedded.refshop.dal.store import Doc
from updategate.embedded.refshop.order.prices import definition_doc, definition_of
from updategate.embedded.refshop.shop import Shop

from .session import Session, catalogue_of

ENTITY = "cart"


def features_of(shop: Shop) -> Features:
    """Return what the version of the shop does in a calculation."""
    version = shop.version
    return Features(
        discounts_in_delivery=version.at_least(6, 6, 7),
        discounts_by_priority=version.at_least(6, 6),
        notes_zero_price=version.at_least(6, 6),
        keeps_piece_prices=version.at_least(6, 6),
        forgets_timestamps=not version.at_least(6, 6),
    )


def calculation(shop: Shop, session: Session) -> CartCalculation:
    """Return the calculation for the session's context."""
    return CartCalculation(session.context, catalogue_of(shop), shop.behaviour, features_of(shop))


def stored_cart(shop: Shop, token: str) -> Cart:
    """Return the cart of a token, not calculated yet; a new one if there is none."""
    doc = shop.store.get(ENTITY, token)
    return Cart(token) if doc is None else cart_of(doc)


def current_cart(shop: Shop, session: Session) -> Cart:
    """Load and calculate the cart of the session, as every request to the Store API does first.

    What the calculation corrected is stored; the errors that tell of it live only as long as the request.
    """
    cart = stored_cart(shop, session.token)
    before = [(item.id, item.quantity) for item in cart.items.values()]
    error_hash = cart.error_hash
    cart = calculated(shop, session, cart)
    if cart.error_hash != error_hash or [(item.id, item.quantity) for item in cart.items.values()] != before:
        save_cart(shop, cart)
    return cart


def calculated(shop: Shop, session: Session, cart: Cart) -> Cart:
    """Calculate the cart; new lines get their unique identifiers."""
    cart = calculation(shop, session).calculate(cart)
    cart.new = False
    for item in cart.flat():
        item.unique_id = item.unique_id or shop.ids.new()
    return cart


def save_cart(shop: Shop, cart: Cart) -> None:
    """Store the cart; one without content is deleted."""
    if not (cart.items or cart.customer_comment or cart.affiliate_code or cart.campaign_code):
        shop.store.delete(ENTITY, cart.token)
        return
    shop.store.upsert(ENTITY, doc_of(cart))


def delete_cart(shop: Shop, token: str) -> None:
    """Forget the cart of a token."""
    shop.store.delete(ENTITY, token)


def move_cart(shop: Shop, old: str, new: str) -> None:
    """Let the cart of a token go on under another one."""
    doc = shop.store.get(ENTITY, old)
    if doc is not None:
        shop.store.delete(ENTITY, old)
        shop.store.upsert(ENTITY, {**doc, "id": new, "token": new})


def doc_of(cart: Cart) -> Doc:
    """Return the cart as a document; prices are calculated anew when it is loaded."""
    return {
        "id": cart.token,
        "token": cart.token,
        "lineItems": [_item_doc(item) for item in cart.items.values()],
        "codes": list(cart.codes),
        "blockedPromotionIds": list(cart.blocked_promotions),
        "ruleIds": list(cart.rule_ids),
        "errorHash": cart.error_hash,
        "customerComment": cart.customer_comment,
        "affiliateCode": cart.affiliate_code,
        "campaignCode": cart.campaign_code,
        "touched": cart.touched,
    }


def cart_of(doc: Doc) -> Cart:
    """Read a stored cart."""
    return Cart(
        doc["id"],
        {row["id"]: _item_of(row) for row in doc.get("lineItems") or ()},
        rule_ids=tuple(doc.get("ruleIds") or ()),
        codes=list(doc.get("codes") or ()),
        blocked_promotions=list(doc.get("blockedPromotionIds") or ()),
        error_hash=str(doc.get("errorHash") or ""),
        customer_comment=doc.get("customerComment"),
        affiliate_code=doc.get("affiliateCode"),
        campaign_code=doc.get("campaignCode"),
        new=False,
        touched=bool(doc.get("touched")),
    )


def _item_doc(item: LineItem) -> Doc:
    custom = "customPrice" in item.extensions or item.type in ("custom", "credit")
    return {
        "id": item.id,
        "type": item.type,
        "referencedId": item.referenced_id,
        "quantity": item.quantity,
        "label": item.label,
        "description": item.description,
        "good": item.good,
        "removable": item.removable,
        "stackable": item.stackable,
        "uniqueId": item.unique_id,
        "dataTimestamp": item.data_timestamp.isoformat() if item.data_timestamp else None,
        "dataHash": item.data_hash,
        "priceDefinition": definition_doc(item.definition) if custom and item.definition else None,
        "customPrice": "customPrice" in item.extensions,
        "payload": item.extensions.get("payload") or (item.payload if item.type == "custom" else {}),
        "promotionId": item.payload.get("promotionId"),
        "coverId": item.cover_id,
    }


def _item_of(row: Doc) -> LineItem:
    item = LineItem(
        row["id"],
        row["type"],
        row.get("referencedId"),
        int(row.get("quantity") or 1),
        label=row.get("label"),
        description=row.get("description"),
        good=bool(row.get("good", True)),
        removable=bool(row.get("removable")),
        stackable=bool(row.get("stackable")),
        unique_id=str(row.get("uniqueId") or ""),
        data_timestamp=moment_of(row.get("dataTimestamp")),
        data_hash=row.get("dataHash"),
        cover_id=row.get("coverId"),
    )
    if row.get("payload"):
        item.payload = dict(row["payload"])
        item.extensions["payload"] = dict(row["payload"])
    if row.get("promotionId"):
        item.payload["promotionId"] = row["promotionId"]
    if row.get("customPrice"):
        item.extensions["customPrice"] = True
    if row.get("priceDefinition"):
        item.definition = definition_of(row["priceDefinition"])
    return item
