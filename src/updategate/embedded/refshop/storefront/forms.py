"""Registration and login: what the forms need, and what the shop does with them."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from .urls import UnknownRouteError, path_of
from .visit import Visit

CHECKOUT = "frontend.checkout.register.page"
GROUP_REGISTRATION = "frontend.account.customer-group-registration.page"


async def register_data(visit: Visit) -> dict[str, Any]:
    """Return what the registration form shows: countries and salutations."""
    context = await visit.context()
    return {
        "countries": await visit.api.all_of("/country"),
        "salutations": await visit.api.all_of("/salutation"),
        "selected_country": context["salesChannel"].get("countryId"),
        "min_password": int(visit.config("core.loginRegistration.passwordMinLength", 8) or 8),
    }


def address_of(sent: object, person: dict[str, Any]) -> dict[str, Any]:
    """Return the address part of a form as the Store API takes it; names come from the person where it has none."""
    fields = sent if isinstance(sent, dict) else {}
    names = ("street", "zipcode", "city", "countryId", "countryStateId", "company", "department", "phoneNumber",
             "additionalAddressLine1", "additionalAddressLine2", "title")  # fmt: skip
    address = {name: fields.get(name) for name in names if fields.get(name)}
    for name in ("salutationId", "firstName", "lastName"):
        address[name] = fields.get(name) or person.get(name)
    return address


def customer_of(visit: Visit, form: dict[str, Any], *, guest: bool) -> dict[str, Any]:
    """Return the registration as the Store API takes it."""
    business = form.get("accountType") == "business"
    billing = address_of(form.get("billingAddress"), form)
    data: dict[str, Any] = {
        "accountType": form.get("accountType") or "private",
        "salutationId": form.get("salutationId") or None,
        "title": form.get("title") or None,
        "firstName": form.get("firstName"),
        "lastName": form.get("lastName"),
        "email": form.get("email"),
        "password": None if guest else form.get("password"),
        "guest": guest,
        "acceptedDataProtection": True,
        "storefrontUrl": visit.origin + visit.language.path,
        "billingAddress": billing,
    }
    if form.get("requestedGroupId"):
        data["requestedGroupId"] = form["requestedGroupId"]
    if business:
        data["company"] = billing.get("company")
        data["vatIds"] = [vat_id for vat_id in form.get("vatIds") or () if vat_id]
    if form.get("differentShippingAddress"):
        data["shippingAddress"] = address_of(form.get("shippingAddress"), form)
    return data


async def register(visit: Visit) -> Response | str:
    """Register; return where to go, or the name of the page that shows what is wrong."""
    form = await visit.read_form()
    if form.get("shopware_surname_confirm"):  # the honeypot: a person never sees this field
        return visit.to_route("frontend.home.page")
    in_checkout = form.get("errorRoute") == CHECKOUT
    guest = in_checkout and not form.get("createCustomerAccount")
    answer = await visit.api.call("POST", "/account/register", customer_of(visit, form, guest=guest))
    if not answer.ok:
        visit.violations = [_violation(error) for error in answer.errors]
        route = str(form.get("errorRoute") or "")
        return {CHECKOUT: "checkout", GROUP_REGISTRATION: "group"}.get(route, "account")
    visit.session.renew(visit.shop)
    visit.changed()
    return redirected(visit, form, "frontend.account.home.page")


def _violation(error: dict[str, Any]) -> dict[str, Any]:
    pointer = str((error.get("source") or {}).get("pointer", ""))
    detail = str(error.get("detail", ""))
    code = detail if detail.startswith("VIOLATION::") else str(error.get("code", ""))
    return {"code": code, "pointer": pointer, "field": pointer.rpartition("/")[2], "detail": detail}


async def log_in(visit: Visit) -> Response | dict[str, Any]:
    """Log in; return where to go, or what the login page is to say."""
    form = await visit.read_form()
    sent = {"username": form.get("username") or form.get("email") or "", "password": form.get("password") or ""}
    answer = await visit.api.call("POST", "/account/login", sent)
    if answer.ok:
        token = answer.body.get("contextToken") if isinstance(answer.body, dict) else None
        if token:
            visit.api.token = token
        visit.session.renew(visit.shop)
        visit.changed()
        return redirected(visit, form, "frontend.account.home.page")
    if answer.status == 429:
        seconds = (
            ((answer.errors[0].get("meta") or {}).get("parameters") or {}).get("seconds", 10) if answer.errors else 10
        )
        return {"kind": "info", "text": visit.say("account.loginThrottled", seconds=seconds)}
    if answer.code == "CHECKOUT__CUSTOMER_IS_INACTIVE":
        return {"kind": "warning", "text": visit.say("account.inactiveAccountAlert")}
    return {"kind": "danger", "text": visit.say("account.loginBadCredentials")}


def redirected(visit: Visit, form: dict[str, Any], default: str) -> Response:
    """Go where the form's ``redirectTo`` says."""
    target = form.get("redirectTo")
    try:
        if isinstance(target, str) and target:
            path_of(target, visit.parameters_in("redirectParameters"))
            response = visit.action_response()
            if response is not None:
                return response
    except UnknownRouteError:
        pass
    return visit.to_route(default)
