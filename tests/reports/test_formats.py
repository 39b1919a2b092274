"""Numbers, money and times as readers write them: nothing is rounded away, nothing is lost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from updategate.reports.charts import Arm, Interval, Point, distribution_chart, interval_chart, series_chart
from updategate.reports.formats import amount, differing, duration, moment, number, percent, plain_message, shortest


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2), st.sampled_from(["en", "de"]))
def test_no_digit_of_an_amount_is_lost(value: Decimal, language: str) -> None:
    told = amount(f"{value}", "EUR", language)  # type: ignore[arg-type]
    assert told.endswith(" EUR")
    digits = told.removesuffix(" EUR").replace("." if language == "de" else ",", "").replace(",", ".")
    assert Decimal(digits) == value


@pytest.mark.parametrize(
    ("value", "english", "german"),
    [("1234.50", "1,234.50 EUR", "1.234,50 EUR"), ("-0.01", "-0.01 EUR", "-0,01 EUR"), ("7", "7 EUR", "7 EUR")],
)
def test_amounts(value: str, english: str, german: str) -> None:
    assert (amount(value, "EUR", "en"), amount(value, "EUR", "de")) == (english, german)


def test_numbers_and_changes() -> None:
    assert number(1234.56, "de") == "1.234,6"
    assert [shortest(value, "en") for value in (0, 0.01234, 12.345, 1234.5, 100.0)] == [
        "0",
        "0.0123",
        "12.3",
        "1,234",
        "100",
    ]
    assert [percent(change, "de") for change in (0.1234, -0.05, 0)] == ["+12,3 %", "−5,0 %", "±0,0 %"]
    assert [duration(seconds, "en") for seconds in (0.84, 59.9, 192, 3840)] == [
        "0.8 s",
        "59.9 s",
        "3 min 12 s",
        "1 h 4 min",
    ]


def test_moments_are_utc_and_what_is_none_is_shown_as_it_is() -> None:
    assert moment("2026-11-24T20:31:47.123Z", "de") == "24.11.2026, 20:31 UTC"
    assert moment("2026-11-24T21:31:47+01:00", "en") == "24 Nov 2026, 20:31 UTC"
    assert moment("yesterday", "en") == "yesterday"


def test_the_name_of_an_exception_is_taken_off_and_nothing_else() -> None:
    assert plain_message("updategate.actors.costs.CostsDifferError: cart: net is 1 EUR") == "cart: net is 1 EUR"
    assert plain_message("cart: net is 1 EUR") == "cart: net is 1 EUR"


@given(st.text(max_size=60), st.text(max_size=60))
def test_pieces_put_together_are_the_texts(one: str, other: str) -> None:
    first, second = differing(one, other)
    assert "".join(text for text, _ in first) == one
    assert "".join(text for text, _ in second) == other
    assert one != other or not any(differs for _, differs in (*first, *second))


def test_charts_escape_their_labels_and_bear_what_is_missing() -> None:
    rows = [Interval("<b>&", 0.1, None, None, "doubt"), Interval("cart", -0.02, -0.05, 0.01, "good")]
    chart = interval_chart(rows, tolerance=0.02, margin=0.15, title='a "title"', percent=["+10 %", "−2 %"])
    assert "<b>" not in chart
    assert "&lt;b&gt;&amp;" in chart
    assert 'aria-label="a &#34;title&#34;"' in chart
    assert distribution_chart(Arm("before", None, None, None), Arm("after", None, None, None), title="t") == ""
    only_quantiles = distribution_chart(Arm("before", None, 100.0, 200.0), Arm("after", None, None, None), title="t")
    assert "curve" not in only_quantiles
    assert "mark before" in only_quantiles
    series_chart([], 0, title="none", unit="s", marks=[])
    assert "<script>" not in series_chart(
        [Point(0, 1.0, "good", "<script>")], 1, title="t", unit="<s>", marks=[(0, "<v>")]
    )


@given(
    st.lists(
        st.tuples(st.floats(-0.9, 5), st.none() | st.floats(-0.9, 5), st.none() | st.floats(-0.9, 5)),
        min_size=1,
        max_size=5,
    )
)
def test_every_estimate_lies_within_the_chart(rows: list[tuple[float, float | None, float | None]]) -> None:
    drawn = interval_chart(
        [Interval("x", *row, "good") for row in rows], tolerance=0.02, margin=0.15, title="t", percent=["-"] * len(rows)
    )
    for part in drawn.split('cx="')[1:]:
        assert 0 <= float(part.partition('"')[0]) <= 640
