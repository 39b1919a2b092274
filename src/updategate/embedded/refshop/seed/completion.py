"""What a fresh shop gets beside its rows: defaults, hashes, derived values."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from updategate.embedded.refshop.dal.definitions import definitions
from updategate.embedded.refshop.dal.ids import SYSTEM_LANGUAGE, api_time, derived_id, is_id
from updategate.embedded.refshop.dal.indexing import index_all, index_seo_urls
from updategate.embedded.refshop.dal.passwords import hashed
from updategate.embedded.refshop.dal.store import Doc, EntityStore
from updategate.embedded.refshop.versions import ShopwareVersion

from .notation import id_of

_THUMBNAILS = (280, 400, 800, 1920)

RECORDED_PASSWORD = "Bench-pass-1"  # noqa: S105 - of the recorded customers, see the recordings' README


def complete(store: EntityStore, version: ShopwareVersion) -> None:
    """Fill in what the seed leaves out."""
    if not version.at_least(6, 6, 7):
        for task in store.where("scheduled_task", name="services.install"):
            store.delete("scheduled_task", task["id"])
    _defaults(store)
    _secrets(store)
    _covers(store)
    _media_paths(store)
    for product in store.all("product"):
        if product.get("availableStock") is None:
            _quietly(store, "product", product, {"availableStock": product.get("stock") or 0})
    for condition in store.all("rule_condition"):
        if condition.get("value") is None and str(condition["type"]).endswith("Container"):
            _quietly(store, "rule_condition", condition, {"value": []})
    for task in store.all("scheduled_task"):
        due = datetime.fromisoformat(task["createdAt"]) + timedelta(seconds=task["runInterval"])
        _quietly(store, "scheduled_task", task, {"nextExecutionTime": api_time(due)})
    _numbers(store)
    index_all(store)
    index_seo_urls(store, "category", [doc["id"] for doc in store.all("category")])
    index_seo_urls(store, "product", [doc["id"] for doc in store.all("product")])
    _sales_channels(store)


def _defaults(store: EntityStore) -> None:
    for entity in store.entities():
        defaults = definitions()[entity].defaults
        for doc in store.all(entity) if defaults else []:
            is_variant = entity == "product" and doc.get("parentId")
            missing = {} if is_variant else {key: value for key, value in defaults.items() if key not in doc}
            if missing:
                _quietly(store, entity, doc, missing)


def _sales_channels(store: EntityStore) -> None:
    for position, channel in enumerate(store.all("sales_channel")):
        if not channel.get("accessKey"):
            _quietly(store, "sales_channel", channel, {"accessKey": f"SWSCREFSHOPSTOREFRONTKEY0{position}"})
        methods = sorted(
            row["paymentMethodId"] for row in store.where("sales_channel_payment_method", salesChannelId=channel["id"])
        )
        _quietly(store, "sales_channel", channel, {"paymentMethodIds": methods})


def _secrets(store: EntityStore) -> None:
    for customer in store.all("customer"):
        password = customer.get("password") or RECORDED_PASSWORD
        if not str(password).startswith("scrypt$"):
            _quietly(store, "customer", customer, {"password": hashed(password, customer["id"])})
    for user in store.all("user"):
        if not str(user.get("password")).startswith("scrypt$"):
            _quietly(store, "user", user, {"password": hashed(user.get("password") or "shopware", user["id"])})


def _covers(store: EntityStore) -> None:
    """A product that names a cover gets it, if the rows of it are not there."""
    for product in store.all("product"):
        cover = product.get("coverId")
        if not is_id(cover) or store.get("product_media", str(cover)) is not None:
            continue
        number = str(product.get("productNumber", "product")).lower()
        media_id = derived_id("media", number)
        store.upsert(
            "media",
            {"id": media_id, "fileName": number, "fileExtension": "png", "mimeType": "image/png", "private": False},
        )
        store.upsert(
            "product_media",
            {"id": str(cover), "productId": product["id"], "mediaId": media_id, "position": 1},
        )


def _media_paths(store: EntityStore) -> None:
    for media in store.all("media"):
        if media.get("path"):
            continue
        id_ = media["id"]
        path = f"media/{id_[:2]}/{id_[2:4]}/{id_[4:6]}/{media['fileName']}.{media['fileExtension']}"
        facts: dict[str, Any] = {
            "path": path,
            "fileSize": media.get("fileSize") or 1024,
            "metaData": {"width": 120, "height": 120, "type": 3, "hash": id_},
            "mediaType": {"extensions": [], "name": "IMAGE", "flags": ["transparent"], "apiAlias": "media_type_IMAGE"},
            "uploadedAt": media.get("createdAt"),
            "mediaFolderId": media.get("mediaFolderId") or id_of("media_folder", "product"),
        }
        texts = dict(media.get("translations") or {})
        texts[SYSTEM_LANGUAGE] = {"title": media["fileName"], **texts.get(SYSTEM_LANGUAGE, {})}
        facts["translations"] = texts
        facts["userId"] = next((user["id"] for user in store.where("user", username="admin")), None)
        _quietly(store, "media", media, facts)
        for size in _THUMBNAILS:
            thumbnail = {
                "id": derived_id("media_thumbnail", id_, str(size)),
                "mediaId": id_,
                "width": size,
                "height": size,
                "path": f"thumbnail/{path.removeprefix('media/').rpartition('.')[0]}_{size}x{size}.png",
            }
            store.upsert("media_thumbnail", thumbnail)


def _numbers(store: EntityStore) -> None:
    for entity in ("customer", "order"):
        for position, doc in enumerate(store.all(entity), start=1):
            if doc.get("autoIncrement") is None:
                _quietly(store, entity, doc, {"autoIncrement": position})


def _quietly(store: EntityStore, entity: str, doc: Doc, changes: Doc) -> None:
    current = store.get(entity, doc["id"]) or doc
    store.upsert(entity, {"id": doc["id"], **changes, "updatedAt": current.get("updatedAt")})
