"""Reads rules and their condition trees from the store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from updategate.embedded.refshop.dal.store import Doc, EntityStore

from .rules import Condition, Rule, all_of, is_known


def read_rules(store: EntityStore) -> list[Rule]:
    """Return the rules that can be judged, most important first; a rule with an unknown condition is invalid."""
    rules = [read_rule(store, doc) for doc in store.all("rule") if not doc.get("invalid")]
    valid = [rule for rule in rules if rule.condition is not None and is_known(rule.condition)]
    return sorted(valid, key=lambda rule: (-rule.priority, rule.id))


def read_rule(store: EntityStore, doc: Doc) -> Rule:
    """Read one rule with its conditions."""
    rows = store.where("rule_condition", ruleId=doc["id"])
    children: dict[str | None, list[Doc]] = {}
    for row in sorted(rows, key=lambda each: int(each.get("position") or 0)):
        children.setdefault(row.get("parentId"), []).append(row)
    roots = [_condition(row, children) for row in children.get(None, ())]
    return Rule(
        doc["id"],
        str(doc.get("name") or ""),
        int(doc.get("priority") or 0),
        all_of(roots) if roots else None,
        tuple(doc.get("areas") or ()),
    )


def _condition(row: Doc, children: Mapping[str | None, list[Doc]]) -> Condition:
    value: Mapping[str, Any] = row.get("value") or {}
    inner = tuple(_condition(child, children) for child in children.get(row["id"], ()))
    return Condition(str(row["type"]), value, inner)
