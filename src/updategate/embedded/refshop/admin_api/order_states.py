"""State transitions of orders, payments and deliveries."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from updategate.embedded.refshop.dal.definitions import definition
from updategate.embedded.refshop.dal.ids import is_id
from updategate.embedded.refshop.dal.output import entity_json
from updategate.embedded.refshop.dal.problems import http_problem, problem
from updategate.embedded.refshop.dal.state_machine import MACHINES, transition, transitions_of
from updategate.embedded.refshop.dal.store import Doc

from .entities import answer_detail
from .http import Call, Router

router = Router()


@router.route("POST", "/_action/order/{id:id}/state/{transition}")
def order(call: Call) -> Response:
    """Move an order."""
    return _move(call, "order")


@router.route("POST", "/_action/order_transaction/{id:id}/state/{transition}")
def order_transaction(call: Call) -> Response:
    """Move a payment."""
    return _move(call, "order_transaction")


@router.route("POST", "/_action/order_delivery/{id:id}/state/{transition}")
def order_delivery(call: Call) -> Response:
    """Move a delivery."""
    return _move(call, "order_delivery")


@router.route("POST", "/_action/order_transaction_capture_refund/{id:id}")
def refund(call: Call) -> Response:
    """Refund a capture; no payment method of this shop can, so that only the refusals are there."""
    id_ = call.parameters["id"]
    known = call.shop.store.get("order_transaction_capture_refund", id_)
    reason = f"Unknown refund with id {id_}." if known is None else f"Unknown refund handler for refund {id_}."
    raise problem(
        400,
        "CHECKOUT__REFUND_UNKNOWN_ERROR",
        f"The Refund process failed with following exception: {reason}",
        {"refundId": id_},
    )


@router.route("GET", "/_action/state-machine/{entity}/{id:id}/state")
def possible(call: Call) -> Response:
    """List what may happen next."""
    entity, id_ = _entity(call), call.parameters["id"]
    context = call.context()
    states = definition("state_machine_state")
    ways = [
        {
            "name": context.value(states, way.end, "name"),
            "technicalName": way.end["technicalName"],
            "actionName": way.action,
            "fromStateName": way.start["technicalName"],
            "toStateName": way.end["technicalName"],
            "url": f"/api/_action/state-machine/{call.parameters['entity']}/{id_}/state/{way.action}",
        }
        for way in transitions_of(call.shop.store, entity, id_)
    ]
    return call.json({"transitions": ways})


@router.route("POST", "/_action/state-machine/{entity}/{id:id}/state/{transition}")
def move(call: Call) -> Response:
    """Move any row that has a state."""
    state, changed = _moved(call, _entity(call))
    if call.wants_json_api:
        return answer_detail(call, call.context(), definition("state_machine_state"), state)
    printed = entity_json(call.context(), definition("state_machine_state"), state, joined=changed)
    return call.json({"data": printed})


def _told(body: Any) -> dict[str, Any]:
    """Return what the request says about the mail: whether it is sent, and which documents go with it."""
    wishes = body if isinstance(body, dict) else {}
    return {
        "send_mail": wishes.get("sendMail", True) is not False,
        "document_ids": list(wishes.get("documentIds") or []),
    }


def _entity(call: Call) -> str:
    entity = call.parameters["entity"].replace("-", "_")
    if entity not in MACHINES:
        name = call.parameters["entity"]
        raise problem(
            500,
            "FRAMEWORK__DEFINITION_NOT_FOUND",
            f'Definition for entity "{name}" does not exist.',
            {"entityName": name},
        )
    return entity


def _move(call: Call, entity: str) -> Response:
    state, changed = _moved(call, entity)
    printed = entity_json(call.context(), definition("state_machine_state"), state, root=False, joined=changed)
    printed.pop("apiAlias")
    return call.json(printed)


def _moved(call: Call, entity: str) -> tuple[Doc, bool]:
    call.access.require(f"{entity}:update")
    id_ = call.parameters["id"]
    if not is_id(id_):
        raise http_problem(404, f'No route found for "{call.method} {call.url}"')
    return transition(
        call.shop.store,
        call.shop.version,
        entity,
        id_,
        call.parameters["transition"],
        emit=call.shop.events.emit,
        user_id=call.access.user_id,
        integration_id=call.access.integration_id,
        told=_told(call.body),
        behaviour=call.shop.behaviour,
    )
