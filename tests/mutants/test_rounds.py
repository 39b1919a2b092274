"""Which processes come first, and that all come in the end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mutants.made import PROCESSES, mutant, process
from updategate.operations.mutants.rounds import LIKELY, rounds_for

IDS = [one.id for one in PROCESSES]


def order(**more: object) -> list[tuple[str, ...]]:
    return [one.processes for one in rounds_for(mutant(**more), PROCESSES, {})]  # type: ignore[arg-type]


def test_what_shares_an_area_comes_first_and_requests_before_browsers_and_mails() -> None:
    assert order(areas="tax") == [
        ("CHK-001",),
        ("CHK-002",),
        ("ORD-001", "UPD-001"),
        ("ORD-010",),
    ]


def test_what_is_most_like_the_mutant_is_looked_at_first() -> None:
    many = [process(f"CHK-{number:03}", "tax cart order", "admin") for number in range(1, 15)]
    many += [process("CHK-020", "tax", "admin"), process("CHK-021", "tax cart", "admin")]
    first, second = rounds_for(mutant(areas="tax cart"), many, {})
    assert first.processes[0] == "CHK-021"
    assert (len(first.processes), first.likely, second.likely) == (LIKELY, True, False)
    assert second.processes[-1] == "CHK-020"


def test_a_fault_of_a_connector_is_looked_for_with_the_erp_alone() -> None:
    assert order(areas="order", kind="connector", needs_erp=True) == [("ERP-002",), ("ERP-001",)]


def test_a_fault_that_only_a_connector_runs_into_begins_with_the_erp() -> None:
    assert order(areas="order", needs_erp=True)[:3] == [("ERP-002",), ("ERP-001",), ("ORD-001",)]


def test_a_fault_of_an_update_begins_with_what_was_carried_over_it() -> None:
    assert order(areas="tax", acts="after_update")[:2] == [("UPD-001",), ("CHK-001",)]


def test_slow_processes_of_the_erp_come_after_the_others() -> None:
    rounds = rounds_for(mutant(areas="tax order", needs_erp=True), PROCESSES, {"ERP-001": 21.7, "ERP-002": 4.0})
    assert [one.processes for one in rounds][:2] == [("ERP-002",), ("ERP-001",)]


def test_what_caught_a_mutant_before_comes_first() -> None:
    rounds = rounds_for(mutant(areas="tax"), PROCESSES, {}, first=("CHK-002", "GONE-001"))
    assert [one.processes for one in rounds][:2] == [("CHK-002",), ("CHK-001",)]


@given(
    areas=st.sets(st.sampled_from(["tax", "order", "account", "mail", "seo"]), min_size=1),
    needs_erp=st.booleans(),
    acts=st.sampled_from(["always", "after_update"]),
    first=st.lists(st.sampled_from(IDS), max_size=3),
)
def test_every_process_comes_exactly_once_with_the_erp_where_it_is_needed(
    areas: set[str], needs_erp: bool, acts: str, first: list[str]
) -> None:
    one = mutant(areas=" ".join(areas), needs_erp=needs_erp, acts=acts)
    found = [
        name for part in rounds_for(one, PROCESSES, {}, first=list(dict.fromkeys(first))) for name in part.processes
    ]
    expected = [name for name in IDS if needs_erp or not name.startswith("ERP")]
    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize("areas", ["tax", "order", "seo"])
def test_a_round_is_near_only_where_it_shares_an_area(areas: str) -> None:
    by_id = {one.id: one for one in PROCESSES}
    for part in rounds_for(mutant(areas=areas), PROCESSES, {}):
        assert all((areas in by_id[name].areas) == part.near for name in part.processes)
