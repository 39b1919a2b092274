"""Lines, taxes and totals, calculated on paper."""

from decimal import Decimal

import pytest

from updategate.domain.prices import (
    LinePrice,
    TaxAmount,
    TaxShare,
    Terms,
    absolute_price,
    cart_price,
    highest_share,
    percentage_price,
    quantity_price,
    shares_of,
    sum_prices,
)
from updategate.domain.rounding import CashRounding
from updategate.domain.views import TaxState

D = Decimal
GROSS = Terms(TaxState.GROSS)
NET = Terms(TaxState.NET)
FREE = Terms(TaxState.TAX_FREE)
FULL = (TaxShare(D(19)),)
HALF = (TaxShare(D(19), D(50)), TaxShare(D(7), D(50)))


def taxes(price: LinePrice) -> list[tuple[str, str, str]]:
    return [(str(tax.rate), str(tax.tax), str(tax.price)) for tax in price.taxes]


def test_gross_tax_is_inside_the_price() -> None:
    price = quantity_price(D("11.90"), FULL, GROSS, 3)
    assert (price.unit, price.total, price.quantity) == (D("11.90"), D("35.70"), 3)
    assert taxes(price) == [("19", "5.70", "35.70")]
    assert price.tax == D("5.70")


def test_net_tax_comes_on_top() -> None:
    price = quantity_price(D("10.00"), FULL, NET, 3)
    assert price.total == D("30.00")
    assert taxes(price) == [("19", "5.70", "30.00")]


def test_tax_of_a_line_is_the_unrounded_tax_of_the_unit_times_the_quantity() -> None:
    # 0.99 gross has 0.158067… tax: a hundred pieces have 15.81; rounding each piece would give 16.00
    assert taxes(quantity_price(D("0.99"), FULL, GROSS, 100)) == [("19", "15.81", "99.00")]


def test_tax_of_a_piece_keeps_fourteen_digits() -> None:
    # 7.13 gross at 20 % has 1.18833… tax; 51 times that would be 60.605, which a law book rounds to 60.61
    assert taxes(quantity_price(D("7.13"), (TaxShare(D(20)),), GROSS, 51)) == [("20", "60.60", "363.63")]


def test_tax_free_prices_have_no_tax() -> None:
    price = quantity_price(D("10.005"), FULL, FREE, 2)
    assert (price.unit, price.total, price.taxes, price.shares) == (D("10.01"), D("20.02"), (), ())
    assert price.quantity == 2


def test_shares_tax_parts_of_the_price() -> None:
    assert taxes(quantity_price(D("-10"), HALF, GROSS)) == [("19", "-0.80", "-5.00"), ("7", "-0.33", "-5.00")]
    assert taxes(quantity_price(D("-10"), HALF, NET)) == [("19", "-0.95", "-5.00"), ("7", "-0.35", "-5.00")]


@pytest.mark.parametrize(
    ("tax_state", "for_net", "unit"),
    [
        (TaxState.GROSS, True, "10.05"),
        (TaxState.GROSS, False, "10.05"),
        (TaxState.NET, True, "10.05"),
        (TaxState.NET, False, "10.03"),
        (TaxState.TAX_FREE, True, "10.05"),
        (TaxState.TAX_FREE, False, "10.03"),
    ],
)
def test_only_round_for_net_brings_net_prices_to_the_coin(tax_state: TaxState, for_net: bool, unit: str) -> None:
    terms = Terms(tax_state, item_rounding=CashRounding(2, D("0.05"), for_net))
    assert quantity_price(D("10.03"), FULL, terms).unit == D(unit)


def test_the_total_of_a_line_is_brought_to_the_coin_as_well() -> None:
    terms = Terms(TaxState.GROSS, item_rounding=CashRounding(2, D("0.10")))
    price = quantity_price(D("0.14"), FULL, terms, 3)
    assert (price.unit, price.total) == (D("0.10"), D("0.30"))
    odd = Terms(TaxState.NET, item_rounding=CashRounding(2, D("0.10"), round_for_net=False))
    assert quantity_price(D("0.14"), FULL, odd, 3).total == D("0.42")


def test_taxes_and_their_bases_are_rounded_to_decimals_not_to_the_coin() -> None:
    terms = Terms(TaxState.GROSS, item_rounding=CashRounding(2, D("0.05")))
    assert taxes(quantity_price(D("10.05"), HALF, terms)) == [("19", "0.80", "5.03"), ("7", "0.33", "5.03")]


def test_before_6_6_7_0_the_base_of_a_tax_is_not_rounded() -> None:
    thirds = (TaxShare(D(19), D("33.333333333333")), TaxShare(D(7), D("66.666666666667")))
    terms = Terms(TaxState.GROSS, rounds_tax_base=False)
    bases = [tax.price for tax in quantity_price(D("-10"), thirds, terms).taxes]
    assert bases == [D("-3.3333333333333"), D("-6.6666666666667")]
    bases = [tax.price for tax in quantity_price(D("-7"), thirds, terms).taxes]
    assert bases == [D("-2.3333333333333"), D("-4.6666666666667")]


def test_sums_add_taxes_by_rate_in_the_order_seen() -> None:
    total = sum_prices(
        [
            quantity_price(D("11.90"), FULL, GROSS),
            quantity_price(D("10.70"), (TaxShare(D(7)),), GROSS),
            quantity_price(D("23.80"), (TaxShare(D("19.0")),), GROSS),
        ]
    )
    assert (total.unit, total.total, total.quantity) == (D("46.40"), D("46.40"), 1)
    assert taxes(total) == [("19", "5.70", "35.70"), ("7", "0.70", "10.70")]
    assert [share.rate for share in total.shares] == [D(19), D(7)]


