"""Promotions: which ones a cart may have, and the discount lines that they put into it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from updategate.embedded.refshop.behaviour import Behaviour

from .context import CheckoutContext
from .items import PROMOTION, LineItem
from .money import ZERO
from .prices import AbsolutePriceDefinition, PercentagePriceDefinition, PriceDefinition
from .rules import Condition, any_of

SCOPE_CART, SCOPE_DELIVERY, SCOPE_SET, SCOPE_SETGROUP = "cart", "delivery", "set", "setgroup"
PERCENTAGE, ABSOLUTE, FIXED, FIXED_UNIT = "percentage", "absolute", "fixed", "fixed_unit"


@dataclass(frozen=True, slots=True)
class SetGroup:
    """A group of items within a set: ``value`` pieces, or pieces worth ``value`` (see ``packager``)."""

    id: str
    packager: str
    value: Decimal
    sorter: str
    rules: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Discount:
    """One discount of a promotion. ``prices`` are amounts entered per currency id."""

    id: str
    scope: str
    type: str
    value: Decimal
    max_value: Decimal | None = None
    prices: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    consider_advanced_rules: bool = False
    rules: tuple[Condition, ...] = ()
    sorter: str | None = None
    applier: str | None = None
    usage: str | None = None
    picker: str | None = None


@dataclass(frozen=True, slots=True)
class Promotion:
    """A promotion. ``condition`` is what cart and customer must fulfil; counts are of orders so far."""

    id: str
    name: str
    priority: int
    active: bool
    valid_from: datetime | None
    valid_until: datetime | None
    sales_channel_ids: frozenset[str]
    use_codes: bool
    use_individual_codes: bool
    code: str | None
    prevent_combination: bool
    exclusion_ids: tuple[str, ...]
    max_redemptions: int | None
    max_redemptions_per_customer: int | None
    order_count: int
    orders_per_customer: Mapping[str, int]
    condition: Condition
    discounts: tuple[Discount, ...]
    set_groups: tuple[SetGroup, ...] = ()

    def is_offered(self, context: CheckoutContext, behaviour: Behaviour) -> bool:
        """Tell whether the promotion runs now in this sales channel."""
        return (
            self.active
            and context.sales_channel_id in self.sales_channel_ids
            and behaviour.promotion_runs(context.now, self.valid_from, self.valid_until)
        )

    def may_be_used(self, customer_id: str | None, behaviour: Behaviour) -> bool:
        """Tell whether it has discounts, and usages left in all and for this customer."""
        if not behaviour.usages_left(self.order_count, self.max_redemptions):
            return False
        if customer_id is not None:
            used = self.orders_per_customer.get(customer_id.lower())
            if used is not None and not behaviour.customer_usages_left(used, self.max_redemptions_per_customer):
                return False
        return bool(self.discounts)


def in_currency(discount: Discount, value: Decimal, context: CheckoutContext, behaviour: Behaviour) -> Decimal:
    """Return the amount entered for the currency of the cart, else the converted one."""
    own = discount.prices.get(context.currency.id)
    if own is not None and behaviour.entered_discount_counts(context.currency.iso_code):
        return own
    return value if context.currency.is_default else behaviour.in_currency(value, context.currency.factor)


def discount_line(
    code: str, promotion: Promotion, discount: Discount, context: CheckoutContext, behaviour: Behaviour
) -> LineItem:
    """Return the line that this discount puts into a cart, still without a price."""
    target = any_of(discount.rules) if discount.consider_advanced_rules and discount.rules else None
    definition: PriceDefinition
    if discount.type == PERCENTAGE:
        definition = PercentagePriceDefinition(-abs(discount.value))
    else:
        definition = AbsolutePriceDefinition(-abs(in_currency(discount, discount.value, context, behaviour)))
    return LineItem(
        discount.id,
        PROMOTION,
        code,
        label=promotion.name,
        description=promotion.name,
        payload=_payload(code, promotion, discount, context, behaviour),
        definition=definition,
        good=False,
        removable=True,
        requirement=promotion.condition,
        filter=target,
    )


def _payload(
    code: str, promotion: Promotion, discount: Discount, context: CheckoutContext, behaviour: Behaviour
) -> dict[str, Any]:
    code_type = "global" if code == "" else "individual" if promotion.use_individual_codes else "fixed"
    limit = ""
    if discount.type == PERCENTAGE and discount.max_value is not None:
        limit = as_text(in_currency(discount, discount.max_value, context, behaviour))
    scope, group = discount.scope, ""
    if scope.startswith(f"{SCOPE_SETGROUP}-"):
        scope, group = SCOPE_SETGROUP, scope.removeprefix(f"{SCOPE_SETGROUP}-")
    advanced = discount if discount.consider_advanced_rules else None
    return {
        "promotionId": promotion.id,
        "priority": promotion.priority,
        "discountId": discount.id,
        "discountType": discount.type,
        "code": code,
        "value": as_text(discount.value),
        "promotionCodeType": code_type,
        "maxValue": limit,
        "discountScope": scope,
        "preventCombination": promotion.prevent_combination,
        "exclusions": [] if promotion.prevent_combination else list(promotion.exclusion_ids),
        "groupId": group,
        "setGroups": [
            {"groupId": each.id, "packagerKey": each.packager, "value": each.value, "sorterKey": each.sorter}
            for each in promotion.set_groups
        ],
        "filter": {
            "sorterKey": advanced and advanced.sorter,
            "applierKey": advanced and advanced.applier,
            "usageKey": advanced and advanced.usage,
            "pickerKey": advanced and advanced.picker,
        },
    }


def as_text(amount: Decimal) -> str:
    """Write a number as PHP turns it into text: no zeros at the end."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def placeholder(code: str) -> LineItem:
    """Return the line that asks for the promotion of a code; a calculation puts its discounts in its place."""
    id_ = hashlib.md5(f"promotion-{code}".encode(), usedforsecurity=False).hexdigest()
    return LineItem(
        id_, PROMOTION, code, label=f"promotion-{code}", definition=PercentagePriceDefinition(ZERO), good=False
    )
