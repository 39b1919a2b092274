"""Amounts and dates as ICU prints them for the locales of the shop, which is what Shopware shows."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal

NBSP = "\u00a0"

_SYMBOLS = {
    "en": {"EUR": "€", "GBP": "£", "USD": "US$", "JPY": "JP¥"},
    "de": {"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥"},
}

_MONTHS = {
    "en": (
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec"),
        ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
         "December"),
    ),
    "de": (
        ("Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."),
        ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
         "Dezember"),
    ),
}  # fmt: skip


def language_of(locale: str) -> str:
    """Return ``de`` or ``en``: what the storefront speaks; anything else is shown in English."""
    return "de" if locale.lower().startswith("de") else "en"


def currency(amount: object, iso: str, locale: str, decimals: int = 2) -> str:
    """Print an amount: ``€1,234.50`` in English, ``1.234,50 €`` (with a non-breaking space) in German."""
    value = Decimal(str(amount)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN)
    language = language_of(locale)
    symbol = _SYMBOLS[language].get(iso, iso)
    digits = f"{abs(value):,.{decimals}f}"
    minus = "-" if value < 0 else ""
    if language == "de":
        swapped = digits.translate(str.maketrans(",.", ".,"))
        return f"{minus}{swapped}{NBSP}{symbol}"
    # ICU sets a symbol of letters apart
    gap = NBSP if symbol[-1].isalpha() else ""
    return f"{minus}{symbol}{gap}{digits}"


def plain(number: object) -> str:
    """Print a number as PHP does: no trailing zeros, a point before the decimals."""
    text = format(Decimal(str(number)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def date(value: object, locale: str, width: str = "medium") -> str:
    """Print a date (``datetime`` or Shopware's JSON text) in ``short``, ``medium`` or ``long``."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    language = language_of(locale)
    if width == "short":
        return f"{moment:%d.%m.%y}" if language == "de" else f"{moment:%d/%m/%Y}"
    abbreviated, full = _MONTHS[language]
    if width == "long":
        month = full[moment.month - 1]
        return f"{moment.day}. {month} {moment.year}" if language == "de" else f"{moment.day} {month} {moment.year}"
    if language == "de":
        return f"{moment:%d.%m.%Y}"
    return f"{moment.day} {abbreviated[moment.month - 1]} {moment.year}"
