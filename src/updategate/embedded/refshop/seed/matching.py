"""Joins the shop's own system rows with recorded ones: what was recorded wins, references follow it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from updategate.embedded.refshop.dal.ids import SYSTEM_LANGUAGE

from .notation import LANGUAGES, Rows

#: by what rows of these entities are recognised as the same
_NATURAL_KEYS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "language": lambda doc: _locale_code(doc),
    "locale": lambda doc: doc.get("code"),
    "currency": lambda doc: doc.get("isoCode"),
    "country": lambda doc: doc.get("iso"),
    "salutation": lambda doc: doc.get("salutationKey"),
    "tax": lambda doc: doc.get("taxRate"),
    "state_machine": lambda doc: doc.get("technicalName"),
    "number_range": lambda doc: (doc.get("type") or {}).get("technicalName"),
    "document_type": lambda doc: doc.get("technicalName"),
    "document_base_config": lambda doc: doc.get("filenamePrefix"),
    "customer_group": lambda doc: doc.get("id"),
    "snippet_set": lambda doc: doc.get("iso"),
    "product_sorting": lambda doc: doc.get("key"),
    "delivery_time": lambda doc: (doc.get("min"), doc.get("max"), doc.get("unit")),
    "system_config": lambda doc: doc.get("configurationKey"),
    "sales_channel_type": lambda doc: doc.get("id"),
}


def _locale_code(doc: dict[str, Any]) -> Any:
    return (doc.get("locale") or doc.get("translationCode") or {}).get("code")


def merged_with_recordings(own: Rows, recorded: Rows) -> Rows:
    """Return the recorded rows and those own rows that were not recorded, with the recorded ids."""
    found: dict[tuple[str, Any], str] = {}
    aliases: dict[str, str] = {}
    for entity, doc in recorded:
        if entity in _NATURAL_KEYS and (key := _NATURAL_KEYS[entity](doc)) is not None and "id" in doc:
            found[(entity, key)] = doc["id"]
    # a recorded state machine brings its states and transitions
    whole = {"state_machine", "state_machine_state", "state_machine_transition"}
    given = {entity for entity, _ in recorded}
    kept: Rows = []
    for entity, doc in own:
        if entity in whole and "state_machine" in given:
            continue
        # the recorded shops had no plugins: only those that are asked for at the start
        if entity == "plugin":
            continue
        recorded_id = found.get((entity, _NATURAL_KEYS[entity](doc))) if entity in _NATURAL_KEYS else None
        if recorded_id is None:
            kept.append((entity, doc))
        else:
            aliases[doc["id"]] = recorded_id
            if entity == "document_base_config":
                # the types of documents were not recorded, but what is configured for them was
                other = next(row for name, row in recorded if name == entity and row["id"] == recorded_id)
                aliases[doc["documentTypeId"]] = other["documentTypeId"]
            _nested_aliases(doc, recorded_id, recorded, entity, aliases)
    german = found.get(("language", "de-DE"))
    if german:
        aliases[LANGUAGES["de"]] = german
    aliases.pop(SYSTEM_LANGUAGE, None)
    return [(entity, _replaced(doc, aliases)) for entity, doc in kept] + recorded


def _nested_aliases(
    doc: dict[str, Any], recorded_id: str, recorded: Rows, entity: str, aliases: dict[str, str]
) -> None:
    """Rows nested in a matched one (states of a machine, the type of a number range) follow it."""
    other = next(row for name, row in recorded if name == entity and row.get("id") == recorded_id)
    for name, value in doc.items():
        if isinstance(value, dict) and "id" in value and isinstance(other.get(name), dict):
            aliases[value["id"]] = other[name]["id"]
        elif isinstance(value, list) and isinstance(other.get(name), list):
            for child in value:
                technical = isinstance(child, dict) and child.get("technicalName")
                same = [row for row in other[name] if technical and row.get("technicalName") == technical]
                if same:
                    aliases[child["id"]] = same[0]["id"]


def _replaced(value: Any, aliases: dict[str, str]) -> Any:
    if isinstance(value, str):
        return aliases.get(value, value)
    if isinstance(value, list):
        return [_replaced(item, aliases) for item in value]
    if isinstance(value, dict):
        return {_replaced(key, aliases): _replaced(item, aliases) for key, item in value.items()}
    return value
