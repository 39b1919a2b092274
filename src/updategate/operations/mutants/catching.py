"""Whether a verdict catches a mutant: pure.

Caught is only what fails the update by a process that the mutant can touch, with the expected and the actual value. A
process that fails without saying them, or one that has nothing to do with the mutant, is told apart: it may be right by
accident.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from updategate.config.registry import Process
from updategate.gate.verdict import ProcessResult, Reason, Verdict
from updategate.operations.mutants.catalogue import Mutant
from updategate.operations.mutants.rounds import touches

Outcome = Literal["caught", "missed", "undecided"]
# whose prices a ledger writes down, before and after
PRICE_LEDGER = "price ledger"
LEDGER_AREAS = ("price", "tax", "currency")
# what an update itself looks at, beside the processes: the queue, scheduled tasks, versions, lost plugins
UPDATE_AREAS = ("update", "queue", "maintenance", "migration", "plugin", "scheduled_task")
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Catch:
    """What gave a mutant away: a process (``CHK-004``) or a check of the update (``update: queue``), or prices."""

    by: str
    title: str
    message: str
    expected: str
    actual: str


@dataclass(frozen=True, slots=True)
class Found:
    """What one verdict says about a mutant. ``unclear`` are failures that do not count, with the reason why."""

    verdict: str
    catches: tuple[Catch, ...] = ()
    unclear: Mapping[str, str] = field(default_factory=dict)

    @property
    def outcome(self) -> Outcome:
        """Caught, missed, or undecided where the gate itself was not sure."""
        if self.catches:
            return "caught"
        return "undecided" if self.verdict == "inconclusive" else "missed"


def found_in(verdict: Verdict, mutant: Mutant, processes: Mapping[str, Process]) -> Found:
    """What a verdict on the shop with the mutant says; ``processes`` is the registry."""
    if verdict.verdict != "fail":
        return Found(verdict.verdict)
    catches: list[Catch] = []
    unclear: dict[str, str] = {}
    for result in verdict.comparison.processes:
        if result.change not in ("regressed", "new") or result.after not in ("failed", "not_applicable"):
            continue
        catch = Catch(
            result.process, result.title, _short(result.message), _short(result.expected), _short(result.actual)
        )
        why = _why_not(catch, result, mutant, processes)
        if why:
            unclear[result.process] = why
        else:
            catches.append(catch)
    for reason in verdict.reasons:
        if reason.code == "update_step" and reason.weight == "fail":
            step = f"update: {reason.facts.get('step', '?')}"
            if mutant.acts == "after_update" or touches(mutant, UPDATE_AREAS):
                catches.append(_of_step(step, reason))
            else:
                unclear[step] = "the mutant has nothing to do with it"
        if reason.code == "ledger" and reason.weight == "fail":
            if touches(mutant, LEDGER_AREAS):
                catches.append(_of_step(PRICE_LEDGER, reason))
            else:
                unclear[PRICE_LEDGER] = f"prices changed, and the mutant can touch {', '.join(mutant.areas)}"
    return Found(verdict.verdict, tuple(catches), unclear)


def _why_not(catch: Catch, result: ProcessResult, mutant: Mutant, processes: Mapping[str, Process]) -> str:
    """Why a failed process does not count as a catch; empty where it does."""
    areas = processes[result.process].areas if result.process in processes else ()
    if not touches(mutant, areas):
        return f"it stands for {', '.join(areas)}, and the mutant can touch {', '.join(mutant.areas)}"
    if not catch.expected or not catch.actual:
        return f"its message shows no expected and actual: {catch.message}"
    return ""


def _of_step(step: str, reason: Reason) -> Catch:
    return Catch(step, "", _short(reason.message), _short(reason.expected), _short(reason.actual))


def _short(text: str | None) -> str:
    line = " ".join((text or "").split())
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"
