"""The cart: read, add, change, remove, delete."""

from __future__ import annotations

from typing import Any

from updategate.embedded.refshop.cart.items import CREDIT, CUSTOM, PRODUCT, PROMOTION, Cart, LineItem
from updategate.embedded.refshop.cart.money import plain
from updategate.embedded.refshop.cart.process import OVERWRITE_PRICES
from updategate.embedded.refshop.cart.promotion import placeholder
from updategate.embedded.refshop.order.prices import definition_of

from . import errors
from .cart_json import CartPresenter
from .cart_store import calculated, current_cart, delete_cart, save_cart, stored_cart
from .errors import StoreApiError
from .http import Answer, Call, Endpoint

_TYPES: dict[str, tuple[type, ...]] = {
    "id": (str,),
    "type": (str,),
    "quantity": (int,),
    "payload": (dict, list),
    "stackable": (bool,),
    "removable": (bool,),
    "label": (str,),
    "referencedId": (str,),
    "coverId": (str,),
}
_TYPE_NAMES = {"quantity": "int", "payload": "array", "stackable": "bool", "removable": "bool"}
_IDENTIFIER_LENGTH = 100


def read_cart(call: Call) -> Answer:
    """Show the cart."""
    current = current_cart(call.shop, call.session)
    if current.errors:
        # the errors told what was corrected; it is stored corrected, and read anew
        current = calculated(call.shop, call.session, stored_cart(call.shop, call.session.token))
    return _shown(call, current)


def add_items(call: Call) -> Answer:
    """Add lines; what is there already gets more pieces."""
    cart = current_cart(call.shop, call.session)
    rows = _rows(call)
    for item in [_new_item(call, row) for row in rows]:
        _add(cart, item)
    return _recalculated(call, cart)


def change_items(call: Call) -> Answer:
    """Change quantities of lines."""
    cart = current_cart(call.shop, call.session)
    for row in _rows(call):
        item = cart.items.get(str(row.get("id")))
        if item is None:
            raise line_item_not_found(str(row.get("id") or ""))
        _change(call, item, {"type": item.type, **row})
    return _recalculated(call, cart)


def remove_items(call: Call) -> Answer:
    """Remove lines; with a promotion goes its code, and everything else that it put into the cart."""
    cart = current_cart(call.shop, call.session)
    ids = call.get("ids") or []
    for id_ in ids if isinstance(ids, list) else [ids]:
        item = cart.items.get(id_) if isinstance(id_, str) else None
        if item is None:
            raise line_item_not_found(str(id_))
        if not item.removable:
            raise errors.refused(
                400,
                "CHECKOUT__CART_LINE_ITEM_NOT_REMOVABLE",
                f"Line item with identifier {id_} is not removable.",
                id=id_,
            )
        del cart.items[id_]
        if item.type == PROMOTION:
            _forget_promotion(cart, item)
    return _recalculated(call, cart)


def delete(call: Call) -> Answer:
    """Delete the cart."""
    delete_cart(call.shop, call.session.token)
    return Answer(status=204)


def line_item_not_found(id_: str) -> StoreApiError:
    """Return the error for a line that is not in the cart."""
    return errors.refused(
        404, "CHECKOUT__CART_LINE_ITEM_NOT_FOUND", f"Line item with identifier {id_} not found.", id=id_
    )


def _forget_promotion(cart: Cart, removed: LineItem) -> None:
    promotion_id = removed.payload.get("promotionId")
    if removed.referenced_id:
        for other in cart.of_type(PROMOTION):
            if other.payload.get("promotionId") == promotion_id:
                del cart.items[other.id]
        if removed.referenced_id in cart.codes:
            cart.codes.remove(removed.referenced_id)
    elif promotion_id and promotion_id not in cart.blocked_promotions:
        cart.blocked_promotions.append(promotion_id)


def _rows(call: Call) -> list[dict[str, Any]]:
    rows = call.body.get("items", [])
    if isinstance(rows, dict):
        rows = list(rows.values())
    if not isinstance(rows, list):
        kind = {str: "string", int: "int", float: "float", bool: "bool"}.get(type(rows), "null")
        raise errors.plain_error(400, f'Unexpected value for parameter "items": expecting "array", got "{kind}".')
    return [row if isinstance(row, dict) else {} for row in rows]


def _new_item(call: Call, row: dict[str, Any]) -> LineItem:
    row = {**row, "id": row.get("id") or call.shop.ids.new()}
    _check(row)
    kind = row.get("type") or ""
    if kind == PROMOTION:
        return placeholder(str(row.get("referencedId") or ""))
    _check_identifier(row["id"])
    quantity = row.get("quantity", 1)
    quantity = 1 if quantity is None else int(quantity)
    _check_quantity(quantity)
    if kind == PRODUCT:
        item = LineItem(
            row["id"], PRODUCT, row.get("referencedId") or row["id"], quantity, removable=True, stackable=True
        )
        _change(call, item, {key: value for key, value in row.items() if key != "quantity"})
        return item
    if kind in (CUSTOM, CREDIT):
        _demand_overwrite(call)
        item = LineItem(row["id"], kind, row.get("referencedId"), quantity, label=row.get("label"))
        item.description = row.get("description")
        item.removable, item.stackable = bool(row.get("removable")), bool(row.get("stackable"))
        _set_price(item, row)
        return item
    raise errors.refused(
        400,
        "CHECKOUT__CART_LINE_ITEM_TYPE_NOT_SUPPORTED",
        f'Line item type "{kind}" is not supported.',
        type=kind,
    )


