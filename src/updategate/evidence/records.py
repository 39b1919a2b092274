"""The facts of a run, one JSON object a line (``evidence.jsonl``)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, model_validator

from updategate.evidence.facts import VERSION as VERSION
from updategate.evidence.facts import Amount as Amount
from updategate.evidence.facts import Fact as Fact
from updategate.evidence.facts import Line as _Line
from updategate.evidence.prices import Ledger as Ledger
from updategate.evidence.prices import LedgerPlan as LedgerPlan
from updategate.evidence.prices import ListChecked as ListChecked
from updategate.evidence.prices import ListDeviation as ListDeviation
from updategate.evidence.prices import TaxCharged as TaxCharged

Status = Literal["passed", "failed", "broken", "skipped", "not_applicable"]
Kind = Literal["processes", "ledger", "load", "compat", "update", "parity", "rollout"]
Phase = Literal["before", "after"]
SEVERITY_ORDER: tuple[Status, ...] = ("failed", "broken", "skipped", "not_applicable", "passed")


class Plugin(Fact):
    """A plugin of the shop, as it stood during the run.

    ``pending`` is the version of code that lies ready and was not installed yet (Shopware's ``upgradeVersion``).
    """

    name: str
    version: str
    active: bool
    installed: bool = True
    pending: str | None = None


class Build(Fact):
    """What was validated: equal along test, staging and production.

    ``lock_hash``, ``migrations`` and ``flags`` are None where the shop offers no way to read them.
    """

    core: str
    plugins: tuple[Plugin, ...] = ()
    lock_hash: str | None = None
    migrations: str | None = None
    flags: tuple[str, ...] | None = None


class EnvironmentFacts(Fact):
    """What may differ between stages, if a reason is given: theme, settings that matter, counts.

    ``theme`` is a SHA-256 of the theme's compiled files; ``settings`` holds system settings by key (of a secret,
    only whether it is set); ``counts`` is None for an entity that could not be counted.
    """

    theme: str | None = None
    settings: dict[str, Any] | None = None
    counts: dict[str, int | None] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _of_first_format(cls, data: Any) -> Any:  # noqa: ANN401 - whatever the file holds
        """The first runs kept nothing but counts, without a name for them."""
        if isinstance(data, dict) and data and not data.keys() & {"theme", "settings", "counts"}:
            return {"counts": {name: count for name, count in data.items() if isinstance(count, int | None)}}
        return data


class ProcessEntry(Fact):
    """A process as the registry held it when the run began."""

    id: str
    title: str
    owner: str
    critical: bool
    title_de: str = ""
    versions: str = ""
    areas: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()


class Provenance(Fact):
    """Where the evidence comes from."""

    environment: str
    stage: str
    url: str
    machine: str
    machine_class: str | None = None
    commit: str | None = None
    dirty: bool | None = None
    policy: str | None = None
    policy_hash: str | None = None
    profile_hash: str | None = None
    tool_version: str
    python: str


class Case(Fact):
    """One row of a process's table of cases; a process without a table has one."""

    case: str
    status: Status
    seconds: float
    message: str = ""


class RunStarted(_Line):
    """First line: what is tested, by what, under which policy and registry.

    ``shard`` is ``2/3`` where a scope was shared out over three runs, of which this is the second.
    """

    type: Literal["run_started"] = "run_started"
    kind: Kind
    scope: str
    phase: Phase | None = None
    processes: tuple[str, ...] = ()
    registry: tuple[ProcessEntry, ...] = ()
    capabilities: tuple[str, ...] = ()
    build: Build | None = None
    environment: dict[str, Any] = Field(default_factory=dict)
    shard: str | None = None
    provenance: Provenance

    @property
    def facts(self) -> EnvironmentFacts | None:
        """What is known of the environment; None where this kind of run does not look, or nothing was found."""
        if self.kind not in ("processes", "parity", "rollout") or not self.environment:
            return None
        return EnvironmentFacts.model_validate(self.environment)


class ProcessStarted(_Line):
    """A process begins, with so many cases."""

    type: Literal["process_started"] = "process_started"
    process: str
    cases: int = 1


class ProcessFinished(_Line):
    """A process has ended. ``expected`` and ``actual`` are what the failed comparison held."""

    type: Literal["process_finished"] = "process_finished"
    process: str
    status: Status
    seconds: float
    message: str = ""
    expected: str | None = None
    actual: str | None = None
    attempts: int = 1
    cases: tuple[Case, ...] = ()


class Step(_Line):
    """A task of an actor within a process."""

    type: Literal["step"] = "step"
    process: str
    title: str
    parameters: dict[str, str] = Field(default_factory=dict)
    seconds: float
    ok: bool


class Indicator(_Line):
    """A measured value, with its unit (``ms``, ``1``, ``bytes``)."""

    type: Literal["indicator"] = "indicator"
    name: str
    value: float
    unit: str
    samples: int | None = None
    process: str | None = None


