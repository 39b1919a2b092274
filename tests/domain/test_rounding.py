from decimal import Decimal

import pytest

from updategate.domain.rounding import CENTS, CashRounding, at_least, cast, equal, php_round


@pytest.mark.parametrize(
    ("value", "decimals", "rounded"),
    [
        ("1.005", 2, "1.01"),
        ("1.004", 2, "1.00"),
        ("-1.005", 2, "-1.01"),
        ("1.00499999999999999999", 2, "1.01"),
        ("1.0049999999", 2, "1.00"),
        ("0", 2, "0"),
        ("0.0049", 2, "0.00"),
        ("12.5", 0, "13"),
        ("1234567.895", 2, "1234567.90"),
        ("0.00000000000000000001", 2, "0.00"),
        ("19.99949", 3, "19.999"),
    ],
)
def test_half_a_cent_goes_away_from_zero_as_in_php(value: str, decimals: int, rounded: str) -> None:
    assert php_round(Decimal(value), decimals) == Decimal(rounded)


def test_zero_has_no_sign() -> None:
    assert str(php_round(Decimal("-0.001"), 2)) == "0.00"
    assert str(CashRounding(2, Decimal("0.05")).to_coin(Decimal("-0.01"))) == "0.00"


@pytest.mark.parametrize(
    ("value", "interval", "decimals", "rounded"),
    [
        ("10.02", "0.05", 2, "10.00"),
        ("10.03", "0.05", 2, "10.05"),
        ("10.025", "0.05", 2, "10.05"),
        ("10.024", "0.05", 2, "10.00"),
        ("10.44", "0.10", 2, "10.40"),
        ("10.24", "0.50", 2, "10.00"),
        ("10.25", "0.50", 2, "10.50"),
        ("10.6", "1", 2, "11"),
        ("10.0249", "0.05", 3, "10.025"),
        ("10.26", "0.01", 1, "10.3"),
        ("-10.03", "0.05", 2, "-10.05"),
    ],
)
def test_the_coin_counts_up_to_two_decimals(value: str, interval: str, decimals: int, rounded: str) -> None:
    assert CashRounding(decimals, Decimal(interval)).to_coin(Decimal(value)) == Decimal(rounded)


def test_decimals_alone_ignore_the_coin() -> None:
    assert CashRounding(2, Decimal("0.05")).to_decimals(Decimal("10.026")) == Decimal("10.03")


def test_the_usual_rounding_is_to_the_cent() -> None:
    assert CENTS.to_coin(Decimal("1.115")) == Decimal("1.12")
    assert CENTS.round_for_net


@pytest.mark.parametrize("interval", ["0", "-0.05"])
def test_a_coin_is_worth_something(interval: str) -> None:
    with pytest.raises(ValueError, match=rf"the interval of a rounding is greater than zero.*not {interval}"):
        CashRounding(2, Decimal(interval))


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("1.18833333333333333333", "1.1883333333333"),
        ("54.358333333333333333", "54.358333333333"),
        ("-0.66666666666666666666", "-0.66666666666667"),
        ("12345678901234.5", "12345678901235"),
        ("12.5", "12.5"),
        ("0", "0"),
    ],
)
def test_prices_keep_fourteen_digits(value: str, kept: str) -> None:
    assert cast(Decimal(value)) == Decimal(kept)


def test_numbers_compare_within_a_hundred_millionth() -> None:
    assert at_least(Decimal("99.999999995"), Decimal(100))
    assert not at_least(Decimal("99.99999"), Decimal(100))
    assert not at_least(Decimal("99.99999999"), Decimal(100))
    assert at_least(Decimal(101), Decimal(100))
    assert equal(Decimal("99.999999995"), Decimal(100))
    assert equal(Decimal("100.000000005"), Decimal(100))
    assert not equal(Decimal("100.00000001"), Decimal(100))
