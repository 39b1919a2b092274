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
    plugin_lifecycle: tuple[Command, ...] = ()
    theme: Command | None = None
    index: Command | None = None
    pending_migrations: Command | None = None
    settling: Settling = Settling()
    performance_profile: str | None = None
    rollback: tuple[Command, ...] = ()
    rehearse_rollback: bool = False

    @model_validator(mode="after")
    def _has_target_and_unique_names(self) -> UpdatePlan:
        if not self.to and not self.plugins:
            message = "an update has a target: 'to' for the core, or 'plugins'"
            raise ValueError(message)
        if self.rehearse_rollback and not (self.snapshot and self.rollback):
            message = "a rollback can be rehearsed only where 'snapshot' and 'rollback' say how"
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
        return (*(command for command in single if command), *pair, *self.changing_commands(), *self.rollback)

    def changing_commands(self) -> tuple[Command, ...]:
        """The commands that make the new shop of the old one, in their order; none runs twice unasked."""
        last = (command for command in (self.theme, self.index) if command)
        return (*self.commands, *self.plugin_lifecycle, *last)

    def longest_silence(self) -> float:
        """For how many seconds the shop may be out of reach while one command works."""
        return max(command.timeout for command in self.all_commands())

    def variables(self) -> dict[str, str]:
        """What every command is told of the target, so that one plan serves several targets."""
        plugins = " ".join(f"{name}={version}" for name, version in sorted(self.plugins.items()))
        single = next(iter(self.plugins.items())) if len(self.plugins) == 1 else ("", "")
        return {
            "UPDATEGATE_TO": self.to or "",
            "UPDATEGATE_PLUGINS": plugins,
            "UPDATEGATE_PLUGIN": single[0],
            "UPDATEGATE_PLUGIN_VERSION": single[1],
        }

    def targeting(self, to: str | None, plugins: dict[str, str]) -> UpdatePlan:
        """The plan with the target that was named on the command line.

        A plugin alone is validated by what its areas call for: with compat evidence, by every critical process, to
        which those of the areas that it touches belong; without, by everything, because nobody knows what it touches.
        """
        if to is None and not plugins:
            return self
        scope = self.scope if to else "critical" if self.compat else "full"
        return self.model_copy(update={"to": to, "plugins": plugins, "scope": scope})


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
