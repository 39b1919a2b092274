"""Amounts and dates as people read them, in English and German."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

_SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$"}
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec"]


def money(value: Any, iso: str, locale: str) -> str:
    """Write an amount: ``€1,234.50`` in English, ``1.234,50 €`` in German."""
    amount = Decimal(str(value))
    text = f"{abs(amount):,.2f}"
    # a cancelled zero is written as such, as the formatter of a real shop does
    sign = "-" if amount.is_signed() else ""
    if locale.startswith("de"):
        swapped = text.translate({ord(","): ".", ord("."): ","})
        return f"{sign}{swapped} {_SYMBOLS.get(iso, iso)}"
    symbol = _SYMBOLS.get(iso, f"{iso} ")
    return f"{sign}{symbol}{text}"


def moment(value: str, locale: str, *, time: bool = True) -> str:
    """Write a time of the API: ``24 Nov 2026, 22:09`` in English, ``24.11.2026, 22:09`` in German."""
    parsed = datetime.fromisoformat(value)
    clock = f", {parsed:%H:%M}" if time else ""
    if locale.startswith("de"):
        return f"{parsed:%d.%m.%Y}{clock}"
    return f"{parsed.day} {_MONTHS[parsed.month - 1]} {parsed.year}{clock}"


def rate(value: Any) -> str:
    """Write a tax rate without needless zeros: ``19``, ``5.5``."""
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
