"""What else the back office does: acting for customers, group registrations, the Store API by proxy, access keys."""

from __future__ import annotations

import secrets
from typing import Any

from starlette.responses import Response

from updategate.embedded.refshop.dal.ids import is_id
from updategate.embedded.refshop.dal.problems import problem

from .entities import resource_not_found
from .http import Call, Router

router = Router()


@router.route("POST", "/_action/customer-group-registration/accept")
def accept_registration(call: Call) -> Response:
    """Give customers the group they asked for."""
    return _decide(call, accepted=True)


@router.route("POST", "/_action/customer-group-registration/decline")
def decline_registration(call: Call) -> Response:
    """Refuse customers the group they asked for."""
    return _decide(call, accepted=False)


def _decide(call: Call, *, accepted: bool) -> Response:
    body = call.body if isinstance(call.body, dict) else {}
    ids = body.get("customerIds") or call.query.get("customerIds") or []
    ids = [ids] if isinstance(ids, str) else list(ids)
    if not ids:
        raise problem(400, "CHECKOUT__CUSTOMER_IDS_PARAMETER_IS_MISSING", 'Parameter "customerIds" is missing.')
    store = call.shop.store
    with store.transaction():
        for id_ in ids:
            customer = store.get("customer", id_) if is_id(id_) else None
            if customer is None:
                raise resource_not_found("customer", str(id_))
            requested = customer.get("requestedGroupId")
            if not requested:
                raise problem(
                    400,
                    "CHECKOUT__CUSTOMER_GROUP_REQUEST_NOT_FOUND",
                    f"Group request for customer {id_} is not found",
                    {"customerId": id_},
                )
            changes: dict[str, Any] = {"id": id_, "requestedGroupId": None}
            if accepted:
                changes["groupId"] = requested
            store.upsert("customer", changes)
            verdict = "accepted" if accepted else "declined"
            if not body.get("silent"):
                call.shop.events.emit(
                    f"customer.group.registration.{verdict}", customer_id=id_, customer_group_id=requested
                )
    return call.empty()


@router.route("GET", "/_action/access-key/intergration")
@router.route("GET", "/_action/access-key/user")
def access_key(call: Call) -> Response:
    """Make a key and a secret for an integration or a user."""
    prefix = "SWUA" if call.path.endswith("user") else "SWIA"
    return call.json(
        {"accessKey": prefix + secrets.token_hex(11).upper(), "secretAccessKey": secrets.token_urlsafe(40)}
    )


@router.route("GET", "/_action/access-key/sales-channel")
def channel_key(call: Call) -> Response:
    """Make an access key for a sales channel."""
    return call.json({"accessKey": "SWSC" + secrets.token_hex(11).upper()})


@router.route("GET|POST|PATCH|DELETE", "/_proxy/store-api/{channel:id}/{path:path}")
def store_api(call: Call) -> Response:
    """Call the Store API of a sales channel, as the administration does when it makes an order."""
    channel = call.shop.store.get("sales_channel", call.parameters["channel"])
    if channel is None:
        id_ = call.parameters["channel"]
        raise problem(
            404,
            "FRAMEWORK__INVALID_SALES_CHANNEL",
            f"The provided salesChannelId {id_} is invalid.",
            {"salesChannelId": id_},
        )
    return _forwarded(call, f"/store-api/{call.parameters['path']}", channel["accessKey"])


def _forwarded(call: Call, path: str, access_key: str) -> Response:
    """Send the request into the shop's own application, and return what it answers."""
    import anyio

    headers = {
        "sw-access-key": access_key,
        "content-type": "application/json",
        "accept": "application/json",
        **{
            name: value
            for name, value in call.headers.items()
            if name in ("sw-context-token", "sw-language-id", "sw-version-id", "sw-include-seo-urls")
        },
    }
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": call.method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": (call.client, 0),
        "server": ("127.0.0.1", 80),
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": call.raw, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(dict(message))

    async def run() -> None:
        await call.shop.memory["application"](scope, receive, send)

    anyio.from_thread.run(run)
    start = next(message for message in sent if message["type"] == "http.response.start")
    content = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")
    answer = Response(content, start["status"])
    for name, value in start["headers"]:
        if name.lower() != b"content-length":
            answer.headers[name.decode()] = value.decode()
    return answer
