"""``ci/bench-side-by-side``: comparisons of real processes, where the truth is known.

Two reference shops on this machine, the same twice or one with a mutant, compared with one look at 12 units of
16 s. Every comparison's result is kept in a file at once, so the bench can be cut off and taken up again.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from updategate.campaign.conduct import LoadRun, compare_side_by_side
from updategate.config.environment import Environment
from updategate.config.loading import build, load
from updategate.config.process_environment import for_child
from updategate.config.profile import Profile
from updategate.evidence.provenance import provenance

MUTANT = "slow-listing"
UNITS = 12
SHAPE: dict[str, Any] = {"pairs": 4, "kept": 1.5, "dropped": 0.5, "drain": 2.0, "looks": [UNITS]}
RATE = 27.0
"""Journeys a second in two groups: 81 requests per group, arm and unit in the 6 s that are kept."""


@dataclass(frozen=True)
class Shop:
    """A reference shop that runs."""

    url: str
    access_key: str
    client_id: str
    client_secret: str
    pid: int


@contextmanager
def running_shop(*options: str) -> Iterator[Shop]:
    """Start a reference shop as a process of its own; it ends with the block, or with this process."""
    command = [sys.executable, "-m", "updategate.embedded.refshop", "--port", "0", "--json", "--with-parent", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own interpreter
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            message = f"the reference shop did not start: {' '.join(options)}"
            raise RuntimeError(message)
        facts = json.loads(line)
        yield Shop(*(facts[key] for key in ("url", "access_key", "client_id", "client_secret", "pid")))
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout:
            process.stdout.close()


def environment_file(
    folder: Path, shop: Shop, name: str = "bench", *, pages: str | None = None
) -> tuple[Path, dict[str, str]]:
    """Write the shop's environment file; returns it, and the variables that it takes its secrets from.

    ``pages`` is the address of the storefront, where it is not the shop's own.
    """
    path = folder / f"{name}.yaml"
    path.write_text(
        f"name: {name}\nurl: {shop.url}\n"
        f"storefront: {{url: {pages or shop.url}}}\n"
        "sales_channel: {access_key: '${BENCH_ACCESS_KEY}'}\n"
        f"admin: {{client_id: {shop.client_id}, client_secret: '${{BENCH_SECRET}}'}}\n"
        "permits: {carts: true, customers: true, orders: true, admin_write: true, load: true}\n"
        "sinks: {mail: none, payment: none, erp: none}\n"
        "load: {max_rate: 2000, max_users: 200}\n",
        encoding="utf-8",
    )
    return path, {"BENCH_ACCESS_KEY": shop.access_key, "BENCH_SECRET": shop.client_secret}


def bench_profile(seed: int, lag_p99_ms: float) -> Profile:
    """Two groups of the Store API; only ``api_listing`` is touched by the mutant."""
    return build(
        {
            "profile": "bench",
            "seed": seed,
            "arrivals": {"model": "open", "rate": RATE},
            "stages": [{"seconds": 10}],
            "mix": {"api_listing": 1, "api_detail": 1},
            "comparison": SHAPE,
            "client": {"lag_p99_ms": lag_p99_ms, "late_share": 1.0},
        },
        Profile,
        "bench profile",
    )


def compare_once(kind: str, number: int, root: Path, folder: Path, lag_p99_ms: float) -> dict[str, Any]:
    """One comparison; returns its result for the file."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    begun = time.monotonic()
    with ExitStack() as stack:
        before = stack.enter_context(running_shop())
        after = stack.enter_context(running_shop(*(("--mutant", MUTANT) if kind == "mutant" else ())))
        file, variables = environment_file(folder, after)
        child = for_child(variables)
        environment = load(file, Environment, "environment file", variables=variables)
        job = LoadRun(
            environment_file=file,
            environment=environment,
            profile=bench_profile(1000 + number, lag_p99_ms),
            profile_source="bench profile",
            scenarios=root / "scenarios",
            folder=folder / "run",
            variables=child,
            provenance=provenance(environment="bench", stage="test", url=after.url, root=root),
        )
        found = compare_side_by_side(job, before.url, progress=lambda _done, _most, _found: None).comparison
    metrics = found.judgement.metrics if found.judgement else ()
    return {
        "kind": kind,
        "number": number,
        "pace": found.pace.value,
        "units": found.units,
        "set_aside": found.set_aside,
        "slower": [metric.metric for metric in metrics if metric.slower],
        "changes": {metric.metric: round(metric.change, 4) for metric in metrics},
        "requests": {name: group.due for name, group in found.after.items()},
        "reasons": list(found.reasons),
        "seconds": round(time.monotonic() - begun, 1),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "lag_p99_ms": lag_p99_ms,
    }


@click.command("bench-side-by-side")
@click.option("--count", default=15, show_default=True, help="Comparisons of each kind.")
@click.option("--kind", type=click.Choice(["same", "mutant", "both"]), default="both", show_default=True)
@click.option("--minutes", default=0.0, help="Begin no comparison after so many minutes; 0: no limit.")
@click.option("--lag-p99-ms", default=10.0, show_default=True, help="Limit on the client's event loop lag.")
@click.option("--results", type=click.Path(path_type=Path), default=Path("reports/bench-side-by-side.json"))
@click.option("--report-only", is_flag=True, help="Only print what the file holds.")
def bench_side_by_side(
    count: int, kind: str, minutes: float, lag_p99_ms: float, results: Path, *, report_only: bool
) -> None:
    """Compare real processes; results are added to a file, and what it holds is not measured again."""
    root = Path.cwd()
    done: list[dict[str, Any]] = json.loads(results.read_text()) if results.exists() else []
    have = {(entry["kind"], entry["number"]) for entry in done}
    kinds = ("same", "mutant") if kind == "both" else (kind,)
    begun = time.monotonic()
    for number in range(0 if report_only else count):
        for one in kinds:
            if (one, number) in have or (minutes and time.monotonic() - begun > minutes * 60):
                continue
            entry = compare_once(one, number, root, results.parent / "bench-run", lag_p99_ms)
            done.append(entry)
            results.parent.mkdir(parents=True, exist_ok=True)
            partial = results.with_suffix(".part")
            partial.write_text(json.dumps(done, indent=1))
            partial.rename(results)
            click.echo(f"{one} {number}: {entry['pace']} {entry['changes']} ({entry['seconds']} s)")
    sys.exit(0 if report(done, count) else 1)


def report(done: list[dict[str, Any]], count: int) -> bool:
    """Print the results against the goals; whether all are met."""
    same = [entry for entry in done if entry["kind"] == "same"]
    mutant = [entry for entry in done if entry["kind"] == "mutant"]
    alarms = sum(entry["pace"] == "slower" for entry in same)
    found = sum(entry["pace"] == "slower" and "api_listing" in entry["slower"] for entry in mutant)
    met = True
    if same:
        met &= alarms <= max(1, count // 15) and len(same) >= count
        click.echo(f"the same shop twice: {alarms} of {len(same)} called slower (goal: at most 1 of 15)")
    if mutant:
        met &= found >= count - max(1, count // 15) and len(mutant) >= count
        click.echo(f"+20 % CPU on one group: {found} of {len(mutant)} found (goal: at least 14 of 15)")
    return met and bool(done)


if __name__ == "__main__":
    bench_side_by_side()
