"""From the cart to the order: registration, confirmation, order, finish."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from starlette.responses import JSONResponse, Response

from .cart import acted, delivery_dates, methods, usable_cart
from .forms import register_data
from .visit import Visit, errors_of


async def register_page(visit: Visit) -> Response:
    """Answer ``/checkout/register``."""
    cart = await usable_cart(visit)
    customer = await visit.customer()
    if customer is not None:
        return visit.to_route("frontend.checkout.confirm.page")
    if not cart.get("lineItems"):
        return visit.to_route("frontend.checkout.cart.page")
    return await visit.page(
        "checkout_register.html.j2",
        body_class="is-ctl-register is-act-checkoutregisterpage",
        title=page_title(visit, "checkout.registerMetaTitle"),
        no_store=True,
        cart=cart,
        dates=delivery_dates(cart),
        redirect_to="frontend.checkout.confirm.page",
        error_route="frontend.checkout.register.page",
        login_error=None,
        **await register_data(visit),
    )


def page_title(visit: Visit, key: str) -> str:
    """Return the title of a page behind the cart; 6.5 shows only the shop's name."""
    return visit.channel.name if visit.shop.version.is_65 else f"{visit.say(key)} | {visit.channel.name}"


async def confirm_page(visit: Visit) -> Response:
    """Answer ``/checkout/confirm``."""
    if await visit.customer() is None:
        return visit.to_route("frontend.checkout.register.page")
    if not (await visit.cart()).get("lineItems"):
        return visit.to_route("frontend.checkout.cart.page")
    cart = await usable_cart(visit)
    visit.show_cart_errors(cart)
    return await visit.page(
        "confirm.html.j2",
        body_class="is-ctl-checkout is-act-confirmpage",
        title=page_title(visit, "checkout.confirmMetaTitle"),
        no_store=True,
        cart=cart,
        dates=delivery_dates(cart),
        cart_hash=cart_hash(cart, await visit.context()) if visit.shop.version.confirm_hash else None,
        payment_methods=await methods(visit, "payment"),
        shipping_methods=await methods(visit, "shipping"),
        show_revocation=any("is-download" in (item.get("states") or ()) for item in cart["lineItems"]),
        show_comment=bool(visit.config("core.cart.showCustomerComment")),
        blocks_order=any(error.get("blockResubmit", error.get("block")) for error in errors_of(cart)),
    )


async def place_order(visit: Visit) -> Response:
    """Answer ``POST /checkout/order``: to the finish page, or back to the confirmation with what is wrong."""
    form = await visit.read_form()
    if await visit.customer() is None:
        return visit.to_route("frontend.checkout.register.page")
    cart = await visit.cart()
    visit.violations = _unaccepted(form, cart)
    if visit.violations:
        return await confirm_page(visit)
    if await _has_changed(visit, form.get("hash"), cart):
        visit.flash("danger", "error.CHECKOUT__CART_HASH_MISMATCH")
        return await confirm_page(visit)
    answer = await visit.api.call("POST", "/checkout/order", {"customerComment": form.get("customerComment") or None})
    if not answer.ok:
        # the errors are those of the cart as it was read for this order; reading it again would show the next ones
        if not cart.get("lineItems"):
            visit.show_cart_errors(cart)
        elif not errors_of(cart):
            visit.flash(
                "danger",
                f"error.{answer.code}" if answer.code.startswith("CHECKOUT__CART_") else "error.message-default",
            )
        return await confirm_page(visit)
    order_id = answer.body["id"]
    await visit.api.call(
        "POST",
        "/handle-payment",
        {
            "orderId": order_id,
            "finishUrl": f"{visit.origin}{visit.url('frontend.checkout.finish.page', orderId=order_id)}",
        },
    )
    return visit.to_route("frontend.checkout.finish.page", orderId=order_id)


async def _has_changed(visit: Visit, sent_hash: object, cart: dict[str, Any]) -> bool:
    """Tell whether the cart is another than that on the page; a form without a hash is not checked."""
    if not visit.shop.version.confirm_hash or not sent_hash or not cart.get("lineItems"):
        return False
    return sent_hash != cart_hash(cart, await visit.context())


def _unaccepted(form: dict[str, Any], cart: dict[str, Any]) -> list[dict[str, Any]]:
    needed = ["tos"]
    if any("is-download" in (item.get("states") or ()) for item in cart.get("lineItems") or ()):
        needed.append("revocation")
    return [
        {"code": "VIOLATION::IS_BLANK_ERROR", "pointer": f"/{name}", "field": name}
        for name in needed
        if not form.get(name)
    ]


