"""Addresses of a customer."""

from __future__ import annotations

from typing import Any

from updategate.embedded.refshop.dal.definitions import definition
from updategate.embedded.refshop.dal.store import Doc

from . import errors, validation
from .entities import Presenter
from .http import Answer, Call, Endpoint
from .registration_endpoints import address_row
from .searching import found_entities

Json = dict[str, Any]


def list_addresses(call: Call) -> Answer:
    """Show the addresses of the customer."""
    customer = call.session.customer or {}
    own = [{"type": "equals", "field": "customerId", "value": customer.get("id")}]
    tree: Any = {"country": {}, "countryState": {}, "salutation": {}}
    return Answer(found_entities(call, "customer_address", own, tree))


def save_address(call: Call) -> Answer:
    """Make an address, or change one."""
    customer, shop = call.session.customer or {}, call.shop
    id_ = call.path.get("addressId")
    if id_ is not None:
        own_address(call, id_)
    data = dict(call.body)
    if not data.get("salutationId"):
        found = shop.store.where("salutation", salutationKey="not_specified")
        data["salutationId"] = found[0]["id"] if found else None
    validation.raise_if(validation.address(call, data, business=data.get("accountType") == "business"))
    row: Doc = {**dict.fromkeys(definition("customer_address").fields), **address_row(data)}
    row = {key: value for key, value in row.items() if value is not None or id_ is not None}
    row |= {"id": id_ or shop.ids.new(), "customerId": customer["id"]}
    if id_ is None or shop.behaviour.keeps_changed_address():
        shop.store.upsert("customer_address", row)
    return Answer(Presenter(shop, call.session.languages).by_id("customer_address", row["id"]))


def delete_address(call: Call) -> Answer:
    """Delete an address that is neither a default nor in use."""
    address, customer = own_address(call, call.path["addressId"]), call.session.customer or {}
    id_ = address["id"]
    if id_ in (customer.get("defaultBillingAddressId"), customer.get("defaultShippingAddressId")):
        raise errors.refused(
            400,
            "CHECKOUT__CUSTOMER_ADDRESS_IS_DEFAULT",
            f'Customer address with id "{id_}" is a default address and cannot be deleted.',
            addressId=id_,
        )
    buyer = call.session.context.customer
    if buyer is not None and id_ in (buyer.billing.id, buyer.shipping.id):
        raise errors.refused(
            400,
            "CHECKOUT__CUSTOMER_ADDRESS_IS_ACTIVE",
            f'Customer address with id "{id_}" is an active address and cannot be deleted.',
            addressId=id_,
        )
    call.shop.store.delete("customer_address", id_)
    return Answer(status=204)


def set_default_billing(call: Call) -> Answer:
    """Make an address the one that invoices go to."""
    return _set_default(call, "defaultBillingAddressId")


def set_default_shipping(call: Call) -> Answer:
    """Make an address the one that is delivered to."""
    return _set_default(call, "defaultShippingAddressId")


def _set_default(call: Call, field: str) -> Answer:
    address, customer = own_address(call, call.path["addressId"]), call.session.customer or {}
    call.shop.store.upsert("customer", {"id": customer["id"], field: address["id"]})
    return Answer(status=204)


def own_address(call: Call, id_: str) -> Doc:
    """Return an address of the customer, or refuse."""
    address = call.shop.store.get("customer_address", id_)
    customer = call.session.customer or {}
    if address is None or address.get("customerId") != customer.get("id"):
        raise errors.refused(
            400,
            "CHECKOUT__CUSTOMER_ADDRESS_NOT_FOUND",
            f'Customer address with id "{id_}" not found.',
            addressId=id_,
        )
    return address


ENDPOINTS = [
    Endpoint("GET", "/store-api/account/list-address", list_addresses, login=True, guest=True),
    Endpoint("POST", "/store-api/account/list-address", list_addresses, login=True, guest=True),
    Endpoint("POST", "/store-api/account/address", save_address, login=True, guest=True),
    Endpoint("PATCH", "/store-api/account/address/{addressId}", save_address, login=True, guest=True),
    Endpoint("DELETE", "/store-api/account/address/{addressId}", delete_address, login=True, guest=True),
    Endpoint("PATCH", "/store-api/account/address/default-billing/{addressId}", set_default_billing, login=True),
    Endpoint("PATCH", "/store-api/account/address/default-shipping/{addressId}", set_default_shipping, login=True),
]
