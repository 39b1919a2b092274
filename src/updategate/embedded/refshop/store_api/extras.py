"""What entities show in the Store API that is not stored as it is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from updategate.embedded.refshop.dal.ids import SYSTEM_CURRENCY
from updategate.embedded.refshop.dal.store import Doc

Json = dict[str, Any]
Extra = Callable[[Any, Doc, Json, Any], None]

_HANDLERS = {
    "debit_payment": (True, False, False, False, False),
    "invoice_payment": (True, False, False, False, True),
    "cash_payment": (True, False, False, False, False),
    "pre_payment": (True, False, False, False, True),
}


def _currency(presenter: Any, doc: Doc, shown: Json, tree: Any) -> None:
    del presenter, tree
    shown["isSystemDefault"] = doc["id"] == SYSTEM_CURRENCY


def _media(presenter: Any, doc: Doc, shown: Json, tree: Any) -> None:
    path = doc.get("path") or f"media/{doc['id']}.{doc.get('fileExtension') or 'png'}"
    shown |= {
        "url": doc.get("url") or f"{presenter.shop.base_url}/{path}",
        "path": path,
        "hasFile": bool(doc.get("fileName") or doc.get("hasFile", True)),
        "private": bool(doc.get("private", False)),
    }
    if "thumbnails" not in tree:
        rows = presenter.store.where("media_thumbnail", mediaId=doc["id"])
        shown["thumbnails"] = [presenter.entity("media_thumbnail", row) for row in rows]


def _thumbnail(presenter: Any, doc: Doc, shown: Json, tree: Any) -> None:
    del tree
    shown["url"] = doc.get("url") or f"{presenter.shop.base_url}/{doc.get('path') or ''}"


def _payment_method(presenter: Any, doc: Doc, shown: Json, tree: Any) -> None:
    del presenter, tree
    handler = str(doc.get("handlerIdentifier") or "").rpartition("\\")[2]
    short = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in handler).lstrip("_")
    kinds = _HANDLERS.get(short, (False, True, False, False, False))
    names = ("synchronous", "asynchronous", "prepared", "refundable", "recurring")
    shown |= {name: doc[name] if doc.get(name) is not None else kind for name, kind in zip(names, kinds, strict=True)}
    shown["shortName"] = doc.get("shortName") or short
    name = shown["translated"].get("distinguishableName") or shown["translated"].get("name")
    shown["translated"]["distinguishableName"] = name
    shown["distinguishableName"] = shown.get("distinguishableName") or name


def _shipping_method(presenter: Any, doc: Doc, shown: Json, tree: Any) -> None:
    del presenter, doc, tree
    shown["prices"] = shown.get("prices") or []


def _page(presenter: Any, doc: Doc, shown: Json, tree: Any) -> None:
    del presenter, doc, tree
    shown["landingPages"] = None


def _seo_url(presenter: Any, doc: Doc, shown: Json, tree: Any) -> None:
    del doc, tree
    if presenter.shop.version.is_65:
        shown["isValid"] = None


def extras() -> Mapping[str, Extra]:
    """Return the additions by entity."""
    return {
        "currency": _currency,
        "media": _media,
        "media_thumbnail": _thumbnail,
        "payment_method": _payment_method,
        "shipping_method": _shipping_method,
        "cms_page": _page,
        "seo_url": _seo_url,
    }
