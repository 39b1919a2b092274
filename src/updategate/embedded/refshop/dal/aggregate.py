"""Aggregations of the search API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .context import ReadContext
from .definitions import Definition, definitions
from .fields import check_path, values
from .filters import moment, parse_filter
from .problems import ApiProblem, problem
from .store import Doc

_METRICS = ("avg", "max", "min", "sum", "count", "stats")
_FORMATS = {
    "minute": "%Y-%m-%d %H:%M:00",
    "hour": "%Y-%m-%d %H:00:00",
    "day": "%Y-%m-%d 00:00:00",
    "week": "%G %V",
    "month": "%Y-%m-01 00:00:00",
    "quarter": "",
    "year": "%Y-01-01 00:00:00",
}


def aggregated(
    context: ReadContext, definition: Definition, docs: list[Doc], aggregations: Iterable[Any]
) -> dict[str, Any]:
    """Return the results by name, as the API prints them."""
    result: dict[str, Any] = {}
    for position, aggregation in enumerate(aggregations):
        path = f"/aggregations/{position}"
        if not isinstance(aggregation, dict) or not aggregation.get("name"):
            raise _invalid("The aggregation name should be a non-empty string.", path)
        name = _shown_name(aggregation)
        result[name] = {
            "name": name,
            **_one(context, definition, docs, aggregation, path),
            "apiAlias": f"{name}_aggregation",
        }
    return result


def _shown_name(aggregation: dict[str, Any]) -> str:
    """A filter only narrows what another aggregation counts, which gives its name."""
    nested = aggregation.get("aggregation")
    if aggregation.get("type") == "filter" and isinstance(nested, dict) and nested.get("name"):
        return _shown_name(nested)
    return str(aggregation["name"])


def _one(
    context: ReadContext, definition: Definition, docs: list[Doc], aggregation: dict[str, Any], path: str
) -> dict[str, Any]:
    kind = aggregation.get("type")
    if kind == "filter":
        keep = [
            parse_filter(definition, item, f"{path}/filter/{position}")
            for position, item in enumerate(aggregation.get("filter") or [])
        ]
        inner = [doc for doc in docs if all(test(context, definition, doc) for test in keep)]
        nested = aggregation.get("aggregation")
        if not isinstance(nested, dict):
            raise _invalid("The aggregation of a filter aggregation is missing.", f"{path}/aggregation")
        return _one(context, definition, inner, nested, f"{path}/aggregation")
    name = aggregation.get("field")
    if not name:
        raise _invalid('The aggregation should contain a "field".', f"{path}/{kind}/field")
    check_path(definition, name)
    if kind in _METRICS:
        return _metric(context, definition, docs, str(kind), name)
    if kind == "terms":
        return {"buckets": _terms(context, definition, docs, aggregation, path)}
    if kind == "range":
        return {"ranges": _ranges(context, definition, docs, aggregation)}
    if kind == "histogram":
        return {"buckets": _histogram(context, definition, docs, aggregation, path)}
    if kind == "entity":
        return _entities(context, definition, docs, aggregation)
    raise _invalid(f'The aggregation type "{kind}" used as key does not exist.', path)


def _metric(context: ReadContext, definition: Definition, docs: list[Doc], kind: str, name: str) -> dict[str, Any]:
    found = [value for doc in docs for value in values(context, definition, doc, name) if value is not None]
    if kind == "count":
        return {"count": len({str(value) for value in found})}
    numbers = [float(value) for value in found if isinstance(value, int | float)]
    total = sum(numbers)
    average = total / len(numbers) if numbers else 0.0
    low: Any = min(found, key=_order, default=None)
    high: Any = max(found, key=_order, default=None)
    low, high = _as_text(low), _as_text(high)
    if kind == "stats":
        return {"min": low, "max": high, "avg": average if numbers else None, "sum": total if numbers else None}
    return {kind: {"sum": total, "avg": average, "min": low, "max": high}[kind]}


def _as_text(value: Any) -> str | None:
    """Least and greatest values come as the database prints them."""
    if value is None:
        return None
    if isinstance(value, float):
        return f"{value:.3f}"
    return value.replace("T", " ").removesuffix("+00:00") if isinstance(value, str) else str(value)


def _order(value: Any) -> tuple[int, Any]:
    return (0, float(value)) if isinstance(value, int | float) else (1, str(value))


def _terms(
    context: ReadContext, definition: Definition, docs: list[Doc], aggregation: dict[str, Any], path: str
) -> list[dict[str, Any]]:
    groups: dict[Any, list[Doc]] = {}
    for doc in docs:
        keys = dict.fromkeys(_key(value) for value in values(context, definition, doc, aggregation["field"]))
        for key in keys:
            groups.setdefault(key, []).append(doc)
    ordered = sorted(groups, key=str)
    sort = aggregation.get("sort")
    if isinstance(sort, dict):
        descending = str(sort.get("order", "asc")).lower() == "desc"
        if sort.get("field") == "_count":
            ordered.sort(key=lambda key: len(groups[key]), reverse=descending)
        else:
            ordered.sort(key=str, reverse=descending)
    if aggregation.get("limit"):
        ordered = ordered[: int(aggregation["limit"])]
    return [_bucket(context, definition, key, groups[key], aggregation, path) for key in ordered]


def _key(value: Any) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)


def _bucket(
    context: ReadContext, definition: Definition, key: str, docs: list[Doc], aggregation: dict[str, Any], path: str
) -> dict[str, Any]:
    bucket: dict[str, Any] = {"key": key, "count": len(docs), "apiAlias": "aggregation_bucket"}
    nested = aggregation.get("aggregation")
    if isinstance(nested, dict) and nested.get("name"):
        bucket[nested["name"]] = {
            "extensions": [],
            "name": nested["name"],
            **_one(context, definition, docs, nested, f"{path}/aggregation"),
        }
    return bucket


def _ranges(
    context: ReadContext, definition: Definition, docs: list[Doc], aggregation: dict[str, Any]
) -> dict[str, int]:
    result: dict[str, int] = {}
    for part in aggregation.get("ranges") or []:
        low, high = part.get("from"), part.get("to")
        key = part.get("key") or f"{'*' if low is None else low}-{'*' if high is None else high}"
        result[key] = sum(
            any(
                isinstance(value, int | float)
                and (low is None or float(value) >= float(low))
                and (high is None or float(value) < float(high))
                for value in values(context, definition, doc, aggregation["field"])
            )
            for doc in docs
        )
    return result


def _histogram(
    context: ReadContext, definition: Definition, docs: list[Doc], aggregation: dict[str, Any], path: str
) -> list[dict[str, Any]]:
    interval = str(aggregation.get("interval", "")).lower()
    if interval not in _FORMATS:
        raise _invalid(
            "The date histogram aggregation should contain a valid interval: minute, hour, day, week, month,"
            " quarter, year.",
            f"{path}/interval",
        )
    groups: dict[str, list[Doc]] = {}
    for doc in docs:
        for value in values(context, definition, doc, aggregation["field"]):
            time = moment(value)
            if time is None:
                continue
            key = (
                f"{time.year} {(time.month - 1) // 3 + 1}"
                if interval == "quarter"
                else time.strftime(_FORMATS[interval])
            )
            groups.setdefault(key, []).append(doc)
    return [_bucket(context, definition, key, groups[key], aggregation, path) for key in sorted(groups)]


def _entities(
    context: ReadContext, definition: Definition, docs: list[Doc], aggregation: dict[str, Any]
) -> dict[str, Any]:
    from .output import entity_json

    entity = str(aggregation.get("definition"))
    ids = dict.fromkeys(
        value for doc in docs for value in values(context, definition, doc, aggregation["field"]) if value is not None
    )
    found = [doc for doc in (context.get(entity, id_) for id_ in ids) if doc is not None]
    return {"entities": [entity_json(context, definitions()[entity], doc) for doc in found]}


def _invalid(detail: str, path: str) -> ApiProblem:
    return problem(400, "FRAMEWORK__INVALID_AGGREGATION_QUERY", detail, {"message": detail}, path)
