from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from updategate.clients.json_text import read_json, write_json
from updategate.domain.money import eur

amounts = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | amounts,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(values)
def test_what_is_written_is_read_again(value: object) -> None:
    assert read_json(write_json(value)) == value


@given(amounts)
def test_amounts_keep_every_digit(amount: Decimal) -> None:
    assert str(read_json(write_json({"amount": amount}))["amount"]) == str(amount)


def test_money_is_written_as_its_amount_and_floats_not_at_all() -> None:
    assert write_json({"gross": eur("11.90")}) == '{"gross": 11.90}'
    with pytest.raises(TypeError, match=r"cannot send float as JSON: 11\.9"):
        write_json({"gross": 11.9})
    with pytest.raises(ValueError, match="JSON has no number NaN"):
        write_json(Decimal("NaN"))


def test_text_is_escaped_as_json_does() -> None:
    text = 'Prüfweg "12"\n\\'
    assert json.loads(write_json([text])) == [text]
