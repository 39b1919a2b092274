"""What a product page shows beside a price."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.domain.shop import GROSS, NET, STANDARD, rule
from updategate.domain.catalogue import AdvancedPrice, Currency, Price, Product
from updategate.domain.context import PricingContext
from updategate.domain.money import Money, eur
from updategate.domain.product_price import ListPrice, ShownPrice, product_price, shown_price
from updategate.domain.rounding import CashRounding
from updategate.domain.rules import Always

D = Decimal
REDUCED = replace(
    Price.of("149", "125.21"), list_price=Price.of("199", "167.23"), regulation_price=Price.of("139", "116.81")
)
CHAIR = Product("CHAIR", STANDARD, (REDUCED,))
DOLLARS = PricingContext(currency=Currency("USD", D("1.17085")))


def bottle(**fields: Any) -> Product:
    given = {"purchase_unit": D("0.75"), "reference_unit": D(1), "unit": "litre"}
    return Product("WINE", STANDARD, (Price.of("9.99", "8.39"),), **{**given, **fields})


def test_a_plain_price_shows_nothing_else() -> None:
    assert shown_price(Product("P", STANDARD, (Price.of("1", "0.84"),)), 1, GROSS) == ShownPrice(eur("1.00"))


def test_a_list_price_with_how_much_is_saved() -> None:
    assert shown_price(CHAIR, 1, GROSS).list_price == ListPrice(eur("199.00"), D("25.13"))
    assert shown_price(CHAIR, 1, NET).list_price == ListPrice(eur("167.23"), D("25.13"))


def test_a_list_price_of_zero_is_none() -> None:
    none = replace(REDUCED, list_price=Price.of("0", "0"))
    assert shown_price(replace(CHAIR, prices=(none,)), 1, GROSS).list_price is None


def test_list_prices_are_converted_and_rounded_but_in_net_contexts_not_rounded() -> None:
    shown = shown_price(CHAIR, 1, DOLLARS)
    assert (shown.unit, shown.list_price) == (
        Money.of("174.46", "USD"),
        ListPrice(Money.of("233.00", "USD"), D("25.12")),
    )
    assert shown.regulation_price == Money.of("162.75", "USD")
    net = shown_price(CHAIR, 1, replace(DOLLARS, customer_group=NET.customer_group))
    assert net.list_price is not None
    assert (net.unit, net.list_price.price) == (Money.of("146.60", "USD"), Money.of("195.8012455", "USD"))


def test_an_own_price_of_a_currency_has_its_own_list_price() -> None:
    own = Price.of("163.90", "137.73", "USD")
    assert shown_price(replace(CHAIR, prices=(REDUCED, own)), 1, DOLLARS).list_price is None


def test_the_lowest_price_of_thirty_days() -> None:
    assert shown_price(CHAIR, 1, GROSS).regulation_price == eur("139.00")
    assert shown_price(CHAIR, 1, NET).regulation_price == eur("116.81")


@pytest.mark.parametrize("lowest", [Price.of("149", "125.21"), Price.of("0", "0"), None])
def test_it_is_not_shown_where_it_says_nothing(lowest: Price | None) -> None:
    price = replace(REDUCED, regulation_price=lowest)
    assert shown_price(replace(CHAIR, prices=(price,)), 1, GROSS).regulation_price is None


def test_it_is_not_shown_beside_a_price_of_nothing() -> None:
    free = replace(Price.of("0", "0"), regulation_price=Price.of("1", "1"))
    assert shown_price(replace(CHAIR, prices=(free,)), 1, GROSS).regulation_price is None


def test_a_price_per_unit() -> None:
    assert shown_price(bottle(), 1, GROSS).reference_price == eur("13.32")
    assert shown_price(bottle(), 1, NET).reference_price == eur("11.19")
    assert shown_price(bottle(reference_unit=D(2)), 1, GROSS).reference_price == eur("26.64")
    coin = PricingContext(currency=Currency(item_rounding=CashRounding(2, D("0.05"))))
    assert shown_price(bottle(), 1, coin) == ShownPrice(eur("10.00"), reference_price=eur("13.33"))


@pytest.mark.parametrize(
    "fields",
    [
        {"unit": ""},
        {"purchase_unit": None},
        {"reference_unit": None},
        {"purchase_unit": D(0)},
        {"reference_unit": D(0)},
        {"purchase_unit": D(1)},
        {"purchase_unit": D(-1)},
    ],
)
def test_without_something_to_compare_there_is_none(fields: dict[str, Any]) -> None:
    assert shown_price(bottle(**fields), 1, GROSS).reference_price is None


def test_tiers_have_their_own_list_prices() -> None:
    every = rule("all", Always())
    tier = AdvancedPrice(every, (replace(Price.of("100", "84"), list_price=Price.of("125", "105")),), 10)
    tiered = replace(CHAIR, advanced_prices=(tier,))
    assert shown_price(tiered, 10, GROSS, [every]).list_price == ListPrice(eur("125.00"), D("20.00"))
    assert product_price(tiered, 10, GROSS, [every]) == eur("100.00")
    assert product_price(tiered, 10, GROSS) == eur("149.00")
