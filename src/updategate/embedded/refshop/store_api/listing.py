"""Lists of products: which belong in, filters with what they offer, order, pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from updategate.embedded.refshop.cart.money import decimal, plain
from updategate.embedded.refshop.dal.aggregate import aggregated
from updategate.embedded.refshop.dal.criteria import Criteria
from updategate.embedded.refshop.dal.definitions import definition
from updategate.embedded.refshop.dal.fields import values
from updategate.embedded.refshop.dal.store import Doc
from updategate.embedded.refshop.dal.terms import scored
from updategate.embedded.refshop.dal.translate import translated
from updategate.embedded.refshop.dynamic_access import may_see

from . import errors
from .entities import Presenter
from .http import Call
from .product_json import ProductPresenter
from .searching import criteria_of, merged, read_context, tree_of, trimmed
from .session import catalogue_of

Json = dict[str, Any]

LISTED, SEARCHED = 30, 20
_DEFAULT_LIMIT = 24
_TREE: Json = {"manufacturer": {"media": {}}, "options": {"group": {}}, "cover": {"media": {}}, "deliveryTime": {}}


@dataclass(slots=True)
class Wish:
    """What the visitor asks a list for."""

    manufacturers: list[str] = field(default_factory=list)
    properties: list[str] = field(default_factory=list)
    low: Decimal | None = None
    high: Decimal | None = None
    rating: float | None = None
    shipping_free: bool = False
    order: str | None = None
    page: int = 1

    @classmethod
    def of(cls, call: Call) -> Wish:
        """Read the wish from a request."""
        return cls(
            _ids(call.get("manufacturer")),
            _ids(call.get("properties")),
            _amount(call.get("min-price")),
            _amount(call.get("max-price")),
            _number(call.get("rating")),
            call.get("shipping-free") not in (None, "", "0", 0, False, "false"),
            call.get("order") if isinstance(call.get("order"), str) else None,
            max(_whole(call.get("p")) or 1, 1),
        )

    def as_json(self) -> Json:
        """Show the filters in use."""
        return {
            "manufacturer": self.manufacturers,
            "price": {"min": plain(self.low or Decimal(0)), "max": plain(self.high or Decimal(0))},
            "rating": self.rating,
            "shipping-free": self.shipping_free,
            "properties": self.properties,
        }


def _ids(value: Any) -> list[str]:
    if isinstance(value, str):
        return [each for each in value.split("|") if each]
    if isinstance(value, Mapping):
        return [str(each) for each in value.values() if each]
    return [str(each) for each in value or () if each]


def _amount(value: Any) -> Decimal | None:
    number = _number(value)
    return None if number is None or number < 0 else decimal(str(value))


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _whole(value: Any) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


class Listing:
    """Makes one list of products for one request."""

    def __init__(self, call: Call, belongs: Callable[[Doc, Doc | None], bool], visibility: int) -> None:
        self._call = call
        self._belongs = belongs
        self._visibility = visibility
        self._catalogue = catalogue_of(call.shop)
        self._products = ProductPresenter(call.shop, call.session)
        self._reading = read_context(call)
        self._definition = definition("product")
        self._amounts: dict[str, Decimal] = {}
        self._wish = Wish.of(call)

    def result(self, *, term: str | None = None, default_limit: int | None = None, shows_term: bool = True) -> Json:
        """Return the list as the Store API shows it."""
        criteria = criteria_of(self._call, "product")
        limit = _whole(self._call.get("limit")) or default_limit or criteria.limit or _DEFAULT_LIMIT
        docs = [doc for doc in self._call.shop.store.all("product") if self._fits(doc, criteria)]
        scores: dict[str, float] = {}
        if term is not None:
            searched = self._call.shop.behaviour.searched(term)
            scores = scored(self._reading, self._definition, docs, searched)
            docs = [doc for doc in docs if doc["id"] in scores]
        offers = self._offers(docs, criteria)
        docs = self._grouped([doc for doc in docs if self._wished(doc)])
        sortings = self._sortings(searching=term is not None)
        current = self._current(sortings, searching=term is not None)
        docs = self._ordered(docs, current, scores)
        offset = self._call.shop.behaviour.listing_offset(self._wish.page, limit)
        tree = merged(_TREE, tree_of(criteria))
        shown = [self._element(doc, tree, scores) for doc in docs[offset : offset + limit]]
        filters: Json = {}
        if "categoryId" in self._call.path:
            filters["navigationId"] = self._call.path["categoryId"]
        filters |= self._wish.as_json()
        if term is not None and shows_term:
            filters["search"] = term
        entities = Presenter(self._call.shop, self._call.session.languages)
        result: Json = {
            "elements": shown,
            "aggregations": offers,
            "page": self._wish.page,
            "limit": limit,
            "entity": "product",
            "total": len(docs),
            "states": [],
            "sorting": current.get("key") if current else None,
            "currentFilters": filters,
            "availableSortings": [entities.entity("product_sorting", doc) for doc in sortings],
            "streamId": None,
            "apiAlias": "product_listing",
        }
        trimmed_result: Json = trimmed(result, criteria.includes)
        return trimmed_result

    def _element(self, doc: Doc, tree: Any, scores: Mapping[str, float]) -> Json:
        shown = self._products.show(doc, tree, with_id=True)
        shown["options"] = shown.get("options") or []
        if doc["id"] in scores:
            shown["extensions"]["search"]["_score"] = f"{scores[doc['id']]:g}"
        return shown

    def _fits(self, doc: Doc, criteria: Criteria) -> bool:
        if not doc.get("displayGroup"):
            return False
        found = self._catalogue.inherited(doc["id"])
        if found is None:
            return False
        filled, parent = found
        least = self._call.shop.behaviour.least_visibility(self._visibility)
        if not self._catalogue.is_sold(filled, parent, self._call.session.channel["id"], least):
            return False
        if not self._belongs(filled, parent) or self._is_sold_out(filled):
            return False
        if not may_see(self._call.shop.store, doc["id"], self._call.session.context.rule_ids):
            return False
        return all(keep(self._reading, self._definition, doc) for keep in criteria.filters)

    def _is_sold_out(self, doc: Doc) -> bool:
        hidden = self._catalogue.setting(
            "core.listing.hideCloseoutProductsWhenOutOfStock", self._call.session.channel["id"]
        )
        return bool(hidden) and bool(doc.get("isCloseout")) and int(doc.get("availableStock") or 0) <= 0

    def _amount(self, doc: Doc) -> Decimal:
        if doc["id"] not in self._amounts:
            self._amounts[doc["id"]] = self._products.own_amount(doc) or Decimal(0)
        return self._amounts[doc["id"]]

    # -- filters ----------------------------------------------------------------------------------------------------

    def _wished(self, doc: Doc) -> bool:
        wish = self._wish
        filled = (self._catalogue.inherited(doc["id"]) or (doc, None))[0]
        if wish.manufacturers and filled.get("manufacturerId") not in wish.manufacturers:
            return False
        if wish.low is not None and self._amount(doc) < wish.low:
            return False
        if wish.high is not None and self._amount(doc) > wish.high:
            return False
        if wish.rating is not None and float(filled.get("ratingAverage") or 0) < wish.rating:
            return False
        if wish.shipping_free and not filled.get("shippingFree"):
            return False
        own = set(self._options(doc))
        hits = [bool(own & chosen) for chosen in self._chosen_by_group()]
        return self._call.shop.behaviour.fits_properties(hits)

    def _chosen_by_group(self) -> list[set[str]]:
        groups: dict[str, set[str]] = {}
        for id_ in self._wish.properties:
            option = self._call.shop.store.get("property_group_option", id_)
            groups.setdefault(str((option or {}).get("groupId")), set()).add(id_)
        return list(groups.values())

    def _options(self, doc: Doc) -> list[str]:
        store = self._call.shop.store
        rows = store.where("product_property", productId=doc["id"])
        if not rows and doc.get("parentId"):
            rows = store.where("product_property", productId=doc["parentId"])
        rows = rows + store.where("product_option", productId=doc["id"])
        return [row["optionId"] for row in rows]

    def _offers(self, docs: Sequence[Doc], criteria: Criteria) -> Json:
        store, entities = self._call.shop.store, Presenter(self._call.shop, self._call.session.languages)
        filled = [(self._catalogue.inherited(doc["id"]) or (doc, None))[0] for doc in docs]
        ids = dict.fromkeys(sorted(str(doc["manufacturerId"]) for doc in filled if doc.get("manufacturerId")))
        makers = [store.get("product_manufacturer", id_) for id_ in ids]
        amounts = [self._amount(doc) for doc in docs]
        ratings = [float(doc["ratingAverage"]) for doc in filled if doc.get("ratingAverage") is not None]
        offers: Json = {
            "manufacturer": {
                "name": "manufacturer",
                "entities": [entities.entity("product_manufacturer", doc) for doc in makers if doc is not None],
                "apiAlias": "manufacturer_aggregation",
            },
            "price": {
                "name": "price",
                "min": f"{min(amounts):.4f}" if amounts else None,
                "max": f"{max(amounts):.4f}" if amounts else None,
                "avg": None,
                "sum": None,
                "apiAlias": "price_aggregation",
            },
            "rating": {"name": "rating", "max": max(ratings, default=None), "apiAlias": "rating_aggregation"},
            "shipping-free": {
                "name": "shipping-free",
                "max": "1" if any(doc.get("shippingFree") for doc in filled) else None,
                "apiAlias": "shipping-free_aggregation",
            },
        }
        offers |= self._property_offers({id_ for doc in docs for id_ in self._options(doc)}, entities)
        return offers | aggregated(self._reading, self._definition, list(docs), criteria.aggregations)

    def _property_offers(self, ids: Iterable[str], entities: Presenter) -> Json:
        store, languages = self._call.shop.store, self._call.session.languages
        groups: dict[str, list[Doc]] = {}
        for id_ in sorted(ids):
            option = store.get("property_group_option", id_)
            group = store.get("property_group", option["groupId"]) if option else None
            if option and group and group.get("filterable", True):
                groups.setdefault(group["id"], []).append(option)
        if not ids:
            return {
                name: {"name": name, "buckets": [], "apiAlias": f"{name}_aggregation"}
                for name in ("properties", "options")
            }
        shown = []
        for group in sorted_groups([store.get("property_group", id_) or {} for id_ in groups], languages):
            row = entities.entity("property_group", group)
            options = sorted_options(group, groups[group["id"]], languages)
            row["options"] = [entities.entity("property_group_option", each, {"group": {}}) for each in options]
            shown.append(row)
        return {"properties": {"name": "properties", "entities": shown, "apiAlias": "properties_aggregation"}}

    # -- order ------------------------------------------------------------------------------------------------------

    def _grouped(self, docs: Iterable[Doc]) -> list[Doc]:
        first: dict[str, Doc] = {}
        for doc in sorted(docs, key=lambda doc: str(doc["id"])):
            first.setdefault(str(doc["displayGroup"]), doc)
        return [self._preview(doc) for doc in first.values()]

    def _preview(self, doc: Doc) -> Doc:
        """Return the variant that stands for all of a product in lists."""
        parent = self._call.shop.store.get("product", doc.get("parentId") or "")
        config = (parent or {}).get("variantListingConfig") or {}
        if parent is None or self._wish.properties:
            return doc
        if config.get("displayParent"):
            return parent
        main = self._call.shop.store.get("product", config.get("mainVariantId") or "")
        return main or doc

    def _sortings(self, *, searching: bool) -> list[Doc]:
        rows = [row for row in self._call.shop.store.all("product_sorting") if row.get("active")]
        rows = [row for row in rows if searching or row.get("key") != "score"]
        return sorted(rows, key=lambda row: -int(row.get("priority") or 0))

    def _current(self, sortings: Sequence[Doc], *, searching: bool) -> Doc | None:
        key = "core.listing.defaultSearchResultSorting" if searching else "core.listing.defaultSorting"
        default = self._catalogue.setting(key, self._call.session.channel["id"]) or ("score" if searching else None)
        wanted = self._wish.order
        for choice in (wanted, default):
            for row in sortings:
                if choice and choice in (row.get("key"), row["id"]):
                    return row
        if wanted:
            raise errors.refused(
                404, "CONTENT__PRODUCT_SORTING_NOT_FOUND", f"Product sorting with key {wanted} not found.", key=wanted
            )
        return sortings[0] if sortings else None

    def _ordered(self, docs: list[Doc], sorting: Doc | None, scores: Mapping[str, float]) -> list[Doc]:
        parts = sorted((sorting or {}).get("fields") or (), key=lambda part: -int(part.get("priority") or 0))
        for part in reversed(parts):
            name = str(part.get("field")).removeprefix("product.")
            docs = sorted(
                docs, key=self._sort_key(name, scores), reverse=str(part.get("order") or "asc").lower() == "desc"
            )
        return docs

    def _sort_key(self, name: str, scores: Mapping[str, float]) -> Callable[[Doc], Any]:
        if name == "_score":
            return lambda doc: scores.get(doc["id"], 0.0)
        if name == "cheapestPrice":
            return lambda doc: self._call.shop.behaviour.price_sort_key(self._amount(doc))

        def key(doc: Doc) -> tuple[Any, ...]:
            value = values(self._reading, self._definition, doc, name)[0]
            if value is None:
                return (0,)
            if isinstance(value, int | float):
                return (1, float(value))
            return (2, str(value).casefold())

        return key


def sorted_groups(groups: Iterable[Doc], languages: tuple[str, ...]) -> list[Doc]:
    """Return property groups by position, then by name."""
    return sorted(
        groups,
        key=lambda group: (
            int(translated(group, "position", languages) or 1),
            str(translated(group, "name", languages) or ""),
        ),
    )


def sorted_options(group: Doc, options: Iterable[Doc], languages: tuple[str, ...]) -> list[Doc]:
    """Return the options of a group as the group wants them: by position or by name."""
    by_position = group.get("sortingType") == "position"

    def key(option: Doc) -> tuple[int, str]:
        name = str(translated(option, "name", languages) or "").casefold()
        return (int(translated(option, "position", languages) or 0) if by_position else 0, name)

    return sorted(options, key=key)
