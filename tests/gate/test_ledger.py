"""Two price ledgers: every difference to the cent, what is meant, and what leaves a doubt."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gate.conftest import OLD, PASSED, Judged, RunOf
from updategate.config.errors import ConfigError
from updategate.config.loading import build
from updategate.config.policy import Policy
from updategate.evidence.records import Amount, Ledger, LedgerPlan, TaxCharged
from updategate.gate.verdict import Verdict


def eur(text: str) -> Amount:
    return Amount(amount=text, currency="EUR")


def cell(**changes: Any) -> Ledger:
    """Ten pumps for 8.00 net each, 19 % tax, shipping 5.00."""
    fields: dict[str, Any] = {
        "product": "PUMP",
        "customer_group": "Trade",
        "quantity": 10,
        "currency": "EUR",
        "country": "DE",
        "in_cart": 10,
        "unit_price": eur("8.00"),
        "total": eur("80.00"),
        "taxes": (TaxCharged(rate="19", tax="15.20", base="80.00"),),
        "tax_state": "net",
        "cart_total": eur("101.15"),
        "cart_taxes": (TaxCharged(rate="19", tax="16.15", base="85.00"),),
        "rule": "Trade prices",
    }
    return Ledger(**{**fields, **changes})


def plan(cells: int) -> LedgerPlan:
    return LedgerPlan(
        origin="drawn",
        seed="s",
        cells=cells,
        digest="d",
        products_sold=1,
        products_asked=1,
        buyers=("Trade",),
        currencies=("EUR",),
        countries=("DE",),
    )


def judge_(judged: Judged, before: tuple[Ledger, ...], after: tuple[Ledger, ...], **policy: Any) -> Verdict:
    return judged(RunOf(PASSED, build=OLD, ledger=before), RunOf(PASSED, ledger=after), **policy)


def codes(verdict: Verdict) -> set[str]:
    return {reason.code for reason in verdict.reasons}


@pytest.mark.parametrize(
    ("changes", "changed", "by"),
    [
        ({"unit_price": eur("8.01"), "total": eur("80.10")}, ("unit_price", "total"), "0.01"),
        ({"total": eur("79.99")}, ("total",), "0.01"),
        ({"taxes": (TaxCharged(rate="19", tax="15.21", base="80.00"),)}, ("tax",), "0.01"),
        ({"taxes": (TaxCharged(rate="19", tax="15.20", base="80.01"),)}, ("tax_base",), "0.01"),
        ({"taxes": (TaxCharged(rate="7", tax="5.60", base="80.00"),)}, ("tax",), "5.60"),
        ({"cart_total": eur("101.16")}, ("cart_total",), "0.01"),
        ({"cart_taxes": (TaxCharged(rate="19", tax="16.14", base="85.00"),)}, ("cart_tax",), "0.01"),
        ({"tax_state": "gross"}, ("tax_state",), None),
        ({"in_cart": 5}, ("quantity",), None),
        ({"sold": False, "unit_price": None, "total": None, "messages": ("product-not-found",)}, ("sold",), None),
        ({"unit_price": Amount(amount="8.00", currency="CHF")}, ("unit_price",), None),
    ],
)
def test_every_figure_counts_to_the_cent(
    judged: Judged, changes: dict[str, Any], changed: tuple[str, ...], by: str | None
) -> None:
    verdict = judge_(judged, (cell(),), (cell(**changes),))
    assert (verdict.verdict, codes(verdict)) == ("fail", {"ledger"})
    (difference,) = verdict.ledger
    assert (difference.changed, difference.by, difference.rule) == (changed, by, "Trade prices")
    assert difference.before != difference.after
    assert verdict.ledger_summary is not None
    assert (verdict.ledger_summary.compared, verdict.ledger_summary.differing) == (1, 1)


def test_the_same_amounts_written_otherwise_are_the_same(judged: Judged) -> None:
    other = cell(unit_price=eur("8"), taxes=(TaxCharged(rate="19.0", tax="15.2", base="80"),))
    verdict = judge_(judged, (cell(),), (other,))
    assert (verdict.verdict, verdict.ledger) == ("pass", ())


CLOSED = cell(sold=False, unit_price=None, total=None, messages=("product-not-found",))


def test_what_is_not_sold_before_and_after_is_no_difference(judged: Judged) -> None:
    assert judge_(judged, (CLOSED,), (CLOSED,)).verdict == "pass"


def test_what_is_sold_only_after_the_update_is_a_difference(judged: Judged) -> None:
    verdict = judge_(judged, (CLOSED,), (cell(),))
    assert (verdict.verdict, verdict.ledger[0].before) == ("fail", "not sold (product-not-found)")


def test_a_product_that_is_gone_is_a_difference_and_no_silent_hole(judged: Judged) -> None:
    verdict = judge_(judged, (cell(), cell(product="VALVE")), (cell(),))
    assert (verdict.verdict, codes(verdict)) == ("fail", {"ledger"})
    assert [(row.product, row.after) for row in verdict.ledger] == [("VALVE", "no longer in the catalogue")]


def test_all_differences_are_listed_in_order(judged: Judged) -> None:
    before = tuple(cell(product=f"P{number}") for number in (3, 1, 2))
    after = tuple(cell(product=f"P{number}", total=eur("80.01")) for number in (1, 2, 3))
    verdict = judge_(judged, before, after)
    assert [row.product for row in verdict.ledger] == ["P1", "P2", "P3"]
    assert verdict.reasons[0].message.startswith("3 of 3 prices changed; first: P1 × 10 for Trade in EUR (rule Trade")


@pytest.mark.parametrize("differences", ["fail", "inconclusive", "report"])
def test_the_policy_says_what_a_difference_means(judged: Judged, differences: str) -> None:
    verdict = judge_(judged, (cell(),), (cell(total=eur("80.01")),), ledger={"differences": differences})
    assert verdict.verdict == {"fail": "fail", "inconclusive": "inconclusive", "report": "pass"}[differences]
    assert len(verdict.ledger) == 1


INTENDED = {
    "changed": ["tax_base", "cart_tax_base"],
    "at_most": "0.01",
    "reason": "the taxed base is rounded since 6.6.7.0",
    "source": "release notes 6.6.7.0",
    "from": "6.6.6",
    "to": "6.6.7",
}
ROUNDED = {
    "taxes": (TaxCharged(rate="19", tax="15.20", base="80.01"),),
    "cart_taxes": (TaxCharged(rate="19", tax="16.15", base="85.01"),),
}


@pytest.mark.parametrize(
    ("entry", "cells", "expected"),
    [
        ({}, ROUNDED, "pass"),
        ({"changed": ["tax_base"]}, ROUNDED, "fail"),
        ({"at_most": "0.009"}, ROUNDED, "fail"),
        ({"to": "6.7"}, ROUNDED, "fail"),
        ({"from": "6.5"}, ROUNDED, "fail"),
        ({"products": ["VALVE"]}, ROUNDED, "fail"),
        ({"products": ["PUMP"], "rules": ["Trade prices"], "currencies": ["EUR"]}, ROUNDED, "pass"),
        ({"rules": ["Other"]}, ROUNDED, "fail"),
        ({"customer_groups": ["Other"]}, ROUNDED, "fail"),
        ({"countries": ["AT"]}, ROUNDED, "fail"),
        # what is meant explains only itself
        ({}, {**ROUNDED, "cart_total": eur("101.16")}, "fail"),
    ],
)
def test_an_intended_change_explains_exactly_what_it_names(
    judged: Judged, entry: dict[str, Any], cells: dict[str, Any], expected: str
) -> None:
    verdict = judge_(judged, (cell(),), (cell(**cells),), ledger={"intended": [{**INTENDED, **entry}]})
    assert verdict.verdict == expected
    (difference,) = verdict.ledger
    if expected == "pass":
        assert difference.intended == "the taxed base is rounded since 6.6.7.0 (release notes 6.6.7.0)"
        assert codes(verdict) == {"ledger_intended"}
        assert verdict.ledger_summary is not None
        assert verdict.ledger_summary.explained == 1
    else:
        assert difference.intended is None


def test_an_intended_change_needs_to_know_both_builds(judged: Judged) -> None:
    before = RunOf(PASSED, build=None, ledger=(cell(),))
    verdict = judged(before, RunOf(PASSED, ledger=(cell(**ROUNDED),)), ledger={"intended": [INTENDED]})
    assert verdict.verdict == "fail"


@pytest.mark.parametrize(("required", "expected"), [(False, "pass"), (True, "inconclusive")])
def test_no_ledger_is_told_as_not_tested_and_doubtful_where_required(
    judged: Judged, required: bool, expected: str
) -> None:
    verdict = judge_(judged, (), (), ledger={"required": required})
    assert (verdict.verdict, codes(verdict)) == (expected, {"ledger_missing"} if required else set())
    assert "Price ledger" in {gap.what for gap in verdict.not_tested}


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("rules", [{}, {"required": True}, {"required": True, "differences": "report"}])
def test_a_ledger_of_one_side_is_inconclusive(judged: Judged, side: str, rules: dict[str, Any]) -> None:
    ledgers = ((cell(),), ()) if side == "before" else ((), (cell(),))
    verdict = judge_(judged, *ledgers, ledger=rules)
    assert (verdict.verdict, codes(verdict)) == ("inconclusive", {"ledger_missing"})


def test_a_ledger_of_one_side_is_a_note_where_differences_are_only_reported(judged: Judged) -> None:
    verdict = judge_(judged, (cell(),), (), ledger={"differences": "report"})
    assert (verdict.verdict, codes(verdict)) == ("pass", {"ledger_missing"})


def test_a_partial_ledger_is_inconclusive(judged: Judged) -> None:
    before = RunOf(PASSED, build=OLD, ledger=(cell(),), extra=(plan(1),))
    after = RunOf(PASSED, ledger=(cell(),), extra=(plan(2),))
    verdict = judged(before, after)
    assert (verdict.verdict, codes(verdict)) == ("inconclusive", {"ledger_partial"})
    assert "1 of 2 cells" in verdict.reasons[0].message


def test_a_ledger_of_another_catalogue_is_inconclusive(judged: Judged) -> None:
    verdict = judge_(judged, (cell(),), (cell(product="OTHER"),), ledger={"required": True})
    assert verdict.verdict == "fail" or "ledger_catalogue" in codes(verdict)
    assert "ledger_catalogue" in codes(verdict)


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_cell_that_could_not_be_read_is_inconclusive(judged: Judged, side: str) -> None:
    unread = cell(unit_price=None, total=None, error="500")
    ledgers = ((unread,), (cell(),)) if side == "before" else ((cell(),), (unread,))
    verdict = judge_(judged, *ledgers)
    assert (verdict.verdict, codes(verdict), verdict.ledger) == ("inconclusive", {"ledger_unread"}, ())


def test_what_the_stock_decided_is_no_price(judged: Judged) -> None:
    less = cell(in_cart=3, total=eur("24.00"), messages=("product-stock-reached",))
    verdict = judge_(judged, (cell(),), (less,))
    assert (verdict.verdict, codes(verdict), verdict.ledger) == ("inconclusive", {"ledger_stock"}, ())


@pytest.mark.parametrize(("total", "expected"), [("80.00", "pass"), ("80.01", "fail")])
def test_evidence_of_older_runs_without_taxes_is_compared_by_what_it_has(
    judged: Judged, total: str, expected: str
) -> None:
    old = cell(taxes=None, cart_taxes=None, cart_total=None, tax_state=None, in_cart=None)
    assert judge_(judged, (old,), (cell(total=eur(total)),)).verdict == expected


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"at_most": 0.01}, "write the amount in quotes"),
        ({"at_most": "-0.01"}, "at least 0"),
        ({"changed": []}, "At least one entry"),
        ({"changed": ["price"]}, "unit_price"),
        ({"reason": ""}, "too short"),
    ],
)
def test_mistakes_in_intended_changes_are_named(entry: dict[str, Any], told: str) -> None:
    data = {"policy": "p", "scopes": {"full": {"all": True}}, "ledger": {"intended": [{**INTENDED, **entry}]}}
    with pytest.raises(ConfigError) as refused:
        build(data, Policy, "policy.yaml")
    assert "ledger.intended[0]" in str(refused.value)
    assert told.lower() in str(refused.value).lower()
