"""Quotes: asked for with a cart, answered by the merchant, ordered at the prices that they hold."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from starlette.responses import Response

from updategate.embedded.refshop.admin_api.entities import resource_not_found
from updategate.embedded.refshop.admin_api.http import Call as AdminCall
from updategate.embedded.refshop.admin_api.http import Router
from updategate.embedded.refshop.cart.items import PRODUCT, Cart, LineItem
from updategate.embedded.refshop.cart.money import plain
from updategate.embedded.refshop.cart.process import OVERWRITE_PRICES
from updategate.embedded.refshop.dal import state_machine
from updategate.embedded.refshop.dal.ids import api_time
from updategate.embedded.refshop.dal.store import Doc
from updategate.embedded.refshop.order.placing import place_order, totals_doc
from updategate.embedded.refshop.order.prices import definition_doc, price_doc
from updategate.embedded.refshop.store_api import errors
from updategate.embedded.refshop.store_api.cart_store import calculated, cart_of, current_cart, delete_cart, doc_of
from updategate.embedded.refshop.store_api.entities import Presenter
from updategate.embedded.refshop.store_api.http import Answer, Call, Endpoint
from updategate.embedded.refshop.store_api.order_endpoints import buyer_of, order_json, terms_of

ENTITY = "quote"
Json = dict[str, Any]
router = Router()


def request(call: Call) -> Answer:
    """Make a quote of the cart, which is empty afterwards."""
    session, shop, customer = call.session, call.shop, _customer(call)
    cart = current_cart(shop, session)
    if not cart.items:
        raise errors.refused(400, "CHECKOUT__CART_EMPTY", "Cart is empty")
    quote_id = shop.ids.new()
    now = api_time(shop.clock.now())
    with shop.store.transaction():
        number = 1000 + shop.store.count(ENTITY) + 1
        shop.store.upsert(
            ENTITY,
            {
                "id": quote_id,
                "quoteNumber": str(number),
                "currencyId": session.currency["id"],
                "customerId": customer["id"],
                "languageId": session.language_id,
                "salesChannelId": session.channel["id"],
                "stateId": state_machine.initial_state(shop.store, "quote.state")["id"],
                **totals_doc(cart),
                "subtotalNet": plain(_net_of_lines(cart)),
                "totalDiscount": 0,
                "lineItems": [_line(item, quote_id, place) for place, item in enumerate(cart.items.values(), start=1)],
                "comments": _comments(call, quote_id, now),
                "cart": _held(cart),
                "createdAt": now,
            },
        )
    delete_cart(shop, session.token)
    return Answer(_shown(call, shop.store.get(ENTITY, quote_id) or {}))


def _net_of_lines(cart: Cart) -> Decimal:
    """What the lines cost without tax and without shipping."""
    if cart.price.tax_state.value != "gross":
        return cart.price.position
    taxes = [tax.tax for item in cart.items.values() if item.price for tax in item.price.taxes]
    return cart.price.position - sum(taxes, Decimal(0))


def _held(cart: Cart) -> Doc:
    """The cart as a document whose prices are no longer looked up: a quote keeps what it offered."""
    doc = doc_of(cart)
    for row in doc["lineItems"]:
        item = cart.items[row["id"]]
        if item.type == PRODUCT and item.definition is not None:
            row |= {"customPrice": True, "priceDefinition": definition_doc(item.definition)}
    return doc


def _line(item: LineItem, quote_id: str, position: int) -> Json:
    price = price_doc(item.price) if item.price else None
    return {
        "id": item.id,
        "identifier": item.id,
        "quoteId": quote_id,
        "referencedId": item.referenced_id,
        "productId": item.referenced_id if item.type == PRODUCT else None,
        "label": item.label or "",
        "type": item.type,
        "quantity": item.quantity,
        "position": position,
        "good": item.good,
        "removable": item.removable,
        "stackable": item.stackable,
        "states": list(item.states),
        "children": [],
        "payload": dict(item.payload),
        "price": price,
        "unitPrice": price["unitPrice"] if price else 0,
        "totalPrice": price["totalPrice"] if price else 0,
        "apiAlias": "quote_line_item",
    }


def _comments(call: Call, quote_id: str, now: str) -> list[Json]:
    text = str(call.get("comment") or "").strip()
    return [{"id": call.shop.ids.new(), "quoteId": quote_id, "comment": text, "createdAt": now}] if text else []


def read(call: Call) -> Answer:
    """Show one quote of the customer."""
    return Answer(_shown(call, _own(call)))


def list_all(call: Call) -> Answer:
    """Show the customer's quotes, the newest first."""
    rows = call.shop.store.where(ENTITY, customerId=_customer(call)["id"])
    found = [_shown(call, row) for row in sorted(rows, key=lambda row: row["quoteNumber"], reverse=True)]
    return Answer(
        {
            "entity": ENTITY,
            "total": len(found),
            "aggregations": [],
            "page": 1,
            "limit": int(call.get("limit") or 10),
            "elements": found,
            "apiAlias": "dal_entity_search_result",
        }
    )


