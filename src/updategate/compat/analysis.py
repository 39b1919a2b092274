"""The whole run: sources, inventories, plugins, checks, waivers, report."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from updategate.compat.areas import areas_of
from updategate.compat.building import InventoryCache, build_inventories, default_processes, worker_pool
from updategate.compat.case import Case, Probe, ProjectView
from updategate.compat.checks.administration import check_administration, check_component_events, check_imports
from updategate.compat.checks.announced import check_announced
from updategate.compat.checks.assets import (
    check_fields,
    check_js_plugins,
    check_routes,
    check_styles,
    check_texts,
)
from updategate.compat.checks.composer import check_composer
from updategate.compat.checks.container import check_container
from updategate.compat.checks.database import MODES, check_database
from updategate.compat.checks.decorators import CHECK as CHAIN_CHECK
from updategate.compat.checks.decorators import check_decorator_chains
from updategate.compat.checks.overrides import check_overrides
from updategate.compat.checks.references import check_references
from updategate.compat.checks.rules import check_rules
from updategate.compat.checks.templates import check_templates
from updategate.compat.facts_cache import FactsCache
from updategate.compat.hierarchy import World
from updategate.compat.inventory import Inventory
from updategate.compat.model import (
    CompatError,
    Finding,
    Level,
    PluginSummary,
    Ran,
    Report,
    Skipped,
    VersionMissingError,
    merge_findings,
)
from updategate.compat.plugin_files import PluginFacts, read_plugins
from updategate.compat.plugins import Plugin, discover
from updategate.compat.rule_packs import Pack, packs_between
from updategate.compat.sources import SourceTree, is_git, open_sources
from updategate.compat.upgrade_notes import UpgradeNotes
from updategate.compat.versions import Version, VersionError
from updategate.compat.waivers import Waiver, apply_waivers

CHECK_FILE = "file-unreadable"
_CHECKS: tuple[Callable[[Case], Probe], ...] = (
    check_composer,
    check_references,
    check_overrides,
    check_container,
    check_templates,
    check_administration,
    check_component_events,
    check_imports,
    check_routes,
    check_texts,
    check_styles,
    check_js_plugins,
    check_fields,
    check_database,
    check_announced,
)


@dataclass(slots=True)
class Options:
    """What a run is asked for."""

    project: Path
    cores: list[Path]
    version_from: str
    version_to: str
    cache: Path | None = None
    processes: int = field(default_factory=default_processes)
    destructive: str = "safe"
    php: str = ""
    announced: bool = False  # judge by announcements where the target's source is not at hand
    own: frozenset[str] = frozenset()
    only: frozenset[str] = frozenset()
    waivers: list[Waiver] = field(default_factory=list)
    today: date = field(default_factory=lambda: datetime.now(UTC).date())


def analyse(options: Options) -> Report:
    """Judge every plugin of the project against the target.

    Raises:
        CompatError: a mistake of the user: a missing folder, an unknown version, a damaged repository.

    """
    version_to = _version(options.version_to, "--to")
    version_from = _version(options.version_from, "--from") if options.version_from else None
    if options.destructive not in MODES:
        raise CompatError(f"Unknown mode '{options.destructive}'. Known: {', '.join(MODES)}.")
    if version_from is not None and version_from > version_to:
        raise CompatError(f"--from {version_from} is newer than --to {version_to}: are they swapped?")
    plugins, skipped = discover(options.project, options.own)
    plugins = _chosen(plugins, options.only)
    before, after = _sources(options)
    collecting = gc.isenabled()
    gc.disable()  # a run makes millions of small objects and few cycles: collecting them takes a third of the time
    try:
        return _Run(options, version_from, version_to, before, after).report(plugins, skipped)
    finally:
        if collecting:
            gc.enable()
        for tree in (before, after):
            if tree is not None:
                tree.close()


def _sources(options: Options) -> tuple[SourceTree | None, SourceTree]:
    if not options.announced:
        cores = options.cores
        installed = options.project / "vendor" / "shopware"
        if len(cores) == 1 and options.version_from and installed.is_dir() and not is_git(cores[0]):
            cores = [installed.parent, cores[0]]  # what the shop runs is in its own vendor folder
        try:
            return open_sources(cores, options.version_from, options.version_to)
        except VersionMissingError as error:
            raise VersionMissingError(
                f"{error} With --announced the deprecations of --from stand in for a target that is not at hand."
            ) from error
    if not options.version_from:
        raise CompatError("--announced needs --from: the version whose deprecations stand in for the target's source.")
    return open_sources(options.cores[:1], options.version_from, options.version_from)


def _version(text: str, option: str) -> Version:
    try:
        return Version.parse(text)
    except VersionError as error:
        raise CompatError(f"{option}: {error}. Write it like 6.6.7.1.") from error


def _chosen(plugins: list[Plugin], only: frozenset[str]) -> list[Plugin]:
    if not only:
        return plugins
    unknown = only - {plugin.name for plugin in plugins} - {plugin.root.name for plugin in plugins}
    if unknown:
        known = ", ".join(sorted(plugin.name for plugin in plugins)) or "none"
        raise CompatError(f"No plugin named {', '.join(sorted(unknown))} in the project. Found: {known}.")
    return [plugin for plugin in plugins if plugin.name in only or plugin.root.name in only]


class _Run:
    """One run's state: trees, inventories, and the report that grows."""

    def __init__(
        self,
        options: Options,
        version_from: Version | None,
        version_to: Version,
        before: SourceTree | None,
        after: SourceTree,
    ) -> None:
        self._options = options
        self._from, self._to = version_from, version_to
        self._before, self._after = before, after
        self._report = Report(str(version_from or ""), str(version_to))
        self._notes = UpgradeNotes(after, version_from, version_to)
        self._packs: tuple[Pack, ...] = packs_between(version_from, version_to)

    def report(self, plugins: list[Plugin], skipped: list[Skipped]) -> Report:
        report = self._report
        report.skipped.extend(skipped)
        report.incomplete.extend(f"{item.plugin}: {item.reason}" for item in skipped)
        if self._options.announced:
            report.incomplete.append(
                f"the source of {self._to} was not compared: only constraints, rules and announcements were checked"
            )
        if not plugins:
            report.incomplete.append(
                f"No plugin found in {self._options.project}: expected custom/plugins, custom/static-plugins,"
                " custom/apps, plugins in vendor, or a plugin itself."
            )
            return report
        old, new = self._inventories()
        texts = tuple(rule.text for pack in self._packs for rule in pack.rules if rule.text is not None)
        with worker_pool(self._options.processes) as pool:
            facts = read_plugins(plugins, texts, pool, FactsCache(self._options.cache, texts))
        project = ProjectView.of(facts)
        worlds = (World(old, project.classes) if old is not None else None, World(new, project.classes))
        findings: list[Finding] = []
        for item in facts:
            findings.extend(self._plugin(item, project, worlds))
        findings.extend(self._chains(facts, worlds[1]))
        self._finish(merge_findings(findings))
        return report

    def _inventories(self) -> tuple[Inventory | None, Inventory]:
        trees = [tree for tree in (self._before, self._after) if tree is not None]
        found = build_inventories(trees, InventoryCache(self._options.cache), self._options.processes)
        if self._before is None:
            self._report.notes.append(
                "Only the target's source was given: what changed since the shop's version was not compared."
            )
            self._report.incomplete.append("no source version to compare with")
        for inventory in found:
            self._report.notes.extend(f"Core file not read: {error}" for error in inventory.errors)
        return (found[0] if len(found) == 2 else None), found[-1]

    def _plugin(self, facts: PluginFacts, project: ProjectView, worlds: tuple[World | None, World]) -> list[Finding]:
        case = Case(
            facts,
            project,
            worlds[0],
            worlds[1],
            self._from,
            self._to,
            self._before,
            self._after,
            self._notes,
            self._options.destructive,
            self._options.php,
            self._requires(self._after),
            self._requires(self._before),
        )
        probes = [check(case) for check in _CHECKS]
        probes.append(check_rules(case, self._packs))
        report, plugin = self._report, facts.plugin
        report.plugins.append(
            PluginSummary(
                plugin.name, plugin.version, plugin.owner, self._place(plugin), len(facts.files), areas_of(facts)
            )
        )
        report.skipped.extend(facts.skipped)
        findings = _unreadable(facts)
        for probe in probes:
            findings.extend(probe.findings)
            report.skipped.extend(probe.skipped)
            report.incomplete.extend(probe.incomplete)
            if probe.places or not probe.skipped:
                report.ran.append(Ran(plugin.name, probe.check, probe.places))
        return [_tooling(facts, finding) for finding in findings]

    def _place(self, plugin: Plugin) -> str:
        """The plugin's folder as the shop's repository names it."""
        try:
            return plugin.root.relative_to(self._options.project).as_posix()
        except ValueError:
            return plugin.root.as_posix()

    def _requires(self, tree: SourceTree | None) -> dict[str, str]:
        for path in ("composer.json", "src/Core/composer.json") if tree is not None else ():
            content = tree.read(path) if tree is not None else None
            try:
                data = json.loads(content or b"null")
            except ValueError:
                continue
            found = data.get("require") if isinstance(data, dict) else None
            if isinstance(found, dict):
                return {str(name): str(text) for name, text in found.items()}
        return {}

    def _chains(self, facts: list[PluginFacts], world: World) -> list[Finding]:
        findings, services = check_decorator_chains(facts, world, str(self._to))
        self._report.ran.append(Ran("", CHAIN_CHECK, services))
        return findings

    def _finish(self, findings: list[Finding]) -> None:
        report = self._report
        waived = apply_waivers(findings, self._options.waivers, self._options.today)
        report.findings, report.suppressed = waived.findings, waived.suppressed
        report.notes.extend(waived.notes)
        report.incomplete.extend(
            f"{finding.plugin}: {finding.file} was not read"
            for finding in report.findings
            if finding.check == CHECK_FILE and finding.symbol == "whole file"
        )