class UpdateStep(_Line):
    """A step of an update run that is not a process: a command, the migrations, the queue, the target reached."""

    type: Literal["update_step"] = "update_step"
    step: str
    ok: bool
    seconds: float = 0.0
    message: str = ""
    expected: str | None = None
    actual: str | None = None


class Finding(_Line):
    """An adjustment that the update needs, as found in a plugin's code."""

    type: Literal["finding"] = "finding"
    plugin: str
    file: str
    line: int
    symbol: str
    level: Literal["blocked", "review", "info"]
    check: str
    message: str
    replacement: str | None = None


class Created(_Line):
    """Something is about to be created in the shop: written before the request is sent."""

    type: Literal["created"] = "created"
    process: str | None = None
    entity: str
    id: str
    mark: str = ""
    carried: bool = False


class Removed(_Line):
    """Something that a run created is gone again."""

    type: Literal["removed"] = "removed"
    entity: str
    id: str


class Slice(_Line):
    """A slice of load, as measured. ``path`` is its samples file, relative to the run's folder.

    ``due`` and ``answered`` count the arrivals in the windows that count; ``troubles`` say why it is not valid;
    ``epoch`` counts deployments; ``server`` holds what the shop's machine did meanwhile.
    """

    type: Literal["slice"] = "slice"
    name: str
    arm: Literal["before", "after"]
    unit: int = 0
    pair: int = 0
    attempt: int = 0
    epoch: int = 0
    path: str
    sha256: str
    due: int
    answered: int
    troubles: tuple[str, ...] = ()
    faults: dict[str, int] = Field(default_factory=dict)
    client: dict[str, float | int | str] = Field(default_factory=dict)
    server: dict[str, float] = Field(default_factory=dict)

    @property
    def valid(self) -> bool:
        """Whether it says something about the shop."""
        return not self.troubles


class SpeedMetric(Fact):
    """One judged metric: relative change with its bounds (0.1 is +10 %), and the change that would have been found.

    None stands for a bound that so few units do not have.
    """

    metric: str
    change: float
    lower: float | None
    upper: float | None
    detectable: float | None
    slower: bool
    not_slower: bool


class SpeedGroup(Fact):
    """What a group of requests did in one arm; times in milliseconds, None where nothing was answered."""

    group: str
    arm: Literal["before", "after"]
    due: int
    answered: int
    p50: float | None
    p95: float | None
    p99: float | None
    error_ratio: float
    throughput: float


class CostFinding(Fact):
    """A figure of the server, or an exact count, compared: ``worse`` is beyond chance."""

    indicator: str
    worse: bool
    text: str


class Performance(_Line):
    """The verdict of a comparison of speed, as computed from the slices of this run (or against stored runs).

    ``costs`` are figures of the server and exact counts. In the modes ``exact`` and ``browser`` they are the
    result; in the others they stand beside the pace, and do not change it.
    """

    type: Literal["performance"] = "performance"
    mode: Literal["side_by_side", "stored", "exact", "browser"]
    profile: str
    pace: Literal["slower", "not_slower", "inconclusive"]
    units: int
    final: bool
    tolerance: float
    margin: float
    metrics: tuple[SpeedMetric, ...] = ()
    groups: tuple[SpeedGroup, ...] = ()
    costs: tuple[CostFinding, ...] = ()
    reasons: tuple[str, ...] = ()


class Parity(_Line):
    """One thing of the tested shop held against production; ``alike`` is None where it could not be told."""

    type: Literal["parity"] = "parity"
    what: str
    alike: bool | None
    test: str
    production: str
    allowed: str = ""


class Rollout(_Line):
    """One check of a shop after the roll-out; ``ok`` is None where it could not be decided."""

    type: Literal["rollout"] = "rollout"
    check: Literal["fingerprint", "performance", "watch"]
    ok: bool | None
    expected: str
    actual: str
    message: str = ""


class RunFinished(_Line):
    """Last line: counts by status, and the build again, which must not have changed."""

    type: Literal["run_finished"] = "run_finished"
    counts: dict[str, int]
    records: int
    build: Build | None = None
    interrupted: bool = False
    reason: str = ""


AnyRecord = Annotated[
    RunStarted
    | ProcessStarted
    | ProcessFinished
    | Step
    | Indicator
    | UpdateStep
    | Finding
    | LedgerPlan
    | Ledger
    | ListDeviation
    | ListChecked
    | Created
    | Removed
    | Slice
    | Performance
    | Parity
    | Rollout
    | RunFinished,
    Field(discriminator="type"),
]
RECORD: TypeAdapter[AnyRecord] = TypeAdapter(AnyRecord)


def worst(statuses: tuple[Status, ...]) -> Status:
    """The status of a process from those of its cases: a failure weighs most, then doubt, then a pass."""
    return min(statuses, key=SEVERITY_ORDER.index)
