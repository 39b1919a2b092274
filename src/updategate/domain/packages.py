r"""Which pieces of the cart a discount counts: sets, groups and filters.

After ``Shopware\Core\Checkout\Cart\LineItem\Group\LineItemGroupBuilder`` and
``Shopware\Core\Checkout\Promotion\Cart\Discount`` (``ScopePackager``, ``Filter``). A cart is laid out piece by piece,
as if its goods lay on a table; a package is what belongs together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeAlias

from updategate.domain.prices import LinePrice, Terms, quantity_price
from updategate.domain.promotions import (
    Discount,
    DiscountItem,
    DiscountScope,
    Packager,
    Picker,
    SetGroup,
    Sorter,
)
from updategate.domain.rules import PricedLine, RuleScope

_ALL = "ALL"


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a line, priced for itself: ``LineItemQuantitySplitter``.

    ``counted`` is false where Shopware lost the price while it was looking for groups.
    """

    line: PricedLine
    price: LinePrice
    counted: bool = True


Package: TypeAlias = tuple[Piece, ...]


def pieces_of(lines: Iterable[PricedLine], terms: Terms) -> tuple[Piece, ...]:
    """Lay the products out piece by piece; a line of one piece keeps its price as it is."""
    pieces: list[Piece] = []
    for line in lines:
        if line.product is None:
            continue
        single = line.price
        if line.quantity != 1:
            single = quantity_price(line.price.unit, line.price.shares, terms)
        pieces += [Piece(line, single)] * line.quantity
    return tuple(pieces)


def packages_for(item: DiscountItem, scope: RuleScope, terms: Terms) -> list[Package]:
    """Collect what the discount counts, filtered by its rules, picker, sorter, applier and usage."""
    discount = item.discount
    pieces = pieces_of(scope.lines, terms)
    if discount.scope is DiscountScope.SET:
        packages = _sets(item.promotion.set_groups, pieces, scope)
    elif discount.scope is DiscountScope.SET_GROUP:
        packages = _groups_of_set(item, pieces, scope)
    else:
        matching = tuple(piece for piece in pieces if _counts(piece, discount, scope))
        packages = [matching] if matching else []
    found = len(packages)
    if discount.scope is not DiscountScope.SET_GROUP:
        filtered = (tuple(piece for piece in package if _counts(piece, discount, scope)) for package in packages)
        packages = [package for package in filtered if package]
    return _advanced(discount, packages, found)


def finds_group(group: SetGroup, scope: RuleScope, terms: Terms) -> bool:
    """Whether the cart has the group at least once: ``LineItemGroupRule``."""
    return bool(_find_groups([group], pieces_of(scope.lines, terms), scope)[group.id])


def _counts(piece: Piece, discount: Discount, scope: RuleScope) -> bool:
    rules = discount.filter_rules
    return not rules or any(rule.matches(scope.of_line(piece.line)) for rule in rules)


def _find_groups(groups: Sequence[SetGroup], pieces: Sequence[Piece], scope: RuleScope) -> dict[str, list[Package]]:
    """Take groups off the table as long as there are any: what one group took, the next cannot have.

    Pieces without a price come first or last. Shopware compares them with others in a way that contradicts itself
    (before 6.6.6.0, in the second group of a set), and then leaves their place to PHP's sort.
    """
    rest = list(pieces)
    found: dict[str, list[Package]] = {group.id: [] for group in groups}
    for group in groups:
        rest = _sorted(rest, group.sorter)
        while package := _pack(group, [piece for piece in rest if _in_group(piece, group, scope)]):
            # a discount finds the prices in the cart again
            found[group.id].append(tuple(replace(piece, counted=True) for piece in package))
            for piece in package:
                rest.remove(piece)
            if not scope.context.keeps_prices_of_rest:
                taken = {piece.line.id for piece in package}
                rest = [replace(piece, counted=False) if piece.line.id in taken else piece for piece in rest]
    return found


def _in_group(piece: Piece, group: SetGroup, scope: RuleScope) -> bool:
    single = PricedLine(piece.line.id, piece.line.label, 1, piece.price, piece.line.product)
    return not group.rules or any(rule.matches(scope.of_line(single)) for rule in group.rules)


