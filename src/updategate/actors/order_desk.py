"""The order desk: people of the merchant's who issue documents and change orders on the telephone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from updategate.actors.purchase import Buyable, Placed
from updategate.actors.recorder import Kept, Recorder
from updategate.actors.shop_access import ShopAccess
from updategate.clients.admin_api import AdminApi, Criteria
from updategate.clients.documents import DocumentView, cancelled_total_is_signed, read_document
from updategate.clients.errors import ApiError
from updategate.clients.json_text import JsonObject
from updategate.domain.money import Money

DocumentKind = Literal["invoice", "delivery_note", "storno", "credit_note"]


@dataclass(frozen=True, slots=True)
class IssuedDocument:
    """A document of an order: its id, its number as the shop keeps it, and what the PDF shows."""

    id: str
    kind: DocumentKind
    number: str
    view: DocumentView
    content: bytes


class OrderDesk:
    """Issues documents and edits orders."""

    def __init__(self, access: ShopAccess, recorder: Recorder) -> None:
        self._access = access
        self._recorder = recorder
        self._issued: list[Kept] = []

    @property
    def _admin(self) -> AdminApi:
        self._access.require("admin_write", "Changing orders")
        return self._access.back_office

    def issues(self, order: Placed, kind: DocumentKind, *, of: IssuedDocument | None = None) -> IssuedDocument:
        """Issue a document and read its PDF; a credit note and a cancellation are ``of`` an invoice."""
        with self._recorder.step(f"issues a {kind} for {order}"):
            config: JsonObject = {}
            extra: JsonObject = {}
            if of is not None:
                config = {"custom": {"invoiceNumber": of.number}}
                extra = {"referencedDocumentId": of.id}
            created = self._admin.create_document(order.id, kind, config, **extra)
            document_id = str(created["documentId"])
            content = self._admin.download_document(document_id, str(created["documentDeepLink"]))
            self._issued.append(Kept(f"{kind} of {order}", "application/pdf", content))
            kept = self._admin.get("document", document_id)
            found = self._admin.get("order", order.id, "currency", "language.locale")
            view = read_document(
                content,
                str(found["language"]["locale"]["code"]),
                str(found["currency"]["isoCode"]),
                unsigned_total=kind == "storno" and not cancelled_total_is_signed(self._access.version),
            )
            number = str(kept.get("documentNumber") or kept["config"]["documentNumber"])
            return IssuedDocument(document_id, kind, number, view, content)

    def documents(self) -> list[Kept]:
        """Every document that was issued, as PDF."""
        return list(self._issued)

    def sender_of(self, kind: DocumentKind) -> str:
        """Return the company that documents of a kind come from, as the merchant has set it; empty where it is not."""
        with self._recorder.step(f"looks whose name stands on a {kind}"):
            criteria = Criteria().equals("documentType.technicalName", kind).equals("global", value=True)
            found = self._access.back_office.search("document_base_config", criteria).first() or {}
            return str((found.get("config") or {}).get("companyName") or "")

    def adds_product(self, order: Placed, product: Buyable, quantity: int = 1) -> None:
        """Add a product to an order, as the administration does: in a draft that is merged in the end."""
        with self._recorder.step(f"adds {quantity} × {product.number} to {order}"), self._draft(order) as headers:
            path = f"/_action/order/{order.id}/product/{product.id}"
            self._send(path, {"quantity": quantity}, headers, "/_action/order/{id}/product/{id}")

    def gives_credit(self, order: Placed, label: str, amount: Money) -> None:
        """Give back an amount (positive) on an order."""
        with self._recorder.step(f"gives {amount} back on {order}"), self._draft(order) as headers:
            body: JsonObject = {
                "identifier": f"{order.id[:30]}cr",
                "type": "credit",
                "label": label,
                "quantity": 1,
                "priceDefinition": {"price": Decimal(-amount.amount), "quantity": 1, "type": "absolute"},
            }
            self._send(f"/_action/order/{order.id}/creditItem", body, headers, "/_action/order/{id}/creditItem")

    @contextmanager
    def _draft(self, order: Placed) -> Iterator[dict[str, str]]:
        version = self._admin.ask("POST", f"/_action/version/order/{order.id}", {}, name="/_action/version/order/{id}")
        version_id = str(version["versionId"])
        yield {"sw-version-id": version_id}
        path = f"/_action/version/merge/order/{version_id}"
        self._send(path, {}, {}, "/_action/version/merge/order/{id}")

    def _send(self, path: str, body: JsonObject, headers: dict[str, str], name: str) -> None:
        answer = self._admin.raw("POST", path, body, headers=headers, name=name)
        if not answer.ok:
            raise ApiError.of(answer)
