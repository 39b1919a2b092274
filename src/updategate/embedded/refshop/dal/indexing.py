"""What Shopware's indexers derive: tree paths, counts, category ids, availability, SEO addresses.

``index_products`` and ``index_categories`` are called after writes to what they depend on.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from .ids import SYSTEM_LANGUAGE, derived_id
from .store import Doc, EntityStore
from .translate import language_chain, translated

_STOREFRONT = "8a243080f92e4c719546314b577cf82b"
_SEO = {
    "product": ("frontend.detail.page", "/detail/{}"),
    "category": ("frontend.navigation.page", "/navigation/{}"),
}


def index_all(store: EntityStore) -> None:
    """Derive everything anew, as ``_action/indexing`` does."""
    index_categories(store)
    index_rules(store)
    index_payment_methods(store, [doc["id"] for doc in store.all("payment_method")])
    index_products(store, [doc["id"] for doc in store.all("product")])


#: where a rule is used, and what that place is called in the rule's areas
_RULE_PLACES = (
    ("product_price", "ruleId", "product"),
    ("payment_method", "availabilityRuleId", "payment"),
    ("shipping_method", "availabilityRuleId", "shipping"),
    ("shipping_method_price", "ruleId", "shipping"),
    ("shipping_method_price", "calculationRuleId", "shipping"),
    ("promotion_discount_rule", "ruleId", "promotion"),
    ("promotion_cart_rule", "ruleId", "promotion"),
    ("promotion_order_rule", "ruleId", "promotion"),
    ("promotion_persona_rule", "ruleId", "promotion"),
    ("promotion_setgroup_rule", "ruleId", "promotion"),
    ("flow_sequence", "ruleId", "flow"),
)
RULE_PLACES = frozenset(entity for entity, _, _ in _RULE_PLACES)


def index_rules(store: EntityStore) -> None:
    """Set the areas of every rule: where it is used."""
    for rule in store.all("rule"):
        areas = {area for entity, key, area in _RULE_PLACES if store.where(entity, **{key: rule["id"]})}
        put_changes(store, "rule", rule, {"areas": sorted(areas), "invalid": bool(rule.get("invalid"))})


def index_payment_methods(store: EntityStore, ids: Iterable[str]) -> None:
    """Set the name by which a payment method is told apart: its own, as long as no plugin brings it."""
    for id_ in ids:
        doc = store.get("payment_method", id_)
        if doc is not None:
            texts = {
                language: {**text, "distinguishableName": text.get("name")} if text.get("name") else text
                for language, text in (doc.get("translations") or {}).items()
            }
            put_changes(store, "payment_method", doc, {"translations": texts})


def index_sales_channels(store: EntityStore, ids: Iterable[str]) -> None:
    """Set the payment methods that a sales channel can be ordered with; a method written alone does not get in."""
    for id_ in ids:
        doc = store.get("sales_channel", id_)
        if doc is not None:
            rows = store.where("sales_channel_payment_method", salesChannelId=id_)
            methods = sorted(str(row["paymentMethodId"]) for row in rows)
            put_changes(store, "sales_channel", doc, {"paymentMethodIds": methods})


def index_categories(store: EntityStore) -> None:
    """Set level, path, breadcrumb and child counts of every category."""
    categories = {doc["id"]: doc for doc in store.all("category")}
    children: dict[str | None, list[str]] = {}
    for doc in categories.values():
        children.setdefault(doc.get("parentId"), []).append(doc["id"])
    highest = max((doc.get("autoIncrement") or 0 for doc in categories.values()), default=0)
    for doc in list(categories.values()):
        line = category_line(categories, doc)
        above = [part["id"] for part in line[:-1]]
        changes: Doc = {
            "level": len(line),
            "path": "|" + "|".join(above) + "|" if above else None,
            "childCount": len(children.get(doc["id"], [])),
        }
        if not doc.get("autoIncrement"):
            highest += 1
            changes["autoIncrement"] = highest
        texts = {language: dict(values) for language, values in (doc.get("translations") or {}).items()}
        for language in texts:
            chain = (language, SYSTEM_LANGUAGE)
            texts[language]["breadcrumb"] = [translated(part, "name", chain) for part in line]
        changes["translations"] = texts
        put_changes(store, "category", doc, changes)


def category_line(categories: dict[str, Doc], doc: Doc) -> list[Doc]:
    """Return the category and all above it, the root first."""
    line = [doc]
    while (parent := categories.get(line[0].get("parentId") or "")) is not None and parent not in line:
        line.insert(0, parent)
    return line


def index_products(store: EntityStore, ids: Iterable[str]) -> None:
    """Set what follows from a product's rows, for these products, their variants and their parents."""
    wanted: dict[str, None] = {}
    for id_ in ids:
        doc = store.get("product", id_)
        if doc is None:
            continue
        if doc.get("parentId"):
            wanted[doc["parentId"]] = None
        wanted[id_] = None
        wanted.update(dict.fromkeys(child["id"] for child in store.where("product", parentId=id_)))
    for id_ in wanted:
        doc = store.get("product", id_)
        if doc is not None:
            _index_product(store, doc)


