"""The state machines, held to those that real shops installed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.domain.catalogue_loader import exact
from updategate.domain.states import IllegalTransitionError, StateChange, StateMachine, Transition, history_gaps

REPOSITORY = Path(__file__).resolve().parents[2]
RECORDINGS = Path(os.environ.get("UPDATEGATE_RECORDINGS", REPOSITORY.parent / "shared" / "recordings"))


@pytest.mark.recordings
@pytest.mark.parametrize("version", ["6.5.8.14", "6.6.6.1", "6.6.7.1"])
@pytest.mark.parametrize("machine", StateMachine)
def test_transitions_are_those_of_a_real_shop(version: str, machine: StateMachine) -> None:
    path = RECORDINGS / version / "catalogue" / "state-machine.json"
    if not path.is_file():
        reason = f"no recordings of a real Shopware at {RECORDINGS}: set UPDATEGATE_RECORDINGS"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    rows = exact(path.read_text(encoding="utf-8"))["data"]
    recorded = next(row for row in rows if row["technicalName"] == machine.value)
    initial = next(state for state in recorded["states"] if state["id"] == recorded["initialStateId"])
    assert set(machine.transitions) == {
        Transition(
            row["fromStateMachineState"]["technicalName"],
            row["actionName"],
            row["toStateMachineState"]["technicalName"],
        )
        for row in recorded["transitions"]
    }
    assert machine.initial == initial["technicalName"]


def test_an_allowed_action_leads_on() -> None:
    assert StateMachine.ORDER.after("open", "process") == "in_progress"
    assert StateMachine.TRANSACTION.after("open", "pay") == StateMachine.TRANSACTION.after("open", "paid") == "paid"
    assert StateMachine.DELIVERY.after("shipped", "retour_partially") == "returned_partially"


def test_a_forbidden_action_is_refused_with_what_is_allowed() -> None:
    message = r"order\.state: 'complete' is not allowed in state 'open', only cancel, process"
    with pytest.raises(IllegalTransitionError, match=message):
        StateMachine.ORDER.after("open", "complete")
    with pytest.raises(IllegalTransitionError, match="is not allowed in state 'refunded', only nothing"):
        StateMachine.TRANSACTION.after("refunded", "reopen")


def test_an_unknown_state_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="has no state 'lost', only cancelled, completed, in_progress, open"):
        StateMachine.ORDER.allowed("lost")


@pytest.mark.parametrize("machine", StateMachine)
def test_every_pair_is_either_allowed_or_forbidden(machine: StateMachine) -> None:
    allowed = {(step.source, step.action) for step in machine.transitions}
    forbidden = set(machine.forbidden())
    assert not allowed & forbidden
    assert len(allowed) + len(forbidden) == len(machine.states) * len(machine.actions)


@pytest.mark.parametrize("machine", StateMachine)
def test_every_state_is_reached_by_allowed_actions(machine: StateMachine) -> None:
    for state in machine.states:
        at = machine.initial
        for action in machine.path(state):
            at = machine.after(at, action)
        assert at == state


def test_paths_are_short() -> None:
    assert StateMachine.ORDER.path("completed") == ("process", "complete")
    assert StateMachine.ORDER.path("open") == ()
    with pytest.raises(ValueError, match=r"order\.state never gets to 'lost', only to cancelled, completed"):
        StateMachine.ORDER.path("lost")


def change(source: str, target: str, action: str = "x") -> StateChange:
    return StateChange(source, target, action)


def test_a_complete_history_has_no_gaps() -> None:
    history = [change("open", "in_progress"), change("in_progress", "completed")]
    assert history_gaps(StateMachine.ORDER, history, "completed") == []
    assert history_gaps(StateMachine.ORDER, [], "open") == []


def test_a_missing_entry_is_noticed() -> None:
    assert history_gaps(StateMachine.ORDER, [change("in_progress", "completed")], "completed") == [
        "order.state: entry 1 leaves 'in_progress', but the state was 'open'"
    ]
    assert history_gaps(StateMachine.ORDER, [change("open", "in_progress")], "completed") == [
        "order.state: the history ends in 'in_progress', but the state is 'completed'"
    ]


def test_a_leap_is_noticed() -> None:
    assert history_gaps(StateMachine.ORDER, [change("open", "completed")], "completed") == [
        "order.state: entry 1 goes from 'open' to 'completed', which is not allowed"
    ]
    assert len(history_gaps(StateMachine.ORDER, [change("lost", "open")], "open")) == 2
