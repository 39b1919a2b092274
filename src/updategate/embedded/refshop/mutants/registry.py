"""What a mutant is, and how several become one behaviour.

Add one: in the module of its group, write a subclass of ``Behaviour`` that overrides the decision to get wrong, and
put ``@mutant(...)`` before it. The first line of its docstring says what is wrong.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from updategate.embedded.refshop.behaviour import Behaviour

Kind = Literal["shop", "performance"]
Acts = Literal["always", "after_update"]


class UnknownMutantError(ValueError):
    """No mutant has this name."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One seeded defect.

    ``source`` is the thread (``shopware/shopware#14816``, see the address that it makes on GitHub) or the class of bugs
    that it stands for. ``areas`` are what it can touch, in the words of the process registry. ``silent``: all is
    answered with success, and wrong. ``needs_erp``: only a connector runs into it. ``acts``: a mutant that acts
    ``after_update`` needs data that an older version of the shop was seeded or ran with; ``options`` are what the
    shop has to be started with besides, such as the plugin whose update brings the defect.
    """

    name: str
    kind: Kind
    group: str
    description: str
    source: str
    areas: tuple[str, ...]
    defect: type[Behaviour]
    silent: bool = True
    needs_erp: bool = False
    acts: Acts = "always"
    options: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return everything but the code."""
        return {
            "kind": self.kind,
            "name": self.name,
            "group": self.group,
            "description": self.description,
            "source": self.source,
            "areas": list(self.areas),
            "silent": self.silent,
            "needs_erp": self.needs_erp,
            "acts": self.acts,
            "options": list(self.options),
        }


class Group:
    """The mutants of one module, in the order in which they stand there."""

    def __init__(self, name: str, kind: Kind = "shop") -> None:
        self.name = name
        self.kind: Kind = kind
        self.mutants: dict[str, Mutant] = {}

    def mutant(
        self,
        name: str,
        source: str,
        areas: str,
        *,
        silent: bool = True,
        needs_erp: bool = False,
        acts: Acts = "always",
        options: tuple[str, ...] = (),
    ) -> Callable[[type[Behaviour]], type[Behaviour]]:
        """Register a class as a mutant; ``areas`` are words with spaces between them."""

        def register(defect: type[Behaviour]) -> type[Behaviour]:
            if name in self.mutants:
                raise ValueError(f"There are two mutants {name!r}.")
            self.mutants[name] = Mutant(
                name,
                self.kind,
                self.name,
                (defect.__doc__ or "").partition("\n")[0].rstrip("."),
                source,
                tuple(areas.split()),
                defect,
                silent,
                needs_erp,
                acts,
                options,
            )
            return defect

        return register


def behaviour_with(names: Iterable[str], known: Mapping[str, Mutant]) -> Behaviour:
    """Return a behaviour with these mutants in it, the last one outermost; UnknownMutantError names the nearest one."""
    defects: list[type[Behaviour]] = []
    for name in dict.fromkeys(names):
        if name not in known:
            nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.3)
            hint = f" Did you mean {nearest[0]}?" if nearest else ""
            raise UnknownMutantError(
                f"There is no mutant {name!r} (`--list-mutants` prints the {len(known)} that exist).{hint}"
            )
        defects.insert(0, known[name].defect)
    if len(defects) > 1:
        mutated: Behaviour = type("Mutated", tuple(defects), {})()
        return mutated
    return defects[0]() if defects else Behaviour()
