"""The cart in the storefront: page, off-canvas, and the actions that change it."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from .json_values import Json
from .layout import frame
from .visit import Visit, errors_of


async def cart_page(visit: Visit) -> Response:
    """Answer ``/checkout/cart``."""
    cart = await usable_cart(visit)
    visit.show_cart_errors(cart)
    return await visit.page(
        "cart.html.j2",
        body_class="is-ctl-checkout is-act-cartpage",
        title=_title(visit, "checkout.cartMetaTitle"),
        no_store=True,
        cart=cart,
        dates=delivery_dates(cart),
        countries=await visit.api.all_of("/country"),
        payment_methods=await methods(visit, "payment"),
        shipping_methods=await methods(visit, "shipping"),
        **await frame(visit, "frontend.checkout.cart.page"),
    )


def _title(visit: Visit, key: str) -> str:
    return visit.say(key) if visit.shop.version.is_65 else f"{visit.say(key)} | {visit.channel.name}"


async def cart_json(visit: Visit) -> Response:
    """Answer ``/checkout/cart.json``: what the Store API says, byte for byte the same numbers."""
    answer = await visit.api.call("GET", "/checkout/cart")
    return JSONResponse(as_json(answer.body), status_code=answer.status, headers={"cache-control": "no-cache, private"})


def as_json(value: Json) -> Json:
    """Turn exact decimals into the numbers of JSON."""
    if isinstance(value, dict):
        return {key: as_json(each) for key, each in value.items()}
    if isinstance(value, list):
        return [as_json(each) for each in value]
    if value.__class__.__name__ == "Decimal":
        return float(value)
    return value


async def offcanvas(visit: Visit) -> Response:
    """Answer ``/checkout/offcanvas``."""
    cart = await usable_cart(visit)
    visit.show_cart_errors(cart)
    return await visit.fragment(
        "offcanvas.html.j2", cart=cart, dates=delivery_dates(cart), shipping_methods=await methods(visit, "shipping")
    )


async def cart_widget(visit: Visit) -> Response:
    """Answer ``/widgets/checkout/info``: the sum beside the cart symbol, nothing (204) for an empty cart."""
    cart = await visit.cart()
    if not cart.get("lineItems"):
        return Response(status_code=204, headers={"cache-control": "no-cache, private"})
    response = await visit.fragment("cart_widget.html.j2", cart=cart)
    response.headers["x-robots-tag"] = "noindex"
    return response


# -- actions --------------------------------------------------------------------------------------------------------


async def add_line_items(visit: Visit) -> Response:
    """Take products into the cart: ``lineItems[<key>][id|referencedId|type|quantity|…]``."""
    form = await visit.read_form()
    wanted = form.get("lineItems")
    if not isinstance(wanted, dict) or not wanted:
        return Response(status_code=400, headers={"cache-control": "no-cache, private"})
    items, count = [], 0
    for sent in wanted.values():
        if not isinstance(sent, dict):
            continue
        quantity = _whole_number(sent.get("quantity", "1"))
        if quantity is None or quantity < 1:
            visit.flash("danger", "error.CHECKOUT__CART_INVALID_LINE_ITEM_QUANTITY", quantity=sent.get("quantity", ""))
            return await acted(visit)
        count += quantity
        items.append(
            {
                "id": sent.get("id"),
                "referencedId": sent.get("referencedId") or sent.get("id"),
                "type": sent.get("type", "product"),
                "quantity": quantity,
            }
        )
    answer = await visit.api.call("POST", "/checkout/cart/line-item", {"items": items})
    if not answer.ok:
        visit.flash("danger", "error.addToCartError")
        return await acted(visit)
    _changed(visit, answer.body, "checkout.addToCartSuccess", count=count)
    return await acted(visit)


async def change_quantity(visit: Visit, item_id: str) -> Response:
    """Set the quantity of a line."""
    form = await visit.read_form()
    quantity = _whole_number(form.get("quantity"))
    cart = await visit.cart()
    if quantity is None or not _has(cart, item_id):
        visit.flash("danger", "error.message-default")
        return await acted(visit)
    answer = await visit.api.call(
        "PATCH", "/checkout/cart/line-item", {"items": [{"id": item_id, "quantity": quantity}]}
    )
    if answer.ok:
        _changed(visit, answer.body, "checkout.cartUpdateSuccess")
    else:
        visit.flash("danger", "error.message-default")
    return await acted(visit)


async def delete_line_item(visit: Visit, item_id: str) -> Response:
    """Remove a line."""
    await visit.read_form()
    answer = await visit.api.call("DELETE", f"/checkout/cart/line-item?ids[]={item_id}", None)
    if answer.ok and _has(await visit.cart(), item_id):
        _changed(visit, answer.body, "checkout.cartUpdateSuccess")
    elif answer.ok:
        visit.changed(answer.body)
    else:
        visit.flash("danger", "error.message-default")
    return await acted(visit)


async def add_promotion(visit: Visit) -> Response:
    """Enter a promotion code."""
    form = await visit.read_form()
    code = str(form.get("code") or "").strip()
    if not code:
        visit.flash("danger", "error.message-default")
        return await acted(visit)
    answer = await visit.api.call(
        "POST", "/checkout/cart/line-item", {"items": [{"type": "promotion", "referencedId": code}]}
    )
    if not answer.ok:
        visit.flash("danger", "error.message-default")
    elif any(error.get("messageKey") == "promotion-discount-added" for error in errors_of(answer.body)):
        visit.changed()
        visit.flash("success", "checkout.codeAddedSuccessful")
    else:
        visit.changed()
        visit.show_cart_errors(answer.body, persistent_only=True)
    return await acted(visit)


async def add_by_number(visit: Visit) -> Response:
    """Take one of the product with this number into the cart."""
    form = await visit.read_form()
    number = str(form.get("number") or "").strip()
    found = await visit.api.post(
        "/product",
        {
            "limit": 1,
            "filter": [{"type": "equals", "field": "productNumber", "value": number}],
            "includes": {"product": ["id", "childCount"]},
        },
    )
    products = [product for product in found.get("elements", []) if not product.get("childCount")]
    if not number or not products:
        visit.flash("danger", "error.productNotFound", number=number)
        return await acted(visit)
    id_ = products[0]["id"]
    answer = await visit.api.call(
        "POST", "/checkout/cart/line-item", {"items": [{"id": id_, "referencedId": id_, "type": "product"}]}
    )
    if answer.ok:
        _changed(visit, answer.body, "checkout.addToCartSuccess", count=1)
    else:
        visit.flash("danger", "error.addToCartError")
    return await acted(visit)


async def acted(visit: Visit) -> Response:
    """Answer an action as its form asks."""
    response = visit.action_response()
    if response is None:  # forwardTo: only the off-canvas cart is ever forwarded to
        return await offcanvas(visit)
    return response


def _changed(visit: Visit, cart: dict[str, Any], success: str, **values: object) -> None:
    visit.changed()
    if errors_of(cart):
        visit.show_cart_errors(cart, persistent_only=True)
    else:
        visit.flash("success", success, **values)


# -- shared with the checkout -----------------------------------------------------------------------------------------


async def usable_cart(visit: Visit) -> dict[str, Any]:
    """Return the cart, after changing a blocked payment or shipping method for one that may be used."""
    cart = await visit.cart()
    for kind in ("shipping", "payment"):
        if any(error.get("messageKey") == f"{kind}-method-blocked" for error in errors_of(cart)):
            cart = await _switch_blocked(visit, cart, kind)
    return cart


async def _switch_blocked(visit: Visit, cart: dict[str, Any], kind: str) -> dict[str, Any]:
    context = await visit.context()
    current = context[f"{kind}Method"]
    channel_default = context["salesChannel"].get(f"{kind}MethodId")
    usable = [method for method in await methods(visit, kind) if method["id"] != current["id"]]
    usable.sort(key=lambda method: method["id"] != channel_default)
    if not usable:
        return cart
    chosen = usable[0]
    await visit.api.call("PATCH", "/context", {f"{kind}MethodId": chosen["id"]})
    visit.changed()
    name = kind.capitalize()
    visit.flash(
        "info",
        f"checkout.{kind}-method-changed",
        **{
            f"old{name}MethodName": current["translated"]["name"],
            f"new{name}MethodName": chosen["translated"]["name"],
        },
    )
    return await visit.cart()


async def methods(visit: Visit, kind: str) -> list[dict[str, Any]]:
    """Return the ``payment`` or ``shipping`` methods that may be used; the chosen one first, as Shopware sorts them."""
    answer = await visit.api.post(f"/{kind}-method?onlyAvailable=1", {"onlyAvailable": True})
    found: list[dict[str, Any]] = answer["elements"] if isinstance(answer, dict) else answer
    context = await visit.context()
    first = (context["salesChannel"].get(f"{kind}MethodId"), context[f"{kind}Method"]["id"])
    return sorted(found, key=lambda method: -((method["id"] == first[1]) * 2 + (method["id"] == first[0])))


def delivery_dates(cart: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Return the delivery dates of the first delivery by line."""
    dates = {}
    for delivery in (cart.get("deliveries") or [])[:1]:
        for position in delivery.get("positions") or ():
            if position.get("deliveryDate"):
                dates[position.get("identifier") or position["lineItem"]["id"]] = position["deliveryDate"]
    return dates


def _has(cart: dict[str, Any], item_id: str) -> bool:
    return any(item["id"] == item_id for item in cart.get("lineItems") or ())


def _whole_number(text: object) -> int | None:
    try:
        return int(str(text))
    except ValueError:
        return None
