"""The policy: what a scope holds, and what failures, gaps and slowness mean for the verdict."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Protocol, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from updategate.config.errors import ConfigError, unknown_name
from updategate.config.ledger import LedgerRules
from updategate.config.loading import Strict, load
from updategate.config.registry import Effect

Decision = Literal["fail", "inconclusive"]
PreExisting = Literal["fail", "inconclusive", "report"]


CountedEntity = Literal[
    "product", "customer", "customer_group", "rule", "language", "currency", "tax", "promotion", "sales_channel"
]


def _tolerance(value: str) -> str:
    if not re.fullmatch(r"\d+(?:\.\d+)?%?", value):
        message = f"a tolerance is a number or a share, such as 5 or 10%, not {value!r}"
        raise ValueError(message)
    return value


Tolerance = Annotated[
    str,
    BeforeValidator(lambda value: str(value) if isinstance(value, int) and not isinstance(value, bool) else value),
    AfterValidator(_tolerance),
]


def _domain(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*", value):
        message = f"a domain of system settings looks like core.cart or SwagPayPal.settings, not {value!r}"
        raise ValueError(message)
    return value


SettingsDomain = Annotated[str, AfterValidator(_domain)]


class Selectable(Protocol):
    """What a scope looks at: a process of the registry, or its entry in evidence."""

    @property
    def id(self) -> str:
        """The process's id."""

    @property
    def critical(self) -> bool:
        """Whether a release depends on it."""

    @property
    def areas(self) -> tuple[str, ...]:
        """The parts of the shop it stands for."""

    @property
    def effects(self) -> tuple[str, ...]:
        """What it writes."""


Selected = TypeVar("Selected", bound=Selectable)


class Scope(Strict):
    """A named selection of processes; all given conditions must hold. ``all`` selects the whole registry."""

    all: bool = False
    processes: tuple[str, ...] | None = None
    critical: bool | None = None
    areas: tuple[str, ...] | None = None
    effects_within: tuple[Effect, ...] | None = None

    @model_validator(mode="after")
    def _selects(self) -> Scope:
        given = (self.processes, self.critical, self.areas, self.effects_within)
        if self.all == any(value is not None for value in given):
            message = "a scope says either 'all: true' or which processes it selects"
            raise ValueError(message)
        return self

    def selects(self, process: Selectable) -> bool:
        """Whether the process belongs to this scope."""
        return (
            (self.processes is None or process.id in self.processes)
            and (self.critical is None or process.critical == self.critical)
            and (self.areas is None or bool(set(self.areas) & set(process.areas)))
            and (self.effects_within is None or set(process.effects) <= set(self.effects_within))
        )


class OtherProcesses(Strict):
    """What non-critical processes are allowed: this many failures."""

    failures_at_most: int = Field(default=0, ge=0)


class ProcessRules(Strict):
    """How processes decide. A critical process that fails where it passed before always fails the update."""

    other: OtherProcesses = OtherProcesses()
    pre_existing_critical: PreExisting = "inconclusive"
    pre_existing_other: PreExisting = "report"


class Waiver(Strict):
    """A known failure that must not stop this release: with a reason, and an end."""

    process: str
    reason: str = Field(min_length=5)
    expires: date


class IntendedChange(Strict):
    """A change that the target version makes on purpose: with a reason and its source.

    ``from_version`` and ``to_version`` bound the update for which it holds, as ``6.5`` to ``6.6``.
    """

    process: str
    reason: str = Field(min_length=5)
    source: str = Field(min_length=5)
    from_version: str = Field(alias="from")
    to_version: str = Field(alias="to")


class Objective(Strict):
    """A limit on an indicator, in Keptn's words: ``pass: ["<=800", "<=+10%"]``, all of them must hold."""

    sli: str
    pass_: tuple[str, ...] = Field(alias="pass", min_length=1)
    must_have_data: bool = True
    severity: Literal["blocking", "report"] = "blocking"


class PerformanceRules(Strict):
    """Whether a verdict needs a performance comparison, and the limits on indicators."""

    required: bool = False


class FingerprintRules(Strict):
    """The environment's part of a fingerprint: ``settings`` are the domains of system settings that matter."""

    settings: tuple[SettingsDomain, ...] = ("core.cart", "core.listing", "core.loginRegistration")


COUNTS: dict[CountedEntity, str] = {
    "product": "10%",
    "customer": "50%",
    "rule": "0",
    "language": "0",
    "currency": "0",
    "tax": "0",
    "customer_group": "0",
}


class ParityRules(Strict):
    """How like production a test environment must be.

    ``required`` makes a verdict without a comparison inconclusive. ``counts`` are the allowed differences of what the
    shops hold, by entity, as a number or a share of production's (``10%``). ``max_hours`` is the age of a comparison
    beyond which it says nothing any more.
    """

    required: bool = False
    counts: dict[CountedEntity, Tolerance] = Field(default_factory=lambda: dict(COUNTS))
    max_hours: float = Field(default=168, gt=0)


class PromotionRules(Strict):
    """When a verdict lets a build go one stage further.

    ``max_hours`` is counted from the oldest run that the verdict rests on. ``requires`` are parts of the build that
    must be known at both ends; ``signature`` says whether a verdict must be signed by a trusted key.
    """

    max_hours: float = Field(default=168, gt=0)
    requires: tuple[Literal["lock_hash", "migrations", "flags", "theme", "settings"], ...] = ()
    signature: bool = False


class Policy(Strict):
    """What a release is judged by."""

    policy: str = Field(min_length=1)
    scopes: dict[str, Scope] = Field(min_length=1)
    missing_evidence: Decision = "inconclusive"
    processes: ProcessRules = ProcessRules()
    ledger: LedgerRules = LedgerRules()
    performance: PerformanceRules = PerformanceRules()
    fingerprint: FingerprintRules = FingerprintRules()
    parity: ParityRules = ParityRules()
    promotion: PromotionRules = PromotionRules()
    objectives: tuple[Objective, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    intended: tuple[IntendedChange, ...] = ()

    def select(self, scope: str, registry: Iterable[Selected], source: str) -> tuple[Selected, ...]:
        """The processes of a scope; an unknown scope, or one that selects nothing, is an error of ``source``."""
        if scope not in self.scopes:
            raise ConfigError.single(source, "scopes", *unknown_name("scope", scope, self.scopes))
        chosen = self.scopes[scope]
        processes = tuple(registry)
        known = {process.id for process in processes}
        for index, process in enumerate(chosen.processes or ()):
            if process not in known:
                raise ConfigError.single(
                    source, f"scopes.{scope}.processes[{index}]", *unknown_name("process", process, known)
                )
        selected = tuple(process for process in processes if chosen.selects(process))
        if not selected:
            raise ConfigError.single(
                source,
                f"scopes.{scope}",
                "This scope selects no process.",
                "An empty scope would decide nothing.",
            )
        return selected


POLICIES = Path("ci/policies")


def policy_path(name_or_path: str, root: Path) -> Path:
    """``default`` is ``ci/policies/default.yaml`` under ``root``; anything with a suffix or a slash is a path."""
    if "/" in name_or_path or name_or_path.endswith((".yaml", ".yml")):
        return Path(name_or_path)
    path = root / POLICIES / f"{name_or_path}.yaml"
    if path.is_file():
        return path
    known = sorted(found.stem for found in (root / POLICIES).glob("*.yaml"))
    raise ConfigError.single(str(root / POLICIES), "", *unknown_name("policy", name_or_path, known))


def load_policy(path: Path) -> Policy:
    """Read a policy file."""
    return load(path, Policy, "policy", variables={})