def _index_product(store: EntityStore, doc: Doc) -> None:
    id_ = doc["id"]
    parent = store.get("product", doc["parentId"]) if doc.get("parentId") else None
    own = [row["categoryId"] for row in store.where("product_category", productId=id_)]
    categories = own or (
        [row["categoryId"] for row in store.where("product_category", productId=parent["id"])] if parent else []
    )
    tree: dict[str, None] = {}
    for category_id in categories:
        category = store.get("category", category_id)
        if category:
            tree.update(
                dict.fromkeys((category.get("path") or "").strip("|").split("|") if category.get("path") else [])
            )
            tree[category_id] = None
    options = [row["optionId"] for row in store.where("product_option", productId=id_)]
    properties = [row["optionId"] for row in store.where("product_property", productId=id_)]
    if not properties and parent:
        properties = [row["optionId"] for row in store.where("product_property", productId=parent["id"])]
    children = store.where("product", parentId=id_)
    changes: Doc = {
        "childCount": len(children) if not doc.get("parentId") else doc.get("childCount"),
        "categoryIds": sorted(categories) or None,
        "categoryTree": list(tree) or None,
        "optionIds": sorted(options) or None,
        "propertyIds": sorted(properties) or None,
        "tagIds": sorted(row["tagId"] for row in store.where("product_tag", productId=id_)) or None,
        "states": ["is-download"] if store.where("product_download", productId=id_) else ["is-physical"],
        "sales": doc.get("sales") or 0,
        "available": is_available(doc, parent),
        # a parent with variants is not listed itself: its variants share one group
        "displayGroup": None if children else _group(doc["parentId"] if doc.get("parentId") else id_),
    }
    if not doc.get("autoIncrement"):
        changes["autoIncrement"] = 1 + max((row.get("autoIncrement") or 0 for row in store.all("product")), default=0)
    put_changes(store, "product", doc, changes)
    _index_keywords(store, doc, parent)
    for category_id in tree:
        row_id = derived_id("product_category_tree", id_, category_id)
        if store.get("product_category_tree", row_id) is None:
            store.upsert("product_category_tree", {"id": row_id, "productId": id_, "categoryId": category_id})
    for row in store.where("product_category_tree", productId=id_):
        if row["categoryId"] not in tree:
            store.delete("product_category_tree", row["id"])


def _index_keywords(store: EntityStore, doc: Doc, parent: Doc | None) -> None:
    """Note the words by which the product is found, in every language that it has texts in."""
    languages = {**((parent or {}).get("translations") or {}), **(doc.get("translations") or {})}
    maker = store.get("product_manufacturer", _inherited(doc, parent, "manufacturerId") or "")
    wanted: dict[str, Doc] = {}
    for language in languages:
        chain = (language, SYSTEM_LANGUAGE)
        ranked = {
            **dict.fromkeys(_words(doc.get("productNumber")), 1000),
            **dict.fromkeys(_words(translated(doc, "name", chain, parent)), 700),
            **dict.fromkeys(_words(translated(maker, "name", chain) if maker else None), 500),
            str(doc.get("ean") or ""): 500,
        }
        for word, ranking in ranked.items():
            keyword = word.casefold()
            if len(keyword) > 1:
                row_id = derived_id("product_search_keyword", doc["id"], language, keyword)
                row = {"id": row_id, "productId": doc["id"], "languageId": language}
                wanted.setdefault(row_id, {**row, "keyword": keyword, "ranking": ranking})
    for row in store.where("product_search_keyword", productId=doc["id"]):
        if row["id"] not in wanted:
            store.delete("product_search_keyword", row["id"])
        elif wanted[row["id"]]["ranking"] == row["ranking"]:
            del wanted[row["id"]]
    for row in wanted.values():
        store.upsert("product_search_keyword", row)


