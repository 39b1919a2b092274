"""``ci/healthy-runs``: a healthy update is let through, every time.

The healthy reference shop is updated and validated with changing seeds of the test data, orders of execution and
numbers of workers, with an ERP and without. Every verdict that is not *pass* is a false alarm. Each run is kept at
once, so the runs can be cut off and taken up again.
"""

from __future__ import annotations

import json
import shutil
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic, perf_counter

import click

from updategate.config.registry import load_registry
from updategate.operations.mutants.before import NEW_VERSION, before_update, sources_of
from updategate.operations.mutants.carrying_out import (
    NotCarriedOutError,
    Order,
    Workplace,
    carry_out,
    judged,
    look_at_update,
)
from updategate.operations.mutants.children import Children
from updategate.operations.mutants.kept import HEALTHY_FILE
from updategate.operations.mutants.reference_shop import ReferenceShop, ShopNotStartedError
from updategate.operations.mutants.rounds import Flavour, is_erp

WORKERS = (2, 0, 3, 1, 4)
RUNS_PER_SEED = 10


@dataclass(frozen=True, slots=True)
class HealthyRun:
    """One run on a healthy shop: how it was carried out, and what the gate said; ``alarms`` are its reasons."""

    number: int
    erp: bool
    seed: str
    order_seed: int
    workers: int
    verdict: str = ""
    alarms: tuple[str, ...] = ()
    processes: int = 0
    seconds: float = 0.0
    sources: str = ""


def planned(with_erp: int, without_erp: int) -> list[HealthyRun]:
    """The runs, those with the ERP spread among the others; each order of execution comes once."""
    total = with_erp + without_erp
    erps = [(number + 1) * with_erp // total > number * with_erp // total for number in range(total)]
    counted = [erps[:number].count(erp) for number, erp in enumerate(erps)]
    return [
        HealthyRun(
            number=number,
            erp=erp,
            seed=f"healthy-{(number - 1) // RUNS_PER_SEED + 1}",
            order_seed=number,
            workers=WORKERS[counted[number - 1] % len(WORKERS)],
        )
        for number, erp in enumerate(erps, start=1)
    ]


def finished(folder: Path, sources: str) -> dict[int, HealthyRun]:
    """The runs that these sources have finished; a torn line counts as not written."""
    found: dict[int, HealthyRun] = {}
    file = folder / HEALTHY_FILE
    for line in file.read_bytes().splitlines() if file.is_file() else ():
        try:
            data = json.loads(line)
            run = HealthyRun(**{**data, "alarms": tuple(data["alarms"])})
        except (ValueError, TypeError, KeyError):
            continue
        if run.sources == sources:
            found[run.number] = run
    return found


def play(place: Workplace, run: HealthyRun, processes: Sequence[str], folder: Path, sources: str) -> HealthyRun:
    """One run: the healthy shop before (once for each seed), updated, validated again, judged."""
    begun = perf_counter()
    flavour: Flavour = "erp" if run.erp else "shop"
    before = before_update(
        place,
        flavour,
        processes,
        folder / "before" / f"{flavour}-{run.seed}",
        sources,
        Order(workers=2),
        seed=run.seed,
    )
    into = folder / "runs" / f"{run.number:03}"
    shutil.rmtree(into, ignore_errors=True)
    data, handover = before.updated(into)
    environment = place.environment_file(flavour, into, seed=run.seed)
    with ReferenceShop(place.children, data, NEW_VERSION) as shop:
        update = look_at_update(place, shop, environment, before.evidence, into / "update")
        after = carry_out(
            place,
            shop,
            environment,
            processes,
            into / "after",
            phase="after",
            order=Order(workers=run.workers, order_seed=run.order_seed),
            handover=handover,
        )
    data.unlink()
    verdict = judged(place, [update, after], [before.evidence], into)
    told = {
        **asdict(run),
        "verdict": verdict.verdict,
        "alarms": tuple(reason.message for reason in verdict.reasons if reason.weight != "note"),
        "processes": sum(result.after == "passed" for result in verdict.comparison.processes),
        "seconds": round(perf_counter() - begun, 1),
        "sources": sources,
    }
    return HealthyRun(**told)


@click.command("healthy-runs")
@click.option("--with-erp", default=20, show_default=True, help="Runs with an ERP, its connector and a proxy.")
@click.option("--without-erp", default=30, show_default=True, help="Runs of the shop alone.")
@click.option("--minutes", type=float, help="Begin no run after that; the next call goes on.")
@click.option("--number", "numbers", multiple=True, type=int, help="Only the run of this number, again; several.")
@click.option("--folder", type=click.Path(path_type=Path), default=Path("reports/healthy-runs"), show_default=True)
def healthy_runs(
    with_erp: int, without_erp: int, minutes: float | None, numbers: tuple[int, ...], folder: Path
) -> None:
    """Validate the healthy shop again and again; exit 1 after a false alarm, 3 where not all runs had their turn."""
    root = Path.cwd()
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    sources = sources_of(root)
    place = Workplace(root, "default", Children())
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    registry = load_registry(root / "suites" / "processes.yaml").processes
    done = finished(folder, sources)
    runs = planned(with_erp, without_erp)
    waiting = [run for run in runs if (run.number in numbers if numbers else run.number not in done)]
    click.echo(f"{len(runs)} runs, {len(runs) - len(waiting)} of them finished before with the same sources.")
    begun = monotonic()
    try:
        for run in waiting:
            if minutes is not None and monotonic() - begun > minutes * 60:
                break
            processes = [process.id for process in registry if run.erp or not is_erp(process)]
            ended = play(place, run, processes, folder, sources)
            done[run.number] = ended
            with (folder / HEALTHY_FILE).open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(ended), ensure_ascii=False) + "\n")
            click.echo(_line(ended))
    except (NotCarriedOutError, ShopNotStartedError) as error:
        click.echo(f"Nothing can be told: {error}", err=True)
        sys.exit(3)
    except KeyboardInterrupt:
        click.echo("Interrupted; the next call goes on.", err=True)
        sys.exit(3)
    finally:
        place.children.end_all()
    alarms = [run for run in done.values() if run.verdict != "pass"]
    click.echo(f"{len(alarms)} false alarms in {len(done)} of {len(runs)} runs.")
    sys.exit(1 if alarms else 0 if len(done) >= len(runs) else 3)


def _line(run: HealthyRun) -> str:
    how = f"{'with ERP' if run.erp else 'without'}, seed {run.seed}, order {run.order_seed}, {run.workers} workers"
    told = f"run {run.number:2} {run.verdict}: {run.processes} processes passed in {run.seconds:.0f} s ({how})"
    return "\n".join([told, *(f"     {alarm}" for alarm in run.alarms)])


if __name__ == "__main__":
    healthy_runs()
