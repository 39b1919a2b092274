"""What the shop tells about itself."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from updategate.embedded.refshop.dal.state_machine import MACHINES
from updategate.embedded.refshop.shop import Shop

from .http import Call, Router

router = Router()

_EXTENSIONS = [
    "jpg",
    "jpeg",
    "png",
    "webp",
    "avif",
    "gif",
    "svg",
    "bmp",
    "tiff",
    "tif",
    "eps",
    "webm",
    "mkv",
    "flv",
    "ogv",
    "ogg",
    "mov",
    "mp4",
    "avi",
    "wmv",
    "pdf",
    "aac",
    "mp3",
    "wav",
    "flac",
    "oga",
    "wma",
    "txt",
    "doc",
    "ico",
    "glb",
    "zip",
    "rar",
]

#: kinds of messages that have been in the queue
_MESSAGES = (
    "Storefront\\Theme\\Message\\DeleteThemeFiles",
    "Core\\Framework\\DataAbstractionLayer\\Indexing\\MessageQueue\\IterateEntityIndexer",
    "Core\\Content\\Product\\DataAbstractionLayer\\ProductIndexing",
    "Core\\Content\\Category\\DataAbstractionLayer\\CategoryIndexing",
    "Core\\Content\\Media\\Message\\GenerateThumbnails",
)

_EVENTS = {
    "checkout.customer.before.login": {"email": "string"},
    "checkout.customer.changed-payment-method": {"customer": "customer"},
    "checkout.customer.deleted": {"customer": "customer"},
    "checkout.customer.double_opt_in_guest_order": {"customer": "customer", "confirmUrl": "string"},
    "checkout.customer.double_opt_in_registration": {"customer": "customer", "confirmUrl": "string"},
    "checkout.customer.guest_register": {"customer": "customer"},
    "checkout.customer.login": {"customer": "customer", "contextToken": "string"},
    "checkout.customer.logout": {"customer": "customer"},
    "checkout.customer.register": {"customer": "customer"},
    "checkout.order.payment_method.changed": {"order": "order", "orderTransaction": "order_transaction"},
    "checkout.order.placed": {"order": "order"},
    "contact_form.send": {"contactFormData": "object"},
    "customer.group.registration.accepted": {"customer": "customer", "customerGroup": "customer_group"},
    "customer.group.registration.declined": {"customer": "customer", "customerGroup": "customer_group"},
    "customer.recovery.request": {"customerRecovery": "customer_recovery", "resetUrl": "string"},
    "mail.after.create.message": {"data": "array"},
    "mail.before.send": {"data": "array"},
    "mail.sent": {"subject": "string"},
    "newsletter.confirm": {"newsletterRecipient": "newsletter_recipient"},
    "newsletter.register": {"newsletterRecipient": "newsletter_recipient", "url": "string"},
    "newsletter.unsubscribe": {"newsletterRecipient": "newsletter_recipient"},
    "product_export.log": {"name": "string"},
    "review_form.send": {"reviewFormData": "object"},
    "user.recovery.request": {"userRecovery": "user_recovery", "resetUrl": "string"},
}


@router.route("GET", "/_info/version")
@router.route("GET", "/v{number}/_info/version")
def version(call: Call) -> Response:
    """Tell the version."""
    return call.json({"version": call.shop.version.name})


@router.route("GET", "/_info/config")
def config(call: Call) -> Response:
    """Tell what the administration needs to know."""
    settings: dict[str, Any] = {
        "enableUrlFeature": True,
        "appUrlReachable": True,
        "appsRequireAppUrl": False,
        "private_allowed_extensions": [name for name in _EXTENSIONS if name != "avif" or not call.shop.version.is_65],
        "enableHtmlSanitizer": True,
    }
    if not call.shop.version.is_65:
        settings |= {"enableStagingMode": False, "disableExtensionManagement": False}
    name = call.shop.version.name
    return call.json(
        {
            "version": name,
            "versionRevision": f"v{name}",
            "adminWorker": {
                "enableAdminWorker": True,
                "enableQueueStatsWorker": True,
                "enableNotificationWorker": True,
                "transports": ["async", "low_priority"],
            },
            "bundles": [],
            "settings": settings,
        }
    )


def _since_66(shop: Shop) -> bool:
    return not shop.version.is_65


@router.route("GET", "/_action/feature-flag", when=_since_66)
def feature_flags(call: Call) -> Response:
    """List the feature flags: those of the majors up to this one are on."""
    flags = {
        name: {"default": active, "major": True, "toggleable": False, "description": "", "active": active}
        for name, active in (("V6_5_0_0", True), ("V6_6_0_0", True), ("V6_7_0_0", False), ("CACHE_REWORK", False))
    }
    return call.json(flags)


@router.route("GET", "/_info/health-check", public=True)
def health(call: Call) -> Response:
    """Say nothing, with 200: it does so on a half-updated shop as well."""
    answer = call.empty(200)
    answer.headers["content-type"] = "text/html; charset=UTF-8"
    return answer


@router.route("GET", "/_info/queue.json")
def queue(call: Call) -> Response:
    """Tell how many messages of each kind wait."""
    waiting = call.shop.behaviour.waiting_messages(int(call.shop.memory.get("queued_messages", 0)))
    return call.json(
        [{"name": f"Shopware\\{name}Message", "size": waiting if "Product" in name else 0} for name in _MESSAGES]
    )


@router.route("GET", "/_info/events.json")
def events(call: Call) -> Response:
    """List the events that flows can react to."""
    listed = [_event(name, data) for name, data in sorted({**_EVENTS, **_state_events(call.shop)}.items())]
    return call.json(listed)


def _state_events(shop: Shop) -> dict[str, dict[str, str]]:
    machines = {row["id"]: row["technicalName"] for row in shop.store.all("state_machine")}
    result: dict[str, dict[str, str]] = {}
    for state in shop.store.all("state_machine_state"):
        machine = machines.get(state["stateMachineId"])
        if machine in MACHINES.values():
            for side in ("state_enter", "state_leave"):
                if side == "state_leave" and str(machine).startswith("order_transaction_capture"):
                    continue
                result[f"{side}.{machine}.{state['technicalName']}"] = {"order": "order"}
    return result


def _event(name: str, data: dict[str, str]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for key, type_ in data.items():
        if type_ in ("string", "array", "object"):
            fields[key] = {"type": type_}
        else:
            camel = "".join(part.capitalize() for part in type_.split("_"))
            fields[key] = {
                "type": "entity",
                "entityClass": f"Shopware\\Core\\Checkout\\{camel}\\{camel}Definition",
                "entityName": type_,
            }
    aware = [f"{type_}Aware" for type_ in data.values() if type_ in ("order", "customer")] or ["salesChannelAware"]
    parts = [part.capitalize() for part in name.replace("-", "_").replace("_", ".").split(".")]
    return {
        "extensions": [],
        "name": name,
        "class": "Shopware\\Core\\Event\\" + "".join(parts) + "Event",
        "data": fields,
        "aware": aware,
    }
