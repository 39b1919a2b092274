"""The notation of the YAML files in ``fixtures/data``.

A file maps entity → key → fields. The key makes the id (``derived_id(entity, key)``), unless ``id`` is given.

* ``=tax/standard`` anywhere stands for the id of that row; ``=!product/X`` inside text is not touched.
* A translated field is a text (both languages), or ``{en: …, de: …}``.
* Associations may be nested: a list of rows for to-many, a list of ``=entity/key`` for many-to-many.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from updategate.embedded.refshop.dal.definitions import Definition, definitions
from updategate.embedded.refshop.dal.ids import SYSTEM_CURRENCY, SYSTEM_LANGUAGE, derived_id

from .errors import SeedError

LANGUAGES = {"en": SYSTEM_LANGUAGE, "de": derived_id("language", "de")}

#: rows whose ids every Shopware has
FIXED_IDS = {
    ("language", "en"): SYSTEM_LANGUAGE,
    ("currency", "EUR"): SYSTEM_CURRENCY,
    ("sales_channel_type", "storefront"): "8a243080f92e4c719546314b577cf82b",
    ("sales_channel_type", "headless"): "f183ee5650cf4bdb8a774337575067a6",
    ("customer_group", "standard"): "cfbd5018d38d41d8adca10d94fc8bdd6",
}

Rows = list[tuple[str, dict[str, Any]]]


def id_of(entity: str, key: str) -> str:
    """Return the id of the row with this key."""
    return FIXED_IDS.get((entity, key)) or derived_id(entity, key)


def read_rows(file: Path) -> Rows:
    """Return the rows of one file, with ids and references resolved, associations still nested."""
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SeedError(f"{file} cannot be read: {error.strerror}") from None
    except yaml.YAMLError as error:
        raise SeedError(f"{file} is not valid YAML: {error}") from None
    rows: Rows = []
    for entity, entries in (content or {}).items():
        for key, fields in entries.items():
            rows.append((entity, resolved(entity, str(key), fields or {}, file)))
    return rows


def resolved(entity: str, key: str, fields: dict[str, Any], file: Path) -> dict[str, Any]:
    """Return one row with its id; unknown fields raise SeedError."""
    known = definitions().get(entity)
    if known is None:
        raise SeedError(f"{file}: there is no entity {entity!r}")
    return _resolve_row(known, {"id": id_of(entity, key), **fields}, f"{file.name}: {entity}/{key}")


def _resolve_row(known: Definition, fields: dict[str, Any], where: str) -> dict[str, Any]:
    row: dict[str, Any] = {}
    translations: dict[str, dict[str, Any]] = {}
    for name, value in fields.items():
        field = known.fields.get(name)
        association = known.associations.get(name)
        if field is not None and field.translated:
            for language, language_id in LANGUAGES.items():
                text = value.get(language) if _is_by_language(value) else value
                if text is not None:
                    translations.setdefault(language_id, {})[name] = text
        elif association is not None:
            row[name] = _resolve_nested(association, value, row["id"], where)
        elif field is not None or name in ("id", "createdAt", "updatedAt", "secretAccessKey", "password"):
            row[name] = _references(value)
        else:
            raise SeedError(f"{where}: unknown field {name!r}")
    if translations:
        row["translations"] = translations
    return row


def _resolve_nested(association: Any, value: Any, owner: str, where: str) -> Any:
    if association.kind == "mapping":
        return [{"id": _references(other)} for other in value]
    known = definitions()[association.entity]
    if not association.to_many:
        return _resolve_row(known, {"id": derived_id(known.name, owner), **value}, f"{where}.{association.name}")
    return [
        _resolve_row(
            known,
            {"id": derived_id(known.name, owner, str(position)), **child},
            f"{where}.{association.name}[{position}]",
        )
        for position, child in enumerate(value)
    ]


def _is_by_language(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and set(value) <= set(LANGUAGES)


def _references(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("=") and "/" in value:
        entity, _, key = value[1:].partition("/")
        return id_of(entity, key)
    if isinstance(value, list):
        return [_references(item) for item in value]
    if isinstance(value, dict):
        return {_references(name): _references(item) for name, item in value.items()}
    return value
