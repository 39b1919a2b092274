"""What Shopware Commercial adds to a shop, as its public API schema describes it: quotes, customer-specific prices.

A shop has it where it was started with the plugin ``SwagCommercial``.
"""

from __future__ import annotations

from updategate.embedded.refshop.dal.ids import SYSTEM_LANGUAGE, derived_id
from updategate.embedded.refshop.shop import Shop

PLUGIN = "SwagCommercial"
QUOTE_MACHINE = "quote.state"
_TRANSITIONS = {
    "open": {"reply": "replied", "decline": "declined"},
    "change_requested": {"reply": "replied", "decline": "declined"},
    "replied": {"request_change": "change_requested", "decline": "declined", "accept": "accepted"},
}
_STATES = ("open", "replied", "change_requested", "declined", "accepted", "expired")


def installed(shop: Shop) -> bool:
    """Tell whether the shop was started with it."""
    return PLUGIN in shop.settings.plugins


def prepare(shop: Shop) -> None:
    """Store the state machine of quotes, as the plugin's migrations do."""
    machine_id = derived_id("state_machine", QUOTE_MACHINE)
    if shop.store.get("state_machine", machine_id) is not None:
        return
    with shop.store.transaction():
        for name in _STATES:
            shop.store.upsert(
                "state_machine_state",
                {
                    "id": _state_id(name),
                    "technicalName": name,
                    "stateMachineId": machine_id,
                    "translations": {SYSTEM_LANGUAGE: {"name": name.replace("_", " ").capitalize()}},
                },
            )
        shop.store.upsert(
            "state_machine",
            {
                "id": machine_id,
                "technicalName": QUOTE_MACHINE,
                "initialStateId": _state_id("open"),
                "translations": {SYSTEM_LANGUAGE: {"name": "Quote state"}},
            },
        )
        for start, ways in _TRANSITIONS.items():
            for action, end in ways.items():
                shop.store.upsert(
                    "state_machine_transition",
                    {
                        "id": derived_id("state_machine_transition", QUOTE_MACHINE, start, action),
                        "actionName": action,
                        "stateMachineId": machine_id,
                        "fromStateId": _state_id(start),
                        "toStateId": _state_id(end),
                    },
                )


def _state_id(name: str) -> str:
    return derived_id("state_machine_state", f"{QUOTE_MACHINE}.{name}")
