"""Composer constraints of a plugin against the target: resolution, constraints that lie, PHP, shared libraries."""

from __future__ import annotations

from collections.abc import Iterable

from updategate.compat.case import CORE_PACKAGES, Case, Probe
from updategate.compat.constraints import Constraint, ConstraintError
from updategate.compat.model import Effort, Level
from updategate.compat.versions import Version, VersionError

CHECK = "composer-constraint"


def check_composer(case: Case) -> Probe:
    """Constraints in `composer.json`, or an app's `<compatibility>`."""
    probe = Probe(case, CHECK)
    plugin = case.facts.plugin
    if plugin.kind == "app":
        _app(case, probe)
        return probe
    if plugin.problems:
        probe.skip("composer.json", plugin.problems[0])
        return probe
    requires = plugin.requires
    found = [name for name in CORE_PACKAGES if name in requires]
    for name in found:
        _core(case, probe, name, requires[name])
    if not found:
        probe.look()
        probe.find(
            Level.REVIEW, plugin.composer_file, 0, "shopware/core",
            "No constraint on Shopware in `require`: Composer installs this release with every version, also with those"
            " it was never tested on.",
            check="composer-constraint-missing",
            replacement=f'"shopware/core": "~{_line(case.version_to)}.0" once the release is tested',
        )  # fmt: skip
    for name, constraint in plugin.conflicts.items():
        if name in CORE_PACKAGES:
            _conflict(case, probe, name, constraint)
    _php(case, probe, requires.get("php", ""))
    _libraries(case, probe, requires)
    return probe


def _line(version: Version) -> str:
    return f"{version.numbers[0]}.{version.numbers[1]}"


def _next_but_one(version: Version) -> tuple[int, int]:
    """The end of a constraint that admits the target's major and, on purpose, the next one."""
    return version.numbers[0], version.numbers[1] + 2


def _parse(probe: Probe, name: str, text: str) -> Constraint | None:
    try:
        return Constraint.parse(text)
    except ConstraintError as error:
        probe.find(
            Level.REVIEW, probe.case.facts.plugin.composer_file, 0, name,
            f"The constraint '{text}' on {name} cannot be read ({error}): Composer refuses it too.",
        )  # fmt: skip
        return None


def _core(case: Case, probe: Probe, name: str, text: str) -> None:
    probe.look()
    constraint = _parse(probe, name, text)
    if constraint is None:
        return
    file = case.facts.plugin.composer_file
    if not constraint.allows(case.version_to):
        _excluded(case, probe, name, constraint)
        return
    highest = constraint.highest
    if constraint.unbounded:
        probe.find(
            Level.REVIEW, file, 0, name,
            f"'{text}' has no upper end: it admits {case.version_to} and every later major without knowing them.",
            check="composer-constraint-open", replacement=f"~{_line(case.version_to)}.0",
        )  # fmt: skip
    elif highest is not None and highest.major > _next_but_one(case.version_to):
        probe.find(
            Level.REVIEW, file, 0, name,
            f"'{text}' admits {case.version_to} and majors beyond it: in Shopware the second number is the major, so"
            f" ^{_line(case.version_to)} spans several.",
            check="composer-constraint-open", replacement=f"~{_line(case.version_to)}.0",
        )  # fmt: skip


def _excluded(case: Case, probe: Probe, name: str, constraint: Constraint) -> None:
    level, note = Level.BLOCKED, ""
    if case.facts.plugin.kind == "project":
        level, note = Level.INFO, " It is the shop's own constraint: raising it is part of the update."
    elif case.version_from is not None and not constraint.allows(case.version_from):
        level = Level.REVIEW
        note = f" It excludes {case.version_from} too: is this the release that the shop runs?"
    probe.find(
        level, case.facts.plugin.composer_file, 0, name,
        f"'{constraint.text}' on {name} excludes {case.version_to}: Composer cannot resolve the update with this"
        f" release.{note}",
        replacement=f"a release of the plugin that admits {case.version_to}", effort=Effort.MEDIUM,
    )  # fmt: skip


def _conflict(case: Case, probe: Probe, name: str, text: str) -> None:
    probe.look()
    constraint = _parse(probe, name, text)
    if constraint is None or not constraint.allows(case.version_to):
        return
    known = case.version_from is not None and constraint.allows(case.version_from)
    probe.find(
        Level.REVIEW if known else Level.BLOCKED, case.facts.plugin.composer_file, 0, name,
        f"declares a conflict with {name} '{text}', which {case.version_to} meets.",
    )  # fmt: skip


def _php(case: Case, probe: Probe, text: str) -> None:
    core = case.requires_after.get("php", "")
    if not text or not (core or case.php):
        return
    probe.look()
    constraint = _parse(probe, "php", text)
    if constraint is None:
        return
    file = case.facts.plugin.composer_file
    if case.php:
        try:
            allowed = constraint.allows(Version.parse(case.php))
        except VersionError:
            return
        if not allowed:
            probe.find(Level.BLOCKED, file, 0, "php", f"'{text}' excludes PHP {case.php}, on which the shop runs.")
            return
    if core and not constraint.meets(Constraint.parse(core)):
        before = case.requires_before.get("php", "")
        known = bool(before) and not constraint.meets(Constraint.parse(before))
        probe.find(
            Level.REVIEW if known else Level.BLOCKED, file, 0, "php",
            f"'{text}' on PHP has nothing in common with '{core}', which Shopware {case.version_to} requires.",
        )  # fmt: skip


def _libraries(case: Case, probe: Probe, requires: dict[str, str]) -> None:
    """Libraries that both the plugin and the core require: without a common version Composer gives up."""
    for name, text in requires.items():
        if name in CORE_PACKAGES or "/" not in name or name not in case.requires_after:
            continue
        probe.look()
        constraint = _parse(probe, name, text)
        if constraint is None or _meets(constraint, [case.requires_after[name]]):
            continue
        known = name in case.requires_before and not _meets(constraint, [case.requires_before[name]])
        probe.find(
            Level.REVIEW if known else Level.BLOCKED, case.facts.plugin.composer_file, 0, name,
            f"'{text}' on {name} has nothing in common with '{case.requires_after[name]}', which Shopware"
            f" {case.version_to} requires.",
            replacement=case.requires_after[name],
        )  # fmt: skip


def _meets(constraint: Constraint, others: Iterable[str]) -> bool:
    for other in others:
        try:
            if not constraint.meets(Constraint.parse(other)):
                return False
        except ConstraintError:
            continue
    return True


def _app(case: Case, probe: Probe) -> None:
    plugin = case.facts.plugin
    if plugin.problems:
        probe.skip("manifest.xml", plugin.problems[0])
        return
    if not plugin.manifest_constraint:
        return
    probe.look()
    constraint = _parse(probe, "compatibility", plugin.manifest_constraint)
    if constraint is not None and not constraint.allows(case.version_to):
        _excluded(case, probe, "compatibility", constraint)
