"""The load profile: who comes, how often, for how long, and what is looked at."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from updategate.config.errors import ConfigError, unknown_name
from updategate.config.loading import Strict, load

PROFILES = Path("scenarios/profiles")
CacheState = Literal["hit", "miss", "cold", "session"]

TIMED_INDICATORS = ("p50", "p95", "p99", "error_ratio", "throughput")
EXACT_INDICATORS = (
    "statements",
    "rows_examined",
    "response_bytes",
    "requests_per_page",
    "cache_hits",
    "queue_messages",
)
BROWSER_INDICATORS = ("ttfb", "fcp", "lcp", "cls", "inp", "long_tasks", "page_bytes")
SERVER_INDICATORS = ("shop_cpu", "shop_memory", "database_threads", "database_slow_queries")
INDICATORS = TIMED_INDICATORS + EXACT_INDICATORS + BROWSER_INDICATORS + SERVER_INDICATORS


class Arrivals(Strict):
    """How visitors come.

    ``open``: ``rate`` journeys a second start by the clock, whether the shop keeps up or not; ``spacing`` is
    ``even`` (each at a random moment of its own slot) or ``poisson``. ``closed``: ``users`` visitors take one
    journey after the other, with ``pause`` seconds (least, most) between. ``think`` is what a visitor waits
    between two steps, in seconds.
    """

    model: Literal["open", "closed"] = "open"
    rate: float | None = Field(default=None, gt=0)
    users: int | None = Field(default=None, gt=0)
    spacing: Literal["even", "poisson"] = "even"
    pause: tuple[float, float] = (0.5, 2.0)
    think: tuple[float, float] = (0.0, 0.0)

    @field_validator("pause", "think")
    @classmethod
    def _a_range(cls, value: tuple[float, float]) -> tuple[float, float]:
        if not 0 <= value[0] <= value[1]:
            message = f"a range is [least, most] with 0 <= least <= most, not {list(value)}"
            raise ValueError(message)
        return value

    @model_validator(mode="after")
    def _complete(self) -> Arrivals:
        if self.model == "open" and self.rate is None:
            message = "the open model needs 'rate', in journeys a second"
            raise ValueError(message)
        if self.model == "closed" and self.users is None:
            message = "the closed model needs 'users'"
            raise ValueError(message)
        return self


class Stage(Strict):
    """A part of the run: ``seconds`` long, at ``factor`` times the profile's rate (or users).

    ``ramp`` goes there evenly from the factor of the stage before. What is not ``measured`` warms the shop up.
    """

    name: str = ""
    seconds: float = Field(gt=0)
    factor: float = Field(default=1.0, ge=0)
    ramp: bool = False
    measured: bool = True


class Pools(Strict):
    """What journeys choose from: so many products and categories of the shop, search terms, and own customers."""

    products: int = Field(default=40, gt=0)
    categories: int = Field(default=8, gt=0)
    customers: int = Field(default=0, ge=0)
    terms: tuple[str, ...] = ()


class GroupSettings(Strict):
    """In which state of the HTTP cache a group of requests is measured."""

    cache: CacheState = "hit"


class Comparison(Strict):
    """The side-by-side comparison: pairs of slices of ``dropped`` + ``kept`` seconds, looks after so many units.

    ``tolerance`` is the change that does not matter, ``margin`` the one that must be excluded (0.15 is +15 %).
    ``restarts`` counts how often both shops are redeployed; then deployments are compared instead of units.
    """

    pairs: int = Field(default=4, ge=1, le=20)
    kept: float = Field(default=5.0, gt=0)
    dropped: float = Field(default=1.0, ge=0)
    drain: float = Field(default=5.0, gt=0)
    tolerance: float = Field(default=0.02, ge=0)
    margin: float = Field(default=0.15, gt=0)
    looks: tuple[int, ...] = (6, 10, 15, 20, 25, 30)
    restarts: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _means_something(self) -> Comparison:
        if self.tolerance >= self.margin:
            message = f"the tolerance ({self.tolerance}) must be smaller than the margin ({self.margin})"
            raise ValueError(message)
        if not self.looks or list(self.looks) != sorted(set(self.looks)) or self.looks[0] < 3:
            message = f"looks must rise and begin at 3 units or more, not {list(self.looks)}"
            raise ValueError(message)
        if 0 < self.restarts < 4:
            message = "fewer than 4 restarts cannot tell a deployment's bias from a change: write 0, or 4 and more"
            raise ValueError(message)
        return self


class ClientLimits(Strict):
    """When the load client itself is too busy to measure: share of one core, event loop lag in milliseconds.

    ``late_share`` limits the visits that began late because every user was still waiting for the shop. Their times
    count from when they were due, so this is no fault of the client unless the environment's ceiling on users is.
    """

    cpu: float = Field(default=0.8, gt=0, le=1)
    lag_p99_ms: float = Field(default=10.0, gt=0)
    late_share: float = Field(default=1.0, ge=0, le=1)


class Storm(Strict):
    """When to stop at once: this share of failed steps among the last ``window`` (at least that many were made)."""

    share: float = Field(default=0.5, gt=0, le=1)
    window: int = Field(default=50, gt=0)


class Profile(Strict):
    """One load profile. ``mix`` weighs journeys by name."""

    profile: str = Field(min_length=1, pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str = ""
    seed: int = Field(default=1, ge=0)
    arrivals: Arrivals
    stages: tuple[Stage, ...] = Field(min_length=1)
    mix: dict[str, float] = Field(min_length=1)
    background: dict[str, float] = Field(default_factory=dict)
    groups: dict[str, GroupSettings] = Field(default_factory=dict)
    pools: Pools = Pools()
    comparison: Comparison = Comparison()
    client: ClientLimits = ClientLimits()
    storm: Storm = Storm()
    indicators: tuple[str, ...] = TIMED_INDICATORS

    @field_validator("mix", "background")
    @classmethod
    def _weights(cls, value: dict[str, float]) -> dict[str, float]:
        for name, weight in value.items():
            if not 0 <= weight < float("inf"):
                message = f"the weight of '{name}' is 0 or more, not {weight}"
                raise ValueError(message)
        return value

    @field_validator("mix")
    @classmethod
    def _somebody_comes(cls, value: dict[str, float]) -> dict[str, float]:
        if not sum(value.values()):
            message = "all weights are 0: nobody would come, and nothing would be measured"
            raise ValueError(message)
        return value

    @field_validator("indicators")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if name not in INDICATORS:
                near = difflib.get_close_matches(name, INDICATORS, n=1, cutoff=0.5)
                hint = f" Did you mean '{near[0]}'?" if near else ""
                message = f"unknown indicator '{name}'.{hint} Valid indicators: {', '.join(INDICATORS)}"
                raise ValueError(message)
        return value

    @model_validator(mode="after")
    def _something_is_measured(self) -> Profile:
        if not any(stage.measured and stage.factor > 0 for stage in self.stages):
            message = "no stage is measured at a factor above 0: the run would end without a result"
            raise ValueError(message)
        return self

    @property
    def seconds(self) -> float:
        """How long all stages take."""
        return sum(stage.seconds for stage in self.stages)

    @property
    def top_rate(self) -> float | None:
        """The highest rate of any stage in journeys a second, None in the closed model."""
        if self.arrivals.rate is None or self.arrivals.model == "closed":
            return None
        return self.arrivals.rate * max(stage.factor for stage in self.stages)

    @property
    def top_users(self) -> int | None:
        """The most users of any stage in the closed model, None in the open one."""
        if self.arrivals.users is None or self.arrivals.model == "open":
            return None
        return round(self.arrivals.users * max(stage.factor for stage in self.stages))

    def check_names(self, journeys: Iterable[str], groups: Iterable[str], source: str) -> None:
        """Raise ConfigError for a journey or group that nobody has written."""
        known, measured = frozenset(journeys), frozenset(groups)
        for section, names in (("mix", self.mix), ("background", self.background)):
            for name in names:
                if name not in known:
                    raise ConfigError.single(source, f"{section}.{name}", *unknown_name("journey", name, known))
        for name in self.groups:
            if name not in measured:
                raise ConfigError.single(source, f"groups.{name}", *unknown_name("group", name, measured))


def profile_path(name_or_path: str, root: Path) -> Path:
    """``peak`` is ``scenarios/profiles/peak.yaml`` under ``root``; anything with a suffix or a slash is a path."""
    if "/" in name_or_path or name_or_path.endswith((".yaml", ".yml")):
        return Path(name_or_path)
    path = root / PROFILES / f"{name_or_path}.yaml"
    if path.is_file():
        return path
    known = sorted(found.stem for found in (root / PROFILES).glob("*.yaml"))
    raise ConfigError.single(str(root / PROFILES), "", *unknown_name("profile", name_or_path, known))


def load_profile(path: Path) -> Profile:
    """Read a profile file."""
    return load(path, Profile, "profile", variables={})
