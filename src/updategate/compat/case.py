"""What a check gets and gives: one plugin against two worlds, and the findings with the number of places looked at."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from updategate.compat.constraints import Constraint, ConstraintError
from updategate.compat.hierarchy import World
from updategate.compat.inventory import Inventory
from updategate.compat.model import Effort, Finding, Level, Skipped
from updategate.compat.php_facts import ClassLike, PhpFile
from updategate.compat.plugin_files import PluginFacts
from updategate.compat.sources import SourceTree
from updategate.compat.upgrade_notes import UpgradeNotes
from updategate.compat.versions import Version

CORE_PACKAGES = (
    "shopware/core",
    "shopware/platform",
    "shopware/storefront",
    "shopware/administration",
    "shopware/elasticsearch",
)
CORE_PREFIXES = (
    "Shopware\\Core\\",
    "Shopware\\Storefront\\",
    "Shopware\\Administration\\",
    "Shopware\\Elasticsearch\\",
)


@dataclass(slots=True)
class ProjectView:
    """What all plugins of the project bring along, since one may stand on another."""

    classes: dict[str, list[ClassLike]] = field(default_factory=dict)
    services: set[str] = field(default_factory=set)
    views: set[str] = field(default_factory=set)
    blocks: set[str] = field(default_factory=set)
    components: set[str] = field(default_factory=set)
    snippets: set[str] = field(default_factory=set)
    variables: set[str] = field(default_factory=set)
    mixins: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, plugins: Iterable[PluginFacts]) -> ProjectView:
        """Collect from every plugin."""
        view = cls()
        classes: dict[str, list[ClassLike]] = defaultdict(list)
        for facts in plugins:
            for file in facts.files:
                view.snippets.update(file.snippets)
                if file.php is not None:
                    _collect_php(file.php, classes)
                if file.config is not None:
                    view.services.update(service.id for service in file.config.services)
                if file.view is not None:
                    view.views.add(file.view_name)
                    view.blocks.update(block.name for block in file.view.blocks)
                if file.script is not None:
                    view.components.update(name for how, name, _ in file.script.components if how == "register")
                if file.style is not None:
                    view.variables.update(file.style.defined)
                    view.mixins.update(file.style.mixins)
        view.classes = dict(classes)
        return view


def _collect_php(php: PhpFile, classes: dict[str, list[ClassLike]]) -> None:
    for declared in php.classes:
        classes[declared.name].append(declared)
    for alias, real in php.aliases.items():
        classes[alias].append(ClassLike(alias, "class", 1, php.path, parents=[real]))


@dataclass(slots=True)
class Case:
    """One plugin, the versions, and everything that a check may ask."""

    facts: PluginFacts
    project: ProjectView
    before: World | None
    after: World
    version_from: Version | None
    version_to: Version
    source_before: SourceTree | None
    source_after: SourceTree
    notes: UpgradeNotes
    destructive: str = "safe"
    php: str = ""
    requires_after: dict[str, str] = field(default_factory=dict)  # composer constraints of the target's core
    requires_before: dict[str, str] = field(default_factory=dict)

    @property
    def old(self) -> Inventory | None:
        """The source version's inventory, if there is one."""
        return self.before.inventory if self.before is not None else None

    @property
    def new(self) -> Inventory:
        """The target version's inventory."""
        return self.after.inventory

    def package_known(self, name: str) -> bool:
        """Whether the target tree holds the package a core class belongs to (split packages may be absent)."""
        prefix = next((prefix for prefix in CORE_PREFIXES if name.startswith(prefix)), "")
        return bool(prefix) and prefix in self.packages

    @property
    def packages(self) -> frozenset[str]:
        """Prefixes of the core packages that the target holds."""
        return self.new.packages(CORE_PREFIXES)

    @property
    def serves_both(self) -> bool:
        """Whether the release is declared for the source and the target, with an upper end: it may keep code for both.

        What a release for both versions leaves in place for the older one cannot be told from what it forgot. This
        only softens what fails silently; an error stays an error.
        """
        if self.version_from is None:
            return False
        for name in CORE_PACKAGES:
            try:
                constraint = Constraint.parse(self.facts.plugin.requires.get(name, ""))
            except ConstraintError:
                continue
            if constraint.unbounded or not constraint.allows(self.version_to):
                return False
            if constraint.allows(self.version_from):
                return True
        return False

    def link(self, cls: ClassLike, line: int = 0) -> str:
        """Address of a core declaration in the target version."""
        return self.source_after.link(cls.path, line or cls.line) if cls.path else ""

    def link_before(self, path: str, line: int = 0) -> str:
        """Address of a core file in the source version."""
        return self.source_before.link(path, line) if self.source_before is not None else ""


BOTH_VERSIONS = " The release is declared for both versions: it may be kept for the older one."


class Probe:
    """Collects what one check finds in one plugin."""

    def __init__(self, case: Case, check: str) -> None:
        self.case = case
        self.check = check
        self.places = 0
        self.findings: list[Finding] = []
        self.skipped: list[Skipped] = []
        self.incomplete: list[str] = []

    def look(self, count: int = 1) -> None:
        """Count places looked at."""
        self.places += count

    def skip(self, what: str, reason: str, *, incomplete: bool = False) -> None:
        """State that something was not checked; `incomplete` where the plugin has code that wanted this check."""
        name = self.case.facts.plugin.name
        self.skipped.append(Skipped(name, f"{self.check}: {what}", reason))
        if incomplete:
            self.incomplete.append(f"{name}: {what} could not be checked: {reason}")

    def find(
        self,
        level: Level,
        file: str,
        line: int,
        symbol: str,
        message: str,
        *,
        check: str = "",
        replacement: str = "",
        deprecated: str = "",
        evidence: str = "",
        effort: Effort = Effort.SMALL,
        diff: str = "",
    ) -> None:
        """Record a finding; the `@deprecated` text yields the replacement where none is given."""
        plugin = self.case.facts.plugin
        self.findings.append(
            Finding(
                plugin.name,
                file,
                line,
                symbol,
                level,
                check or self.check,
                message,
                replacement or replacement_hint(deprecated),
                plugin.owner.value,
                effort,
                evidence,
                deprecated,
                self.case.notes.heading(symbol),
                diff,
            )
        )


_TAG = re.compile(r"^tag:v?[\d.]+\s*-?\s*")
_REASON = re.compile(r"reason:[\w-]+\s*-?\s*")
_HINT = re.compile(r"\b(use|replaced|instead|implement|see|moved|renamed|will be)\b", re.IGNORECASE)


def replacement_hint(deprecated: str) -> str:
    """What a `@deprecated tag:` text recommends, without tag and reason; empty where it recommends nothing."""
    if not deprecated:
        return ""
    plain = _REASON.sub("", _TAG.sub("", deprecated)).strip(" -")
    return plain if _HINT.search(plain) else ""
