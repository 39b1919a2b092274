"""Accounts: log in and out, read and change the customer."""

from __future__ import annotations

from typing import Any

from updategate.embedded.refshop.cart.stored import moment_of
from updategate.embedded.refshop.dal import passwords
from updategate.embedded.refshop.dal.store import Doc

from . import errors, validation
from .context_endpoints import customer_json, token_answer
from .entities import Presenter, found_in_search
from .http import Answer, Call, Endpoint
from .login import forget_customer, log_in, log_out
from .registration_endpoints import birthday_of, default_salutation
from .session import sales_channel_of_key

Json = dict[str, Any]


def success(call: Call) -> Answer:
    """Answer that it was done."""
    del call
    return Answer({"apiAlias": "array_struct", "success": True})


def login(call: Call) -> Answer:
    """Log in with address and password."""
    email = str(call.get("email") or call.get("username") or "")
    key = f"{email.lower()}-{call.client}"
    limiter = call.shop.rate_limiter("login") if call.shop.settings.login_rate_limit else None
    seconds = limiter.seconds_to_wait(key) if limiter else 0
    if seconds:
        raise errors.refused(
            429,
            "CHECKOUT__CUSTOMER_AUTH_THROTTLED",
            f"Customer auth throttled for {seconds} seconds.",
            seconds=seconds,
        )
    customer = _customer_of_credentials(call, email, str(call.get("password") or ""))
    if limiter:
        limiter.reset(key)
    return token_answer(call, log_in(call, customer))


def _customer_of_credentials(call: Call, email: str, password: str) -> Doc:
    if not email or not password:
        raise _unauthorised(call, "CHECKOUT__CUSTOMER_AUTH_BAD_CREDENTIALS", "Invalid username and/or password.")
    customers = [row for row in _accounts(call, email) if not row.get("guest")]
    if not customers:
        raise _unauthorised(
            call,
            "CHECKOUT__CUSTOMER_NOT_FOUND",
            f'No matching customer for the email "{email}" was found.',
            email=email,
        )
    customer = customers[0]
    admitted = call.shop.behaviour.may_log_in(moment_of(customer.get("createdAt")))
    if not admitted or not passwords.matches(password, customer.get("password")):
        raise _unauthorised(call, "CHECKOUT__CUSTOMER_AUTH_BAD_CREDENTIALS", "Invalid username and/or password.")
    if customer.get("doubleOptInRegistration") and not customer.get("doubleOptInConfirmDate"):
        raise errors.refused(
            401,
            "CHECKOUT__CUSTOMER_OPTIN_NOT_COMPLETED",
            f'The customer with the id "{customer["id"]}" has not completed the opt-in.',
            customerId=customer["id"],
        )
    return customer


def _accounts(call: Call, email: str) -> list[Doc]:
    folded = email.casefold()
    rows = call.shop.store.where("customer", email=email)
    if not rows and not call.shop.behaviour.email_case_counts():
        rows = [row for row in call.shop.store.all("customer") if str(row.get("email")).casefold() == folded]
    usable = [
        row
        for row in rows
        if row.get("active") and row.get("boundSalesChannelId") in (None, call.session.channel["id"])
    ]
    return sorted(usable, key=lambda row: str(row.get("createdAt")), reverse=True)


def _unauthorised(call: Call, code: str, detail: str, **parameters: Any) -> errors.StoreApiError:
    if call.shop.version.is_65:
        return errors.plain_error(401, detail)
    return errors.refused(401, code, detail, **parameters)


def logout(call: Call) -> Answer:
    """Log out."""
    forget = bool(validation.setting(call, "core.loginRegistration.invalidateSessionOnLogOut"))
    return token_answer(call, log_out(call, forget=forget))


def read_customer(call: Call) -> Answer:
    """Show the customer who is logged in."""
    shown = customer_json(call.shop, call.session) or {}
    shown["defaultPaymentMethod"] = None
    for name in ("activeBillingAddress", "activeShippingAddress", "defaultBillingAddress", "defaultShippingAddress"):
        shown[name] = None
    shown["salutation"] = None
    customer = call.session.customer or {}
    extensions = found_in_search(
        autoIncrement=customer.get("autoIncrement"), customerNumber=customer.get("customerNumber")
    )
    return Answer({"extensions": extensions, **shown})


