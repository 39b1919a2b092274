"""What holds for all mutants: they are described, their areas are known, and they can be combined."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from tests.refshop.mutants.world import World
from updategate.embedded.refshop.behaviour import Behaviour
from updategate.embedded.refshop.cli import main
from updategate.embedded.refshop.mutants import GROUPS, MUTANTS, UnknownMutantError, mutated

ROOT = Path(__file__).resolve().parents[3]

#: how many there have to be: the groups "orders" and "papers" together stand for orders, states, mails and documents
LEAST = {
    "money": 20,
    "promotions": 8,
    "stock": 8,
    "b2b-prices": 10,
    "orders+papers": 12,
    "account": 6,
    "catalogue": 6,
    "api": 12,
    "update-run": 8,
}


def test_there_are_enough_of_each_group() -> None:
    counts = {group.name: len(group.mutants) for group in GROUPS}
    counts["orders+papers"] = counts.pop("orders") + counts.pop("papers")
    assert not {name: (counts[name], least) for name, least in LEAST.items() if counts[name] < least}
    assert sum(counts.values()) == len(MUTANTS) >= sum(LEAST.values())


def test_half_of_them_are_silent() -> None:
    assert 2 * sum(mutant.silent for mutant in MUTANTS.values()) >= len(MUTANTS)


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_says_what_it_is(name: str) -> None:
    mutant = MUTANTS[name]
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", name)
    assert len(mutant.description) > 20
    assert re.match(r"class: .{10,}|[\w.-]+/[\w.-]+#\d+$", mutant.source), mutant.source
    decisions = [name for name in dir(Behaviour) if not name.startswith("_")]
    assert any(getattr(mutant.defect, name) is not getattr(Behaviour, name) for name in decisions)


def test_areas_are_those_of_the_process_registry() -> None:
    registry = (ROOT / "suites" / "processes.yaml").read_text(encoding="utf-8")
    known = {word for areas in re.findall(r"areas: \[([^\]]+)\]", registry) for word in re.split(r",\s*", areas)}
    for mutant in MUTANTS.values():
        assert mutant.areas
        assert set(mutant.areas) <= known, mutant.name


def test_mutants_can_be_combined_even_in_one_decision() -> None:
    both = mutated(["tax-one-cent", "double-order"])
    assert both.cart_is_emptied_by_order() is False
    assert both.round_tax(Decimal("3.975"), 2, Decimal(0)) == Decimal("3.99")
    prices = mutated(["pound-factor-rounded", "converted-price-cut"])
    # 189.90 x 0.89 = 169.011, cut off after the cents
    assert prices.in_currency(Decimal("189.90"), Decimal("0.89157")) == Decimal("169.01")


def test_two_mutants_in_one_shop() -> None:
    world = World(mutated(["tax-one-cent", "tier-off-by-one"]))
    price = world.visitor().add("WS-3001", 10).body["lineItems"][0]["price"]
    # 89.00 x 19 / 119 = 14.2101…
    assert (price["unitPrice"], price["calculatedTaxes"][0]["tax"]) == (8.9, 14.22)


def test_an_unknown_mutant_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownMutantError, match=r"Did you mean double-order\?"):
        mutated(["double-orders"])


def test_what_is_printed_is_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list-mutants", "--json"]) == 0
    printed = {mutant["name"]: mutant for mutant in json.loads(capsys.readouterr().out)["mutants"]}
    assert set(MUTANTS) < set(printed)
    assert printed["slow-listing"]["kind"] == "performance"
    assert printed["plugin-update-loses-tiers"] == {
        "kind": "shop",
        "name": "plugin-update-loses-tiers",
        "group": "b2b-prices",
        "description": "Version 3 of the plugin for trade prices reads the first tier only",
        "source": "shopware/shopware#15251",
        "areas": ["price", "account", "cart"],
        "silent": True,
        "needs_erp": False,
        "acts": "always",
        "options": ["--plugin", "AcmeB2bPrices=3.0.0"],
    }
