"""Rules: named trees of conditions that hold for a cart, or for one of its items."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from updategate.embedded.refshop.behaviour import Behaviour

from .comparison import UnsupportedOperatorError
from .context import CheckoutContext
from .items import Cart, LineItem


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; a container has ``children``."""

    type: str
    value: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    children: tuple[Condition, ...] = ()

    def walk(self) -> Iterable[Condition]:
        """Yield the condition and everything below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def any_of(conditions: Iterable[Condition]) -> Condition:
    """Return the condition that at least one of these holds."""
    return Condition("orContainer", children=tuple(conditions))


def all_of(conditions: Iterable[Condition]) -> Condition:
    """Return the condition that all of these hold."""
    return Condition("andContainer", children=tuple(conditions))


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the rule builder. ``condition`` is None where none was entered: such a rule never holds."""

    id: str
    name: str
    priority: int
    condition: Condition | None
    areas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """What a condition looks at: one item, or the whole cart."""

    context: CheckoutContext
    behaviour: Behaviour
    cart: Cart | None = None
    item: LineItem | None = None

    def of_item(self, item: LineItem) -> Scope:
        """Return the same for one item."""
        return Scope(self.context, self.behaviour, None, item)

    def any_good(self, holds: Callable[[LineItem], bool]) -> bool:
        """Tell whether it holds for the item, or for any merchandise in the cart."""
        if self.item is not None:
            return holds(self.item)
        return self.cart is not None and any(holds(item) for item in self.cart.goods())


Check = Callable[[Condition, Scope], bool]
CHECKS: dict[str, Check] = {}


def condition_type(*names: str) -> Callable[[Check], Check]:
    """Register the check of a condition type."""

    def register(check: Check) -> Check:
        for name in names:
            CHECKS[name] = check
        return check

    return register


def holds(condition: Condition, scope: Scope) -> bool:
    """Tell whether the condition holds. One that this shop cannot judge never does."""
    check = CHECKS.get(condition.type)
    if check is None:
        return False
    try:
        return scope.behaviour.condition_holds(condition.type, check(condition, scope))
    except UnsupportedOperatorError:
        return False


def is_known(condition: Condition) -> bool:
    """Tell whether every condition of the tree can be judged; a rule with one that cannot is invalid."""
    return all(each.type in CHECKS for each in condition.walk())


def matching(rules: Sequence[Rule], scope: Scope) -> list[Rule]:
    """Return the rules that hold, in their order."""
    return [rule for rule in rules if rule.condition is not None and holds(rule.condition, scope)]


@condition_type("andContainer")
def _and(condition: Condition, scope: Scope) -> bool:
    return all(holds(child, scope) for child in condition.children)


@condition_type("orContainer")
def _or(condition: Condition, scope: Scope) -> bool:
    return any(holds(child, scope) for child in condition.children)


@condition_type("notContainer")
def _not(condition: Condition, scope: Scope) -> bool:
    # Shopware looks at the first condition only
    return bool(condition.children) and not holds(condition.children[0], scope)


@condition_type("xorContainer")
def _xor(condition: Condition, scope: Scope) -> bool:
    return sum(holds(child, scope) for child in condition.children) == 1


@condition_type("allLineItemsContainer")
def _all_line_items(condition: Condition, scope: Scope) -> bool:
    items = [scope.item] if scope.item is not None else list(scope.cart.items.values() if scope.cart else ())
    wanted = condition.value.get("type")
    if wanted is not None:
        items = [item for line in items for item in line.flat() if item.type == wanted]
    if not items:
        return False
    enough = int(condition.value.get("minimumShouldMatch") or len(items))
    return all(sum(holds(child, scope.of_item(item)) for item in items) >= enough for child in condition.children)


@condition_type("alwaysValid")
def _always(condition: Condition, scope: Scope) -> bool:
    del condition, scope
    return True