def cart_hash(cart: dict[str, Any], context: dict[str, Any]) -> str:
    """Return a digest of what the customer agrees to: lines, prices, shipping, methods."""
    lines = [
        [
            item["id"],
            item.get("referencedId"),
            str(item.get("quantity")),
            str((item.get("price") or {}).get("totalPrice")),
        ]
        for item in cart.get("lineItems") or ()
    ]
    shipping = [str(delivery["shippingCosts"]["totalPrice"]) for delivery in cart.get("deliveries") or ()]
    agreed = [
        sorted(lines),
        shipping,
        str(cart["price"]["totalPrice"]),
        context["paymentMethod"]["id"],
        context["shippingMethod"]["id"],
    ]
    return hashlib.sha256(json.dumps(agreed).encode()).hexdigest()


async def finish_page(visit: Visit) -> Response:
    """Answer ``/checkout/finish?orderId=…``."""
    if await visit.customer() is None:
        return visit.to_route("frontend.checkout.register.page")
    order = await order_of(visit, visit.request.query_params.get("orderId", ""))
    if order is None:
        visit.flash("danger", "error.CHECKOUT__ORDER_ORDER_NOT_FOUND")
        return visit.to_route("frontend.checkout.cart.page")
    query = visit.request.query_params
    return await visit.page(
        "finish.html.j2",
        body_class="is-ctl-checkout is-act-finishpage",
        title=page_title(visit, "checkout.finishMetaTitle"),
        no_store=True,
        order=order,
        changed_payment=query.get("changedPayment") in ("1", "true"),
    )


ORDER_PARTS: dict[str, Any] = {
    "lineItems": {"associations": {"cover": {}}},
    "transactions": {"associations": {"paymentMethod": {}, "stateMachineState": {}}},
    "deliveries": {
        "associations": {
            "shippingMethod": {},
            "stateMachineState": {},
            "shippingOrderAddress": {"associations": {"country": {}}},
        }
    },
    "addresses": {"associations": {"country": {}}},
    "billingAddress": {"associations": {"country": {}}},
    "stateMachineState": {},
    "currency": {},
    "orderCustomer": {},
    "documents": {"associations": {"documentType": {}}},
}


async def order_of(visit: Visit, order_id: str) -> dict[str, Any] | None:
    """Return an order of the customer with everything that a page shows of it, or None."""
    if not order_id:
        return None
    answer = await visit.api.call(
        "POST",
        "/order",
        {
            "limit": 1,
            "filter": [{"type": "equals", "field": "id", "value": order_id}],
            "associations": ORDER_PARTS,
        },
    )
    if not answer.ok:
        return None
    found = answer.body["orders"]["elements"]
    return with_prices(visit, found[0]) if found else None


def with_prices(visit: Visit, order: dict[str, Any]) -> dict[str, Any]:
    """Return the order with the calculated price of every line, which the Store API keeps to itself."""
    lines = []
    for line in order.get("lineItems") or ():
        kept = (visit.shop.store.get("order_line_item", line["id"]) or {}).get("price") or {}
        price = {
            "calculatedTaxes": kept.get("calculatedTaxes") or [],
            "unitPrice": line["unitPrice"],
            "totalPrice": line["totalPrice"],
        }
        lines.append({**line, "price": price})
    return {**order, "lineItems": lines}


async def configure(visit: Visit) -> Response:
    """Answer ``POST /checkout/configure``: currency, language, payment, shipping, country."""
    form = await visit.read_form()
    names = ("currencyId", "languageId", "paymentMethodId", "shippingMethodId", "countryId", "countryStateId",
             "billingAddressId", "shippingAddressId")  # fmt: skip
    wanted = {name: form[name] for name in names if isinstance(form.get(name), str) and form[name]}
    if wanted:
        answer = await visit.api.call("PATCH", "/context", wanted)
        if not answer.ok:
            return Response(status_code=answer.status, headers={"cache-control": "no-cache, private"})
    visit.changed()
    response = await acted(visit)
    if "currencyId" in wanted:
        visit.set_currency_cookie(response, wanted["currencyId"])
    return response


async def switch_language(visit: Visit) -> Response:
    """Answer ``POST /checkout/language``: to the same page at the address of the other language."""
    form = await visit.read_form()
    language = visit.channel.language(str(form.get("languageId") or ""))
    if language is None:
        return Response(status_code=400, headers={"cache-control": "no-cache, private"})
    await visit.api.call("PATCH", "/context", {"languageId": language.id})
    visit.changed()
    visit.language = language
    response = visit.action_response(default="frontend.home.page")
    location = response.headers["location"] if response is not None and "location" in response.headers else "/"
    return visit.redirect(f"{visit.origin}{location}")


async def country_states(visit: Visit) -> Response:
    """Answer ``POST /country/country-state-data`` for the registration form."""
    try:
        sent = await visit.request.json()
    except ValueError:
        sent = dict((await visit.request.form()).items())
    country = str((sent or {}).get("countryId", ""))
    answer = await visit.api.call("POST", f"/country-state/{country}", {})
    states = answer.body.get("elements", []) if answer.ok and isinstance(answer.body, dict) else []
    shown = [
        {"id": state["id"], "name": state["translated"]["name"], "translated": state["translated"]} for state in states
    ]
    return JSONResponse({"states": shown}, headers={"cache-control": "no-cache, private"})
