"""Profile, addresses, default payment method and forgotten password."""

from __future__ import annotations

from starlette.responses import Response

from .account import needs_login
from .checkout import page_title
from .forms import address_of, register_data
from .layout import frame
from .visit import Visit


async def profile_page(visit: Visit) -> Response:
    """Answer ``/account/profile``."""
    if login := await needs_login(visit, "frontend.account.profile.page"):
        return login
    return await visit.page(
        "account_profile.html.j2",
        body_class="is-ctl-accountprofile is-act-profileoverview",
        title=page_title(visit, "account.profileMetaTitle"),
        no_store=True,
        own=await visit.api.post("/account/customer", {}),
        **await register_data(visit),
        **await frame(visit, "frontend.account.profile.page"),
    )


async def save_profile(visit: Visit) -> Response:
    """Answer ``POST /account/profile``."""
    form = await visit.read_form()
    sent = {
        name: form.get(name)
        for name in ("salutationId", "title", "firstName", "lastName", "accountType")
        if form.get(name)
    }
    if form.get("accountType") == "business":
        sent["company"] = form.get("company")
        sent["vatIds"] = [vat_id for vat_id in form.get("vatIds") or () if vat_id]
    return await _change(
        visit, "/account/change-profile", sent, "account.profileUpdateSuccess", "error.message-default"
    )


async def save_email(visit: Visit) -> Response:
    """Answer ``POST /account/profile/email``."""
    sent = (await visit.read_form()).get("email") or {}
    return await _change(
        visit,
        "/account/change-email",
        {
            "email": sent.get("email"),
            "emailConfirmation": sent.get("emailConfirmation"),
            "password": sent.get("password"),
        },
        "account.emailChangeSuccess",
        "account.emailChangeNoSuccess",
    )


async def save_password(visit: Visit) -> Response:
    """Answer ``POST /account/profile/password``."""
    sent = (await visit.read_form()).get("password") or {}
    return await _change(
        visit,
        "/account/change-password",
        {
            "password": sent.get("password"),
            "newPassword": sent.get("newPassword"),
            "newPasswordConfirm": sent.get("newPasswordConfirm"),
        },
        "account.passwordChangeSuccess",
        "account.passwordChangeNoSuccess",
    )


async def _change(visit: Visit, path: str, sent: dict[str, object], success: str, failure: str) -> Response:
    answer = await visit.api.call("POST", path, sent)
    visit.changed()
    visit.flash("success" if answer.ok else "danger", success if answer.ok else failure)
    return visit.to_route("frontend.account.profile.page")


async def addresses_page(visit: Visit) -> Response:
    """Answer ``/account/address``."""
    if login := await needs_login(visit, "frontend.account.address.page"):
        return login
    addresses = await visit.api.post("/account/list-address", {"associations": {"country": {}}})
    return await visit.page(
        "account_addresses.html.j2",
        body_class="is-ctl-address is-act-accountaddressoverview",
        title=page_title(visit, "account.addressMetaTitle"),
        no_store=True,
        own=await visit.api.post("/account/customer", {}),
        addresses=addresses["elements"],
        **await frame(visit, "frontend.account.address.page"),
    )


async def address_page(visit: Visit, address_id: str = "") -> Response:
    """Answer ``/account/address/create`` and ``/account/address/{id}``."""
    if login := await needs_login(visit, "frontend.account.address.page"):
        return login
    known = await visit.api.post("/account/list-address", {"associations": {"country": {}}})
    address = next((each for each in known["elements"] if each["id"] == address_id), None)
    if address_id and address is None:
        return visit.to_route("frontend.account.address.page")
    key = "account.addressEditWelcome" if address_id else "account.addressCreateWelcome"
    return await visit.page(
        "account_address.html.j2",
        body_class=f"is-ctl-address is-act-{'accounteditaddress' if address_id else 'accountcreateaddress'}",
        title=page_title(visit, key),
        no_store=True,
        headline=visit.say(key),
        address=address or {},
        **await register_data(visit),
        **await frame(visit, "frontend.account.address.page"),
    )


async def save_address(visit: Visit, address_id: str = "") -> Response:
    """Answer ``POST /account/address/create`` and ``POST /account/address/{id}``."""
    sent = (await visit.read_form()).get("address") or {}
    method, path = ("PATCH", f"/account/address/{address_id}") if address_id else ("POST", "/account/address")
    answer = await visit.api.call(method, path, address_of(sent, {}))
    if not answer.ok:
        visit.violations = [
            {"code": str(error.get("code", "")), "pointer": str((error.get("source") or {}).get("pointer", ""))}
            for error in answer.errors
        ]
        return await address_page(visit, address_id)
    visit.changed()
    visit.flash("success", "account.addressSaved")
    return visit.to_route("frontend.account.address.page")


