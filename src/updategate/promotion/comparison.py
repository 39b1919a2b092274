"""What differs between the build that was validated and one that stands or is planned elsewhere. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from updategate.config.stages import StageException
from updategate.evidence.records import Build, EnvironmentFacts, Plugin

# how much of a long hash a person compares
SHORT = 12
_HASH = re.compile(r"\b[0-9a-f]{64}\b")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs; ``known`` is false where one side could not tell it."""

    what: str
    expected: str
    actual: str
    known: bool = True

    def __str__(self) -> str:
        if self.known:
            return f"{self.what}: expected {self.expected}, found {self.actual}"
        return f"{self.what} cannot be compared: expected {self.expected}, found {self.actual}"


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison found: differences, what was excepted with its reason, and what neither side knows."""

    differences: tuple[Difference, ...] = ()
    excepted: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def real(self) -> tuple[Difference, ...]:
        """Differences of which both sides are known."""
        return tuple(difference for difference in self.differences if difference.known)

    @property
    def doubtful(self) -> tuple[Difference, ...]:
        """What only one side knows."""
        return tuple(difference for difference in self.differences if not difference.known)


def compare_builds(expected: Build, found: Build) -> Compared:
    """Everything in which two builds differ."""
    differences: list[Difference] = []
    if expected.core != found.core:
        differences.append(Difference("Shopware", expected.core, found.core))
    wanted = {plugin.name: plugin for plugin in expected.plugins}
    present = {plugin.name: plugin for plugin in found.plugins}
    for name in sorted(wanted.keys() | present.keys()):
        one, other = plugin_text(wanted.get(name)), plugin_text(present.get(name))
        if one != other:
            differences.append(Difference(f"plugin {name}", one, other))
    unknown: list[str] = []
    for field, what in (("lock_hash", "composer.lock"), ("migrations", "migrations")):
        _texts(what, getattr(expected, field), getattr(found, field), differences, unknown)
    _flags(expected, found, differences, unknown)
    return Compared(tuple(differences), (), tuple(unknown))


def plugin_text(plugin: Plugin | None) -> str:
    """A plugin's version and state: ``2.1.0 (active)``."""
    if plugin is None:
        return "not there"
    state = "active" if plugin.active else "inactive" if plugin.installed else "not installed"
    pending = f", {plugin.pending} lies ready" if plugin.pending and plugin.pending != plugin.version else ""
    return f"{plugin.version} ({state}{pending})"


def short(text: str) -> str:
    """A text with its hashes shortened for people."""
    return _HASH.sub(lambda match: f"{match[0][:SHORT]}…", text)


def _texts(
    what: str, expected: str | None, found: str | None, differences: list[Difference], unknown: list[str]
) -> None:
    if expected is None and found is None:
        unknown.append(what)
    elif expected is None or found is None:
        differences.append(Difference(what, short(expected or "unknown"), short(found or "unknown"), known=False))
    elif expected != found:
        differences.append(Difference(what, short(expected), short(found)))


def _flags(expected: Build, found: Build, differences: list[Difference], unknown: list[str]) -> None:
    one, other = expected.flags, found.flags
    if one is not None and other is not None and one != other:
        only, more = sorted(set(one) - set(other)), sorted(set(other) - set(one))
        differences.append(Difference("feature flags", ", ".join(only) or "none more", ", ".join(more) or "none more"))
    elif one is None and other is None:
        unknown.append("feature flags")
    elif one is None or other is None:
        told = (
            "unknown" if one is None else f"{len(one)} active",
            "unknown" if other is None else f"{len(other)} active",
        )
        differences.append(Difference("feature flags", *told, known=False))


def compare_environments(
    expected: EnvironmentFacts | None,
    found: EnvironmentFacts | None,
    exceptions: Iterable[StageException] = (),
    today: date | None = None,
) -> Compared:
    """Theme and settings that differ, less the exceptions; counts are another matter (parity)."""
    one, other = expected or EnvironmentFacts(), found or EnvironmentFacts()
    differences: list[Difference] = []
    unknown: list[str] = []
    _texts("theme", one.theme, other.theme, differences, unknown)
    if one.settings is None and other.settings is None:
        unknown.append("settings")
    elif one.settings is None or other.settings is None:
        told = tuple("unknown" if side is None else f"{len(side)} settings" for side in (one.settings, other.settings))
        differences.append(Difference("settings", told[0], told[1], known=False))
    else:
        for key in sorted(one.settings.keys() | other.settings.keys()):
            was, now = one.settings.get(key), other.settings.get(key)
            if was != now:
                differences.append(Difference(f"settings.{key}", _setting(was), _setting(now)))
    return without_exceptions(differences, unknown, tuple(exceptions), today)


def without_exceptions(
    differences: Sequence[Difference], unknown: Sequence[str], exceptions: Sequence[StageException], today: date | None
) -> Compared:
    """Sort out what an exception covers."""
    left: list[Difference] = []
    excepted: list[str] = []
    day = today or date.max
    for difference in differences:
        covering = next((item for item in exceptions if item.covers(difference.what, day)), None)
        if covering is None:
            left.append(difference)
        else:
            excepted.append(f"{difference}; excepted: {covering.reason}")
    return Compared(tuple(left), tuple(excepted), tuple(unknown))


def _setting(value: object) -> str:
    return "not set" if value is None else f"'{value}'" if value != "" else "empty"
