"""Numbers, money and times as English and German readers write them."""

from __future__ import annotations

import difflib
import re
from datetime import UTC, datetime

from updategate.reports.words import Language

_CLASS_NAME = re.compile(r"^(?:[\w.]+\.)?\w+(?:Error|Exception): ")
_FRAGMENT = re.compile(r"\d[\d.,]*\d|[^\s,;]+|[\s,;]+")


def number(value: float, language: Language, digits: int = 1) -> str:
    """A number with so many decimals and separated thousands: ``1,234.5`` or ``1.234,5``."""
    text = f"{value:,.{digits}f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "de" else text


def shortest(value: float, language: Language) -> str:
    """A number with three significant digits, as measurements are shown: ``0.0123``, ``12.3``, ``1,230``."""
    if value == 0:
        return "0"
    digits = max(0, 2 - int(f"{abs(value):e}".partition("e")[2]))
    text = number(value, language, min(digits, 6))
    separator = "," if language == "de" else "."
    return text.rstrip("0").rstrip(separator) if separator in text else text


def percent(ratio: float, language: Language, digits: int = 1) -> str:
    """A relative change with its sign: 0.123 is ``+12.3 %``."""
    sign = "+" if ratio > 0 else "−" if ratio < 0 else "±"
    return f"{sign}{number(abs(ratio) * 100, language, digits)} %"


def amount(value: str, currency: str, language: Language) -> str:
    """Money as it is written: ``1234.50`` of EUR is ``1,234.50 EUR`` or ``1.234,50 EUR``; digits are never lost."""
    sign, whole, _, decimals = ("-" if value.startswith("-") else "", *value.removeprefix("-").partition("."))
    grouped = f"{int(whole):,}" if whole.isdigit() else whole
    if language == "de":
        grouped = grouped.replace(",", ".")
    return f"{sign}{grouped}{(',' if language == 'de' else '.') + decimals if decimals else ''} {currency}"


def moment(text: str, language: Language) -> str:
    """A time of evidence (ISO 8601) in UTC; a text that is none is shown as it is."""
    try:
        at = datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return text
    return f"{at:%d.%m.%Y, %H:%M} UTC" if language == "de" else f"{at:%d %b %Y, %H:%M} UTC"


def duration(seconds: float, language: Language) -> str:
    """A duration: ``0.8 s``, ``3 min 12 s``, ``1 h 4 min``."""
    if seconds < 60:
        return f"{number(seconds, language)} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def plain_message(text: str) -> str:
    """A failure's message without the name of the exception class, which tells a merchant nothing."""
    return _CLASS_NAME.sub("", text)


def without_class(text: str) -> str:
    """A sentence of the gate without the name of an exception class in its middle."""
    head, separator, tail = text.partition(": ")
    return f"{head}{separator}{plain_message(tail)}" if separator else text


def differing(one: str, other: str) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """Both texts in pieces, each with whether it differs from the other text: what a reader must look at."""
    pieces = _FRAGMENT.findall(one), _FRAGMENT.findall(other)
    first: list[tuple[str, bool]] = []
    second: list[tuple[str, bool]] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, *pieces, autojunk=False).get_opcodes():
        if b > a:
            first.append(("".join(pieces[0][a:b]), kind != "equal"))
        if d > c:
            second.append(("".join(pieces[1][c:d]), kind != "equal"))
    return first, second