def delete_customer(call: Call) -> Answer:
    """Delete the account of the customer who is logged in."""
    customer = call.session.customer or {}
    store = call.shop.store
    with store.transaction():
        forget_customer(call, customer["id"])
        for address in store.where("customer_address", customerId=customer["id"]):
            store.delete("customer_address", address["id"])
        store.delete("customer", customer["id"])
    call.shop.events.emit("checkout.customer.deleted", customer_id=customer["id"], email=customer.get("email"))
    return Answer(status=204)


def change_profile(call: Call) -> Answer:
    """Change name, kind and company of the customer."""
    data, customer = dict(call.body), call.session.customer or {}
    business = data.get("accountType") == "business"
    data["salutationId"] = data.get("salutationId") or default_salutation(call)
    found = validation.profile(call, data)
    if business:
        found += validation.not_blank(data.get("company"), "/company")
        address = call.shop.store.get("customer_address", customer["defaultBillingAddressId"]) or {}
        country = call.shop.store.get("country", str(address.get("countryId") or ""))
        found += validation.vat_ids(country, data.get("vatIds"))
    validation.raise_if(found)
    changes: Doc = {"id": customer["id"]}
    for key in ("firstName", "lastName", "salutationId", "title", "accountType", "customFields"):
        if key in data:
            changes[key] = data[key]
    changes["company"] = data.get("company") if business else None
    if business and data.get("vatIds"):
        changes["vatIds"] = [each for each in data["vatIds"] if each]
    birthday = birthday_of(data)
    if birthday:
        changes["birthday"] = birthday
    call.shop.store.upsert("customer", changes)
    return success(call)


def change_email(call: Call) -> Answer:
    """Change the address that the customer logs in with."""
    email, customer = call.get("email"), call.session.customer or {}
    found = validation.email_format(email, "/email") + validation.not_blank(email, "/email")
    found += _must_equal(email, call.get("emailConfirmation"), "/email")
    found += validation.email_unused(call, email)
    found += _password_must_match(call)
    validation.raise_if(found)
    call.shop.store.upsert("customer", {"id": customer["id"], "email": email})
    return success(call)


def change_password(call: Call) -> Answer:
    """Change the password; other tokens of the customer are logged out."""
    new, customer = call.get("newPassword"), call.session.customer or {}
    found = validation.password_length(call, new, "/newPassword")
    found += _must_equal(new, call.get("newPasswordConfirm"), "/newPassword")
    found += _password_must_match(call)
    validation.raise_if(found)
    salt = call.shop.ids.new()
    call.shop.store.upsert("customer", {"id": customer["id"], "password": passwords.hashed(str(new), salt)})
    forget_customer(call, customer["id"])
    return token_answer(call, log_in(call, customer))


def _must_equal(value: Any, other: Any, pointer: str) -> validation.Violations:
    if value == other:
        return []
    return [
        errors.violation(
            "NOT_EQUAL_ERROR",
            f'This value should be equal to "{other}".',
            pointer,
            value=f'"{value}"',
            compared_value=f'"{other}"',
            compared_value_type="string",
        )
    ]


def _password_must_match(call: Call) -> validation.Violations:
    customer = call.session.customer or {}
    if passwords.matches(str(call.get("password") or ""), customer.get("password")):
        return []
    wrong = errors.violation("CUSTOMER_PASSWORD_NOT_CORRECT", "Your password is wrong", "/password")
    return [{**wrong, "meta": {"parameters": []}}]


def request_recovery(call: Call) -> Answer:
    """Send a link for a new password; the answer does not tell whether the address is known."""
    email = str(call.get("email") or "")
    found = validation.not_blank(email or None, "/email") + validation.email_format(email, "/email")
    if call.get("storefrontUrl"):
        found += validation.choice(call.get("storefrontUrl"), validation.domains_of(call), "/storefrontUrl")
    else:
        found += validation.not_blank(call.get("storefrontUrl"), "/storefrontUrl")
    validation.raise_if(found)
    accounts = [row for row in _accounts(call, email) if not row.get("guest")]
    if accounts:
        customer, store = accounts[0], call.shop.store
        for row in store.where("customer_recovery", customerId=customer["id"]):
            store.delete("customer_recovery", row["id"])
        hash_ = call.shop.ids.token()
        store.upsert("customer_recovery", {"customerId": customer["id"], "hash": hash_})
        url = f"{str(call.get('storefrontUrl')).rstrip('/')}/account/recover/password?hash={hash_}"
        call.shop.events.emit("customer.recovery.request", customer_id=customer["id"], hash=hash_, recover_url=url)
    return success(call)