async def delete_address(visit: Visit, address_id: str) -> Response:
    """Answer ``POST /account/address/delete/{id}``."""
    answer = await visit.api.call("DELETE", f"/account/address/{address_id}")
    visit.flash(
        "success" if answer.ok else "danger", "account.addressDeleted" if answer.ok else "account.addressNotDeleted"
    )
    visit.changed()
    return visit.to_route("frontend.account.address.page")


async def default_address(visit: Visit, kind: str, address_id: str) -> Response:
    """Answer ``POST /account/address/default-{billing|shipping}/{id}``."""
    answer = await visit.api.call("PATCH", f"/account/address/default-{kind}/{address_id}", {})
    key = "account.addressDefaultChanged" if answer.ok else "account.addressDefaultNotChanged"
    visit.flash("success" if answer.ok else "danger", key)
    visit.changed()
    return visit.to_route("frontend.account.address.page")


async def payment_page(visit: Visit) -> Response:
    """Answer ``/account/payment``: the default payment method."""
    if login := await needs_login(visit, "frontend.account.payment.page"):
        return login
    found = await visit.api.post("/payment-method?onlyAvailable=1", {"onlyAvailable": True})
    return await visit.page(
        "account_payment.html.j2",
        body_class="is-ctl-accountpayment is-act-paymentoverview",
        title=page_title(visit, "account.paymentMetaTitle"),
        no_store=True,
        own=await visit.api.post("/account/customer", {}),
        payment_methods=found["elements"] if isinstance(found, dict) else found,
        **await frame(visit, "frontend.account.payment.page"),
    )


async def save_payment(visit: Visit) -> Response:
    """Answer ``POST /account/payment``."""
    chosen = str((await visit.read_form()).get("paymentMethodId") or "")
    answer = await visit.api.call("POST", f"/account/change-payment-method/{chosen}", {})
    if answer.ok:
        await visit.api.call("PATCH", "/context", {"paymentMethodId": chosen})
    visit.changed()
    key = "account.paymentChangeSuccess" if answer.ok else "error.message-default"
    visit.flash("success" if answer.ok else "danger", key)
    return visit.to_route("frontend.account.payment.page")


async def recover_page(visit: Visit) -> Response:
    """Answer ``/account/recover``: a mail for who forgot the password."""
    return await visit.page(
        "account_recover.html.j2",
        body_class="is-ctl-auth is-act-recoveraccountform",
        title=page_title(visit, "account.profileRecoverPasswordTitle"),
        no_store=True,
        **await frame(visit, "frontend.account.recover.page"),
    )


async def send_recovery(visit: Visit) -> Response:
    """Answer ``POST /account/recover``; whether the address is known stays the shop's secret."""
    sent = (await visit.read_form()).get("email") or {}
    address = sent.get("email") if isinstance(sent, dict) else sent
    await visit.api.call(
        "POST",
        "/account/recovery-password",
        {"email": address, "storefrontUrl": visit.origin + visit.language.path},
    )
    visit.flash("success", "account.recoveryMailSend")
    return visit.to_route("frontend.account.recover.page")


async def new_password_page(visit: Visit) -> Response:
    """Answer ``/account/recover/password?hash=…``: where the mail leads to."""
    return await visit.page(
        "account_reset_password.html.j2",
        body_class="is-ctl-auth is-act-resetpasswordform",
        title=page_title(visit, "account.profileRecoverPasswordTitle"),
        no_store=True,
        hash=visit.request.query_params.get("hash", ""),
        **await frame(visit, "frontend.account.recover.page"),
    )


async def save_new_password(visit: Visit) -> Response:
    """Answer ``POST /account/recover/password``."""
    sent = (await visit.read_form()).get("password") or {}
    answer = await visit.api.call(
        "POST",
        "/account/recovery-password-confirm",
        {
            "hash": sent.get("hash"),
            "newPassword": sent.get("newPassword"),
            "newPasswordConfirm": sent.get("newPasswordConfirm"),
        },
    )
    visit.flash(
        "success" if answer.ok else "danger",
        "account.passwordChangeSuccess" if answer.ok else "account.passwordHashNotFound",
    )
    if answer.ok:
        return visit.to_route("frontend.account.home.page")
    return visit.to_route("frontend.account.recover.password.page", hash=str(sent.get("hash") or ""))
