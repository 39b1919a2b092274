"""Which step an update is in: on disk before the step begins, so that a killed update can be taken up."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from updategate.config.errors import ConfigError

Event = Literal["started", "running", "finished", "failed", "skipped"]
FILE_NAME = "update.jsonl"


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a step; ``detail`` is for people and for the steps that follow."""

    at: str
    step: str
    event: Event
    detail: dict[str, Any]


class UpdateJournal:
    """An append-only file of events; every line is on disk when ``note`` returns."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / FILE_NAME

    def note(self, step: str, event: Event, **detail: object) -> None:
        """Append one event."""
        entry = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "step": step, "event": event, **detail}
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry, default=str) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            message = f"The progress of the update cannot be written: {error.strerror or error}."
            raise ConfigError.single(
                str(self.path), "", message, "Make room on the disk, then take the update up with --resume."
            ) from None

    def entries(self) -> list[Entry]:
        """Every event so far; a torn last line counts as not written."""
        if not self.path.is_file():
            return []
        found = []
        for line in self.path.read_text(encoding="utf-8").splitlines(keepends=True):
            if not line.endswith("\n"):
                break
            data = json.loads(line)
            at, step, event = data.pop("at"), data.pop("step"), data.pop("event")
            found.append(Entry(at, step, event, data))
        return found

    def last(self, step: str) -> Entry | None:
        """The last event of a step, or None."""
        return next((entry for entry in reversed(self.entries()) if entry.step == step), None)
