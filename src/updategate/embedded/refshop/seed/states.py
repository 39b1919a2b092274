"""Reads the state machines: a graph is easier to read and check than rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from updategate.embedded.refshop.dal.ids import derived_id

from .errors import SeedError
from .notation import LANGUAGES, Rows, id_of


def read_states(file: Path) -> Rows:
    """Return rows of state machines, states and transitions; a transition to an unknown state is a SeedError."""
    rows: Rows = []
    for machine, fields in yaml.safe_load(file.read_text(encoding="utf-8")).items():
        states = fields["states"]
        machine_id = id_of("state_machine", machine)
        rows.append(
            (
                "state_machine",
                {
                    "id": machine_id,
                    "technicalName": machine,
                    "initialStateId": _state_id(machine, fields["initial"]),
                    "translations": _texts(fields["name"]),
                },
            )
        )
        for state, names in states.items():
            row = {
                "id": _state_id(machine, state),
                "technicalName": state,
                "stateMachineId": machine_id,
                "translations": _texts(names),
            }
            rows.append(("state_machine_state", row))
        for start, actions in fields["transitions"].items():
            for action, end in actions.items():
                if end not in states or start not in states:
                    raise SeedError(f"{file.name}: {machine}: {start} → {end}: there is no such state")
                row = {
                    "id": derived_id("state_machine_transition", machine, start, action),
                    "actionName": action,
                    "stateMachineId": machine_id,
                    "fromStateId": _state_id(machine, start),
                    "toStateId": _state_id(machine, end),
                }
                rows.append(("state_machine_transition", row))
    return rows


def _state_id(machine: str, state: str) -> str:
    return id_of("state_machine_state", f"{machine}.{state}")


def _texts(names: dict[str, str]) -> dict[str, Any]:
    return {LANGUAGES[language]: {"name": name} for language, name in names.items()}