def test_nothing_adds_up_to_nothing() -> None:
    assert sum_prices([]) == LinePrice(D(0), D(0))


def test_shares_follow_the_taxed_parts() -> None:
    total = sum_prices([quantity_price(D("30"), FULL, NET), quantity_price(D("10"), (TaxShare(D(7)),), NET)])
    assert shares_of(total) == (TaxShare(D(19), D(75)), TaxShare(D(7), D(25)))


def test_shares_keep_fourteen_digits() -> None:
    total = sum_prices([quantity_price(D("2"), FULL, NET), quantity_price(D("1"), (TaxShare(D(7)),), NET)])
    assert [share.percentage for share in shares_of(total)] == [D("66.666666666667"), D("33.333333333333")]


@pytest.mark.parametrize("total", ["0", "-5"])
def test_a_price_of_nothing_or_less_has_rates_without_shares(total: str) -> None:
    price = LinePrice(D(total), D(total), taxes=(TaxAmount(D(19), D(0), D(total)),))
    assert shares_of(price) == (TaxShare(D(19), D(0)),)


def test_the_highest_rate_taxes_all() -> None:
    prices = [quantity_price(D("1"), (TaxShare(D(7)),), GROSS), quantity_price(D("1"), FULL, GROSS)]
    assert highest_share(prices) == (TaxShare(D(19), D(100)),)
    assert highest_share([]) == ()


def test_an_absolute_price_is_taxed_as_what_it_is_spread_over() -> None:
    over = [quantity_price(D("30"), FULL, NET), quantity_price(D("10"), (TaxShare(D(7)),), NET)]
    price = absolute_price(D("-5"), over, NET)
    assert price.total == D("-5.00")
    assert taxes(price) == [("19", "-0.71", "-3.75"), ("7", "-0.09", "-1.25")]


def test_a_percentage_is_rounded_before_it_is_taxed() -> None:
    over = [quantity_price(D("10.05"), FULL, GROSS)]
    assert percentage_price(D("-10"), over, GROSS).total == D("-1.01")
    coin = Terms(TaxState.NET, item_rounding=CashRounding(2, D("0.05"), round_for_net=False))
    assert percentage_price(D("-10"), [quantity_price(D("10.33"), FULL, coin)], coin).total == D("-1.03")


MIXED = (
    quantity_price(D("10.01"), FULL, GROSS),
    quantity_price(D("10.01"), FULL, GROSS),
    quantity_price(D("5.00"), (TaxShare(D(7)),), GROSS),
)


def test_a_gross_cart_takes_its_net_from_its_total() -> None:
    price = cart_price(MIXED, [quantity_price(D("4.99"), FULL, GROSS)], GROSS)
    assert (price.positions, price.total, price.raw_total) == (D("25.02"), D("30.01"), D("30.01"))
    assert [(tax.rate, tax.tax) for tax in price.taxes] == [(D(19), D("4.00")), (D(7), D("0.33"))]
    assert price.net == D("25.68")


def test_a_net_cart_puts_its_taxes_on_top() -> None:
    lines = [quantity_price(D("10.01"), FULL, NET)] * 2
    price = cart_price(lines, [quantity_price(D("5"), FULL, NET)], NET)
    assert (price.net, price.positions, price.total) == (D("25.02"), D("20.02"), D("29.77"))
    assert [(tax.tax, tax.price) for tax in price.taxes] == [(D("4.75"), D("25.02"))]


def test_vertical_taxes_are_taken_from_the_sum() -> None:
    # three lines of 0.33 gross have 0.05 tax each; 0.99 has 0.16
    lines = [quantity_price(D("0.33"), FULL, GROSS)] * 3
    assert cart_price(lines, [], GROSS).taxes == (TaxAmount(D(19), D("0.15"), D("0.99")),)
    assert cart_price(lines, [], Terms(TaxState.GROSS, vertical=True)).taxes == (
        TaxAmount(D(19), D("0.16"), D("0.99")),
    )
    net_lines = [quantity_price(D("0.33"), FULL, NET)] * 3
    vertical = cart_price(net_lines, [], Terms(TaxState.NET, vertical=True))
    assert vertical.taxes == (TaxAmount(D(19), D("0.19"), D("0.99")),)
    assert vertical.total == D("1.18")


@pytest.mark.parametrize(
    ("tax_state", "for_net", "total", "raw"),
    [
        (TaxState.GROSS, False, "10.05", "10.03"),
        (TaxState.NET, False, "11.95", "11.94"),
        (TaxState.NET, True, "11.95", "11.94"),
        (TaxState.TAX_FREE, True, "10.03", "10.03"),
    ],
)
def test_the_total_is_brought_to_the_coin_but_never_a_tax_free_one(
    tax_state: TaxState, for_net: bool, total: str, raw: str
) -> None:
    terms = Terms(tax_state, total_rounding=CashRounding(2, D("0.05"), for_net))
    price = cart_price([quantity_price(D("10.03"), FULL, terms)], [], terms)
    assert (price.total, price.raw_total) == (D(total), D(raw))


def test_the_net_of_a_gross_cart_is_rounded_by_the_item_rounding() -> None:
    terms = Terms(TaxState.GROSS, item_rounding=CashRounding(3, D("0.01")))
    price = cart_price([quantity_price(D("10.005"), FULL, terms)], [], terms)
    assert (price.net, price.taxes[0].tax) == (D("8.408"), D("1.597"))
