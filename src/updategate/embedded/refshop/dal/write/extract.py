"""Turns rows with everything nested in them into commands, checking every value."""

from __future__ import annotations

from typing import Any

from updategate.embedded.refshop.dal.context import ReadContext
from updategate.embedded.refshop.dal.definitions import Association, Definition, definitions
from updategate.embedded.refshop.dal.ids import SYSTEM_LANGUAGE, derived_id, is_id
from updategate.embedded.refshop.dal.passwords import hashed
from updategate.embedded.refshop.dal.problems import ApiProblem, problem, violation
from updategate.embedded.refshop.dal.store import Doc

from .commands import Command, Extraction, camel
from .conditions import check_condition
from .values import OTHER, blank, checked, missing, not_an_id


def extract(
    extraction: Extraction,
    definition: Definition,
    row: dict[str, Any],
    path: str,
    given: dict[str, Any],
    ancestors: dict[str, str],
) -> str:
    """Turn one row into commands.

    ``given`` are foreign keys that follow from where it is nested; ``ancestors`` the ids, by entity, of the rows
    around it: a required foreign key that is not written refers to them.
    """
    context = extraction.context
    row = {**row, **given}
    id_ = _primary_key(context, definition, row, path)
    before = context.get(definition.name, id_)
    ancestors = {**ancestors, definition.name: id_}
    if before is None:
        row = {**_taken_from(ancestors, definition, row), **row}
    changes: Doc = {"id": id_}
    if definition.versioned:
        changes["versionId"] = context.version_id
    command = Command(definition, id_, changes, insert=before is None)
    nested_later: list[tuple[Association, Any]] = []
    # what is required first needs the ids of to-one rows that are written with it
    for name, value in row.items():
        association = definition.associations.get(name)
        if association is None or value is None:
            continue
        if association.kind == "one" and isinstance(value, dict):
            target = definitions().get(association.entity)
            if target is not None:
                inner = extract(extraction, target, value, f"{path}/{name}", {}, ancestors)
                row = {**row, association.key: inner}
        else:
            nested_later.append((association, value))
    author = "createdById" if before is None else "updatedById"
    # who changes an order is noted by the shop's own actions only
    noted = author in definition.fields and (definition.name, author) != ("order", "updatedById")
    if context.user_id is not None and noted:
        row = {author: context.user_id, **row}
    is_variant = bool(row.get("parentId") or (before or {}).get("parentId")) and definition.name == "product"
    _fields(extraction, command, row, before, path, is_variant=is_variant)
    if command.insert and not is_variant:
        for name, value in {**definition.database_defaults, **definition.defaults}.items():
            if changes.get(name) is None and not definition.fields[name].translated:
                changes[name] = value
    _translations(extraction, command, row, before, path, is_variant=is_variant)
    extraction.commands.append(command)
    for association, value in nested_later:
        _nested(extraction, id_, association, value, f"{path}/{association.name}", ancestors)
    return id_


def _taken_from(ancestors: dict[str, str], definition: Definition, row: dict[str, Any]) -> dict[str, str]:
    """Return the required foreign keys that are not written, as far as a row around this one is what they mean."""
    return {
        known.name: ancestors[known.reference]
        for known in definition.fields.values()
        if known.reference in ancestors and known.required and known.name not in row
    }


def _primary_key(context: ReadContext, definition: Definition, row: dict[str, Any], path: str) -> str:
    if definition.mapping:
        parts = [str(row.get(key) or "") for key in definition.key]
        for key, part in zip(definition.key, parts, strict=True):
            if not part:
                raise ApiProblem(400, [blank(f"{path}/{key}")])
        return derived_id(definition.name, *parts)
    id_ = row.get("id")
    if not id_:
        return context.store.ids.new()
    if not is_id(id_):
        raise ApiProblem(400, [not_an_id(f"{path}/{id_name(definition)}", id_)])
    return str(id_)


def _fields(
    extraction: Extraction, command: Command, row: dict[str, Any], before: Doc | None, path: str, *, is_variant: bool
) -> None:
    behaviour, entity = extraction.context.behaviour, command.definition.name
    removed, also_required = behaviour.removed_fields(entity), behaviour.required_fields(entity)
    for name, known in command.definition.fields.items():
        if name in removed or known.translated or (not is_variant and name not in row and before is not None):
            continue
        if name not in row:
            asked = known.required or name in also_required
            required = asked and not (is_variant and known.inherited) and not known.protected
            if required and before is None and name not in command.definition.defaults:
                extraction.violations.append(missing(known, f"{path}/{name}"))
            continue
        if name == "availableStock" and extraction.version.is_65:
            # taken without a word before 6.6, and counted anew
            continue
        if known.protected and not extraction.system_scope:
            # the real one forgets the slash between the path and the name that it adds once more
            found = violation(f"{path}/{name}{name}", OTHER, "This field is write-protected.", {})
            found["meta"] = {"parameters": ["crud", ""]}
            extraction.violations.append(found)
            continue
        value = row[name]
        if value is None and is_variant and known.inherited:
            command.changes[name] = None
            continue
        stored, wrong = checked(known, value, f"{path}/{name}")
        extraction.violations += wrong
        if known.type == "password" and stored is not None and not str(stored).startswith("scrypt$"):
            stored = hashed(str(stored), command.id)
        command.changes[name] = stored
    if command.definition.name == "rule_condition":
        extraction.violations += check_condition({**(before or {}), **row}, path)
    _ungoverned(command, row)


