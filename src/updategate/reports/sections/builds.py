"""What was updated: the fingerprint before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from updategate.evidence.reader import RunEvidence
from updategate.evidence.records import Build, Plugin, UpdateStep
from updategate.reports.sections.sheet import Sheet

HASH_LENGTH = 12


@dataclass(frozen=True, slots=True)
class BuildRow:
    """One thing of the shop before and after."""

    what: str
    before: str
    after: str

    @property
    def changed(self) -> bool:
        """Whether it differs."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class BuildView:
    """Rows of what differs (the core always), plugins that do not, and the evidence of both sides."""

    rows: tuple[BuildRow, ...]
    alike: tuple[str, ...]
    before_anchor: str | None
    after_anchor: str | None
    differs: bool


def build_view(sheet: Sheet) -> BuildView:
    """Everything that differs between the builds and environments of both phases, and the core always."""
    before, after = sheet.verdict.build.before, sheet.verdict.build.after
    text = sheet.words
    unknown = text["unknown"]
    core = BuildRow(text["core"], before.core if before else unknown, after.core if after else unknown)
    rows = [core]
    alike: list[str] = []
    if before and after:
        old = {plugin.name: plugin for plugin in before.plugins}
        new = {plugin.name: plugin for plugin in after.plugins}
        for name in sorted(old.keys() | new.keys(), key=str.lower):
            row = BuildRow(f"{text['plugin']} {name}", _plugin(old.get(name), sheet), _plugin(new.get(name), sheet))
            if row.changed:
                rows.append(row)
            else:
                alike.append(f"{name} {new[name].version}")
        rows += [row for row in _sources(before, after, sheet) if row.changed]
        rows += [row for row in _environment(sheet) if row.changed]
    else:
        known = after or before
        alike = [f"{plugin.name} {plugin.version}" for plugin in known.plugins] if known else []
    return BuildView(
        rows=tuple(rows),
        alike=tuple(alike),
        before_anchor=_start(sheet, sheet.before),
        after_anchor=_start(sheet, sheet.after),
        differs=any(row.changed for row in rows),
    )


def _plugin(plugin: Plugin | None, sheet: Sheet) -> str:
    if plugin is None:
        return "–"
    if not getattr(plugin, "installed", True):
        return f"{plugin.version} ({sheet.words['not_installed']})"
    return plugin.version if plugin.active else f"{plugin.version} ({sheet.words['inactive']})"


def _sources(before: Build, after: Build, sheet: Sheet) -> Iterator[BuildRow]:
    for key in ("lock_hash", "migrations"):
        yield BuildRow(sheet.words[key], *(_short(getattr(build, key), sheet) for build in (before, after)))
    old, new = set(before.flags or ()), set(after.flags or ())
    if before.flags is not None and after.flags is not None:
        yield BuildRow(
            sheet.words["flags"],
            ", ".join(sorted(old - new)) or sheet.words["none"],
            ", ".join(sorted(new - old)) or sheet.words["none"],
        )


def _short(value: str | None, sheet: Sheet) -> str:
    if value is None:
        return sheet.words["unknown"]
    head, _, digest = value.rpartition("sha256 ")
    if head:
        return f"{head.replace('carried out', sheet.words['carried_out'])}{digest[:HASH_LENGTH]}"
    return value[:HASH_LENGTH] if len(value) == 64 else value


def _environment(sheet: Sheet) -> Iterator[BuildRow]:
    """Theme, settings and counts of the process runs, as far as they were read on both sides."""
    old, new = (_facts(runs) for runs in (sheet.before, sheet.after))
    if not old or not new:
        return
    for key in sorted(old.keys() & new.keys()):
        kind, _, name = key.partition(":")
        label = {
            "counts": sheet.words["counted"].format(what=name),
            "settings": f"{sheet.words['setting']} {name}",
            "theme": sheet.words["theme"],
        }[kind]
        yield BuildRow(label, _short(old[key], sheet), _short(new[key], sheet))


def _facts(runs: Sequence[RunEvidence]) -> dict[str, str]:
    started = next((run.started for run in runs if run.started and run.started.kind == "processes"), None)
    if started is None:
        return {}
    told: Mapping[str, Any] = started.environment
    if not told.keys() & {"theme", "settings", "counts"}:
        told = {"counts": told}
    found = {f"counts:{name}": str(count) for name, count in (told.get("counts") or {}).items() if count is not None}
    found |= {f"settings:{name}": str(value) for name, value in (told.get("settings") or {}).items()}
    if told.get("theme"):
        found["theme:"] = str(told["theme"])
    return found


def _start(sheet: Sheet, runs: Sequence[RunEvidence]) -> str | None:
    started = next((run.started for run in runs if run.started and run.started.kind == "processes"), None)
    return sheet.book.cite_record(started) if started else None


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of the update."""

    step: UpdateStep
    anchor: str | None


def update_steps(sheet: Sheet) -> list[StepRow]:
    """The steps of the update, those that did not do what they should first."""
    steps = sorted(sheet.records(UpdateStep, sheet.after), key=lambda step: step.ok)
    return [StepRow(step, sheet.book.cite_record(step)) for step in steps]
