from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from updategate.actors.costs import Costs, CostsDifferError
from updategate.domain.money import eur
from updategate.domain.rounding import CashRounding
from updategate.domain.views import CartView, LineItemView, OrderView, ShippingView, TaxState, TaxView

EXPECTED = Costs.of(positions="23.80", shipping="4.90", total="28.70", net="24.12", tax={"19": "4.58"})
CART = CartView(
    lines=(LineItemView("UG-1", "mug", 2, eur("11.90"), eur("23.80")),),
    shipping=(ShippingView(eur("5.90")), ShippingView(eur("-1.00"))),
    net_total=eur("24.12"),
    position_total=eur("23.8"),
    total=eur("28.70"),
    raw_total=eur("28.70"),
    tax_state=TaxState.GROSS,
    taxes=(TaxView(Decimal(19), eur("4.58")),),
)
ORDER = OrderView.of_cart(CART)


def test_sources_that_agree_pass() -> None:
    transaction = OrderView(number="1", total=eur("28.70"), taxes=CART.taxes)
    EXPECTED.must_be_shown_by(cart=CART, order=ORDER, transaction=transaction)


def test_the_first_source_that_disagrees_is_named_with_both_amounts() -> None:
    wrong = replace(ORDER, total=eur("28.71"), taxes=(TaxView(Decimal(19), eur("4.59")),))
    with pytest.raises(CostsDifferError) as caught:
        EXPECTED.must_be_shown_by(cart=CART, back_office=wrong)
    error = caught.value
    assert error.source == "back office"
    assert str(error) == (
        "back office: total is 28.71 EUR, expected 28.70 EUR; taxes is 4.59 EUR at 19 %, expected 4.58 EUR at 19 %"
    )
    assert error.expected == (
        "positions 23.80 EUR, shipping 4.90 EUR, total 28.70 EUR, net 24.12 EUR, taxes 4.58 EUR at 19 %"
    )
    assert "total 28.71 EUR" in error.actual


@pytest.mark.parametrize("figure", ["net_total", "position_total", "taxes"])
def test_a_figure_that_an_order_does_not_show_is_no_agreement(figure: str) -> None:
    with pytest.raises(CostsDifferError, match="is not shown, expected"):
        EXPECTED.must_be_shown_by(order=replace(ORDER, **{figure: None}))


def test_a_transaction_may_show_less_but_nothing_else() -> None:
    EXPECTED.must_be_shown_by(transaction=OrderView(number="1", total=eur("28.70")))
    with pytest.raises(CostsDifferError, match=r"transaction: total is 0\.00 EUR"):
        EXPECTED.must_be_shown_by(transaction=OrderView(number="1", total=eur("0.00")))


def test_no_tax_is_something_else_than_a_tax_of_zero() -> None:
    free = Costs.of(positions="10.00", total="10.00", net="10.00", tax={})
    zero = Costs.of(positions="10.00", total="10.00", net="10.00", tax={"0": "0.00"})
    assert free.differences(zero) == ["taxes is 0.00 EUR at 0 %, expected none"]


def test_amounts_of_another_currency_differ() -> None:
    assert Costs.of(positions="1", total="1", net="1", tax={}, currency="CHF") != Costs.of(
        positions="1", total="1", net="1", tax={}
    )


def test_lines_that_do_not_fit_the_sums_are_a_difference_too() -> None:
    (line,) = CART.lines
    wrong = replace(CART, lines=(replace(line, unit_price=eur("11.91")),))
    with pytest.raises(CostsDifferError) as caught:
        EXPECTED.must_be_shown_by(cart=wrong)
    assert str(caught.value) == (
        "cart: line UG-1: unit price by quantity is the total of the line: expected 23.82 EUR, found 23.80 EUR"
    )
    assert (caught.value.expected, caught.value.actual) == ("line UG-1: 23.82 EUR", "line UG-1: 23.80 EUR")


def test_the_sums_are_rounded_as_the_currency_is() -> None:
    five_rappen = CashRounding(decimals=2, interval=Decimal("0.05"))
    costs = {"positions": "9.97", "total": "9.95", "net": "8.38", "tax": {"19": "1.59"}}
    cart = CartView(
        lines=(LineItemView("UG-2", "cheese", 1, eur("9.97"), eur("9.97")),),
        shipping=(ShippingView(eur("0.00")),),
        net_total=eur("8.38"),
        position_total=eur("9.97"),
        total=eur("9.95"),
        raw_total=eur("9.97"),
        tax_state=TaxState.GROSS,
        taxes=(TaxView(Decimal(19), eur("1.59")),),
    )
    Costs.of(**costs, total_rounding=five_rappen).must_be_shown_by(cart=cart)  # type: ignore[arg-type]
    with pytest.raises(CostsDifferError, match="the total is the raw total, rounded to the coin"):
        Costs.of(**costs).must_be_shown_by(cart=cart)  # type: ignore[arg-type]
