"""What is taken for ours in a shop and in an ERP: all that a run makes, and nothing of a merchant's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from updategate.actors.identity import Identity, is_test_number
from updategate.clients.erp import LeftBehind
from updategate.operations.erp_cleaning import in_journal


@given(seed=st.text(max_size=10), key=st.text(max_size=20), number=st.integers(1, 999))
def test_every_number_of_ours_is_known(seed: str, key: str, number: int) -> None:
    for group in ("ERP", "B2B"):
        assert is_test_number(Identity(seed, f"{group}-{number:03d}").number(key))


@pytest.mark.parametrize("number", ["UG-1", "UG-4711-ROT", "UG-SHIRT-XL-BEEF", "4711", "xUG-ERP001-TABLE-5F3A", ""])
def test_a_merchants_number_is_not(number: str) -> None:
    assert not is_test_number(number)


def test_what_a_journal_of_the_shop_tells_of_the_erp() -> None:
    keys = [
        ("product", "number:UG-ERP001-TABLE-5F3A"),
        ("product", "0f1e2d3c4b5a69788796a5b4c3d2e1f0"),
        ("rule", "name:updategate ERP-002 price list 1a2b"),
        ("rule", "0f1e2d3c4b5a69788796a5b4c3d2e1f1"),
        ("order", "email:ug-erp-003-guest1-1@updategate.example#1"),
    ]
    assert in_journal(keys) == LeftBehind(("UG-ERP001-TABLE-5F3A",), ("updategate ERP-002 price list 1a2b",))
