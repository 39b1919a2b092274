"""Writes rows with everything nested in them: first all is checked, then all is stored, or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from updategate.embedded.refshop.dal.context import ReadContext
from updategate.embedded.refshop.dal.definitions import Definition, definitions
from updategate.embedded.refshop.dal.ids import SYSTEM_LANGUAGE, is_id
from updategate.embedded.refshop.dal.problems import ApiProblem, problem
from updategate.embedded.refshop.dal.store import Doc, EntityStore
from updategate.embedded.refshop.versions import ShopwareVersion

from .after import after_writes
from .commands import Command, Extraction, Written, camel
from .constraints import check_foreign_keys, check_unique
from .extract import extract, id_name
from .values import not_an_id

CREATE, UPDATE, UPSERT = "create", "update", "upsert"

_COMMANDS = "Shopware\\Core\\Framework\\DataAbstractionLayer\\Write\\Command\\"


def write_rows(
    context: ReadContext,
    version: ShopwareVersion,
    entity: str,
    rows: Iterable[dict[str, Any]],
    mode: str = UPSERT,
    *,
    prefix: str = "",
    language_id: str = SYSTEM_LANGUAGE,
    system_scope: bool = False,
) -> Written:
    """Check and store rows of one entity; raise ApiProblem with every violation.

    ``prefix`` stands before the row's number in error pointers (a sync operation's key). ``system_scope`` may write
    what is protected.
    """
    definition = definitions()[entity]
    extraction = Extraction(context, version, language_id, system_scope)
    store = context.store
    with store.transaction():
        roots = []
        for position, row in enumerate(rows):
            if not isinstance(row, dict):
                raise problem(400, "FRAMEWORK__INVALID_WRITE_INPUT", "Invalid payload. Should be associative array")
            if not definition.mapping and row.get("id") and not is_id(row["id"]):
                # found while the rows are put in order, before the operation's key is known
                raise ApiProblem(400, [not_an_id(f"/{position}/{id_name(definition)}", row["id"])])
            ancestors = {"language": language_id}
            pointer = f"{prefix}/{context.behaviour.told_row(position)}"
            roots.append(extract(extraction, definition, row, pointer, {}, ancestors))
        _ensure(definition, [command for command in extraction.commands if command.id in roots], mode)
        if extraction.violations:
            raise ApiProblem(400, extraction.violations)
        written = _execute(store, context, version, extraction.commands)
        for command in extraction.commands:
            if command.id in roots and command.definition is definition:
                _note_owners(written, command, context)
        return written


def _note_owners(written: Written, command: Command, context: ReadContext) -> None:
    """A written child or pair counts as a change of what it belongs to."""
    doc = {**(context.get(command.definition.name, command.id) or {}), **command.changes}
    for entity, id_ in owners_of(command.definition, doc):
        written.add(entity, id_)


def owners_of(definition: Definition, doc: Doc) -> list[tuple[str, str]]:
    """Return entity and id of what a row belongs to: both sides of a pair, or the owner that its name begins with."""
    if definition.mapping:
        fields = [definition.fields[key] for key in definition.key if key in definition.fields]
        return [(field_.reference, doc[field_.name]) for field_ in fields if field_.reference and doc.get(field_.name)]
    owners = [
        (field_.reference, str(doc[field_.name]))
        for field_ in definition.fields.values()
        if field_.reference
        and field_.required
        and definition.name.startswith(field_.reference + "_")
        and doc.get(field_.name)
    ]
    return sorted(owners, key=lambda owner: -len(owner[0]))[:1]


def _ensure(definition: Definition, commands: list[Command], mode: str) -> None:
    for command in commands:
        if command.definition is not definition:
            continue
        expected = {CREATE: "InsertCommand", UPDATE: "UpdateCommand"}.get(mode)
        actual = "InsertCommand" if command.insert else "UpdateCommand"
        if expected is None or expected == actual:
            continue
        hint = "Hint: Use POST method to create new entities." if mode == UPDATE else ""
        detail = (
            f'Expected command for "{definition.name}" to be "{_COMMANDS}{expected}". (Got: {_COMMANDS}{actual}){hint}'
        )
        raise problem(
            400,
            "FRAMEWORK__WRITE_TYPE_INTEND_ERROR",
            detail,
            {
                "definition": definition.name,
                "expectedClass": _COMMANDS + expected,
                "actualClass": _COMMANDS + actual,
            },
        )


def _execute(store: EntityStore, context: ReadContext, version: ShopwareVersion, commands: list[Command]) -> Written:
    written = Written()
    for command in commands:
        entity = command.definition.name
        before = context.get(entity, command.id)
        if command.definition.mapping and before is not None:
            _note(written, command)
            continue
        kept = (before or {}) if context.behaviour.keeps_other_custom_fields() else {}
        doc: Doc = _custom_fields_kept(kept, context.behaviour.written(entity, dict(command.changes)))
        if command.translations:
            merged = dict((before or {}).get("translations") or {})
            for language, texts in command.translations.items():
                known = merged.get(language, {})
                keeps = context.behaviour.keeps_other_custom_fields()
                merged[language] = _merged(known, texts) if keeps else {**known, **texts}
            doc["translations"] = merged
        if before is not None and not context.live:
            doc = {**before, **doc}
        check_unique(context, command.definition, command.id, {**(before or {}), **doc})
        target = entity if context.live or not command.definition.versioned else f"{entity}@{context.version_id}"
        store.upsert(target, doc)
        _note(written, command)
    for command in commands:
        check_foreign_keys(context, command.definition, command.changes)
    if context.live:
        recount, index = context.behaviour.stock_is_recounted(), context.behaviour.indexes_at_once()
        after_writes(store, version, commands, recount=recount, index=index)
    return written


def _merged(before: Doc, changes: Doc) -> Doc:
    """Merge changes into what is there; custom fields that are not named stay, as they do in Shopware."""
    return {**before, **_custom_fields_kept(before, changes)}


def _custom_fields_kept(before: Doc, changes: Doc) -> Doc:
    old, new = before.get("customFields"), changes.get("customFields")
    if isinstance(old, dict) and isinstance(new, dict):
        return {**changes, "customFields": {**old, **new}}
    return dict(changes)


def _note(written: Written, command: Command) -> None:
    definition = command.definition
    if definition.mapping:
        written.add(definition.name, {key: command.changes[key] for key in definition.key})
        return
    written.add(definition.name, command.id)
    for language in command.translations:
        written.add(
            f"{definition.name}_translation", {f"{camel(definition.name)}Id": command.id, "languageId": language}
        )
