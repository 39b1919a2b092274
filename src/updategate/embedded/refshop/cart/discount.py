"""Calculates what a promotion takes off the items of a cart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from updategate.embedded.refshop.behaviour import Behaviour

from . import errors
from .calculation import Calculator
from .context import CheckoutContext
from .items import Cart, LineItem
from .money import HUNDRED, ZERO, decimal, plain
from .packages import Package, Piece, Pieces, packages_of
from .prices import (
    NOTHING,
    AbsolutePriceDefinition,
    CalculatedPrice,
    PercentagePriceDefinition,
    TaxState,
    total_of,
)
from .promotion import ABSOLUTE, FIXED, FIXED_UNIT, PERCENTAGE, SCOPE_DELIVERY, SetGroup
from .rules import Scope, holds


@dataclass(frozen=True, slots=True)
class Composition:
    """How much of a discount falls on how many pieces of a line."""

    item_id: str
    quantity: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class DiscountCalculation:
    """Puts discount lines with their prices into a cart.

    ``groups`` are the set groups by promotion id; ``by_priority`` and ``keeps_piece_prices``: since 6.6.
    """

    context: CheckoutContext
    behaviour: Behaviour
    groups: Mapping[str, Sequence[SetGroup]]
    by_priority: bool = True
    keeps_piece_prices: bool = True

    def apply(self, lines: Sequence[LineItem], original: Cart, cart: Cart) -> None:
        """Add every line of ``lines`` that is eligible and worth something; ``original`` is the cart before."""
        if self.by_priority:
            lines = sorted(lines, key=lambda line: -int(line.payload["priority"]))
        excluded = self.exclusions(lines, cart)
        calculator = self.context.calculator(self.behaviour)
        pieces = Pieces(calculator, lose_prices=not self.keeps_piece_prices)
        for line in lines:
            if line.payload["discountScope"] == SCOPE_DELIVERY or not self._may_stay(line, cart, excluded):
                continue
            price, composition = self._calculated(line, cart, calculator, pieces)
            if price.total == 0:
                continue
            line.price = price
            line.payload["composition"] = [
                {"id": each.item_id, "quantity": each.quantity, "discount": plain(each.amount)} for each in composition
            ]
            cart.items[line.id] = line
            if line.id not in original.items:
                cart.add_error(errors.promotion_added(line.label or "", line.id))
            cart.price = calculator.amount(cart.prices(), cart.shipping_prices())

    def exclusions(self, lines: Sequence[LineItem], cart: Cart) -> set[str]:
        """Return the ids of promotions that an earlier one does not tolerate."""
        excluded: set[str] = set()
        for line in lines:
            promotion_id = line.payload["promotionId"]
            if promotion_id in excluded:
                continue
            unwanted = line.payload["exclusions"]
            if self.behaviour.prevents_combination(bool(line.payload["preventCombination"])):
                others = [each.payload["promotionId"] for each in lines]
                unwanted = line.payload["exclusions"] = [each for each in others if each != promotion_id]
            if unwanted and self.eligible(line, cart):
                excluded.update(unwanted)
        return excluded

    def eligible(self, line: LineItem, cart: Cart) -> bool:
        """Tell whether cart and customer fulfil what the promotion demands."""
        return line.requirement is None or holds(line.requirement, Scope(self.context, self.behaviour, cart))

    def _may_stay(self, line: LineItem, cart: Cart, excluded: set[str]) -> bool:
        automatic = not line.payload["code"]
        if not self.eligible(line, cart):
            if not automatic:
                cart.add_error(errors.promotion_not_eligible(line.label or line.id))
            return False
        if line.payload["promotionId"] in excluded:
            if not automatic:
                cart.add_error(errors.promotion_excluded(line.description or line.id))
            return False
        return True

    def _calculated(
        self, line: LineItem, cart: Cart, calculator: Calculator, pieces: Pieces
    ) -> tuple[CalculatedPrice, list[Composition]]:
        groups = self.groups.get(line.payload["promotionId"], ())
        scope = Scope(self.context, self.behaviour, cart)
        packages = packages_of(line, groups, cart, pieces, scope)
        if not packages:
            return NOTHING, []
        price, composition = _by_type(line, packages, calculator)
        net = self.context.tax_state is TaxState.NET
        limit = abs(cart.price.net if net else cart.price.total)
        allowed = self.behaviour.discount_limit(abs(price.total), limit)
        if allowed < abs(price.total):
            price = calculator.absolute(-allowed, _prices(packages))
            # Shopware scales by a negative total and so leaves nothing of the composition
            composition = [Composition(each.item_id, each.quantity, ZERO) for each in composition]
        return price, _aggregated(composition)


def _prices(packages: Sequence[Package]) -> list[CalculatedPrice]:
    counted: dict[int, tuple[Piece, int]] = {}
    for package in packages:
        for piece in package:
            counted[id(piece)] = (piece, counted[id(piece)][1] + 1 if id(piece) in counted else 1)
    return [piece.price.repeated(count) for piece, count in counted.values()]


def _by_type(
    line: LineItem, packages: Sequence[Package], calculator: Calculator
) -> tuple[CalculatedPrice, list[Composition]]:
    kind, definition = line.payload["discountType"], line.definition
    if kind == PERCENTAGE and isinstance(definition, PercentagePriceDefinition):
        return _percentage(definition.percentage, str(line.payload["maxValue"]), packages, calculator)
    if not isinstance(definition, AbsolutePriceDefinition):
        return NOTHING, []
    amount = abs(definition.price)
    if kind == ABSOLUTE:
        return _absolute(amount, packages, calculator)
    if kind == FIXED:
        return _fixed(amount, packages, calculator)
    if kind == FIXED_UNIT:
        return _fixed_unit(amount, packages, calculator)
    return NOTHING, []


def _percentage(
    percentage: Decimal, limit: str, packages: Sequence[Package], calculator: Calculator
) -> tuple[CalculatedPrice, list[Composition]]:
    prices = _prices(packages)
    price = calculator.percentage(-abs(percentage), prices)
    share = abs(percentage)
    if limit.strip() and calculator.behaviour.caps_discount():
        most = abs(decimal(limit))
        if abs(price.total) > most:
            price = calculator.absolute(-most, prices)
            share = most / total_of(prices).total * HUNDRED
    return price, [
        Composition(piece.item.id, 1, piece.price.unit * share / HUNDRED) for package in packages for piece in package
    ]


def _absolute(
    amount: Decimal, packages: Sequence[Package], calculator: Calculator
) -> tuple[CalculatedPrice, list[Composition]]:
    prices = _prices(packages)
    total = total_of(prices).total
    amount = min(amount, total)
    return calculator.absolute(-amount, prices), _spread(amount, packages, total)


def _fixed(
    amount: Decimal, packages: Sequence[Package], calculator: Calculator
) -> tuple[CalculatedPrice, list[Composition]]:
    prices = _prices(packages)
    total = total_of(prices).total
    price = calculator.absolute(-abs(total - amount * len(packages)), prices)
    return price, _spread(abs(price.total), packages, total)


def _fixed_unit(
    amount: Decimal, packages: Sequence[Package], calculator: Calculator
) -> tuple[CalculatedPrice, list[Composition]]:
    composition = [
        Composition(piece.item.id, 1, piece.price.unit - amount)
        for package in packages
        for piece in package
        if piece.price.unit > amount
    ]
    saved = sum((each.amount for each in composition), ZERO)
    return calculator.absolute(-saved, _prices(packages)), composition


def _spread(amount: Decimal, packages: Sequence[Package], total: Decimal) -> list[Composition]:
    return [
        Composition(piece.item.id, 1, amount * piece.price.total / total if total else ZERO)
        for package in packages
        for piece in package
    ]


def _aggregated(composition: Sequence[Composition]) -> list[Composition]:
    by_item: dict[str, Composition] = {}
    for each in composition:
        before = by_item.get(each.item_id)
        by_item[each.item_id] = (
            each
            if before is None
            else Composition(each.item_id, before.quantity + each.quantity, before.amount + each.amount)
        )
    return list(by_item.values())
