"""Registration of accounts and guests."""

from __future__ import annotations

import hashlib
from typing import Any

from updategate.embedded.refshop.dal import number_range, passwords
from updategate.embedded.refshop.dal.ids import api_time
from updategate.embedded.refshop.dal.store import Doc

from . import errors, validation
from .cart_json import CartPresenter
from .context_endpoints import reopened
from .entities import Presenter
from .http import Answer, Call, Endpoint
from .login import renewed_token

Json = dict[str, Any]

_ADDRESS_KEYS = (
    "title", "firstName", "lastName", "salutationId", "street", "zipcode", "city", "company", "department",
    "countryStateId", "countryId", "additionalAddressLine1", "additionalAddressLine2", "phoneNumber", "customFields",
)  # fmt: skip
_NOT_SPECIFIED = "not_specified"


def register(call: Call) -> Answer:
    """Make an account or a guest, log it in, and show the customer."""
    data = dict(call.body)
    after_guest = bool((call.session.customer or {}).get("guest"))
    guest = call.shop.behaviour.registers_as_guest(bool(data.get("guest")), after_guest)
    data["salutationId"] = data.get("salutationId") or default_salutation(call)
    billing, shipping = data.get("billingAddress"), data.get("shippingAddress")
    if isinstance(billing, dict):
        billing = {**billing, "firstName": data.get("firstName"), "lastName": data.get("lastName")}
        billing["salutationId"] = data["salutationId"]
        if "title" in data:
            billing["title"] = data["title"]
    validation.raise_if(_registration_violations(call, data, billing, shipping, guest=guest))
    customer = _create_customer(call, data, billing, shipping, guest=guest)
    shown = _registered_json(call, customer)
    if customer.get("doubleOptInRegistration"):
        call.shop.events.emit(
            "checkout.customer.double_opt_in_guest_order" if guest else "checkout.customer.double_opt_in_registration",
            customer_id=customer["id"],
            confirm_url=_confirm_url(data, customer),
        )
        return Answer(shown)
    token = renewed_token(call, customer["id"])
    reopened(call, token)
    call.shop.events.emit(
        "checkout.customer.guest_register" if guest else "checkout.customer.register", customer_id=customer["id"]
    )
    call.shop.events.emit("checkout.customer.login", customer_id=customer["id"], token=token)
    return Answer(shown, token=token)


def _registration_violations(
    call: Call, data: Json, billing: Any, shipping: Any, *, guest: bool
) -> validation.Violations:
    business = data.get("accountType") == "business"
    found = validation.profile(call, data)
    found += validation.not_blank(data.get("email"), "/email")
    found += validation.email_format(data.get("email"), "/email")
    if not guest:
        found += validation.password_length(call, data.get("password"), "/password")
        found += validation.email_unused(call, data.get("email"))
    if not data.get("storefrontUrl"):
        found += validation.not_blank(data.get("storefrontUrl"), "/storefrontUrl")
    else:
        found += validation.choice(data["storefrontUrl"], validation.domains_of(call), "/storefrontUrl")
    if business:
        place = shipping if isinstance(shipping, dict) else billing if isinstance(billing, dict) else {}
        country = call.shop.store.get("country", str(place.get("countryId") or ""))
        found += validation.vat_ids(country, data.get("vatIds"))
    if validation.setting(call, "core.loginRegistration.requireDataProtectionCheckbox"):
        found += validation.not_blank(data.get("acceptedDataProtection"), "/acceptedDataProtection")
    if isinstance(billing, dict) or not isinstance(shipping, dict):
        entered = billing if isinstance(billing, dict) else {}
        found += validation.address(call, entered, "/billingAddress", business=business)
    if isinstance(shipping, dict):
        kind = shipping.get("accountType") == "business"
        found += validation.address(call, shipping, "/shippingAddress", business=kind)
    return found


