"""Tryton's JSON-RPC: sessions, its own JSON types, and errors for people."""

from __future__ import annotations

import base64
import datetime as dt
import json
import threading
from decimal import Decimal
from typing import Any

from updategate.clients.erp.errors import ErpRefusedError, ErpSignInError, ErpUnreachableError
from updategate.clients.errors import ShopError
from updategate.clients.exchange_log import ExchangeLog
from updategate.clients.transport import Answer, Call, ConnectionSettings, RequestsTransport

_WARNINGS_AT_MOST = 2000


class ErpWarnedError(ErpRefusedError):
    """Tryton asks whether something is really meant."""

    def __init__(self, what: str, name: str, told: str) -> None:
        self.name = name
        super().__init__(what, told)


class TrytonRpc:
    """One signed-in user of one database."""

    def __init__(self, url: str, database: str, username: str, password: str, timeout: float) -> None:
        self.url = url
        self._database = database
        self._username = username
        self._password = password
        self._transport = RequestsTransport(
            url, ExchangeLog(secrets=[password]), ConnectionSettings(timeouts=(min(10.0, timeout), timeout))
        )
        self._authorization = ""
        self._user = 0
        self._context: dict[str, Any] = {}
        self._lock = threading.Lock()

    def sign_in(self) -> None:
        """Sign in, unless that has been done."""
        with self._lock:
            if self._authorization:
                return
            answer = self._send("common.db.login", [self._username, {"password": self._password}], "")
            if answer.status in (401, 403):
                raise ErpSignInError(self.url, self._username)
            if answer.status == 404:
                raise ErpRefusedError("open its database", f"there is no database '{self._database}'")
            session = self._result(answer, "sign in")
            self._user = int(session[0])
            text = f"{self._username}:{session[0]}:{session[1]}"
            self._authorization = "Session " + base64.b64encode(text.encode()).decode()
            answer = self._send("model.res.user.get_preferences", [True, {}], self._authorization)
            self._context = dict(self._result(answer, "read the user's preferences"))

    def call(self, model: str, method: str, *arguments: Any, what: str = "", **context: Any) -> Any:  # noqa: ANN401
        """Call a method of a model; ``what`` names the task in errors, ``context`` adds to Tryton's context."""
        return self._call(f"model.{model}.{method}", arguments, what or f"{method} {model}", context)

    def although_warned(self, model: str, method: str, *arguments: Any, what: str) -> Any:  # noqa: ANN401
        """Call a method, and answer each of Tryton's warnings with yes."""
        for _ in range(_WARNINGS_AT_MOST):
            try:
                return self.call(model, method, *arguments, what=what)
            except ErpWarnedError as warned:
                entry = {"user": self._user, "name": warned.name, "always": False}
                self.call("res.user.warning", "create", [entry], what="answer a warning")
        return self.call(model, method, *arguments, what=what)

    def wizard(self, name: str, method: str, *arguments: Any, what: str, **context: Any) -> Any:  # noqa: ANN401
        """Call a method of a wizard."""
        return self._call(f"wizard.{name}.{method}", arguments, what, context)

    def search(self, model: str, domain: list[Any], names: list[str], **context: Any) -> list[dict[str, Any]]:  # noqa: ANN401
        """Return the fields of all records that a domain finds, oldest first."""
        return list(
            self.call(model, "search_read", domain, 0, None, [["id", "ASC"]], names, what=f"read {model}", **context)
        )

    def close(self) -> None:
        """End the connections."""
        self._transport.close()

    def _call(self, method: str, arguments: tuple[Any, ...], what: str, context: dict[str, Any]) -> Any:  # noqa: ANN401
        self.sign_in()
        parameters = [*arguments, {**self._context, **context}]
        answer = self._send(method, parameters, self._authorization)
        if answer.status == 401:
            raise ErpSignInError(self.url, self._username)
        return self._result(answer, what)

    def _send(self, method: str, parameters: list[Any], authorization: str) -> Answer:
        headers = {"Authorization": authorization} if authorization else {}
        body = {"id": 1, "method": method, "params": to_tryton(parameters)}
        try:
            return self._transport.send(Call("POST", f"/{self._database}/rpc/", headers=headers, json=body))
        except ShopError as fault:
            raise ErpUnreachableError(self.url, str(getattr(fault, "fault", fault))) from None

    def _result(self, answer: Answer, what: str) -> Any:  # noqa: ANN401
        try:
            body = from_tryton(json.loads(answer.body))
        except ValueError:
            raise ErpRefusedError(what, f"it answered {answer.status}, which is not Tryton") from None
        if "error" in body:
            kind, told = (*body["error"], "", "")[:2]
            if kind == "UserWarning":
                raise ErpWarnedError(what, str(told[0]), str(told[1]))
            words = told[0] if isinstance(told, list) and told else kind
            raise ErpRefusedError(what, str(words)[:600])
        if "result" not in body:
            raise ErpRefusedError(what, str(body)[:300])
        return body["result"]


def to_tryton(value: Any) -> Any:  # noqa: ANN401
    """Write decimals, dates and bytes as Tryton does."""
    if isinstance(value, Decimal):
        return {"__class__": "Decimal", "decimal": format(value, "f")}
    if isinstance(value, bytes):
        return {"__class__": "bytes", "base64": base64.b64encode(value).decode()}
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
    if isinstance(value, dict):
        return {key: to_tryton(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [to_tryton(entry) for entry in value]
    return value


def from_tryton(value: Any) -> Any:  # noqa: ANN401
    """Read decimals and bytes; dates stay as they are."""
    if isinstance(value, dict):
        kind = value.get("__class__")
        if kind == "Decimal":
            return Decimal(value["decimal"])
        if kind == "bytes":
            return base64.b64decode(value["base64"])
        return {key: from_tryton(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [from_tryton(entry) for entry in value]
    return value
