"""What texts about orders have in common: amounts of money in them, and lines that begin with a product number.

The texts are the shop's own words in the language of the order, so only the order of things, percent signs and amounts
are relied on.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from updategate.clients.storefront.money_text import MoneyTextError, parse_money
from updategate.domain.money import Money

_CURRENCY = r"(?:[^\W\d]{1,3}|[€$£¥])"
_NUMBER = r"\d[\d.,'’\u00a0\u202f]*"
# the currency stands before or behind the number, never on both sides: behind it begins the next amount
AMOUNT = rf"(?:-?\s?{_CURRENCY}\s?-?{_NUMBER}|-?\s?{_NUMBER}\s?{_CURRENCY})"


def amount_in(text: str, locale: str, currency: str) -> Money | None:
    """Read an amount; ``None`` for a bare number, which is a date or a count, and for what is no amount."""
    if not re.search(r"[^\d.,'\s-]", text):
        return None
    try:
        return parse_money(text, locale=locale, currency=currency)
    except MoneyTextError:
        return None


def number_and_label(name: str, numbers: Collection[str]) -> tuple[str, str]:
    """Part what stands before the quantity of a line: the product number, empty where there is none, and the rest.

    ``numbers`` are the product numbers that can stand there: nothing else tells a number from the word of a name.
    """
    first, _, rest = name.strip().partition(" ")
    return (first, rest.strip()) if first in numbers else ("", name.strip())
