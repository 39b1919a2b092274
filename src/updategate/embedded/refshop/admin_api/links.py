"""Links of JSON:API documents."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from updategate.embedded.refshop.dal.criteria import Criteria

from .http import Call


def self_link(call: Call) -> str:
    """Return the address of the request with its query in order."""
    return _address(call, dict(sorted(call.query.items())))


def page_links(call: Call, criteria: Criteria, total: int) -> dict[str, str]:
    """Return links to this, the first, the last, the next and the previous page, where they exist."""
    links = {}
    limit = criteria.limit
    if limit and (criteria.total_count_mode or "limit" in call.payload):
        page = criteria.offset // limit + 1
        last = max(1, -(-total // limit)) if criteria.total_count_mode == 1 else page
        query = {"limit": limit, "page": page, **{k: v for k, v in call.query.items() if k not in ("limit", "page")}}
        links["first"] = _address(call, {**query, "page": 1})
        if page > 1:
            links["prev"] = _address(call, {**query, "page": page - 1})
        links["last"] = _address(call, {**query, "page": last})
        if page < last:
            links["next"] = _address(call, {**query, "page": page + 1})
    links["self"] = self_link(call)
    return links


def _address(call: Call, query: dict[str, Any]) -> str:
    pairs: list[tuple[str, str]] = []
    for name, value in query.items():
        _flatten(name, value, pairs)
    return f"{call.url}?{urlencode(pairs, quote_via=quote)}" if pairs else call.url


def _flatten(name: str, value: Any, pairs: list[tuple[str, str]]) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            _flatten(f"{name}[{key}]", item, pairs)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            _flatten(f"{name}[{position}]", item, pairs)
    else:
        pairs.append((name, str(value)))
