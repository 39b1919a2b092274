"""The performance mutants: right in all they answer, and found by what they cost."""

from __future__ import annotations

from decimal import Decimal

import pytest

from updategate.campaign.mutants_bench import EXACT, HEALTHY, exact_findings
from updategate.embedded.refshop.behaviour.performance import PerformanceDecisions
from updategate.embedded.refshop.mutants import MUTANTS, PERFORMANCE_MUTANTS, UnknownMutantError, mutated
from updategate.embedded.refshop.workload import kind_of


@pytest.mark.parametrize(("mutant", "indicator"), EXACT.items())
def test_a_mutant_is_found_by_one_exact_comparison(mutant, indicator):
    assert indicator in exact_findings(mutant, passes=2)


def test_a_healthy_shop_costs_no_more_than_itself():
    assert exact_findings(HEALTHY, passes=2) == set()


def test_there_are_six_and_none_of_them_is_a_functional_one():
    assert len(PERFORMANCE_MUTANTS) == 6
    assert not set(PERFORMANCE_MUTANTS) & set(MUTANTS)


def test_mutants_of_both_kinds_can_be_applied_together():
    found = mutated(["slow-listing", "tax-one-cent"])
    assert found.extra_cpu("listing", 1.0, 0) > 0
    assert found.round_tax(Decimal("3.975"), 2, Decimal(0)) == Decimal("3.99")
    with pytest.raises(UnknownMutantError):
        mutated(["slow-listng"])


@pytest.mark.parametrize("name", PERFORMANCE_MUTANTS)
def test_a_mutant_replaces_one_decision(name):
    overridden = [method for method in vars(PERFORMANCE_MUTANTS[name].defect) if not method.startswith("_")]
    assert len(overridden) == 1
    assert overridden[0] in vars(PerformanceDecisions)


def test_slow_under_load_is_slow_only_under_load():
    slow = mutated(["slow-under-load"]).extra_cpu
    assert slow("listing", 0.01, 27) == 0.0
    assert slow("listing", 0.01, 60) > 0.005


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "home"),
        ("/navigation/abc", "listing"),
        ("/Tools/", "listing"),
        ("/store-api/product-listing/abc", "listing"),
        ("/detail/abc", "detail"),
        ("/Hammer/SW-1", "detail"),
        ("/search", "search"),
        ("/checkout/cart", "cart"),
        ("/checkout/order", "order"),
        ("/api/search/product", "admin"),
        ("/bundles/storefront/app.css", "asset"),
    ],
)
def test_kinds_of_requests(path, kind):
    assert kind_of(path) == kind
