"""What exactly is tested: the build and the facts about the environment, as the shop tells them."""

from __future__ import annotations

from typing import Any

from updategate.clients.admin_api import AdminApi
from updategate.clients.admin_api.criteria import Criteria
from updategate.clients.connection import admin_api
from updategate.clients.errors import ApiError
from updategate.config.environment import Environment
from updategate.evidence.records import Build, Plugin

COUNTED = ("product", "customer_group", "rule", "language", "currency", "tax", "promotion")


def read_build(environment: Environment) -> Build | None:
    """Core version and plugins; None without credentials for the Admin API.

    The Admin API does not tell migrations or the lock file, so these stay None. Raises ShopError.
    """
    admin = admin_api(environment)
    if admin is None:
        return None
    return Build(core=version_of(admin), plugins=plugins_of(admin), flags=_flags(admin))


def version_of(admin: AdminApi) -> str:
    """The shop's Shopware version, such as ``6.6.7.1``."""
    return str(admin.ask("GET", "/_info/version")["version"])


def plugins_of(admin: AdminApi) -> tuple[Plugin, ...]:
    """All installed plugins, by name."""
    found = [
        Plugin(name=str(row["name"]), version=str(row["version"]), active=bool(row["active"]))
        for row in admin.pages("plugin", Criteria().sort("name"))
    ]
    return tuple(sorted(found, key=lambda plugin: plugin.name))


def _flags(admin: AdminApi) -> tuple[str, ...] | None:
    """Active feature flags; None on versions that do not tell them (before 6.6.4)."""
    answer = admin.raw("GET", "/_action/feature-flag")
    if not answer.ok:
        return None
    body = answer.json()
    flags = body.items() if isinstance(body, dict) else ((row.get("name"), row) for row in body)
    return tuple(sorted(str(name) for name, flag in flags if flag.get("active")))


def environment_facts(environment: Environment) -> dict[str, Any]:
    """Counts of what the shop holds, to compare stages and to see drift; empty without credentials."""
    admin = admin_api(environment)
    if admin is None:
        return {}
    facts: dict[str, Any] = {}
    for entity in COUNTED:
        try:
            facts[entity] = admin.count(entity)
        except ApiError:
            facts[entity] = None
    return facts
