"""``ci/bench-campaign``: error rates and power of the campaign's rule, by simulation, against the goals."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass

import click
import numpy as np

from updategate.baseline.decision import Rule
from updategate.campaign.simulation import NOISES, NOISY, TYPICAL, Noise, Outcome, Plan, pooled_spread, simulate

MEASURED_SPREAD = {"typical": (0.206, 0.180, 0.153, 0.127, 0.121), "noisy": (0.276, 0.229, 0.188, 0.139, 0.128)}
"""Spread of the log ratio of 200 pooled requests an arm, by slices of 20, 10, 5, 2 and 1 s, as the model must show."""

SCENARIOS: tuple[tuple[str, tuple[float, ...]], ...] = (
    ("no change", (0.0, 0.0, 0.0, 0.0)),
    ("all +5 %", (0.05, 0.05, 0.05, 0.05)),
    ("all +10 %", (0.10, 0.10, 0.10, 0.10)),
    ("one of four +20 %", (0.20, 0.0, 0.0, 0.0)),
    ("all +20 %", (0.20, 0.20, 0.20, 0.20)),
    ("tail of all +20 %", (0.20, 0.20, 0.20, 0.20)),
    ("all -10 %", (-0.10, -0.10, -0.10, -0.10)),
)


@dataclass(frozen=True)
class Goal:
    """One number to reach on the typical machine."""

    what: str
    scenario: str
    read: Callable[[Outcome], float]
    limit: float
    at_least: bool

    def met(self, outcome: Outcome) -> bool:
        """Whether the simulation reached it."""
        value = self.read(outcome)
        return value >= self.limit if self.at_least else value <= self.limit


GOALS = (
    Goal("false SLOWER", "no change", lambda o: o.slower, 0.01, at_least=False),
    Goal("decided", "no change", lambda o: o.decided, 0.90, at_least=True),
    Goal("mean minutes", "no change", lambda o: o.minutes, 20.0, at_least=False),
    Goal("power", "all +10 %", lambda o: o.slower, 0.82, at_least=True),
    Goal("false NOT SLOWER", "all +10 %", lambda o: o.not_slower, 0.02, at_least=False),
    Goal("power", "one of four +20 %", lambda o: o.slower, 0.95, at_least=True),
    Goal("power", "all +20 %", lambda o: o.slower, 0.995, at_least=True),
)


def calibration(noise: Noise, campaigns: int = 200) -> tuple[float, ...]:
    """The model's spread in the five slice lengths of ``MEASURED_SPREAD``."""
    shapes = ((20, 1), (10, 2), (5, 4), (2, 10), (1, 20))
    return tuple(
        pooled_spread(
            noise,
            Plan(units=20, pairs=pairs, kept=kept, dropped=0, requests=200),
            np.random.default_rng(7),
            campaigns,
        )
        for kept, pairs in shapes
    )


@click.command("bench-campaign")
@click.option("--replicates", default=4000, show_default=True, type=click.IntRange(min=10))
@click.option("--seed", default=20261124, show_default=True)
@click.option("--noise", "noises", multiple=True, type=click.Choice(list(NOISES)), help="Default: all.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
def bench_campaign(replicates: int, seed: int, noises: tuple[str, ...], *, as_json: bool) -> None:
    """Simulate campaigns where the truth is known and compare with the goals; exit 1 when one is missed."""
    rule, plan = Rule(), Plan()
    fits = {"typical": calibration(TYPICAL), "noisy": calibration(NOISY)}
    found: dict[str, list[Outcome]] = {}
    for name in noises or tuple(NOISES):
        found[name] = [
            simulate(
                scenario,
                NOISES[name],
                changes,
                replicates=replicates,
                seed=seed + i,
                plan=plan,
                rule=rule,
                whole=not scenario.startswith("tail"),
            )
            for i, (scenario, changes) in enumerate(SCENARIOS)
        ]
    typical = {outcome.scenario: outcome for outcome in found.get("typical", [])}
    goals = [(goal, typical[goal.scenario]) for goal in GOALS if goal.scenario in typical]
    if as_json:
        _print_json(found, fits)
    else:
        _print_tables(found, fits, goals, replicates)
    sys.exit(0 if all(goal.met(outcome) for goal, outcome in goals) else 1)


def _print_json(found: dict[str, list[Outcome]], fits: dict[str, tuple[float, ...]]) -> None:
    body = {
        "outcomes": {name: [asdict(outcome) for outcome in outcomes] for name, outcomes in found.items()},
        "spread": fits,
        "measured_spread": MEASURED_SPREAD,
    }
    click.echo(json.dumps(body))


def _print_tables(
    found: dict[str, list[Outcome]],
    fits: dict[str, tuple[float, ...]],
    goals: list[tuple[Goal, Outcome]],
    replicates: int,
) -> None:
    click.echo("Spread of one unit's log ratio of p95, 200 pooled requests an arm, slices of 20/10/5/2/1 s:")
    for name, fit in fits.items():
        measured = " ".join(f"{value:.3f}" for value in MEASURED_SPREAD[name])
        click.echo(f"  {name:8} model {' '.join(f'{value:.3f}' for value in fit)}   required {measured}")
    click.echo(f"\n{replicates} campaigns a cell: SLOWER / NOT SLOWER / inconclusive in %, mean minutes")
    for name, outcomes in found.items():
        click.echo(f"  {name}")
        for o in outcomes:
            click.echo(
                f"    {o.scenario:18} {o.slower:7.2%} {o.not_slower:7.2%} {o.inconclusive:7.2%}  {o.minutes:5.1f} min"
            )
    if goals:
        click.echo("\nGoals (typical machine):")
    for goal, outcome in goals:
        mark = "met   " if goal.met(outcome) else "MISSED"
        sign = ">=" if goal.at_least else "<="
        click.echo(f"  {mark} {goal.what} at {goal.scenario}: {goal.read(outcome):.4g} {sign} {goal.limit:g}")


if __name__ == "__main__":
    bench_campaign()
