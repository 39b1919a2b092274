"""Search by words: which documents match a term, and how well."""

from __future__ import annotations

import re

from .context import ReadContext
from .definitions import Definition
from .fields import values
from .store import Doc

#: how much a hit in a field counts, where it is not the usual
_RANKED = {
    "product": {
        "productNumber": 1000.0,
        "name": 700.0,
        "manufacturer.name": 500.0,
        "ean": 500.0,
        "manufacturerNumber": 500.0,
    },
    "customer": {"customerNumber": 500.0, "email": 500.0, "firstName": 500.0, "lastName": 500.0, "company": 500.0},
    "order": {
        "orderNumber": 500.0,
        "orderCustomer.email": 250.0,
        "orderCustomer.lastName": 250.0,
        "lineItems.label": 250.0,
    },
    "category": {"name": 500.0},
    "promotion": {"name": 500.0, "code": 250.0},
    "product_manufacturer": {"name": 500.0},
    "property_group": {"name": 500.0},
    "property_group_option": {"name": 500.0},
    "rule": {"name": 500.0},
}


def scored(context: ReadContext, definition: Definition, docs: list[Doc], term: str) -> dict[str, float]:
    """Return the score by id of those documents in which every word of the term occurs."""
    words = [word for word in re.split(r"[\s,;]+", term.casefold()) if word]
    ranking = _RANKED.get(definition.name) or {
        name: 250.0 for name, field in definition.fields.items() if field.type == "string" and field.in_admin_api
    }
    result: dict[str, float] = {}
    for doc in docs:
        texts = [
            (str(value).casefold(), weight)
            for name, weight in ranking.items()
            for value in values(context, definition, doc, name)
            if value is not None
        ]
        total = 0.0
        for word in words:
            best = max((_hit(word, text) * weight for text, weight in texts), default=0.0)
            if best == 0.0:
                break
            total += best
        else:
            if words:
                result[doc["id"]] = total
    return result


def _hit(word: str, text: str) -> float:
    if word == text:
        return 1.0
    if re.search(rf"\b{re.escape(word)}\b", text):
        return 0.8
    return 0.5 if word in text else 0.0
