"""Editing orders: always in a version of the order, which is merged in the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from updategate.embedded.refshop.dal.problems import problem
from updategate.embedded.refshop.dal.store import Doc
from updategate.embedded.refshop.dal.write import UPDATE, write_rows
from updategate.embedded.refshop.order import recalculation
from updategate.embedded.refshop.order.recalculation import ManualLine
from updategate.embedded.refshop.store_api.cart_json import CartPresenter

from .entities import resource_not_found
from .http import Call, Router

router = Router()


@router.route("POST", "/_action/order/{id:id}/recalculate")
def recalculate(call: Call) -> Response:
    """Calculate the order anew from its lines."""
    return _edited(call, lambda order_id, version: recalculation.recalculate(call.shop, order_id, version))


@router.route("POST", "/_action/order/{id:id}/product/{product:id}")
def add_product(call: Call) -> Response:
    """Add a product."""
    product, quantity = call.parameters["product"], int(_body(call).get("quantity") or 1)
    return _edited(
        call,
        lambda order_id, version: recalculation.add_product(call.shop, order_id, version, product, quantity),
    )


@router.route("POST", "/_action/order/{id:id}/lineItem")
def add_line(call: Call) -> Response:
    """Add a line of one's own."""
    line = _line(call)
    return _edited(call, lambda order_id, version: recalculation.add_custom_item(call.shop, order_id, version, line))


@router.route("POST", "/_action/order/{id:id}/creditItem")
def add_credit(call: Call) -> Response:
    """Add a credit."""
    line = _line(call)
    return _edited(call, lambda order_id, version: recalculation.add_credit(call.shop, order_id, version, line))


@router.route("POST", "/_action/order/{id:id}/promotion-item")
def add_promotion(call: Call) -> Response:
    """Add the promotion of a code; the answer is the cart, whose errors tell if it could not be used."""
    order_id, version = _draft(call)
    with call.shop.store.transaction():
        cart, session = recalculation.add_promotion(call.shop, order_id, version, str(_body(call).get("code") or ""))
    return call.json(CartPresenter(call.shop, session).cart(cart))


@router.route("POST", "/_action/order/{id:id}/toggleAutomaticPromotions")
def toggle_promotions(call: Call) -> Response:
    """Calculate with or without the promotions that need no code."""
    order_id, version = _draft(call)
    skip = bool(_body(call).get("skipAutomaticPromotions", True))
    with call.shop.store.transaction():
        cart, session = recalculation.toggle_automatic_promotions(call.shop, order_id, version, skip=skip)
    return call.json(CartPresenter(call.shop, session).cart(cart))


@router.route("POST", "/_action/order-address/{address:id}/customer-address/{customer:id}")
def take_address(call: Call) -> Response:
    """Put an address of the customer in the place of one of the order."""
    context = call.context()
    address = context.get("customer_address", call.parameters["customer"])
    if address is None:
        raise resource_not_found("customer_address", call.parameters["customer"])
    if context.get("order_address", call.parameters["address"]) is None:
        raise resource_not_found("order_address", call.parameters["address"])
    _write_address(call, call.parameters["address"], address)
    return call.empty()


@router.route("POST", "/_action/order/{id:id}/order-address")
def set_addresses(call: Call) -> Response:
    """Set billing and delivery addresses from those of the customer."""
    order_id = call.parameters["id"]
    context = call.context()
    order = context.get("order", order_id)
    if order is None:
        raise resource_not_found("order", order_id)
    deliveries = context.where("order_delivery", orderId=order_id)
    for entry in _body(call).get("mapping") or []:
        address = context.get("customer_address", str(entry.get("customerAddressId")))
        if address is None:
            raise resource_not_found("customer_address", str(entry.get("customerAddressId")))
        if entry.get("type") == "billing":
            target = order["billingAddressId"]
        elif entry.get("type") == "shipping":
            wanted = entry.get("deliveryId")
            target = next(row["shippingOrderAddressId"] for row in deliveries if wanted in (None, row["id"]))
        else:
            raise problem(
                400,
                "CHECKOUT__ORDER_INVALID_ORDER_ADDRESS_MAPPING",
                "Invalid order address mapping provided. type not set",
                {"reason": "type not set"},
            )
        _write_address(call, str(target), address)
    return call.empty()


_ADDRESS = (
    *("countryId", "countryStateId", "salutationId", "firstName", "lastName", "street", "zipcode", "city", "company"),
    *("department", "title", "phoneNumber", "additionalAddressLine1", "additionalAddressLine2"),
)


def _write_address(call: Call, id_: str, address: Doc) -> None:
    row = {"id": id_, **{name: address.get(name) for name in _ADDRESS}}
    context = call.context()
    write_rows(context, call.shop.version, "order_address", [row], UPDATE)


def _body(call: Call) -> dict[str, Any]:
    return call.body if isinstance(call.body, dict) else {}


def _draft(call: Call) -> tuple[str, str]:
    call.access.require("order:update")
    order_id = call.parameters["id"]
    context = call.context()
    if context.live:
        raise problem(
            400,
            "CHECKOUT__ORDER_CAN_NOT_RECALCULATE_LIVE_VERSION",
            f"Order with id {order_id} can not be recalculated because it is in the live version."
            " Please create a new version",
            {"orderId": order_id},
        )
    if context.get("order", order_id) is None:
        raise resource_not_found("order", order_id)
    return order_id, context.version_id


def _edited(call: Call, edit: Callable[[str, str], None]) -> Response:
    order_id, version = _draft(call)
    with call.shop.store.transaction():
        edit(order_id, version)
    return call.empty()


def _line(call: Call) -> ManualLine:
    body = _body(call)
    definition = body.get("priceDefinition")
    if not isinstance(definition, dict) or "price" not in definition:
        raise problem(
            400,
            "FRAMEWORK__INVALID_REQUEST_PARAMETER",
            'The parameter "priceDefinition" is invalid.',
            {"parameter": "priceDefinition"},
        )
    identifier = str(body.get("identifier") or "")
    return ManualLine(
        identifier=identifier or call.shop.ids.new(),
        label=str(body.get("label") or ""),
        quantity=int(body.get("quantity") or 1),
        definition=definition,
        description=body.get("description"),
        removable=bool(body.get("removeable", True)),
        stackable=bool(body.get("stackable", True)),
        payload=body.get("payload") if isinstance(body.get("payload"), dict) else None,
    )
