"""Shopware's rules, as far as prices depend on them: a condition on the context, the cart or one line.

A condition on a line, asked of a whole cart, holds if it holds of any line. Numbers compare as Shopware's
``RuleComparison::numeric`` does, within 1e-8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from updategate.domain.catalogue import Product
from updategate.domain.context import PricingContext
from updategate.domain.prices import CartPrice, LinePrice
from updategate.domain.rounding import at_least, equal
from updategate.domain.views import TaxState

_COMPARISONS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    ">=": at_least,
    "<=": lambda value, limit: at_least(limit, value),
    ">": lambda value, limit: not at_least(limit, value),
    "<": lambda value, limit: not at_least(value, limit),
    "=": equal,
    "!=": lambda value, limit: not equal(value, limit),
}


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line of the cart under calculation; ``product`` is ``None`` for promotions."""

    id: str
    label: str
    quantity: int
    price: LinePrice
    product: Product | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class RuleScope:
    """What a condition is asked about: the cart with its price so far, or (``line``) one line of it."""

    context: PricingContext
    lines: tuple[PricedLine, ...] = ()
    price: CartPrice | None = None
    line: PricedLine | None = None

    @property
    def asked(self) -> tuple[PricedLine, ...]:
        """The goods that a condition on lines looks at: ``LineItemCollection::filterGoodsFlat``."""
        return tuple(line for line in self.lines if line.product is not None) if self.line is None else (self.line,)

    def of_line(self, line: PricedLine) -> RuleScope:
        """Narrow down to one line, as Shopware's ``LineItemScope`` does: there is no cart any more."""
        return RuleScope(self.context, line=line)


