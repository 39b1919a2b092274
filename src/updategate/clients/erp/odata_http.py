"""OData v4 over HTTP: filters, keys, pages, and errors for people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from urllib.parse import quote, urlsplit

from updategate.clients.erp.errors import ErpRefusedError, ErpSignInError, ErpUnreachableError
from updategate.clients.errors import ShopError
from updategate.clients.exchange_log import ExchangeLog
from updategate.clients.json_text import Json, JsonObject
from updategate.clients.transport import Answer, Call, ConnectionSettings, RequestsTransport
from updategate.config.erp import ErpSettings

_GUID = re.compile(r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")


class ODataHttp:
    """One service with one set of credentials: a token, or a name and a password."""

    def __init__(self, settings: ErpSettings, service: str) -> None:
        self._url = str(settings.url)
        self._user = settings.username or "the token"
        password = settings.password.get_secret_value() if settings.password else ""
        token = settings.token.get_secret_value() if settings.token else ""
        basic = (settings.username, password) if settings.username else None
        timeouts = (min(10.0, settings.timeout), settings.timeout)
        self._transport = RequestsTransport(
            self._url,
            ExchangeLog(secrets=[password, token]),
            ConnectionSettings(basic_auth=basic, timeouts=timeouts),
        )
        self._headers = {"OData-Version": "4.0", "OData-MaxVersion": "4.0"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._root = "/" + service.strip("/") if service.strip("/") else ""

    def check(self) -> None:
        """Read the service document."""
        self._ask("GET", f"{self._root}/", what="open the service")

    def rows(self, entity_set: str, filters: Mapping[str, str], expand: str = "") -> Iterator[JsonObject]:
        """Yield everything with these values, page by page."""
        clauses = [f"{name} eq {literal(value)}" for name, value in filters.items()]
        yield from self._filtered(entity_set, " and ".join(clauses), expand)

    def rows_beginning(self, entity_set: str, name: str, mark: str) -> Iterator[JsonObject]:
        """Yield everything in which a text begins with a mark."""
        yield from self._filtered(entity_set, f"startswith({name},{literal(mark)})")

    def _filtered(self, entity_set: str, condition: str, expand: str = "") -> Iterator[JsonObject]:
        query = f"$filter={quote(condition)}" + (f"&$expand={quote(expand)}" if expand else "")
        path = f"{self._root}/{entity_set}?{query}"
        while path:
            body = self._ask("GET", path, what=f"read {entity_set}")
            if not isinstance(body, dict) or not isinstance(body.get("value"), list):
                raise ErpRefusedError(f"read {entity_set}", "the answer has no 'value'; is this an OData v4 service?")
            yield from body["value"]
            path = _path_of(str(body.get("@odata.nextLink") or ""), self._root)

    def create(self, entity_set: str, values: JsonObject) -> JsonObject:
        """Create an entity, and return it as the service answers."""
        created = self._ask("POST", f"{self._root}/{entity_set}", values, what=f"create in {entity_set}")
        return created if isinstance(created, dict) else {}

    def change(self, entity_set: str, row: JsonObject, key: str | None, values: JsonObject) -> None:
        """Change an entity, whatever its version."""
        self._ask("PATCH", self._address(entity_set, row, key), values, what=f"change in {entity_set}")

    def delete(self, entity_set: str, row: JsonObject, key: str | None) -> None:
        """Delete an entity."""
        self._ask("DELETE", self._address(entity_set, row, key), what=f"delete in {entity_set}")

    def close(self) -> None:
        """End all connections."""
        self._transport.close()

    def _address(self, entity_set: str, row: JsonObject, key: str | None) -> str:
        given = row.get("@odata.editLink") or row.get("@odata.id")
        if given:
            return _path_of(str(given), self._root)
        if key is None or key not in row:
            raise ErpRefusedError(f"address an entry of {entity_set}", "write the name of its key into the mapping")
        return f"{self._root}/{entity_set}({quote(literal(row[key]))})"

    def _ask(self, method: str, path: str, body: Json = None, *, what: str) -> Json:
        headers = {**self._headers, **({"If-Match": "*"} if method in ("PATCH", "DELETE") else {})}
        try:
            answer = self._transport.send(Call(method, path, headers=headers, json=body))
        except ShopError as fault:
            raise ErpUnreachableError(self._url, str(getattr(fault, "fault", fault))) from None
        if answer.status in (401, 403):
            raise ErpSignInError(self._url, self._user)
        if not answer.ok:
            raise ErpRefusedError(what, _told(answer))
        try:
            return answer.json() if answer.body else None
        except ValueError:
            raise ErpRefusedError(what, "the answer is no JSON") from None


def literal(value: Json) -> str:
    """Write a value for a filter or a key: texts in single quotes, GUIDs and figures without."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return str(value)
    text = str(value)
    if _GUID.match(text):
        return text
    return "'" + text.replace("'", "''") + "'"


def _path_of(link: str, root: str) -> str:
    """The path of a link, which may be absolute or relative to the service."""
    if not link:
        return ""
    parts = urlsplit(link)
    path = parts.path if parts.path.startswith("/") else f"{root}/{parts.path}"
    return path + (f"?{parts.query}" if parts.query else "")


def _told(answer: Answer) -> str:
    try:
        error = answer.json()["error"]
        return f"{error['code']}: {error['message']}"
    except (ValueError, KeyError, TypeError):
        return f"it answered {answer.status}: {answer.text[:200]}"
