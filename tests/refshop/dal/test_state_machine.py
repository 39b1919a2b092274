"""What becomes of orders and of the stock of what was ordered."""

from __future__ import annotations

import pytest

from updategate.embedded.refshop.dal import stock
from updategate.embedded.refshop.dal.ids import IdSource, SystemClock, derived_id
from updategate.embedded.refshop.dal.problems import ApiProblem
from updategate.embedded.refshop.dal.state_machine import initial_state, transition, transitions_of
from updategate.embedded.refshop.dal.store import EntityStore
from updategate.embedded.refshop.seed.database import fixtures_dir, write_rows
from updategate.embedded.refshop.seed.states import read_states
from updategate.embedded.refshop.versions import VERSIONS

NEW, OLD = VERSIONS["6.6.7.1"], VERSIONS["6.5.8.14"]


@pytest.fixture
def store() -> EntityStore:
    result = EntityStore()
    write_rows(result, read_states(fixtures_dir() / "states.yaml"))
    product = {"id": "hammer", "stock": 10, "availableStock": 10, "sales": 0, "isCloseout": True, "minPurchase": 1}
    result.upsert("product", {**product, "available": True})
    result.upsert("order", {"id": "order", "stateId": initial_state(result, "order.state")["id"]})
    result.upsert(
        "order_line_item",
        {"id": "line", "orderId": "order", "referencedId": "hammer", "type": "product", "quantity": 4},
    )
    return result


def _numbers(store: EntityStore) -> tuple[int, int, int]:
    product = store.get("product", "hammer") or {}
    return product["stock"], product["availableStock"], product["sales"]


def test_since_66_an_order_lowers_the_stock_at_once_and_a_cancelled_one_gives_it_back(store: EntityStore) -> None:
    stock.order_placed(store, NEW, "order")
    assert _numbers(store) == (6, 6, 4)
    transition(store, NEW, "order", "order", "cancel")
    assert _numbers(store) == (10, 10, 0)
    transition(store, NEW, "order", "order", "reopen")
    assert _numbers(store) == (6, 6, 4)
    transition(store, NEW, "order", "order", "process")
    transition(store, NEW, "order", "order", "complete")
    assert _numbers(store) == (6, 6, 4)


def test_before_66_the_stock_follows_when_the_order_is_completed(store: EntityStore) -> None:
    stock.order_placed(store, OLD, "order")
    assert _numbers(store) == (10, 6, 0)
    transition(store, OLD, "order", "order", "process")
    transition(store, OLD, "order", "order", "complete")
    assert _numbers(store) == (6, 6, 4)
    transition(store, OLD, "order", "order", "reopen")
    assert _numbers(store) == (10, 6, 0)
    transition(store, OLD, "order", "order", "cancel")
    assert _numbers(store) == (10, 10, 0)


def test_the_last_piece_of_a_closeout_product_makes_it_unavailable(store: EntityStore) -> None:
    store.upsert("order_line_item", {"id": "line", "quantity": 10})
    stock.order_placed(store, NEW, "order")
    assert (store.get("product", "hammer") or {})["available"] is False


def test_other_lines_change_the_stock_by_the_difference(store: EntityStore) -> None:
    stock.lines_changed(store, NEW, {"hammer": 4}, {"hammer": 6})
    assert _numbers(store)[0] == 8
    stock.lines_changed(store, NEW, {"hammer": 6}, {})
    assert _numbers(store)[0] == 14


def test_an_illegal_transition_is_refused_and_names_what_is_possible(store: EntityStore) -> None:
    with pytest.raises(ApiProblem) as refused:
        transition(store, NEW, "order", "order", "complete")
    assert refused.value.status == 400
    error = refused.value.errors[0]
    assert error["code"] == "SYSTEM__ILLEGAL_STATE_TRANSITION"
    assert error["meta"]["parameters"]["possibleTransitions"] == ["cancel", "process"]
    assert store.all("state_machine_history") == []


def test_an_action_that_has_been_done_changes_nothing(store: EntityStore) -> None:
    transition(store, NEW, "order", "order", "process")
    state, changed = transition(store, NEW, "order", "order", "process")
    assert (state["technicalName"], changed) == ("in_progress", False)
    assert len(store.all("state_machine_history")) == 1


def test_the_history_names_both_states_and_who_did_it(store: EntityStore) -> None:
    told: list[str] = []
    transition(store, NEW, "order", "order", "process", emit=lambda name, **_: told.append(name), user_id="somebody")
    (entry,) = store.all("state_machine_history")
    names = {state["id"]: state["technicalName"] for state in store.all("state_machine_state")}
    assert (names[entry["fromStateId"]], names[entry["toStateId"]]) == ("open", "in_progress")
    assert (entry["transitionActionName"], entry["userId"]) == ("process", "somebody")
    assert told == ["state_leave.order.state.open", "state_enter.order.state.in_progress"]


def test_an_order_that_is_not_there_is_told_apart_from_one_that_cannot_move(store: EntityStore) -> None:
    with pytest.raises(ApiProblem) as refused:
        transitions_of(store, "order", "nobody")
    assert refused.value.errors[0]["code"] == "SYSTEM__STATE_MACHINE_INVALID_ENTITY_ID"


def test_ids_sort_by_time_and_repeat_with_a_seed() -> None:
    source = IdSource(SystemClock())
    ids = [source.new() for _ in range(5000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    assert all(len(id_) == 32 and id_[12] == "7" for id_ in ids)
    assert derived_id("tax", "standard") == derived_id("tax", "standard")
