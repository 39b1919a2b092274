"""JSON without floats: numbers with a decimal point are read as ``Decimal`` and written as they stand."""

from __future__ import annotations

import json
from decimal import Decimal
from json.encoder import encode_basestring_ascii
from typing import Any, TypeAlias

from updategate.domain.money import Money

# parsed JSON is checked where it is read into a view
Json: TypeAlias = Any
JsonObject: TypeAlias = dict[str, Any]


def read_json(text: str | bytes) -> Json:
    """Parse JSON; 12.34 becomes ``Decimal("12.34")``. Raises ``ValueError`` where the text is no JSON."""
    return json.loads(text, parse_float=Decimal)


def write_json(value: Json) -> str:
    """Write JSON: a ``Decimal`` as the number that it prints as, a ``Money`` as its amount; floats are refused."""
    return "".join(_parts(value))


def _parts(value: Json) -> list[str]:
    if isinstance(value, Money):
        value = value.amount
    if isinstance(value, str):
        return [encode_basestring_ascii(value)]
    if value is None or isinstance(value, bool | int):
        return [json.dumps(value)]
    if isinstance(value, Decimal):
        if not value.is_finite():
            message = f"JSON has no number {value}"
            raise ValueError(message)
        return [format(value, "f")]
    if isinstance(value, dict):
        parts = ["{"]
        for position, (key, entry) in enumerate(value.items()):
            parts += [", " if position else "", encode_basestring_ascii(str(key)), ": ", *_parts(entry)]
        return [*parts, "}"]
    if isinstance(value, list | tuple):
        parts = ["["]
        for position, entry in enumerate(value):
            parts += [", " if position else "", *_parts(entry)]
        return [*parts, "]"]
    message = f"cannot send {type(value).__name__} as JSON: {value!r}"
    raise TypeError(message)
