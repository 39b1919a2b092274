"""Reads from the store what carts are calculated with. Everything read is kept until the store changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from updategate.embedded.refshop.dal.ids import SYSTEM_CURRENCY
from updategate.embedded.refshop.dal.store import Doc
from updategate.embedded.refshop.dal.translate import translated
from updategate.embedded.refshop.dynamic_access import may_see
from updategate.embedded.refshop.shop import Shop

from .agreed import with_agreed_prices
from .context import CheckoutContext
from .delivery import ShippingMethod, ShippingPrice
from .items import IS_PHYSICAL, DeliveryInformation, DeliveryTime
from .money import decimal
from .prices import ReferencePriceDefinition
from .product import AdvancedPrice, CurrencyAmount, CurrencyPrice, Product
from .promotion import Promotion
from .promotion_reader import PROMOTION_ENTITIES, both_ways, read_promotion
from .rule_reader import read_rules
from .rules import Rule
from .stored import moment_of

_T = TypeVar("_T")

_PRODUCT_ENTITIES = (
    "product", "product_price", "product_visibility", "product_media", "product_category", "product_property",
    "product_option", "product_tag", "property_group", "property_group_option", "unit", "delivery_time", "category",
    "system_config",
)  # fmt: skip

#: fields of a product that a variant takes from its parent where it has none
_INHERITED = (
    "manufacturerId", "unitId", "taxId", "coverId", "deliveryTimeId", "price", "restockTime", "active", "isCloseout",
    "purchaseSteps", "maxPurchase", "minPurchase", "purchaseUnit", "referenceUnit", "shippingFree", "purchasePrices",
    "markAsTopseller", "weight", "width", "height", "length", "releaseDate", "categoryTree", "propertyIds", "tagIds",
    "streamIds", "manufacturerNumber", "ean", "cmsPageId", "ratingAverage", "categoryIds",
)  # fmt: skip


def cached(shop: Shop, name: str, entities: Sequence[str], key: Any, make: Callable[[], _T]) -> _T:
    """Return what ``make`` returns, remembered until one of the entities is written."""
    revision = shop.store.revision(*entities)
    known_revision, known = shop.memory.get(name, (None, None))
    if known is None or known_revision != revision:
        known = {}
        shop.memory[name] = (revision, known)
    if key not in known:
        known[key] = make()
    result: _T = known[key]
    return result


class StoredCatalogue:
    """The catalogue of one shop."""

    system_currency = SYSTEM_CURRENCY

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._store = shop.store

    # -- products ---------------------------------------------------------------------------------------------------

    def product(self, product_id: str, context: CheckoutContext) -> Product | None:
        """Return the product if it is active and visible in the sales channel."""
        key = (product_id, context.sales_channel_id, context.languages)
        found = cached(
            self._shop, "cart/products", _PRODUCT_ENTITIES, key, lambda: self._read_product(product_id, context)
        )
        if found is not None and not may_see(self._store, product_id, context.rule_ids):
            return None
        if found is None or context.customer is None or not self._store.count("custom_price"):
            return found
        return with_agreed_prices(self._store, found, context.customer.id, currency_prices)

    def inherited(self, product_id: str) -> tuple[Doc, Doc | None] | None:
        """Return a product with the values of its parent filled in, and the parent."""
        own = self._store.get("product", product_id)
        if own is None:
            return None
        parent = self._store.get("product", own["parentId"]) if own.get("parentId") else None
        if parent is None:
            return own, None
        filled = dict(own)
        for field in self._shop.behaviour.inherited_fields([name for name in _INHERITED if own.get(name) is None]):
            if parent.get(field) is not None:
                filled[field] = parent[field]
        return filled, parent

    def is_sold(self, product: Doc, parent: Doc | None, sales_channel_id: str, visibility: int = 10) -> bool:
        """Tell whether the product is active and at least so visible (10 link, 20 search, 30 all) in the channel."""
        if not product.get("active"):
            return False
        rows = self._store.where("product_visibility", productId=product["id"])
        if not rows and parent is not None:
            rows = self._store.where("product_visibility", productId=parent["id"])
        return any(
            row["salesChannelId"] == sales_channel_id and int(row.get("visibility") or 0) >= visibility for row in rows
        )

    def _read_product(self, product_id: str, context: CheckoutContext) -> Product | None:
        found = self.inherited(product_id)
        if found is None:
            return None
        doc, parent = found
        if not self.is_sold(doc, parent, context.sales_channel_id) or not doc.get("price") or not doc.get("taxId"):
            return None
        name = translated(doc, "name", context.languages)
        if name is None and parent is not None:
            name = translated(parent, "name", context.languages)
        states = tuple(doc.get("states") or (IS_PHYSICAL,))
        return Product(
            doc["id"],
            str(doc.get("productNumber") or ""),
            name,
            doc["taxId"],
            currency_prices(doc["price"]),
            self._advanced_prices(doc, parent),
            self._has_variants(doc),
            bool(doc.get("isCloseout")),
            int(doc.get("availableStock") or 0),
            int(doc.get("minPurchase") or 1),
            None if doc.get("maxPurchase") is None else int(doc["maxPurchase"]),
            int(doc.get("purchaseSteps") or 1),
            self._delivery_information(doc, context.languages),
            states,
            self._cover(doc),
            self._reference(doc, context.languages),
            self._payload(doc, parent, context),
            doc,
        )

    def _has_variants(self, doc: Doc) -> bool:
        return int(doc.get("childCount") or 0) > 0 or bool(self._store.where("product", parentId=doc["id"]))

    def _advanced_prices(self, doc: Doc, parent: Doc | None) -> tuple[AdvancedPrice, ...]:
        rows = self._store.where("product_price", productId=doc["id"])
        if not rows and parent is not None:
            rows = self._store.where("product_price", productId=parent["id"])
        return tuple(
            AdvancedPrice(
                row["id"],
                row["ruleId"],
                int(row.get("quantityStart") or 0),
                None if row.get("quantityEnd") is None else int(row["quantityEnd"]),
                currency_prices(row.get("price")),
            )
            for row in rows
        )

    def _delivery_information(self, doc: Doc, languages: tuple[str, ...]) -> DeliveryInformation:
        return DeliveryInformation(
            int(doc.get("availableStock") or 0),
            _optional(doc.get("weight")),
            bool(doc.get("shippingFree")),
            None if doc.get("restockTime") is None else int(doc["restockTime"]),
            self.delivery_time(doc.get("deliveryTimeId"), languages),
            _optional(doc.get("height")),
            _optional(doc.get("width")),
            _optional(doc.get("length")),
        )

    def _cover(self, doc: Doc) -> str | None:
        row = self._store.get("product_media", doc["coverId"]) if doc.get("coverId") else None
        return row.get("mediaId") if row else None

    def _reference(self, doc: Doc, languages: tuple[str, ...]) -> ReferencePriceDefinition | None:
        purchase, reference = doc.get("purchaseUnit"), doc.get("referenceUnit")
        if not doc.get("unitId") or not purchase or not reference or purchase == reference:
            return None
        unit = self._store.get("unit", doc["unitId"])
        if unit is None:
            return None
        name = str(translated(unit, "name", languages) or "")
        return ReferencePriceDefinition(decimal(purchase), decimal(reference), name)

    def _payload(self, doc: Doc, parent: Doc | None, context: CheckoutContext) -> Mapping[str, Any]:
        custom = translated(doc, "customFields", context.languages)
        if custom is None and parent is not None:
            custom = translated(parent, "customFields", context.languages)
        purchase = next(
            (each for each in doc.get("purchasePrices") or () if each.get("currencyId") == SYSTEM_CURRENCY), None
        )
        return {
            "isCloseout": bool(doc.get("isCloseout")),
            "customFields": custom or [],
            "createdAt": _storage_time(doc.get("createdAt")),
            "releaseDate": _storage_time(doc.get("releaseDate")),
            "isNew": self.is_new(doc, context),
            "markAsTopseller": doc.get("markAsTopseller") or False,
            "purchasePrices": purchase,
            "productNumber": doc.get("productNumber"),
            "manufacturerId": doc.get("manufacturerId"),
            "taxId": doc.get("taxId"),
            "tagIds": doc.get("tagIds") or self._mapped("product_tag", doc, "tagId"),
            "categoryIds": doc.get("categoryTree") or self._category_tree(doc, parent),
            "propertyIds": doc.get("propertyIds") or self._mapped("product_property", doc, "optionId"),
            "optionIds": doc.get("optionIds") or self._mapped("product_option", doc, "optionId"),
            "options": self.variation(doc, context.languages),
            "streamIds": doc.get("streamIds"),
            "parentId": doc.get("parentId"),
            "stock": int(doc.get("stock") or 0),
            "features": [],
        }

    def _mapped(self, entity: str, doc: Doc, key: str) -> list[str] | None:
        rows = self._store.where(entity, productId=doc["id"])
        if not rows and doc.get("parentId") and entity != "product_option":
            rows = self._store.where(entity, productId=doc["parentId"])
        return [row[key] for row in rows] or None

    def _category_tree(self, doc: Doc, parent: Doc | None) -> list[str]:
        rows = self._store.where("product_category", productId=doc["id"])
        if not rows and parent is not None:
            rows = self._store.where("product_category", productId=parent["id"])
        tree: list[str] = []
        for row in rows:
            category = self._store.get("category", row["categoryId"]) or {}
            path = [each for each in str(category.get("path") or "").split("|") if each]
            tree += [each for each in (*path, row["categoryId"]) if each not in tree]
        return tree

    def is_new(self, doc: Doc, context: CheckoutContext) -> bool:
        """Tell whether the product was released within the days that the shop calls new."""
        released = moment_of(doc.get("releaseDate"))
        if released is None:
            return False
        days = self.setting("core.listing.markAsNew", context.sales_channel_id)
        return days is not None and abs((context.now - released).days) <= int(days)

    def variation(self, doc: Doc, languages: tuple[str, ...]) -> list[dict[str, str]]:
        """Return the options of a variant by group: ``[{"group": "Colour", "option": "Blue"}]``."""
        result = []
        for row in self._store.where("product_option", productId=doc["id"]):
            option = self._store.get("property_group_option", row["optionId"])
            group = self._store.get("property_group", option["groupId"]) if option else None
            if option and group:
                result.append(
                    {
                        "group": str(translated(group, "name", languages) or ""),
                        "option": str(translated(option, "name", languages) or ""),
                    }
                )
        return result

    # -- the rest ---------------------------------------------------------------------------------------------------

    def rules(self) -> Sequence[Rule]:
        """Return all valid rules, most important first."""
        return cached(self._shop, "cart/rules", ("rule", "rule_condition"), "all", lambda: read_rules(self._store))

    def _promotions(self) -> Sequence[Promotion]:
        def read() -> Sequence[Promotion]:
            rules = {rule.id: rule for rule in self.rules()}
            found = both_ways([read_promotion(self._store, doc, rules) for doc in self._store.all("promotion")])
            return sorted(found, key=lambda promotion: -promotion.priority)

        return cached(self._shop, "cart/promotions", PROMOTION_ENTITIES, "all", read)

    def automatic_promotions(self) -> Sequence[Promotion]:
        """Return promotions that need no code, most important first."""
        return [promotion for promotion in self._promotions() if not promotion.use_codes]

    def promotions_by_code(self, code: str) -> Sequence[Promotion]:
        """Return promotions that have the code, or an individual code that was not redeemed yet."""
        with_codes = [promotion for promotion in self._promotions() if promotion.use_codes]
        folded = code.casefold()
        found = [
            promotion
            for promotion in with_codes
            if not promotion.use_individual_codes and (promotion.code or "").casefold() == folded
        ]
        if found:
            return found
        owners = {
            row["promotionId"]
            for row in self._store.all("promotion_individual_code")
            if str(row.get("code")).casefold() == folded
            and self._shop.behaviour.individual_code_is_free(bool(row.get("payload")))
        }
        return [each for each in with_codes if each.use_individual_codes and each.id in owners]

    def shipping_method(self, method_id: str, context: CheckoutContext) -> ShippingMethod | None:
        """Return the shipping method with its prices."""
        entities = ("shipping_method", "shipping_method_price", "delivery_time")
        key = (method_id, context.languages)
        return cached(
            self._shop, "cart/shipping", entities, key, lambda: self._read_shipping(method_id, context.languages)
        )

    def _read_shipping(self, method_id: str, languages: tuple[str, ...]) -> ShippingMethod | None:
        doc = self._store.get("shipping_method", method_id)
        if doc is None:
            return None
        rows = tuple(
            ShippingPrice(
                row["id"],
                row.get("ruleId"),
                None if row.get("calculation") is None else int(row["calculation"]),
                _optional(row.get("quantityStart")),
                _optional(row.get("quantityEnd")),
                row.get("calculationRuleId"),
                currency_prices(row.get("currencyPrice")),
            )
            for row in self._store.where("shipping_method_price", shippingMethodId=method_id)
        )
        return ShippingMethod(
            method_id,
            str(translated(doc, "name", languages) or ""),
            bool(doc.get("active")),
            doc.get("availabilityRuleId"),
            self.delivery_time(doc.get("deliveryTimeId"), languages),
            str(doc.get("taxType") or "auto"),
            doc.get("taxId"),
            rows,
        )

    def delivery_time(self, time_id: str | None, languages: tuple[str, ...]) -> DeliveryTime | None:
        """Return a delivery time."""
        doc = self._store.get("delivery_time", time_id) if time_id else None
        if doc is None:
            return None
        name = str(translated(doc, "name", languages) or "")
        return DeliveryTime(name, int(doc.get("min") or 0), int(doc.get("max") or 0), str(doc.get("unit") or "day"))

    def currency_factors(self) -> Mapping[str, Decimal]:
        """Return the factor of every currency by id."""
        return cached(
            self._shop,
            "cart/factors",
            ("currency",),
            "all",
            lambda: {doc["id"]: decimal(doc.get("factor"), Decimal(1)) for doc in self._store.all("currency")},
        )

    def max_quantity(self, sales_channel_id: str) -> int:
        """Return how many pieces one line may hold where the product sets no limit."""
        return int(self.setting("core.cart.maxQuantity", sales_channel_id) or 100)

    def setting(self, key: str, sales_channel_id: str | None = None) -> Any:
        """Return a value of the system configuration; what is set for the sales channel wins."""

        def read() -> dict[tuple[str, str | None], Any]:
            return {
                (doc["configurationKey"], doc.get("salesChannelId")): doc.get("configurationValue")
                for doc in self._store.all("system_config")
            }

        values = cached(self._shop, "cart/settings", ("system_config",), "all", read)
        if sales_channel_id is not None and (key, sales_channel_id) in values:
            return values[(key, sales_channel_id)]
        return values.get((key, None))

    def order_used_promotion(self, order_id: str, promotion_id: str) -> bool:
        """Tell whether an order has the promotion already."""
        return bool(self._store.where("order_line_item", orderId=order_id, promotionId=promotion_id))


def currency_prices(
    stored: Sequence[Mapping[str, Any]] | Mapping[str, Mapping[str, Any]] | None,
) -> tuple[CurrencyPrice, ...]:
    """Read prices by currency: ``[{"currencyId", "gross", "net", "listPrice", "regulationPrice"}]``."""
    rows = list(stored.values()) if isinstance(stored, Mapping) else list(stored or ())
    return tuple(
        CurrencyPrice(
            row["currencyId"],
            CurrencyAmount(decimal(row.get("gross")), decimal(row.get("net"))),
            _amount(row.get("listPrice")),
            _amount(row.get("regulationPrice")),
        )
        for row in rows
    )


def _amount(stored: Mapping[str, Any] | None) -> CurrencyAmount | None:
    if not stored:
        return None
    return CurrencyAmount(decimal(stored.get("gross")), decimal(stored.get("net")))


def _optional(value: Any) -> Decimal | None:
    return None if value is None else decimal(value)


def _storage_time(value: Any) -> str | None:
    moment = moment_of(value)
    return None if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d}"
