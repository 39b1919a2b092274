import numpy as np
import pytest

from updategate.baseline.decision import Rule
from updategate.baseline.server import compare_server
from updategate.evidence.records import Slice

RULE = Rule(looks=(6, 10))


def slices(units=10, pairs=2, *, seed=1, cpu=0.0, statements=0, growth=0.0, troubles=(), answered=100, drop=()):
    rng = np.random.default_rng(seed)
    memory = {"before": 1e8, "after": 1.2e8}
    for unit in range(units):
        for pair in range(pairs):
            for arm in ("before", "after"):
                new = arm == "after"
                memory[arm] += rng.normal(0, 2e4) + (growth * answered if new else 0)
                figures = {
                    "shop_cpu": answered * 0.01 * float(np.exp(rng.normal(cpu * new, 0.03))),
                    "statements": float(answered * (500 + statements * new)),
                    "shop_memory": memory[arm],
                    "machine_busy": 0.5,
                }
                yield Slice(
                    name=f"u{unit}p{pair}",
                    arm=arm,
                    unit=unit,
                    pair=pair,
                    path="x",
                    sha256="y",
                    due=answered,
                    answered=answered,
                    troubles=troubles,
                    server={name: value for name, value in figures.items() if name not in drop},
                )


def found(**changes):
    return {finding.indicator: finding for finding in compare_server(slices(**changes), RULE, 2)}


def test_no_change_is_nothing_worse():
    assert {name: finding.worse for name, finding in found().items()} == {
        "shop_cpu": False,
        "statements": False,
        "shop_memory": False,
    }


def test_more_cpu_per_answer_is_found():
    finding = found(cpu=0.15)["shop_cpu"]
    assert finding.worse
    assert finding.judgement.change == pytest.approx(0.16, abs=0.04)


def test_one_statement_more_per_answer_is_exact():
    finding = found(statements=1)["statements"]
    assert finding.worse
    assert finding.text == "statements per answer: +0.20% in every unit"
    assert not found(statements=-1)["statements"].worse


def test_memory_that_grows_with_every_answer_is_found():
    finding = found(growth=64 * 1024)["shop_memory"]
    assert finding.worse
    assert "leaves +6" in finding.text
    assert not found(growth=100)["shop_memory"].worse


def test_less_cpu_is_not_worse():
    assert not found(cpu=-0.5)["shop_cpu"].worse


def test_invalid_pairs_and_too_few_units_decide_nothing():
    (only,) = compare_server(slices(units=5), RULE, 2)
    assert not only.worse
    assert "only 5 whole units" in only.text
    (only,) = compare_server(slices(troubles=("busy",), cpu=1.0), RULE, 2) or [None]
    assert only is None or not only.worse


def test_a_figure_that_one_shop_lacks_is_told():
    mixed = list(slices())
    mixed = [
        record if record.arm == "before" else record.model_copy(update={"server": {"shop_cpu": 1.0}})
        for record in mixed
    ]
    told = {finding.indicator: finding.text for finding in compare_server(mixed, RULE, 2)}
    assert "not measured" in told["statements"]


def test_only_whole_units_count_and_each_figure_gets_its_share_of_the_error():
    told = {finding.indicator: finding for finding in compare_server(slices(units=10), RULE, 2)}
    assert told["shop_cpu"].judgement.units == 10
    halves = [record for record in slices(units=10) if (record.unit, record.pair) != (3, 1)]
    assert {finding.judgement.units for finding in compare_server(halves, RULE, 2) if finding.judgement} == {6}
    alone = [record.model_copy(update={"server": {"shop_cpu": record.server["shop_cpu"]}}) for record in slices()]
    (wider,) = compare_server(alone, RULE, 2)
    # one figure of three is held to a third of the error, so its bound is lower than that of one alone
    assert told["shop_cpu"].judgement.lower < wider.judgement.lower


def test_a_figure_that_is_none_in_both_shops_is_told_so():
    none = [record.model_copy(update={"server": {"database_slow_queries": 0.0}}) for record in slices()]
    (finding,) = compare_server(none, RULE, 2)
    assert finding.text == "database_slow_queries: none before and none after"


def test_growth_needs_three_steps_and_a_kilobyte():
    few = Rule(looks=(3,))
    (finding,) = [one for one in compare_server(slices(units=3), few, 2) if one.indicator == "shop_memory"]
    assert "too few units" in finding.text
    assert not found(growth=900)["shop_memory"].worse
    assert found(growth=3000)["shop_memory"].worse


def test_without_figures_there_is_nothing_to_say():
    bare = [record.model_copy(update={"server": {}}) for record in slices()]
    assert compare_server(bare, RULE, 2) == ()


def test_false_alarms_keep_the_error():
    alarms = sum(finding.worse for seed in range(150) for finding in compare_server(slices(seed=seed), RULE, 2))
    assert alarms <= 5
