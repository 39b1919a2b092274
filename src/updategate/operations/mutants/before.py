"""The healthy shop before the update: its evidence and its data, made once for all mutants."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import updategate
from updategate.evidence import handover as carried
from updategate.evidence.reader import RunEvidence, read_evidence
from updategate.operations.mutants.carrying_out import NotCarriedOutError, Order, Workplace, carry_out, prices_of
from updategate.operations.mutants.reference_shop import ReferenceShop
from updategate.operations.mutants.rounds import Flavour

OLD_VERSION = "6.6.6.1"
NEW_VERSION = "6.6.7.1"
# what decides whether a mutant is caught; documents, compat and load do not
PARTS = ("actors", "clients", "config", "domain", "embedded", "evidence", "fixtures", "gate", "operations", "plugin")


def sources_of(root: Path) -> str:
    """A short hash of everything that decides whether a mutant is caught: results of other sources are not reused."""
    package = Path(updategate.__file__).parent
    folders = [*(package / part for part in PARTS), root / "suites", root / "fixtures", root / "ci" / "policies"]
    digest = hashlib.sha256()
    for folder in folders:
        files = (path for path in folder.rglob("*") if path.suffix in (".py", ".yaml", ".json", ".j2"))
        # how mutants are looked for changes nothing of what was found
        for file in sorted(path for path in files if "operations/mutants" not in path.as_posix()):
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Before:
    """A healthy shop of the old version after its run: ``evidence``, the ``data`` that an update begins with.

    ``prices`` is its ledger, None where none was asked for.
    """

    flavour: Flavour
    evidence: RunEvidence
    data: Path
    handover: Path | None
    prices: RunEvidence | None = None

    @property
    def usable(self) -> frozenset[str]:
        """Processes that passed: what fails without a mutant says nothing about one."""
        found = self.evidence.processes
        return frozenset(name for name, results in found.items() if all(one.status == "passed" for one in results))

    @property
    def unusable(self) -> dict[str, str]:
        """Processes that did not pass on the healthy shop, and why."""
        planned = self.evidence.started.processes if self.evidence.started else ()
        told: dict[str, str] = {}
        for name in planned:
            results = self.evidence.processes.get(name)
            if name not in self.usable:
                told[name] = f"{results[-1].status}: {results[-1].message}" if results else "it has no finished record"
        return told

    @property
    def seconds(self) -> dict[str, float]:
        """How long each process took."""
        return {name: results[-1].seconds for name, results in self.evidence.processes.items()}

    def updated(self, folder: Path) -> tuple[Path, Path | None]:
        """Own copies of the data and of the hand-over, for one shop of the new version."""
        folder.mkdir(parents=True, exist_ok=True)
        data = Path(shutil.copy(self.data, folder / "shop.sqlite"))
        handover = Path(shutil.copy(self.handover, folder / carried.FILE_NAME)) if self.handover else None
        return data, handover


def before_update(
    place: Workplace,
    flavour: Flavour,
    processes: Sequence[str],
    folder: Path,
    sources: str,
    order: Order,
    *,
    seed: str = "",
    prices: bool = False,
) -> Before:
    """The run before the update, and the ledger of its ``prices``: made now, or by the same sources in ``folder``."""
    mark = folder / "complete.json"
    ledger = folder / "prices"
    wanted = {"sources": sources, "processes": sorted(processes)}
    environment = place.environment_file(flavour, folder, seed=seed)
    if not _is_made(mark, sources, processes):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        environment = place.environment_file(flavour, folder, seed=seed)
        with ReferenceShop(place.children, folder / "shop.sqlite", OLD_VERSION) as shop:
            evidence = carry_out(place, shop, environment, processes, folder / "run", phase="before", order=order)
        if evidence.defects or not evidence.processes:
            why = evidence.defects[0].message if evidence.defects else "nothing was carried out"
            raise NotCarriedOutError(f"The run on the healthy shop is not complete: {why}.")
        mark.write_text(json.dumps(wanted), encoding="utf-8")
    if prices and not _is_complete(ledger):
        shutil.rmtree(ledger, ignore_errors=True)
        data = Path(shutil.copy(folder / "shop.sqlite", folder / "priced.sqlite"))
        with ReferenceShop(place.children, data, OLD_VERSION) as shop:
            prices_of(place, shop, environment, ledger, phase="before")
    handover = folder / "run" / carried.FILE_NAME
    return Before(
        flavour,
        read_evidence(folder / "run"),
        folder / "shop.sqlite",
        handover if handover.is_file() else None,
        read_evidence(ledger) if ledger.is_dir() else None,
    )


def _is_complete(run: Path) -> bool:
    return run.is_dir() and not read_evidence(run).defects


def _is_made(mark: Path, sources: str, processes: Sequence[str]) -> bool:
    try:
        made = json.loads(mark.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(made["sources"] == sources and set(processes) <= set(made["processes"]))
