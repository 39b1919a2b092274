"""Prices of businesses that are wrong: tiers, rules, customer groups."""

# ruff: noqa: D102, FBT001 - described and signed where they are overridden, in Behaviour

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

from updategate.embedded.refshop.behaviour import Behaviour

from .registry import Group

PRICES = Group("b2b-prices")
_T = TypeVar("_T")


@PRICES.mutant("tier-off-by-one", "shopware/shopware#13489", "price cart")
class TierOffByOne(Behaviour):
    """A tier price starts one piece too late."""

    def tier_applies(self, quantity: int, start: int, end: int | None) -> bool:
        late = 1 if start > 1 else 0
        return start + late <= quantity and (end is None or quantity <= end + 1)


@PRICES.mutant("last-tier-lost", "class: a tier without an end is lost", "price cart product")
class LastTierLost(Behaviour):
    """The tier without an upper end is gone: great quantities cost what the tier before costs."""

    def tiers(self, tiers: list[_T]) -> list[_T]:
        usual = super().tiers(tiers)
        return usual[:-1] if len(usual) > 1 else usual


@PRICES.mutant("price-of-first-quantity", "shopware/shopware#13489", "price cart")
class PriceOfFirstQuantity(Behaviour):
    """A line keeps the tier of the quantity that it was put into the cart with."""

    def __init__(self) -> None:
        super().__init__()
        self._first: dict[str, int] = {}

    def priced_quantity(self, line: str, quantity: int) -> int:
        return self._first.setdefault(line, super().priced_quantity(line, quantity))


@PRICES.mutant("rule-priority-reversed", "class: priority of rules reversed", "price account cart")
class RulePriorityReversed(Behaviour):
    """Of several rules with prices, the least important one counts."""

    def price_rule_order(self, rule_ids: tuple[str, ...]) -> tuple[str, ...]:
        return super().price_rule_order(rule_ids)[::-1]


@PRICES.mutant(
    "listing-without-group-prices", "class: prices of rules lost in lists", "price catalogue listing account"
)
class ListingWithoutGroupPrices(Behaviour):
    """Lists advertise the price for everybody; product page and cart have the customer's own."""

    def listing_uses_advanced_prices(self) -> bool:
        return False


@PRICES.mutant("variant-costs-like-parent", "class: a variant's own price is overwritten", "price product cart")
class VariantCostsLikeParent(Behaviour):
    """A variant has the price of its parent, its surcharge is lost."""

    def inherited_fields(self, missing: Sequence[str]) -> Sequence[str]:
        usual = super().inherited_fields(missing)
        return usual if "price" in usual else [*usual, "price"]


@PRICES.mutant("net-group-gross-in-pounds", "class: setting of a customer group ignored", "price currency account tax")
class NetGroupGrossInPounds(Behaviour):
    """Trade customers get gross prices if they pay in pounds; in euro they get theirs."""

    def shows_gross(self, display_gross: bool, iso: str) -> bool:
        return iso == "GBP" or super().shows_gross(display_gross, iso)


@PRICES.mutant("tag-rule-never-holds", "shopware/shopware#15343", "price account cart")
class TagRuleNeverHolds(Behaviour):
    """Rules that look at the tags of a customer never hold."""

    def condition_holds(self, condition_type: str, result: bool) -> bool:
        return condition_type != "customerTag" and super().condition_holds(condition_type, result)


@PRICES.mutant("rule-threshold-excluded", "class: > for >= in a condition", "price promotion shipping payment cart")
class RuleThresholdExcluded(Behaviour):
    """A rule for amounts from 250 on does not hold at exactly 250."""

    def threshold_reached(self, value: Decimal, operator: str, expected: Decimal) -> bool:
        return super().threshold_reached(value, ">" if operator == ">=" else operator, expected)


@PRICES.mutant("cached-page-of-another-currency", "shopware/shopware#14723", "price cache storefront currency")
class CachedPageOfAnotherCurrency(Behaviour):
    """A page from the cache shows the currency of whoever came first."""

    def page_key(self, address: str, visitor: str) -> str:
        del visitor
        return super().page_key(address, "")


@PRICES.mutant(
    "plugin-update-loses-tiers",
    "shopware/shopware#15251",
    "price account cart",
    options=("--plugin", "AcmeB2bPrices=3.0.0"),
)
class PluginUpdateLosesTiers(Behaviour):
    """Version 3 of the plugin for trade prices reads the first tier only."""

    def tiers(self, tiers: list[_T]) -> list[_T]:
        usual = super().tiers(tiers)
        return usual[:1] if self.started.has_plugin("AcmeB2bPrices", 3) else usual
