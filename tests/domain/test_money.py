"""Amounts that know their currency."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from updategate.domain.money import CurrencyMismatchError, Money, eur

amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=2)


def test_sums_and_multiples_are_exact() -> None:
    assert eur("0.10") + eur("0.20") == eur("0.30")
    assert eur("1.00") - eur("0.01") == eur("0.99")
    assert eur("19.99") * 3 == eur("59.97")
    assert eur("10") * Decimal("0.19") == eur("1.90")
    assert -eur("1.5") == eur("-1.5")


def test_other_currencies_do_not_mix() -> None:
    with pytest.raises(CurrencyMismatchError, match=r"1\.00 EUR and 1\.00 USD are of different currencies"):
        eur("1") + Money.of("1", "USD")
    with pytest.raises(CurrencyMismatchError):
        eur("1") - Money.of("1", "USD")
    with pytest.raises(CurrencyMismatchError):
        assert eur("1") < Money.of("1", "USD")
    with pytest.raises(CurrencyMismatchError):
        assert eur("1") <= Money.of("1", "USD")
    assert eur("1") != Money.of("1", "USD")


def test_amounts_compare() -> None:
    assert eur("1") < eur("1.01")
    assert eur("1") <= eur("1.00")
    assert not eur("1") < eur("1.00")
    assert not eur("1.01") <= eur("1")
    assert max(eur("2"), eur("3"), eur("1")) == eur("3")


def test_an_amount_reads_well() -> None:
    assert str(eur("12.3")) == "12.30 EUR"
    assert str(eur("1.005")) == "1.005 EUR"


@pytest.mark.parametrize(
    ("amount", "decimals", "rounded"), [("1.005", 2, "1.01"), ("-1.005", 2, "-1.01"), ("1.25", 1, "1.3")]
)
def test_half_is_rounded_away_from_zero(amount: str, decimals: int, rounded: str) -> None:
    assert eur(amount).rounded(decimals) == eur(rounded)


def test_cents_are_the_usual_rounding() -> None:
    assert eur("1.005").rounded() == eur("1.01")


def test_floats_are_refused() -> None:
    with pytest.raises(TypeError, match=r"write the amount as a string, not as the float 0\.1"):
        Money.of(0.1, "EUR")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"an amount of money is a Decimal, not float: 0\.1"):
        Money(0.1, "EUR")  # type: ignore[arg-type]


@pytest.mark.parametrize("amount", ["NaN", "Infinity"])
def test_what_is_no_number_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match=f"an amount of money is finite, not {amount}"):
        Money(Decimal(amount), "EUR")


@pytest.mark.parametrize(
    ("number", "amount"), [(0.1, "0.1"), (12, "12"), ("3.30", "3.30"), (Decimal("1.005"), "1.005")]
)
def test_json_numbers_are_read_as_they_are_printed(number: Any, amount: str) -> None:
    assert Money.from_json_number(number, "EUR") == eur(amount)


@given(amounts)
def test_the_wire_form_keeps_the_amount(amount: Decimal) -> None:
    money = Money(amount, "EUR")
    assert Money.from_json(money.to_json()) == money
    assert money.to_json()["currency"] == "EUR"
    assert "E" not in money.to_json()["amount"]


@pytest.mark.parametrize("data", [{"amount": 12.34, "currency": "EUR"}, {"currency": "EUR"}])
def test_numbers_on_the_wire_are_refused(data: Any) -> None:
    with pytest.raises(TypeError, match=r"money is written as {'amount': '12.34', 'currency': 'EUR'}, not "):
        Money.from_json(data)
