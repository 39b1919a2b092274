from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from updategate.actors.identity import Identity, is_test_email, tag_of

keys = st.text(min_size=1, max_size=20)
BASE = Identity("staging", "CHK-001", "", "20261124-203147")


@given(keys)
def test_ids_are_the_same_in_every_run_and_other_for_every_seed_process_case_and_key(key: str) -> None:
    other_run = Identity("staging", "CHK-001", "", "20261125-101010")
    assert BASE.id(key) == other_run.id(key)
    assert re.fullmatch(r"[0-9a-f]{32}", BASE.id(key))
    others = [
        Identity("production", "CHK-001").id(key),
        Identity("staging", "CHK-002").id(key),
        Identity("staging", "CHK-001", "row 2").id(key),
        BASE.id(key + "x"),
    ]
    assert len({BASE.id(key), *others}) == 5


@given(keys, keys)
def test_parts_do_not_run_into_each_other(first: str, second: str) -> None:
    if first != second:
        assert Identity(first, second).id("k") != Identity(second, first).id("k")
    assert Identity("ab", "c").id("k") != Identity("a", "bc").id("k")


@given(keys)
def test_marks_are_recognised(key: str) -> None:
    assert is_test_email(BASE.email(key))
    assert BASE.number(key).startswith("UG-CHK001-")
    assert BASE.name(key).startswith("updategate CHK-001 ")
    assert re.fullmatch(r"updategate_[a-z0-9_]+", BASE.technical_name(key))
    local, _, domain = BASE.email(key).partition("@")
    assert re.fullmatch(r"[a-z0-9-]+", local)
    assert domain == "updategate.example"


def test_an_address_is_new_in_every_run() -> None:
    assert BASE.email("ada") != Identity("staging", "CHK-001", "", "another").email("ada")


def test_an_address_is_new_even_in_a_second_run_of_the_same_name_and_never_too_long() -> None:
    first, second = (Identity("staging", "CHK-001", "", tag_of("a-long-name-of-a-run-folder-2026")) for _ in range(2))
    assert first.email("ada") != second.email("ada")
    assert len(first.email("registered1").partition("@")[0]) <= 64


@pytest.mark.parametrize(
    "email", ["ug-shop@merchant.example", "info@updategate.example", "ug-x@updategate.example.com", "ada@x.example"]
)
def test_nobody_elses_address_is_taken_for_ours(email: str) -> None:
    assert not is_test_email(email)


def test_a_password_meets_shopwares_rules() -> None:
    assert len(BASE.password("ada")) >= 8
