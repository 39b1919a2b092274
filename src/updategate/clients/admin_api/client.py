"""The Admin API: search, write, sync, state transitions, documents, settings.

``raw_x`` returns the answer whatever its status, ``x`` returns what it holds or raises an ``ApiError``. Two refusals
are sent again, which the exchange log shows: a 401, once and with a new token, and a transaction that the database took
back to break a deadlock, of which nothing was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from updategate.clients.admin_api.criteria import Criteria
from updategate.clients.admin_api.sign_in import Credentials, Integration, SignIn, User
from updategate.clients.errors import ApiError, SyncError, Violation, violations_in
from updategate.clients.json_text import Json, JsonObject
from updategate.clients.transport import Answer, Call, Transport

__all__ = ["AdminApi", "Integration", "SearchResult", "User"]

_DEADLOCK = b"SQLSTATE[40001]"
_AFTER_DEADLOCKS = 4


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found. ``total`` is exact only where the criteria asked for it (``counted``)."""

    data: list[JsonObject]
    total: int
    aggregations: Mapping[str, Json] = field(default_factory=dict)

    def first(self) -> JsonObject | None:
        """Return the first hit, if any."""
        return self.data[0] if self.data else None


class AdminApi:
    """The Admin API with one set of credentials. Safe to use from several threads."""

    def __init__(self, transport: Transport, credentials: Credentials, *, language_id: str | None = None) -> None:
        self.transport = transport
        self.sign_in = SignIn(transport, credentials)
        self.language_id = language_id

    # -- the request itself

    def raw(
        self,
        method: str,
        path: str,
        body: Json = None,
        *,
        name: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request to ``/api`` + ``path``."""
        token = self.sign_in.token()
        answer = self._send(token, method, path, body, name, headers, "")
        if answer.status == 401:
            token = self.sign_in.renewed(token)
            answer = self._send(token, method, path, body, name, headers, "again with a new token after 401")
        for _ in range(_AFTER_DEADLOCKS):
            if answer.ok or _DEADLOCK not in answer.body:
                break
            answer = self._send(token, method, path, body, name, headers, "again after a deadlock of the database")
        return answer

    def ask(self, method: str, path: str, body: Json = None, *, name: str = "") -> Json:
        """Send one request and return the parsed body (``None`` for an empty one); an error raises ``ApiError``."""
        answer = self.raw(method, path, body, name=name)
        if not answer.ok:
            raise ApiError.of(answer)
        return answer.json() if answer.body else None

    # -- search

    def raw_search(self, entity: str, criteria: Criteria) -> Answer:
        """Search for entities of a kind, named with underscores or hyphens."""
        return self.raw("POST", f"/search/{_hyphenated(entity)}", criteria.body)

    def search(self, entity: str, criteria: Criteria | None = None) -> SearchResult:
        """Search for entities of a kind."""
        answer = self.raw_search(entity, criteria or Criteria())
        if not answer.ok:
            raise ApiError.of(answer)
        body = answer.json()
        return SearchResult(list(body["data"]), int(body.get("total") or 0), dict(body.get("aggregations") or {}))

    def ids(self, entity: str, criteria: Criteria | None = None) -> list[str]:
        """Return the ids of what is found (of a mapping without an id of its own, nothing)."""
        body = self.ask("POST", f"/search-ids/{_hyphenated(entity)}", (criteria or Criteria()).body)
        return [str(entry) for entry in body["data"] if isinstance(entry, str)]

    def count(self, entity: str, criteria: Criteria | None = None) -> int:
        """Count what is found, exactly."""
        return self.search(entity, (criteria or Criteria()).limit(1).counted()).total

    def pages(self, entity: str, criteria: Criteria | None = None, size: int = 100) -> Iterator[JsonObject]:
        """Yield everything that is found, page by page."""
        page = 1
        while True:
            found = self.search(entity, (criteria or Criteria()).limit(size, page)).data
            yield from found
            if len(found) < size:
                return
            page += 1

    def get(self, entity: str, entity_id: str, *associations: str) -> JsonObject:
        """Return one entity; ``LookupError`` where it does not exist."""
        found = self.search(entity, Criteria().ids(entity_id).associate(*associations)).first()
        if found is None:
            message = f"the shop has no {entity} with the id {entity_id}"
            raise LookupError(message)
        return found

    # -- write

    def create(self, entity: str, payload: JsonObject) -> None:
        """Create one entity; give the id in the payload."""
        self.ask("POST", f"/{_hyphenated(entity)}", payload)

    def patch(self, entity: str, entity_id: str, changes: JsonObject) -> None:
        """Change fields of one entity."""
        path = f"/{_hyphenated(entity)}"
        self.ask("PATCH", f"{path}/{entity_id}", changes, name=f"{path}/{{id}}")

    def delete(self, entity: str, entity_id: str) -> bool:
        """Delete one entity; ``False`` where it was not there (any more)."""
        path = f"/{_hyphenated(entity)}"
        answer = self.raw("DELETE", f"{path}/{entity_id}", name=f"{path}/{{id}}")
        if answer.status == 404:
            return False
        if not answer.ok:
            raise ApiError.of(answer)
        return True

    def raw_sync(self, operations: Sequence[JsonObject], *, queued: bool = False) -> Answer:
        """Send operations in one transaction."""
        headers = {"indexing-behavior": "use-queue-indexing"} if queued else {}
        return self.raw("POST", "/_action/sync", list(operations), headers=headers)

    def sync(self, operations: Sequence[JsonObject], *, queued: bool = False) -> JsonObject:
        """Send operations; errors in the body raise ``SyncError`` even where the status says 200."""
        answer = self.raw_sync(operations, queued=queued)
        body = answer.json() if answer.body else {}
        violations = violations_in(body) or tuple(_in_results(body))
        if not answer.ok or violations:
            raise SyncError(answer.request, answer.status, violations, answer.text)
        return dict(body)

    def upsert(self, *entries: tuple[str, Sequence[JsonObject]], queued: bool = False) -> JsonObject:
        """Create or change entities of several kinds at once, in the order given."""
        return self.sync(
            [_operation("upsert", entity, payload) for entity, payload in entries if payload], queued=queued
        )

    def remove(self, *entries: tuple[str, Sequence[JsonObject]]) -> list[str]:
        """Delete entities of several kinds, in the order given; returns the keys of those that were not there."""
        operations = [_operation("delete", entity, payload) for entity, payload in entries if payload]
        if not operations:
            return []
        missing = self.sync(operations).get("notFound") or []
        if isinstance(missing, dict):
            return [str(entry) for entries_ in missing.values() for entry in entries_]
        return [str(entry) for entry in missing]

    # -- states and documents

    def raw_transition(self, entity: str, entity_id: str, action: str, body: JsonObject | None = None) -> Answer:
        """Move an ``order``, ``order_transaction`` or ``order_delivery`` along its state machine."""
        path = f"/_action/{entity}"
        return self.raw("POST", f"{path}/{entity_id}/state/{action}", body or {}, name=f"{path}/{{id}}/state/{action}")

    def transition(self, entity: str, entity_id: str, action: str, body: JsonObject | None = None) -> str:
        """Move an entity along its state machine; returns the technical name of the state it is in then."""
        answer = self.raw_transition(entity, entity_id, action, body)
        if not answer.ok:
            raise ApiError.of(answer)
        state = answer.json()
        return str(state.get("technicalName") or (state.get("data") or {}).get("technicalName"))

    def create_document(self, order_id: str, kind: str, config: JsonObject | None = None, **extra: Json) -> JsonObject:
        """Create a document (``invoice``, ``delivery_note``, ``storno``, ``credit_note``).

        Returns ``documentId`` and ``documentDeepLink``. Errors stand in the body of a 200.
        """
        request = {"orderId": order_id, "fileType": "pdf", "config": config or {}, **extra}
        path = f"/_action/order/document/{kind}/create"
        answer = self.raw("POST", path, [request])
        body = answer.json() if answer.body else {}
        violations = violations_in(body) or tuple(_in_document_errors(body))
        if not answer.ok or violations:
            raise ApiError(answer.request, answer.status, violations, answer.text)
        return dict(body["data"][0])

    def download_document(self, document_id: str, deep_link: str) -> bytes:
        """Return a document's file as delivered."""
        path = f"/_action/document/{document_id}/{deep_link}"
        answer = self.raw("GET", path, headers={"Accept": "application/pdf, */*"}, name="/_action/document/{id}")
        if not answer.ok:
            raise ApiError.of(answer)
        return answer.body

    # -- the shop itself

    def version(self) -> str:
        """Return the shop's version, e.g. ``6.6.7.1``."""
        return str(self.ask("GET", "/_info/version")["version"])

    def time(self) -> datetime:
        """Return the shop's own time, by which its tasks and tokens go; this machine's where the shop does not tell."""
        told = self.raw("GET", "/_info/version").header("date")
        return parsedate_to_datetime(told) if told else datetime.now(UTC)

    def setting(self, key: str, sales_channel_id: str | None = None) -> Json:
        """Return one system setting, ``None`` where it is not set."""
        domain, _, _ = key.rpartition(".")
        query = f"?domain={domain}" + (f"&salesChannelId={sales_channel_id}" if sales_channel_id else "")
        settings = self.ask("GET", f"/_action/system-config{query}", name="/_action/system-config")
        return settings.get(key) if isinstance(settings, dict) else None

    def change_settings(self, settings: JsonObject, sales_channel_id: str | None = None) -> None:
        """Change system settings; ``None`` takes one back to its default."""
        self.ask("POST", "/_action/system-config/batch", {sales_channel_id or "null": settings})

    def clear_cache(self) -> None:
        """Clear all caches of the shop."""
        self.ask("DELETE", "/_action/cache")

    def _send(
        self,
        token: str,
        method: str,
        path: str,
        body: Json,
        name: str,
        headers: Mapping[str, str] | None,
        note: str,
    ) -> Answer:
        sent = {"Authorization": f"Bearer {token}", "Accept": "application/json", **(headers or {})}
        if self.language_id:
            sent.setdefault("sw-language-id", self.language_id)
        full = f"/api{path}"
        return self.transport.send(
            Call(method, full, headers=sent, json=body, name=f"/api{name}" if name else full, note=note)
        )


def _operation(action: str, entity: str, payload: Sequence[JsonObject]) -> JsonObject:
    return {"key": f"{action}-{entity}", "entity": entity.replace("-", "_"), "action": action, "payload": list(payload)}


def _in_results(body: Json) -> Iterable[Violation]:
    """Errors as a sync of several operations reports them beside what it has written (6.4, fail-on-error off)."""
    data = body.get("data") if isinstance(body, dict) else None
    for operation in data.values() if isinstance(data, dict) else ():
        results = operation.get("result") if isinstance(operation, dict) else None
        for result in results or ():
            yield from violations_in(result)


def _in_document_errors(body: Json) -> Iterable[Violation]:
    errors = body.get("errors") if isinstance(body, dict) else None
    if isinstance(errors, dict):
        for entries in errors.values():
            for entry in entries if isinstance(entries, list) else [entries]:
                if isinstance(entry, dict):
                    yield Violation(
                        str(entry.get("code") or ""), str(entry.get("detail") or entry.get("message") or "")
                    )


def _hyphenated(entity: str) -> str:
    return entity.replace("_", "-")
