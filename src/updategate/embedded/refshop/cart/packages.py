"""Which pieces of a cart a discount looks at.

A package is a list of single pieces. A discount on the cart has one package with everything; a set has one package
for each time that the set is complete; pickers, appliers and sorters then choose pieces from the packages.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .calculation import Calculator
from .items import PRODUCT, Cart, LineItem
from .money import ZERO
from .prices import CalculatedPrice, QuantityPriceDefinition
from .promotion import SCOPE_CART, SCOPE_SET, SCOPE_SETGROUP, SetGroup
from .rules import Condition, Scope, condition_type, holds

ALL = "ALL"
UNLIMITED = -1


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """One piece of a line, with the price of a single one."""

    item: LineItem
    price: CalculatedPrice


Package = list[Piece]


class Pieces:
    """The single pieces of a cart's lines, each line split once.

    ``lose_prices``: before 6.6, once pieces of a line are in a package, the rest of the line has no price any more.
    """

    def __init__(self, calculator: Calculator, *, lose_prices: bool = False) -> None:
        self._calculator = calculator
        self.lose_prices = lose_prices
        self._known: dict[int, Piece] = {}

    def of(self, item: LineItem) -> Piece:
        """Return one piece of the line."""
        known = self._known.get(id(item))
        if known is None:
            known = self._known[id(item)] = Piece(item, self._single(item))
        return known

    def _single(self, item: LineItem) -> CalculatedPrice:
        price = item.price
        if price is None:
            raise ValueError(f"line item {item.id} has no price yet")
        if item.quantity == 1:
            return price
        return self._calculator.quantity(QuantityPriceDefinition(price.unit, price.rules))


def packages_of(line: LineItem, groups: Sequence[SetGroup], cart: Cart, pieces: Pieces, scope: Scope) -> list[Package]:
    """Return the packages that the discount of this line is taken from."""
    kind = line.payload["discountScope"]
    if kind == SCOPE_CART:
        found = _whole_cart(line.filter, cart, pieces, scope)
    elif kind == SCOPE_SET:
        found = _complete_sets(groups, cart, pieces, scope)
    elif kind == SCOPE_SETGROUP:
        found = _one_group(groups, str(line.payload["groupId"]), cart, pieces, scope)
    else:
        found = []
    original = len(found)
    if not found:
        return []
    if kind != SCOPE_SETGROUP and line.filter is not None:
        found = [[piece for piece in package if _fits(line.filter, piece, scope)] for package in found]
        found = [package for package in found if package]
    settings = line.payload["filter"]
    if (settings["pickerKey"] or "").upper() == "HORIZONTAL":
        found = [[piece for package in found for piece in package]]
    return _chosen(found, settings["sorterKey"], settings["applierKey"], settings["usageKey"], original)


def _fits(condition: Condition, piece: Piece, scope: Scope, unpriced: Collection[str] = ()) -> bool:
    item = piece.item
    if item.id in unpriced:
        item = item.copy()
        item.price = None
    return holds(condition, scope.of_item(item))


def _whole_cart(condition: Condition | None, cart: Cart, pieces: Pieces, scope: Scope) -> list[Package]:
    package: Package = []
    for item in cart.of_type(PRODUCT):
        if not item.stackable or (condition is not None and not holds(condition, scope.of_item(item))):
            continue
        package += [pieces.of(item)] * item.quantity
    return [package] if package else []


def group_packages(groups: Sequence[SetGroup], cart: Cart, pieces: Pieces, scope: Scope) -> dict[str, list[Package]]:
    """Find, group by group, all packages that the products of the cart allow; a piece is used once."""
    rest = [pieces.of(item) for item in cart.of_type(PRODUCT) for _ in range(item.quantity)]
    unpriced: set[str] = set()
    result: dict[str, list[Package]] = {}
    for group in groups:
        rest.sort(key=lambda piece: piece.price.unit, reverse=group.sorter.upper() == "PRICE_DESC")
        found = result.setdefault(group.id, [])
        while True:
            fitting = [
                piece
                for piece in rest
                if not group.rules or any(_fits(condition, piece, scope, unpriced) for condition in group.rules)
            ]
            if group.packager.upper() != "COUNT":
                fitting = [piece for piece in fitting if piece.item.id not in unpriced]
            package = _packed(group, fitting)
            if not package:
                break
            found.append(package)
            for piece in package:
                rest.remove(piece)
            if pieces.lose_prices:
                unpriced.update(piece.item.id for piece in package)
    return result


@condition_type("cartLineItemInGroup")
def _in_group(condition: Condition, scope: Scope) -> bool:
    """Tell whether the cart holds at least one package of the group: what a promotion on sets demands."""
    group = condition.value.get("group")
    if scope.cart is None or not isinstance(group, SetGroup):
        return False
    pieces = Pieces(scope.context.calculator(scope.behaviour))
    return bool(group_packages([group], scope.cart, pieces, scope)[group.id])


def _packed(group: SetGroup, pieces: Sequence[Piece]) -> Package:
    package: Package = []
    reached = ZERO
    for piece in pieces:
        if reached >= group.value:
            break
        package.append(piece)
        reached += _worth(group.packager.upper(), piece)
    return package if package and reached >= group.value else []


def _worth(packager: str, piece: Piece) -> Decimal:
    if packager == "COUNT":
        return Decimal(1)
    if packager == "PRICE_UNIT_NET":
        return piece.price.unit - piece.price.tax_amount
    return piece.price.unit


def _complete_sets(groups: Sequence[SetGroup], cart: Cart, pieces: Pieces, scope: Scope) -> list[Package]:
    found = group_packages(groups, cart, pieces, scope)
    complete = min((len(found[group.id]) for group in groups), default=0)
    return [[piece for group in groups for piece in found[group.id][index]] for index in range(complete)]


def _one_group(groups: Sequence[SetGroup], position: str, cart: Cart, pieces: Pieces, scope: Scope) -> list[Package]:
    together = group_packages(groups, cart, pieces, scope)
    complete = min((len(together[group.id]) for group in groups), default=0)
    if complete <= 0 or not position.isdigit() or not 1 <= int(position) <= len(groups):
        return []
    wanted = groups[int(position) - 1]
    return group_packages([wanted], cart, pieces, scope)[wanted.id][:complete]


def _chosen(
    packages: list[Package], sorter: str | None, applier: str | None, usage: str | None, original: int
) -> list[Package]:
    if not sorter or not applier or not usage:
        return packages
    descending = sorter.upper() == "PRICE_DESC"
    ordered = [sorted(each, key=lambda piece: piece.price.unit, reverse=descending) for each in packages]
    most = _most_pieces(applier, usage, original)
    indexes = _indexes(applier, most, len(ordered), original)
    result: list[Package] = []
    taken = 0
    for package in ordered:
        chosen = [piece for index, piece in enumerate(package) if not indexes or index in indexes]
        if most > UNLIMITED:
            chosen = chosen[: max(0, most - taken)]
        taken += len(chosen)
        if chosen:
            result.append(chosen)
    return result


def _most_pieces(applier: str, usage: str, original: int) -> int:
    if applier == ALL and usage == ALL:
        return UNLIMITED
    if usage == ALL:
        return original
    # one package counts by pieces, several packages give one piece each
    return int(usage) if original == 1 else min(int(usage), original)


def _indexes(applier: str, most: int, count: int, original: int) -> frozenset[int]:
    if applier == ALL and most == UNLIMITED:
        return frozenset()
    position = 0 if applier == ALL else int(applier)
    if original == count and original != 1:
        return frozenset({position - 1})
    per_package = most if original == 1 else 1
    start = max(0, (position - 1) * original)
    length = original * per_package
    if most != UNLIMITED:
        length = min(length, most)
    return frozenset(range(start, start + length))
