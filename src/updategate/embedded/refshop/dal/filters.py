"""The filters of the search API, as predicates over documents."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import datetime
from typing import Any

from .context import ReadContext
from .definitions import Definition
from .fields import check_path, values
from .problems import ApiProblem, problem
from .store import Doc

Filter = Callable[[ReadContext, Definition, Doc], bool]
_Match = Callable[[Any], bool]

_RANGES: dict[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


def parse_filter(definition: Definition, query: Any, path: str) -> Filter:
    """Return the predicate of one filter object, or raise ApiProblem with the code and pointer of the API."""
    if not isinstance(query, dict):
        raise _invalid("The filter parameter has to be an array.", path)
    kind = query.get("type")
    if not kind:
        raise _invalid("Value for filter type is required.", f"{path}/type")
    if kind in ("multi", "and", "or", "not", "nand", "nor"):
        return _combined(definition, kind, query, path)
    if kind not in ("equals", "contains", "prefix", "suffix", "range", "equalsAny", "equalsAll"):
        raise _invalid(f"Unsupported filter type: {kind}", f"{path}/type")
    name = query.get("field")
    if not name or not isinstance(name, str):
        label = "equalsAny" if kind == "equalsAll" else kind
        raise _invalid(f'Parameter "field" for {label} filter is missing.', f"{path}/field")
    check_path(definition, name)
    if kind == "equalsAll":
        matches = [_equals(value) for value in _list(query, kind, path)]
        return lambda context, known, doc: all(
            any(match(value) for value in values(context, known, doc, name)) for match in matches
        )
    match = _match(kind, query, path)
    return lambda context, known, doc: any(match(value) for value in values(context, known, doc, name))


def _combined(definition: Definition, kind: str, query: dict[str, Any], path: str) -> Filter:
    parts = []
    for position, part in enumerate(query.get("queries") or []):
        parts.append(parse_filter(definition, part, f"{path}/queries/{position}"))
    connection = str(query.get("operator") or "AND").upper()
    if kind in ("or", "nor"):
        connection = "OR"
    elif kind in ("and", "nand"):
        connection = "AND"
    negated = kind in ("not", "nand", "nor")
    combine = any if connection in ("OR", "XOR") else all

    def apply(context: ReadContext, known: Definition, doc: Doc) -> bool:
        if not parts:
            return True
        return combine(part(context, known, doc) for part in parts) != negated

    return apply


def _match(kind: str, query: dict[str, Any], path: str) -> _Match:
    value = query.get("value")
    if kind == "equals":
        if "value" not in query:
            raise _invalid('Parameter "value" for equals filter is missing.', f"{path}/value")
        if isinstance(value, list | dict):
            raise _invalid('Parameter "value" for equals filter must be scalar or null.', f"{path}/value")
        return _equals(value)
    if kind == "equalsAny":
        matches = [_equals(item) for item in _list(query, kind, path)]
        return lambda found: any(match(found) for match in matches)
    if kind == "range":
        return _range(query.get("parameters") or {}, path)
    if value is None or value == "":
        raise _invalid(f'Parameter "value" for {kind} filter is missing.', f"{path}/value")
    wanted = str(value).casefold()
    tests: dict[str, _Match] = {
        "contains": lambda found: found is not None and wanted in _text(found),
        "prefix": lambda found: found is not None and _text(found).startswith(wanted),
        "suffix": lambda found: found is not None and _text(found).endswith(wanted),
    }
    return tests[kind]


def _list(query: dict[str, Any], kind: str, path: str) -> list[Any]:
    value = query.get("value")
    if not value:
        raise _invalid(f'Parameter "value" for {kind} filter is missing.', f"{path}/value")
    if isinstance(value, str):
        return [part for part in value.split("|") if part]
    return list(value) if isinstance(value, list) else [value]


def _equals(wanted: Any) -> _Match:
    if wanted is None:
        return lambda found: found is None
    if isinstance(wanted, bool):
        return lambda found: found is not None and bool(found) == wanted

    def match(found: Any) -> bool:
        if found is None:
            return False
        if isinstance(found, bool):
            return found == (str(wanted).lower() in ("1", "true"))
        if isinstance(found, int | float):
            number = _float(wanted)
            return number is not None and float(found) == number
        return _text(found) == str(wanted).casefold() or _moment_equal(found, wanted)

    return match


def _range(parameters: dict[str, Any], path: str) -> _Match:
    if not parameters:
        raise _invalid('Parameter "parameters" for range filter is missing.', f"{path}/parameters")
    tests = [(_RANGES[name], bound) for name, bound in parameters.items() if name in _RANGES]
    if not tests:
        raise _invalid("Missing range parameters", f"{path}/parameters")
    return lambda found: found is not None and all(_compare(test, found, bound) for test, bound in tests)


def _compare(test: Callable[[Any, Any], bool], found: Any, bound: Any) -> bool:
    if isinstance(found, int | float):
        number = _float(bound)
        return number is not None and test(float(found), number)
    left, right = moment(found), moment(bound)
    if left is not None and right is not None:
        return test(left, right)
    return test(str(found).casefold(), str(bound).casefold())


def moment(value: Any) -> datetime | None:
    """Return the time that a text of the API means, or None."""
    if not isinstance(value, str) or len(value) < 10 or not value[:4].isdigit():
        return None
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        return None
    return parsed.replace(tzinfo=None)


def _moment_equal(found: Any, wanted: Any) -> bool:
    left = moment(found)
    return left is not None and left == moment(wanted)


def _float(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _text(value: Any) -> str:
    return str(value).casefold()


def _invalid(detail: str, path: str) -> ApiProblem:
    return problem(400, "FRAMEWORK__INVALID_FILTER_QUERY", detail, {"path": path}, path)
