"""``ci/bench-client``: how many requests the load process makes per second of its CPU, against plain Locust.

A replaying server in a process of its own answers both with what the reference shop answered once, so that
neither the shop's speed nor its state plays a part; the requests of the plain users are those that the journeys
were seen to make.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import requests

from updategate.campaign.real_bench import Shop, environment_file, running_shop
from updategate.config.environment import Environment
from updategate.config.loading import build, load
from updategate.config.process_environment import for_child
from updategate.config.profile import Profile
from updategate.evidence.samples import Outcome, read_samples
from updategate.load.journey import load_journeys
from updategate.load.orders import SliceOrder
from updategate.load.preparation import Preparation
from updategate.load.process import LoadProcess

GOAL = 0.70
USERS = 8


@dataclass(frozen=True)
class Cost:
    """What one journey took."""

    journey: str
    ours: float
    plain: float

    @property
    def share(self) -> float:
        """Requests per CPU second of the load process, against plain Locust's."""
        return self.ours / self.plain if self.plain else 0.0


def replaying_server(upstream: str, stack: ExitStack) -> str:
    """Start the replaying server; returns its address."""
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "updategate.campaign.replaying", upstream], stdout=subprocess.PIPE, text=True
    )
    stack.callback(process.wait, 10)
    stack.callback(process.terminate)
    if process.stdout is None:
        raise RuntimeError("the replaying server has no output")
    stack.callback(process.stdout.close)
    return process.stdout.readline().strip()


def measure(journey: str, seconds: float, root: Path, shop: Shop, address: str, folder: Path) -> Cost:
    """Measure one journey, both ways."""
    folder.mkdir(parents=True)
    replayed = Shop(address, shop.access_key, shop.client_id, shop.client_secret, 0)
    # the shop accepts registrations only from an address of its own
    file, variables = environment_file(folder, replayed, pages=shop.url)
    environment = load(file, Environment, "environment file", variables=variables)
    profile = build(
        {
            "profile": "client",
            "arrivals": {"model": "closed", "users": USERS, "pause": [0, 0]},
            "stages": [{"seconds": seconds}],
            "mix": {journey: 1},
            "client": {"lag_p99_ms": 10_000, "cpu": 1},
            "storm": {"share": 1.0, "window": 1_000_000},
        },
        Profile,
        "client bench",
    )
    journeys = load_journeys(root / "scenarios")
    preparation = Preparation(profile, journeys, {"after": environment}, folder.name)
    pools = preparation.prepare()
    requests.post(f"{address}/__forget", timeout=10)
    with LoadProcess(
        environment_file=file,
        scenarios=root / "scenarios",
        profile=profile,
        addresses={"after": address},
        pools=pools,
        run=folder.name,
        users=USERS,
        variables=for_child(variables),
        log=folder / "load.log",
    ) as process:
        order = SliceOrder("warm", "after", 1, "run", 1.0, ((0.0, 1.0),), str(folder / "warm.npz"))
        process.play(order)
        sent = requests.get(f"{address}/__sent", timeout=10).json()
        before = requests.get(f"{address}/__count", timeout=10).json()
        order = SliceOrder("run", "after", 2, "run", seconds, ((0.0, seconds),), str(folder / "run.npz"))
        result = process.play(order)
        count = requests.get(f"{address}/__count", timeout=10).json() - before
    samples = read_samples(Path(result.path), result.sha256)
    if not len(samples) or (samples.outcome != Outcome.ANSWERED).any():
        message = f"{journey}: not every step was answered rightly: {dict(result.faults)}"
        raise RuntimeError(message)
    ours = count / (float(result.client["cpu"]) * seconds)
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "updategate.load.plain_user", address, str(seconds), str(USERS)],
        input=json.dumps(sent),
        capture_output=True,
        text=True,
        check=True,
    )
    plain: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return Cost(journey, ours, plain["requests"] / plain["cpu"])


@click.command("bench-client")
@click.option("--seconds", default=6.0, show_default=True)
@click.option("--journey", "names", multiple=True, default=("browse", "api_listing", "guest_checkout"))
def bench_client(seconds: float, names: tuple[str, ...]) -> None:
    """Requests per client CPU second through journeys, against plain FastHttpUser; exit 1 below 70 %."""
    root = Path.cwd()
    costs = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-client-")))
        shop = stack.enter_context(running_shop())
        address = replaying_server(shop.url, stack)
        for name in names:
            cost = measure(name, seconds, root, shop, address, folder / name)
            costs.append(cost)
            click.echo(
                f"{name:16} {cost.ours:7.0f} requests per CPU second, plain FastHttpUser {cost.plain:7.0f}: "
                f"{cost.share:.0%}"
            )
    sys.exit(0 if all(cost.share >= GOAL for cost in costs) else 1)


if __name__ == "__main__":
    bench_client()
