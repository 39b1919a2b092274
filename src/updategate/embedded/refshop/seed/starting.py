"""What depends on how the shop is started, not on what it was seeded with: address, plugins, what to tell."""

from __future__ import annotations

from typing import Any

from updategate.embedded.refshop import commercial, dynamic_access
from updategate.embedded.refshop.behaviour import Started
from updategate.embedded.refshop.cart.stored import moment_of
from updategate.embedded.refshop.dal.ids import api_time, derived_id
from updategate.embedded.refshop.dal.store import Doc
from updategate.embedded.refshop.shop import Shop

_START = "refshop_start"
STOREFRONT_TYPE = "8a243080f92e4c719546314b577cf82b"
_SECRETS = {"client_id": "SWIAREFSHOPINTEGRATION0001", "client_secret": "refshop-integration-secret"}


def storefront_channel(shop: Shop) -> Doc:
    """Return the sales channel of the storefront."""
    return shop.store.where("sales_channel", typeId=STOREFRONT_TYPE)[0]


def adapt_to_start(shop: Shop) -> None:
    """Give the domains the address that is served, and the plugins the versions that were asked for."""
    with shop.store.transaction():
        for domain in shop.store.all("sales_channel_domain"):
            rest = domain["url"].split("://", 1)[-1].partition("/")[2]
            url = f"{shop.base_url}/{rest}" if rest else shop.base_url
            if url != domain["url"]:
                shop.store.upsert("sales_channel_domain", {"id": domain["id"], "url": url})
        for name, version in shop.settings.plugins.items():
            _show_plugin(shop, name, version)
        if commercial.installed(shop):
            commercial.prepare(shop)
        if dynamic_access.installed(shop):
            dynamic_access.prepare()
        shop.behaviour.started = _started(shop)


def _started(shop: Shop) -> Started:
    """Note the version that the data are served with, and finish the update if it was another one before."""
    known = shop.store.get(_START, _START) or {"version": shop.version.name}
    if known["version"] != shop.version.name:
        moment = shop.clock.now().isoformat()
        known = {"version": shop.version.name, "updatedFrom": known["version"], "since": moment}
        shop.behaviour.after_update(shop.store)
    shop.store.upsert(_START, {**known, "id": _START})
    plugins = {row["name"]: row["version"] for row in shop.store.all("plugin") if row.get("active")}
    return Started(known.get("updatedFrom"), moment_of(known.get("since")), plugins)


def _show_plugin(shop: Shop, name: str, version: str) -> None:
    now = api_time(shop.clock.now())
    known = next(iter(shop.store.where("plugin", name=name)), None)
    if known is not None:
        if known["version"] != version:
            shop.store.upsert("plugin", {"id": known["id"], "version": version, "upgradedAt": now})
        return
    vendor = "acme" if name.startswith("Acme") else name.lower()
    shop.store.upsert(
        "plugin",
        {
            "id": derived_id("plugin", name),
            "name": name,
            "baseClass": f"{name}\\{name}",
            "composerName": f"{vendor}/{name.lower()}",
            "version": version,
            "active": True,
            "managedByComposer": False,
            "path": f"custom/plugins/{name}/",
            "autoload": {"psr-4": {f"{name}\\": "src/"}},
            "installedAt": now,
            "translations": {"2fbb5fe2e29a4d70aa5854ce7ce3e20b": {"label": name}},
        },
    )


def facts_of(shop: Shop) -> dict[str, Any]:
    """Return what a client needs to know: addresses and credentials of this throw-away shop."""
    channel = storefront_channel(shop)
    return {
        "url": shop.base_url,
        "access_key": channel["accessKey"],
        **_SECRETS,
        "storefront_url": shop.base_url,
        "version": shop.version.name,
        "sales_channel_id": channel["id"],
        "admin_username": "admin",
        "admin_password": "shopware",
    }