def _unreadable(facts: PluginFacts) -> list[Finding]:
    plugin = facts.plugin
    findings = [
        Finding(
            plugin.name,
            file.path,
            file.problem_line,
            "part of the file" if file.problem_line else "whole file",
            Level.REVIEW,
            CHECK_FILE,
            f"{file.problem}. Nothing is known of this {'part' if file.problem_line else 'file'}.",
            owner=plugin.owner.value,
        )
        for file in facts.files
        if file.problem
    ]
    findings += [
        Finding(
            plugin.name,
            plugin.composer_file,
            0,
            "whole file",
            Level.REVIEW,
            CHECK_FILE,
            f"{problem}.",
            owner=plugin.owner.value,
        )
        for problem in plugin.problems
    ]
    return findings


def _tooling(facts: PluginFacts, finding: Finding) -> Finding:
    """Code outside of the plugin's autoload folders is not loaded by the shop: build scripts, code style, upgrades."""
    if not finding.file.endswith(".php") or finding.level is Level.INFO or finding.check == CHECK_FILE:
        return finding
    folders = autoload_folders(facts.plugin)
    if not folders or any(finding.file.startswith(folder) for folder in folders):
        return finding
    return finding.at(Level.INFO, "The file lies outside of the plugin's autoload folders: the shop does not load it.")


def autoload_folders(plugin: Plugin) -> tuple[str, ...]:
    """Folders and files that Composer loads, relative to the plugin; empty where it does not say."""
    autoload = plugin.composer.get("autoload")
    if plugin.kind != "plugin" or not isinstance(autoload, dict):
        return ()
    found: list[str] = []
    for kind in ("psr-4", "psr-0"):
        for value in (autoload.get(kind) or {}).values() if isinstance(autoload.get(kind), dict) else ():
            found.extend(str(item) for item in (value if isinstance(value, list) else [value]))
    for kind in ("classmap", "files"):
        found.extend(str(item) for item in autoload.get(kind) or ())
    cleaned = [item.removeprefix("./").strip("/") for item in found]
    return () if "" in cleaned else tuple(item if item.endswith(".php") else f"{item}/" for item in cleaned)
