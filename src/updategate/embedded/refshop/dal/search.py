"""Finds documents by criteria: filter, sort, page, count."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .aggregate import aggregated
from .context import ReadContext
from .criteria import Criteria, Sorting
from .definitions import Definition
from .fields import values
from .filters import moment
from .store import Doc
from .terms import scored

#: without a sorting, the database answers in the order of an index that was there first
_NATURAL_ORDER = {
    "category": "autoIncrement",
    "scheduled_task": "scheduledTaskClass",
    "product_price": "",
    "promotion": "",
    "currency": "",
    "tax": "",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A page of documents, ``total`` as the count mode has it, and the aggregations by name."""

    docs: list[Doc]
    total: int
    aggregations: dict[str, Any]
    scores: dict[str, float]


def search(context: ReadContext, definition: Definition, criteria: Criteria) -> Found:
    """Return what the criteria find."""
    docs = context.where(definition.name)
    if criteria.ids:
        by_id = {id_: context.get(definition.name, id_) for id_ in dict.fromkeys(map(str, criteria.ids))}
        docs = [doc for doc in by_id.values() if doc is not None]
    docs = [doc for doc in docs if all(keep(context, definition, doc) for keep in criteria.filters)]
    scores: dict[str, float] = {}
    if criteria.term:
        scores = scored(context, definition, docs, criteria.term)
        docs = [doc for doc in docs if doc["id"] in scores]
    for keep, score in criteria.queries:
        for doc in docs:
            if keep(context, definition, doc):
                scores[doc["id"]] = scores.get(doc["id"], 0.0) + score
    if criteria.queries:
        docs = [doc for doc in docs if doc["id"] in scores]
    aggregations = aggregated(context, definition, docs, criteria.aggregations)
    docs = [doc for doc in docs if all(keep(context, definition, doc) for keep in criteria.post_filters)]
    docs = _grouped(context, definition, docs, criteria.grouping)
    docs = sorted_docs(context, definition, docs, _sorting(criteria, scores), scores)
    return _page(docs, criteria, aggregations, scores)


def _page(docs: list[Doc], criteria: Criteria, aggregations: dict[str, Any], scores: dict[str, float]) -> Found:
    total = len(docs)
    end = None if criteria.limit is None else criteria.offset + criteria.limit
    page = docs[criteria.offset : end]
    if criteria.total_count_mode == 0 or criteria.limit is None:
        total = len(page) if criteria.total_count_mode == 0 else total
    elif criteria.total_count_mode == 2:
        # enough to know whether there are more pages: five of them, and one
        total = min(total, criteria.offset + criteria.limit * 5 + 1)
    return Found(page, total, aggregations, scores)


def _sorting(criteria: Criteria, scores: dict[str, float]) -> list[Sorting]:
    if not criteria.sort and scores:
        return [Sorting("_score", descending=True)]
    return criteria.sort


def _grouped(context: ReadContext, definition: Definition, docs: list[Doc], grouping: list[str]) -> list[Doc]:
    if not grouping:
        return docs
    first: dict[tuple[Any, ...], Doc] = {}
    for doc in docs:
        key = tuple(str(values(context, definition, doc, name)[0]) for name in grouping)
        first.setdefault(key, doc)
    return list(first.values())


def sorted_docs(
    context: ReadContext,
    definition: Definition,
    docs: list[Doc],
    sorting: list[Sorting],
    scores: dict[str, float] | None = None,
) -> list[Doc]:
    """Return the documents in the order asked for; ties keep the order of ids."""
    natural = _NATURAL_ORDER.get(definition.name)
    if context.version.is_65 and definition.name == "promotion":
        natural = "id"
    if natural is None:
        ordered = sorted(docs, key=lambda doc: str(doc["id"]))
    elif natural and docs and all(doc.get(natural) is not None for doc in docs):
        ordered = sorted(docs, key=lambda doc: _rank(doc[natural]))
    else:
        ordered = list(docs)
    for order in reversed(sorting):
        if order.field == "_score":
            ordered.sort(key=lambda doc: (scores or {}).get(doc["id"], 0.0), reverse=order.descending)
            continue

        def key(doc: Doc, order: Sorting = order) -> tuple[Any, ...]:
            found = [value for value in values(context, definition, doc, order.field) if value is not None]
            if order.count:
                return (1, 0.0, len(found))
            if not found:
                return (0,)
            return max(map(_rank, found)) if order.descending else min(map(_rank, found))

        def natural_key(doc: Doc, order: Sorting = order) -> tuple[Any, ...]:
            found = values(context, definition, doc, order.field)[0]
            return (0,) if found is None else (1, len(str(found)), str(found).casefold())

        ordered.sort(key=natural_key if order.natural else key, reverse=order.descending)
    return ordered


def _rank(value: Any) -> tuple[Any, ...]:
    if isinstance(value, int | float):
        return (1, 0.0, float(value))
    time = moment(value)
    if time is not None and re.match(r"^\d{4}-\d\d-\d\d", str(value)):
        return (2, 0.0, time.timestamp())
    return (3, 0.0, str(value).casefold())
