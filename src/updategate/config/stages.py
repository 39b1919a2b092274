"""The stages file (``ci/stages.yaml``): the way of a build from test through staging to production."""

from __future__ import annotations

import base64
import binascii
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from updategate.config.environment import Stage
from updategate.config.errors import ConfigError, did_you_mean, unknown_name
from updategate.config.loading import Strict, load

STAGES = Path("ci/stages.yaml")
ORDER: tuple[Stage, ...] = ("test", "staging", "production")
_BUILD_PARTS = ("core", "plugin", "plugins", "lock", "lock_hash", "composer_lock", "migrations", "flags", "build")


def _subject(value: str) -> str:
    kind, _, rest = value.partition(".")
    if kind in _BUILD_PARTS:
        message = f"'{value}' is part of the build, which has no exceptions: it must be the same along the stages"
        raise ValueError(message)
    if value == "theme" or (kind in ("settings", "counts") and rest):
        return value
    hint = did_you_mean(kind, ("theme", "settings", "counts"))
    message = f"'{value}' is nothing that may differ.{hint} Write theme, settings.KEY or counts.ENTITY"
    raise ValueError(message)


class StageException(Strict):
    """Something in which a stage may differ from the one before it: with a reason, and an end if it has one.

    ``what`` is ``theme``, ``settings.core.basicInformation.email``, a group such as ``settings.core.listing.*``, or
    ``counts.customer``.
    """

    what: Annotated[str, AfterValidator(_subject)]
    reason: str = Field(min_length=5)
    expires: date | None = None

    def covers(self, what: str, today: date) -> bool:
        """Whether this exception holds today for ``what``."""
        if self.expires is not None and self.expires < today:
            return False
        if self.what.endswith(".*"):
            return what.startswith(self.what[:-1])
        return what == self.what


class WatchRules(Strict):
    """How a shop is watched after a roll-out.

    For so many ``minutes`` the pages are looked at ``every`` so many seconds. ``errors_at_most`` is the share of looks
    that may go wrong, ``p95_at_most`` the response time in milliseconds that 95 % must keep; both are judged over
    the last ``window`` rounds, from ``least`` looks on.
    """

    minutes: float = Field(default=15, gt=0, le=24 * 60)
    every: float = Field(default=20, gt=0, le=3600)
    errors_at_most: float = Field(default=0.02, ge=0, lt=1)
    p95_at_most: float = Field(default=2000, gt=0)
    window: int = Field(default=15, ge=1)
    least: int = Field(default=20, ge=1)


class StageEntry(Strict):
    """One stage.

    ``environment`` is its environment file (default: the stage's name), ``plan`` the update plan that is played
    there (default: the environment's name), ``composer_lock`` the lock file that will be rolled out. ``ephemeral``
    says that the shop of this stage does not outlive its validation, so that it cannot be asked later.
    """

    name: Stage
    environment: str = ""
    plan: str = ""
    composer_lock: str | None = None
    ephemeral: bool = False
    exceptions: tuple[StageException, ...] = ()
    watch: WatchRules = WatchRules()

    @property
    def environment_name(self) -> str:
        """Name or path of the stage's environment file."""
        return self.environment or self.name

    @property
    def plan_name(self) -> str:
        """Name or path of the stage's update plan."""
        return self.plan or self.environment_name


def _public_key(value: str) -> str:
    try:
        raw = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32:
        message = "this is no Ed25519 public key: 44 characters of Base64, as 'updategate ledger new-key' prints them"
        raise ValueError(message)
    return value


class TrustedKey(Strict):
    """Who may sign verdicts and the ledger: a name, and the Ed25519 public key in Base64."""

    name: str = Field(min_length=1)
    public: Annotated[str, AfterValidator(_public_key)]


class Stages(Strict):
    """The stages in their order, where the ledger is kept (relative to the project), and whose signature counts."""

    ledger: str = "ci/promotions.jsonl"
    trusted_keys: tuple[TrustedKey, ...] = ()
    stages: tuple[StageEntry, ...]

    @model_validator(mode="after")
    def _in_order(self) -> Stages:
        names = [stage.name for stage in self.stages]
        if len(names) < 2:
            message = f"a build moves from one stage to another: give at least two of {', '.join(ORDER)}"
            raise ValueError(message)
        if names != sorted(set(names), key=ORDER.index):
            message = f"the stages stand once each in the order {', '.join(ORDER)}, not {', '.join(names)}"
            raise ValueError(message)
        environments = [stage.environment_name for stage in self.stages]
        if len(set(environments)) < len(environments):
            message = "two stages have the same environment: then nothing would be promoted from one to the other"
            raise ValueError(message)
        return self

    def named(self, name: str, source: str) -> StageEntry:
        """The stage of a name; an unknown one is a ConfigError of ``source``."""
        for stage in self.stages:
            if stage.name == name:
                return stage
        raise ConfigError.single(source, "stages", *unknown_name("stage", name, [stage.name for stage in self.stages]))

    def before(self, stage: StageEntry) -> StageEntry | None:
        """The stage from which a build comes to this one; None for the first."""
        index = self.stages.index(stage)
        return self.stages[index - 1] if index else None

    def of_environment(self, name: str) -> StageEntry | None:
        """The stage whose environment has this name (or is the file of this name)."""
        return next((stage for stage in self.stages if Path(stage.environment_name).stem == name), None)


def stages_path(given: Path | None, root: Path) -> Path:
    """The stages file that was named, or the project's."""
    return given if given is not None else root / STAGES


def load_stages(path: Path) -> Stages:
    """Read a stages file."""
    return load(path, Stages, "stages file", variables={})
