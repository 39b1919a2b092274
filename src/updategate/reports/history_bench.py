"""How quickly trend pages of a long history are written: 10,000 runs of 90 processes and 20 indicators."""

from __future__ import annotations

import json
import random
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import insert

from updategate.history.schema import INDICATORS, PROCESSES, RUNS
from updategate.history.store import History
from updategate.reports.trends import write_trend_pages

RUN_COUNT, PROCESS_COUNT, INDICATOR_COUNT = 10_000, 90, 20
LIMIT_SECONDS = 2.0
PAGES: dict[str, str | None] = {"overview of the newest 200 runs": None, "one process over all runs": "CHK-042"}


def fill(history: History, runs: int = RUN_COUNT) -> None:
    """Write made-up runs in few transactions: as many rows as years of nightly runs leave."""
    chance = random.Random(11)  # noqa: S311 - made-up data
    begun = datetime(2020, 1, 1, tzinfo=UTC)
    for start in range(0, runs, 500):
        numbers = range(start, min(start + 500, runs))
        run_rows: list[dict[str, Any]] = []
        process_rows: list[dict[str, Any]] = []
        indicator_rows: list[dict[str, Any]] = []
        for number in numbers:
            core = f"6.6.{number // 400}.1"
            run_rows.append(
                {
                    "id": number + 1, "digest": f"{number:064x}", "run": f"run-{number}", "kind": "processes",
                    "environment": "staging", "scope": "full", "phase": "after", "core": core, "build": core,
                    "at": (begun + timedelta(hours=6 * number)).isoformat(), "complete": 1, "verdict": "pass",
                    "folder": "",
                }
            )  # fmt: skip
            process_rows += [
                {
                    "run_id": number + 1, "process": f"CHK-{one:03d}", "title": f"Process {one} of the shop",
                    "status": "failed" if chance.random() < 0.01 else "passed",
                    "seconds": round(chance.lognormvariate(1.0, 0.3), 3), "attempts": 1,
                }
                for one in range(PROCESS_COUNT)
            ]  # fmt: skip
            indicator_rows += [
                {
                    "run_id": number + 1,
                    "name": f"group{one}.p95",
                    "value": chance.lognormvariate(6.0, 0.1),
                    "unit": "ms",
                }
                for one in range(INDICATOR_COUNT)
            ]
        with history.bulk() as connection:
            connection.execute(insert(RUNS), run_rows)
            connection.execute(insert(PROCESSES), process_rows)
            connection.execute(insert(INDICATORS), indicator_rows)


def measure(history: History, folder: Path) -> dict[str, float]:
    """Seconds for the page of everything, and for that of one process over all of its runs."""
    found = {}
    for name, subject in PAGES.items():
        begun = perf_counter()
        pages = write_trend_pages(history, folder / name.replace(" ", "-"), "staging", subject=subject)
        found[name] = round(perf_counter() - begun, 3)
        found[f"{name}, bytes"] = float(pages[0].stat().st_size)
    return found


def main(arguments: list[str]) -> int:
    """Fill a history (a SQLite file of its own, or the one at the URL given), measure, print JSON."""
    with tempfile.TemporaryDirectory() as folder:
        url = arguments[0] if arguments else f"sqlite:///{folder}/history.sqlite"
        with History(url) as history:
            begun = perf_counter()
            fill(history)
            filled = round(perf_counter() - begun, 1)
            found = {"runs": float(history.count()), "filled in": filled, **measure(history, Path(folder))}
    print(json.dumps(found, indent=2))
    slow = [name for name, value in found.items() if name in PAGES and value > LIMIT_SECONDS]
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
