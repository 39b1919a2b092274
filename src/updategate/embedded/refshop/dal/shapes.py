"""Where the printed form of an entity differs from its fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from updategate.embedded.refshop.versions import ShopwareVersion

from .context import ReadContext
from .ids import LIVE_VERSION
from .store import Doc

Extra = Callable[[ReadContext, Doc], Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """Keys that are printed beside the fields, keys that are not, to-many associations that are ``[]`` unloaded.

    ``replaced``: fields that are printed otherwise than they are stored.
    """

    extra: Mapping[str, Any] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    empty_list: frozenset[str] = frozenset()
    replaced: Mapping[str, Extra] = field(default_factory=dict)


_NONE = Shape()


def _live(*names: str) -> dict[str, Any]:
    return dict.fromkeys(names, LIVE_VERSION)


def _short_name(_: ReadContext, doc: Doc) -> str:
    handler = str(doc.get("handlerIdentifier") or "").rsplit("\\", 1)[-1]
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in handler).lstrip("_")


def _formatted_handler(_: ReadContext, doc: Doc) -> str:
    parts = str(doc.get("handlerIdentifier") or "").split("\\")
    return "handler_" + "_".join([parts[0].lower(), parts[-1].lower()]) if len(parts) > 1 else ""


def _recurring(_: ReadContext, doc: Doc) -> bool:
    handler = str(doc.get("handlerIdentifier") or "")
    return handler.endswith(("PrePayment", "InvoicePayment", "CashPayment"))


def _file_url(context: ReadContext, doc: Doc) -> str:
    return f"{context.base_url}/{doc.get('path')}" if doc.get("path") else ""


def _has_file(_: ReadContext, doc: Doc) -> bool:
    return bool(doc.get("path"))


def _product_layout(context: ReadContext, _: Doc) -> Any:
    key = "core.cms.default_product_cms_page"
    return next((row["configurationValue"] for row in context.store.where("system_config", configurationKey=key)), None)


def _category_layout(context: ReadContext, _: Doc) -> Any:
    key = "core.cms.default_category_cms_page"
    return next((row["configurationValue"] for row in context.store.where("system_config", configurationKey=key)), None)


def _has_default_layout(_: ReadContext, doc: Doc) -> bool:
    return doc.get("cmsPageId") is None


def _whole(name: str) -> Extra:
    """The database keeps these prices of positions in whole numbers only (the object ``price`` has them exactly)."""

    def rounded(_: ReadContext, doc: Doc) -> int | None:
        value = doc.get(name)
        return None if value is None else int(Decimal(str(value)).quantize(Decimal(1), ROUND_HALF_UP))

    return rounded


_SHAPES: dict[str, Shape] = {
    "category": Shape(extra={"cmsPageIdSwitched": _has_default_layout, "cmsPageId": _category_layout}),
    "product": Shape(extra={"variation": [], "cmsPageId": _product_layout}, empty_list=frozenset({"prices"})),
    "media": Shape(extra={"url": _file_url, "hasFile": _has_file}),
    "media_thumbnail": Shape(extra={"url": _file_url}),
    "shipping_method": Shape(empty_list=frozenset({"prices"})),
    "order": Shape(extra=_live("billingAddressVersionId")),
    "document": Shape(extra={"orderVersionId": lambda _, doc: doc.get("orderVersionId") or LIVE_VERSION}),
    "order_delivery_position": Shape(
        extra=_live("orderDeliveryVersionId", "orderLineItemVersionId"),
        replaced={"unitPrice": _whole("unitPrice"), "totalPrice": _whole("totalPrice")},
    ),
    "product_configurator_setting": Shape(extra={"selected": False}),
    "order_customer": Shape(extra=_live("orderVersionId")),
    "order_address": Shape(extra=_live("orderVersionId")),
    "order_transaction": Shape(extra={**_live("orderVersionId"), "validationData": []}),
    "order_delivery": Shape(extra=_live("orderVersionId", "shippingOrderAddressVersionId")),
    "order_line_item": Shape(extra=_live("orderVersionId", "productVersionId", "parentVersionId")),
    "payment_method": Shape(
        extra={
            "formattedHandlerIdentifier": _formatted_handler,
            "shortName": _short_name,
            "synchronous": True,
            "asynchronous": False,
            "prepared": False,
            "refundable": False,
            "recurring": _recurring,
        }
    ),
    "sales_channel": Shape(
        extra=_live(
            "navigationCategoryVersionId",
            "homeCmsPageVersionId",
            "footerCategoryVersionId",
            "serviceCategoryVersionId",
        )
    ),
}


def _entity_id(_: ReadContext, doc: Doc) -> dict[str, Any]:
    return {"id": doc.get("referencedId"), "version_id": doc.get("referencedVersionId")}


#: before 6.6
_SHAPES_65: dict[str, Shape] = {
    "product": Shape(
        extra={"variation": [], "blacklistIds": None, "whitelistIds": None}, empty_list=frozenset({"prices"})
    ),
    "country": Shape(absent=frozenset({"isEu"})),
    "seo_url": Shape(extra={"isValid": True}),
    "integration": Shape(extra={"writeAccess": True}),
    "state_machine_history": Shape(extra={"entityId": _entity_id}),
    "order_transaction": Shape(extra=_live("orderVersionId"), absent=frozenset({"validationData"})),
}


def shape_of(entity: str, version: ShopwareVersion) -> Shape:
    """Return how the entity's printed form differs in this version."""
    if version.is_65 and entity in _SHAPES_65:
        return _SHAPES_65[entity]
    return _SHAPES.get(entity, _NONE)
