"""A sweep as the repository keeps it: what a sample is drawn from and held to, and what the page shows."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from updategate.config.errors import ConfigError
from updategate.config.loading import Strict, load
from updategate.config.registry import load_registry
from updategate.operations.mutants.catalogue import all_mutants
from updategate.operations.mutants.results import Result, Results, fragile, useless

KEPT = Path("ci") / "mutants" / "results.json"
EXCUSED = Path("ci") / "mutants" / "excused.yaml"
HEALTHY_FILE = "results.jsonl"


class Excused(Strict):
    """Mutants that no process can catch, each with the reason why; they stay on the list."""

    excused: dict[str, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """A sweep as the repository keeps it.

    ``healthy`` counts runs on the healthy shop: ``runs``, ``alarms``, and both of those with an ERP. ``useless`` and
    ``fragile`` are told only by a sweep that carried everything out; None where none did.
    """

    results: dict[str, Result]
    excused: dict[str, str] = field(default_factory=dict)
    healthy: dict[str, int] = field(default_factory=dict)
    useless: tuple[str, ...] | None = None
    fragile: dict[str, str] | None = None

    @property
    def caught(self) -> frozenset[str]:
        """Names of the mutants that were caught."""
        return frozenset(name for name, result in self.results.items() if result.outcome == "caught")

    def first_catches(self) -> dict[str, tuple[str, ...]]:
        """What caught each mutant first."""
        return {name: (result.by[0].by,) for name, result in self.results.items() if result.by}

    def told(self) -> str:
        """Caught of all, and alarms of all runs."""
        alarms = f"; {self.healthy['alarms']} false alarms in {self.healthy['runs']} runs" if self.healthy else ""
        return f"{len(self.caught)} of {len(self.results)} mutants caught{alarms}"

    @classmethod
    def of(cls, root: Path, folder: Path, healthy: Path) -> Kept:
        """Everything that the sweeps in ``folder`` found, of all mutants that exist; ConfigError where that is nothing.

        A result of a whole sweep does not take the place of a newer one, but says what else catches.
        """
        results = Results(folder).all()
        mutants = [mutant for mutant in all_mutants() if mutant.kind != "performance"]
        if not any(mutant.name in results for mutant in mutants):
            raise ConfigError.single(str(folder), "", "There are no results here.", "Run `updategate mutants` first.")
        earlier = kept_in(root)
        # a folder holds a piece of the sweep: the rest stays as it was kept, and what had no turn yet is listed too
        kept = {
            mutant.name: results.get(mutant.name)
            or earlier.results.get(mutant.name)
            or Result.of(mutant, outcome="untried")
            for mutant in mutants
        }
        whole = [result for result in kept.values() if result.whole]
        processes = [process.id for process in load_registry(root / "suites" / "processes.yaml").processes]
        tried = [result for result in kept.values() if result.outcome != "untried"]
        everything = len(whole) > len(tried) / 2
        return cls(
            kept,
            excused_in(root),
            _healthy(healthy) or earlier.healthy,
            tuple(useless(whole, processes)) if everything else earlier.useless,
            fragile(whole) if everything else earlier.fragile,
        )

    def write(self, root: Path) -> None:
        """Keep it in the repository."""
        path = root / KEPT
        path.parent.mkdir(parents=True, exist_ok=True)
        data = {
            "healthy": self.healthy,
            "useless": self.useless,
            "fragile": self.fragile,
            "mutants": [result.as_json() for result in self.results.values()],
        }
        path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def kept_in(root: Path) -> Kept:
    """What the repository keeps; nothing where no sweep was kept yet."""
    path = root / KEPT
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Kept({}, excused_in(root))
    except ValueError as error:
        raise ConfigError.single(str(path), "", f"This is not valid JSON: {error}.", "Restore it.") from None
    results = {entry["name"]: Result.from_json(entry) for entry in data["mutants"]}
    told = data.get("useless")
    return Kept(
        results, excused_in(root), data.get("healthy", {}), None if told is None else tuple(told), data.get("fragile")
    )


def excused_in(root: Path) -> dict[str, str]:
    """Mutants that no process can catch, and why."""
    path = root / EXCUSED
    return load(path, Excused, "list of excused mutants", variables={}).excused if path.is_file() else {}


def _healthy(folder: Path) -> dict[str, int]:
    """Runs and alarms, as the runs on the healthy shop have noted them."""
    path = folder / HEALTHY_FILE
    if not path.is_file():
        return {}
    counts: Counter[str] = Counter()
    runs = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            one = json.loads(line)
        except ValueError:
            continue
        runs[one["number"]] = one
    for one in runs.values():
        for name in ("runs", "alarms") if one["verdict"] != "pass" else ("runs",):
            counts[name] += 1
            if one["erp"]:
                counts[f"{name}_with_erp"] += 1
    return {name: counts[name] for name in ("runs", "alarms", "runs_with_erp", "alarms_with_erp")}
