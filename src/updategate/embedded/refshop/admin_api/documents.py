"""Documents of orders, and mails to send by hand."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

from updategate.embedded.refshop.dal.problems import ApiProblem, error, problem
from updategate.embedded.refshop.documents import DocumentError, create_document, document_file, preview_document
from updategate.embedded.refshop.mail.compose import message, rendered

from .http import Call, Router

router = Router()


@router.route("POST", "/_action/order/document/{kind}/create")
def create(call: Call) -> Response:
    """Make documents for several orders; what went wrong is listed by order."""
    call.access.require("document:create")
    operations = call.body
    if not isinstance(operations, list) or not operations:
        raise problem(
            400,
            "FRAMEWORK__INVALID_REQUEST_PARAMETER",
            'The parameter "Request parameters must be an array of documents object" is invalid.',
            {"parameter": "Request parameters must be an array of documents object"},
        )
    data: list[dict[str, str]] = []
    errors: dict[str, Any] = {}
    for operation in operations:
        order_id = str(operation.get("orderId") or "")
        try:
            made = create_document(
                call.shop,
                call.parameters["kind"],
                order_id,
                dict(operation.get("config") or {}),
                operation.get("referencedDocumentId"),
            )
        except DocumentError as refusal:
            if refusal.code == "DOCUMENT__INVALID_RENDERER_TYPE":
                raise _answer(refusal) from None
            if refusal.code == "DOCUMENT__ORDER_NOT_FOUND":
                # an order that is not there is passed over without a word
                continue
            errors[order_id] = [error(refusal.status, refusal.code, refusal.detail, refusal.parameters)]
        else:
            data.append({"documentId": made.id, "documentMediaId": made.media_id, "documentDeepLink": made.deep_link})
    return call.json({"data": data, "errors": errors or []})


@router.route("GET", "/_action/document/{id:id}/{link}")
def download(call: Call) -> Response:
    """Hand out a document."""
    call.access.require("document:read")
    try:
        name, data = document_file(call.shop, call.parameters["id"], call.parameters["link"])
    except DocumentError as refusal:
        raise _answer(refusal) from None
    return _pdf(call, name, data)


@router.route("GET", "/_action/order/{order:id}/{link}/document/{kind}/preview")
def preview(call: Call) -> Response:
    """Show what a document would look like."""
    call.access.require("document:read")
    try:
        config = json.loads(str(call.query.get("config") or "{}"))
        data = preview_document(call.shop, call.parameters["kind"], call.parameters["order"], config or {})
    except DocumentError as refusal:
        raise _answer(refusal) from None
    return _pdf(call, f"{call.parameters['kind']}.pdf", data)


@router.route("POST", "/_action/mail-template/send")
def send_mail(call: Call) -> Response:
    """Send a mail with a subject and a body of one's own."""
    body = call.body if isinstance(call.body, dict) else {}
    missing = [
        name for name in ("recipients", "contentHtml", "contentPlain", "subject", "senderName") if not body.get(name)
    ]
    if missing:
        raise ApiProblem(400, [_blank(name) for name in missing])
    channel = call.shop.store.get("sales_channel", str(body.get("salesChannelId"))) or {}
    texts: dict[str, Any] = next(iter((channel.get("translations") or {}).values()), {})
    facts: dict[str, Any] = {"salesChannel": {"name": texts.get("name", "")}, **(body.get("mailTemplateData") or {})}
    letter = message(
        call.shop,
        subject=rendered(str(body["subject"]), facts),
        plain=rendered(str(body["contentPlain"]), facts),
        html=rendered(str(body["contentHtml"]), facts, as_html=True),
        sender=rendered(str(body["senderName"]), facts),
        to=dict(body["recipients"]),
    )
    call.shop.mailer.send(letter)
    return call.json({"size": len(letter.as_bytes())})


@router.route("POST", "/_action/mail-template/validate")
def validate_mail(call: Call) -> Response:
    """Tell whether a template can be filled in."""
    body = call.body if isinstance(call.body, dict) else {}
    for name in ("contentPlain", "contentHtml"):
        rendered(str(body.get(name) or ""), {"order": {}, "customer": {}, "salesChannel": {}})
    return call.empty()


def _blank(name: str) -> dict[str, Any]:
    return {
        "code": "VIOLATION::IS_BLANK_ERROR",
        "status": "400",
        "title": "Constraint violation error",
        "detail": "This value should not be blank.",
        "source": {"pointer": f"/{name}"},
        "meta": {"parameters": {"{{ value }}": "null"}},
    }


def _pdf(call: Call, name: str, data: bytes) -> Response:
    kind = "attachment" if str(call.query.get("download") or "") in ("1", "true") else "inline"
    headers = {"content-disposition": f"{kind}; filename={name}"}
    return Response(data, media_type="application/pdf", headers=headers)


def _answer(refusal: DocumentError) -> Exception:
    return problem(refusal.status, refusal.code, refusal.detail, refusal.parameters)
