"""What a sweep has found so far: one JSON line a mutant, so that a killed sweep loses nothing that it has finished."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from updategate.operations.mutants.catalogue import Mutant
from updategate.operations.mutants.catching import Catch

FILE_NAME = "results.jsonl"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one mutant.

    ``by`` is what caught it, the first one first; ``unclear`` are failures that do not count, with the reason why.
    ``whole`` says that every process was carried out, not only until the first catch. ``left`` names the parts of the
    search that have not had their turn yet. ``processes`` is how many were carried out, ``seconds`` how long it took
    with start and stop of the shop.
    """

    name: str
    kind: str
    group: str
    description: str
    source: str
    areas: tuple[str, ...]
    outcome: str
    verdict: str = "none"
    by: tuple[Catch, ...] = ()
    unclear: dict[str, str] = field(default_factory=dict)
    processes: int = 0
    seconds: float = 0.0
    whole: bool = False
    left: tuple[str, ...] = ()
    sources: str = ""
    problem: str = ""

    @classmethod
    def of(cls, mutant: Mutant, **found: Any) -> Result:  # noqa: ANN401 - the fields above
        """The result of a mutant."""
        told = {name: getattr(mutant, name) for name in ("name", "kind", "group", "description", "source", "areas")}
        return cls(**told, **found)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Result:
        """Read what ``as_json`` wrote."""
        return cls(
            **{
                **data,
                "areas": tuple(data["areas"]),
                "left": tuple(data.get("left", ())),
                "by": tuple(Catch(**catch) for catch in data.get("by", ())),
            }
        )

    def as_json(self) -> dict[str, Any]:
        """For a file."""
        return asdict(self)


class Results:
    """The results of a sweep, in ``folder``. Thread-safe; the last result of a mutant counts."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / FILE_NAME
        self._lock = threading.Lock()

    def add(self, result: Result) -> None:
        """Keep a result; on disk when this returns."""
        self._append(result.as_json())

    def forget(self, name: str) -> None:
        """Let a mutant have no result, so that it is looked for again."""
        self._append({"forgotten": name})

    def _append(self, data: dict[str, Any]) -> None:
        line = json.dumps(data, ensure_ascii=False) + "\n"
        with self._lock, self._path.open("ab") as file:
            # a line that a kill has torn is ended first, so that it spoils no other
            torn = file.tell() > 0 and not self._path.read_bytes().endswith(b"\n")
            file.write((b"\n" if torn else b"") + line.encode())
            file.flush()
            os.fsync(file.fileno())

    def all(self, sources: str | None = None) -> dict[str, Result]:
        """The last result of every mutant; with ``sources``, only what these have found. Torn lines are left out."""
        found: dict[str, Result] = {}
        if not self._path.is_file():
            return found
        for line in self._path.read_bytes().splitlines():
            try:
                data = json.loads(line)
                if "forgotten" in data:
                    found.pop(data["forgotten"], None)
                    continue
                result = Result.from_json(data)
            except (ValueError, TypeError, KeyError):
                continue
            if sources is None or result.sources == sources:
                found[result.name] = result
        return found


def useless(results: Iterable[Result], processes: Iterable[str]) -> list[str]:
    """Processes that caught no mutant at all; only whole results say that."""
    caught = {catch.by for result in results if result.whole for catch in result.by}
    return [process for process in processes if process not in caught]


def fragile(results: Iterable[Result]) -> dict[str, str]:
    """Mutants that only one process catches, and which; only whole results say that."""
    return {
        result.name: result.by[0].by
        for result in results
        if result.whole and len({catch.by for catch in result.by}) == 1
    }