def confirm_recovery(call: Call) -> Answer:
    """Set a new password by the link of the mail."""
    found = validation.not_blank(call.get("hash"), "/hash")
    found += validation.password_length(call, call.get("newPassword"), "/newPassword")
    found += _must_equal(call.get("newPassword"), call.get("newPasswordConfirm"), "/newPassword")
    validation.raise_if(found)
    row = _recovery(call)
    if row is None:
        raise errors.refused(
            410,
            "CHECKOUT__CUSTOMER_RECOVERY_HASH_EXPIRED",
            f'The hash "{call.get("hash")}" is expired.',
            hash=call.get("hash"),
        )
    salt = call.shop.ids.new()
    password = passwords.hashed(str(call.get("newPassword")), salt)
    if call.shop.behaviour.keeps_recovered_password():
        call.shop.store.upsert("customer", {"id": row["customerId"], "password": password})
    call.shop.store.delete("customer_recovery", row["id"])
    return success(call)


def recovery_is_expired(call: Call) -> Answer:
    """Tell whether the link for a new password is too old."""
    return Answer({"apiAlias": "array_struct", "isExpired": _recovery(call) is None})


def _recovery(call: Call) -> Doc | None:
    for row in call.shop.store.where("customer_recovery", hash=call.get("hash")):
        made = moment_of(row.get("createdAt"))
        if made is not None and (call.shop.clock.now() - made).total_seconds() < 7200:
            return row
    return None


def change_payment_method(call: Call) -> Answer:
    """Choose the payment method that the customer's next orders start with."""
    method = call.shop.store.get("payment_method", call.path["paymentMethodId"])
    if method is None or not method.get("active"):
        raise errors.refused(
            400,
            "CHECKOUT__UNKNOWN_PAYMENT_METHOD",
            f'Could not find payment method with id "{call.path["paymentMethodId"]}"',
            value=call.path["paymentMethodId"],
        )
    customer = call.session.customer or {}
    changes = {"id": customer["id"], "defaultPaymentMethodId": method["id"], "lastPaymentMethodId": method["id"]}
    if call.shop.behaviour.keeps_payment_choice():
        call.shop.store.upsert("customer", changes)
    call.shop.events.emit("checkout.customer.changed-payment-method", customer_id=customer["id"])
    return success(call)


def change_language(call: Call) -> Answer:
    """Choose the language of the customer's mails."""
    validation.raise_if(validation.known(call, "language", call.get("languageId"), "/languageId"))
    customer = call.session.customer or {}
    call.shop.store.upsert("customer", {"id": customer["id"], "languageId": call.get("languageId")})
    return success(call)


def group_registration(call: Call) -> Answer:
    """Show what is to be entered to register for a customer group."""
    group = call.shop.store.get("customer_group", call.path["customerGroupId"])
    channel = sales_channel_of_key(call.shop, call.headers.get("sw-access-key", "")) or {}
    offered = group is not None and call.shop.store.where(
        "customer_group_registration_sales_channels", customerGroupId=group["id"], salesChannelId=channel.get("id")
    )
    if group is None or not group.get("registrationActive") or not offered:
        raise errors.refused(
            404,
            "CHECKOUT__CUSTOMER_GROUP_REGISTRATION_NOT_FOUND",
            f"Customer group registration for id {call.path['customerGroupId']} not found.",
            customerGroupId=call.path["customerGroupId"],
        )
    return Answer(Presenter(call.shop, call.session.languages).entity("customer_group", group))


ENDPOINTS = [
    Endpoint("POST", "/store-api/account/login", login),
    Endpoint("POST", "/store-api/account/logout", logout, login=True, guest=True),
    Endpoint("GET", "/store-api/account/customer", read_customer, login=True, guest=True),
    Endpoint("POST", "/store-api/account/customer", read_customer, login=True, guest=True),
    Endpoint("DELETE", "/store-api/account/customer", delete_customer, login=True),
    Endpoint("POST", "/store-api/account/change-profile", change_profile, login=True),
    Endpoint("POST", "/store-api/account/change-email", change_email, login=True),
    Endpoint("POST", "/store-api/account/change-password", change_password, login=True),
    Endpoint("POST", "/store-api/account/change-language", change_language, login=True),
    Endpoint("POST", "/store-api/account/recovery-password", request_recovery),
    Endpoint("POST", "/store-api/account/recovery-password-confirm", confirm_recovery),
    Endpoint("POST", "/store-api/account/customer-recovery-is-expired", recovery_is_expired),
    Endpoint("POST", "/store-api/account/change-payment-method/{paymentMethodId}", change_payment_method, login=True),
    Endpoint("GET", "/store-api/customer-group-registration/config/{customerGroupId}", group_registration),
]
