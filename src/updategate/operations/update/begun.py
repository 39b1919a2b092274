"""What an update was begun with: one that is taken up goes on with the same plan and target, unasked."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from updategate.config.errors import ConfigError
from updategate.operations.update.journal import FILE_NAME as JOURNAL

FILE_NAME = "begun.json"


@dataclass(frozen=True, slots=True)
class Begun:
    """The choices of the command line. ``plan`` and ``parity`` are absolute paths; None and empty: as the plan says."""

    environment: str
    plan: str
    to: str | None = None
    plugins: dict[str, str] = field(default_factory=dict)
    scope: str | None = None
    parity: tuple[str, ...] = ()

    def begin(self, folder: Path) -> None:
        """Write it down for the one who takes the update up; refuses a folder that holds another update."""
        if (folder / JOURNAL).exists():
            raise ConfigError.single(
                str(folder),
                "",
                "This folder holds an update already.",
                "Go on with it by --resume, or name another --run-folder: evidence of two updates is never mixed.",
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / FILE_NAME).write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")
        except OSError as error:
            message = f"The update cannot be written down: {error.strerror or error}."
            raise ConfigError.single(str(folder), "", message, "Name another --run-folder.") from None

    def resumed(self, folder: Path) -> Begun:
        """What was begun in ``folder``; choices that are given again must be the same, but for the plan's file."""
        try:
            found = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
            begun = Begun(**{**found, "parity": tuple(found["parity"])})
        except (OSError, ValueError, TypeError, KeyError):
            raise ConfigError.single(
                str(folder), "", "There is no update here that could be taken up.", "Name the folder it was begun in."
            ) from None
        for what, given, was in (
            ("environment", self.environment, begun.environment),
            ("--to", self.to, begun.to),
            ("--plugin", self.plugins, begun.plugins),
            ("--scope", self.scope, begun.scope),
        ):
            if given and given != was:
                message = f"This update was begun with {what} {_told(was)}, not {_told(given)}."
                raise ConfigError.single(str(folder), "", message, "Leave it out, or begin a new update.")
        return replace(begun, plan=self.plan or begun.plan, parity=self.parity or begun.parity)


def _told(choice: str | dict[str, str] | None) -> str:
    if isinstance(choice, dict):
        return " ".join(f"{name}={version}" for name, version in choice.items()) or "as the plan says"
    return choice or "as the plan says"
