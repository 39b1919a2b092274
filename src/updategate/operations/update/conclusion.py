"""What the journal of an update comes to: checks for the gate, also of an update that several processes have played."""

from __future__ import annotations

from updategate.config.update_plan import UpdatePlan
from updategate.evidence.records import Build
from updategate.operations.update.journal import UpdateJournal
from updategate.operations.update.settling import Check, lost_plugins, target_reached

# steps that keep their checks in the journal
CHECKED = ("rollback-rehearsal", "maintenance-check", "settling", "opening")


def checks_of(plan: UpdatePlan, journal: UpdateJournal) -> list[Check]:
    """Every check of the update, in the order of its steps."""
    checks: list[Check] = []
    for command in plan.changing_commands():
        last = journal.last(f"command-{command.name}")
        ok = last is not None and last.event == "finished"
        told = str(last.detail.get("told", "")) if last else "it was not run"
        checks.append(Check(f"command-{command.name}", ok, "exit code 0", "exit code 0" if ok else told))
    off = journal.last("maintenance-off")
    if off is not None and off.event == "failed":
        told = str(off.detail.get("told", ""))
        checks.append(Check("maintenance-off", ok=False, expected="exit code 0", actual=told))
    migrations = journal.last("migrations")
    pending = migrations.detail.get("pending") if migrations else None
    if pending is not None:
        actual = f"{len(pending)} pending: {', '.join(pending[:3])}" if pending else "none pending"
        checks.append(Check("migrations", not pending, "none pending", actual))
    for name in CHECKED:
        last = journal.last(name)
        checks += [Check(*found) for found in (last.detail.get("checks", []) if last else [])]
    target = journal.last("target")
    if target is None:
        return checks
    build, before = build_in(journal, "target"), build_in(journal, "preflight")
    if build is None:
        return [*checks, Check("target", ok=False, expected="a version", actual="the shop does not tell it")]
    return [*checks, *target_reached(plan, build), *(lost_plugins(before, build) if before else [])]


def seconds_by_step(journal: UpdateJournal) -> dict[str, float]:
    """How many seconds each step took; of a repeated step, the last time."""
    return {entry.step: entry.detail["seconds"] for entry in journal.entries() if "seconds" in entry.detail}


def seconds_of(journal: UpdateJournal) -> list[str]:
    """How long each step took, in words."""
    steps = seconds_by_step(journal)
    width = max((len(step) for step in steps), default=0)
    return [f"{step:<{width}}  {seconds:>7.1f} s" for step, seconds in steps.items()]


def build_in(journal: UpdateJournal, step: str) -> Build | None:
    """The build that a step has written down."""
    last = journal.last(step)
    found = last.detail.get("build") if last else None
    return Build.model_validate(found) if found else None
