"""The two layouts that every Shopware brings: of category pages and of product pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from updategate.embedded.refshop.dal.ids import LIVE_VERSION, derived_id
from updategate.embedded.refshop.dal.store import Doc, EntityStore

Config = Mapping[str, tuple[str, Any]]
Slot = tuple[str, str, Config | None]
Block = tuple[str, str, str | None, tuple[Slot, ...]]

_STATIC, _MAPPED = "static", "mapped"

_LISTING: tuple[Block, ...] = (
    (
        "image-text",
        "Category info",
        "20px 20px 20px 20px",
        (
            (
                "image",
                "left",
                {
                    "media": (_MAPPED, "category.media"),
                    "displayMode": (_STATIC, "cover"),
                    "url": (_STATIC, None),
                    "newTab": (_STATIC, False),
                    "minHeight": (_STATIC, "320px"),
                },
            ),
            ("text", "right", {"content": (_MAPPED, "category.description")}),
        ),
    ),
    ("sidebar-filter", "Filter", None, (("sidebar-filter", "content", None),)),
    (
        "product-listing",
        "Category listing",
        "20px 20px 20px 20px",
        (("product-listing", "content", {"boxLayout": (_STATIC, "standard")}),),
    ),
)
_PRODUCT: tuple[Block, ...] = (
    (
        "product-heading",
        "Product heading",
        "0 20px 0 0",
        (
            ("product-name", "left", {"content": (_MAPPED, "product.name"), "verticalAlign": (_STATIC, None)}),
            (
                "manufacturer-logo",
                "right",
                {
                    "displayMode": (_STATIC, "standard"),
                    "media": (_MAPPED, "product.manufacturer.media"),
                    "minHeight": (_STATIC, None),
                    "newTab": (_STATIC, True),
                    "url": (_STATIC, None),
                    "verticalAlign": (_STATIC, None),
                },
            ),
        ),
    ),
    (
        "gallery-buybox",
        "Gallery buy box",
        "20px 0 0 0",
        (
            (
                "image-gallery",
                "left",
                {
                    "displayMode": (_STATIC, "contain"),
                    "fullScreen": (_STATIC, True),
                    "galleryPosition": (_STATIC, "left"),
                    "minHeight": (_STATIC, "430px"),
                    "navigationArrows": (_STATIC, "inside"),
                    "navigationDots": (_STATIC, "inside"),
                    "sliderItems": (_MAPPED, "product.media"),
                    "verticalAlign": (_STATIC, None),
                    "zoom": (_STATIC, True),
                },
            ),
            ("buy-box", "right", {"product": (_STATIC, None), "alignment": (_STATIC, None)}),
        ),
    ),
    (
        "product-description-reviews",
        "Product description and reviews",
        "20px 20px 0 0",
        (("product-description-reviews", "content", {"product": (_STATIC, None), "alignment": (_STATIC, None)}),),
    ),
    (
        "cross-selling",
        "Cross selling",
        "0 0 0 0",
        (
            (
                "cross-selling",
                "content",
                {
                    "boxLayout": (_STATIC, "standard"),
                    "displayMode": (_STATIC, "standard"),
                    "elMinWidth": (_STATIC, "200px"),
                    "product": (_STATIC, None),
                },
            ),
        ),
    ),
)
_BLOCKS = {"product_list": _LISTING, "product_detail": _PRODUCT}


_NAMED_BY = {
    "core.cms.default_category_cms_page": "product_list",
    "core.cms.default_product_cms_page": "product_detail",
}


def complete_layouts(store: EntityStore, language_id: str) -> None:
    """Give the built-in pages their sections, blocks and slots, where the data brought only their names."""
    _add_named_pages(store)
    for page in store.all("cms_page"):
        blocks = _BLOCKS.get(str(page.get("type")))
        if blocks is None or not page.get("locked") or store.where("cms_section", pageId=page["id"]):
            continue
        with store.transaction():
            _write(store, page, blocks, language_id)


def _add_named_pages(store: EntityStore) -> None:
    """Add pages that the configuration names as defaults but that the data did not bring."""
    named = [
        (row.get("configurationValue"), _NAMED_BY[row["configurationKey"]])
        for row in store.all("system_config")
        if row.get("configurationKey") in _NAMED_BY
    ]
    for id_, type_ in named:
        if not isinstance(id_, str) or store.get("cms_page", id_) is not None:
            continue
        like = next((page for page in store.all("cms_page") if page.get("type") == type_ and page.get("locked")), {})
        store.upsert(
            "cms_page",
            {
                "id": id_,
                "versionId": LIVE_VERSION,
                "type": type_,
                "locked": True,
                "translations": like.get("translations") or {},
            },
        )


def _write(store: EntityStore, page: Doc, blocks: tuple[Block, ...], language_id: str) -> None:
    section_id = derived_id(page["id"], "section")
    common = {"versionId": LIVE_VERSION, "locked": True}
    store.upsert(
        "cms_section",
        {
            **common,
            "id": section_id,
            "pageId": page["id"],
            "position": 0,
            "type": "default",
            "sizingMode": "boxed",
            "mobileBehavior": "wrap",
        },
    )
    for position, (type_, name, margins, slots) in enumerate(blocks):
        block_id = derived_id(section_id, type_)
        sides = (margins or "").split()
        names = ("marginTop", "marginBottom", "marginLeft", "marginRight")
        store.upsert(
            "cms_block",
            {
                **common,
                "id": block_id,
                "sectionId": section_id,
                "position": position,
                "type": type_,
                "name": name,
                "sectionPosition": "main",
                **dict(zip(names, sides, strict=False)),
                "backgroundMediaMode": "cover" if sides else None,
            },
        )
        for kind, place, config in slots:
            stored = {key: {"source": source, "value": value} for key, (source, value) in (config or {}).items()}
            store.upsert(
                "cms_slot",
                {
                    **common,
                    "id": derived_id(block_id, place),
                    "blockId": block_id,
                    "type": kind,
                    "slot": place,
                    "translations": {language_id: {"config": stored or None}},
                },
            )
