"""The update plan (``ci/updates/*.yaml``): what an update consists of, from the preflight to the way back."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, model_validator

from updategate.config.errors import ConfigError, unknown_name
from updategate.config.loading import Strict, load

PLANS = Path("ci/updates")


class Command(Strict):
    """A shell command. ``timeout`` is in seconds; what runs longer is ended, and the update has failed.

    ``name`` is what progress and resumption call it.
    """

    name: str = Field(min_length=2, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    run: str = Field(min_length=1)
    timeout: float = Field(default=900, gt=0)


class FreeDisk(Strict):
    """So much must be free where the shop lies; ``path`` is on this machine."""

    path: str
    gigabytes: float = Field(gt=0)


class Preflight(Strict):
    """What must hold before anything is touched. ``backup`` proves that there is a backup which can be restored."""

    free_disk: FreeDisk | None = None
    backup: Command | None = None


class Maintenance(Strict):
    """How the shop is closed for customers, and opened again."""

    on: Command
    off: Command


class Settling(Strict):
    """When the updated shop counts as ready: queue empty and no scheduled task overdue, within so many seconds."""

    within: float = Field(default=120, gt=0)
    overdue_minutes: float = Field(default=30, gt=0)


class UpdatePlan(Strict):
    """One update. ``to`` is the target version of the core, ``plugins`` the target versions of plugins; one is needed.

    ``compat`` names run folders of ``updategate compat --evidence``: what blocks there fails the update, and what its
    plugins touch is critical. ``pending_migrations`` prints one pending or failed migration a line: exit codes of the
    update do not tell them.
    """

    update: str = Field(min_length=2)
    to: str | None = None
    plugins: dict[str, str] = Field(default_factory=dict)
    scope: str = "full"
    policy: str = "default"
    workers: int = Field(default=4, ge=0, le=32)
    compat: tuple[Path, ...] = ()
    preflight: Preflight = Preflight()
    snapshot: Command | None = None
    maintenance: Maintenance | None = None
    commands: tuple[Command, ...] = Field(min_length=1)
    pending_migrations: Command | None = None
    settling: Settling = Settling()
    performance_profile: str | None = None
    rollback: tuple[Command, ...] = ()

    @model_validator(mode="after")
    def _has_target_and_unique_names(self) -> UpdatePlan:
        if not self.to and not self.plugins:
            message = "an update has a target: 'to' for the core, or 'plugins'"
            raise ValueError(message)
        names = [command.name for command in self.all_commands()]
        for name in names:
            if names.count(name) > 1:
                message = f"two commands have the name '{name}'; resumption could not tell them apart"
                raise ValueError(message)
        return self

    def all_commands(self) -> tuple[Command, ...]:
        """Every command of the plan, in the order of use."""
        single = (self.preflight.backup, self.snapshot, self.pending_migrations)
        pair = (self.maintenance.on, self.maintenance.off) if self.maintenance else ()
        return (*(command for command in single if command), *pair, *self.commands, *self.rollback)

    def targeting(self, to: str | None, plugins: dict[str, str]) -> UpdatePlan:
        """The plan with the target that was named on the command line."""
        if to is None and not plugins:
            return self
        return self.model_copy(update={"to": to, "plugins": plugins})


def plan_path(name_or_path: str, root: Path) -> Path:
    """``minor`` is ``ci/updates/minor.yaml`` under ``root``; anything with a suffix or a slash is a path."""
    if "/" in name_or_path or name_or_path.endswith((".yaml", ".yml")):
        return Path(name_or_path)
    path = root / PLANS / f"{name_or_path}.yaml"
    if path.is_file():
        return path
    known = sorted(found.stem for found in (root / PLANS).glob("*.yaml"))
    raise ConfigError.single(str(root / PLANS), "", *unknown_name("update plan", name_or_path, known))


def load_plan(path: Path) -> UpdatePlan:
    """Read an update plan; ``${NAME}`` in commands is left to the shell, which has the same environment."""
    return load(path, UpdatePlan, "update plan", variables=_Untouched())


class _Untouched(dict[str, str]):
    """Keeps ``${NAME}`` as it stands, so that secrets reach the command and nothing else."""

    def get(self, key: str, default: object = None) -> str:  # noqa: ARG002
        return f"${{{key}}}"
