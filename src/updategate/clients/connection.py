"""From an environment file to connected clients."""

from __future__ import annotations

from pathlib import Path

from updategate.clients.admin_api import AdminApi
from updategate.clients.admin_api.sign_in import Credentials, Integration, User
from updategate.clients.exchange_log import ExchangeLog
from updategate.clients.store_api import StoreApi
from updategate.clients.transport import ConnectionSettings, RequestsTransport
from updategate.config.environment import Admin, Environment, secrets_of

CONNECT_SECONDS = 10.0


def connection_settings(environment: Environment) -> ConnectionSettings:
    """How to get to the environment's shop."""
    http = environment.http
    auth = http.basic_auth
    return ConnectionSettings(
        verify_tls=http.verify_tls,
        ca_file=Path(http.ca_file) if http.ca_file else None,
        basic_auth=(auth.username, auth.password.get_secret_value()) if auth else None,
        proxy=http.proxy,
        timeouts=(min(CONNECT_SECONDS, http.timeout), http.timeout),
    )


def exchange_log(environment: Environment) -> ExchangeLog:
    """A log that never shows the environment's secrets."""
    return ExchangeLog(secrets=secrets_of(environment))


def credentials(admin: Admin) -> Credentials:
    """What the Admin API is asked with."""
    if admin.client_id and admin.client_secret:
        return Integration(admin.client_id, admin.client_secret.get_secret_value())
    return User(str(admin.username), admin.password.get_secret_value() if admin.password else "")


def transport_to(environment: Environment, log: ExchangeLog | None = None) -> RequestsTransport:
    """A transport to the shop."""
    return RequestsTransport(environment.url, log or exchange_log(environment), connection_settings(environment))


def admin_api(environment: Environment, log: ExchangeLog | None = None) -> AdminApi | None:
    """The Admin API with the environment's credentials, or None where it gives none."""
    if environment.admin is None:
        return None
    return AdminApi(transport_to(environment, log), credentials(environment.admin))


def store_api(environment: Environment, log: ExchangeLog | None = None) -> StoreApi:
    """A new session in the Store API."""
    return StoreApi(transport_to(environment, log), environment.sales_channel.access_key.get_secret_value())
