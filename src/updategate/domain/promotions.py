"""Promotions as data: what Shopware stores of them, and which of them a cart may try."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from updategate.domain.context import PricingContext
from updategate.domain.rules import Rule


class DiscountType(StrEnum):
    """A ``percentage`` or an ``absolute`` amount off, or a ``fixed`` price of a package or (``fixed_unit``) a piece."""

    PERCENTAGE = "percentage"
    ABSOLUTE = "absolute"
    FIXED = "fixed"
    FIXED_UNIT = "fixed_unit"


class DiscountScope(StrEnum):
    """What is discounted: the ``cart``, complete ``set``s, one group of a set (``setgroup``), or the ``delivery``."""

    CART = "cart"
    SET = "set"
    SET_GROUP = "setgroup"
    DELIVERY = "delivery"


class Packager(StrEnum):
    """How a group of a set is filled: by pieces, or by the sum of unit prices."""

    COUNT = "COUNT"
    UNIT_PRICE_GROSS = "PRICE_UNIT_GROSS"
    UNIT_PRICE_NET = "PRICE_UNIT_NET"


class Sorter(StrEnum):
    """Which pieces come first: the cheapest or the dearest."""

    PRICE_ASC = "PRICE_ASC"
    PRICE_DESC = "PRICE_DESC"


class Picker(StrEnum):
    """Whether pieces are counted within each package (``VERTICAL``) or over all packages (``HORIZONTAL``)."""

    VERTICAL = "VERTICAL"
    HORIZONTAL = "HORIZONTAL"


@dataclass(frozen=True, slots=True)
class SetGroup:
    """A group of a set: ``value`` pieces or currency units of lines that any of ``rules`` matches (none: all)."""

    id: str
    value: Decimal
    packager: Packager = Packager.COUNT
    sorter: Sorter = Sorter.PRICE_ASC
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Discount:
    """One discount of a promotion.

    ``value`` is in percent or in the default currency; ``currency_values`` overrides it by ISO code (and, as in
    Shopware, the maximum as well). ``group`` counts the set's groups from 1. ``rules`` and the four filters count only
    with ``advanced_rules``: ``applier`` and ``usage`` are ``ALL`` or a number, as Shopware stores them.
    """

    type: DiscountType
    value: Decimal
    scope: DiscountScope = DiscountScope.CART
    max_value: Decimal | None = None
    currency_values: tuple[tuple[str, Decimal], ...] = ()
    group: int | None = None
    advanced_rules: bool = False
    rules: tuple[Rule, ...] = ()
    sorter: Sorter | None = None
    applier: str | None = None
    usage: str | None = None
    picker: Picker | None = None

    def value_in(self, context: PricingContext) -> Decimal:
        """Tell the value in the context's currency: ``PromotionItemBuilder::getCurrencySpecificValue``."""
        if self.type is DiscountType.PERCENTAGE:
            return self.value
        return self._converted(self.value, context)

    def max_value_in(self, context: PricingContext) -> Decimal | None:
        """Tell the most that a percentage may take off, in the context's currency; ``None`` where nothing limits it."""
        if self.type is not DiscountType.PERCENTAGE or self.max_value is None:
            return None
        return self._converted(self.max_value, context)

    @property
    def filter_rules(self) -> tuple[Rule, ...]:
        """The rules of which a line has to match one; empty where every line counts."""
        return self.rules if self.advanced_rules else ()

    def _converted(self, value: Decimal, context: PricingContext) -> Decimal:
        own = dict(self.currency_values).get(context.currency.iso)
        if own is not None:
            return own
        default = context.currency.iso == context.default_currency
        return value if default else value * context.currency.factor


