"""Shows stored entities as the Store API does: every field it may show, associations that were asked for, texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from updategate.embedded.refshop.cart.money import decimal, plain
from updategate.embedded.refshop.dal.definitions import Association, Definition, definition, definitions
from updategate.embedded.refshop.dal.ids import LIVE_VERSION
from updategate.embedded.refshop.dal.store import Doc
from updategate.embedded.refshop.dal.translate import translated
from updategate.embedded.refshop.shop import Shop

from .extras import extras

Json = Any
Tree = Mapping[str, "Tree"]

NOTHING: Tree = {}

#: references to versioned entities whose version the Store API tells
_VERSION_FIELDS = {
    "order": ("billingAddressId",),
    "order_delivery": ("orderId", "shippingOrderAddressId"),
    "order_line_item": ("orderId", "productId", "parentId"),
    "order_transaction": ("orderId",),
    "sales_channel": ("navigationCategoryId", "footerCategoryId", "serviceCategoryId"),
    "cms_section": ("cmsPage",),
    "cms_block": ("cmsSection",),
    "cms_slot": ("cmsBlock",),
}
#: what an entity shows besides its definition; the recordings of real shops say so
_WITH_TRANSLATIONS = frozenset(
    {"category", "cms_page", "cms_slot", "country", "media", "payment_method", "product", "product_manufacturer"}
    | {"shipping_method"}
)
#: fields by the version that brought them
_SINCE: dict[str, tuple[tuple[tuple[int, ...], str], ...]] = {
    "country": (((6, 6), "isEu"),),
    "order_line_item": (((6, 6), "promotionId"),),
    "order_transaction": (((6, 6), "validationData"),),
    "seo_url": (((6, 6), "error"),),
}
_WITHOUT_VERSION = frozenset({"cms_section"})
_WITHOUT_ID = frozenset({"cms_block", "cms_section", "product_sorting", "state_machine_state"})
_HIDDEN: dict[str, frozenset[str]] = {
    "product": frozenset({"slotConfig"}),
    "product_sorting": frozenset({"fields", "active", "locked", "customFields"}),
    "seo_url": frozenset({"language", "salesChannel"}),
}
_ROUNDING_ALIAS = "shopware_core_framework_data_abstraction_layer_pricing_cash_rounding_config"
_TAX_FREE_ALIAS = "shopware_core_framework_data_abstraction_layer_tax_free_config"


class Presenter:
    """Shows entities in the languages of one request."""

    def __init__(self, shop: Shop, languages: tuple[str, ...]) -> None:
        self.shop = shop
        self.store = shop.store
        self.languages = languages
        self._is_65 = shop.version.is_65
        self._extras = extras()

    def by_id(self, entity: str, id_: str | None, tree: Tree = NOTHING) -> dict[str, Json] | None:
        """Show the entity of this id; None where there is none."""
        doc = self.store.get(entity, id_) if id_ else None
        return None if doc is None else self.entity(entity, doc, tree)

    def entity(self, entity: str, doc: Doc, tree: Tree = NOTHING) -> dict[str, Json]:
        """Show one entity with the associations of ``tree``."""
        known = definition(entity)
        parent = self._parent(entity, doc)
        shown: dict[str, Json] = {}
        if known.versioned and entity not in _WITHOUT_VERSION:
            shown["versionId"] = LIVE_VERSION
        shown["translated"] = self._translated(known, doc, parent)
        if known.has_created:
            shown["createdAt"] = doc.get("createdAt")
        if known.has_updated:
            shown["updatedAt"] = doc.get("updatedAt")
        self._fields(known, doc, parent, shown)
        for name, association in known.associations.items():
            if association.in_store_api and association.entity in definitions():
                shown[name] = self._association(association, doc, parent, tree)
        if entity in _WITH_TRANSLATIONS:
            shown["translations"] = None
        self._hide(entity, shown)
        for field in _VERSION_FIELDS.get(entity, ()):
            shown[f"{field.removesuffix('Id')}VersionId"] = LIVE_VERSION
        if entity not in _WITHOUT_ID:
            shown["id"] = doc["id"]
        extra = self._extras.get(entity)
        if extra is not None:
            extra(self, doc, shown, tree)
        shown["apiAlias"] = entity
        return shown

    def _hide(self, entity: str, shown: dict[str, Json]) -> None:
        for hidden in _HIDDEN.get(entity, ()):
            shown.pop(hidden, None)
        for version, field in _SINCE.get(entity, ()):
            if not self.shop.version.at_least(*version):
                shown.pop(field, None)

    def _parent(self, entity: str, doc: Doc) -> Doc | None:
        return self.store.get(entity, doc["parentId"]) if entity == "product" and doc.get("parentId") else None

    def _translated(self, known: Definition, doc: Doc, parent: Doc | None) -> Json:
        fields = known.translated_fields
        if not fields:
            return []
        texts = {}
        for field in fields:
            if self._is_65 and (not field.in_store_api or field.name in _HIDDEN.get(known.name, ())):
                continue
            value = translated(doc, field.name, self.languages, parent)
            texts[field.name] = value or {} if field.name == "customFields" else value
        return texts

    def _fields(self, known: Definition, doc: Doc, parent: Doc | None, shown: dict[str, Json]) -> None:
        own_language = self.languages[:1]
        for name, field in known.fields.items():
            if not field.in_store_api:
                continue
            if field.translated:
                value = translated(doc, name, own_language)
            else:
                value = doc.get(name)
                if value is None and parent is not None and field.inherited:
                    value = parent.get(name)
            shown[name] = self._value(field.type, value)

    def _value(self, type_: str, value: Json) -> Json:
        if value is None:
            return None
        if type_ == "float":
            return plain(decimal(value))
        if type_ == "rounding":
            return {**value, "apiAlias": _ROUNDING_ALIAS}
        if type_ == "tax_free":
            return {**value, "apiAlias": _TAX_FREE_ALIAS}
        if type_ == "price":
            return [price_json(each) for each in value]
        if type_ == "calculated_price":
            return calculated_price_json(value)
        if type_ == "cart_price":
            return cart_price_json(value)
        if type_ == "price_definition":
            return definition_json(value)
        return value

    def _association(self, association: Association, doc: Doc, parent: Doc | None, tree: Tree) -> Json:
        wanted = tree.get(association.name)
        if wanted is None:
            if not association.autoload:
                return None
            wanted = NOTHING
        found = self.related(association, doc)
        if not found and parent is not None and association.inherited:
            found = self.related(association, parent)
        shown = [self.entity(association.entity, each, wanted) for each in found]
        if association.to_many:
            return shown
        return shown[0] if shown else None

    def related(self, association: Association, doc: Doc) -> list[Doc]:
        """Return the documents that an association leads to."""
        if association.kind == "one":
            target = doc.get(association.key)
            found = self.store.get(association.entity, target) if target else None
            return [found] if found else []
        if association.kind == "mapping":
            rows = self.store.where(str(association.mapping), **{association.key: doc["id"]})
            others = [self.store.get(association.entity, row[association.other_key]) for row in rows]
            return [other for other in others if other is not None]
        found_rows = self.store.where(association.entity, **{association.key: doc["id"]})
        return sorted(found_rows, key=lambda row: row.get("position") or 0) if found_rows else []


def price_json(value: Mapping[str, Any]) -> dict[str, Json]:
    """Show a stored price in one currency."""
    return {
        "currencyId": value["currencyId"],
        "net": plain(decimal(value.get("net"))),
        "gross": plain(decimal(value.get("gross"))),
        "linked": bool(value.get("linked", True)),
        "listPrice": price_json({"currencyId": value["currencyId"], **value["listPrice"]})
        if value.get("listPrice")
        else None,
        "percentage": value.get("percentage"),
        "regulationPrice": price_json({"currencyId": value["currencyId"], **value["regulationPrice"]})
        if value.get("regulationPrice")
        else None,
        "apiAlias": "price",
    }


def taxes_json(value: Mapping[str, Any]) -> dict[str, Json]:
    """Show the taxes of a stored price."""
    return {
        "calculatedTaxes": [{**tax, "apiAlias": "cart_tax_calculated"} for tax in value.get("calculatedTaxes") or ()],
        "taxRules": [{**rule, "apiAlias": "cart_tax_rule"} for rule in value.get("taxRules") or ()],
    }


def calculated_price_json(value: Mapping[str, Any]) -> dict[str, Json]:
    """Show a stored calculated price."""
    shown = {"unitPrice": 0, "quantity": 1, "totalPrice": 0, **value}
    return {
        "unitPrice": shown["unitPrice"],
        "quantity": shown["quantity"],
        "totalPrice": shown["totalPrice"],
        **taxes_json(value),
        "referencePrice": value.get("referencePrice"),
        "listPrice": {**value["listPrice"], "apiAlias": "cart_list_price"} if value.get("listPrice") else None,
        "regulationPrice": value.get("regulationPrice"),
        "apiAlias": "calculated_price",
    }


def cart_price_json(value: Mapping[str, Any]) -> dict[str, Json]:
    """Show the stored price of an order."""
    return {
        "netPrice": value.get("netPrice"),
        "totalPrice": value.get("totalPrice"),
        **taxes_json(value),
        "positionPrice": value.get("positionPrice"),
        "taxStatus": value.get("taxStatus"),
        "rawTotal": value.get("rawTotal"),
        "apiAlias": "cart_price",
    }


def definition_json(value: Mapping[str, Any]) -> dict[str, Json]:
    """Show a stored price definition."""
    shown = {**value, "apiAlias": f"cart_price_{value.get('type', 'quantity')}"}
    if "taxRules" in shown:
        shown["taxRules"] = [{**rule, "apiAlias": "cart_tax_rule"} for rule in shown["taxRules"]]
    return shown


def found_in_search(**facts: Json) -> dict[str, Json]:
    """Return the extension that search hits carry: what was looked at to find them."""
    return {"search": {"extensions": [], "_uniqueIdentifier": None, "translated": [], **facts}}


def search_result(entity: str, elements: list[Json], total: int | None = None, **more: Any) -> dict[str, Json]:
    """Wrap a list of entities as search results are."""
    return {
        "elements": elements,
        "aggregations": more.pop("aggregations", []),
        "page": more.pop("page", 1),
        "limit": more.pop("limit", len(elements)),
        "entity": entity,
        "total": len(elements) if total is None else total,
        "states": [],
        **more,
        "apiAlias": more.get("apiAlias", "dal_entity_search_result"),
    }
