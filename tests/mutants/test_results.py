"""Results outlive a kill; what catches nothing, and what only one process catches; the page."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from tests.mutants.made import CATCH, mutant, result
from updategate.config.errors import ConfigError
from updategate.operations.mutants.catalogue import Mutant, all_mutants, chosen
from updategate.operations.mutants.healthy_runs import finished, planned
from updategate.operations.mutants.kept import KEPT, Kept, kept_in
from updategate.operations.mutants.results import FILE_NAME, Result, Results, fragile, useless
from updategate.operations.mutants.sweep import left_for
from updategate.operations.mutants.table import PAGE, page_of

ROOT = Path(__file__).parents[2]


def test_the_last_result_of_a_mutant_counts(tmp_path: Path) -> None:
    results = Results(tmp_path)
    results.add(result("a", "missed"))
    results.add(result("b", "caught"))
    results.add(result("a", "caught"))
    assert {name: one.outcome for name, one in Results(tmp_path).all().items()} == {"a": "caught", "b": "caught"}
    assert Results(tmp_path).all()["b"] == result("b", "caught")


def test_a_forgotten_mutant_has_no_result_until_it_has_a_new_one(tmp_path: Path) -> None:
    results = Results(tmp_path)
    results.add(result("a", "missed"))
    results.forget("a")
    assert results.all() == {}
    results.add(result("a", "caught"))
    assert results.all()["a"].outcome == "caught"


def test_results_of_other_sources_are_not_reused(tmp_path: Path) -> None:
    Results(tmp_path).add(result("a", "caught"))
    assert Results(tmp_path).all("s2") == {}
    assert set(Results(tmp_path).all("s1")) == {"a"}


@pytest.mark.parametrize("kept_bytes", [1, 30, 200])
def test_a_line_that_a_kill_has_torn_spoils_no_other(tmp_path: Path, kept_bytes: int) -> None:
    results = Results(tmp_path)
    results.add(result("a", "caught"))
    with (tmp_path / FILE_NAME).open("ab") as file:
        file.write(json.dumps(result("torn", "caught").as_json()).encode()[:kept_bytes])
    results.add(result("b", "missed"))
    assert {name: one.outcome for name, one in results.all().items()} == {"a": "caught", "b": "missed"}


@pytest.mark.parametrize(
    ("known", "left"),
    [
        ({}, ("likely", "quick", "slow", "prices", "far")),
        ({"tax-one-cent": result("tax-one-cent", "missed", left=("slow", "far"))}, ("slow", "far")),
        ({"tax-one-cent": result("tax-one-cent", "caught")}, ()),
    ],
)
def test_a_search_goes_on_with_the_parts_that_are_left(known: dict[str, Result], left: tuple[str, ...]) -> None:
    assert left_for(mutant("tax-one-cent"), known) == left


def test_lanes_do_not_mix_their_lines(tmp_path: Path) -> None:
    results = Results(tmp_path)
    threads = [threading.Thread(target=results.add, args=(result(f"m{number}"),)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results.all()) == 20


OTHER = replace(CATCH, by="CHK-002")


def test_only_whole_results_say_what_is_useless_or_fragile() -> None:
    found = [
        result("a", "caught", CATCH, whole=True),
        result("b", "caught", CATCH, OTHER, whole=True),
        result("c", "caught", replace(CATCH, by="CHK-003")),
    ]
    assert useless(found, ["CHK-001", "CHK-002", "CHK-003"]) == ["CHK-003"]
    assert fragile(found) == {"a": "CHK-001"}


def test_an_unknown_mutant_or_group_is_refused_with_the_nearest() -> None:
    known = [mutant("tax-one-cent"), mutant("slow-listing", kind="performance", group="performance")]
    with pytest.raises(ConfigError, match="Did you mean 'tax-one-cent'"):
        chosen(known, ["tax-one-sent"], [])
    with pytest.raises(ConfigError, match="Did you mean 'money'"):
        chosen(known, [], ["monye"])
    assert [one.name for one in chosen(known, [], [])] == ["tax-one-cent"]
    assert [one.name for one in chosen(known, [], ["money"])] == ["tax-one-cent"]
    with pytest.raises(ConfigError, match="ci/bench-mutants"):
        chosen(known, [], ["performance"])


def test_the_embedded_processes_tell_their_mutants_as_the_sweep_reads_them() -> None:
    mutants = all_mutants()
    names = [one.name for one in mutants]
    assert len(names) == len(set(names))
    assert {one.kind for one in mutants} == {"shop", "connector", "performance"}
    assert sum(one.kind == "shop" for one in mutants) >= 74
    assert all(isinstance(one, Mutant) and one.areas and one.description and one.source for one in mutants)
    assert all("--mutant" not in one.shop_options() for one in mutants if one.kind == "connector")


def test_the_page_tells_what_was_found_and_keeps_what_was_missed() -> None:
    missed = result("b", "missed", unclear={"CHK-009": "it stands for account"})
    kept = Kept(
        {"a": result("a", "caught"), "b": missed, "c": result("c", "undecided")},
        {"c": "a healthy shop"},
        {"runs": 50, "alarms": 0, "runs_with_erp": 20, "alarms_with_erp": 0},
        ("CHK-002",),
        {"a": "CHK-001"},
    )
    page = page_of(kept)
    for told in (
        "| **all** | **1** | **3** |",
        (
            "| `a` | Tax is wrong | [shopware/shopware#1](https://github.com/shopware/shopware/issues/1) | CHK-001 | "
            "11.90 EUR | 11.91 EUR | 7 |"
        ),
        "| `b` | missed, verdict pass | CHK-009: it stands for account |",
        "| `c` | undecided, verdict pass | a healthy shop |",
        "False alarms: 0 in 50 runs on the healthy shop, 20 of them with an ERP",
        "| CHK-001 | a |",
    ):
        assert told in page


def test_the_page_in_the_repository_is_the_one_that_its_data_make() -> None:
    if not (ROOT / KEPT).is_file():
        pytest.skip("no sweep has been kept yet")
    assert (ROOT / PAGE).read_text(encoding="utf-8") == page_of(kept_in(ROOT))


def test_every_mutant_is_on_the_list_in_the_repository() -> None:
    if not (ROOT / KEPT).is_file():
        pytest.skip("no sweep has been kept yet")
    functional = {one.name for one in all_mutants() if one.kind != "performance"}
    assert functional <= set(kept_in(ROOT).results), "run `updategate mutants`, then `updategate mutants --table`"


def test_healthy_runs_differ_in_seed_order_workers_and_erp() -> None:
    runs = planned(20, 30)
    assert [len(runs), sum(run.erp for run in runs)] == [50, 20]
    assert len({run.order_seed for run in runs}) == 50
    assert {run.workers for run in runs} == {0, 1, 2, 3, 4}
    assert {run.workers for run in runs if run.erp} == {0, 1, 2, 3, 4}
    assert len({run.seed for run in runs}) == 5


def test_a_torn_line_is_no_finished_run(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(
        '{"number": 1, "erp": false, "seed": "s", "order_seed": 1, "workers": 0, "verdict": "pass", "alarms": [], '
        '"sources": "s1"}\n{"number": 2, "erp": fal',
        encoding="utf-8",
    )
    assert set(finished(tmp_path, "s1")) == {1}
    assert finished(tmp_path, "s2") == {}


def test_what_is_kept_in_the_repository_is_read_back_as_it_was(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "suites").mkdir(parents=True)
    (root / "suites" / "processes.yaml").write_bytes((ROOT / "suites" / "processes.yaml").read_bytes())
    results = Results(tmp_path / "sweep")
    results.add(result("tax-one-cent", "caught", CATCH, whole=True))
    results.add(result("a-mutant-that-is-no-more", "caught"))
    (tmp_path / "healthy").mkdir()
    with (tmp_path / "healthy" / FILE_NAME).open("w", encoding="utf-8") as file:
        for number, erp, verdict in (
            (1, True, "pass"),
            (2, False, "inconclusive"),
            (2, False, "pass"),
            (3, True, "fail"),
        ):
            file.write(json.dumps({"number": number, "erp": erp, "verdict": verdict}) + "\n")
    kept = Kept.of(root, tmp_path / "sweep", tmp_path / "healthy")
    assert (kept.results["tax-one-cent"].outcome, kept.caught) == ("caught", frozenset({"tax-one-cent"}))
    assert "a-mutant-that-is-no-more" not in kept.results
    assert {one.outcome for one in kept.results.values()} == {"caught", "untried"}
    assert kept.healthy == {"runs": 3, "alarms": 1, "runs_with_erp": 2, "alarms_with_erp": 1}
    assert kept.fragile == {"tax-one-cent": "CHK-001"}
    assert kept.useless is not None
    assert "CHK-001" not in kept.useless
    assert "CHK-002" in kept.useless
    kept.write(root)
    assert kept_in(root) == kept
    # a later sweep that was not whole, without runs on the healthy shop, keeps what is known of both
    results.add(result("tax-one-cent", "missed"))
    later = Kept.of(root, tmp_path / "sweep", tmp_path / "nothing")
    assert (later.caught, later.useless, later.healthy) == (frozenset(), kept.useless, kept.healthy)


def test_nothing_to_keep_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Run `updategate mutants` first"):
        Kept.of(ROOT, tmp_path, tmp_path)