class Condition(Protocol):
    """A condition of a rule."""

    def matches(self, scope: RuleScope) -> bool:
        """Whether it holds."""
        ...


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the rule builder. Of several that match, the highest priority counts, then the lowest id."""

    id: str
    condition: Condition
    priority: int = 100

    def matches(self, scope: RuleScope) -> bool:
        """Whether its condition holds."""
        return self.condition.matches(scope)


def in_order(rules: Iterable[Rule]) -> list[Rule]:
    r"""Order as ``Shopware\Core\Checkout\Cart\RuleLoader`` does: by priority downwards, then by id."""
    return sorted({rule.id: rule for rule in rules}.values(), key=lambda rule: (-rule.priority, rule.id))


@dataclass(frozen=True, slots=True)
class Always:
    """``alwaysValid``."""

    def matches(self, scope: RuleScope) -> bool:  # noqa: ARG002 - it holds whatever is asked
        """Whether it holds: always."""
        return True


@dataclass(frozen=True, slots=True)
class AllOf:
    """``andContainer``: every condition holds. An empty one holds."""

    conditions: tuple[Condition, ...]

    def matches(self, scope: RuleScope) -> bool:
        """Whether all hold."""
        return all(condition.matches(scope) for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """``orContainer``: at least one condition holds. An empty one does not."""

    conditions: tuple[Condition, ...]

    def matches(self, scope: RuleScope) -> bool:
        """Whether any holds."""
        return any(condition.matches(scope) for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class Not:
    """The negated operator of a condition (``!=``), or a ``notContainer`` around it."""

    condition: Condition

    def matches(self, scope: RuleScope) -> bool:
        """Whether the other does not hold."""
        return not self.condition.matches(scope)


@dataclass(frozen=True, slots=True)
class CartAmount:
    """``cartCartAmount``: the total of the cart with shipping, which is not there yet while promotions are tried."""

    operator: str
    amount: Decimal

    def matches(self, scope: RuleScope) -> bool:
        """Whether it holds of the cart; never of a line."""
        return scope.price is not None and compare(scope.price.total, self.operator, self.amount)


@dataclass(frozen=True, slots=True)
class PositionPrice:
    """``cartPositionPrice``: the total of the lines without shipping."""

    operator: str
    amount: Decimal

    def matches(self, scope: RuleScope) -> bool:
        """Whether it holds of the cart; never of a line."""
        return scope.price is not None and compare(scope.price.positions, self.operator, self.amount)


@dataclass(frozen=True, slots=True)
class GoodsPrice:
    """``cartGoodsPrice``: the total of the products, promotions left out."""

    operator: str
    amount: Decimal

    def matches(self, scope: RuleScope) -> bool:
        """Whether it holds of the cart, or of the line asked about."""
        goods = sum((line.price.total for line in scope.asked if line.product), Decimal(0))
        return compare(goods, self.operator, self.amount)


@dataclass(frozen=True, slots=True)
class LineItemNumber:
    """``cartLineItem``: the product, or the one that it is a variant of, is one of these, by product number."""

    numbers: frozenset[str]

    def matches(self, scope: RuleScope) -> bool:
        """Whether it holds of the line, or of any."""
        products = (line.product for line in scope.asked)
        return any(
            product is not None and not self.numbers.isdisjoint({product.number, product.parent})
            for product in products
        )


@dataclass(frozen=True, slots=True)
class LineItemInCategory:
    """``cartLineItemInCategory``: the product is in one of these categories, by name or id as the catalogue has it."""

    categories: frozenset[str]

    def matches(self, scope: RuleScope) -> bool:
        """Whether it holds of the line, or of any."""
        return any(
            line.product is not None and not self.categories.isdisjoint(line.product.categories) for line in scope.asked
        )


@dataclass(frozen=True, slots=True)
class LineItemUnitPrice:
    """``cartLineItemUnitPrice``: what one piece costs."""

    operator: str
    amount: Decimal

    def matches(self, scope: RuleScope) -> bool:
        """Whether it holds of the line, or of any."""
        return any(compare(line.price.unit, self.operator, self.amount) for line in scope.asked)


@dataclass(frozen=True, slots=True)
class LineItemTotalPrice:
    """``cartLineItemTotalPrice``: what the line costs."""

    operator: str
    amount: Decimal

    def matches(self, scope: RuleScope) -> bool:
        """Whether it holds of the line, or of any."""
        return any(compare(line.price.total, self.operator, self.amount) for line in scope.asked)


@dataclass(frozen=True, slots=True)
class InCustomerGroup:
    """``customerCustomerGroup``: the customer group of the context, which guests have too."""

    names: frozenset[str]

    def matches(self, scope: RuleScope) -> bool:
        """Whether it holds of the context."""
        return scope.context.customer_group.name in self.names


@dataclass(frozen=True, slots=True)
class CustomerNumber:
    """``customerCustomerNumber``: the customer is one of these; nobody who is not logged in. Case does not matter."""

    numbers: frozenset[str]

    def matches(self, scope: RuleScope) -> bool:
        """Whether it holds of the context."""
        customer = scope.context.customer
        if customer is None or customer.number is None:
            return False
        return customer.number.lower() in {number.lower() for number in self.numbers}


@dataclass(frozen=True, slots=True)
class BillingCountry:
    """``customerBillingCountry``: the country of the billing address; not before there is a customer."""

    countries: frozenset[str]

    def matches(self, scope: RuleScope) -> bool:
        """Whether it holds of the context."""
        customer = scope.context.customer
        return customer is not None and customer.billing_address.country in self.countries


@dataclass(frozen=True, slots=True)
class ShippingCountry:
    """``customerShippingCountry``: where the goods go, known for guests too."""

    countries: frozenset[str]

    def matches(self, scope: RuleScope) -> bool:
        """Whether it holds of the context."""
        return scope.context.country.iso in self.countries


@dataclass(frozen=True, slots=True)
class InCurrency:
    """``currency``: the currency of the context, by ISO code."""

    currencies: frozenset[str]

    def matches(self, scope: RuleScope) -> bool:
        """Whether it holds of the context."""
        return scope.context.currency.iso in self.currencies


@dataclass(frozen=True, slots=True)
class IsCompany:
    """``customerIsCompany``: the customer carries a company name."""

    def matches(self, scope: RuleScope) -> bool:
        """Whether it holds of the context."""
        return scope.context.customer is not None and scope.context.customer.commercial


@dataclass(frozen=True, slots=True)
class TaxDisplay:
    """``cartTaxDisplay``: the tax state of the cart."""

    tax_state: TaxState

    def matches(self, scope: RuleScope) -> bool:
        """Whether it holds of the cart."""
        return scope.price is not None and scope.price.tax_state is self.tax_state


@dataclass(frozen=True, slots=True)
class DayOfWeek:
    """``dayOfWeek``: 1 Monday … 7 Sunday, of the shop's clock."""

    day: int

    def matches(self, scope: RuleScope) -> bool:
        """Whether it holds at ``now``; asking without a ``now`` is an error, not a guess."""
        if scope.context.now is None:
            message = "a rule depends on the day of the week: give the pricing context a now"
            raise ValueError(message)
        return scope.context.now.isoweekday() == self.day


def compare(value: Decimal, operator: str, limit: Decimal) -> bool:
    """Compare two numbers; an unknown operator is a ``ValueError`` that names the known ones."""
    if operator not in _COMPARISONS:
        message = f"a rule compares with one of {' '.join(_COMPARISONS)}, not with {operator!r}"
        raise ValueError(message)
    return _COMPARISONS[operator](value, limit)
