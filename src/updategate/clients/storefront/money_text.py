"""Reading money from the text of a page: ``€1,234.50*`` in English, ``1.234,50 €*`` in German.

Shopware prints prices with ICU's currency format of the page's locale, followed by the snippet ``general.star``.
Which separator is the decimal one depends on the locale alone (``1.234`` is one thousand in German), so it is never
guessed from the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from updategate.domain.money import Money


class MoneyTextError(ValueError):
    """A text that should be one amount of money is not: nothing, several amounts, or another number format."""

    def __init__(self, text: str, locale: str, reason: str) -> None:
        super().__init__(f"cannot read an amount of money from {text!r} (page in {locale}): {reason}")
        self.text = text
        self.locale = locale


@dataclass(frozen=True, slots=True)
class _NumberFormat:
    decimal: str
    grouping: str  # every character that may stand between groups of three digits


_SPACES = "\u0020\u00a0\u202f\u2009"
_COMMA = _NumberFormat(decimal=",", grouping="." + _SPACES)
_POINT = _NumberFormat(decimal=".", grouping=",")
_SWISS = _NumberFormat(decimal=".", grouping="'\u2019")

# By locale first, then by language.
_FORMATS = {
    "de-CH": _SWISS,
    "de-LI": _SWISS,
    "it-CH": _SWISS,
    "en": _POINT,
    **dict.fromkeys(
        (
            "de",
            "fr",
            "nl",
            "it",
            "es",
            "pt",
            "pl",
            "cs",
            "sk",
            "da",
            "sv",
            "nb",
            "nn",
            "fi",
            "hu",
            "ro",
            "bg",
            "hr",
            "sl",
        ),
        _COMMA,
    ),
}

_SYMBOLS = {
    "€": ("EUR",),
    "£": ("GBP",),
    "US$": ("USD",),
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"),
    "zł": ("PLN",),
    "Kč": ("CZK",),
    "Ft": ("HUF",),
    "kr.": ("DKK",),
    "kr": ("SEK", "NOK", "DKK", "ISK"),
    "Fr.": ("CHF",),
    "¥": ("JPY", "CNY"),
    "₺": ("TRY",),
    "₹": ("INR",),
}
_LONGEST_FIRST = sorted(_SYMBOLS, key=len, reverse=True)
_MINUS = "-\u2212\u2013"


def number_format(locale: str) -> _NumberFormat:
    """Return the separators of a locale such as ``de-DE`` or ``en_GB``; an unknown language is a ``LookupError``."""
    tag = locale.replace("_", "-")
    found = _FORMATS.get(tag) or _FORMATS.get(tag.split("-", maxsplit=1)[0].lower())
    if found is None:
        message = (
            f"the number format of the locale {locale!r} is not known; known languages: {', '.join(sorted(_FORMATS))}"
        )
        raise LookupError(message)
    return found


def parse_money(text: str, *, locale: str, currency: str | None = None) -> Money:
    """Read the one amount in ``text`` as printed on a page in ``locale`` (the page's ``lang``).

    ``currency`` (ISO 4217) decides where the symbol is shared, such as ``$`` or ``kr``, and where the text shows none;
    a text that names another currency is an error. The star, signs set apart by a space (``+ €4.99*``) and
    non-breaking spaces are accepted; any other word is not, so that ``From €1.00`` does not pass for a price.
    """
    try:
        style = number_format(locale)
    except LookupError as unknown:
        raise MoneyTextError(text, locale, str(unknown)) from unknown
    rest = text.strip().rstrip("*").strip(_SPACES + "\n\t")
    iso, rest = _take_currency(rest, text, locale, currency)
    negative, digits = _take_sign(rest)
    return Money(-_number(digits, style, text, locale) if negative else _number(digits, style, text, locale), iso)


def parse_rate(text: str, *, locale: str) -> Decimal:
    """Read the tax rate in percent from a label such as ``plus 19% VAT`` or ``zzgl. 7,7 % MwSt.``."""
    # Shopware inserts the rate with PHP's number-to-text conversion: a point in every language; themes may localise it.
    found = re.search(r"(\d+(?:[.,]\d+)?)\s*%", text.replace("\u00a0", " ").replace("\u202f", " "))
    if found is None:
        raise MoneyTextError(text, locale, "there is no tax rate in percent")
    return Decimal(found.group(1).replace(",", "."))


def _take_currency(rest: str, text: str, locale: str, expected: str | None) -> tuple[str, str]:
    code = re.search(r"(?<![A-Za-z])([A-Z]{3})(?![A-Za-z$])", rest)
    if code is not None:
        remaining = rest[: code.start()] + rest[code.end() :]
        return _checked(code.group(1), (code.group(1),), expected, text, locale), remaining
    for symbol in _LONGEST_FIRST:
        if symbol in rest:
            candidates = _SYMBOLS[symbol]
            chosen = expected if expected in candidates else candidates[0]
            return _checked(chosen, candidates, expected, text, locale), rest.replace(symbol, "", 1)
    if expected is None:
        raise MoneyTextError(text, locale, "there is no currency symbol or ISO code")
    return expected, rest


def _checked(iso: str, candidates: tuple[str, ...], expected: str | None, text: str, locale: str) -> str:
    if expected is not None and expected not in candidates:
        raise MoneyTextError(text, locale, f"the currency is {iso}, {expected} was expected")
    return iso


def _take_sign(rest: str) -> tuple[bool, str]:
    stripped = rest.strip(_SPACES + "\n\t")
    if stripped[:1] == "+":
        return False, stripped[1:].strip(_SPACES)
    if stripped[:1] and stripped[0] in _MINUS:
        return True, stripped[1:].strip(_SPACES)
    if stripped[-1:] and stripped[-1] in _MINUS:
        return True, stripped[:-1].strip(_SPACES)
    return False, stripped


def _number(digits: str, style: _NumberFormat, text: str, locale: str) -> Decimal:
    grouping, decimal = re.escape(style.grouping), re.escape(style.decimal)
    shape = rf"(?:[0-9]{{1,3}}(?:([{grouping}])[0-9]{{3}}(?:\1[0-9]{{3}})*)|[0-9]+)(?:{decimal}[0-9]+)?"
    if re.fullmatch(shape, digits) is None:
        reason = (
            f"{digits!r} is not a number with {style.decimal!r} before the decimals" if digits else "there is no number"
        )
        raise MoneyTextError(text, locale, reason)
    whole, _, fraction = digits.partition(style.decimal)
    plain = "".join(character for character in whole if character.isdigit())
    return Decimal(f"{plain}.{fraction}" if fraction else plain)
