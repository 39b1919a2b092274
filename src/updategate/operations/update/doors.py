"""Whether the shop is closed while it is updated, and open again afterwards: looked at from outside."""

from __future__ import annotations

from updategate.clients.admin_api import AdminApi, Criteria
from updategate.clients.connection import admin_api, transport_to
from updategate.clients.errors import ShopError
from updategate.clients.json_text import JsonObject
from updategate.clients.transport import Call
from updategate.config.environment import Environment
from updategate.operations.update.settling import Check

CLOSED = 503


def closed_for_customers(environment: Environment) -> list[Check]:
    """Customers must meet the maintenance page, and the health check of load balancers must not.

    Where the shop lets some addresses in during maintenance, this machine may be one of them: then what customers see
    cannot be told, and no check is made of it.
    """
    home, health = _status(environment, "/"), _status(environment, "/api/_info/health-check")
    checks = [Check("maintenance-health-check", health == 200, "health check answers 200", f"answers {health}")]
    if home != CLOSED and _lets_some_in(environment):
        return checks
    return [Check("maintenance-page", home == CLOSED, "customers get 503", f"customers get {home}"), *checks]


def still_closed(environment: Environment) -> str:
    """Why the shop is closed for customers, in words; empty where it is open, as far as can be told."""
    home = _status(environment, "/")
    if home == CLOSED:
        return "the home page answers 503"
    admin = admin_api(environment)
    if admin is None:
        return ""
    try:
        closed = [str((row.get("translated") or row).get("name") or row["id"]) for row in _closed_channels(admin)]
    except ShopError:
        return ""
    return f"in maintenance: {', '.join(sorted(closed))}" if closed else ""


def _closed_channels(admin: AdminApi) -> list[JsonObject]:
    return list(admin.pages("sales_channel", Criteria().equals("maintenance", value=True)))


def _lets_some_in(environment: Environment) -> bool:
    admin = admin_api(environment)
    try:
        return bool(admin and any(row.get("maintenanceIpWhitelist") for row in _closed_channels(admin)))
    except ShopError:
        return False


def _status(environment: Environment, path: str) -> int:
    call = Call("GET", path, headers={"Accept": "text/html"}, follow_redirects=True)
    try:
        return transport_to(environment).send(call).status
    except ShopError:
        return 0
