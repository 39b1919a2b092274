"""Moves orders, payments and deliveries from state to state, and keeps the history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from updategate.embedded.refshop.behaviour import Behaviour
from updategate.embedded.refshop.versions import ShopwareVersion

from . import stock
from .ids import LIVE_VERSION
from .problems import http_problem, problem
from .store import Doc, EntityStore

MACHINES = {
    "order": "order.state",
    "order_delivery": "order_delivery.state",
    "order_transaction": "order_transaction.state",
    "order_transaction_capture": "order_transaction_capture.state",
    "order_transaction_capture_refund": "order_transaction_capture_refund.state",
    # only where Shopware Commercial is installed
    "quote": "quote.state",
}

Emit = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Transition:
    """A way out of a state, with the states as documents."""

    action: str
    start: Doc
    end: Doc


def initial_state(store: EntityStore, machine: str) -> Doc:
    """Return the state in which things of this machine begin (``order.state``)."""
    found = store.where("state_machine", technicalName=machine)[0]
    state = store.get("state_machine_state", found["initialStateId"])
    if state is None:
        raise LookupError(f"the state machine {machine} has no initial state")
    return state


def state_named(store: EntityStore, machine: str, technical_name: str) -> Doc:
    """Return a state of the machine by its technical name."""
    found = store.where("state_machine", technicalName=machine)[0]
    return store.where("state_machine_state", stateMachineId=found["id"], technicalName=technical_name)[0]


def transitions_of(store: EntityStore, entity: str, id_: str) -> list[Transition]:
    """Return what may happen to this row next, or raise ApiProblem if there is no such row."""
    doc, state = _row(store, entity, id_)
    del doc
    result = []
    for row in store.where("state_machine_transition", fromStateId=state["id"]):
        end = store.get("state_machine_state", row["toStateId"])
        if end is not None:
            result.append(Transition(row["actionName"], state, end))
    return sorted(result, key=lambda transition: transition.action)


def transition(
    store: EntityStore,
    version: ShopwareVersion,
    entity: str,
    id_: str,
    action: str,
    *,
    emit: Emit | None = None,
    user_id: str | None = None,
    integration_id: str | None = None,
    told: Mapping[str, Any] | None = None,
    behaviour: Behaviour | None = None,
) -> tuple[Doc, bool]:
    """Do ``action`` and return the new state, and whether anything changed.

    An action that leads to where the row is already is fine and changes nothing; an action that the state does not
    have is refused with SYSTEM__ILLEGAL_STATE_TRANSITION. ``emit`` is told ``state_leave…`` and ``state_enter…``,
    with the facts ``told`` beside those of the row.
    """
    behaviour = behaviour or Behaviour()
    action = behaviour.transition_action(entity, action)
    if behaviour.transition_breaks(entity, action):
        raise http_problem(500, "Undefined constant")
    with store.transaction():
        doc, state = _row(store, entity, id_)
        possible = transitions_of(store, entity, id_)
        chosen = next((way for way in possible if way.action == action), None)
        if chosen is None and behaviour.transition_is_possible(False):  # noqa: FBT003
            chosen = _any_way(store, state, action)
        if chosen is None:
            if _leads_here(store, state, action):
                return state, False
            names = [way.action for way in possible]
            shown = ", ".join(names)
            raise problem(
                400,
                "SYSTEM__ILLEGAL_STATE_TRANSITION",
                f'Illegal transition "{action}" from state "{state["id"]}". Possible transitions are: {shown}',
                {
                    "transition": action,
                    "currentState": state["id"],
                    "possibleTransitionsString": shown,
                    "possibleTransitions": names,
                },
            )
        changes = {"id": id_, "stateId": chosen.end["id"]}
        if entity == "order" and user_id is not None:
            changes["updatedById"] = user_id
        if not behaviour.state_change_is_dated():
            changes["updatedAt"] = doc.get("updatedAt")
        store.upsert(entity, changes)
        if behaviour.keeps_state_history():
            store.upsert(
                "state_machine_history",
                {
                    "stateMachineId": state["stateMachineId"],
                    "entityName": entity,
                    "referencedId": id_,
                    "referencedVersionId": LIVE_VERSION,
                    "fromStateId": state["id"],
                    "toStateId": chosen.end["id"],
                    "transitionActionName": action,
                    "userId": user_id,
                    "integrationId": integration_id,
                },
            )
        if entity == "order":
            before, after = state["technicalName"], chosen.end["technicalName"]
            if _moves_stock(behaviour, before, after):
                stock.order_state_changed(store, version, id_, before, after)
        if emit is not None:
            order_id = id_ if entity == "order" else str(doc.get("orderId"))
            machine = MACHINES[entity]
            facts = {**(told or {}), "entity": entity, "id": id_, "order_id": order_id}
            emit(f"state_leave.{machine}.{state['technicalName']}", **facts)
            emit(f"state_enter.{machine}.{chosen.end['technicalName']}", **facts)
        return chosen.end, True


def _moves_stock(behaviour: Behaviour, before: str, after: str) -> bool:
    if after == "cancelled":
        return behaviour.cancelling_frees_stock()
    return before != "cancelled" or behaviour.reopening_takes_stock()


def _any_way(store: EntityStore, state: Doc, action: str) -> Transition | None:
    for row in store.where("state_machine_transition", stateMachineId=state["stateMachineId"], actionName=action):
        end = store.get("state_machine_state", row["toStateId"])
        if end is not None and end["id"] != state["id"]:
            return Transition(action, state, end)
    return None


def _leads_here(store: EntityStore, state: Doc, action: str) -> bool:
    ways = store.where("state_machine_transition", toStateId=state["id"], actionName=action)
    return bool(ways)


def _row(store: EntityStore, entity: str, id_: str) -> tuple[Doc, Doc]:
    doc = store.get(entity, id_)
    state = store.get("state_machine_state", doc["stateId"]) if doc and doc.get("stateId") else None
    if doc is None or state is None:
        raise problem(
            400,
            "SYSTEM__STATE_MACHINE_INVALID_ENTITY_ID",
            f'Unable to read entity "{entity}" with id "{id_}".',
            {"entityName": entity, "entityId": id_},
        )
    return doc, state
