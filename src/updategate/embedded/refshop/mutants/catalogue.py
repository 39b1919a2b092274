"""Lists, searches and pages that are wrong."""

# ruff: noqa: D102 - described where they are overridden, in Behaviour

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from updategate.embedded.refshop.behaviour import Behaviour

from .registry import Group

CATALOGUE = Group("catalogue")
_UMLAUTS = str.maketrans("äöüÄÖÜ", "aouAOU")


@CATALOGUE.mutant("second-page-overlaps", "class: offset one too small", "listing catalogue navigation")
class SecondPageOverlaps(Behaviour):
    """From the second page on, a list begins with the last product of the page before; the last one is lost."""

    def listing_offset(self, page: int, limit: int) -> int:
        return super().listing_offset(page, limit) - (1 if page > 1 else 0)


@CATALOGUE.mutant("prices-sorted-as-text", "class: numbers sorted as text", "listing catalogue price")
class PricesSortedAsText(Behaviour):
    """Sorted by price, 119 stands before 24.90."""

    def price_sort_key(self, amount: Decimal) -> Any:
        return str(amount)


@CATALOGUE.mutant("property-filter-any", "class: or for and", "listing catalogue search")
class PropertyFilterAny(Behaviour):
    """A list filtered by colour and size keeps what has the one or the other."""

    def fits_properties(self, hits: list[bool]) -> bool:
        return any(hits) or not hits


@CATALOGUE.mutant("hidden-product-found", "shopware/shopware#9127", "search catalogue")
class HiddenProductFound(Behaviour):
    """The search finds products that are to be seen by their link only; lists are right."""

    def least_visibility(self, wanted: int) -> int:
        return 10 if wanted == 20 else super().least_visibility(wanted)


@CATALOGUE.mutant("number-cut-at-hyphen", "shopware/shopware#12274", "search catalogue")
class NumberCutAtHyphen(Behaviour):
    """A search for a product number stops at its hyphen and finds all products."""

    def searched(self, term: str) -> str:
        return super().searched(term).partition("-")[0]


@CATALOGUE.mutant("umlauts-not-found", "class: term normalised, index not", "search catalogue language")
class UmlautsNotFound(Behaviour):
    """A search for a word with an umlaut finds nothing."""

    def searched(self, term: str) -> str:
        return super().searched(term).translate(_UMLAUTS)


@CATALOGUE.mutant("variant-switch-ignored", "shopware/shopware#5251", "product storefront catalogue")
class VariantSwitchIgnored(Behaviour):
    """Choosing another size or colour on a product page leads to a variant without that choice."""

    def variant_options(self, wanted: dict[str, str], switched: str | None) -> dict[str, str]:
        usual = super().variant_options(wanted, switched)
        return {group: option for group, option in usual.items() if group != switched} or usual


@CATALOGUE.mutant("plain-product-addresses", "shopware/shopware#13035", "seo storefront listing catalogue")
class PlainProductAddresses(Behaviour):
    """Links to products are not the readable ones; those to categories are."""

    def readable_address(self, kind: str) -> bool:
        return kind != "detail" and super().readable_address(kind)


@CATALOGUE.mutant("menu-marks-first-visit", "shopware/shopware#11400", "storefront navigation cache")
class MenuMarksFirstVisit(Behaviour):
    """The menu marks the category that was visited first after the start, on all pages."""

    _first = ""

    def active_category(self, category_id: str) -> str:
        self._first = self._first or super().active_category(category_id)
        return self._first


@CATALOGUE.mutant("changed-product-stays-cached", "shopware/shopware#15388", "cache storefront price product")
class ChangedProductStaysCached(Behaviour):
    """A page in the cache goes on with the price of before; changes of categories and rules are seen."""

    def shown_entities(self, entities: Sequence[str]) -> Sequence[str]:
        return [name for name in super().shown_entities(entities) if not name.startswith("product")]


@CATALOGUE.mutant("word-beside-german-price", "shopware/shopware#17261", "storefront language price")
class WordBesideGermanPrice(Behaviour):
    """A language pack prints a word of another plugin beside every German price."""

    def printed_price(self, text: str, locale: str) -> str:
        usual = super().printed_price(text, locale)
        return f"{usual} AI-Copilot" if locale.startswith("de") else usual
