r"""The state machines of an order as data, and what may follow what.

Source: the state machines that Shopware installs (``Shopware\Core\Checkout\Order\OrderStates``,
``OrderTransactionStates``, ``OrderDeliveryStates``), the same in 6.5 and 6.6.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class Transition:
    """An action that leads from one state to another, all by technical name."""

    source: str
    action: str
    target: str


class IllegalTransitionError(ValueError):
    """An action was asked for that the state does not allow."""


class StateMachine(Enum):
    """A state machine; the value is its technical name in Shopware."""

    ORDER = "order.state"
    TRANSACTION = "order_transaction.state"
    DELIVERY = "order_delivery.state"

    @property
    def initial(self) -> str:
        """The state in which all three begin."""
        return "open"

    @property
    def transitions(self) -> tuple[Transition, ...]:
        """Every allowed transition."""
        return tuple(
            Transition(source, action, target)
            for source, actions in _ACTIONS[self.value].items()
            for action, target in actions.items()
        )

    @property
    def states(self) -> frozenset[str]:
        """Every state that can be left or reached."""
        return frozenset(state for step in self.transitions for state in (step.source, step.target))

    @property
    def actions(self) -> frozenset[str]:
        """Every action that some state allows."""
        return frozenset(step.action for step in self.transitions)

    def allowed(self, state: str) -> Mapping[str, str]:
        """Tell what each action that a state allows leads to; an unknown state is a ``ValueError``."""
        if state not in self.states:
            known = ", ".join(sorted(self.states))
            message = f"{self.value} has no state {state!r}, only {known}"
            raise ValueError(message)
        return dict(_ACTIONS[self.value].get(state, {}))

    def after(self, state: str, action: str) -> str:
        """Tell the state that an action leads to, or raise ``IllegalTransitionError`` with what is allowed."""
        allowed = self.allowed(state)
        if action not in allowed:
            possible = ", ".join(sorted(allowed)) or "nothing"
            message = f"{self.value}: {action!r} is not allowed in state {state!r}, only {possible}"
            raise IllegalTransitionError(message)
        return allowed[action]

    def forbidden(self) -> tuple[tuple[str, str], ...]:
        """Give every pair of state and action that must be refused, for the tests of a shop."""
        return tuple(
            (state, action)
            for state in sorted(self.states)
            for action in sorted(self.actions)
            if action not in _ACTIONS[self.value].get(state, {})
        )

    def path(self, target: str) -> tuple[str, ...]:
        """Find a shortest way of actions from the initial state to ``target``."""
        ways: dict[str, tuple[str, ...]] = {self.initial: ()}
        queue = [self.initial]
        for state in queue:
            for action, reached in self.allowed(state).items():
                if reached not in ways:
                    ways[reached] = (*ways[state], action)
                    queue.append(reached)
        if target not in ways:
            message = f"{self.value} never gets to {target!r}, only to {', '.join(sorted(ways))}"
            raise ValueError(message)
        return ways[target]


@dataclass(frozen=True, slots=True)
class StateChange:
    """An entry of an order's state history: ``state_machine_history``."""

    source: str
    target: str
    action: str


def history_gaps(machine: StateMachine, history: Iterable[StateChange], state: str) -> list[str]:
    """Tell what is wrong with a history that should lead from the initial state to ``state``: nothing, if complete.

    An action that Shopware knows under two names counts under either, for ``paid`` and ``pay`` lead to the same state.
    """
    complaints: list[str] = []
    at = machine.initial
    for number, change in enumerate(history, start=1):
        if change.source != at:
            complaints.append(f"{machine.value}: entry {number} leaves {change.source!r}, but the state was {at!r}")
        reachable = machine.allowed(change.source) if change.source in machine.states else {}
        if change.target not in reachable.values():
            step = f"from {change.source!r} to {change.target!r}"
            complaints.append(f"{machine.value}: entry {number} goes {step}, which is not allowed")
        at = change.target
    if at != state:
        complaints.append(f"{machine.value}: the history ends in {at!r}, but the state is {state!r}")
    return complaints


_ACTIONS: dict[str, dict[str, dict[str, str]]] = {
    "order.state": {
        "open": {"process": "in_progress", "cancel": "cancelled"},
        "in_progress": {"complete": "completed", "cancel": "cancelled"},
        "completed": {"reopen": "open"},
        "cancelled": {"reopen": "open"},
    },
    "order_delivery.state": {
        "open": {"ship": "shipped", "ship_partially": "shipped_partially", "cancel": "cancelled"},
        "shipped_partially": {
            "ship": "shipped",
            "retour": "returned",
            "retour_partially": "returned_partially",
            "cancel": "cancelled",
            "reopen": "open",
        },
        "shipped": {
            "retour": "returned",
            "retour_partially": "returned_partially",
            "cancel": "cancelled",
            "reopen": "open",
        },
        "returned_partially": {"retour": "returned", "reopen": "open"},
        "returned": {"reopen": "open"},
        "cancelled": {"reopen": "open"},
    },
    "order_transaction.state": {
        "open": {
            "process_unconfirmed": "unconfirmed",
            "do_pay": "in_progress",
            "authorize": "authorized",
            "pay": "paid",
            "paid": "paid",
            "pay_partially": "paid_partially",
            "paid_partially": "paid_partially",
            "remind": "reminded",
            "fail": "failed",
            "cancel": "cancelled",
        },
        "unconfirmed": {
            "authorize": "authorized",
            "paid": "paid",
            "paid_partially": "paid_partially",
            "fail": "failed",
            "cancel": "cancelled",
            "reopen": "open",
        },
        "in_progress": {
            "authorize": "authorized",
            "paid": "paid",
            "paid_partially": "paid_partially",
            "pay_partially": "paid_partially",
            "fail": "failed",
            "cancel": "cancelled",
            "reopen": "open",
        },
        "authorized": {
            "paid": "paid",
            "paid_partially": "paid_partially",
            "fail": "failed",
            "cancel": "cancelled",
        },
        "paid_partially": {
            "process_unconfirmed": "unconfirmed",
            "do_pay": "in_progress",
            "pay": "paid",
            "remind": "reminded",
            "refund": "refunded",
            "refund_partially": "refunded_partially",
            "chargeback": "chargeback",
            "cancel": "cancelled",
            "reopen": "open",
        },
        "paid": {
            "refund": "refunded",
            "refund_partially": "refunded_partially",
            "chargeback": "chargeback",
            "cancel": "cancelled",
            "reopen": "open",
        },
        "reminded": {
            "process_unconfirmed": "unconfirmed",
            "do_pay": "in_progress",
            "authorize": "authorized",
            "pay": "paid",
            "pay_partially": "paid_partially",
            "cancel": "cancelled",
            "reopen": "open",
        },
        "failed": {
            "process_unconfirmed": "unconfirmed",
            "do_pay": "in_progress",
            "pay": "paid",
            "paid": "paid",
            "pay_partially": "paid_partially",
            "paid_partially": "paid_partially",
            "fail": "failed",
            "reopen": "open",
        },
        "cancelled": {
            "process_unconfirmed": "unconfirmed",
            "paid": "paid",
            "refund": "refunded",
            "refund_partially": "refunded_partially",
            "reopen": "open",
        },
        "refunded_partially": {"refund": "refunded", "cancel": "cancelled", "reopen": "open"},
        "chargeback": {"paid": "paid", "paid_partially": "paid_partially", "cancel": "cancelled"},
    },
}
