"""Many writes in one request: all of them, or none."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from typing import Any

from starlette.responses import Response

from updategate.embedded.refshop.dal.context import ReadContext
from updategate.embedded.refshop.dal.definitions import Definition, definitions
from updategate.embedded.refshop.dal.filters import parse_filter
from updategate.embedded.refshop.dal.problems import ApiProblem, http_problem, problem
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
    if call.shop.behaviour.reads_fail_on_error() and call.headers.get("fail-on-error", "true").lower() == "false":
        return _each_for_itself(call, context, operations)
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


def _each_for_itself(call: Call, context: ReadContext, operations: list[tuple[str, dict[str, Any]]]) -> Response:
    """Carry operations out as before 6.5 (``SyncService`` of 6.4): 200 with what came of each row."""
    data: dict[str, Any] = {}
    for key, operation in operations:
        definition = _definition(operation)
        _require(call, definition, operation)
        data[key] = {"result": _rows_for_themselves(call, context, definition, operation), "extensions": []}
    failed = any(row["errors"] for entry in data.values() for row in entry["result"])
    return call.json({"success": not failed, "data": data, "notFound": [], "deleted": [], "extensions": []})


def _rows_for_themselves(
    call: Call, context: ReadContext, definition: Definition, operation: dict[str, Any]
) -> list[dict[str, Any]]:
    """Carry out the rows of an operation: what came of each, and nothing is kept if one of them is refused."""
    results: list[dict[str, Any]] = []
    with suppress(_Undone), call.shop.store.transaction():
        for position, row in enumerate(operation.get("payload") or []):
            try:
                if operation["action"] == "delete":
                    keys = delete_rows(context, definition.name, [row]).deleted
                else:
                    language = context.languages[0]
                    keys = write_rows(context, call.shop.version, definition.name, [row], language_id=language).keys
                results.append({"entities": _sorted(keys), "errors": []})
            except ApiProblem as refusal:
                results.append({"entities": [], "errors": [_at_row(error, position) for error in refusal.errors]})
        if any(row["errors"] for row in results):
            raise _Undone
    return results


class _Undone(Exception):  # noqa: N818 - it is no error, it ends a transaction
    """A row was refused, so the others of its operation are taken back."""


def _at_row(error: dict[str, Any], position: int) -> dict[str, Any]:
    """Each row was written alone, as the first one; the error is to point to the row that it was."""
    pointer = str((error.get("source") or {}).get("pointer") or "")
    return {**error, "source": {"pointer": f"/{position}{pointer[2:]}"}} if pointer.startswith("/0") else error


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
