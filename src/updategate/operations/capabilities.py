"""What the shop under test can do, found by looking."""

from __future__ import annotations

from dataclasses import dataclass

from updategate.clients.connection import admin_api, transport_to
from updategate.clients.errors import ShopError
from updategate.clients.transport import Call
from updategate.config.environment import Environment
from updategate.operations.counterparts import erp_capabilities
from updategate.operations.fingerprint import plugins_of, version_of

# plugins that bring a capability, by Shopware's own names
PLUGIN_CAPABILITIES = {"SwagCommercial": "commercial", "SwagB2bPlatform": "b2b_suite", "SwagPayPal": "paypal"}


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop as it was found. ``version`` is None where there are no credentials to ask for it."""

    version: str | None
    capabilities: frozenset[str]


def look_at(environment: Environment) -> Shop:
    """Find version and capabilities; what the environment file lists under ``capabilities`` replaces the search.

    A shop that does not answer has no version and no capabilities: the processes will say so themselves.
    """
    version, found = _from_admin(environment)
    if environment.capabilities is not None:
        return Shop(version, frozenset(environment.capabilities))
    found |= erp_capabilities(environment)
    if environment.canary is not None and environment.permits.canary:
        found.add("canary_order")
    if environment.sinks.mail not in (None, "none"):
        found.add("mail")
    if _answers_html(environment):
        found.add("storefront")
    return Shop(version, frozenset(found))


def _from_admin(environment: Environment) -> tuple[str | None, set[str]]:
    try:
        admin = admin_api(environment)
        if admin is None:
            return None, set()
        version = version_of(admin)
        plugins = {plugin.name for plugin in plugins_of(admin) if plugin.active}
    except ShopError:
        return None, set()
    return version, {"admin"} | {name for plugin, name in PLUGIN_CAPABILITIES.items() if plugin in plugins}


def _answers_html(environment: Environment) -> bool:
    try:
        answer = transport_to(environment).send(Call("GET", "/", headers={"Accept": "text/html"}))
    except ShopError:
        return False
    # a storefront that is broken is still one: its processes must say so
    return answer.status >= 500 or "html" in (answer.header("content-type") or "")
