"""Search criteria as the APIs take them: parsed once, with Shopware's own complaints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .definitions import Definition, definitions
from .fields import check_path
from .filters import Filter, parse_filter
from .ids import is_id
from .problems import ApiProblem, error, problem


@dataclass(frozen=True, slots=True)
class Sorting:
    """By which field; ``count`` sorts by how many there are at the end of the path."""

    field: str
    descending: bool = False
    natural: bool = False
    count: bool = False


@dataclass(slots=True)
class Criteria:
    """What to find and what to load with it. ``limit`` None: everything."""

    ids: list[str] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    post_filters: list[Filter] = field(default_factory=list)
    sort: list[Sorting] = field(default_factory=list)
    limit: int | None = None
    offset: int = 0
    total_count_mode: int = 0
    term: str | None = None
    queries: list[tuple[Filter, float]] = field(default_factory=list)
    aggregations: list[dict[str, Any]] = field(default_factory=list)
    associations: dict[str, Criteria] = field(default_factory=dict)
    includes: dict[str, list[str]] | None = None
    excludes: dict[str, list[str]] | None = None
    grouping: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)

    def association(self, path: str) -> Criteria:
        """Return the criteria of a nested association (``lineItems.product``), adding it if need be."""
        current = self
        for part in path.split("."):
            current = current.associations.setdefault(part, Criteria())
        return current

    @property
    def searches(self) -> bool:
        """Whether the database is searched, or rows are just read by their ids."""
        return bool(
            self.filters
            or self.post_filters
            or self.sort
            or self.limit is not None
            or self.offset
            or self.term
            or self.queries
            or self.aggregations
            or self.grouping
            or (self.total_count_mode and not self.ids)
        )


_COUNT_MODES = {"none": 0, "exact": 1, "next-pages": 2}


def parse_criteria(definition: Definition, payload: Mapping[str, Any], max_limit: int | None) -> Criteria:
    """Return the criteria of a request's payload, or raise ApiProblem with every error in it.

    ``max_limit`` is the largest page and the page of a request that names none; None: no bound.
    """
    return _Parser(max_limit).parse(definition, payload, nested=False)


class _Parser:
    def __init__(self, max_limit: int | None) -> None:
        self._max_limit = max_limit
        self._errors: list[dict[str, Any]] = []

    def parse(self, definition: Definition, payload: Mapping[str, Any], *, nested: bool) -> Criteria:
        criteria = Criteria()
        if payload.get("ids") is not None:
            ids = payload["ids"]
            criteria.ids = [part for part in ids.split("|") if part] if isinstance(ids, str) else list(ids)
            self._check_ids(criteria.ids)
        else:
            criteria.total_count_mode = _count_mode(payload.get("total-count-mode"))
            self._limits(criteria, payload, nested=nested)
        self._includes(criteria, payload)
        criteria.filters = self._filters(definition, payload.get("filter"), "/filter")
        criteria.post_filters = self._filters(definition, payload.get("post-filter"), "/post-filter")
        for query in payload.get("query") or []:
            if isinstance(query, dict):
                criteria.queries.append(
                    (parse_filter(definition, query.get("query") or {}, "/query"), float(query.get("score", 1)))
                )
        if payload.get("term") is not None:
            criteria.term = str(payload["term"]).strip() or None
        criteria.sort = _sorting(definition, payload.get("sort"))
        criteria.aggregations = list(payload.get("aggregations") or [])
        for group in payload.get("grouping") or []:
            check_path(definition, group)
            criteria.grouping.append(group)
        criteria.fields = list(payload.get("fields") or [])
        self._associations(definition, criteria, payload.get("associations") or {})
        if self._errors and not nested:
            raise ApiProblem(400, self._errors)
        return criteria

    def _check_ids(self, ids: list[Any]) -> None:
        if not ids and self._max_limit is not None:
            shown = "Array\n(\n)\n"
            raise problem(
                400,
                "FRAMEWORK__INVALID_API_CRITERIA_IDS",
                f"Invalid ids provided in criteria. Ids should not be empty. Ids: {shown}.",
                {"ids": shown, "reason": "Ids should not be empty"},
            )
        for id_ in ids:
            if isinstance(id_, str) and not is_id(id_):
                raise problem(400, "FRAMEWORK__INVALID_UUID", f"Value is not a valid UUID: {id_}", {"input": id_})
            if not isinstance(id_, str | dict):
                raise problem(
                    400,
                    "FRAMEWORK__INVALID_API_CRITERIA_IDS",
                    f"Invalid ids provided in criteria. Ids should not be empty. Ids: {ids!r}.",
                    {"ids": ids},
                )

    def _limits(self, criteria: Criteria, payload: Mapping[str, Any], *, nested: bool) -> None:
        limit = payload.get("limit")
        if limit is not None:
            number = _number(limit)
            if number is None or number <= 0:
                given = "(empty)" if limit == "" else limit
                self._errors.append(
                    _pointed(
                        400,
                        "FRAMEWORK__INVALID_LIMIT_QUERY",
                        f"The limit parameter must be a positive integer greater or equals than 1. Given: {given}",
                        {"limit": given},
                        "/limit",
                    )
                )
            elif not nested and self._max_limit and number > self._max_limit:
                self._errors.append(
                    _pointed(
                        400,
                        "FRAMEWORK__QUERY_LIMIT_EXCEEDED",
                        f"The limit must be lower than or equal to MAX_LIMIT(={self._max_limit}). Given: {number}",
                        {"maxLimit": self._max_limit, "limit": number},
                        "/limit",
                    )
                )
            else:
                criteria.limit = number
        if criteria.limit is None and not nested:
            criteria.limit = self._max_limit
        page = payload.get("page")
        if page is not None:
            number = _number(page)
            if number is None or number <= 0:
                given = "(empty)" if page == "" else page
                self._errors.append(
                    _pointed(
                        400,
                        "FRAMEWORK__INVALID_PAGE_QUERY",
                        f"The page parameter must be a positive integer. Given: {given}",
                        {"page": given},
                        "/page",
                    )
                )
            else:
                criteria.offset = (_number(limit) or 0) * (number - 1)

    def _includes(self, criteria: Criteria, payload: Mapping[str, Any]) -> None:
        includes = payload.get("includes")
        if includes is None:
            return
        if not isinstance(includes, dict):
            raise problem(
                400,
                "FRAMEWORK__EXPECTED_ARRAY_WITH_TYPE",
                f"Expected data at includes to be of the type array, {_php_type(includes)} given",
                {"path": "includes", "type": _php_type(includes)},
            )
        criteria.includes = {entity: list(names) for entity, names in includes.items()}

    def _filters(self, definition: Definition, filters: Any, path: str) -> list[Filter]:
        if filters is None:
            return []
        if isinstance(filters, dict):
            return [
                parse_filter(definition, {"type": "equals", "field": name, "value": value}, f"{path}/{name}")
                for name, value in filters.items()
            ]
        if not isinstance(filters, list):
            self._errors.append(
                _pointed(
                    400,
                    "FRAMEWORK__INVALID_FILTER_QUERY",
                    "The filter parameter has to be a list of filters.",
                    {"path": path},
                    path,
                )
            )
            return []
        parsed = []
        for position, item in enumerate(filters):
            try:
                parsed.append(parse_filter(definition, item, f"{path}/{position}"))
            except ApiProblem as refusal:
                if refusal.errors[0]["code"] != "FRAMEWORK__INVALID_FILTER_QUERY":
                    raise
                self._errors += refusal.errors
        return parsed

    def _associations(self, definition: Definition, criteria: Criteria, associations: Any) -> None:
        if isinstance(associations, list):
            associations = {}
        for name, nested in associations.items():
            if name == "translations":
                criteria.associations[name] = Criteria()
                continue
            association = definition.associations.get(name)
            if association is None:
                raise problem(
                    500,
                    "FRAMEWORK__ASSOCIATION_NOT_FOUND",
                    f"Can not find association by name {name}",
                    {"association": name},
                )
            target = definitions().get(association.entity)
            if target is not None:
                payload = nested if isinstance(nested, dict) else {}
                criteria.associations[name] = self.parse(target, payload, nested=True)


def _php_type(value: Any) -> str:
    return {bool: "boolean", int: "integer", float: "double"}.get(type(value), "string")


def _sorting(definition: Definition, sort: Any) -> list[Sorting]:
    if not sort:
        return []
    if isinstance(sort, str):
        result = [Sorting(part.lstrip("-"), part.startswith("-")) for part in sort.split(",") if part]
    else:
        entries = [sort] if isinstance(sort, dict) else sort
        result = []
        for position, entry in enumerate(entries):
            if not isinstance(entry, dict) or not isinstance(entry.get("field"), str):
                raise problem(
                    400,
                    "FRAMEWORK__INVALID_SORT_QUERY",
                    'The "sort" array needs to be an associative array at least containing a field name',
                    {"path": f"/sort/{position}"},
                    f"/sort/{position}",
                )
            result.append(
                Sorting(
                    entry["field"],
                    str(entry.get("order", "asc")).lower() == "desc",
                    bool(entry.get("naturalSorting")),
                    str(entry.get("type", "")).lower() == "count",
                )
            )
    for sorting in result:
        if sorting.field != "_score":
            check_path(definition, sorting.field)
    return result


def _count_mode(value: Any) -> int:
    if value is None:
        return 0
    if isinstance(value, str) and not value.isdigit():
        return _COUNT_MODES.get(value, 0)
    mode = int(value)
    return mode if 0 <= mode <= 2 else 0


def _number(value: Any) -> int | None:
    try:
        return int(float(value))
    except (TypeError, ValueError):
        return None


def _pointed(status: int, code: str, detail: str, parameters: dict[str, Any], pointer: str) -> dict[str, Any]:
    return error(status, code, detail, parameters, pointer)


def ids_of(criteria: Criteria) -> list[str]:
    """Return the ids asked for that can exist."""
    return [id_ for id_ in criteria.ids if is_id(id_)]