def _words(text: Any) -> list[str]:
    """Return the text as a whole and its words."""
    whole = str(text or "").strip()
    return [whole, *re.findall(r"\w+", whole)] if whole else []


def is_available(doc: Doc, parent: Doc | None) -> bool:
    """Tell whether the product can be bought: a closeout product only while its stock reaches the minimum."""
    closeout = _inherited(doc, parent, "isCloseout") or False
    minimum = _inherited(doc, parent, "minPurchase") or 1
    return not closeout or (doc.get("availableStock") or 0) >= minimum


def _inherited(doc: Doc, parent: Doc | None, field: str) -> Any:
    value = doc.get(field)
    return value if value is not None or parent is None else parent.get(field)


def _group(id_: str) -> str:
    return hashlib.md5(id_.upper().encode(), usedforsecurity=False).hexdigest()


def index_seo_urls(store: EntityStore, entity: str, ids: Iterable[str]) -> None:
    """Make the canonical address of products and categories, for every storefront and language."""
    for channel in store.where("sales_channel", typeId=_STOREFRONT):
        languages = {
            domain["languageId"] for domain in store.where("sales_channel_domain", salesChannelId=channel["id"])
        }
        for language in languages:
            chain = language_chain(store, language)
            for id_ in ids:
                doc = store.get(entity, id_)
                path = _seo_path(store, entity, doc, chain, channel) if doc else None
                if path is None:
                    continue
                route, info = _SEO[entity]
                row = {
                    "id": derived_id("seo_url", channel["id"], language, id_),
                    "salesChannelId": channel["id"],
                    "languageId": language,
                    "foreignKey": id_,
                    "routeName": route,
                    "pathInfo": info.format(id_),
                    "seoPathInfo": path,
                    "isCanonical": True,
                    "isModified": False,
                    "isDeleted": False,
                }
                before = store.get("seo_url", row["id"])
                if before is None:
                    store.upsert("seo_url", row)
                else:
                    put_changes(store, "seo_url", before, row)


def _seo_path(store: EntityStore, entity: str, doc: Doc, chain: tuple[str, ...], channel: Doc) -> str | None:
    if entity == "product":
        parent = store.get("product", doc["parentId"]) if doc.get("parentId") else None
        name = translated(doc, "name", chain, parent)
        return f"{_slug(name)}/{_slug(doc.get('productNumber'))}"
    if doc.get("type") == "folder" or channel.get("navigationCategoryId") not in _path_ids(doc):
        return None
    names = [
        translated(part, "name", chain)
        for part in (store.get("category", id_) for id_ in _path_ids(doc))
        if part is not None and part["id"] != channel.get("navigationCategoryId")
    ]
    return "/".join(_slug(name) for name in [*names, translated(doc, "name", chain)]) + "/"


def _path_ids(doc: Doc) -> list[str]:
    return (doc.get("path") or "").strip("|").split("|") if doc.get("path") else []


_UMLAUTS = {
    ord(umlaut): plain for umlaut, plain in zip("äöüÄÖÜß", ("ae", "oe", "ue", "Ae", "Oe", "Ue", "ss"), strict=True)
}


def _slug(text: Any) -> str:
    umlauts = str(text or "").translate(_UMLAUTS)
    plain = unicodedata.normalize("NFKD", umlauts).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9.]+", "-", plain).strip("-")


def put_changes(store: EntityStore, entity: str, doc: Doc, changes: Doc) -> None:
    """Store derived values without touching updatedAt, and only if they differ."""
    if any(doc.get(key) != value for key, value in changes.items()):
        store.upsert(entity, {"id": doc["id"], **changes, "updatedAt": doc.get("updatedAt")})
