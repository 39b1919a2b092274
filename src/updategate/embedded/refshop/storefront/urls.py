"""Addresses: Shopware's route names, readable (SEO) addresses of products and categories, and back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from updategate.embedded.refshop.shop import Shop

from .json_values import Json

ROUTES = {
    "frontend.home.page": "/",
    "frontend.navigation.page": "/navigation/{navigationId}",
    "frontend.detail.page": "/detail/{productId}",
    "frontend.detail.page.switch": "/detail/{productId}/switch",
    "frontend.search.page": "/search",
    "frontend.search.suggest": "/suggest",
    "frontend.cart.offcanvas": "/checkout/offcanvas",
    "frontend.checkout.cart.page": "/checkout/cart",
    "frontend.checkout.confirm.page": "/checkout/confirm",
    "frontend.checkout.finish.page": "/checkout/finish",
    "frontend.checkout.register.page": "/checkout/register",
    "frontend.checkout.configure": "/checkout/configure",
    "frontend.checkout.info": "/widgets/checkout/info",
    "frontend.account.home.page": "/account",
    "frontend.account.login.page": "/account/login",
    "frontend.account.register.page": "/account/register",
    "frontend.account.customer-group-registration.page": "/customer-group-registration/{customerGroupId}",
    "frontend.account.logout.page": "/account/logout",
    "frontend.account.recover.page": "/account/recover",
    "frontend.account.recover.password.page": "/account/recover/password",
    "frontend.account.profile.page": "/account/profile",
    "frontend.account.payment.page": "/account/payment",
    "frontend.account.address.page": "/account/address",
    "frontend.account.address.create.page": "/account/address/create",
    "frontend.account.address.edit.page": "/account/address/{addressId}",
    "frontend.account.order.page": "/account/order",
    "frontend.account.order.single.page": "/account/order/{deepLinkCode}",
    "frontend.account.edit-order.page": "/account/order/edit/{orderId}",
    "frontend.maintenance.page": "/maintenance",
}

_CACHE = "storefront/seo"
_SPACES = re.compile(r"[^A-Za-z0-9._~]+")
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})


class UnknownRouteError(LookupError):
    """There is no route of this name, or a parameter is missing."""


def path_of(route: str, parameters: Mapping[str, object] | None = None) -> str:
    """Return the path of a route; parameters that it has no place for become the query."""
    pattern = ROUTES.get(route)
    if pattern is None:
        raise UnknownRouteError(route)
    rest = {key: value for key, value in (parameters or {}).items() if not key.startswith("_")}
    rest.pop("XmlHttpRequest", None)
    for name in re.findall(r"\{(\w+)\}", pattern):
        if not rest.get(name):
            raise UnknownRouteError(route)
        pattern = pattern.replace(f"{{{name}}}", str(rest.pop(name)))
    query = {key: value for key, value in rest.items() if isinstance(value, str | int) and value != ""}
    return f"{pattern}?{urlencode(query)}" if query else pattern


def slug(name: str) -> str:
    """Write a name as Shopware does in an address: umlauts spelled out, everything else a dash."""
    plain = unicodedata.normalize("NFKD", name.translate(_GERMAN)).encode("ascii", "ignore").decode()
    return _SPACES.sub("-", plain).strip("-")


def translated(doc: Mapping[str, Any], field: str, languages: tuple[str, ...]) -> Json:
    """Return a translated field in the first of the languages that has it."""
    translations = doc.get("translations") or {}
    for language in languages:
        value = (translations.get(language) or {}).get(field)
        if value is not None:
            return value
    return doc.get(field)


def _name(product: Mapping[str, Any], parent: Mapping[str, Any] | None, languages: tuple[str, ...]) -> str:
    own = translated(product, "name", languages)
    return str(own or (translated(parent, "name", languages) if parent else None) or "")


class SeoAddresses:
    """The readable addresses of one language, made anew when products or categories change."""

    def __init__(self, shop: Shop, languages: tuple[str, ...], root_category: str) -> None:
        self._by_path: dict[str, tuple[str, str]] = {}
        self._by_target: dict[tuple[str, str], str] = {}
        store = shop.store
        categories = {doc["id"]: doc for doc in store.all("category")}
        for id_, category in categories.items():
            names: list[str] = []
            current: dict[str, Any] | None = category
            above = 0
            while current is not None and current["id"] != root_category and above < 20:
                names.append(slug(str(translated(current, "name", languages) or "")))
                current, above = categories.get(current.get("parentId") or ""), above + 1
            if names and current is not None:
                self._add("/".join(reversed(names)) + "/", "navigation", id_)
        products = {doc["id"]: doc for doc in store.all("product")}
        for id_, product in products.items():
            name = _name(product, products.get(product.get("parentId") or ""), languages)
            number = product.get("productNumber") or id_
            self._add(f"{slug(str(name))}/{slug(str(number))}", "detail", id_)

    def _add(self, path: str, kind: str, id_: str) -> None:
        self._by_path.setdefault(path, (kind, id_))
        self._by_target[(kind, id_)] = path

    def target(self, path: str) -> tuple[str, str] | None:
        """Return what stands at a path: ``("detail" | "navigation", id)``."""
        wanted = path.lstrip("/")
        return self._by_path.get(wanted) or self._by_path.get(f"{wanted}/")

    def path(self, kind: str, id_: str) -> str | None:
        """Return the readable path, without a slash at the start, of a product or category."""
        return self._by_target.get((kind, id_))

    @classmethod
    def current(cls, shop: Shop, languages: tuple[str, ...], root_category: str) -> SeoAddresses:
        """Return the addresses as of now."""
        revision = shop.store.revision("product", "category", "product_translation", "category_translation")
        key = f"{_CACHE}/{'/'.join(languages)}/{root_category}"
        kept: tuple[int, SeoAddresses] | None = shop.memory.get(key)
        if kept is None or kept[0] != revision:
            kept = (revision, cls(shop, languages, root_category))
            shop.memory[key] = kept
        return kept[1]
