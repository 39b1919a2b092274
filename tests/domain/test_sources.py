"""Seven sources, and the one that disagrees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.domain.shop import BOOK, FLAT, SCREW, cart, percentage
from updategate.domain.money import Money, eur
from updategate.domain.sources import REQUIRED_FIELDS, Disagreement, agree
from updategate.domain.views import LineItemView, OrderView, TaxView

ORDER = replace(
    OrderView.of_cart(cart((SCREW, 2), (BOOK, 1), shipping=FLAT, promotions=[percentage("10")])),
    number="10001",
    payment_state="open",
    email="erika@example.com",
)


def seven() -> dict[str, OrderView]:
    """Return what the seven sources show of the order, each only what it has to."""
    views = {}
    for source, fields in REQUIRED_FIELDS.items():
        shown = {name: getattr(ORDER, name) for name in fields}
        views[source] = OrderView(**{"number": None, "total": ORDER.total, **shown})
    return views


def corrupted(source: str, **changes: object) -> dict[str, OrderView]:
    views = seven()
    views[source] = replace(views[source], **changes)
    return views


def off_by_a_cent(money: Money | None) -> Money:
    assert money is not None
    return money + eur("0.01")


def with_line(change: Callable[[LineItemView], LineItemView]) -> tuple[LineItemView, ...]:
    assert ORDER.lines is not None
    return (change(ORDER.lines[0]), *ORDER.lines[1:])


def test_seven_sources_agree() -> None:
    assert set(seven()) == {"storefront", "cart", "order", "transaction", "document", "mail", "export"}
    assert agree(seven()) == []
    assert agree(seven(), expected=ORDER) == []


@pytest.mark.parametrize("source", REQUIRED_FIELDS)
def test_the_source_with_another_total_is_named(source: str) -> None:
    [found] = agree(corrupted(source, total=off_by_a_cent(ORDER.total)))
    assert (found.source, found.field, found.found) == (source, "total", str(off_by_a_cent(ORDER.total)))
    assert str(found).startswith(f"{source}: total is 37.01 EUR, but 37.00 EUR in ")
    assert source not in found.accepted


@pytest.mark.parametrize("source", [source for source, fields in REQUIRED_FIELDS.items() if "lines" in fields])
@pytest.mark.parametrize(
    ("change", "fields"),
    [
        (lambda line: replace(line, quantity=3), ["line SCREW quantity"]),
        (lambda line: replace(line, total=off_by_a_cent(line.total)), ["line SCREW total"]),
        (lambda line: replace(line, unit_price=off_by_a_cent(line.unit_price)), ["line SCREW unit price"]),
        (lambda line: replace(line, taxes=(TaxView(Decimal(7), eur("3.80")),)), ["line SCREW taxes"]),
    ],
)
def test_the_source_with_another_line_is_named(
    source: str, change: Callable[[LineItemView], LineItemView], fields: list[str]
) -> None:
    found = agree(corrupted(source, lines=with_line(change)))
    assert [(one.source, one.field) for one in found] == [(source, field) for field in fields]


@pytest.mark.parametrize("source", [source for source, fields in REQUIRED_FIELDS.items() if "lines" in fields])
def test_a_line_too_few_or_too_many_is_noticed(source: str) -> None:
    assert ORDER.lines is not None
    missing = agree(corrupted(source, lines=ORDER.lines[1:]))
    assert {(one.source, one.field, one.found) for one in missing} >= {(source, "line SCREW quantity", "absent")}
    extra = LineItemView("NUT", "Nut", 1, eur("1"), eur("1"), ())
    added = agree(corrupted(source, lines=(*ORDER.lines, extra)))
    assert ("line NUT quantity", "1") in {(one.field, one.found) for one in added if one.source == source}
    twice = agree(corrupted(source, lines=(*ORDER.lines, ORDER.lines[0])))
    assert ("line SCREW quantity", "[2, 2]") in {(one.field, one.found) for one in twice if one.source == source}


@pytest.mark.parametrize("source", [source for source, fields in REQUIRED_FIELDS.items() if "taxes" in fields])
def test_another_tax_is_named_with_its_rate(source: str) -> None:
    assert ORDER.taxes is not None
    changed = (replace(ORDER.taxes[0], tax=off_by_a_cent(ORDER.taxes[0].tax)), *ORDER.taxes[1:])
    [found] = agree(corrupted(source, taxes=changed))
    assert (found.source, found.field) == (source, "taxes at 19 %")
    [without] = agree(corrupted(source, taxes=ORDER.taxes[1:]))
    assert (without.source, without.field, without.found) == (source, "taxes at 19 %", "0.00 EUR")


@pytest.mark.parametrize(
    ("source", "field"), [(source, field) for source, fields in REQUIRED_FIELDS.items() for field in sorted(fields)]
)
def test_a_source_that_is_silent_on_what_it_has_to_show_is_named(source: str, field: str) -> None:
    if field == "total":
        return  # every view has one
    [found] = agree(corrupted(source, **{field: None}))
    assert found == Disagreement(source, field, "not shown", "this source has to show it")


def test_other_currencies_disagree() -> None:
    dollars = Money(ORDER.total.amount, "USD")
    assert [one.found for one in agree(corrupted("mail", total=dollars)) if one.field == "total"] == ["37.00 USD"]


def test_the_number_of_digits_does_not_matter() -> None:
    assert agree(corrupted("mail", total=Money.of("37.0", "EUR"))) == []
    assert agree(corrupted("mail", total=Money.of("37", "EUR"))) == []


def test_without_a_majority_all_are_named() -> None:
    two = {"order": ORDER, "mail": replace(ORDER, total=eur("1"))}
    assert [(one.source, one.accepted) for one in agree(two) if one.field == "total"] == [
        ("order", "1.00 EUR in mail"),
        ("mail", "37.00 EUR in order"),
    ]


def test_the_majority_may_be_wrong_but_the_expectation_is_not() -> None:
    views = {source: replace(view, total=eur("1")) for source, view in seven().items() if source != "order"}
    views["order"] = ORDER
    found = [one for one in agree(views, expected=ORDER) if one.field == "total"]
    assert {one.source for one in found} == set(views) - {"order"}
    assert {one.accepted for one in found} == {"37.00 EUR is expected"}


def test_one_source_can_be_held_to_an_expectation() -> None:
    assert agree({"order": ORDER}, expected=ORDER) == []
    [found] = agree({"order": replace(ORDER, payment_state="paid")}, expected=ORDER)
    assert str(found) == "order: payment_state is paid, but open is expected"


def test_what_only_one_shows_is_no_disagreement() -> None:
    assert agree({"order": ORDER, "other": OrderView(None, ORDER.total)}) == []


@pytest.mark.parametrize("sources", [{}, {"order": ORDER}])
def test_nothing_to_compare_is_no_agreement(sources: dict[str, OrderView]) -> None:
    with pytest.raises(ValueError, match="agreement needs at least two sources, not "):
        agree(sources)


def test_states_and_shipping_taxes_are_compared() -> None:
    shipped = replace(ORDER, shipping_taxes=(TaxView(Decimal("19.0"), eur("0.66")),))
    other = replace(ORDER, shipping_taxes=(TaxView(Decimal(19), eur("0.67")),), payment_state="paid")
    found = {one.field for one in agree({"order": shipped, "export": other, "mail": shipped})}
    assert found == {"shipping_taxes at 19 %", "payment_state"}


def test_equal_lines_may_stand_in_any_order() -> None:
    first = LineItemView("A", "A", 1, eur("1"), eur("1"))
    second = LineItemView("A", "A", 2, eur("1"), eur("2"))
    one, other = (replace(ORDER, lines=lines) for lines in ((first, second), (second, first)))
    assert agree({"order": one, "mail": other}) == []


def test_lines_of_tax_rates_in_any_order_agree() -> None:
    taxes = (TaxView(Decimal(19), eur("1")), TaxView(Decimal(7), eur("2")))
    line = LineItemView("A", "A", 1, eur("1"), eur("1"), taxes)
    one, other = (replace(ORDER, lines=(replace(line, taxes=order),)) for order in (taxes, taxes[::-1]))
    assert agree({"order": one, "mail": other}) == []


def test_a_line_without_number_is_known_by_its_label() -> None:
    automatic = LineItemView("", "Ten percent", 1, None, eur("-1"), type="promotion")
    other = replace(automatic, total=eur("-2"))
    views = {
        name: replace(ORDER, lines=(line,)) for name, line in (("order", automatic), ("mail", automatic), ("x", other))
    }
    assert [str(one) for one in agree(views)] == [
        "x: line Ten percent total is -2.00 EUR, but -1.00 EUR in order, mail"
    ]


def test_without_a_majority_each_is_told_what_the_others_say() -> None:
    three = {name: replace(ORDER, total=eur(amount)) for name, amount in (("a", "1"), ("b", "2"), ("c", "3"))}
    assert [str(one) for one in agree(three)] == [
        "a: total is 1.00 EUR, but 2.00 EUR in b and 3.00 EUR in c",
        "b: total is 2.00 EUR, but 1.00 EUR in a and 3.00 EUR in c",
        "c: total is 3.00 EUR, but 1.00 EUR in a and 2.00 EUR in b",
    ]


def test_an_expected_line_or_rate_that_no_source_shows_is_missed() -> None:
    bare = replace(ORDER, lines=(), taxes=())
    found = {(one.field, one.found) for one in agree({"order": bare, "mail": bare}, expected=ORDER)}
    assert found >= {("line SCREW total", "absent"), ("taxes at 19 %", "0.00 EUR")}


def test_a_line_figure_that_a_source_does_not_show_is_not_compared() -> None:
    assert ORDER.lines is not None
    without = tuple(replace(line, unit_price=None, taxes=None) for line in ORDER.lines)
    assert agree({"order": ORDER, "mail": replace(ORDER, lines=without)}) == []


def test_nothing_to_compare_names_what_there_is() -> None:
    with pytest.raises(ValueError, match="agreement needs at least two sources, not none"):
        agree({})
    with pytest.raises(ValueError, match=r"agreement needs at least two sources, not order$"):
        agree({"order": ORDER})


def test_a_line_shown_twice_is_told_in_full() -> None:
    first = LineItemView("A", "A", 1, eur("1"), eur("1"))
    twice = replace(ORDER, lines=(first, replace(first, quantity=2, total=eur("2"))))
    once = replace(ORDER, lines=(first,))
    told = {str(one) for one in agree({"order": twice, "mail": once}) if one.source == "order"}
    assert told == {
        "order: line A quantity is [1, 2], but 1 in mail",
        "order: line A unit price is [1.00 EUR, 1.00 EUR], but 1.00 EUR in mail",
        "order: line A total is [1.00 EUR, 2.00 EUR], but 1.00 EUR in mail",
    }


def test_a_promotion_is_known_by_its_name_for_not_every_source_shows_its_code() -> None:
    coded = LineItemView("TEN", "Ten percent", 1, None, eur("-1"), type="promotion")
    printed = replace(coded, number="", type="product")
    assert agree({"order": replace(ORDER, lines=(coded,)), "document": replace(ORDER, lines=(printed,))}) == []
    dearer = replace(printed, total=eur("-2"))
    [found] = agree({"document": replace(ORDER, lines=(dearer,))}, expected=replace(ORDER, lines=(coded,)))
    assert str(found) == "document: line Ten percent total is -2.00 EUR, but -1.00 EUR is expected"


def test_taxes_of_a_line_are_told_in_words() -> None:
    taxed, other, none = (
        replace(ORDER, lines=(LineItemView("A", "A", 1, eur("1"), eur("1"), taxes),))
        for taxes in (
            (TaxView(Decimal("19.0"), eur("0.1")), TaxView(Decimal(7), eur("0.20"))),
            (TaxView(Decimal(19), eur("0.10")),),
            (TaxView(Decimal(0), eur("0")),),
        )
    )
    [found] = agree({"mail": other}, expected=taxed)
    assert str(found) == ("mail: line A taxes is 0.10 EUR at 19 %, but 0.20 EUR at 7 % + 0.10 EUR at 19 % is expected")
    [found] = agree({"mail": none}, expected=taxed)
    assert found.found == "no tax"
    assert (
        agree({"mail": none}, expected=replace(none, lines=(LineItemView("A", "A", 1, eur("1"), eur("1"), ()),))) == []
    )
