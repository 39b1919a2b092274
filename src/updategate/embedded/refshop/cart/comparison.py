"""How rule conditions compare. A value that is missing satisfies only ``!=`` and ``empty``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from updategate.embedded.refshop.behaviour import Behaviour

from .money import decimal

NEGATIVE = ("!=", "empty")


class UnsupportedOperatorError(ValueError):
    """A condition has an operator that its type does not know."""


def number(value: Decimal | int | None, operator: str, expected: Any, behaviour: Behaviour) -> bool:
    """Compare numbers; amounts that differ by less than a hundred-millionth are equal."""
    if value is None:
        return operator in NEGATIVE
    if operator == "empty":
        return False
    if expected is None:
        return operator in NEGATIVE
    return behaviour.threshold_reached(decimal(value), operator, decimal(expected))


def text(value: str | None, operator: str, expected: str | None) -> bool:
    """Compare texts without regard to case."""
    value = value or ""
    if operator == "empty":
        return not value.strip()
    same = value.casefold() == (expected or "").casefold()
    return _equality(operator, same=same)


def one_of(value: str | None, operator: str, expected: Iterable[str]) -> bool:
    """Tell whether the text is (not) one of several."""
    if value is None:
        return False
    return _equality(operator, same=value.casefold() in {each.casefold() for each in expected})


def ids(values: Iterable[str | None] | None, operator: str, expected: Iterable[str] | None) -> bool:
    """Tell whether any (or none) of the ids is among the expected."""
    present = {value for value in values or () if value}
    if operator == "empty":
        return not present
    return _equality(operator, same=bool(present & set(expected or ())))


def moment(value: datetime | None, operator: str, expected: datetime | None) -> bool:
    """Compare times to the second."""
    if value is None or expected is None:
        return operator in NEGATIVE
    left, right = value.replace(microsecond=0), expected.replace(microsecond=0)
    results = {
        "=": left == right,
        "!=": left != right,
        ">": left > right,
        "<": left < right,
        ">=": left >= right,
        "<=": left <= right,
    }
    if operator not in results:
        raise UnsupportedOperatorError(operator)
    return results[operator]


def _equality(operator: str, *, same: bool) -> bool:
    if operator == "=":
        return same
    if operator == "!=":
        return not same
    raise UnsupportedOperatorError(operator)