def _create_customer(call: Call, data: Json, billing: Any, shipping: Any, *, guest: bool) -> Doc:
    shop, session, store = call.shop, call.session, call.shop.store
    now = api_time(shop.clock.now())
    customer_id = shop.ids.new()
    addresses = [
        {"id": shop.ids.new(), "customerId": customer_id, **address_row(entered)}
        for entered in (billing, shipping)
        if isinstance(entered, dict)
    ]
    company = next((each["company"] for each in addresses if each.get("company")), None)
    business = data.get("accountType") == "business"
    opt_in_key = "doubleOptInGuestOrder" if guest else "doubleOptInRegistration"
    opt_in = bool(validation.setting(call, f"core.loginRegistration.{opt_in_key}"))
    customer: Doc = {
        "id": customer_id,
        "salesChannelId": session.channel["id"],
        "languageId": session.language_id,
        "groupId": session.group["id"],
        "requestedGroupId": shop.behaviour.requested_group(data.get("requestedGroupId")),
        "defaultPaymentMethodId": session.payment_method["id"],
        "defaultBillingAddressId": addresses[0]["id"],
        "defaultShippingAddressId": addresses[-1]["id"],
        "salutationId": data["salutationId"],
        "firstName": data["firstName"],
        "lastName": data["lastName"],
        "email": data["email"],
        "title": data.get("title"),
        "company": company if business else None,
        "vatIds": [each for each in data.get("vatIds") or () if each] or None if business else None,
        "affiliateCode": data.get("affiliateCode"),
        "campaignCode": data.get("campaignCode"),
        "active": True,
        "guest": guest,
        "accountType": data.get("accountType") or "private",
        "birthday": birthday_of(data),
        "firstLogin": now,
        "doubleOptInRegistration": opt_in,
        "doubleOptInEmailSentDate": now if opt_in else None,
        "hash": shop.ids.new() if opt_in else None,
        "orderCount": 0,
        "orderTotalAmount": 0,
        "reviewCount": 0,
        "boundSalesChannelId": _bound_channel(call, data["email"]),
        "customFields": data.get("customFields"),
        "remoteAddress": call.client,
    }
    if not guest:
        customer["password"] = passwords.hashed(str(data["password"]), customer_id)
    with store.transaction():
        customer["customerNumber"] = number_range.reserve(store, "customer", session.channel["id"], clock=shop.clock)
        customer["autoIncrement"] = 1 + max((row.get("autoIncrement") or 0 for row in store.all("customer")), default=0)
        store.upsert("customer", customer)
        for address in addresses:
            store.upsert("customer_address", address)
    return store.get("customer", customer_id) or customer


def address_row(entered: Json) -> Json:
    """Return what of an entered address is stored."""
    row = {key: entered[key] for key in _ADDRESS_KEYS if key in entered}
    if not row.get("countryStateId"):
        row.pop("countryStateId", None)
    return row


def _bound_channel(call: Call, email: str) -> str | None:
    bound = any(row.get("boundSalesChannelId") for row in call.shop.store.where("customer", email=email))
    if bound or validation.setting(call, "core.systemWideLoginRegistration.isCustomerBoundToSalesChannel"):
        return str(call.session.channel["id"])
    return None


def birthday_of(data: Json) -> str | None:
    """Return the birthday as it is stored; None unless all parts of it were given."""
    parts = [data.get(f"birthday{part}") for part in ("Year", "Month", "Day")]
    if not all(parts):
        return None
    year, month, day = (int(str(part)) for part in parts)
    return f"{year:04d}-{month:02d}-{day:02d}T00:00:00.000+00:00"


def default_salutation(call: Call) -> str | None:
    """Return the salutation of those who told none."""
    found = call.shop.store.where("salutation", salutationKey=_NOT_SPECIFIED)
    return found[0]["id"] if found else None


def _confirm_url(data: Json, customer: Doc) -> str:
    digest = hashlib.sha1(str(customer["email"]).encode(), usedforsecurity=False).hexdigest()
    url = str(data.get("storefrontUrl") or "").rstrip("/")
    return f"{url}/registration/confirm?em={digest}&hash={customer.get('hash')}"


def _registered_json(call: Call, customer: Doc) -> Json:
    carts = CartPresenter(call.shop, call.session)
    tree: Any = {"addresses": {}, "salutation": {}}
    shown = Presenter(call.shop, call.session.languages).entity("customer", customer, tree)
    shown["defaultBillingAddress"] = carts.address(customer["defaultBillingAddressId"])
    shown["defaultShippingAddress"] = carts.address(customer["defaultShippingAddressId"])
    shown |= {"activeBillingAddress": None, "activeShippingAddress": None, "hash": ""}
    return shown


def confirm_registration(call: Call) -> Answer:
    """Confirm the address of an account by the link of the mail."""
    found = call.shop.store.where("customer", hash=call.get("hash")) if call.get("hash") else []
    digest = call.get("em")
    if not found or hashlib.sha1(str(found[0]["email"]).encode(), usedforsecurity=False).hexdigest() != digest:
        raise errors.refused(
            404,
            "CHECKOUT__CUSTOMER_NOT_FOUND_BY_HASH",
            f'No matching customer for the hash "{call.get("hash")}" was found.',
            hash=call.get("hash"),
        )
    customer = found[0]
    if customer.get("doubleOptInConfirmDate"):
        raise errors.refused(
            412,
            "CHECKOUT__CUSTOMER_IS_ALREADY_CONFIRMED",
            f'The customer with the id "{customer["id"]}" is already confirmed.',
            customerId=customer["id"],
        )
    now = api_time(call.shop.clock.now())
    call.shop.store.upsert("customer", {"id": customer["id"], "doubleOptInConfirmDate": now, "active": True})
    token = renewed_token(call, customer["id"])
    reopened(call, token)
    call.shop.events.emit("checkout.customer.register", customer_id=customer["id"])
    return Answer(_registered_json(call, customer), token=token)


ENDPOINTS = [
    Endpoint("POST", "/store-api/account/register", register),
    Endpoint("POST", "/store-api/account/register-confirm", confirm_registration),
]