def _pack(group: SetGroup, candidates: Sequence[Piece]) -> Package:
    """Fill one group, or give nothing if there is not enough for it."""
    package: list[Piece] = []
    filled = Decimal(0)
    for piece in candidates:
        if not piece.counted and group.packager is not Packager.COUNT:
            continue
        # a group of no pieces still takes one, a group of no value takes none
        if filled >= group.value and (package or group.packager is not Packager.COUNT):
            break
        package.append(piece)
        filled += _worth(piece, group.packager)
    return tuple(package) if filled >= group.value else ()


def _worth(piece: Piece, packager: Packager) -> Decimal:
    """Tell how far a piece fills a group.

    ``LineItemGroupUnitPriceNetPackager`` takes the tax off the unit price even in net carts, where it is not in it.
    """
    if packager is Packager.COUNT:
        return Decimal(1)
    if packager is Packager.UNIT_PRICE_GROSS:
        return piece.price.unit
    return piece.price.unit - piece.price.tax


def _sets(groups: Sequence[SetGroup], pieces: Sequence[Piece], scope: RuleScope) -> list[Package]:
    """Build complete sets: the n-th set has the n-th find of every group (``SetScopeDiscountPackager``)."""
    found = _find_groups(groups, pieces, scope)
    complete = min((len(found[group.id]) for group in groups), default=0)
    return [tuple(piece for group in groups for piece in found[group.id][number]) for number in range(complete)]


def _groups_of_set(item: DiscountItem, pieces: Sequence[Piece], scope: RuleScope) -> list[Package]:
    """Find one group of complete sets, searched for in the whole cart again (``SetGroupScopeDiscountPackager``)."""
    groups = item.promotion.set_groups
    number = item.discount.group
    if number is None or not 1 <= number <= len(groups):
        of = f"of its set, which has groups 1 to {len(groups)}"
        message = f"promotion {item.promotion.name!r} discounts group {number} {of}"
        raise ValueError(message)
    complete = min(len(packages) for packages in _find_groups(groups, pieces, scope).values())
    group = groups[number - 1]
    return _find_groups([group], pieces, scope)[group.id][:complete]


def _sorted(pieces: Sequence[Piece], sorter: Sorter) -> list[Piece]:
    """Sort by unit price; equal ones stay as they were."""
    direction = 1 if sorter is Sorter.PRICE_ASC else -1
    return sorted(pieces, key=lambda piece: (direction * piece.counted, direction * piece.price.unit * piece.counted))


def _advanced(discount: Discount, packages: list[Package], found: int) -> list[Package]:
    """Pick, sort and cut down to what the discount is applied to: ``AdvancedPackageFilter``.

    ``found`` is how many packages there were before any filter.
    """
    if not discount.advanced_rules:
        return packages
    if discount.picker is Picker.HORIZONTAL:
        packages = [tuple(piece for package in packages for piece in package)]
    if discount.sorter is None or not discount.applier or not discount.usage:
        return packages
    limit = _max_usage(discount.applier, discount.usage, found)
    positions = _applied_positions(discount.applier, limit, len(packages), found)
    cut: list[Package] = []
    used = 0
    for package in packages:
        ordered = _sorted(package, discount.sorter)
        chosen = [piece for index, piece in enumerate(ordered) if positions is None or index in positions]
        if limit is not None:
            chosen = chosen[: limit - used]
        used += len(chosen)
        if chosen:
            cut.append(tuple(chosen))
    return cut


def _max_usage(applier: str, usage: str, found: int) -> int | None:
    """Tell how many pieces may be discounted at most, ``None`` for any number: ``MaxUsage``."""
    if applier == _ALL and usage == _ALL:
        return None
    if usage == _ALL:
        return found
    number = _number(usage)
    return number if found == 1 else min(number, found)


def _applied_positions(applier: str, limit: int | None, packages: int, found: int) -> range | None:
    """Tell which places of a sorted package are discounted, ``None`` for every one: ``Applier``.

    With ``ALL`` and a limit on several packages that no picker merged, Shopware looks for place -1 and finds nothing.
    """
    if limit is None:
        return None
    place = _number(applier) - 1
    if found == packages and found != 1:
        return range(place, place + 1)
    start = max(0, place * found)
    return range(start, start + limit)


def _number(text: str) -> int:
    """Read a number as PHP casts it: what is no number is 0."""
    return int(text) if text.isdigit() else 0
