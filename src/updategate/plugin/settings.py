"""What a run of the suites is told on the command line, resolved to objects once."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import pytest

from updategate.config.environment import Environment, environment_path, load_environment
from updategate.config.own_suites import registry_of
from updategate.config.policy import Policy, load_policy, policy_path
from updategate.config.registry import Process, Registry, carried_out_in
from updategate.evidence.handover import FILE_NAME as HANDOVER
from updategate.evidence.records import Phase
from updategate.evidence.touched_areas import read_touched_areas
from updategate.operations.shards import Shard, measured


@dataclass(frozen=True, slots=True)
class RunSettings:
    """The inputs of a run.

    ``folder`` is where its evidence goes; ``processes`` are those of the scope, or of this run's ``shard`` of it.
    ``handover`` is where a before run leaves what the after run finds; None where an after run was given none.
    """

    environment: Environment
    environment_file: Path
    policy: Policy
    policy_file: Path
    registry: Registry
    scope: str
    phase: Phase | None
    folder: Path
    processes: tuple[Process, ...]
    shard: Shard | None = None
    order_seed: int | None = None
    handover: Path | None = None

    @property
    def selected(self) -> frozenset[str]:
        """Ids of the processes that this run carries out."""
        return frozenset(process.id for process in self.processes)


def add_options(parser: pytest.Parser) -> None:
    """The options of the plugin."""
    group = parser.getgroup("updategate", "validation of a Shopware update")
    group.addoption("--shop-env", metavar="ENV", help="environment: a name under ci/environments, or a file")
    group.addoption("--scope", metavar="NAME", default="full", help="scope of the policy (default: full)")
    group.addoption("--policy", metavar="POLICY", default="default", help="a name under ci/policies, or a file")
    group.addoption("--phase", choices=("before", "after"), help="whether this is the run before or after the update")
    group.addoption("--run-folder", metavar="DIR", help="where evidence goes (default: reports/<run id>)")
    group.addoption(
        "--repeat-each", metavar="N", type=int, default=1, help="carry every process out N times (flakiness hunt)"
    )
    group.addoption(
        "--order-seed", metavar="N", type=int, help="carry the tests out in a random order, always the same"
    )
    group.addoption("--stop-at-failure", action="store_true", help="end the run with the first process that has failed")
    group.addoption("--shard", metavar="I/N", help="carry only this share of the scope out, one of N")
    group.addoption(
        "--shard-durations",
        metavar="RUN",
        action="append",
        default=[],
        help="earlier run whose durations balance the shards; several",
    )
    group.addoption(
        "--compat",
        metavar="RUN",
        action="append",
        default=[],
        help="evidence of a compat run: processes of the areas that its plugins touch become critical; several",
    )
    group.addoption(
        "--carry", metavar="FILE", help="what a before run leaves and an after run finds (before: <run folder>)"
    )
    group.addoption("--progress-fd", type=int, help=argparse.SUPPRESS)


def resolve(config: pytest.Config, run: str) -> RunSettings:
    """Read everything that the options name; raises ConfigError."""
    root = config.rootpath
    environment_file = environment_path(str(config.getoption("--shop-env")), root)
    environment = load_environment(environment_file)
    policy_file = policy_path(str(config.getoption("--policy")), root)
    policy = load_policy(policy_file)
    touched = read_touched_areas([Path(folder) for folder in config.getoption("--compat")])
    registry = registry_of(environment, root).critical_in(touched)
    scope = str(config.getoption("--scope"))
    folder = config.getoption("--run-folder")
    phase: Phase | None = config.getoption("--phase")
    processes = carried_out_in(phase, policy.select(scope, registry.processes, str(policy_file)))
    shard = Shard.parse(str(config.getoption("--shard"))) if config.getoption("--shard") else None
    if shard is not None:
        seconds = measured([Path(run) for run in config.getoption("--shard-durations")])
        processes = shard.of(processes, seconds)
    into = Path(str(folder)) if folder else root / "reports" / run
    carry = config.getoption("--carry")
    return RunSettings(
        environment=environment,
        environment_file=environment_file,
        policy=policy,
        policy_file=policy_file,
        registry=registry,
        scope=scope,
        phase=phase,
        folder=into,
        processes=processes,
        shard=shard,
        order_seed=config.getoption("--order-seed"),
        handover=Path(str(carry)) if carry else into / HANDOVER if phase == "before" else None,
    )
