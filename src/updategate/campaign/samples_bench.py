"""``ci/bench-samples``: a million samples, read and judged; and the store's quantiles against those of raw times."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
import numpy as np

from updategate.baseline.comparison import compare_evidence
from updategate.baseline.decision import Rule
from updategate.baseline.quantiles import quantiles
from updategate.evidence.records import Slice
from updategate.evidence.samples import Outcome, Samples, read_samples, write_samples

GROUPS = ("listing", "detail", "search", "cart")
UNITS, PAIRS = 30, 4
MOST_SECONDS, MOST_MEGABYTES = 5.0, 500.0


def write_run(folder: Path, count: int) -> float:
    """Write a campaign of ``count`` samples; returns the greatest error of any quantile of the store, in seconds."""
    rng = np.random.default_rng(1)
    per_slice = count // (UNITS * PAIRS * 2)
    error = 0.0
    records = []
    for unit in range(UNITS):
        for pair in range(PAIRS):
            for arm in ("before", "after"):
                raw = rng.lognormal(-2.0, 0.45, per_slice)
                samples = Samples(
                    groups=GROUPS,
                    group=np.arange(per_slice, dtype=np.uint16) % len(GROUPS),
                    intended=np.sort(rng.random(per_slice)) * 6.0,
                    late=np.zeros(per_slice),
                    elapsed=raw,
                    outcome=np.full(per_slice, Outcome.ANSWERED, dtype=np.uint8),
                    size=np.full(per_slice, 50_000, dtype=np.uint32),
                    facts={"windows": [[1.0, 6.0]]},
                )
                path = Path("samples") / arm / f"u{unit:03d}p{pair}.npz"
                digest = write_samples(folder / path, samples)
                stored = read_samples(folder / path, digest).elapsed
                wanted = (0.5, 0.95, 0.99)
                pairs = zip(quantiles(stored, wanted), quantiles(raw, wanted), strict=True)
                error = max(error, *(abs(one - other) for one, other in pairs))
                records.append(
                    Slice(
                        name=path.stem,
                        arm="before" if arm == "before" else "after",
                        unit=unit,
                        pair=pair,
                        path=str(path),
                        sha256=digest,
                        due=per_slice,
                        answered=per_slice,
                    )
                )
    (folder / "slices.json").write_text(json.dumps([record.model_dump(mode="json") for record in records]))
    return error


def judge_run(folder: Path) -> dict[str, object]:
    """Read and judge what ``write_run`` wrote; time and memory are those of this process."""
    begun = time.perf_counter()
    slices = [Slice.model_validate(body) for body in json.loads((folder / "slices.json").read_text())]
    found = compare_evidence(folder, slices, Rule(), PAIRS)
    count = sum(group.due for group in found.before.values()) + sum(group.due for group in found.after.values())
    return {
        "seconds": time.perf_counter() - begun,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "kept": count,
        "pace": found.pace.value,
    }


@click.command("bench-samples")
@click.option("--count", default=1_000_000, show_default=True)
@click.option("--judge", type=click.Path(path_type=Path), hidden=True)
def bench_samples(count: int, judge: Path | None) -> None:
    """Read and judge a million samples: at most 5 s and 500 MB; quantiles of the store are those of the raw times."""
    if judge is not None:
        click.echo(json.dumps(judge_run(judge)))
        return
    with tempfile.TemporaryDirectory(prefix="bench-samples-") as name:
        folder = Path(name)
        error = write_run(folder, count)
        # in a process of its own, so that the memory is that of reading and judging alone
        done = subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-m", "updategate.campaign.samples_bench", "--judge", str(folder)],
            capture_output=True,
            text=True,
            check=True,
        )
        size = sum(path.stat().st_size for path in folder.rglob("*.npz")) / 1e6
    found = json.loads(done.stdout)
    click.echo(f"{count} samples in {size:.0f} MB, {found['kept']} in the windows that count: {found['pace']}")
    click.echo(f"read and judged in {found['seconds']:.2f} s (goal {MOST_SECONDS:g} s)")
    click.echo(f"memory {found['megabytes']:.0f} MB (goal {MOST_MEGABYTES:g} MB)")
    click.echo(f"greatest error of a quantile against the raw times: {error:g} s (goal 0)")
    met = found["seconds"] <= MOST_SECONDS and found["megabytes"] <= MOST_MEGABYTES and error == 0.0
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    bench_samples()
