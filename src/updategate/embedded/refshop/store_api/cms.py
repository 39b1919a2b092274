"""Shows pages of the Shopping Experiences: layout with the data that its slots display."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from updategate.embedded.refshop.dal.store import Doc
from updategate.embedded.refshop.dal.translate import translated

from .entities import Presenter
from .http import Call

Json = dict[str, Any]
SlotData = Callable[[Json], Any]

_CONFIG_ALIAS = "cms_data_resolver_field_config"


def page_json(
    call: Call, page_id: str, subject: Doc, entity: str, data: Mapping[str, SlotData], *, slots: object = None
) -> Json | None:
    """Show a page for a category or a product.

    ``subject`` is the category or product that mapped slots look into; ``data`` makes the content of special slots;
    ``slots`` are the only ones wanted, as a list of ids or joined with ``|``.
    """
    presenter = Presenter(call.shop, call.session.languages)
    page = call.shop.store.get("cms_page", page_id)
    if page is None:
        return None
    shown = presenter.entity("cms_page", page)
    wanted = slots.split("|") if isinstance(slots, str) else slots
    shown["sections"] = [
        _section(presenter, section, _Slots(call, presenter, subject, entity, data), wanted)
        for section in _ordered(presenter, "cms_section", pageId=page_id)
    ]
    return shown


def _ordered(presenter: Presenter, entity: str, **where: str) -> list[Doc]:
    return sorted(presenter.store.where(entity, **where), key=lambda row: row.get("position") or 0)


def _section(presenter: Presenter, section: Doc, slots: _Slots, wanted: Any) -> Json:
    shown = presenter.entity("cms_section", section)
    shown["blocks"] = []
    for block in _ordered(presenter, "cms_block", sectionId=section["id"]):
        rows = presenter.store.where("cms_slot", blockId=block["id"])
        if wanted and not any(row["id"] in wanted for row in rows):
            continue
        block_json = presenter.entity("cms_block", block)
        block_json["slots"] = [slots.show(row) for row in sorted(rows, key=lambda row: str(row.get("slot")) == "right")]
        shown["blocks"].append(block_json)
    return shown


class _Slots:
    def __init__(
        self, call: Call, presenter: Presenter, subject: Doc, entity: str, data: Mapping[str, SlotData]
    ) -> None:
        self._call = call
        self._presenter = presenter
        self._subject = subject
        self._entity = entity
        self._data = data

    def show(self, slot: Doc) -> Json:
        """Show a slot with its data."""
        shown = self._presenter.entity("cms_slot", slot)
        config = translated(slot, "config", self._call.session.languages) or {}
        shown["config"] = shown["config"] or config or None
        fields = [{"name": name, **entry, "apiAlias": _CONFIG_ALIAS} for name, entry in config.items()]
        type_ = str(slot.get("type"))
        if self._entity == "product" and config:
            fields = self._about_product(type_, fields)
        shown["fieldConfig"] = fields if fields and type_ not in ("product-listing", "sidebar-filter") else None
        shown["data"] = self._content(type_, config)
        return shown

    def _about_product(self, type_: str, fields: list[Json]) -> list[Json]:
        """Product pages tell every slot which product they show."""
        about = {"source": "mapped", "value": self._subject["id"], "apiAlias": _CONFIG_ALIAS}
        if any(field["name"] == "product" for field in fields):
            return [{"name": "product", **about} if field["name"] == "product" else field for field in fields]
        if type_ in ("product-name", "manufacturer-logo"):
            return [*fields, {"name": "product", **about}]
        return fields

    def _content(self, type_: str, config: Json) -> Any:
        if type_ in self._data:
            return self._data[type_](config)
        if type_ in ("text", "product-name", "html"):
            return {"content": self._value(config.get("content")) or "", "apiAlias": "cms_text"}
        if type_ == "image":
            return {**self._image(config), "apiAlias": "cms_image"}
        if type_ == "manufacturer-logo":
            return {**self._image(config), "manufacturer": None, "apiAlias": "cms_manufacturer_logo"}
        if type_ in ("image-gallery", "image-slider"):
            return {"navigation": None, "sliderItems": self._slides(config), "apiAlias": "cms_image_slider"}
        return None

    def _image(self, config: Json) -> Json:
        media_id = self._media_id(config.get("media") or {})
        return {
            "mediaId": media_id,
            "url": self._value(config.get("url")) or "",
            "newTab": bool(self._value(config.get("newTab"))),
            "media": self._presenter.by_id("media", media_id),
        }

    def _media_id(self, entry: Json) -> str | None:
        if entry.get("source") == "static":
            return entry.get("value")
        return self._subject.get("mediaId") if entry.get("value") == "category.media" else None

    def _slides(self, config: Json) -> list[Json]:
        entry = config.get("sliderItems") or {}
        if entry.get("source") == "static":
            return [
                {"media": self._presenter.by_id("media", item.get("mediaId")), "apiAlias": "cms_image_slider_item"}
                for item in entry.get("value") or ()
            ]
        rows = self._presenter.store.where("product_media", productId=self._subject["id"])
        if len(rows) <= 1:
            # the gallery of a product without more than its cover stays empty
            return []
        ordered = sorted(rows, key=lambda row: row.get("position") or 0)
        return [
            {"url": None, "newTab": False, "media": self._presenter.by_id("media", row.get("mediaId")),
             "ariaLabel": None, "apiAlias": "cms_image_slider_item"}
            for row in ordered
        ]  # fmt: skip

    def _value(self, entry: Json | None) -> Any:
        if not entry:
            return None
        if entry.get("source") != "mapped":
            return entry.get("value")
        path = str(entry.get("value") or "").split(".")
        if path[0] != self._entity or len(path) != 2:
            return None
        parent = self._call.shop.store.get(self._entity, self._subject.get("parentId") or "")
        value = translated(self._subject, path[1], self._call.session.languages, parent)
        return self._subject.get(path[1]) if value is None else value
