"""The mutants that exist, as the embedded processes tell them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from updategate.config.errors import ConfigError, unknown_name

Kind = Literal["shop", "connector", "performance"]
MODULES = ("updategate.embedded.refshop", "updategate.embedded.connector")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One seeded defect.

    ``areas`` are what it can touch, in the words of the process registry. ``acts``: a mutant that acts
    ``after_update`` needs data from before an update. ``options`` are what its shop is started with besides.
    """

    name: str
    kind: Kind
    group: str
    description: str
    source: str
    areas: tuple[str, ...]
    silent: bool = True
    needs_erp: bool = False
    acts: str = "always"
    options: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Mutant:
        """Read what ``--list-mutants --json`` prints of one mutant; keys that are not known here are left out."""
        known = {name: data[name] for name in cls.__dataclass_fields__ if name in data}
        return cls(**{**known, "areas": tuple(data["areas"]), "options": tuple(data.get("options", ()))})

    def shop_options(self) -> tuple[str, ...]:
        """What the shop after the update is started with; the connector's mutants leave the shop healthy."""
        return (*self.options, *(() if self.kind == "connector" else ("--mutant", self.name)))


def described_mutants() -> list[dict[str, Any]]:
    """Every mutant as JSON. The embedded modules are started and never imported: they share no code with suites."""
    found: list[dict[str, Any]] = []
    for module in MODULES:
        command = [sys.executable, "-m", module, "--list-mutants", "--json"]
        found += json.loads(subprocess.check_output(command, text=True))["mutants"]  # noqa: S603 - our own modules
    return found


def all_mutants() -> tuple[Mutant, ...]:
    """Every mutant that exists, in the order in which they are listed."""
    return tuple(Mutant.from_json(data) for data in described_mutants())


def chosen(mutants: Iterable[Mutant], names: Iterable[str], groups: Iterable[str]) -> tuple[Mutant, ...]:
    """The mutants named or of these groups, all functional ones where nothing is named; ConfigError for an unknown one.

    Mutants of performance are refused: they are slower, not wrong, and no process fails because of them.
    """
    every = {mutant.name: mutant for mutant in mutants}
    wanted, of_groups = set(names), set(groups)
    for kind, given, valid in (("mutant", wanted, set(every)), ("group", of_groups, {m.group for m in every.values()})):
        for name in sorted(given - valid):
            raise ConfigError.single("mutants", "", *unknown_name(kind, name, valid))
    found = [mutant for mutant in every.values() if mutant.name in wanted or mutant.group in of_groups]
    for mutant in found:
        if mutant.kind == "performance":
            raise ConfigError.single(
                "mutants", "", f"{mutant.name} is slow, not wrong: no process fails.", "Use ci/bench-mutants for it."
            )
    if not wanted and not of_groups:
        found = [mutant for mutant in every.values() if mutant.kind != "performance"]
    return tuple(found)
