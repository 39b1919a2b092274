"""Money as pages print it."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from updategate.clients.storefront import MoneyTextError, parse_money, parse_rate
from updategate.domain.money import Money

AMOUNTS = st.decimals(min_value=Decimal("-9999999.99"), max_value=Decimal("9999999.99"), places=2)


@pytest.mark.parametrize(
    ("text", "locale", "amount", "currency"),
    [
        ("€1,234.50*", "en-GB", "1234.50", "EUR"),
        ("1.234,50\u00a0€*", "de-DE", "1234.50", "EUR"),
        ("1.234,50 €", "de-DE", "1234.50", "EUR"),
        ("-€39.80*", "en-GB", "-39.80", "EUR"),
        ("-39,80\u00a0€*", "de-DE", "-39.80", "EUR"),
        ("\u221239,80 €", "de-DE", "-39.80", "EUR"),
        ("+ €0.00*", "en-GB", "0.00", "EUR"),
        ("- €4.99", "en-GB", "-4.99", "EUR"),
        ("  €63.55\n", "en-GB", "63.55", "EUR"),
        ("US$12.30", "en-GB", "12.30", "USD"),
        ("$12.30", "en-US", "12.30", "USD"),
        ("CHF\u00a012.30", "en-GB", "12.30", "CHF"),
        ("CHF 1\u2019234.50", "de-CH", "1234.50", "CHF"),
        ("12,30 PLN", "de-DE", "12.30", "PLN"),
        ("12,30\u00a0zł", "pl-PL", "12.30", "PLN"),
        ("1\u202f234,50\u00a0€", "fr-FR", "1234.50", "EUR"),
        ("1.000 €", "de-DE", "1000", "EUR"),
        ("€1.000", "en-GB", "1.000", "EUR"),
        ("£0.05", "en-GB", "0.05", "GBP"),
    ],
)
def test_prices_are_read_in_the_pages_locale(text: str, locale: str, amount: str, currency: str) -> None:
    assert parse_money(text, locale=locale) == Money.of(amount, currency)


@pytest.mark.parametrize(
    ("text", "locale", "reason"),
    [
        ("", "en-GB", "no currency"),
        ("€", "en-GB", "no number"),
        ("12.30", "en-GB", "no currency"),
        ("From €1.00", "en-GB", "not a number"),
        ("€1.00 €2.00", "en-GB", "not a number"),
        ("1,234.50 €", "de-DE", "not a number"),
        ("€1.234,50", "en-GB", "not a number"),
        ("€12,34,567.00", "en-GB", "not a number"),
        ("€1,23.00", "en-GB", "not a number"),
        ("€١٢", "en-GB", "not a number"),
        ("€1.00", "xx-XX", "not known"),
    ],
)
def test_what_is_no_price_is_refused(text: str, locale: str, reason: str) -> None:
    with pytest.raises(MoneyTextError, match=reason):
        parse_money(text, locale=locale)


def test_the_expected_currency_decides_where_the_symbol_is_shared_and_is_checked_where_it_is_not() -> None:
    assert parse_money("$5.00", locale="en-US", currency="CAD") == Money.of("5.00", "CAD")
    assert parse_money("5,00 kr", locale="sv-SE", currency="SEK") == Money.of("5.00", "SEK")
    assert parse_money("5.00", locale="en-GB", currency="EUR") == Money.of("5.00", "EUR")
    with pytest.raises(MoneyTextError, match="the currency is EUR, USD was expected"):
        parse_money("€5.00", locale="en-GB", currency="USD")
    with pytest.raises(MoneyTextError, match="the currency is CHF, EUR was expected"):
        parse_money("CHF 5.00", locale="en-GB", currency="EUR")


def english(amount: Decimal) -> str:
    return f"{'-' if amount < 0 else ''}€{abs(amount):,.2f}*"


def german(amount: Decimal) -> str:
    digits = f"{abs(amount):,.2f}".translate(str.maketrans(",.", ".,"))
    return f"{'-' if amount < 0 else ''}{digits}\u00a0€*"


@given(AMOUNTS)
def test_every_amount_comes_back_from_both_languages(amount: Decimal) -> None:
    assert parse_money(english(amount), locale="en-GB") == Money(amount, "EUR")
    assert parse_money(german(amount), locale="de-DE") == Money(amount, "EUR")


@given(AMOUNTS.filter(lambda amount: abs(amount) >= 1000))
def test_thousands_are_never_read_in_the_other_language(amount: Decimal) -> None:
    for text, locale in ((english(amount), "de-DE"), (german(amount), "en-GB")):
        with pytest.raises(MoneyTextError):
            parse_money(text, locale=locale)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(MoneyTextError):
        assert parse_money(text, locale="de-DE", currency="EUR").currency == "EUR"


@pytest.mark.parametrize(
    ("label", "rate"),
    [("plus 19% VAT", "19"), ("zzgl. 7 % MwSt.", "7"), ("plus 8.1% VAT", "8.1"), ("zzgl. 5,5\u00a0% MwSt.", "5.5")],
)
def test_tax_rates(label: str, rate: str) -> None:
    assert parse_rate(label, locale="en-GB") == Decimal(rate)


def test_a_label_without_rate_is_refused() -> None:
    with pytest.raises(MoneyTextError, match="no tax rate"):
        parse_rate("Net total", locale="en-GB")
