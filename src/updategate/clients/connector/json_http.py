"""JSON over HTTP with a bearer token, for what belongs to a run: a connector's own interface, a proxy's controls."""

from __future__ import annotations

from updategate.clients.connector.errors import ConnectorUnreachableError
from updategate.clients.errors import ShopError
from updategate.clients.exchange_log import ExchangeLog
from updategate.clients.json_text import Json
from updategate.clients.transport import Call, ConnectionSettings, RequestsTransport

BEARER = "Authorization"


class JsonHttp:
    """One address and its token."""

    def __init__(self, url: str, token: str = "", timeout: float = 40.0, *, token_header: str = BEARER) -> None:
        self.url = url
        settings = ConnectionSettings(timeouts=(min(10.0, timeout), timeout))
        self._transport = RequestsTransport(url, ExchangeLog(secrets=[token]), settings)
        bearer = "Bearer " if token_header == BEARER else ""
        self._headers = {token_header: f"{bearer}{token}"} if token else {}

    def ask(self, method: str, path: str, body: Json = None) -> Json:
        """Send a request and return the parsed answer; everything else is a ``ConnectorUnreachableError``."""
        try:
            answer = self._transport.send(Call(method, path, headers=self._headers, json=body))
        except ShopError as fault:
            raise ConnectorUnreachableError(self.url, str(getattr(fault, "fault", fault))) from None
        if not answer.ok:
            raise ConnectorUnreachableError(self.url, f"{method} {path} answered {answer.status}: {answer.text[:200]}")
        try:
            return answer.json() if answer.body else None
        except ValueError:
            raise ConnectorUnreachableError(self.url, f"{method} {path} answered something that is no JSON") from None

    def close(self) -> None:
        """End all connections."""
        self._transport.close()
