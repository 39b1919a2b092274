"""Checks and converts the value of one field."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from updategate.embedded.refshop.dal.definitions import Field
from updategate.embedded.refshop.dal.ids import SYSTEM_CURRENCY, is_id
from updategate.embedded.refshop.dal.problems import violation

BLANK = "c1051bb4-d103-4f74-8988-acbcafc7fdc3"
TYPE = "ba785a8c-82cb-4283-967c-3cf342181b40"
TOO_LONG = "d94b19cc-114f-4f44-9cc4-4138e80a87b9"
TOO_LOW = "76454e69-502c-46c5-9643-f447d837c4d5"
NULL = "ad32d13f-c3d4-423b-909a-857b961eb720"
MISSING = "2fa2158c-2a7f-484b-98aa-975522539ff8"
EMAIL = "bd79c0ab-ddba-46cc-a703-a7a4b08de310"
OTHER = "FRAMEWORK__WRITE_CONSTRAINT_VIOLATION"

Violations = list[dict[str, Any]]

_TEXTS = ("string", "text", "html", "email", "password", "blob")


def blank(pointer: str, found: str = "null") -> dict[str, Any]:
    """Return the violation of a value that must not be missing."""
    return violation(pointer, BLANK, "This value should not be blank.", {"{{ value }}": found})


def missing(field: Field, pointer: str) -> dict[str, Any]:
    """Return the violation of a required field that is not there."""
    if field.type == "rounding":
        return violation(pointer, NULL, "This value should not be null.", {"{{ value }}": "null"})
    return blank(pointer)


def wrong_type(pointer: str, value: Any, type_: str) -> dict[str, Any]:
    """Return the violation of a value of the wrong type."""
    return violation(
        pointer, TYPE, "This value should be of type {{ type }}.", {"{{ value }}": _shown(value), "{{ type }}": type_}
    )


def not_an_id(pointer: str, value: Any) -> dict[str, Any]:
    """Return the violation of an id that is none."""
    return violation(pointer, OTHER, 'The string "{{ string }}" is not a valid uuid.', {"{{ string }}": str(value)})


def checked(field: Field, value: Any, pointer: str) -> tuple[Any, Violations]:
    """Return the value to store and what is wrong with it."""
    if isinstance(value, str) and field.type in _TEXTS and not value.strip():
        value = "" if field.type == "blob" else None
    if value is None:
        return None, [missing(field, pointer)] if field.required else []
    if field.limit is not None and field.type == "string":
        stored, wrong = _text(field.limit)(value, pointer)
        return stored, wrong
    checker = _CHECKERS.get(field.type)
    if checker is None:
        return value, []
    stored, wrong = checker(value, pointer)
    if not wrong and field.limit is not None and stored < field.limit:
        shown = {"{{ value }}": str(stored), "{{ limit }}": str(field.limit)}
        wrong = [violation(pointer, TOO_LOW, "This value should be {{ limit }} or more.", shown)]
    return stored, wrong


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return "array"
    return json.dumps(value)


def _text(limit: int | None) -> Any:
    def check(value: Any, pointer: str) -> tuple[Any, Violations]:
        if not isinstance(value, str):
            return value, [wrong_type(pointer, value, "string")]
        if limit is not None and len(value) > limit:
            template = (
                "This value is too long. It should have {{ limit }} character or less.|"
                "This value is too long. It should have {{ limit }} characters or less."
            )
            parameters = {"{{ value }}": f'"{value}"', "{{ limit }}": str(limit), "{{ value_length }}": str(len(value))}
            found = violation(pointer, TOO_LONG, template, parameters)
            found["detail"] = f"This value is too long. It should have {limit} characters or less."
            return value, [found]
        return value, []

    return check


def _email(value: Any, pointer: str) -> tuple[Any, Violations]:
    if not isinstance(value, str) or "@" not in value.strip("@"):
        text = "This value is not a valid email address."
        return value, [violation(pointer, EMAIL, text, {"{{ value }}": _shown(value)})]
    return value, []


def _int(value: Any, pointer: str) -> tuple[Any, Violations]:
    if isinstance(value, bool) or not isinstance(value, int):
        return value, [wrong_type(pointer, value, "int")]
    return value, []


def _float(value: Any, pointer: str) -> tuple[Any, Violations]:
    number = _numeric(value)
    return (value, [wrong_type(pointer, value, "numeric")]) if number is None else (number, [])


def _numeric(value: Any) -> int | float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    try:
        return float(str(value)) if isinstance(value, str) else None
    except ValueError:
        return None


def _bool(value: Any, pointer: str) -> tuple[Any, Violations]:
    if not isinstance(value, bool):
        return value, [wrong_type(pointer, value, "bool")]
    return value, []


def _id(value: Any, pointer: str) -> tuple[Any, Violations]:
    return (value, []) if is_id(value) else (value, [not_an_id(pointer, value)])


def _date(value: Any, pointer: str) -> tuple[Any, Violations]:
    if isinstance(value, dict) and "date" in value:
        value = value["date"]
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return value, [wrong_type(pointer, value, "DateTimeInterface")]
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.isoformat(timespec="milliseconds"), []


def _day(value: Any, pointer: str) -> tuple[Any, Violations]:
    stored, wrong = _date(value, pointer)
    return (stored, wrong) if wrong else (f"{stored[:10]}T00:00:00.000+00:00", [])


def _array(value: Any, pointer: str) -> tuple[Any, Violations]:
    return (value, []) if isinstance(value, list | dict) else (value, [wrong_type(pointer, value, "array")])


def _list(value: Any, pointer: str) -> tuple[Any, Violations]:
    if not isinstance(value, list | dict):
        return value, [wrong_type(pointer, value, "array")]
    return (list(value.values()) if isinstance(value, dict) else value), []


def _price(value: Any, pointer: str) -> tuple[Any, Violations]:
    if not isinstance(value, list | dict):
        return value, [wrong_type(pointer, value, "array")]
    rows = list(value.values()) if isinstance(value, dict) else value
    if not rows:
        return rows, [blank(pointer, "array")]
    wrong: Violations = []
    stored = []
    for position, row in enumerate(rows):
        if not isinstance(row, dict):
            wrong.append(wrong_type(f"{pointer}/{position}", row, "array"))
            continue
        wrong += _price_row(row, f"{pointer}/{position}")
        stored.append(_stored_price(row))
    if not wrong and all(row.get("currencyId") != SYSTEM_CURRENCY for row in stored):
        text = "No price for default currency defined"
        wrong.append(violation(pointer, OTHER, text, {}))
    return stored, wrong


def _price_row(row: dict[str, Any], pointer: str) -> Violations:
    wrong: Violations = []
    for name in ("currencyId", "gross", "net", "linked"):
        path = f"{pointer}/{name}"
        if name not in row:
            wrong.append(violation(path, MISSING, "This field is missing.", {"{{ field }}": f'"{name}"'}))
        elif name == "linked":
            if row[name] is not None and not isinstance(row[name], bool):
                wrong.append(wrong_type(path, row[name], "boolean"))
        elif row[name] is None or row[name] == "":
            wrong.append(blank(path))
        elif name == "currencyId":
            wrong += [] if is_id(row[name]) else [not_an_id(path, row[name])]
        elif _numeric(row[name]) is None:
            wrong.append(wrong_type(path, row[name], "numeric"))
    return wrong


def _stored_price(row: dict[str, Any]) -> dict[str, Any]:
    result = {key: value for key, value in row.items() if key not in ("extensions", "apiAlias")}
    for name in ("gross", "net"):
        number = _numeric(result.get(name))
        if number is not None:
            result[name] = number
    if result.get("listPrice"):
        result["percentage"] = _reductions(result, result["listPrice"])
    return {key: value for key, value in result.items() if not (key in _OPTIONAL and value is None)}


def _reductions(price: dict[str, Any], crossed: dict[str, Any]) -> dict[str, float]:
    """Return by how many per cent a price is below the crossed-out one."""
    result = {"net": 0.0, "gross": 0.0}
    for name in result:
        before, now = _decimal(crossed.get(name)), _decimal(price.get(name))
        if before and now is not None:
            result[name] = float((100 - now / before * 100).quantize(Decimal("0.01"), ROUND_HALF_UP))
    return result


def _decimal(value: Any) -> Decimal | None:
    number = _numeric(value)
    return None if number is None else Decimal(str(number))


_OPTIONAL = ("listPrice", "regulationPrice", "percentage")

_CHECKERS: dict[str, Any] = {
    "string": _text(255),
    "text": _text(None),
    "html": _text(None),
    "password": _text(None),
    "email": _email,
    "int": _int,
    "float": _float,
    "bool": _bool,
    "id": _id,
    "date": _date,
    "day": _day,
    "json": _array,
    "list": _list,
    "price": _price,
    "rounding": _array,
    "tax_free": _array,
    "calculated_price": _array,
    "cart_price": _array,
    "price_definition": _array,
    "variant_listing": _array,
}
