"""Builds runs as evidence files on disk and judges them, as `updategate gate` does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from updategate.config.loading import build
from updategate.config.policy import Policy
from updategate.evidence.reader import read_evidence
from updategate.evidence.records import (
    Build,
    Ledger,
    Plugin,
    ProcessEntry,
    ProcessFinished,
    ProcessStarted,
    Provenance,
    RunStarted,
)
from updategate.evidence.writer import EvidenceWriter
from updategate.gate.judge import judge
from updategate.gate.verdict import Verdict

NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
OLD = Build(core="6.6.6.1", plugins=(Plugin(name="AcmeB2bPrices", version="1.0.0", active=True),))
NEW = Build(core="6.6.7.1", plugins=(Plugin(name="AcmeB2bPrices", version="1.0.0", active=True),))
TITLES = {"CHK-001": "A guest orders", "CHK-002": "A customer orders", "CAT-001": "The listing shows products"}


def entry(process: str, *, critical: bool | None = None, **more: Any) -> ProcessEntry:
    decides = process != "CAT-001" if critical is None else critical
    return ProcessEntry(
        id=process, title=TITLES.get(process, process), owner="shop", critical=decides, areas=("cart",), **more
    )


@dataclass
class RunOf:
    """A run to be written: results by process; a process set to None is started but never finished."""

    results: dict[str, str | ProcessFinished | None]
    build: Build = NEW
    end_build: Build | None = None
    environment: str = "test"
    scope: str = "full"
    phase: str | None = None
    registry: tuple[str | ProcessEntry, ...] = tuple(TITLES)
    ledger: tuple[Ledger, ...] = ()
    kind: str = "processes"
    interrupted: bool = False
    extra: tuple[Any, ...] = field(default=())


def write_run(folder: Path, run: RunOf) -> Path:
    writer = EvidenceWriter(folder, folder.name)
    entries = tuple(one if isinstance(one, ProcessEntry) else entry(one) for one in run.registry)
    writer.write(
        RunStarted(
            kind=run.kind,  # type: ignore[arg-type]
            scope=run.scope,
            phase=run.phase,  # type: ignore[arg-type]
            processes=tuple(one.id for one in entries),
            registry=entries,
            build=run.build,
            provenance=Provenance(
                environment=run.environment,
                stage="test",
                url="http://127.0.0.1",
                machine="m",
                tool_version="0",
                python="3",
            ),
        )
    )
    for process, result in run.results.items():
        writer.write(ProcessStarted(process=process))
        if isinstance(result, str):
            result = ProcessFinished(process=process, status=result, seconds=1.0)  # type: ignore[arg-type]
        if result is not None:
            writer.write(result)
    for record in (*run.ledger, *run.extra):
        writer.write(record)
    writer.finish(run.end_build or run.build, interrupted=run.interrupted)
    return folder


PASSED = dict.fromkeys(TITLES, "passed")


def policy_of(**changes: Any) -> Policy:
    return build({"policy": "test", "scopes": {"full": {"all": True}}, **changes}, Policy, "policy.yaml")


Judged = Callable[..., Verdict]


@pytest.fixture
def judged(tmp_path: Path) -> Judged:
    """``judged(before, after, **policy)`` writes both runs and returns the verdict."""

    def of(before: RunOf | None, after: RunOf | None, now: datetime = NOW, **changes: Any) -> Verdict:
        after_runs = [read_evidence(write_run(tmp_path / "after", after))] if after else []
        before_runs = [read_evidence(write_run(tmp_path / "before", before))] if before else []
        return judge(after_runs, before_runs, policy_of(**changes), now, policy_source="policy.yaml")

    return of


def failed(process: str, expected: str = "11.90 EUR", actual: str = "11.89 EUR") -> ProcessFinished:
    return ProcessFinished(
        process=process, status="failed", seconds=1.0, message="prices differ", expected=expected, actual=actual
    )
