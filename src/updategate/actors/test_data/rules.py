"""Rules of the Rule Builder, made so that they match only what belongs to the test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from updategate.actors.test_data.workbench import Workbench
from updategate.clients.json_text import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: Shopware's ``type`` and its ``value``."""

    type: str
    value: JsonObject


def has_any_of(product_ids: Sequence[str]) -> Condition:
    """The cart holds one of these products."""
    return Condition("cartLineItem", {"identifiers": list(product_ids), "operator": "="})


def has_none_of(product_ids: Sequence[str]) -> Condition:
    """The cart holds none of these products."""
    return Condition("cartLineItem", {"identifiers": list(product_ids), "operator": "!="})


def customer_in(group_ids: Sequence[str]) -> Condition:
    """The customer belongs to one of these groups."""
    return Condition("customerCustomerGroup", {"customerGroupIds": list(group_ids), "operator": "="})


def customer_number(numbers: Sequence[str]) -> Condition:
    """The customer has one of these numbers."""
    return Condition("customerCustomerNumber", {"numbers": list(numbers), "operator": "="})


def between_dates(begins: datetime, ends: datetime) -> Condition:
    """The moment lies between two others."""
    bounds = {"fromDate": begins.isoformat(timespec="seconds"), "toDate": ends.isoformat(timespec="seconds")}
    return Condition("dateRange", {**bounds, "useTime": True})


def goods_worth(operator: str, amount: Json) -> Condition:
    """The goods in the cart are worth ``>=``, ``<`` … this much."""
    return Condition("cartGoodsPrice", {"operator": operator, "amount": amount})


class Rules:
    """Creates rules."""

    def __init__(self, workbench: Workbench) -> None:
        self._workbench = workbench

    def all_of(self, key: str, *conditions: Condition, priority: int = 1) -> str:
        """Create a rule that matches where all conditions do; returns its id."""
        payload = self.payload(key, *conditions, priority=priority)
        self._workbench.create(("rule", payload, str(payload["name"])))
        return str(payload["id"])

    def payload(self, key: str, *conditions: Condition, priority: int = 1) -> JsonObject:
        """Build the rule as the administration saves it: any of (all of (conditions))."""
        identity = self._workbench.identity
        rule_id = identity.id(f"rule {key}")
        leaves = [
            {
                "id": identity.id(f"rule {key} condition {position}"),
                "ruleId": rule_id,
                "type": condition.type,
                "value": condition.value,
                "position": position,
            }
            for position, condition in enumerate(conditions)
        ]
        every = {
            "id": identity.id(f"rule {key} every"),
            "ruleId": rule_id,
            "type": "andContainer",
            "position": 0,
            "children": leaves,
        }
        either = {
            "id": identity.id(f"rule {key} either"),
            "ruleId": rule_id,
            "type": "orContainer",
            "position": 0,
            "children": [every],
        }
        name = identity.name(key)
        return {"id": rule_id, "name": name, "priority": priority, "conditions": [either]}
