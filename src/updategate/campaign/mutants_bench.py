"""``ci/bench-mutants``: the six performance mutants of the reference shop, each found, and a healthy shop not.

Each mutant is looked for by the means that its kind asks for: exact counts in one pass, or a short campaign
with the server's figures. A healthy shop goes through the same, and must not be called worse.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from updategate.actors.shop_access import ShopAccess
from updategate.baseline.decision import Pace
from updategate.baseline.exact import worse
from updategate.baseline.pairing import Arm
from updategate.campaign.conduct import CampaignResult, LoadRun, compare_side_by_side
from updategate.campaign.exact_pass import compare_exactly
from updategate.campaign.real_bench import environment_file, running_shop
from updategate.campaign.watching import ServerWatcher
from updategate.clients.transport import RequestsTransport
from updategate.config import profile as settings
from updategate.config.environment import Environment
from updategate.config.loading import build, load
from updategate.config.monitoring import Monitoring, Sources
from updategate.config.process_environment import for_child
from updategate.config.profile import Profile
from updategate.evidence.provenance import provenance
from updategate.load.pools import Pools, read_catalogue, shared_pools

EXACT = {"n-plus-one": "statements", "cache-misses": "cache_hits", "larger-responses": "response_bytes"}
"""Found by exact counts: mutant and the count that shows it."""
CAMPAIGN = ("slow-listing", "slow-under-load", "memory-growth")
HEALTHY = "none"


def exact_findings(mutant: str, passes: int = 3) -> set[str]:
    """Counts that are worse with the mutant, after one comparison."""
    with ExitStack() as stack:
        before = stack.enter_context(running_shop())
        after = stack.enter_context(running_shop(*_options(mutant)))
        shops: Mapping[Arm, Any] = {"before": before, "after": after}
        accesses: dict[Arm, ShopAccess] = {
            arm: ShopAccess(RequestsTransport(shop.url), shop.access_key, shop.url) for arm, shop in shops.items()
        }
        found = shared_pools([read_catalogue(access) for access in accesses.values()], settings.Pools())
        pools: dict[Arm, Pools] = dict(zip(accesses, found, strict=True))
        sources: dict[Arm, Sources] = {
            arm: build({"metrics": f"{shop.url}/metrics"}, Sources, "bench") for arm, shop in shops.items()
        }
        changes = compare_exactly(accesses, pools, sources, passes=passes)
        return {change.indicator for change in changes if worse(change)}


def campaign_result(mutant: str, root: Path, folder: Path, lag_p99_ms: float) -> CampaignResult:
    """A short campaign of at most 12 units of 16 s against the mutant; ``slow-under-load`` gets 60 visits a second."""
    with ExitStack() as stack:
        before = stack.enter_context(running_shop())
        after = stack.enter_context(running_shop(*_options(mutant)))
        file, variables = environment_file(folder, after)
        under_load = mutant == "slow-under-load"
        profile = build(
            {
                "profile": "bench",
                "seed": 7,
                "arrivals": {"rate": 60.0 if under_load else 27.0, "spacing": "poisson" if under_load else "even"},
                "stages": [{"seconds": 10}],
                "mix": {"api_listing": 1, "api_detail": 1},
                "comparison": {"pairs": 4, "kept": 1.5, "dropped": 0.5, "drain": 3.0, "looks": [6, 12]},
                "client": {"lag_p99_ms": lag_p99_ms, "late_share": 1.0},
            },
            Profile,
            "mutants bench",
        )
        job = LoadRun(
            environment_file=file,
            environment=load(file, Environment, "environment file", variables=variables),
            profile=profile,
            profile_source="mutants bench",
            scenarios=root / "scenarios",
            folder=folder / "run",
            variables=for_child(variables),
            provenance=provenance(environment="bench", stage="test", url=after.url, root=root),
        )
        arms = {
            arm: {"metrics": f"{shop.url}/metrics", "process": shop.pid}
            for arm, shop in (("before", before), ("after", after))
        }
        # this bench's own neighbours are its own processes: the client and the other shop
        limits = {"steal": 0.9, "busy": 1.0, "neighbours": 1.0}
        watcher = ServerWatcher(build({**arms, "starvation": limits}, Monitoring, "bench"))
        return compare_side_by_side(job, before.url, progress=lambda _done, _most, _found: None, watcher=watcher)


def _options(mutant: str) -> tuple[str, ...]:
    return () if mutant == HEALTHY else ("--mutant", mutant)


def how_found(mutant: str, result: CampaignResult) -> str:
    """By what the campaign found the mutant; empty where it did not."""
    ways = []
    if result.comparison.pace is Pace.SLOWER and result.comparison.judgement is not None:
        ways.append("slower: " + ", ".join(result.comparison.judgement.slower_metrics))
    ways += [cost.text for cost in result.costs if cost.worse]
    if mutant == "memory-growth":
        ways = [way for way in ways if way.startswith("shop_memory")]
    return "; ".join(ways)


@click.command("bench-mutants")
@click.option("--mutant", "names", multiple=True, type=click.Choice([HEALTHY, *EXACT, *CAMPAIGN]), help="Default: all.")
@click.option("--exact-only", is_flag=True, help="Only the mutants that exact counts show (half a minute).")
@click.option("--repeat", default=1, show_default=True, help="Exact comparisons of each mutant.")
@click.option("--lag-p99-ms", default=10.0, show_default=True, help="Limit on the client's event loop lag.")
def bench_mutants(names: tuple[str, ...], repeat: int, lag_p99_ms: float, *, exact_only: bool) -> None:
    """Find the six performance mutants, and nothing in a healthy shop; exit 1 otherwise."""
    wanted = names or (HEALTHY, *EXACT, *CAMPAIGN)
    good = True
    for mutant in wanted:
        if mutant in EXACT or mutant == HEALTHY:
            found = [exact_findings(mutant) for _ in range(repeat)]
            expected = EXACT.get(mutant)
            hits = sum(expected in one if expected else not one for one in found)
            good &= hits == repeat
            what = f"{expected} seen" if expected else "nothing seen"
            click.echo(f"{mutant:18} exact counts: {what} in {hits} of {repeat} comparisons")
    for mutant in (*CAMPAIGN, HEALTHY):
        if mutant not in wanted or exact_only:
            continue
        with tempfile.TemporaryDirectory(prefix="bench-mutants-") as folder:
            result = campaign_result(mutant, Path.cwd(), Path(folder), lag_p99_ms)
        way = how_found(mutant, result)
        good &= bool(way) == (mutant != HEALTHY)
        told = way or "nothing worse (" + result.comparison.pace.value.replace("_", " ") + ")"
        click.echo(f"{mutant:18} campaign of {result.comparison.units} units: {told}")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    bench_mutants()
