"""The sales channel that the storefront shows, its languages by path, and the maintenance mode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from updategate.embedded.refshop.dal.ids import SYSTEM_LANGUAGE
from updategate.embedded.refshop.shop import Shop

from .json_values import Json

_STOREFRONT_TYPE = "8a243080f92e4c719546314b577cf82b"


class NoStorefrontError(LookupError):
    """The data hold no sales channel of the type storefront."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the shop: ``path`` is what its addresses start with (nothing for the first)."""

    id: str
    name: str
    locale: str
    path: str
    chain: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Channel:
    """What the storefront needs to know of its sales channel."""

    id: str
    access_key: str
    name: str
    root_category: str
    maintenance: bool
    maintenance_allowed: tuple[str, ...]
    languages: tuple[Language, ...]

    @classmethod
    def of(cls, shop: Shop, path: str = "/") -> Channel:
        """Read the active storefront channel whose domain the path belongs to: the longest that it begins with."""
        channels = [doc for doc in shop.store.all("sales_channel") if doc.get("typeId") == _STOREFRONT_TYPE]
        channels.sort(key=lambda doc: (not doc.get("active", True), -_fit(shop, doc, path)))
        if not channels:
            message = "the shop has no sales channel of the type storefront"
            raise NoStorefrontError(message)
        doc = channels[0]
        languages = _languages(shop, doc)
        name = _config(shop, "core.basicInformation.shopName", doc["id"])
        return cls(
            id=doc["id"],
            access_key=doc["accessKey"],
            name=str(name or _name(doc)),
            root_category=doc.get("navigationCategoryId") or "",
            maintenance=bool(doc.get("maintenance")),
            maintenance_allowed=tuple(doc.get("maintenanceIpWhitelist") or ()),
            languages=languages,
        )

    def language_for(self, path: str) -> Language:
        """Return the language whose path the request's path starts with, the longest first."""
        fitting = [
            language
            for language in self.languages
            if not language.path or path == language.path or path.startswith(f"{language.path}/")
        ]
        return max(fitting or self.languages, key=lambda language: len(language.path))

    def language(self, id_: str) -> Language | None:
        """Return the language of this id."""
        return next((language for language in self.languages if language.id == id_), None)


def _fit(shop: Shop, channel: dict[str, Any], path: str) -> int:
    """How much of a path a channel's domain covers; -1 where it belongs to none of them."""
    domains = shop.store.where("sales_channel_domain", salesChannelId=channel["id"])
    paths = [urlsplit(domain.get("url") or "").path.rstrip("/") for domain in domains]
    return max((len(own) for own in paths if path == own or path.startswith(f"{own}/")), default=-1)


def _languages(shop: Shop, channel: dict[str, Any]) -> tuple[Language, ...]:
    found: dict[str, Language] = {}
    for domain in shop.store.where("sales_channel_domain", salesChannelId=channel["id"]):
        path = urlsplit(domain.get("url") or "").path.rstrip("/")
        language = _language(shop, domain.get("languageId") or SYSTEM_LANGUAGE, path)
        kept = found.get(language.id)
        if kept is None or len(path) < len(kept.path):
            found[language.id] = language
    if not found:
        first = _language(shop, channel.get("languageId") or SYSTEM_LANGUAGE, "")
        found[first.id] = first
    return tuple(sorted(found.values(), key=lambda language: (len(language.path), language.name)))


def _language(shop: Shop, id_: str, path: str) -> Language:
    doc = shop.store.get("language", id_) or {"id": id_, "name": "English"}
    locale = doc.get("locale") or shop.store.get("locale", doc.get("localeId") or "") or {}
    chain = tuple(dict.fromkeys(each for each in (id_, doc.get("parentId"), SYSTEM_LANGUAGE) if each))
    return Language(id_, str(doc.get("name") or "English"), str(locale.get("code") or "en-GB"), path, chain)


def _name(doc: dict[str, Any]) -> str:
    translations = doc.get("translations") or {}
    return str((translations.get(SYSTEM_LANGUAGE) or {}).get("name") or doc.get("name") or "Shop")


def config_value(shop: Shop, key: str, channel_id: str, default: Json = None) -> Json:
    """Return a system configuration value, the channel's own before the common one."""
    value = _config(shop, key, channel_id)
    return default if value is None else value


def _config(shop: Shop, key: str, channel_id: str) -> Json:
    common = None
    for row in shop.store.where("system_config", configurationKey=key):
        if row.get("salesChannelId") == channel_id:
            return row.get("configurationValue")
        if row.get("salesChannelId") is None:
            common = row.get("configurationValue")
    return common
