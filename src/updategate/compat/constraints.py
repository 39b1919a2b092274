"""Composer's version constraints as sets of intervals: parse, allow, intersect.

Rules from getcomposer.org/doc/articles/versions.md: comma and space are AND, `|` and `||` are OR and bind weaker;
`1.2.*`, `~1.2.3` (last given number may rise), `^1.2.3` (up to the next breaking version, 0.x narrower), hyphen ranges
(a partial right side is widened), comparison operators, `@stability` flags.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from updategate.compat.versions import Version, VersionError


class ConstraintError(ValueError):
    """The text is no constraint that Composer knows."""


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`; None is unbounded. Bounds are included as the flags say."""

    low: Version | None = None
    low_included: bool = True
    high: Version | None = None
    high_included: bool = False
    branch: str = ""  # `dev-<name>`: exactly that branch

    def holds(self, version: Version) -> bool:
        """Whether the version lies within."""
        if self.branch or version.branch:
            return self.branch == version.branch or (not self.branch and self.low is None and self.high is None)
        if self.low is not None and (version < self.low or (version == self.low and not self.low_included)):
            return False
        return not (
            self.high is not None and (version > self.high or (version == self.high and not self.high_included))
        )

    def meet(self, other: Interval) -> Interval | None:
        """The common part, or None."""
        if self.branch or other.branch:
            if self.branch == other.branch:
                return self
            wide = other if self.branch else self
            return (self if self.branch else other) if wide.low is None and wide.high is None else None
        low, low_in = _tighter((self.low, self.low_included), (other.low, other.low_included), upper=False)
        high, high_in = _tighter((self.high, self.high_included), (other.high, other.high_included), upper=True)
        if low is not None and high is not None and (high < low or (high == low and not (low_in and high_in))):
            return None
        return Interval(low, low_in, high, high_in)


def _tighter(
    left: tuple[Version | None, bool], right: tuple[Version | None, bool], *, upper: bool
) -> tuple[Version | None, bool]:
    """The narrower of two (version, included) bounds."""
    if left[0] is None or right[0] is None:
        return right if left[0] is None else left
    if left[0] == right[0]:
        return left[0], left[1] and right[1]
    return left if (left[0] < right[0]) == upper else right


@dataclass(frozen=True, slots=True)
class Constraint:
    """A union of intervals, with the text that it was read from."""

    text: str
    intervals: tuple[Interval, ...]

    @classmethod
    def parse(cls, text: str) -> Constraint:
        """Read a constraint.

        Raises:
            ConstraintError: no constraint that Composer knows.

        """
        cleaned = re.sub(r"\s+as\s+\S+", "", text.strip())
        if not cleaned:
            raise ConstraintError("an empty text is no constraint")
        intervals: list[Interval] = []
        for alternative in re.split(r"\s*\|\|?\s*", cleaned):
            intervals.extend(_conjunction(alternative, text))
        return cls(text, tuple(intervals))

    def allows(self, version: Version) -> bool:
        """Whether Composer would install this version."""
        return any(interval.holds(version) for interval in self.intervals)

    def meets(self, other: Constraint) -> bool:
        """Whether any version satisfies both."""
        return any(mine.meet(its) is not None for mine in self.intervals for its in other.intervals)

    @property
    def unbounded(self) -> bool:
        """No upper end: it promises to fit every future release."""
        return any(interval.high is None and not interval.branch for interval in self.intervals)

    @property
    def highest(self) -> Version | None:
        """The upper end of all intervals, None where unbounded."""
        highs = [interval.high for interval in self.intervals if not interval.branch]
        if not highs or any(high is None for high in highs):
            return None
        return max(high for high in highs if high is not None)


def _conjunction(text: str, whole: str) -> list[Interval]:
    hyphen = re.fullmatch(r"(\S+)\s+-\s+(\S+)", text)
    if hyphen:
        return [_hyphen(hyphen[1], hyphen[2], whole)]
    spaced = re.sub(r"(>=|<=|!=|<>|==|=|>|<|\^|~)\s+", r"\1", text)
    current = [Interval()]
    parts = [part for part in re.split(r"[,\s]+", spaced) if part]
    if not parts:
        raise ConstraintError(f"'{whole}' has an empty alternative")
    for part in parts:
        choices = _single(part, whole)
        current = [met for left in current for right in choices if (met := left.meet(right)) is not None]
    return current


def _version(text: str, whole: str) -> Version:
    try:
        return Version.parse(text)
    except VersionError as error:
        raise ConstraintError(f"'{text}' in '{whole}' is no version") from error


def _given(text: str) -> int:
    """How many numbers are written: 2 for `6.6`."""
    match = re.match(r"v?(\d+(?:\.\d+)*)", text)
    return min(match[1].count(".") + 1, 4) if match else 0


def _hyphen(left: str, right: str, whole: str) -> Interval:
    low = _version(left, whole)
    low = low if re.search(r"-|@", left) else low.lowest()
    high = _version(right, whole)
    count = _given(right)
    if count >= 3 or "-" in right:  # Composer widens a right side of one or two numbers only
        return Interval(low, high=high, high_included=True)
    return Interval(low, high=high.bump(count - 1))


_OPERATOR = re.compile(r"(>=|<=|!=|<>|==|=|>|<|\^|~)?(.+)")


def _single(text: str, whole: str) -> Iterable[Interval]:
    part = re.sub(r"@(?:dev|alpha|beta|rc|stable)$", "", text, flags=re.IGNORECASE)
    if part in {"", "*", "x", "X"} or re.fullmatch(r"[vV]?[*xX](\.[*xX])*", part):
        return [Interval()]
    match = _OPERATOR.fullmatch(part)
    if match is None:
        raise ConstraintError(f"'{text}' in '{whole}' is no constraint")
    operator, operand = match[1] or "", match[2]
    wildcard = re.fullmatch(r"v?(\d+(?:\.\d+)*)\.[*xX](?:\.[*xX])*", operand)
    if wildcard and operator in {"", "=", "=="}:
        base = _version(wildcard[1], whole)
        return [Interval(base.lowest(), high=base.bump(_given(wildcard[1]) - 1))]
    if wildcard:
        operand = wildcard[1]
    version = _version(operand, whole)
    return _ranges(operator, operand, version)


def _ranges(operator: str, operand: str, version: Version) -> Iterable[Interval]:
    low = version if re.search(r"[-.](?:alpha|beta|rc|dev)", operand, re.IGNORECASE) else version.lowest()
    if version.branch:
        return [Interval(branch=version.branch)]
    if operator == "~":
        return [Interval(low, high=version.bump(max(_given(operand) - 2, 0)))]
    if operator == "^":
        given = _given(operand)
        position = next((place for place in range(given) if version.numbers[place]), given - 1)
        return [Interval(low, high=version.bump(position))]
    if operator == ">=":
        return [Interval(low)]
    if operator == ">":
        return [Interval(version, low_included=False)]
    if operator == "<":
        return [Interval(high=low)]
    if operator == "<=":
        return [Interval(high=version, high_included=True)]
    if operator in {"!=", "<>"}:
        return [Interval(high=version), Interval(version, low_included=False)]
    return [Interval(version, high=version, high_included=True)]
