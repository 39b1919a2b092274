"""Shows products with the prices that hold for the visitor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from updategate.embedded.refshop.cart.product import AdvancedPrice, CurrencyPrice, PriceSelection, Product, max_purchase
from updategate.embedded.refshop.dal.ids import SYSTEM_CURRENCY
from updategate.embedded.refshop.dal.store import Doc
from updategate.embedded.refshop.shop import Shop

from .cart_json import price_json
from .cart_store import current_cart
from .entities import NOTHING, Presenter, found_in_search
from .session import Session, catalogue_of

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CheapestPrice:
    """The cheapest price of a product and its variants for one visitor; ``ranges`` if not all cost the same."""

    variant_id: str
    prices: tuple[CurrencyPrice, ...]
    amount: Decimal
    ranges: bool


class ProductPresenter:
    """Shows products of the catalogue as one visitor sees them."""

    def __init__(self, shop: Shop, session: Session) -> None:
        self._shop = shop
        self._session = session
        self.catalogue = catalogue_of(shop)
        self.entities = Presenter(shop, session.languages)
        if not session.context.rule_ids:
            # which prices hold is said by the rules, and these look at the cart
            current_cart(shop, session)
        self._selection = PriceSelection(session.context, shop.behaviour, SYSTEM_CURRENCY)

    def product(self, id_: str) -> Product | None:
        """Return the product if the visitor may see it."""
        return self.catalogue.product(id_, self._session.context)

    def show(self, doc: Doc, tree: Any = NOTHING, *, found: bool = True, with_id: bool = False) -> Json:
        """Show one product; ``found`` adds what searches tell of their hits."""
        shown = self.entities.entity("product", doc, tree)
        shown.pop("apiAlias")
        product = self.product(doc["id"])
        result: Json = {}
        if found:
            numbers = {"productNumber": doc.get("productNumber"), "autoIncrement": doc.get("autoIncrement")}
            result["extensions"] = found_in_search(**({"id": doc["id"]} if with_id else {}), **numbers)
        result |= shown
        result["customFields"] = shown.get("customFields") or {}
        result |= self._prices(doc, product)
        result["isNew"] = self.catalogue.is_new(doc, self._session.context)
        result["calculatedMaxPurchase"] = self._max_purchase(product)
        result["seoCategory"] = None
        result["apiAlias"] = "product"
        return result

    def seo_category(self, doc: Doc) -> Doc | None:
        """Return the category that a product belongs to first: the main one, else the first below the channel's."""
        channel, store = self._session.channel, self._shop.store
        roots = [channel.get(key) for key in ("navigationCategoryId", "serviceCategoryId", "footerCategoryId")]
        for row in store.where("main_category", productId=doc["id"], salesChannelId=channel["id"]):
            category = store.get("category", row["categoryId"])
            if category is not None and category.get("active"):
                return category
        rows = store.where("product_category", productId=doc["id"])
        if not rows and doc.get("parentId"):
            rows = store.where("product_category", productId=doc["parentId"])
        for row in rows:
            category = store.get("category", row["categoryId"])
            if category is None or not category.get("active"):
                continue
            line = [category["id"], *str(category.get("path") or "").split("|")]
            if any(root in line for root in roots if root):
                return category
        return None

    def cheapest(self, doc: Doc) -> CheapestPrice | None:
        """Return the cheapest price among the product and all variants of the same parent."""
        candidates = [
            (product, *self._best(product))
            for product in (self.product(each) for each in self._family(doc))
            if product is not None and not product.has_variants
        ]
        if not candidates:
            return None
        amounts = [self.amount(prices) for _, prices, _ in candidates]
        position = amounts.index(min(amounts))
        product, prices, _ = candidates[position]
        ranges = len(set(amounts)) > 1 or any(ranged for _, _, ranged in candidates)
        return CheapestPrice(product.id, prices, amounts[position], ranges)

    def amount(self, prices: tuple[CurrencyPrice, ...]) -> Decimal:
        """Return the price for the visitor's currency and tax state."""
        return self._selection.amount(prices)

    def own_amount(self, doc: Doc) -> Decimal | None:
        """Return what lists sort and filter by: the cheapest tier of this very product."""
        product = self.product(doc["id"])
        return None if product is None else self.amount(self._best(product)[0])

    def _family(self, doc: Doc) -> Iterable[str]:
        parent_id = doc.get("parentId") or doc["id"]
        variants = self._shop.store.where("product", parentId=parent_id)
        return [each["id"] for each in variants] or [doc["id"]]

    def _best(self, product: Product) -> tuple[tuple[CurrencyPrice, ...], bool]:
        uses_rules = self._shop.behaviour.listing_uses_advanced_prices()
        tier = cheapest_tier(self._selection.tiers(product)) if uses_rules else None
        return (product.prices, False) if tier is None else (tier.prices, tier.start != 1)

    def _prices(self, doc: Doc, product: Product | None) -> Mapping[str, Any]:
        if product is None:
            return {
                "calculatedPrices": [],
                "calculatedPrice": None,
                "sortedProperties": None,
                "calculatedCheapestPrice": None,
            }
        cheapest = self.cheapest(doc)
        shown: Json | None = None
        if cheapest is not None:
            shown = price_json(self._selection.price_of(product, cheapest.prices))
            shown.pop("apiAlias")
            shown |= {
                "hasRange": cheapest.ranges,
                "variantId": cheapest.variant_id,
                "apiAlias": "calculated_cheapest_price",
            }
        return {
            "calculatedPrices": [price_json(price) for _, price in self._selection.advanced_prices(product)],
            "calculatedPrice": price_json(self._selection.plain_price(product)),
            "sortedProperties": None,
            "calculatedCheapestPrice": shown,
        }

    def _max_purchase(self, product: Product | None) -> int:
        if product is None:
            return 0
        limit = self.catalogue.max_quantity(self._session.channel["id"])
        return max_purchase(product, limit, self._shop.behaviour)


def cheapest_tier(tiers: list[AdvancedPrice]) -> AdvancedPrice | None:
    """Return the tier without an upper end: the one that lists advertise."""
    return next((tier for tier in tiers if tier.end is None), None)
