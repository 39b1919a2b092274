"""Search criteria of the Admin API, built step by step."""

from __future__ import annotations

from dataclasses import dataclass, field

from updategate.clients.json_text import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Criteria:
    """What to search for. Every step returns new criteria, so that a common part can be shared.

    ``Criteria().equals("orderNumber", "10001").associate("lineItems").sort("createdAt", descending=True)``
    """

    body: JsonObject = field(default_factory=dict)

    def equals(self, name: str, value: Json) -> Criteria:
        """Keep what has exactly this value (``None`` for what has none)."""
        return self._filter({"type": "equals", "field": name, "value": value})

    def any_of(self, name: str, values: list[str]) -> Criteria:
        """Keep what has one of the values."""
        return self._filter({"type": "equalsAny", "field": name, "value": list(values)})

    def starts_with(self, name: str, value: str) -> Criteria:
        """Keep what begins with the text."""
        return self._filter({"type": "prefix", "field": name, "value": value})

    def ends_with(self, name: str, value: str) -> Criteria:
        """Keep what ends with the text."""
        return self._filter({"type": "suffix", "field": name, "value": value})

    def contains(self, name: str, value: str) -> Criteria:
        """Keep what contains the text."""
        return self._filter({"type": "contains", "field": name, "value": value})

    def between(self, name: str, **bounds: Json) -> Criteria:
        """Keep what lies between ``gt``, ``gte``, ``lt``, ``lte``."""
        return self._filter({"type": "range", "field": name, "parameters": dict(bounds)})

    def without(self, name: str, value: Json) -> Criteria:
        """Drop what has exactly this value."""
        inner = {"type": "equals", "field": name, "value": value}
        return self._filter({"type": "not", "operator": "and", "queries": [inner]})

    def ids(self, *ids: str) -> Criteria:
        """Keep only these entities."""
        return self._with("ids", list(ids))

    def associate(self, *paths: str) -> Criteria:
        """Load associations, given as paths such as ``transactions.stateMachineState``."""
        associations = _copied(self.body.get("associations", {}))
        for path in paths:
            level = associations
            *above, last = path.split(".")
            for step in above:
                level = level.setdefault(step, {}).setdefault("associations", {})
            level.setdefault(last, {})
        return self._with("associations", associations)

    def include(self, **fields: list[str]) -> Criteria:
        """Deliver only these fields of an entity: ``include(product=["id", "stock"])``."""
        return self._with("includes", {**self.body.get("includes", {}), **fields})

    def sort(self, name: str, *, descending: bool = False) -> Criteria:
        """Sort by a field, after any sorting already given."""
        order = {"field": name, "order": "DESC" if descending else "ASC"}
        return self._with("sort", [*self.body.get("sort", []), order])

    def limit(self, limit: int, page: int = 1) -> Criteria:
        """Deliver this many a page; the first page is 1."""
        return Criteria({**self.body, "limit": limit, "page": page})

    def counted(self) -> Criteria:
        """Ask for the exact total; without this, Shopware's ``total`` is the number of entities delivered."""
        return self._with("total-count-mode", 1)

    def aggregate(self, name: str, kind: str, of: str) -> Criteria:
        """Ask for an aggregation: ``aggregate("turnover", "sum", "amountTotal")``."""
        entry = {"name": name, "type": kind, "field": of}
        return self._with("aggregations", [*self.body.get("aggregations", []), entry])

    def _filter(self, entry: JsonObject) -> Criteria:
        return self._with("filter", [*self.body.get("filter", []), entry])

    def _with(self, key: str, value: Json) -> Criteria:
        return Criteria({**self.body, key: value})


def _copied(value: JsonObject) -> JsonObject:
    return {key: _copied(entry) if isinstance(entry, dict) else entry for key, entry in value.items()}
