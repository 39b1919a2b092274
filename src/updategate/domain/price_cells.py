"""Which prices are asked: cells of product, buyer, quantity, currency and country, chosen pairwise and by a seed.

The cells of a shop stand in one fixed order of importance, so that a smaller ledger is the beginning of a larger one.
What one product is asked depends on nothing but the seed, its number and the other dimensions: a product that comes
or goes moves no cell of another.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import random
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

# at most so many quantities of one product: beyond that, more products say more
QUANTITIES_A_PRODUCT = 9
# asked of every product besides the boundaries of its tiers
USUAL_QUANTITIES = (1, 2, 10)


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who asks. ``customer`` is a customer number, None for anybody of the group; ``countries`` are ISO codes."""

    group: str
    customer: str | None
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offered:
    """A product on sale: its number, the quantities to ask, and whether its price depends on rules or quantities."""

    number: str
    quantities: tuple[int, ...]
    advanced: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One question: what does this cost this buyer. All are business keys, never ids."""

    product: str
    customer_group: str
    customer: str | None
    quantity: int
    currency: str
    country: str

    @property
    def key(self) -> tuple[str, str, str, int, str, str]:
        """The cell as a key that can be sorted."""
        return (self.product, self.customer_group, self.customer or "", self.quantity, self.currency, self.country)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of the pairs of values that can be asked together are asked together."""

    pairs: int
    covered: int


Value = int | str
# buyer (by position), country, quantity, currency
Row = tuple[Value, ...]
_BUYER, _COUNTRY, _QUANTITY, _CURRENCY = range(4)
_PLACES = range(4)
Pair = tuple[int, Value, int, Value]


def asked_quantities(boundaries: Iterable[int], least: int, most: int | None, steps: int) -> tuple[int, ...]:
    """The quantities to ask of a product: one before, at and one after each boundary, fitted to its limits.

    ``boundaries`` are the quantities from which tiers begin; ``least``, ``most`` and ``steps`` are the product's
    purchase limits.
    """
    least, steps = max(least, 1), max(steps, 1)
    starts = sorted({start for start in boundaries if start > 1})
    wanted = [near for start in starts for near in (start - 1, start, start + 1)]
    usual = USUAL_QUANTITIES if not wanted else USUAL_QUANTITIES[:1]
    found: dict[int, None] = {}
    for quantity in (least, *usual, *wanted):
        found[_fitted(quantity, least, most, steps)] = None
    chosen = list(found)
    if len(chosen) > QUANTITIES_A_PRODUCT:
        # the first and the last boundaries are where tiers are entered by mistake
        half = QUANTITIES_A_PRODUCT // 2
        chosen = chosen[: QUANTITIES_A_PRODUCT - half] + chosen[-half:]
    return tuple(sorted(chosen))


def _fitted(quantity: int, least: int, most: int | None, steps: int) -> int:
    capped = quantity if most is None else min(quantity, max(most, least))
    return least + max(capped - least, 0) // steps * steps


def ranked(numbers: Iterable[str], seed: str) -> list[str]:
    """Product numbers in the order of a seed: any beginning of it is a fair sample of the catalogue."""
    return sorted(numbers, key=lambda number: (_digest(seed, number), number))


def cells_in_order(
    products: Sequence[Offered], buyers: Sequence[Buyer], currencies: Sequence[str], seed: str
) -> Iterator[Cell]:
    """All cells that can be asked, the most telling first.

    Products with advanced prices are asked every pair of buyer, quantity, currency and country; the others every
    buyer, quantity, currency and country. Both kinds advance at the same pace. Then follow the pairs of the others
    and, as long as somebody goes on asking, all combinations.
    """
    if not buyers or not currencies:
        return
    order = {number: position for position, number in enumerate(ranked((one.number for one in products), seed))}
    standing = sorted(products, key=lambda product: order[product.number])

    @functools.cache
    def rows(product: Offered) -> _Rows:
        return _Rows(product, buyers, currencies, seed)

    def asked(product: Offered, taken: Iterator[Row]) -> Iterator[Cell]:
        for row in taken:
            buyer = buyers[int(row[_BUYER])]
            quantity, currency, country = int(row[_QUANTITY]), str(row[_CURRENCY]), str(row[_COUNTRY])
            yield Cell(product.number, buyer.group, buyer.customer, quantity, currency, country)

    def of(chosen: Iterable[Offered], take: Callable[[_Rows], Iterator[Row]]) -> Iterator[Iterator[Cell]]:
        return (asked(product, take(rows(product))) for product in chosen)

    advanced = [product for product in standing if product.advanced]
    plain = [product for product in standing if not product.advanced]
    yield from _in_step(
        of(advanced, lambda one: itertools.chain(one.singles(), one.pairs())), of(plain, lambda one: one.singles())
    )
    for part in of(plain, lambda one: one.pairs()):
        yield from part
    turns = deque(of(standing, lambda one: one.all()))
    while turns:
        part = turns.popleft()
        found = next(part, None)
        if found is not None:
            yield found
            turns.append(part)


def _in_step(one: Iterator[Iterator[Cell]], other: Iterator[Iterator[Cell]]) -> Iterator[Cell]:
    """Take whole products from the side that has fewer cells so far."""
    taken = {0: 0, 1: 0}
    sides = {0: one, 1: other}
    while sides:
        side = min(sides, key=lambda number: (taken[number], number))
        part = next(sides[side], None)
        if part is None:
            del sides[side]
            continue
        for cell in part:
            taken[side] += 1
            yield cell


