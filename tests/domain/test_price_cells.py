"""Which prices are asked: every pair, the same ones every time, and no more than wanted."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from updategate.domain.price_cells import (
    QUANTITIES_A_PRODUCT,
    Buyer,
    Cell,
    Offered,
    asked_quantities,
    cells_in_order,
    coverage,
    digest_of,
    ranked,
)

COUNTRIES = ("DE", "AT", "CH")
BUYERS = st.lists(
    st.builds(
        Buyer,
        group=st.sampled_from(["Standard", "Trade", "Resale"]),
        customer=st.none() | st.sampled_from(["10001", "10002"]),
        countries=st.lists(st.sampled_from(COUNTRIES), min_size=1, unique=True).map(tuple),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda buyer: (buyer.group, buyer.customer),
)
PRODUCTS = st.lists(
    st.builds(
        Offered,
        number=st.integers(0, 10**6).map(lambda number: f"P{number}"),
        quantities=st.lists(st.integers(1, 60), min_size=1, max_size=5, unique=True).map(tuple),
        advanced=st.booleans(),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda product: product.number,
)
CURRENCIES = st.lists(st.sampled_from(["EUR", "CHF", "GBP"]), min_size=1, unique=True)


def combinations(products: list[Offered], buyers: list[Buyer], currencies: list[str]) -> set[Cell]:
    return {
        Cell(product.number, buyer.group, buyer.customer, quantity, currency, country)
        for product in products
        for buyer in buyers
        for country in buyer.countries
        for quantity in product.quantities
        for currency in currencies
    }


@given(products=PRODUCTS, buyers=BUYERS, currencies=CURRENCIES, seed=st.text(max_size=5))
def test_in_the_end_every_combination_is_asked_once(
    products: list[Offered], buyers: list[Buyer], currencies: list[str], seed: str
) -> None:
    cells = list(cells_in_order(products, buyers, currencies, seed))
    assert len(cells) == len(set(cells))
    assert set(cells) == combinations(products, buyers, currencies)
    found = coverage(cells, products, buyers, currencies)
    assert found.pairs == found.covered


@given(products=PRODUCTS, buyers=BUYERS, currencies=CURRENCIES, seed=st.text(max_size=5), drop=st.integers(0, 5))
def test_a_product_that_is_gone_moves_no_cell_of_another(
    products: list[Offered], buyers: list[Buyer], currencies: list[str], seed: str, drop: int
) -> None:
    gone = products[drop % len(products)]
    rest = [product for product in products if product is not gone]
    before = {
        number: [cell for cell in cells_in_order(products, buyers, currencies, seed) if cell.product == number]
        for number in (product.number for product in rest)
    }
    after = list(cells_in_order(rest, buyers, currencies, seed))
    for number, cells in before.items():
        assert [cell for cell in after if cell.product == number] == cells


@given(products=PRODUCTS, buyers=BUYERS, currencies=CURRENCIES)
def test_products_with_advanced_prices_are_asked_every_pair_first(
    products: list[Offered], buyers: list[Buyer], currencies: list[str]
) -> None:
    """Each pair of two of its values stands in a cell before any plain product is asked pair by pair."""
    advanced = [product for product in products if product.advanced]
    plain = [product for product in products if not product.advanced]
    cells = list(cells_in_order(products, buyers, currencies, "seed"))
    for product in advanced:
        own = [cell for cell in cells if cell.product == product.number]
        wanted = {
            (place, values[place], other, values[other])
            for cell in combinations([product], buyers, currencies)
            for values in [cell.key]
            for place, other in itertools.combinations(range(1, 6), 2)
        }
        met: set[tuple[object, ...]] = set()
        taken = 0
        while not met >= wanted:
            key = own[taken].key
            met |= {(place, key[place], other, key[other]) for place, other in itertools.combinations(range(1, 6), 2)}
            taken += 1
        widest = sorted((sum(len(buyer.countries) for buyer in buyers), len(product.quantities), len(currencies)))
        assert taken <= max(widest[-1] * widest[-2] * 2, 4)
    for product in plain:
        own = [cell for cell in cells if cell.product == product.number]
        most = max(len(buyers), len(COUNTRIES), len(product.quantities), len(currencies)) * 2
        first = own[:most]
        assert {cell.quantity for cell in first} == set(product.quantities)
        assert {cell.currency for cell in first} == set(currencies)
        assert {(cell.customer_group, cell.customer) for cell in first} == {
            (buyer.group, buyer.customer) for buyer in buyers
        }


def test_another_seed_asks_another_sample() -> None:
    numbers = [f"P{number}" for number in range(200)]
    assert ranked(numbers, "a") == ranked(reversed(numbers), "a")
    assert set(ranked(numbers, "a")[:50]) != set(ranked(numbers, "b")[:50])
    products = [Offered(number, (1,)) for number in numbers]
    buyers = [Buyer("Standard", None, ("DE",))]
    few = {seed: [*itertools.islice(cells_in_order(products, buyers, ["EUR"], seed), 50)] for seed in "ab"}
    assert digest_of(few["a"]) == digest_of(reversed(few["a"])) != digest_of(few["b"])


def test_a_tier_is_asked_before_at_and_after_its_boundary() -> None:
    assert asked_quantities([1, 10, 50], 1, None, 1) == (1, 9, 10, 11, 49, 50, 51)
    assert asked_quantities([], 1, None, 1) == (1, 2, 10)
    # from 5 in steps of 5, at most 20: 9 becomes 5, 11 becomes 10
    assert asked_quantities([10], 5, 20, 5) == (5, 10)
    assert asked_quantities([10], 5, 7, 1) == (5, 7)


@given(
    boundaries=st.lists(st.integers(1, 1000), max_size=12),
    least=st.integers(1, 20),
    most=st.none() | st.integers(1, 500),
    steps=st.integers(1, 10),
)
def test_quantities_keep_to_the_limits_of_the_product(
    boundaries: list[int], least: int, most: int | None, steps: int
) -> None:
    quantities = asked_quantities(boundaries, least, most, steps)
    assert 1 <= len(quantities) <= QUANTITIES_A_PRODUCT
    assert min(quantities) == least
    assert all((quantity - least) % steps == 0 for quantity in quantities)
    assert most is None or max(quantities) <= max(most, least)


def test_nobody_to_ask_or_no_currency_asks_nothing() -> None:
    assert list(cells_in_order([Offered("P", (1,))], [], ["EUR"], "s")) == []
    assert list(cells_in_order([Offered("P", (1,))], [Buyer("Standard", None, ("DE",))], [], "s")) == []
