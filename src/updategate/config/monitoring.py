"""The monitoring file: where the figures of the shops' machines come from while load runs.

``ci/monitoring/<name>.yaml``; every source is optional, and each arm has its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from updategate.config.environment import Url
from updategate.config.errors import ConfigError, unknown_name
from updategate.config.loading import Strict, load

MONITORING = Path("ci") / "monitoring"


class Query(Strict):
    """One figure from Prometheus. ``kind`` counter: its growth during a slice; gauge: its value at the end."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    query: str = Field(min_length=1)
    kind: Literal["counter", "gauge"] = "gauge"


class Prometheus(Strict):
    """A Prometheus server and what to ask it."""

    url: Url
    queries: tuple[Query, ...] = Field(min_length=1)


class Sources(Strict):
    """Sources of one shop.

    ``metrics``: an address with counters in Prometheus's text format. ``database``:
    ``mysql://user:password@host:port/name`` from a variable. ``process``: the shop's main process id, where it
    runs on this machine.
    """

    metrics: Url | None = None
    database: SecretStr | None = None
    process: int | None = Field(default=None, gt=0)
    prometheus: Prometheus | None = None


class StarvationLimits(Strict):
    """When a neighbour has taken the machine from a local shop: shares of all its CPU time."""

    steal: float = Field(default=0.10, gt=0, le=1)
    busy: float = Field(default=0.95, gt=0, le=1)
    neighbours: float = Field(default=0.50, gt=0, le=1)


class Monitoring(Strict):
    """Sources of the shop before and after the update."""

    before: Sources = Sources()
    after: Sources = Sources()
    starvation: StarvationLimits = StarvationLimits()


def monitoring_path(name_or_path: str, root: Path) -> Path:
    """``staging`` is ``ci/monitoring/staging.yaml`` under ``root``; anything with a suffix or a slash is a path."""
    if "/" in name_or_path or name_or_path.endswith((".yaml", ".yml")):
        return Path(name_or_path)
    path = root / MONITORING / f"{name_or_path}.yaml"
    if path.is_file():
        return path
    known = sorted(found.stem for found in (root / MONITORING).glob("*.yaml"))
    raise ConfigError.single(str(root / MONITORING), "", *unknown_name("monitoring file", name_or_path, known))


def load_monitoring(path: Path) -> Monitoring:
    """Read a monitoring file."""
    return load(path, Monitoring, "monitoring file")
