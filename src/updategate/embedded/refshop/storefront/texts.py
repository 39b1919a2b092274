"""What the storefront says, by Shopware's snippet keys, in English and German."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Any

import yaml

from updategate.embedded.refshop.versions import ShopwareVersion

from .formats import language_of

_INTERVAL = re.compile(r"^\s*(?:\{(\d+)\}|\](\d+),\s*Inf\[)\s*")


@cache
def _table() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("texts.yaml").read_text(encoding="utf-8")
    table: dict[str, Any] = yaml.safe_load(text)
    return table


def has_text(key: str) -> bool:
    """Tell whether there is a text of this key."""
    return key in _table()["texts"]


def text(key: str, locale: str, version: ShopwareVersion, **values: object) -> str:
    """Return the text of a key; ``%name%`` in it is replaced by the value of that name.

    A key without a text is returned itself, as Shopware does. Texts that depend on a number (``count``) list their
    forms with Symfony's intervals.
    """
    column = 1 if language_of(locale) == "de" else 0
    pair = (_table()["before_66"].get(key) if version.is_65 else None) or _table()["texts"].get(key)
    if pair is None:
        return key
    found = str(pair[column])
    if "|" in found and "count" in values:
        found = _form(found, int(str(values["count"])))
    for name, value in values.items():
        found = found.replace(f"%{name}%", str(value))
    return found


def _form(forms: str, count: int) -> str:
    for form in forms.split("|"):
        found = _INTERVAL.match(form)
        if found is None:
            continue
        exactly, above = found.groups()
        if (exactly is not None and count == int(exactly)) or (above is not None and count > int(above)):
            return form[found.end() :].strip()
    return forms.rsplit("|", maxsplit=1)[-1]
