"""What customers send the shop besides orders: newsletter, contact form; and documents they fetch."""

from __future__ import annotations

import hashlib
from typing import Any

from updategate.embedded.refshop.dal.ids import api_time
from updategate.embedded.refshop.dal.store import Doc
from updategate.embedded.refshop.documents.create import DocumentError, document_file

from . import errors
from .http import Answer, Call, Endpoint
from .searching import found_entities
from .validation import choice, domains_of, email_format, not_blank, raise_if, setting

Json = dict[str, Any]

_NOT_SET, _OPT_IN, _OPT_OUT, _DIRECT = "notSet", "optIn", "optOut", "direct"
_KEPT = ("title", "firstName", "lastName", "zipCode", "city", "street", "salutationId", "customFields")


def subscribe(call: Call) -> Answer:
    """Take a wish for the newsletter (or the end of it); with double opt-in it waits for a click in a mail."""
    body = call.body
    fixed_domain = setting(call, "core.newsletter.doubleOptInDomain")
    statuses = _statuses(call)
    found = not_blank(body.get("email"), "/email") + email_format(body.get("email"), "/email")
    found += not_blank(body.get("option"), "/option")
    if body.get("option"):
        found += choice(body["option"], list(statuses), "/option")
    if not fixed_domain:
        found += not_blank(body.get("storefrontUrl"), "/storefrontUrl")
        if body.get("storefrontUrl"):
            found += choice(body["storefrontUrl"], domains_of(call), "/storefrontUrl")
    raise_if(found)
    known = _recipient(call, str(body["email"]))
    if known and known.get("status") != _OPT_OUT and known.get("confirmedAt"):
        return Answer(status=204)
    recipient: Json = {
        "id": known["id"] if known else call.shop.ids.new(),
        "email": body["email"],
        "languageId": call.session.language_id,
        "salesChannelId": call.session.channel["id"],
        "status": statuses[body["option"]],
        "hash": call.shop.ids.new(),
        **{name: body[name] for name in _KEPT if name in body},
    }
    call.shop.store.upsert("newsletter_recipient", recipient)
    if _double_opt_in(call):
        digest = hashlib.sha1(str(body["email"]).encode(), usedforsecurity=False).hexdigest()
        url = f"{fixed_domain or body['storefrontUrl']}/newsletter-subscribe?em={digest}&hash={recipient['hash']}"
        call.shop.events.emit("newsletter.register", recipient_id=recipient["id"], url=url)
    else:
        call.shop.events.emit("newsletter.confirm", recipient_id=recipient["id"])
    return Answer(status=204)


def _double_opt_in(call: Call) -> bool:
    key = "doubleOptIn" if call.session.customer is None else "doubleOptInRegistered"
    return bool(setting(call, f"core.newsletter.{key}"))


def _statuses(call: Call) -> dict[str, str]:
    first = _NOT_SET if _double_opt_in(call) else _DIRECT
    return {"direct": first, "subscribe": first, "confirmSubscribe": _OPT_IN, "unsubscribe": _OPT_OUT}


def _recipient(call: Call, email: str) -> Doc | None:
    rows = call.shop.store.where("newsletter_recipient", email=email, salesChannelId=call.session.channel["id"])
    return rows[0] if rows else None


def confirm(call: Call) -> Answer:
    """Confirm a subscription with the hash from the mail."""
    hash_ = str(call.get("hash") or "")
    rows = call.shop.store.where("newsletter_recipient", hash=hash_) if hash_ else []
    if not rows:
        raise _recipient_not_found("hash", hash_)
    digest = hashlib.sha1(str(rows[0]["email"]).encode(), usedforsecurity=False).hexdigest()
    if call.get("em") != digest:
        raise errors.violations(
            [
                errors.violation(
                    "NOT_EQUAL_ERROR",
                    f'This value should be equal to "{digest}".',
                    "/em",
                    value=f'"{call.get("em")}"',
                )
            ]
        )
    moment = api_time(call.shop.clock.now())
    call.shop.store.upsert("newsletter_recipient", {"id": rows[0]["id"], "status": _OPT_IN, "confirmedAt": moment})
    call.shop.events.emit("newsletter.confirm", recipient_id=rows[0]["id"])
    return Answer(status=204)


def unsubscribe(call: Call) -> Answer:
    """End a subscription."""
    raise_if(not_blank(call.get("email"), "/email") + email_format(call.get("email"), "/email"))
    known = _recipient(call, str(call.get("email")))
    if known is None:
        raise _recipient_not_found("email", str(call.get("email")))
    call.shop.store.upsert("newsletter_recipient", {"id": known["id"], "status": _OPT_OUT})
    call.shop.events.emit("newsletter.unsubscribe", recipient_id=known["id"])
    return Answer(status=204)


def _recipient_not_found(name: str, value: str) -> errors.StoreApiError:
    return errors.refused(
        404,
        "CONTENT__NEWSLETTER_RECIPIENT_NOT_FOUND",
        f'The NewsletterRecipient with the identifier "{name}" - {value} was not found.',
        identifier=name,
        value=value,
    )


def contact(call: Call) -> Answer:
    """Take a message to the shop."""
    body = call.body
    found: list[Json] = []
    for name in ("salutationId", "email", "subject", "comment"):
        found += not_blank(body.get(name), f"/{name}")
    found += email_format(body.get("email"), "/email")
    for name in ("firstName", "lastName", "phone"):
        switch = "phoneNumberFieldRequired" if name == "phone" else f"{name}FieldRequired"
        if setting(call, f"core.basicInformation.{switch}"):
            found += not_blank(body.get(name), f"/{name}")
    raise_if(found)
    call.shop.events.emit(
        "contact_form.send",
        sales_channel_id=call.session.channel["id"],
        form={key: body.get(key) for key in ("email", "firstName", "lastName", "phone", "subject", "comment")},
    )
    return Answer({"individualSuccessMessage": "", "apiAlias": "contact_form_result"})


def recipients(call: Call) -> Answer:
    """List the subscriptions of the customer's address."""
    email = (call.session.customer or {}).get("email")
    fixed = [{"type": "equals", "field": "email", "value": email}]
    return Answer(found_entities(call, "newsletter_recipient", fixed))


def download(call: Call) -> Answer:
    """Return the file of a document to whoever knows its deep link, being logged in."""
    try:
        name, content = document_file(call.shop, call.path["documentId"], call.path.get("deepLinkCode", ""))
    except DocumentError:
        raise errors.refused(
            404,
            "DOCUMENT__INVALID_DOCUMENT_ID",
            f'The document with id "{call.path["documentId"]}" is invalid or could not be found.',
            documentId=call.path["documentId"],
        ) from None
    kind = "attachment" if call.get("download") else "inline"
    return Answer(
        content=content,
        media_type="application/pdf",
        headers={"content-disposition": f"{kind}; filename={name}"},
    )


ENDPOINTS = [
    Endpoint("POST", "/store-api/newsletter/subscribe", subscribe),
    Endpoint("POST", "/store-api/newsletter/confirm", confirm),
    Endpoint("POST", "/store-api/newsletter/unsubscribe", unsubscribe),
    Endpoint("POST", "/store-api/contact-form", contact),
    Endpoint("GET", "/store-api/account/newsletter-recipient", recipients, login=True),
    Endpoint("POST", "/store-api/account/newsletter-recipient", recipients, login=True),
    Endpoint("GET", "/store-api/document/download/{documentId}/{deepLinkCode}", download, login=True, guest=True),
    Endpoint("POST", "/store-api/document/download/{documentId}/{deepLinkCode}", download, login=True, guest=True),
]
