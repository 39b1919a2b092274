"""Makes documents, numbers them, keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from updategate.embedded.refshop.cart.stored import moment_of
from updategate.embedded.refshop.dal.ids import api_time
from updategate.embedded.refshop.dal.number_range import reserve
from updategate.embedded.refshop.dal.store import Doc
from updategate.embedded.refshop.dal.versioning import create_version
from updategate.embedded.refshop.mail.facts import order_facts
from updategate.embedded.refshop.shop import Shop

from .content import DocumentContent, content_of
from .pdf import pdf_of

_NUMBER_TYPES = {
    "invoice": "document_invoice",
    "delivery_note": "document_delivery_note",
    "storno": "document_storno",
    "credit_note": "document_credit_note",
}


class DocumentError(Exception):
    """The document cannot be made; ``code`` and ``status`` are the API's."""

    def __init__(self, status: int, code: str, detail: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.parameters = parameters


@dataclass(frozen=True, slots=True)
class CreatedDocument:
    """Where a new document is."""

    id: str
    media_id: str
    deep_link: str


def create_document(
    shop: Shop, kind: str, order_id: str, config: dict[str, Any], referenced_id: str | None = None
) -> CreatedDocument:
    """Make, number and keep a document for an order; raise DocumentError if it cannot be."""
    facts, settings, invoice = _prepared(shop, kind, order_id, config, referenced_id)
    number = str(config.get("documentNumber") or "") or reserve(
        shop.store, _NUMBER_TYPES[kind], facts["order"]["salesChannelId"], clock=shop.clock
    )
    now = shop.clock.now()
    date = str(config.get("documentDate") or api_time(now))
    invoice_number = _invoice_number(invoice)
    data = pdf_of(_content(shop, kind, facts, settings, number, date, invoice_number), now)
    document_id, media_id, deep_link = shop.ids.new(), shop.ids.new(), shop.ids.token()
    name = f"{settings.get('filenamePrefix') or kind + '_'}{number}{settings.get('filenameSuffix') or ''}"
    path = f"files/documents/{media_id}.pdf"
    file = _file(shop, path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    with shop.store.transaction():
        media = {"fileName": name, "fileExtension": "pdf", "mimeType": "application/pdf", "private": True}
        shop.store.upsert("media", {"id": media_id, **media, "fileSize": len(data), "path": path})
        stored: Doc = {
            **settings,
            **config,
            "documentNumber": number,
            "documentDate": date,
            "custom": {f"{kind.replace('_note', 'Note')}Number": number, "invoiceNumber": invoice_number},
        }
        shop.store.upsert(
            "document",
            {
                "id": document_id,
                "documentTypeId": _type_id(shop, kind),
                "fileType": "pdf",
                "orderId": order_id,
                # the order as it is now: a cancellation of this invoice takes back this, whatever comes later
                "orderVersionId": create_version(shop.store, "order", order_id),
                "documentMediaFileId": media_id,
                "config": stored,
                "documentNumber": number,
                "sent": False,
                "static": False,
                "deepLinkCode": deep_link,
                "referencedDocumentId": invoice["id"] if invoice else None,
            },
        )
    for other in shop.behaviour.documents_made_with(kind):
        create_document(shop, other, order_id, {})
    return CreatedDocument(document_id, media_id, deep_link)


def preview_document(shop: Shop, kind: str, order_id: str, config: dict[str, Any]) -> bytes:
    """Return what a document would look like; no number is used up."""
    facts, settings, invoice = _prepared(shop, kind, order_id, config, None)
    number = str(config.get("documentNumber") or "") or reserve(shop.store, _NUMBER_TYPES[kind], preview=True)
    now = shop.clock.now()
    date = str(config.get("documentDate") or api_time(now))
    return pdf_of(_content(shop, kind, facts, settings, number, date, _invoice_number(invoice)), now)


def document_file(shop: Shop, document_id: str, deep_link: str) -> tuple[str, bytes]:
    """Return name and bytes of a kept document; raise DocumentError if there is none with this link."""
    document = shop.store.get("document", document_id)
    media = shop.store.get("media", str((document or {}).get("documentMediaFileId")))
    if document is None or media is None or document.get("deepLinkCode") != deep_link:
        raise DocumentError(
            404,
            "DOCUMENT__DOCUMENT_NOT_FOUND",
            f'The document with id "{document_id}" is invalid or could not be found.',
            {"documentId": document_id},
        )
    return f"{media['fileName']}.pdf", _file(shop, media["path"]).read_bytes()


def _content(
    shop: Shop,
    kind: str,
    facts: dict[str, Any],
    settings: dict[str, Any],
    number: str,
    date: str,
    invoice_number: str | None,
) -> DocumentContent:
    return content_of(
        kind,
        facts,
        settings,
        number,
        date,
        invoice_number,
        shop.behaviour,
        signed_total=shop.version.cancelled_total_signed,
    )


def _prepared(
    shop: Shop, kind: str, order_id: str, config: dict[str, Any], referenced_id: str | None
) -> tuple[dict[str, Any], dict[str, Any], Doc | None]:
    if kind not in _NUMBER_TYPES:
        raise DocumentError(
            400,
            "DOCUMENT__INVALID_RENDERER_TYPE",
            f'Unable to find a document renderer with type "{kind}"',
        )
    facts = order_facts(shop, order_id)
    if facts is None:
        raise DocumentError(
            404,
            "DOCUMENT__ORDER_NOT_FOUND",
            f'The order with id "{order_id}" is invalid or could not be found.',
            {"orderId": order_id},
        )
    invoice = _invoice(shop, order_id, referenced_id) if kind in ("storno", "credit_note") else None
    if kind in ("storno", "credit_note") and invoice is None:
        raise DocumentError(
            404,
            "DOCUMENT__GENERATION_ERROR",
            f"Unable to generate document. Can not generate {kind.replace('_', ' ')} document because no invoice"
            f" document exists. OrderId: {order_id}",
        )
    if kind == "credit_note" and not shop.behaviour.invoice_can_be_credited(
        moment_of((invoice or {}).get("createdAt"))
    ):
        raise DocumentError(404, "DOCUMENT__GENERATION_ERROR", f"Unable to generate document. OrderId: {order_id}")
    if kind == "credit_note" and not any(line["type"] == "credit" for line in facts["order"]["lineItems"] or []):
        raise DocumentError(
            404,
            "DOCUMENT__GENERATION_ERROR",
            "Unable to generate document. Can not generate credit note document because no credit line items exists."
            f" OrderId: {order_id}",
        )
    if kind == "storno" and invoice is not None:
        facts = order_facts(shop, order_id, invoice["orderVersionId"]) or facts
    return facts, {**_settings(shop, kind, facts["order"]["salesChannelId"]), **config}, invoice


def _settings(shop: Shop, kind: str, channel_id: str) -> dict[str, Any]:
    type_id = _type_id(shop, kind)
    rows = shop.store.where("document_base_config", documentTypeId=type_id)
    own = [
        shop.store.get("document_base_config", row["documentBaseConfigId"])
        for row in shop.store.where("document_base_config_sales_channel", salesChannelId=channel_id)
        if row.get("documentTypeId") == type_id
    ]
    chosen = next((row for row in own if row), None) or next((row for row in rows if row.get("global")), None) or {}
    names = {key: chosen.get(key) for key in ("filenamePrefix", "filenameSuffix") if chosen.get(key)}
    return {**names, **(chosen.get("config") or {})}


def _type_id(shop: Shop, kind: str) -> str | None:
    return next((row["id"] for row in shop.store.where("document_type", technicalName=kind)), None)


def _invoice(shop: Shop, order_id: str, referenced_id: str | None) -> Doc | None:
    type_id = _type_id(shop, "invoice")
    rows = shop.store.where("document", orderId=order_id, documentTypeId=type_id)
    if referenced_id:
        rows = [row for row in rows if row["id"] == referenced_id]
    return rows[-1] if rows else None


def _invoice_number(invoice: Doc | None) -> str | None:
    return str(invoice["documentNumber"]) if invoice else None


def _file(shop: Shop, path: str) -> Path:
    return (shop.settings.data_dir or Path()) / path
