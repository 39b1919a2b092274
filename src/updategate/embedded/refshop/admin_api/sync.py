"""Many writes in one request: all of them, or none."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from starlette.responses import Response

from updategate.embedded.refshop.dal.context import ReadContext
from updategate.embedded.refshop.dal.definitions import Definition, definitions
from updategate.embedded.refshop.dal.filters import parse_filter
from updategate.embedded.refshop.dal.problems import http_problem, problem
from updategate.embedded.refshop.dal.write import Written, delete_rows, write_rows

from .http import Call, Router

router = Router()


@router.route("POST", "/_action/sync")
def sync(call: Call) -> Response:
    """Run the operations in order; the answer lists primary keys by entity."""
    operations = _operations(call.body)
    if call.shop.behaviour.sync_breaks():
        detail = "SQLSTATE[40001]: Serialization failure: 1213 Deadlock found when trying to get lock"
        raise http_problem(500, detail, code="40001")
    context = call.context()
    written = Written()
    deleted: dict[str, list[Any]] = {}
    not_found: dict[str, list[Any]] = {}
    together = call.shop.store.transaction() if call.shop.behaviour.sync_is_atomic() else nullcontext()
    with together:
        for key, operation in operations:
            definition = _definition(operation)
            _require(call, definition, operation)
            if operation["action"] == "delete":
                gone = delete_rows(context, definition.name, _keys(context, definition, operation))
                _merge(deleted, gone.deleted)
                _merge(not_found, gone.not_found)
                for entity, id_ in gone.owners:
                    written.add(entity, id_)
            else:
                written.merge(
                    write_rows(
                        context,
                        call.shop.version,
                        definition.name,
                        operation.get("payload") or [],
                        prefix=f"/{key}",
                        language_id=context.languages[0],
                    )
                )
    return call.json(
        {
            "extensions": [],
            "data": _sorted(written.keys),
            "notFound": _sorted(not_found if call.shop.behaviour.tells_unknown_deletes() else {}),
            "deleted": _sorted(deleted),
        }
    )


def _operations(body: Any) -> list[tuple[str, dict[str, Any]]]:
    if isinstance(body, dict):
        entries = list(body.items())
    elif isinstance(body, list):
        entries = [(str(position), operation) for position, operation in enumerate(body)]
    else:
        entries = []
    result = []
    for position, operation in entries:
        if not isinstance(operation, dict):
            raise _invalid("Invalid payload format. Expected an array of operations.")
        key = str(operation.get("key") or position)
        problems = []
        if not operation.get("entity"):
            problems.append(
                f'Missing "entity" argument for operation with key "{key}". It needs to be a non-empty string.'
            )
        if operation.get("action") not in ("upsert", "delete"):
            problems.append(
                f'Missing or invalid "action" argument for operation with key "{key}".'
                " Supported actions are [upsert, delete]"
            )
        if not operation.get("payload") and not operation.get("criteria"):
            problems.append(
                f'Missing "payload"|"criteria" argument for operation with key "{key}".'
                " It needs to be a non-empty array."
            )
        if problems:
            raise _invalid("; ".join(problems))
        result.append((key, operation))
    return result


def _invalid(detail: str) -> Exception:
    return problem(400, "FRAMEWORK__INVALID_SYNC_OPERATION", detail)


def _definition(operation: dict[str, Any]) -> Definition:
    name = str(operation["entity"])
    definition = definitions().get(name.replace("-", "_"))
    if definition is None:
        raise problem(
            500,
            "FRAMEWORK__DEFINITION_NOT_FOUND",
            f'Definition for entity "{name}" does not exist.',
            {"entityName": name},
        )
    return definition


def _require(call: Call, definition: Definition, operation: dict[str, Any]) -> None:
    if operation["action"] == "delete":
        call.access.require(f"{definition.name}:delete")
    else:
        call.access.require(f"{definition.name}:create", f"{definition.name}:update")


def _keys(context: ReadContext, definition: Definition, operation: dict[str, Any]) -> list[dict[str, Any]]:
    if not operation.get("criteria"):
        return list(operation.get("payload") or [])
    if not definition.mapping:
        raise problem(
            400,
            "FRAMEWORK__API_INVALID_SYNC_CRITERIA",
            f"Sync operation {operation.get('key')}, with action 'delete', requires a criteria with at least one filter"
            " and can only be applied for mapping entities",
        )
    keep = [
        parse_filter(definition, item, f"/filter/{position}") for position, item in enumerate(operation["criteria"])
    ]
    rows = [doc for doc in context.where(definition.name) if all(test(context, definition, doc) for test in keep)]
    return [{part: doc.get(part) for part in definition.key} for doc in rows]


def _merge(into: dict[str, list[Any]], more: dict[str, list[Any]]) -> None:
    for entity, keys in more.items():
        into.setdefault(entity, []).extend(keys)


def _sorted(keys: dict[str, list[Any]]) -> Any:
    return dict(sorted(keys.items())) if keys else []
