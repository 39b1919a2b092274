"""Settings, number ranges, caches, tasks, queue, plugins."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from updategate.embedded.refshop.dal.criteria import Criteria
from updategate.embedded.refshop.dal.definitions import definition
from updategate.embedded.refshop.dal.ids import derived_id
from updategate.embedded.refshop.dal.indexing import index_all
from updategate.embedded.refshop.dal.number_range import NoNumberRangeError, preview_pattern, reserve
from updategate.embedded.refshop.dal.output import entity_json
from updategate.embedded.refshop.dal.problems import problem
from updategate.embedded.refshop.shop import Shop
from updategate.embedded.refshop.tasks import run_due_tasks

from .http import Call, Router

router = Router()


def _before_66(shop: Shop) -> bool:
    return shop.version.is_65


# -- settings ------------------------------------------------------------------------------------------------------


def config_values(shop: Shop, domain: str, channel: str | None) -> dict[str, Any]:
    """Return the settings of a domain (``core.cart``), those of the sales channel over the general ones."""
    result: dict[str, Any] = {}
    prefix = domain.rstrip(".") + "."
    for wanted in dict.fromkeys((None, channel)):
        for row in shop.store.where("system_config", salesChannelId=wanted):
            key = row["configurationKey"]
            if (key + ".").startswith(prefix) or domain == "":
                result[key] = row["configurationValue"]
    return result


@router.route("GET", "/_action/system-config")
def config(call: Call) -> Response:
    """Read the settings of a domain."""
    domain = str(call.query.get("domain") or "")
    if not domain:
        raise problem(
            400,
            "FRAMEWORK__MISSING_REQUEST_PARAMETER",
            'Parameter "domain" is missing.',
            {"parameterName": "domain", "path": ""},
        )
    channel = call.query.get("salesChannelId") or None
    values = (
        config_values(call.shop, domain, channel)
        if call.query.get("inherit") or not channel
        else {
            row["configurationKey"]: row["configurationValue"]
            for row in call.shop.store.where("system_config", salesChannelId=channel)
            if row["configurationKey"].startswith(domain)
        }
    )
    return call.json(values)


@router.route("POST", "/_action/system-config")
def save_config(call: Call) -> Response:
    """Write settings, for all or for one sales channel."""
    body = call.body if isinstance(call.body, dict) else {}
    _save(call.shop, body, call.query.get("salesChannelId") or None)
    return call.empty()


@router.route("POST", "/_action/system-config/batch")
def save_config_batch(call: Call) -> Response:
    """Write settings by sales channel (``null``: for all)."""
    body = call.body if isinstance(call.body, dict) else {}
    with call.shop.store.transaction():
        for channel, values in body.items():
            _save(call.shop, values or {}, None if channel == "null" else channel)
    return call.empty()


def _save(shop: Shop, values: dict[str, Any], channel: str | None) -> None:
    store = shop.store
    with store.transaction():
        for key, value in values.items():
            row = next(iter(store.where("system_config", configurationKey=key, salesChannelId=channel)), None)
            id_ = row["id"] if row else derived_id("system_config", key, *([channel] if channel else []))
            if value is None:
                store.delete("system_config", id_)
            else:
                store.upsert(
                    "system_config",
                    {"id": id_, "configurationKey": key, "configurationValue": value, "salesChannelId": channel},
                )
    shop.http_cache.clear()


# -- number ranges -------------------------------------------------------------------------------------------------


@router.route("GET", "/_action/number-range/reserve/{type}")
@router.route("GET", "/_action/number-range/reserve/{type}/{channel:id}")
def number(call: Call) -> Response:
    """Reserve (or with ``preview`` only show) the next number."""
    preview = str(call.query.get("preview") or "") in ("1", "true")
    try:
        value = reserve(
            call.shop.store,
            call.parameters["type"],
            call.parameters.get("channel"),
            preview=preview,
            clock=call.shop.clock,
        )
    except NoNumberRangeError:
        name, channel = call.parameters["type"], call.parameters.get("channel")
        raise problem(
            400,
            "FRAMEWORK__NO_NUMBER_RANGE_CONFIGURATION",
            f'No number range configuration found for entity "{name}" with sales channel "{channel or ""}".',
            {"entity": name, "salesChannelId": channel},
        ) from None
    return call.json({"number": value})


@router.route("GET", "/_action/number-range/preview-pattern/{type}")
def pattern(call: Call) -> Response:
    """Show what a pattern would give."""
    start = int(call.query.get("start") or 1)
    return call.json({"number": preview_pattern(str(call.query.get("pattern") or "{n}"), start, call.shop.clock)})


# -- caches and indexes --------------------------------------------------------------------------------------------


@router.route("DELETE", "/_action/cache")
@router.route("DELETE", "/_action/container_cache")
def clear_cache(call: Call) -> Response:
    """Drop every cached page."""
    call.shop.http_cache.clear()
    return call.empty()


@router.route("DELETE", "/_action/cache_warmup", when=_before_66)
def warm_cache(call: Call) -> Response:
    """Drop every cached page; they come back with the next visits."""
    call.shop.http_cache.clear()
    return call.empty()


@router.route("DELETE", "/_action/cleanup")
def clean_cache(call: Call) -> Response:
    """Drop old caches."""
    call.shop.http_cache.clear()
    return call.empty()


@router.route("GET", "/_action/cache_info")
def cache_info(call: Call) -> Response:
    """Tell how pages are cached."""
    return call.json({"environment": "prod", "httpCache": True, "cacheAdapter": "CacheDecorator"})


@router.route("POST", "/_action/indexing")
@router.route("POST", "/_action/indexing/{indexer}")
def index(call: Call) -> Response:
    """Derive everything anew."""
    with call.shop.store.transaction():
        index_all(call.shop.store)
    call.shop.http_cache.clear()
    if call.parameters.get("indexer"):
        return call.json({"finish": True})
    return call.json({})


# -- queue and tasks -----------------------------------------------------------------------------------------------


@router.route("POST", "/_action/message-queue/consume")
def consume(call: Call) -> Response:
    """Handle what waits in the queue: everything this shop does is done at once, so that nothing does."""
    body = call.body if isinstance(call.body, dict) else {}
    if not body.get("receiver"):
        raise problem(400, "FRAMEWORK__NO_VALID_RECEIVER_NAME_PROVIDED", "No receiver name provided.")
    handled = call.shop.memory.pop("queued_messages", 0)
    return call.json({"handledMessages": handled})


@router.route("POST", "/_action/scheduled-task/run")
def run_tasks(call: Call) -> Response:
    """Run the tasks that are due."""
    run_due_tasks(call.shop)
    return call.json({"message": "Success"})


@router.route("GET", "/_action/scheduled-task/min-run-interval")
def min_interval(call: Call) -> Response:
    """Tell how often tasks run at most, in seconds."""
    intervals = [task["runInterval"] for task in call.shop.store.all("scheduled_task") if task["runInterval"] >= 60]
    return call.json({"minRunInterval": min(intervals, default=60)})


# -- plugins -------------------------------------------------------------------------------------------------------


@router.route("GET", "/_action/extension/installed")
def extensions(call: Call) -> Response:
    """List the plugins as the extension manager does."""
    result = []
    for plugin in call.shop.store.all("plugin"):
        text = (plugin.get("translations") or {}).get(call.context().languages[-1], {})
        result.append(
            {
                "extensions": [],
                "id": None,
                "localId": plugin["id"],
                "name": plugin["name"],
                "label": text.get("label"),
                "description": text.get("description"),
                "producerName": plugin.get("author"),
                "license": plugin.get("license"),
                "version": plugin["version"],
                "latestVersion": plugin.get("upgradeVersion") or plugin["version"],
                "active": bool(plugin.get("active")),
                "installedAt": plugin.get("installedAt"),
                "updatedAt": plugin.get("upgradedAt"),
                "type": "plugin",
                "source": "local",
                "updateSource": "local",
            }
        )
    return call.json(result)


@router.route("POST", "/_action/extension/refresh")
def refresh(call: Call) -> Response:
    """Look for plugins on disk: there are none but those of the seed."""
    return call.empty()


@router.route("PUT|DELETE", "/_action/extension/activate/plugin/{name}")
@router.route("PUT|DELETE", "/_action/extension/deactivate/plugin/{name}")
def activate(call: Call) -> Response:
    """Switch a plugin on or off."""
    plugin = next(iter(call.shop.store.where("plugin", name=call.parameters["name"])), None)
    if plugin is None:
        name = call.parameters["name"]
        raise problem(404, "FRAMEWORK__PLUGIN_NOT_FOUND", f'Plugin by name "{name}" not found.', {"name": name})
    call.shop.store.upsert("plugin", {"id": plugin["id"], "active": "/activate/" in call.path})
    return call.empty()


@router.route("GET", "/_info/me")
def me(call: Call) -> Response:
    """Show the user whose token this is; an integration has none."""
    user = call.shop.store.get("user", call.access.user_id or "")
    if user is None:
        raise problem(403, "FRAMEWORK__INVALID_CONTEXT_SOURCE_USER", "No user available in context source")
    criteria = Criteria(associations={"aclRoles": Criteria()})
    return call.json({"data": entity_json(call.context(), definition("user"), user, criteria)})