def _ungoverned(command: Command, row: dict[str, Any]) -> None:
    """Keep what has no field of its own: secrets of integrations, creation dates that were given."""
    for name in ("createdAt", "secretAccessKey"):
        if row.get(name) is not None and name not in command.definition.fields:
            command.changes[name] = row[name]


def _translations(
    extraction: Extraction, command: Command, row: dict[str, Any], before: Doc | None, path: str, *, is_variant: bool
) -> None:
    definition = command.definition
    if not definition.translated_fields:
        return
    texts: dict[str, dict[str, Any]] = {}
    plain: dict[str, dict[str, Any]] = {}
    for known in definition.translated_fields:
        if known.name not in row:
            continue
        value = row[known.name]
        if isinstance(value, dict) and known.type not in ("json", "list") and value:
            for language, text in value.items():
                plain.setdefault(_language_id(extraction.context, language), {})[known.name] = text
        else:
            plain.setdefault(extraction.language_id, {})[known.name] = value
    given = row.get("translations") or {}
    entries = given.items() if isinstance(given, dict) else ((entry.get("languageId"), entry) for entry in given)
    for language, entry in entries:
        known_texts = {name: value for name, value in entry.items() if name in definition.fields}
        texts.setdefault(_language_id(extraction.context, language), {}).update(known_texts)
    for language, entry in plain.items():
        texts.setdefault(language, {}).update(entry)
    required = any(known.required for known in definition.translated_fields)
    if not is_variant and (before is None or required):
        texts.setdefault(SYSTEM_LANGUAGE, {})
    for language, entry in texts.items():
        command.translations[language] = _checked_texts(
            extraction, definition, entry, language, path, new=before is None and not is_variant
        )


def _checked_texts(
    extraction: Extraction, definition: Definition, entry: dict[str, Any], language: str, path: str, *, new: bool
) -> dict[str, Any]:
    result: dict[str, Any] = {}
    system = language == SYSTEM_LANGUAGE
    where = f"{path}/translations/{language}"
    for known in definition.translated_fields:
        if known.name not in entry:
            if known.required and new and system and known.name not in definition.defaults:
                extraction.violations.append(blank(f"{where}/{known.name}"))
            if new and system and known.name in definition.database_defaults:
                result[known.name] = definition.database_defaults[known.name]
            continue
        stored, wrong = checked(known, entry[known.name], f"{where}/{known.name}")
        extraction.violations += wrong if system or stored is not None else []
        result[known.name] = stored
    return result


def _language_id(context: ReadContext, language: Any) -> str:
    if is_id(language):
        return str(language)
    for locale in context.store.where("locale", code=language):
        for found in context.store.where("language", localeId=locale["id"]):
            return str(found["id"])
    raise problem(
        400,
        "FRAMEWORK__LANGUAGE_NOT_FOUND",
        f'Could not find language with id or code "{language}".',
        {"language": language},
    )


def _nested(
    extraction: Extraction,
    owner_id: str,
    association: Association,
    value: Any,
    path: str,
    ancestors: dict[str, str],
) -> None:
    target = definitions().get(association.entity)
    if target is None:
        return
    if association.kind == "one_reverse":
        if isinstance(value, dict):
            extract(extraction, target, value, path, {association.key: owner_id}, ancestors)
        return
    rows = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(rows, list):
        return
    for position, row in enumerate(rows):
        where = f"{path}/{position}"
        if association.kind == "many":
            extract(extraction, target, row, where, {association.key: owner_id}, ancestors)
            continue
        other = str(row.get("id")) if set(row) == {"id"} else extract(extraction, target, row, where, {}, ancestors)
        if not is_id(other):
            raise ApiProblem(400, [not_an_id(f"{where}/id", other)])
        mapping = definitions().get(str(association.mapping))
        if mapping is not None:
            pair = {association.key: owner_id, association.other_key: other}
            extract(extraction, mapping, pair, where, {}, ancestors)


def id_name(definition: Definition) -> str:
    """Return the key that errors name for the entity's own id."""
    return f"{camel(definition.name)}Id" if definition.translated_fields else "id"
