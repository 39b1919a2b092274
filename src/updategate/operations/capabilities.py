"""What the shop under test can do, found by looking."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from updategate.clients.admin_api import Criteria
from updategate.clients.connection import admin_api, store_api, transport_to
from updategate.clients.errors import ShopError
from updategate.clients.transport import Call
from updategate.config.environment import Environment
from updategate.operations.counterparts import erp_capabilities
from updategate.operations.fingerprint import plugins_of, version_of

_SCRIPT = re.compile(r"""<script\b[^>]*\bsrc=["']([^"']+/administration/[^"']+\.js)(?:\?[^"']*)?["']""")

# plugins that bring a capability, by Shopware's own names
PLUGIN_CAPABILITIES = {
    "SwagCommercial": "commercial",
    "SwagB2bPlatform": "b2b_suite",
    "SwagDynamicAccess": "dynamic_access",
    "SwagPayPal": "paypal",
}
# features of Shopware Commercial, by the route that answers where they are licensed and switched on: harmless reads
_STORE_ROUTES = {
    "b2b_quotes": "/quotes",
    "b2b_employees": "/employee",
    "b2b_roles": "/role",
    "b2b_approval": "/approval-rule",
    "b2b_budgets": "/budgets",
    "b2b_shopping_lists": "/shopping-lists",
}
_NO_ROUTE = "No route found"


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
    if "commercial" in found:
        found |= commercial_capabilities(environment)
    if environment.capabilities is not None:
        return Shop(version, frozenset(environment.capabilities))
    found |= erp_capabilities(environment)
    if environment.canary is not None and environment.permits.canary:
        found.add("canary_order")
    if environment.sinks.mail not in (None, "none"):
        found.add("mail")
    if _answers_html(environment):
        found.add("storefront")
    if environment.administration is not None and _has_administration(environment):
        found.add("administration")
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


def _has_administration(environment: Environment) -> bool:
    """Whether the administration is built: its page alone comes from shops too whose script was never made."""
    try:
        transport = transport_to(environment)
        page = transport.send(Call("GET", "/admin", headers={"Accept": "text/html"}))
        script = _SCRIPT.search(page.text) if page.ok else None
        if script is None:
            return False
        place = urlsplit(script[1])
        elsewhere = place.netloc and place.netloc != urlsplit(environment.url).netloc
        return bool(elsewhere) or transport.send(Call("GET", place.path)).ok
    except ShopError:
        return False


def commercial_capabilities(environment: Environment) -> set[str]:
    """What of Shopware Commercial is there: its routes do not exist without a licence for the feature."""
    found = set()
    store, admin = store_api(environment), admin_api(environment)
    try:
        for name, path in _STORE_ROUTES.items():
            answer = store.raw("POST", path)
            if not (answer.status == 404 and _NO_ROUTE in answer.text):
                found.add(name)
        if admin is not None and admin.raw_search("custom_price", Criteria().limit(1)).ok:
            found.add("custom_prices")
    except ShopError:
        # a shop that does not answer has no capabilities; the processes will say so themselves
        return found
    return found


def _answers_html(environment: Environment) -> bool:
    try:
        answer = transport_to(environment).send(Call("GET", "/", headers={"Accept": "text/html"}))
    except ShopError:
        return False
    # a storefront that is broken is still one: its processes must say so
    return answer.status >= 500 or "html" in (answer.header("content-type") or "")