@dataclass(frozen=True, slots=True)
class Promotion:
    """A promotion. Without ``code`` and ``individual_codes`` it is automatic.

    Its conditions: one of ``customer_rules``, one of ``cart_rules``, one of ``order_rules`` (each only where there are
    any), one of ``customers`` by customer number (only with ``customer_restriction``, which then replaces
    ``customer_rules``), and each of ``set_groups`` found at least once (only with ``use_set_groups``).
    ``excludes`` names the ids of promotions that are not tried beside it; ``prevents_combination`` excludes all others.
    """

    id: str
    name: str
    discounts: tuple[Discount, ...]
    code: str | None = None
    individual_codes: frozenset[str] = frozenset()
    active: bool = True
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    priority: int = 1
    prevents_combination: bool = False
    excludes: frozenset[str] = frozenset()
    customer_restriction: bool = False
    customers: frozenset[str] = frozenset()
    customer_rules: tuple[Rule, ...] = ()
    cart_rules: tuple[Rule, ...] = ()
    order_rules: tuple[Rule, ...] = ()
    use_set_groups: bool = False
    set_groups: tuple[SetGroup, ...] = ()
    max_redemptions: int | None = None
    redemptions: int = 0
    max_redemptions_per_customer: int | None = None
    redemptions_by_customer: tuple[tuple[str, int], ...] = ()

    @property
    def automatic(self) -> bool:
        """Whether it applies without a code."""
        return self.code is None and not self.individual_codes

    def permitted(self, context: PricingContext) -> bool:
        """Whether it is on, in its time and not used up: ``PermittedGlobalCodePromotions`` and ``isEligible``."""
        return self.active and self._in_time(context.now) and self._redeemable(context)

    def _in_time(self, now: datetime | None) -> bool:
        if self.valid_from is None and self.valid_until is None:
            return True
        if now is None:
            message = f"promotion {self.name!r} is limited in time: give the pricing context a now"
            raise ValueError(message)
        started = self.valid_from is None or self.valid_from <= now
        return started and (self.valid_until is None or now < self.valid_until)

    def _redeemable(self, context: PricingContext) -> bool:
        if self.max_redemptions and self.redemptions >= self.max_redemptions:
            return False
        customer = context.customer
        if customer is None or customer.number is None or not self.max_redemptions_per_customer:
            return True
        return dict(self.redemptions_by_customer).get(customer.number, 0) < self.max_redemptions_per_customer


@dataclass(frozen=True, slots=True)
class DiscountItem:
    """A discount that a cart tries: Shopware's line item of type ``promotion``. ``code`` is empty if automatic."""

    promotion: Promotion
    discount: Discount
    index: int
    code: str = ""

    @property
    def id(self) -> str:
        """What tells it from the other discounts of the promotion."""
        return f"{self.promotion.id}/{self.index}"


def items_to_try(
    promotions: Sequence[Promotion], codes: Sequence[str], context: PricingContext
) -> tuple[list[DiscountItem], list[str]]:
    """Collect the discounts to try, in Shopware's order, and the codes that nothing was found for.

    ``PromotionCollector``: automatic promotions first, by priority; then those of each code, in the order entered. A
    code finds the promotion that has it as its general code, else the one that has it among its individual codes.
    """
    by_priority = sorted(promotions, key=lambda promotion: -promotion.priority)
    permitted = [promotion for promotion in by_priority if promotion.discounts and promotion.permitted(context)]
    found = [("", promotion) for promotion in permitted if promotion.automatic]
    unknown = []
    for code in dict.fromkeys(codes):
        having = [promotion for promotion in permitted if _same(promotion.code, code)]
        having = having or [promotion for promotion in permitted if code in promotion.individual_codes]
        found += [(code, promotion) for promotion in having]
        if not having:
            unknown.append(code)
    items = [
        DiscountItem(promotion, discount, index, code)
        for code, promotion in found
        for index, discount in enumerate(promotion.discounts)
    ]
    return items, unknown


def _same(code: str | None, entered: str) -> bool:
    """Compare as the database does: case does not matter."""
    return code is not None and code.lower() == entered.lower()
