"""Which areas of the business the plugins of a shop touch, as the evidence of compat runs tells it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from updategate.config.errors import ConfigError
from updategate.evidence.reader import RunEvidence, read_evidence


def touched_areas(runs: Iterable[RunEvidence]) -> dict[str, tuple[str, ...]]:
    """Area (a word of the process registry) → names of the plugins that touch it; from runs of kind ``compat`` only."""
    found: dict[str, set[str]] = {}
    for run in runs:
        if run.started is None or run.started.kind != "compat":
            continue
        for plugin, areas in _areas_of(run.started.environment).items():
            for area in areas:
                found.setdefault(area, set()).add(plugin)
    return {area: tuple(sorted(plugins)) for area, plugins in sorted(found.items())}


def tells_areas(run: RunEvidence) -> bool:
    """Whether the evidence of a compat run says at all which areas its plugins touch."""
    return run.started is not None and isinstance(run.started.environment.get("areas"), Mapping)


def read_touched_areas(folders: Sequence[Path]) -> dict[str, tuple[str, ...]]:
    """As ``touched_areas``, of folders that a user named; raises ConfigError for one that holds no compat run."""
    runs = [read_evidence(folder) for folder in folders]
    for folder, run in zip(folders, runs, strict=True):
        if run.started is None or run.started.kind != "compat" or not tells_areas(run):
            kind = run.started.kind if run.started else "unknown"
            raise ConfigError.single(
                str(folder),
                "--compat",
                f"This is not the evidence of a compat run (it is of kind '{kind}').",
                "Name the folder that `updategate compat … --evidence FOLDER` wrote.",
            )
    return touched_areas(runs)


def _areas_of(facts: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    areas = facts.get("areas")
    if not isinstance(areas, Mapping):
        return {}
    return {
        str(plugin): tuple(str(area) for area in named)
        for plugin, named in areas.items()
        if isinstance(named, Sequence) and not isinstance(named, str)
    }
