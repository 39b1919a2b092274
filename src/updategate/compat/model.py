"""What compat finds: pure data, no input or output.

A `Finding` says where plugin code meets a change of the target version. `blocked` means that the update breaks it: it
worked against the source version and cannot against the target. A defect that the source version already shows is
`review`, since the update is not its cause. Lines are 1-based; files are relative to the plugin, with forward slashes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum


class Level(StrEnum):
    """How much a finding matters. Only `BLOCKED` gates."""

    BLOCKED = "blocked"
    REVIEW = "review"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the most severe level, so that sorting puts it first."""
        return _RANKS[self]


_RANKS = {Level.BLOCKED: 0, Level.REVIEW: 1, Level.INFO: 2}


class Effort(StrEnum):
    """Effort class of an adjustment, for the document a merchant reads."""

    SMALL = "S"  # minutes: a name, an attribute, a version constraint
    MEDIUM = "M"  # hours: a signature, a template, a constructor
    LARGE = "L"  # days: a component, a payment flow, a new release of a vendor


class OwnerKind(StrEnum):
    """Who adjusts: decides to whom the document hands the work."""

    STORE = "store vendor"
    OWN = "own code"
    THEME = "theme"
    APP = "app"


class CompatError(Exception):
    """A mistake of the user or of the input: the message says what is wrong, where, and what to do."""


class VersionMissingError(CompatError):
    """The asked Shopware version is not in the sources given."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a source tree: path relative to the tree, 1-based line (0: whole file)."""

    path: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to adjust or to look at."""

    plugin: str
    file: str
    line: int
    symbol: str
    level: Level
    check: str
    message: str
    replacement: str = ""
    owner: str = OwnerKind.STORE.value
    effort: Effort = Effort.SMALL
    evidence: str = ""  # link or path of the core source that proves it
    deprecated: str = ""  # the `@deprecated` text of the older tree
    upgrade: str = ""  # heading of the UPGRADE file that names the symbol
    diff: str = ""  # unified diff of a drifted block or a signature
    lines: tuple[int, ...] = ()  # every line of the file where it happens
    waived: str = ""  # reason and end date of the waiver that covers it

    @property
    def id(self) -> str:
        """Stable across runs and line shifts: what waivers and the adjustment document refer to."""
        return f"{self.plugin}/{self.check}/{self.file}/{self.symbol}"

    def at(self, level: Level, why: str = "") -> Finding:
        """The same finding at another level, with the reason appended to its message."""
        message = f"{self.message} {why}" if why else self.message
        return replace(self, level=level, message=message)

    @property
    def sort_key(self) -> tuple[str, int, str, int, str, str]:
        """Plugin, severity, file, line: a stable order for every output."""
        return (self.plugin, self.level.rank, self.file, self.line, self.check, self.symbol)


@dataclass(frozen=True, slots=True)
class Ran:
    """A check that ran on a plugin, with how many places it looked at: 0 places is not a pass."""

    plugin: str
    check: str
    places: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was not looked at, and why: silence would read as 'compatible'."""

    plugin: str
    what: str
    reason: str


@dataclass(slots=True)
class PluginSummary:
    """What is known of a plugin besides its findings."""

    name: str
    version: str
    owner: OwnerKind
    path: str
    files: int = 0
    areas: tuple[str, ...] = ()


@dataclass(slots=True)
class Report:
    """The outcome of one run."""

    version_from: str
    version_to: str
    findings: list[Finding] = field(default_factory=list)
    ran: list[Ran] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    suppressed: list[Finding] = field(default_factory=list)
    plugins: list[PluginSummary] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)  # reasons why the run can't be called complete

    def count(self, level: Level) -> int:
        """Number of findings of this level that no waiver covers."""
        return sum(1 for finding in self.findings if finding.level is level)

    @property
    def exit_code(self) -> int:
        """0 nothing blocked, 1 something blocked, 3 nothing ran or a check could not run."""
        if self.count(Level.BLOCKED):
            return 1
        if self.incomplete or not self.plugins or not self.ran:
            return 3
        return 0


def merge_findings(findings: list[Finding]) -> list[Finding]:
    """One finding for each (plugin, file, check, symbol), at its strongest level, with all of its lines."""
    grouped: dict[tuple[str, str, str, str], Finding] = {}
    for finding in findings:
        key = (finding.plugin, finding.file, finding.check, finding.symbol)
        known = grouped.get(key)
        if known is None:
            grouped[key] = replace(finding, lines=finding.lines or (finding.line,))
            continue
        lines = tuple(sorted({*known.lines, *(finding.lines or (finding.line,))}))
        stronger = finding if finding.level.rank < known.level.rank else known
        grouped[key] = replace(stronger, lines=lines)
    return sorted(grouped.values(), key=lambda found: found.sort_key)