def decline(call: Call) -> Answer:
    """Say no to a quote."""
    _move(call, "decline")
    return Answer(status=204)


def request_change(call: Call) -> Answer:
    """Ask for other terms."""
    _move(call, "request_change")
    return Answer(status=204)


def order(call: Call) -> Answer:
    """Order what a quote offers, at its prices; a quote that was not answered cannot be ordered."""
    quote = _own(call)
    state = call.shop.store.get("state_machine_state", quote["stateId"]) or {}
    if state.get("technicalName") != "replied":
        raise _wrong_state(quote, state)
    # the quote's prices count, whatever the products cost by now
    call.session.context.permissions |= {OVERWRITE_PRICES}
    cart = calculated(call.shop, call.session, cart_of({**quote["cart"], "id": call.shop.ids.token()}))
    cart.customer_comment = call.get("customerComment") or None
    order_id = place_order(call.shop, cart, buyer_of(call), terms_of(call))
    _move(call, "accept")
    call.shop.store.upsert(ENTITY, {"id": quote["id"], "orderId": order_id})
    placed = call.shop.store.get("order", order_id) or {}
    tree: Any = {"lineItems": {}, "currency": {}, "stateMachineState": {}, "deliveries": {}, "transactions": {}}
    return Answer(order_json(call, placed, tree))


def _move(call: Call, action: str) -> None:
    quote = _own(call)
    store = call.shop.store
    state = store.get("state_machine_state", quote["stateId"]) or {}
    ways = store.where("state_machine_transition", fromStateId=quote["stateId"], actionName=action)
    if not ways:
        raise _wrong_state(quote, state)
    now = api_time(call.shop.clock.now())
    comments = [*quote.get("comments", []), *_comments(call, quote["id"], now)]
    store.upsert(ENTITY, {"id": quote["id"], "stateId": ways[0]["toStateId"], "comments": comments})


def _wrong_state(quote: Doc, state: Doc) -> Exception:
    name = state.get("technicalName")
    return errors.refused(400, "QUOTE__INVALID_STATE", f"The quote {quote['quoteNumber']} is {name}.", state=name)


def _customer(call: Call) -> Doc:
    if call.session.customer is None:
        raise errors.not_logged_in()
    return call.session.customer


def _own(call: Call) -> Doc:
    quote = call.shop.store.get(ENTITY, call.path["id"])
    if quote is None or quote["customerId"] != _customer(call)["id"]:
        id_ = call.path["id"]
        raise errors.refused(404, "QUOTE__NOT_FOUND", f"There is no quote {id_}.", id=id_)
    return quote


def _shown(call: Call, quote: Doc) -> Json:
    presenter = Presenter(call.shop, call.session.languages)
    shown = {key: value for key, value in quote.items() if key != "cart"}
    shown["stateMachineState"] = presenter.by_id("state_machine_state", quote["stateId"])
    shown["currency"] = presenter.by_id("currency", quote["currencyId"])
    return {**shown, "apiAlias": ENTITY}


ENDPOINTS = [
    Endpoint("POST", "/store-api/quote/request", request, login=True),
    Endpoint("POST", "/store-api/quote/detail/{id}", read, login=True),
    Endpoint("POST", "/store-api/quotes", list_all, login=True),
    Endpoint("POST", "/store-api/quote/{id}/decline", decline, login=True),
    Endpoint("POST", "/store-api/quote/{id}/request-change", request_change, login=True),
    Endpoint("POST", "/store-api/quote/order/{id}", order, login=True),
]


@router.route("POST", "/search/quote")
def search(call: AdminCall) -> Response:
    """List quotes; of the criteria, only filters for a customer count."""
    body = call.body if isinstance(call.body, dict) else {}
    wanted = {row["value"] for row in body.get("filter") or () if row.get("field") == "customerId"}
    rows = [
        {key: value for key, value in row.items() if key != "cart"}
        for row in call.shop.store.all(ENTITY)
        if not wanted or row["customerId"] in wanted
    ]
    return call.json({"total": len(rows), "data": rows, "aggregations": []})


@router.route("DELETE", "/quote/{id:id}")
def delete(call: AdminCall) -> Response:
    """Remove a quote."""
    if call.shop.store.get(ENTITY, call.parameters["id"]) is None:
        raise resource_not_found(ENTITY, call.parameters["id"])
    call.shop.store.delete(ENTITY, call.parameters["id"])
    return call.empty()