class _Rows:
    """The rows of one product, each given once: first every value, then every pair, then all there are."""

    def __init__(self, product: Offered, buyers: Sequence[Buyer], currencies: Sequence[str], seed: str) -> None:
        self._random = random.Random(_digest(seed, product.number))  # noqa: S311 - to be repeated, not to be secret
        self._buyers = buyers
        countries = dict.fromkeys(country for buyer in buyers for country in buyer.countries)
        values: list[list[Value]] = [[*range(len(buyers))], [*countries], [*product.quantities], [*currencies]]
        for mixed in values:
            self._random.shuffle(mixed)
        self._values = values
        self._given: set[Row] = set()
        self._open: set[Pair] = {
            (place, value, other, second)
            for place, other in itertools.combinations(_PLACES, 2)
            for value in values[place]
            for second in values[other]
            if self._possible({place: value, other: second})
        }

    def singles(self) -> Iterator[Row]:
        """Rows until each value has stood in one."""
        missing = [list(values) for values in self._values]
        while any(missing):
            fixed: dict[int, Value] = {}
            # the country first: not every buyer can be everywhere
            for place in (_COUNTRY, _BUYER, _QUANTITY, _CURRENCY):
                wanted = [value for value in missing[place] if self._possible({**fixed, place: value})]
                if wanted:
                    fixed[place] = wanted[0]
            row = self._filled(fixed)
            for place, value in enumerate(row):
                if value in missing[place]:
                    missing[place].remove(value)
            yield from self._give(row)

    def pairs(self) -> Iterator[Row]:
        """Rows until each pair of values that is possible has stood in one."""
        order = sorted(self._open, key=lambda pair: _digest("", str(pair)))
        self._random.shuffle(order)
        for pair in order:
            if pair in self._open:
                place, value, other, second = pair
                yield from self._give(self._filled({place: value, other: second}))

    def all(self) -> Iterator[Row]:
        """All other rows."""
        rows = [row for row in itertools.product(*self._values) if self._possible(dict(enumerate(row)))]
        self._random.shuffle(rows)
        for row in rows:
            yield from self._give(row)

    def _give(self, row: Row) -> Iterator[Row]:
        if row in self._given:
            return
        self._given.add(row)
        self._open -= set(_pairs_of(row))
        yield row

    def _filled(self, fixed: Mapping[int, Value]) -> Row:
        """Fill the open places with the values that close most pairs."""
        chosen = dict(fixed)
        for place in _PLACES:
            if place in chosen:
                continue
            values = [value for value in self._values[place] if self._possible({**chosen, place: value})]
            self._random.shuffle(values)
            closes = [self._closes(chosen, place, value) for value in values]
            chosen[place] = values[closes.index(max(closes))]
        return tuple(chosen[place] for place in _PLACES)

    def _closes(self, chosen: Mapping[int, Value], place: int, value: Value) -> int:
        return sum(
            ((other, second, place, value) if other < place else (place, value, other, second)) in self._open
            for other, second in chosen.items()
        )

    def _possible(self, chosen: Mapping[int, Value]) -> bool:
        if _BUYER in chosen and _COUNTRY in chosen:
            return chosen[_COUNTRY] in self._buyers[int(chosen[_BUYER])].countries
        return True


def _pairs_of(row: Row) -> Iterator[Pair]:
    for place, other in itertools.combinations(_PLACES, 2):
        yield place, row[place], other, row[other]


def coverage(
    cells: Iterable[Cell], products: Sequence[Offered], buyers: Sequence[Buyer], currencies: Sequence[str]
) -> Coverage:
    """Count the pairs of all five dimensions over the products that are asked at all."""
    seen: set[tuple[object, ...]] = set()
    numbers: set[str] = set()
    for cell in cells:
        numbers.add(cell.product)
        values = (cell.product, (cell.customer_group, cell.customer), cell.quantity, cell.currency, cell.country)
        for place, other in itertools.combinations(range(5), 2):
            seen.add((place, values[place], other, values[other]))
    asked = [product for product in products if product.number in numbers]
    who = [(buyer.group, buyer.customer) for buyer in buyers]
    countries = dict.fromkeys(country for buyer in buyers for country in buyer.countries)
    quantities = dict.fromkeys(quantity for product in asked for quantity in product.quantities)
    pairs = len(asked) * (len(who) + len(currencies) + len(countries))
    pairs += sum(len(product.quantities) for product in asked)
    pairs += len(who) * (len(quantities) + len(currencies)) + sum(len(buyer.countries) for buyer in buyers)
    pairs += len(quantities) * (len(currencies) + len(countries)) + len(currencies) * len(countries)
    return Coverage(pairs, len(seen))


def digest_of(cells: Iterable[Cell]) -> str:
    """A fingerprint of a set of cells, whatever their order."""
    text = "\n".join("\t".join(map(str, key)) for key in sorted(cell.key for cell in cells))
    return hashlib.sha256(text.encode()).hexdigest()


def _digest(seed: str, text: str) -> str:
    return hashlib.sha256(f"{len(seed)}:{seed}{text}".encode()).hexdigest()