def _change(call: Call, item: LineItem, row: dict[str, Any]) -> None:
    _check(row)
    if row.get("quantity") is not None:
        _check_quantity(row["quantity"])
        if not item.stackable:
            raise errors.refused(
                400,
                "CHECKOUT__CART_LINE_ITEM_NOT_STACKABLE",
                f'Line item with identifier "{item.id}" is not stackable and the quantity cannot be changed.',
                id=item.id,
            )
        item.quantity = int(row["quantity"])
        item.data_timestamp = None
    if item.type == PROMOTION:
        raise errors.refused(
            400,
            "CHECKOUT__CART_LINE_ITEM_TYPE_NOT_UPDATABLE",
            f'Line item type "{item.type}" cannot be updated.',
            type=item.type,
        )
    if row.get("referencedId"):
        item.referenced_id = row["referencedId"]
    if isinstance(row.get("payload"), dict):
        item.payload = {**item.payload, **row["payload"]}
        item.extensions["payload"] = {**item.extensions.get("payload", {}), **row["payload"]}
    if row.get("priceDefinition"):
        _demand_overwrite(call)
        _set_price(item, row)
        item.extensions["customPrice"] = True


def _set_price(item: LineItem, row: dict[str, Any]) -> None:
    if isinstance(row.get("priceDefinition"), dict):
        item.definition = definition_of(row["priceDefinition"])


def _demand_overwrite(call: Call) -> None:
    if OVERWRITE_PRICES not in call.session.context.permissions:
        raise errors.refused(403, "CHECKOUT__INSUFFICIENT_PERMISSION", "Insufficient permission.")


def _check(row: dict[str, Any]) -> None:
    broken = []
    for key, types in _TYPES.items():
        value = row.get(key)
        wrong = value is not None and (not isinstance(value, types) or (isinstance(value, bool) and bool not in types))
        if wrong:
            name = _TYPE_NAMES.get(key, "string")
            shown = f'"{value}"' if isinstance(value, str) else str(value)
            broken.append(
                errors.violation(
                    "INVALID_TYPE_ERROR",
                    f"This value should be of type {name}.",
                    f"/{key}",
                    value=shown,
                    type=name,
                )
            )
    if broken:
        raise errors.violations(broken)


def _check_quantity(quantity: int) -> None:
    if quantity < 1:
        raise errors.refused(
            400,
            "CHECKOUT__CART_INVALID_LINE_ITEM_QUANTITY",
            f'The quantity must be a positive integer. Given: "{quantity}"',
            quantity=quantity,
        )


def _check_identifier(id_: str) -> None:
    allowed = all(character.isascii() and (character.isalnum() or character in "-_.") for character in id_)
    if len(id_) > _IDENTIFIER_LENGTH or not allowed:
        detail = (
            f"Identifier is too long. Maximum length is {_IDENTIFIER_LENGTH} characters."
            if len(id_) > _IDENTIFIER_LENGTH
            else "Identifier contains invalid characters."
            " Only alphanumeric characters, dashes, underscores and dots are allowed."
        )
        raise errors.refused(400, "CHECKOUT__CART_LINE_ITEM_INVALID", f"Line item is invalid: {detail}", reason=detail)


def _add(cart: Cart, item: LineItem) -> None:
    known = cart.items.get(item.id)
    if known is not None and known.type != item.type:
        raise errors.refused(
            400,
            "CHECKOUT__CART_MIXED_LINE_ITEM_TYPE",
            f"Line item with id {item.id} already exists with different type {item.type}.",
            id=item.id,
            type=item.type,
        )
    if item.type == PROMOTION and item.referenced_id and item.referenced_id not in cart.codes:
        cart.codes.append(item.referenced_id)
    if known is None:
        cart.items[item.id] = item
        return
    if known.stackable:
        known.quantity += item.quantity
        known.data_timestamp = None


def _recalculated(call: Call, cart: Cart) -> Answer:
    cart = calculated(call.shop, call.session, cart)
    save_cart(call.shop, cart)
    return _shown(call, cart)


def _shown(call: Call, cart: Cart) -> Answer:
    shown = CartPresenter(call.shop, call.session).cart(cart)
    shown["price"]["totalPrice"] = plain(call.shop.behaviour.total_told_by("cart", cart.price.total))
    return Answer(shown)


ENDPOINTS = [
    Endpoint("GET", "/store-api/checkout/cart", read_cart),
    Endpoint("POST", "/store-api/checkout/cart", read_cart),
    Endpoint("DELETE", "/store-api/checkout/cart", delete),
    Endpoint("POST", "/store-api/checkout/cart/line-item", add_items),
    Endpoint("PATCH", "/store-api/checkout/cart/line-item", change_items),
    Endpoint("DELETE", "/store-api/checkout/cart/line-item", remove_items),
    Endpoint("POST", "/store-api/checkout/cart/line-item/delete", remove_items),
]
