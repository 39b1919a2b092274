"""Amounts and dates as ICU prints them, which is what Shopware shows."""

from __future__ import annotations

from decimal import Decimal

import pytest

from updategate.embedded.refshop.storefront import formats
from updategate.embedded.refshop.storefront.texts import text
from updategate.embedded.refshop.storefront.urls import path_of, slug
from updategate.embedded.refshop.versions import VERSIONS


@pytest.mark.parametrize(
    ("amount", "iso", "locale", "printed"),
    [
        ("1234.5", "EUR", "en-GB", "€1,234.50"),
        ("1234.5", "EUR", "de-DE", "1.234,50\u00a0€"),
        ("-39.8", "EUR", "en-GB", "-€39.80"),
        ("-39.8", "EUR", "de-DE", "-39,80\u00a0€"),
        ("0", "EUR", "de-DE", "0,00\u00a0€"),
        ("12", "USD", "en-GB", "US$12.00"),
        ("12", "USD", "de-DE", "12,00\u00a0$"),
        ("12", "CHF", "en-GB", "CHF\u00a012.00"),
        ("12", "PLN", "de-DE", "12,00\u00a0PLN"),
        ("9999999.99", "GBP", "en-GB", "£9,999,999.99"),
    ],
)
def test_currency(amount: str, iso: str, locale: str, printed: str) -> None:
    assert formats.currency(Decimal(amount), iso, locale) == printed


def test_rounded_totals_are_printed_with_the_decimals_of_the_currency() -> None:
    assert formats.currency(Decimal("12.35"), "JPY", "en-GB", 0) == "JP¥12"


def test_plain_numbers_have_no_trailing_zeros() -> None:
    assert [formats.plain(Decimal(each)) for each in ("199.00", "14.90", "19", "8.1", "100")] == [
        "199", "14.9", "19", "8.1", "100",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("locale", "width", "printed"),
    [
        ("en-GB", "short", "04/11/2026"),
        ("de-DE", "short", "04.11.26"),
        ("en-GB", "medium", "4 Nov 2026"),
        ("de-DE", "medium", "04.11.2026"),
        ("en-GB", "long", "4 November 2026"),
        ("de-DE", "long", "4. November 2026"),
    ],
)
def test_dates(locale: str, width: str, printed: str) -> None:
    assert formats.date("2026-11-04T16:00:00.000+00:00", locale, width) == printed


def test_texts_choose_their_form_by_number_and_version() -> None:
    new, old = VERSIONS["6.6.7.1"], VERSIONS["6.5.8.14"]
    assert text("checkout.addToCartSuccess", "en-GB", new, count=1) == "1 product added to your shopping cart."
    assert text("checkout.addToCartSuccess", "de-DE", new, count=3) == "3 Produkte zum Warenkorb hinzugefügt."
    assert text("search.headline", "en-GB", new, count=0, searchTerm="x") == '0 products found for "x"'
    assert text("account.orderActionView", "en-GB", old) == "Expand"
    assert text("account.orderActionView", "en-GB", new) == "Show details"
    assert text("no.such.key", "en-GB", new) == "no.such.key"


def test_addresses_are_written_as_shopware_writes_them() -> None:
    assert slug("Größe & Ärmel (M)") == "Groesse-Aermel-M"
    assert path_of("frontend.checkout.finish.page", {"orderId": "1", "changedPayment": 1}) == (
        "/checkout/finish?orderId=1&changedPayment=1"
    )
    assert path_of("frontend.detail.page", {"productId": "abc", "_httpCache": "1"}) == "/detail/abc"
