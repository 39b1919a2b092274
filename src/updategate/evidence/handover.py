"""What the run before an update leaves for the run after it: orders, sessions, and facts to compare with.

One file of JSON lines, written by all workers of the before run, read by the after run. It holds session tokens and
passwords of test customers, so only its owner may read it; it is no evidence and never judged. See ADR "hand-over".
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from updategate.config.errors import ConfigError

FILE_NAME = "handover.jsonl"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Left:
    """What one test left, as ``value``; of what is used up, several copies are left, numbered from 1."""

    process: str
    key: str
    copy: int
    value: dict[str, Any]


class Handover:
    """The file of one before run. Every write is one line, appended under a lock and on disk when it returns."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def begin(cls, path: Path, *, environment: str, run: str) -> Handover:
        """Begin the hand-over of a before run; one that stands there already is an error, its things would be lost."""
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            raise ConfigError.single(
                str(path),
                "",
                "There is a hand-over of another run already.",
                "Name another --run-folder or --carry, or remove what it lists with `updategate clean ENV --carried`.",
            ) from None
        handover = cls(path)
        handover._append({"type": "handover", "v": VERSION, "environment": environment, "run": run})
        return handover

    @classmethod
    def found(cls, place: Path) -> Handover:
        """The hand-over given as its file, or as the folder of its run."""
        path = place / FILE_NAME if place.is_dir() else place
        if not path.is_file():
            raise ConfigError.single(
                str(place),
                "",
                "There is no hand-over here.",
                f"Name the folder of a before run, which holds {FILE_NAME}.",
            )
        return cls(path)

    @classmethod
    def newest(cls, reports: Path, environment: str) -> Handover | None:
        """The newest hand-over of an environment under a folder that is not closed; None where there is none."""
        return max(cls.open_under(reports, environment), key=lambda one: one.path.stat().st_mtime, default=None)

    @classmethod
    def open_under(cls, reports: Path, environment: str) -> list[Handover]:
        """Every hand-over of an environment under a folder whose things may still be in the shop."""
        found = [cls(path) for path in sorted(reports.glob(f"**/{FILE_NAME}"))]
        return [one for one in found if one.environment == environment and not one.closed]

    @property
    def environment(self) -> str:
        """Whose shop it is about; empty where the file does not say."""
        return next((str(line["environment"]) for line in self._lines() if line["type"] == "handover"), "")

    @property
    def closed(self) -> bool:
        """Whether everything that it lists has been removed from the shop."""
        return any(line["type"] == "closed" for line in self._lines())

    def leave(self, process: str, key: str, copy: int, value: dict[str, Any]) -> None:
        """Leave something for the after run."""
        self._append({"type": "left", "process": process, "key": key, "copy": copy, "value": value})

    def carry(self, entity: str, entity_id: str) -> None:
        """Note an entity that stays in the shop until the after run has ended; before it is created."""
        self._append({"type": "carried", "entity": entity, "id": entity_id})

    def known(self, process: str, key: str) -> Left | None:
        """What was left under a key, without using it up; the newest where it was left twice."""
        found = [one for one in self._left() if (one.process, one.key) == (process, key)]
        return found[-1] if found else None

    def take(self, process: str, key: str, run: str) -> Left | None:
        """Use up the first copy that no attempt has begun to use; None where nothing (more) is left."""
        with self._locked():
            used = {(line["process"], line["key"], line["copy"]) for line in self._lines() if line["type"] == "taken"}
            for one in self._left():
                if (one.process, one.key) == (process, key) and (process, key, one.copy) not in used:
                    self._write({"type": "taken", "process": process, "key": key, "copy": one.copy, "run": run})
                    return one
        return None

    def was_left(self, process: str, key: str) -> bool:
        """Whether anything was left under a key, used up or not."""
        return self.known(process, key) is not None

    def things(self) -> list[tuple[str, str]]:
        """Every entity that stays in the shop, as (entity, key of the journal)."""
        lines = [(str(line["entity"]), str(line["id"])) for line in self._lines() if line["type"] == "carried"]
        return list(dict.fromkeys(lines))

    def sessions(self) -> list[str]:
        """The tokens of all sessions that were left with a cart."""
        return [str(one.value["session"]) for one in self._left() if one.value.get("session")]

    def close(self, run: str) -> None:
        """Note that everything is removed."""
        self._append({"type": "closed", "run": run})

    def _left(self) -> list[Left]:
        return [
            Left(str(line["process"]), str(line["key"]), int(line["copy"]), dict(line["value"]))
            for line in self._lines()
            if line["type"] == "left"
        ]

    def _lines(self) -> list[dict[str, Any]]:
        """Every whole line; one that a killed run has torn counts as not written."""
        found = []
        for raw in self.path.read_bytes().splitlines(keepends=True):
            try:
                line = json.loads(raw) if raw.endswith(b"\n") else None
            except ValueError:
                line = None
            if isinstance(line, dict) and "type" in line:
                found.append(line)
        return found

    def _append(self, line: dict[str, Any]) -> None:
        with self._locked():
            self._write(line)

    def _write(self, line: dict[str, Any]) -> None:
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        # a torn line of a killed run is ended first, so that it spoils no other
        torn = self.path.stat().st_size and not self.path.read_bytes().endswith(b"\n")
        with self.path.open("ab") as file:
            file.write((b"\n" if torn else b"") + json.dumps({"at": at, **line}).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self.path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
