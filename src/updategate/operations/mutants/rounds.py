"""Which processes are carried out against a mutant, in which order: pure.

Rounds are carried out until one of them catches the mutant, so the likely and the quick come first: what shares an
area with the mutant before all others, requests before browsers and mails, the shop alone before shop and ERP.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from updategate.config.registry import Process
from updategate.operations.mutants.catalogue import Mutant

Flavour = Literal["shop", "erp"]
# what needs a browser waits for pages, what needs mail waits for mails
SLOW_NEEDS = frozenset({"storefront", "administration", "mail"})
SLOW_SECONDS = 6.0
SLOW_ERP_SECONDS = 9.0
LIKELY = 10


@dataclass(frozen=True, slots=True)
class Round:
    """Processes that are carried out together against one mutant; ``near`` ones share an area with it.

    ``likely`` are those of them whose areas are most like the mutant's.
    """

    flavour: Flavour
    near: bool
    processes: tuple[str, ...]
    slow: bool = False
    likely: bool = False


def is_erp(process: Process) -> bool:
    """Whether the process needs an ERP beside the shop."""
    return bool({"erp", "connector"} & set(process.needs))


def touches(mutant: Mutant, areas: Iterable[str]) -> bool:
    """Whether a mutant can touch one of these areas."""
    return bool(set(mutant.areas) & set(areas))


def rounds_for(
    mutant: Mutant, processes: Sequence[Process], seconds: Mapping[str, float], *, first: Sequence[str] = ()
) -> list[Round]:
    """The rounds of a mutant. ``seconds`` says how long processes took before; ``first`` are carried out first of all.

    A fault of a connector is looked for with the ERP alone. A fault of the shop that only a connector runs into begins
    with the ERP; any other is not looked for there: the ERP's processes take minutes.
    """
    plain = [process for process in processes if not is_erp(process)]
    erp = [process for process in processes if is_erp(process)]
    plain_rounds, erp_rounds = _in_order(mutant, plain, seconds, "shop"), _in_order(mutant, erp, seconds, "erp")
    if mutant.kind == "connector":
        rounds = erp_rounds
    elif mutant.needs_erp:
        rounds = erp_rounds + plain_rounds
    else:
        rounds = plain_rounds
    if mutant.acts == "after_update":
        around = [process.id for process in plain if process.around_update]
        rounds = _moved_forward(rounds, around, plain, mutant)
    return _moved_forward(rounds, first, processes, mutant)


def _in_order(
    mutant: Mutant, processes: Sequence[Process], seconds: Mapping[str, float], flavour: Flavour
) -> list[Round]:
    rounds = []
    for near in (True, False):
        for slow in (False, True):
            ids = [
                process.id
                for process in processes
                if touches(mutant, process.areas) == near and _is_slow(process, seconds) == slow
            ]
            if near and not slow:
                areas = {process.id: set(process.areas) for process in processes}
                ids.sort(key=lambda name: -_likeness(areas[name], set(mutant.areas)))
                rounds.append(Round(flavour, near, tuple(ids[:LIKELY]), slow, likely=True))
                ids = ids[LIKELY:]
            rounds.append(Round(flavour, near, tuple(ids), slow))
    return [one for one in rounds if one.processes]


def _likeness(areas: set[str], others: set[str]) -> float:
    """Areas that both have, of all that one of them has."""
    return len(areas & others) / len(areas | others)


def _is_slow(process: Process, seconds: Mapping[str, float]) -> bool:
    taken = seconds.get(process.id, 0.0)
    if is_erp(process):
        return taken > SLOW_ERP_SECONDS
    return bool(SLOW_NEEDS & set(process.needs)) or taken > SLOW_SECONDS


def _moved_forward(
    rounds: Sequence[Round], ids: Sequence[str], processes: Sequence[Process], mutant: Mutant
) -> list[Round]:
    """The same rounds, but for these processes, which make the first rounds."""
    planned = {name for one in rounds for name in one.processes}
    known = {process.id: process for process in processes if process.id in planned}
    moved = [known[name] for name in ids if name in known]
    if not moved:
        return list(rounds)
    gone = {process.id for process in moved}
    rest = [
        replace(one, processes=tuple(name for name in one.processes if name not in gone))
        for one in rounds
        if set(one.processes) - gone
    ]
    ahead: list[Round] = []
    flavours: tuple[tuple[Flavour, bool], ...] = (("shop", False), ("erp", True))
    for flavour, wanted in flavours:
        found = [process for process in moved if is_erp(process) == wanted]
        if found:
            near = any(touches(mutant, process.areas) for process in found)
            ahead.append(Round(flavour, near, tuple(process.id for process in found), likely=near))
    return [*ahead, *rest]
