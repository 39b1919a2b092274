"""Reads promotions from the store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from updategate.embedded.refshop.dal.ids import SYSTEM_LANGUAGE
from updategate.embedded.refshop.dal.store import Doc, EntityStore
from updategate.embedded.refshop.dal.translate import translated

from .money import decimal
from .promotion import Discount, Promotion, SetGroup
from .rules import Condition, Rule, all_of, any_of
from .stored import moment_of

PROMOTION_ENTITIES = (
    "promotion", "promotion_discount", "promotion_discount_prices", "promotion_discount_rule", "promotion_setgroup",
    "promotion_setgroup_rule", "promotion_cart_rule", "promotion_order_rule", "promotion_persona_rule",
    "promotion_persona_customer", "promotion_sales_channel", "rule", "rule_condition", "customer",
)  # fmt: skip


def read_promotion(store: EntityStore, doc: Doc, rules: Mapping[str, Rule]) -> Promotion:
    """Read one promotion with its discounts, groups and conditions; ``rules`` are the valid rules by id."""
    groups = tuple(_group(store, row, rules) for row in store.where("promotion_setgroup", promotionId=doc["id"]))
    return Promotion(
        doc["id"],
        str(translated(doc, "name", (SYSTEM_LANGUAGE,)) or ""),
        int(doc.get("priority") or 0),
        bool(doc.get("active")),
        moment_of(doc.get("validFrom")),
        moment_of(doc.get("validUntil")),
        frozenset(row["salesChannelId"] for row in store.where("promotion_sales_channel", promotionId=doc["id"])),
        bool(doc.get("useCodes")),
        bool(doc.get("useIndividualCodes")),
        doc.get("code"),
        bool(doc.get("preventCombination")),
        tuple(doc.get("exclusionIds") or ()),
        _limit(doc.get("maxRedemptionsGlobal")),
        _limit(doc.get("maxRedemptionsPerCustomer")),
        int(doc.get("orderCount") or 0),
        {str(key).lower(): int(count) for key, count in (doc.get("ordersPerCustomerCount") or {}).items()},
        _precondition(store, doc, groups, rules),
        tuple(_discount(store, row, rules) for row in store.where("promotion_discount", promotionId=doc["id"])),
        groups,
    )


def _limit(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) and value > 0 else None


def _conditions(rows: Iterable[Doc], rules: Mapping[str, Rule]) -> tuple[Condition, ...]:
    # a rule that is assigned but invalid must not open the promotion to everybody
    never = Condition("orContainer")
    found = [rules.get(row["ruleId"]) for row in rows]
    return tuple(rule.condition if rule is not None and rule.condition else never for rule in found)


def _precondition(store: EntityStore, doc: Doc, groups: tuple[SetGroup, ...], rules: Mapping[str, Rule]) -> Condition:
    parts: list[Condition] = []
    if doc.get("customerRestriction"):
        customers = [
            store.get("customer", row["customerId"])
            for row in store.where("promotion_persona_customer", promotionId=doc["id"])
        ]
        numbers = [customer["customerNumber"] for customer in customers if customer]
        parts.append(
            any_of(Condition("customerCustomerNumber", {"operator": "=", "numbers": [number]}) for number in numbers)
        )
    else:
        _add(parts, _conditions(store.where("promotion_persona_rule", promotionId=doc["id"]), rules))
    _add(parts, _conditions(store.where("promotion_cart_rule", promotionId=doc["id"]), rules))
    if doc.get("useSetGroups") and groups:
        parts.append(all_of(Condition("cartLineItemInGroup", {"group": group}) for group in groups))
    _add(parts, _conditions(store.where("promotion_order_rule", promotionId=doc["id"]), rules))
    return all_of(parts)


def _add(parts: list[Condition], conditions: tuple[Condition, ...]) -> None:
    if conditions:
        parts.append(any_of(conditions))


def _group(store: EntityStore, row: Doc, rules: Mapping[str, Rule]) -> SetGroup:
    return SetGroup(
        row["id"],
        str(row.get("packagerKey") or "COUNT"),
        decimal(row.get("value")),
        str(row.get("sorterKey") or "PRICE_ASC"),
        _conditions(store.where("promotion_setgroup_rule", setgroupId=row["id"]), rules),
    )


def _discount(store: EntityStore, row: Doc, rules: Mapping[str, Rule]) -> Discount:
    return Discount(
        row["id"],
        str(row.get("scope") or "cart"),
        str(row.get("type") or "absolute"),
        decimal(row.get("value")),
        None if row.get("maxValue") is None else decimal(row["maxValue"]),
        {
            price["currencyId"]: decimal(price.get("price"))
            for price in store.where("promotion_discount_prices", discountId=row["id"])
        },
        bool(row.get("considerAdvancedRules")),
        _conditions(store.where("promotion_discount_rule", discountId=row["id"]), rules),
        row.get("sorterKey"),
        row.get("applierKey"),
        row.get("usageKey"),
        row.get("pickerKey"),
    )


def both_ways(promotions: Sequence[Promotion]) -> list[Promotion]:
    """Return the promotions so that each also excludes those that exclude it, as Shopware's indexer writes them."""
    excluded_by: dict[str, list[str]] = {}
    for promotion in promotions:
        for other in promotion.exclusion_ids:
            excluded_by.setdefault(other, []).append(promotion.id)
    return [
        replace(
            promotion,
            exclusion_ids=tuple(dict.fromkeys((*promotion.exclusion_ids, *excluded_by.get(promotion.id, ())))),
        )
        for promotion in promotions
    ]
