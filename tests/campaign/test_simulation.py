import numpy as np
import pytest
from click.testing import CliRunner

from updategate.baseline.decision import Pace, Rule
from updategate.baseline.quantiles import quantiles
from updategate.campaign import bench
from updategate.campaign.simulation import (
    NOISY,
    QUIET,
    TYPICAL,
    Noise,
    Plan,
    _fast_p95,
    machine_log_factor,
    pooled_spread,
    run_sequentially,
    simulate,
    simulate_log_ratios,
)

STILL = Noise(machine=0.0, burst_every=float("inf"), walk=0.0)


@pytest.mark.parametrize("n", [1, 2, 19, 20, 21, 80])
def test_the_fast_quantile_is_the_exact_one(n):
    times = np.random.default_rng(n).lognormal(size=(3, n))
    assert _fast_p95(times) == pytest.approx([quantiles(row, (0.95,))[0] for row in times])


@pytest.mark.parametrize("noise", [TYPICAL, NOISY])
def test_the_model_has_the_spread_that_was_measured(noise):
    name = "typical" if noise is TYPICAL else "noisy"
    assert bench.calibration(noise, campaigns=100) == pytest.approx(bench.MEASURED_SPREAD[name], rel=0.12)


def test_requests_alone_have_the_spread_of_1_17_root_2_over_n():
    rng = np.random.default_rng(1)
    assert pooled_spread(STILL, Plan(requests=200), rng) == pytest.approx(1.17 * np.sqrt(2 / 200), rel=0.05)


def test_ratios_are_centred_on_the_true_change():
    rng = np.random.default_rng(2)
    found = simulate_log_ratios(QUIET, Plan(units=2000), (0.0, 0.2), rng)
    assert found.mean(axis=1) == pytest.approx([0.0, np.log(1.2)], abs=0.012)


def test_a_tail_only_change_moves_p95_too():
    rng = np.random.default_rng(3)
    found = simulate_log_ratios(QUIET, Plan(units=2000), (0.2,), rng, whole=False)
    # in slices of 20 requests the quantile leans on the best of the tail, so it shows two thirds of the change
    assert 0.10 < found.mean() < 0.19


def test_drift_and_bursts_are_in_the_machine():
    drifting = Noise(machine=0.0, burst_every=float("inf"), walk=0.0, drift=0.15)
    level = machine_log_factor(drifting, 100, np.random.default_rng(4))
    assert (level[0], level[-1]) == (0.0, pytest.approx(np.log(1.15)))
    bursting = Noise(machine=0.0, burst_every=50.0, walk=0.0)
    burst = machine_log_factor(bursting, 5000, np.random.default_rng(4))
    assert 0.1 < np.mean(burst > 0) < 0.22  # 8 s of each 50


def test_the_same_seed_gives_the_same_outcome():
    one = simulate("x", TYPICAL, (0.0, 0.1), replicates=20, seed=5, plan=Plan(), rule=Rule())
    two = simulate("x", TYPICAL, (0.0, 0.1), replicates=20, seed=5, plan=Plan(), rule=Rule())
    assert one == two


def test_a_campaign_stops_at_the_first_look_that_decides():
    found = run_sequentially(np.random.default_rng(1).normal(0.8, 0.05, (2, 30)), Rule())
    assert (found.pace, found.units) == (Pace.SLOWER, 6)


def test_the_goals_hold_in_a_small_run_with_room_for_chance():
    plan, rule = Plan(), Rule()
    none = simulate("none", TYPICAL, (0.0,) * 4, replicates=400, seed=1, plan=plan, rule=rule)
    ten = simulate("ten", TYPICAL, (0.1,) * 4, replicates=400, seed=2, plan=plan, rule=rule)
    one = simulate("one", TYPICAL, (0.2, 0.0, 0.0, 0.0), replicates=400, seed=3, plan=plan, rule=rule)
    assert none.slower <= 0.02
    assert none.decided >= 0.88
    assert none.minutes <= 20.5
    assert ten.slower >= 0.82
    assert ten.not_slower <= 0.03
    assert one.slower >= 0.94


def test_bench_prints_goals_and_fails_when_one_is_missed(monkeypatch):
    monkeypatch.setattr(bench, "calibration", lambda _noise: (0.0,) * 5)
    done = CliRunner().invoke(bench.bench_campaign, ["--replicates", "60", "--noise", "typical"])
    assert "Goals (typical machine):" in done.output
    impossible = bench.Goal("decided", "no change", lambda o: o.decided, 1.1, at_least=True)
    monkeypatch.setattr(bench, "GOALS", (impossible,))
    done = CliRunner().invoke(bench.bench_campaign, ["--replicates", "20", "--noise", "typical"])
    assert done.exit_code == 1
    assert "MISSED decided" in done.output
